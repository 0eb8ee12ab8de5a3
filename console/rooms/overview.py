"""The overview 覆盖总览: themes by month, the worst first, with what changed and what to do next.

Hides: how a report becomes the matrix, and which months are set side by side where a whole year is
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import msgspec

from console.desk import Desk
from console.language import N_, _
from console.pages import page
from console.period_choice import (
    Choice,
    Option,
    choice_of,
    last_month,
    period_words,
    stepped,
)
from console.shown import StandingNote, ThemeRow, plainly, row_of, said_of
from console.standing import BeingMade, Standing, change_since, shown_report, standing_of
from pipeline.clock import today
from pipeline.coverage.advice import Suggestion
from pipeline.coverage.comparison import CHANGE_NAMES, Change, Comparison
from pipeline.coverage.periods import month_starts, parse_period
from pipeline.coverage.report import (
    CoverageReport,
    CoverageState,
    OfficeLine,
    Period,
    PlanNote,
    Tally,
    ThemeLine,
    Totals,
)
from pipeline.plan.model import Plan, walk
from pipeline.reports.matrix import Dimension, dimensions, term_name
from pipeline.reports.wording import no_data, says_nothing, state_counts, unchecked_note

__all__ = ["ROUTES"]

View = Literal["month", "term", "level", "carrier", "genre"]
Order = Literal["worst", "plan"]
_VIEWS: dict[str, str] = {
    "month": N_("按月"),
    "term": N_("按考核周期"),
    "level": N_("按级别"),
    "carrier": N_("按载体"),
    "genre": N_("按体裁"),
}
_ORDER: tuple[CoverageState, ...] = ("blank", "thin", "undecided", "covered")
_STEPS = 6
"""Next steps shown; the matrix has the rest."""

Short = Annotated[str, msgspec.Meta(max_length=60)]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A theme in one column."""

    tally: Tally
    state: CoverageState | None = None
    """Of a term; None in other columns, which have none of their own."""
    reason: str = ""
    shade: int = 0
    """0 for none, 4 for the most of the matrix."""


class MatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """A theme of the matrix, or a group above the ones that follow it."""

    theme: ThemeRow
    cells: tuple[Cell, ...]
    group: bool = False


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A theme that is not what it was."""

    change: Change
    words: str
    """The change in Chinese."""
    theme: str
    title: str
    state: CoverageState | None
    before_state: CoverageState | None
    verified: int | None
    before_verified: int | None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changed from one period to the next."""

    period: str
    before: str
    rows: tuple[ChangeRow, ...] = ()
    same: int = 0
    counted: int = 0
    before_counted: int = 0
    reviewed: int = 0
    before_reviewed: int = 0
    issued_version: int = 0
    pending: bool = False
    """Whether the figures are being worked out."""


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix of a plan's period."""

    plan: PlanNote
    choice: Choice
    standing: StandingNote
    states: dict[CoverageState, int]
    totals: Totals
    nothing: str
    """Why nothing can be said of the period; '' where something can."""
    view: View
    views: tuple[Option, ...]
    order: Order
    hide: tuple[CoverageState, ...]
    office: str
    offices: tuple[Option, ...]
    columns: tuple[Option, ...]
    """Of the matrix: what the address calls them, and their words."""
    rows: tuple[MatrixRow, ...]
    hidden: int
    """Themes the filters leave out."""
    changes: Changes | None
    advice: tuple[Suggestion, ...]
    steps: tuple[ThemeRow, ...]
    """The worst themes, for what to do about them."""
    unchecked: tuple[str, ...]
    unchecked_note: str


@page("/overview", "overview.html.j2")
def overview(
    desk: Desk,
    view: View = "month",
    order: Order = "worst",
    hide: list[CoverageState] | None = None,
    office: Short = "",
    live: bool = False,
) -> OverviewPage:
    """Themes by month, term, level, carrier or genre with state, count and interval, the worst first.

    ``hide`` leaves states out, ``office`` keeps the themes one office answers for, ``live`` shows an
    issued period as it stands now instead of its locked record.
    """
    standing = shown_report(desk, live=live)
    report = standing.report
    left_out = tuple(state for state in _ORDER if state in (hide or ()))
    by = {dimension.field: dimension for dimension in dimensions(report)}
    there = [
        ("month", True), ("term", bool(report.terms)),
        *((name, f"by_{name}" in by) for name in ("level", "carrier", "genre")),
    ]  # fmt: skip
    views = [name for name, has in there if has]
    shown: View = view if view in views else "month"
    mine = _themes_of(report.offices, office)
    wanted = [
        line
        for line in report.themes
        if line.state not in left_out and (not office or line.id in mine)
    ]
    columns = _columns(report, shown, by.get(f"by_{shown}"))
    worst = [line for line in report.worst_first() if line in wanted]
    advice = report.advice.suggestions if report.advice else ()
    return OverviewPage(
        plan=report.plan,
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        states=state_counts(report),
        totals=report.totals,
        nothing=plainly(no_data(report)),
        view=shown,
        views=tuple(
            Option(value=name, words=_(_VIEWS[name]), chosen=name == shown) for name in views
        ),
        order=order,
        hide=left_out,
        office=office,
        offices=tuple(
            Option(value=one.name, words=one.name, chosen=one.name == office)
            for one in report.offices
            if one.lead or one.themes
        ),
        columns=columns,
        rows=()
        if says_nothing(report)
        else _matrix(report, standing.stored.plan, wanted, worst if order == "worst" else wanted,
                     shown, by.get(f"by_{shown}"), columns),
        hidden=len(report.themes) - len(wanted),
        changes=_changes(desk, standing),
        advice=advice[:3],
        steps=tuple(row_of(report, line) for line in worst if line.state != "covered")[:_STEPS],
        unchecked=tuple(map(plainly, report.unchecked)),
        unchecked_note=plainly(unchecked_note(report)),
    )  # fmt: skip


