"""Reports 报告签批: which periods there are, how far each is signed, and their papers.

Hides: which record a period's page shows: the issued one where the period is locked, else the figures
as they stand, which are what the next signature is put under.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from console.desk import Desk
from console.language import N_, _
from console.pages import page
from console.period_choice import Choice, choice_of, last_month, period_words, stepped
from console.rooms.report_signing import SignPath, sign_path
from console.shown import StandingNote, said_of
from console.standing import Standing, shown_report, standing_report, taken_back
from pipeline.clock import today
from pipeline.coverage.issuing import key_of, locked_report
from pipeline.coverage.periods import (
    OWN_TERM,
    month_starts,
    notation_of,
    parse_period,
    written_period,
)
from pipeline.coverage.publications import Counting
from pipeline.coverage.report import CoverageState, Period, Totals
from pipeline.coverage.sign_off import STAGE_NAMES, figures_fingerprint, sign_off_of
from pipeline.coverage.since_issue import corrections_of
from pipeline.coverage.supplement import Correction, Supplement
from pipeline.errors import BadInput
from pipeline.plan.schemes import choose_scheme
from pipeline.reports.wording import no_data, state_counts
from pipeline.store.signed import Issued, SignStep, issued_reports, signed_keys, steps_of

__all__ = ["PAPERS", "ROUTES"]

MONTHS = 6
"""Months back that the list offers though nobody signed them."""
LISTED = 100
"""Late finds and corrections on a page."""

PAPERS: dict[str, str] = {
    "docx": N_("通报（Word）"),
    "html": N_("网页报告"),
    "xlsx": N_("工作簿（Excel）"),
    "ledger": N_("工作台账（Excel）"),
    "evidence": N_("佐证材料（ZIP）"),
    "inquiry": N_("宣传空白核实单（Word）"),
    "bulletin": N_("科技简报草稿（Word）"),
    "csv": N_("数据表（CSV，ZIP）"),
    "json": N_("全部数据（JSON）"),
}
"""Formats of a report as officers know them."""

Version = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One period's report in the list."""

    period: Period
    words: str
    asked: str
    """The period as an address has it."""
    scheme: str
    version: int
    stage: str
    stage_name: str
    last: SignStep | None
    """The newest signature."""
    issued: tuple[Issued, ...]


class ReportsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The plan's periods, the newest first."""

    plan: str
    title: str
    scheme: str
    rows: tuple[ReportRow, ...]
    asked: str


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A format one may download."""

    format: str
    words: str


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """One period's report: figures, signatures, what may be signed next, papers."""

    title: str
    choice: Choice
    standing: StandingNote
    nothing: str
    states: dict[CoverageState, int]
    totals: Totals
    points: Decimal | None
    """Of all offices; None where nothing is scored."""
    handed_in: int | None
    version: int
    """The one being signed, or the one shown."""
    stage: str
    stages: dict[str, str]
    steps: tuple[SignStep, ...]
    """All signatures of all versions, oldest first."""
    issued: tuple[Issued, ...]
    shown: int
    """The issued version whose record is shown; 0 for the figures as they stand."""
    signing: SignPath
    figures: str
    """Fingerprint of the figures shown, which a signature stands for."""
    supplement: Supplement | None
    more: int
    """Late finds and corrections beyond those listed."""
    papers: tuple[Paper, ...]


class CorrectionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """How an issued report differs from what is stored now."""

    choice: Choice
    version: int
    issued_at: str
    corrections: tuple[Correction, ...]
    count: int


@page("/reports", "reports.html.j2")
def reports(desk: Desk) -> ReportsPage:
    """Periods of the plan with the stage of their reports: signed ones, and the last months."""
    stored = desk.plan()
    scheme, _themes = choose_scheme(stored.plan, desk.asked.scheme)
    starts = month_starts(desk.workspace.settings)
    with desk.begin() as session:
        keys = [key for key in signed_keys(session, stored.name) if key.scheme == scheme]
        spans = {(key.first, key.last) for key in keys}
        rows = []
        for key in keys:
            now, steps = issued_reports(session, key), steps_of(session, key)
            rows.append(_row(written_period((key.first, key.last)), scheme, steps, now, starts))
    asked = "" if desk.asked.period in OWN_TERM else desk.asked.period
    for written in dict.fromkeys(filter(None, (asked, *_offered(desk, stored.plan.period)))):
        period = parse_period(written, starts)
        if (period.first, period.last) not in spans:
            spans.add((period.first, period.last))
            rows.append(_row(period, scheme, (), (), starts))
    return ReportsPage(
        plan=stored.name,
        title=stored.plan.title,
        scheme=scheme,
        rows=tuple(sorted(rows, key=lambda row: (row.period.last, row.period.first), reverse=True)),
        asked=notation_of(parse_period(asked, starts), starts) if asked else "",
    )


