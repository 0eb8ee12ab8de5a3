"""The theme page 条目: its state with the reason, what stands under it, and what decides it next.

Hides: what of a period's report belongs to one theme, and which of it is asked of the store instead,
because a report lists only so many stories.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from console.audit_offer import AuditBox, audit_box
from console.desk import Desk
from console.language import _
from console.pages import page
from console.period_choice import Choice, choice_of
from console.shown import (
    Interval,
    NamedStory,
    StandingNote,
    ThemeRow,
    UnitRow,
    interval_of,
    named_stories,
    plainly,
    row_of,
    said_of,
    unit_row,
)
from console.standing import shown_report
from console.story_asking import Asking
from console.story_filters import Filters
from console.story_lines import StoryLine, lines_of
from console.story_lists import find_stories
from pipeline.coverage.advice import Suggestion
from pipeline.coverage.figures import TargetFigures
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.coverage.report import (
    CoverageState,
    Period,
    PlanNote,
    Tally,
    ThemeLine,
)
from pipeline.coverage.report import (
    StoryLine as ListedStory,
)
from pipeline.coverage.sentences import SentenceLine
from pipeline.errors import XuanjianError
from pipeline.inquiry import CHOICE_NAMES, CURES, ThemeAnswer
from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.reports.matrix import dimensions, term_name
from pipeline.reports.wording import unchecked_note
from pipeline.search_words import search_words
from pipeline.text import comparable

__all__ = ["ROUTES"]

PAGE = 30
_TEXT = 20_000
"""Characters of the plan's text that are shown."""
_QUEUE = 10

Month = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d)?$", max_length=7)]
State = Annotated[str, msgspec.Meta(pattern=r"^(machine|confirmed|corrected|rejected)?$")]
Place = Annotated[str, msgspec.Meta(max_length=100)]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A theme's stories in one month, level, carrier or genre."""

    value: str
    words: str
    tally: Tally


class Division(msgspec.Struct, frozen=True, kw_only=True):
    """One way of dividing them."""

    field: str
    name: str
    parts: tuple[Part, ...]


class TermRow(msgspec.Struct, frozen=True, kw_only=True):
    """The theme in one term 考核周期."""

    words: str
    state: CoverageState
    reason: str
    next_step: str
    tally: Tally
    interval: Interval


class SentenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of the plan, and the stories nearest to it."""

    text: str
    answered: int
    verified: int
    machine: int
    possible: int
    stories: tuple[NamedStory, ...]


class AnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an office answered about a gap."""

    office: str
    words: str
    cure: str
    """The next step it asks for."""
    note: str
    by: str
    day: str


class ThemePage(msgspec.Struct, frozen=True, kw_only=True):
    """One theme of a plan's period."""

    plan: PlanNote
    choice: Choice
    standing: StandingNote
    theme: ThemeRow
    above: tuple[str, ...]
    """Titles of what it stands in, from the top."""
    text: str
    node: str
    before: str
    """Id of the theme before in the plan's order; '' for none."""
    after_theme: str
    lead_offices: tuple[str, ...]
    offices: tuple[str, ...]
    divisions: tuple[Division, ...]
    terms: tuple[TermRow, ...]
    sentences: tuple[SentenceRow, ...]
    placed: int
    """Stories near any sentence; of the others nobody knows which they answer."""
    units: tuple[UnitRow, ...]
    figures: tuple[TargetFigures, ...]
    answers: tuple[AnswerRow, ...]
    suggestions: tuple[Suggestion, ...]
    queue: tuple[NamedStory, ...]
    """Stories whose review would decide it most cheaply."""
    audit: AuditBox
    month: str
    state: str
    stories: tuple[StoryLine, ...]
    after: str
    """For the next page of stories; '' at the end."""
    reached: str
    """The day that was come to when the time for looking was up."""
    first_page: bool
    unchecked: tuple[str, ...]
    unchecked_note: str