def _themes_of(offices: Sequence[OfficeLine], name: str) -> frozenset[str]:
    return frozenset(
        theme for one in offices if one.name == name for theme in (*one.lead, *one.themes)
    )


def _columns(report: CoverageReport, view: View, by: Dimension | None) -> tuple[Option, ...]:
    if view == "month":
        return tuple(Option(value=month, words=_month_words(month)) for month in report.months)
    if view == "term":
        return tuple(Option(value="", words=term_name(term)) for term in report.terms)
    return tuple(Option(value=code, words=words) for code, words in by.columns) if by else ()


def _month_words(month: str) -> str:
    return _("%(n)s月") % {"n": int(month[5:])}


def _matrix(
    report: CoverageReport,
    plan: Plan,
    wanted: Sequence[ThemeLine],
    ordered: Sequence[ThemeLine],
    view: View,
    by: Dimension | None,
    columns: Sequence[Option],
) -> tuple[MatrixRow, ...]:
    """Rows in order; where there are groups, each with its themes after it."""
    most = max((_most(line, view, by, columns) for line in wanted), default=0)

    def row(line: ThemeLine, group: bool = False) -> MatrixRow:
        cells = tuple(_cells(line, view, by, columns, most))
        return MatrixRow(theme=row_of(report, line), cells=cells, group=group)

    if not report.groups:
        return tuple(map(row, ordered))
    above = _groups_of(report, plan)
    groups = {line.id: line for line in report.groups}
    rows: list[MatrixRow] = []
    seen: set[str] = set()
    for line in ordered:  # a group stands where its first theme would
        group = above.get(line.id, "")
        if not group:
            rows.append(row(line))
        elif group not in seen:
            seen.add(group)
            rows.append(row(groups[group], group=True))
            rows += [row(one) for one in ordered if above.get(one.id) == group]
    return tuple(rows)


def _groups_of(report: CoverageReport, plan: Plan) -> dict[str, str]:
    """By theme the nearest group above it."""
    groups = {line.id for line in report.groups}
    themes = {line.id for line in report.themes}
    above: dict[str, str] = {}
    for node in walk(plan.nodes):  # from the top: a nearer group comes later
        if node.id in groups:
            above.update({one.id: node.id for one in walk((node,)) if one.id in themes - groups})
    return above


def _tallies(
    line: ThemeLine, view: View, by: Dimension | None, columns: Sequence[Option]
) -> Iterator[Tally]:
    if view == "month":
        yield from line.by_month
    elif view == "term":
        yield from (term.tally for term in line.by_term)
    elif by:
        yield from (by.tally(line, column.value) for column in columns)


def _most(line: ThemeLine, view: View, by: Dimension | None, columns: Sequence[Option]) -> int:
    return max((tally.shown for tally in _tallies(line, view, by, columns)), default=0)


def _cells(
    line: ThemeLine,
    view: View,
    by: Dimension | None,
    columns: Sequence[Option],
    most: int,
) -> Iterator[Cell]:
    terms = line.by_term if view == "term" else ()
    for place, tally in enumerate(_tallies(line, view, by, columns)):
        term = terms[place] if terms else None
        yield Cell(
            tally=tally,
            state=term.state if term else None,
            reason=plainly(term.reason) if term else "",
            shade=min(4, -(-4 * tally.shown // most)) if most else 0,
        )


def _changes(desk: Desk, standing: Standing) -> Changes | None:
    """From the period before to this one; of a whole plan or of its first period, from the last but
    one to the last month that is over. None where there are no two."""
    try:
        if desk.asked.period:
            found = change_since(desk, standing)
            if found is not None:
                return _changes_of(found, standing.report.period)
        month = _last_whole_month(desk, standing.report)
        if not month:
            return None
        span = parse_period(month, month_starts(desk.workspace.settings))
        options = replace(standing.options, period=span)
        found = change_since(desk, standing_of(desk, standing.stored, options))
        return _changes_of(found, span) if found else None
    except BeingMade:
        return Changes(period="", before="", pending=True)


def _last_whole_month(desk: Desk, report: CoverageReport) -> str:
    """The last month of the period that is over, of those in which anything stands under a theme where
    there are any; '' for none."""
    month = last_month(desk, report.period)
    starts = month_starts(desk.workspace.settings)
    if parse_period(month, starts).last >= today().isoformat():
        month = stepped(month, -1)
    told = [
        name
        for place, name in enumerate(report.months)
        if name <= month and any(line.by_month[place].shown for line in report.themes)
    ]
    month = max(told, default=month)
    return month if parse_period(month, starts).first >= report.period.first else ""


def _changes_of(found: Comparison, period: Period) -> Changes:
    order: dict[Change, int] = {"dropped": 0, "vanished": 1, "new": 2, "better": 3, "same": 4}
    changed = [one for one in found.themes if one.change != "same"]
    changed.sort(key=lambda one: order[one.change])
    return Changes(
        period=period_words(period),
        before=period_words(found.period),
        rows=tuple(
            ChangeRow(
                change=one.change,
                words=_(CHANGE_NAMES[one.change]),
                theme=one.id,
                title=one.title or one.before_title,
                state=one.state,
                before_state=one.before_state,
                verified=one.verified,
                before_verified=one.before_verified,
            )
            for one in changed
        ),
        same=len(found.themes) - len(changed),
        counted=found.counted,
        before_counted=found.before_counted,
        reviewed=found.reviewed,
        before_reviewed=found.before_reviewed,
        issued_version=found.issued_version,
    )


ROUTES = [overview]