@page("/reports/period", "report.html.j2")
def report_page(desk: Desk, version: Version = 0, live: bool = False) -> ReportPage:
    """One period's report: figures, signatures, what comes next, papers to download.

    ``version`` shows the record of an issued version, ``live`` an issued period as it stands now.
    """
    shown = report_shown(desk, version, live)
    report = shown.report
    with desk.begin() as session:
        key = key_of(shown.stored, shown.options)
        steps, issued = steps_of(session, key), issued_reports(session, key)
        signing = sign_path(session, desk, shown, steps)
    now = sign_off_of(steps, issued)
    supplement = report.supplement
    listed = supplement and msgspec.structs.replace(
        supplement, late=supplement.late[:LISTED], corrections=supplement.corrections[:LISTED]
    )
    more = 0
    if supplement:
        told = supplement.late_stories + supplement.late_reprints + supplement.corrections_total
        more = told - len(listed.late) - len(listed.corrections) if listed else 0
    card, handed_in = report.scorecard, report.handed_in
    return ReportPage(
        title=report.plan.title,
        choice=choice_of(desk, shown),
        standing=said_of(shown, live=live),
        nothing=no_data(report),
        states=state_counts(report),
        totals=report.totals,
        points=card.total if card else None,
        handed_in=handed_in.counts.handed_in if handed_in else None,
        version=now.version,
        stage=now.stage,
        stages={**STAGE_NAMES},
        steps=steps,
        issued=issued,
        shown=shown.issued.version if shown.issued else 0,
        signing=signing,
        figures=figures_fingerprint(report),
        supplement=listed,
        more=more,
        papers=tuple(Paper(format=name, words=_(words)) for name, words in PAPERS.items()),
    )


@page("/reports/corrections", "report_corrections.html.j2")
def report_corrections(desk: Desk) -> CorrectionsPage:
    """How the period's issued report differs from what is stored now: 更正, old and new."""
    shown = shown_report(desk)
    if shown.issued is None:
        raise BadInput(
            _("本期还没有印发，没有可更正的"), "report-not-issued", _("更正是对已印发报告而言的。")
        )
    with desk.begin() as session:
        counting = Counting.of(session, shown.stored, shown.options)
        found = corrections_of(counting, shown.issued)
    return CorrectionsPage(
        choice=choice_of(desk, shown),
        version=shown.issued.version,
        issued_at=shown.issued.issued_at,
        corrections=found[:LISTED],
        count=len(found),
    )


def report_shown(desk: Desk, version: int = 0, live: bool = False) -> Standing:
    """The record of an issued version; without one the newest where the period is locked, else the
    figures as they stand.

    Raises:
        BadInput: ``report-version``.
        XuanjianError: what ``standing_report`` raises.
    """
    if version:
        stored = desk.plan()
        with desk.begin() as session:
            options = desk.options(session, stored)
            locked = locked_report(session, key_of(stored, options), version)
            assert locked is not None
            issued, report = locked.issued, locked.report
            taken = taken_back(session, issued, report)
        return Standing(report, stored, options, issued.issued_at, issued=issued, taken_back=taken)
    if live:
        return standing_report(desk)
    shown = shown_report(desk)
    if shown.issued is None:
        return shown
    with desk.begin() as session:
        now = sign_off_of(steps_of(session, shown.issued.key))
    return shown if now.locked else standing_report(desk)


def _row(
    period: Period,
    scheme: str,
    steps: tuple[SignStep, ...],
    issued: tuple[Issued, ...],
    starts: int,
) -> ReportRow:
    now = sign_off_of(steps, issued)
    return ReportRow(
        period=period,
        words=period_words(period),
        asked=notation_of(period, starts),
        scheme=scheme,
        version=now.version,
        stage=now.stage,
        stage_name=STAGE_NAMES[now.stage],
        last=steps[-1] if steps else None,
        issued=issued,
    )


def _offered(desk: Desk, term: tuple[str, str] | None) -> list[str]:
    """The last months that have begun, with their quarters and years, inside the plan's term."""
    starts = month_starts(desk.workspace.settings)
    whole = written_period(term) if term else parse_period(str(today().year), starts)
    month = last_month(desk, whole)
    months = [month]
    for _step in range(MONTHS - 1):
        month = stepped(month, -1)
        if month:
            months.append(month)
    quarters = [f"{one[:4]}Q{(int(one[5:]) + 2) // 3}" for one in months]
    years = [one[:4] for one in months]
    return [
        one
        for one in dict.fromkeys((*months, *quarters, *years))
        if term is None or parse_period(one, starts).last >= term[0]
    ]


ROUTES = [reports, report_page, report_corrections]