@page("/themes/{theme:str}", "theme.html.j2")
def theme_page(
    desk: Desk,
    theme: str,
    month: Month = "",
    state: State = "",
    after: Place = "",
    live: bool = False,
) -> ThemePage:
    """One theme: state and reason, how many stories there truly are and how that is known, tallies,
    the plan's sentences and units, and the stories standing under it, the newest first.

    ``month`` and ``state`` narrow the stories, ``after`` goes on where a page ended.
    """
    standing = shown_report(desk, live=live)
    report, stored = standing.report, standing.stored
    order = [line.id for line in report.themes]
    if theme not in order:
        raise XuanjianError(
            _("这个方案的这一层级没有条目 %(id)s") % {"id": theme[:60]},
            "plan-theme-missing",
            _("从覆盖总览里选一个条目。"),
        )
    at = order.index(theme)
    line = report.themes[at]
    nodes = {node.id: node for node in walk(stored.plan.nodes)}
    node = nodes.get(theme)
    listed = {story.id: story for story in report.stories}
    held = next((one for one in report.sentences if one.theme == theme), None)
    first, last = _days(month, report.period)
    filters = Filters(
        theme=theme,
        state=state,
        locality="counted",
        since=first,
        until=last,
    )
    with desk.begin() as session:
        asking = Asking.of(desk, session, stored)
        found = find_stories(asking, filters, after, PAGE)
        stories = lines_of(asking, found.stories, search_words(""))
    below = {one.id for one in walk((node,))} if node else {theme}
    return ThemePage(
        plan=report.plan,
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        theme=row_of(report, line),
        above=tuple(_above(stored.plan, theme)),
        text=line.text[:_TEXT],
        node=theme,
        before=order[at - 1] if at else "",
        after_theme=order[at + 1] if at + 1 < len(order) else "",
        lead_offices=line.lead_offices,
        offices=line.offices,
        divisions=tuple(_divisions(report, line)),
        terms=tuple(
            TermRow(
                words=term_name(term.period),
                state=term.state,
                reason=plainly(term.reason),
                next_step=plainly(term.next_step),
                tally=term.tally,
                interval=interval_of(report, term),
            )
            for term in line.by_term
        ),
        sentences=tuple(_sentence(one, listed) for one in held.sentences) if held else (),
        placed=held.placed if held else 0,
        units=tuple(unit_row(one, listed) for one in report.units if one.theme in below),
        figures=_figures(report, node),
        answers=tuple(_answer(one) for one in report.answers if one.theme == theme),
        suggestions=tuple(
            one
            for one in (report.advice.suggestions if report.advice else ())
            if one.theme == theme
        ),
        queue=named_stories(line.queue[:_QUEUE], listed),
        audit=audit_box(desk, standing, theme),
        month=month,
        state=state,
        stories=stories,
        after=found.after,
        reached=found.reached,
        first_page=not after,
        unchecked=tuple(map(plainly, report.unchecked)),
        unchecked_note=plainly(unchecked_note(report)),
    )


def _days(month: str, period: Period) -> tuple[str, str]:
    """First and last day of a month within the period; of the period where none is asked for.

    Raises:
        BadInput: ``period-unreadable``.
    """
    if not month:
        return period.first, period.last
    span = parse_period(month)
    return max(span.first, period.first), min(span.last, period.last)


def _above(plan: Plan, theme: str) -> Iterator[str]:
    for node in walk(plan.nodes):
        if node.id != theme and any(one.id == theme for one in walk(node.children)):
            yield f"{node.number}{node.title}"


def _divisions(report: PeriodReport, line: ThemeLine) -> Iterator[Division]:
    months = zip(report.months, line.by_month, strict=True)
    yield Division(
        field="by-month",
        name=_("月份"),
        parts=tuple(Part(value=month, words=month, tally=tally) for month, tally in months),
    )
    for one in dimensions(report):
        yield Division(
            field=one.field.replace("_", "-"),
            name=one.name,
            parts=tuple(
                Part(value=code, words=words, tally=one.tally(line, code))
                for code, words in one.columns
            ),
        )


def _sentence(one: SentenceLine, listed: dict[str, ListedStory]) -> SentenceRow:
    return SentenceRow(
        text=one.text,
        answered=one.answered,
        verified=one.verified,
        machine=one.machine,
        possible=one.possible,
        stories=named_stories(one.stories, listed),
    )


def _answer(one: ThemeAnswer) -> AnswerRow:
    return AnswerRow(
        office=one.office,
        words=CHOICE_NAMES[one.choice],
        cure=CURES[one.choice],
        note=one.note,
        by=one.by,
        day=one.day,
    )


def _figures(report: PeriodReport, node: PlanNode | None) -> tuple[TargetFigures, ...]:
    """The targets that the theme's own words set."""
    if node is None:
        return ()
    words = comparable("".join(part for one in walk((node,)) for part in (one.title, one.text)))
    return tuple(one for one in report.figures if one.quote and comparable(one.quote) in words)


ROUTES = [theme_page]
