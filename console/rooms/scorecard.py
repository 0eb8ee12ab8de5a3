"""The scorecard 考核计分表: points by office, every one with its derivation, and what the plan leaves
open with the reading taken.

Hides: how a sheet of many lines is shown in parts. Figures are those of the ``Scorecard``; nothing is
added up here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.period_choice import Choice, choice_of
from console.rooms.register import month_asked
from console.shown import StandingNote, said_of
from console.standing import shown_report
from pipeline.coverage.handed_in import QUOTA_STATE_NAMES, HandedIn, QuotaLine
from pipeline.coverage.readings import READINGS, OpenQuestion, Reading, Readings
from pipeline.coverage.scorecard import LINE_NAMES, NotCounted, OfficeCard, ScoreLine
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.openquestions import ChosenReading
from pipeline.register import RowTrouble
from pipeline.store.readings import choose_readings, chosen_readings

__all__ = ["ROUTES"]

PAGE = 200
"""Lines of a sheet on a page."""

Name = Annotated[str, msgspec.Meta(max_length=200)]


class OfficeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One office's sums, without the lines they are sums of."""

    office: str
    rank: int
    target_points: float | None
    """分解分值: a target, not points granted."""
    handed_in: int
    adopted: int
    points: Decimal
    bonus: Decimal
    deductions: Decimal
    adjustments: Decimal
    total: Decimal
    months_silent: int
    """连续零报送, in months; 0 where it handed something in."""
    months_unused: int
    quotas: tuple[QuotaLine, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An open question with the reading taken and why it was chosen."""

    asked: OpenQuestion
    readings: tuple[Reading, ...]
    """All that may be chosen, the default first."""
    why: str


class ScorecardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet of a period."""

    title: str
    choice: Choice
    standing: StandingNote
    nothing: str
    """Why there is no sheet; '' where there is one."""
    offices: tuple[OfficeRow, ...] = ()
    """By rank."""
    total: Decimal = Decimal(0)
    silent: tuple[str, ...] = ()
    """零报送."""
    unused: tuple[str, ...] = ()
    """零采用."""
    since: str = ""
    """First day registered: months at zero are not counted back beyond it."""
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    unapplied: tuple[str, ...] = ()
    not_counted: int = 0
    left_out: tuple[RowTrouble, ...] = ()
    earlier: tuple[ChosenReading, ...] = ()
    """Every reading ever chosen for the plan, the newest first."""
    may_change: bool = False
    month: str = ""
    """What the register's list calls the period; '' where it has no word for it."""
    quota_names: dict[str, str] = msgspec.field(
        default_factory=lambda: {str(code): words for code, words in QUOTA_STATE_NAMES.items()}
    )


class LinesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that an office's number is the sum of."""

    office: str
    kind: str
    title: str
    choice: Choice
    standing: StandingNote
    lines: tuple[ScoreLine, ...]
    count: int
    start: int
    next: int
    """Where to go on; 0 at the end."""
    sum: Decimal
    """As the sheet prints it: of all these lines, also those on other pages."""
    names: dict[str, str]


class NotCountedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What earned nothing, and why."""

    choice: Choice
    standing: StandingNote
    pieces: tuple[NotCounted, ...]
    count: int
    next: int


class ChosenBy(msgspec.Struct, frozen=True, kw_only=True):
    """A reading, with the reason."""

    question: Annotated[str, msgspec.Meta(max_length=32)]
    choice: Annotated[str, msgspec.Meta(max_length=16)]
    """A code of the question's, or points for ``bonus-cap``; '' goes back to the default."""
    why: Annotated[str, msgspec.Meta(max_length=300)]


@page("/scorecard", "scorecard.html.j2")
def scorecard(desk: Desk, live: bool = False) -> ScorecardPage:
    """Points of every office in the period, who is at zero, and how open questions are read."""
    standing = shown_report(desk, live=live)
    report = standing.report
    card, handed_in = report.scorecard, report.handed_in
    choice, note = choice_of(desk, standing), said_of(standing, live=live)
    if card is None or handed_in is None:
        return ScorecardPage(
            title=report.plan.title,
            choice=choice,
            standing=note,
            nothing=_("还没有登记报送，没有可计分的稿件")
            if handed_in is None
            else _("方案没有计分说明，本页只有报送采用情况"),
            offices=_rows((), handed_in),
            silent=handed_in.silent if handed_in else (),
            unused=handed_in.unused if handed_in else (),
            month=month_asked(desk),
        )
    with desk.begin() as session:
        earlier = chosen_readings(session, standing.stored.name, earlier=True)
        holding = {one.question: one for one in chosen_readings(session, standing.stored.name)}
    return ScorecardPage(
        title=report.plan.title,
        choice=choice,
        standing=note,
        nothing="",
        offices=_rows(card.offices, handed_in),
        total=card.total,
        silent=handed_in.silent,
        unused=handed_in.unused,
        since=handed_in.since,
        notes=card.notes,
        questions=tuple(
            Question(
                asked=one,
                readings=tuple(Reading(code=c, words=w) for c, w in READINGS.get(one.slug, ())),
                why=holding[one.slug].why if one.slug in holding and one.by else "",
            )
            for one in card.questions
        ),
        unapplied=card.unapplied,
        not_counted=len(card.not_counted),
        left_out=card.left_out,
        earlier=earlier,
        may_change=desk.account.may("editor") and standing.issued is None,
        month=month_asked(desk),
    )


@page("/scorecard/lines", "scorecard_lines.html.j2")
def score_lines(
    desk: Desk,
    office: Name,
    kind: Literal["", "points", "bonus", "deduction", "adjustment"] = "",
    start: int = 0,
    live: bool = False,
) -> LinesPage:
    """The lines an office's number is the sum of, with their derivations."""
    standing = shown_report(desk, live=live)
    card = standing.report.scorecard
    own = next((one for one in card.offices if one.office == office), None) if card else None
    if own is None:
        raise XuanjianError(
            _("本期计分表里没有这个科室"), "score-office-missing", _("请回到计分表。")
        )
    found = tuple(line for line in own.lines if not kind or line.kind == kind)
    sums: dict[str, Decimal] = {
        "": own.total,
        "points": own.points,
        "bonus": own.bonus,
        "deduction": own.deductions,
        "adjustment": own.adjustments,
    }
    start = max(start, 0)
    return LinesPage(
        office=office,
        kind=kind,
        title=standing.report.plan.title,
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        lines=found[start : start + PAGE],
        count=len(found),
        start=start,
        next=start + PAGE if len(found) > start + PAGE else 0,
        sum=sums[kind],
        names={str(code): words for code, words in LINE_NAMES.items()},
    )


@page("/scorecard/not-counted", "scorecard_not_counted.html.j2")
def not_counted(desk: Desk, start: int = 0, live: bool = False) -> NotCountedPage:
    """Submissions and uses that earned nothing, and why."""
    standing = shown_report(desk, live=live)
    card = standing.report.scorecard
    found = card.not_counted if card else ()
    start = max(start, 0)
    return NotCountedPage(
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        pieces=found[start : start + PAGE],
        count=len(found),
        next=start + PAGE if len(found) > start + PAGE else 0,
    )


@change("/scorecard/readings", role="editor")
def choose(desk: Desk, given: ChosenBy) -> Changed:
    """Choose how the plan's open question is read from now on, with the reason."""
    if not given.why.strip():
        raise BadInput(_("选定口径须写明理由"), "reading-reason", _("请填写理由。"))
    if given.question not in READINGS:
        raise BadInput(_("没有这个待定问题"), "reading-unknown", _("请回到计分表。"))
    if given.choice:
        Readings.of([f"{given.question}={given.choice}"])
    name = desk.plan().name
    with desk.begin() as session:
        before = Readings.stored(chosen_readings(session, name)).code(given.question)
        choose_readings(
            session, name, {given.question: given.choice}, desk.account.display, given.why.strip()
        )
        desk.record(
            session,
            "score.reading",
            f"{name} · {given.question}",
            before=before,
            after={"choice": given.choice, "why": given.why.strip()},
        )
    return Changed(said=_("已选定口径，分数随后重算"), to=f"/scorecard{desk.asked.query()}#open")


def _rows(cards: tuple[OfficeCard, ...], handed_in: HandedIn | None) -> tuple[OfficeRow, ...]:
    """Offices by rank; without a scorecard those of the figures, in the plan's order."""
    told = {one.office: one for one in handed_in.offices} if handed_in else {}
    if not cards:
        return tuple(
            OfficeRow(
                office=one.office,
                rank=0,
                target_points=None,
                handed_in=one.counts.handed_in,
                adopted=one.counts.adopted,
                points=Decimal(0),
                bonus=Decimal(0),
                deductions=Decimal(0),
                adjustments=Decimal(0),
                total=Decimal(0),
                months_silent=one.months_silent,
                months_unused=one.months_unused,
                quotas=one.quotas,
            )
            for one in told.values()
        )
    return tuple(
        OfficeRow(
            office=card.office,
            rank=card.rank,
            target_points=card.target_points,
            handed_in=card.handed_in,
            adopted=card.adopted,
            points=card.points,
            bonus=card.bonus,
            deductions=card.deductions,
            adjustments=card.adjustments,
            total=card.total,
            months_silent=told[card.office].months_silent if card.office in told else 0,
            months_unused=told[card.office].months_unused if card.office in told else 0,
            quotas=told[card.office].quotas if card.office in told else (),
        )
        for card in sorted(cards, key=lambda card: card.rank)
    )


ROUTES = [scorecard, score_lines, not_counted, choose]
