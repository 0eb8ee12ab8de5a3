"""A period's themes beside those of another period or plan 对比: what dropped, is new, vanished.

Hides: which theme of the one is which of the other (by title, else by likeness of their words, as
two readings of a plan are compared), and when a theme did worse: its state is worse, or fewer of
its stories are verified. Pure: both sides are finished reports.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.coverage.report import CoverageReport, CoverageState, Period, ThemeLine
from pipeline.plan.difference import paired
from pipeline.plan.model import NodeKind, PlanNode
from pipeline.text import comparable

__all__ = ["CHANGE_NAMES", "Change", "Comparison", "ThemeChange", "compare_reports"]

Change = Literal["dropped", "better", "same", "new", "vanished"]
CHANGE_NAMES: dict[Change, str] = {
    "dropped": "下降",
    "better": "上升",
    "same": "持平",
    "new": "新增条目",
    "vanished": "不再列入",
}
"""Changes as officers read them."""

_RANK: dict[CoverageState, int] = {"blank": 0, "thin": 1, "undecided": 2, "covered": 3}
"""From worst to best, as ``CoverageReport.worst_first`` lists them."""


class ThemeChange(msgspec.Struct, frozen=True, kw_only=True):
    """One theme on both sides; '' and None on the side that has none."""

    change: Change
    id: str = ""
    title: str = ""
    before_id: str = ""
    before_title: str = ""
    state: CoverageState | None = None
    before_state: CoverageState | None = None
    verified: int | None = None
    before_verified: int | None = None
    shown: int | None = None
    """Verified and machine together."""
    before_shown: int | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A report's themes, in its order, with what they were; vanished ones after them."""

    plan: str
    """Title of the plan compared with."""
    period: Period
    same_plan: bool
    issued_version: int = 0
    """Of the locked record compared with; 0 where the other side was counted anew."""
    counted: int
    before_counted: int
    reviewed: int
    """Counted stories a person read through: where fewer were read, fewer are verified."""
    before_reviewed: int
    themes: tuple[ThemeChange, ...]

    def of_kind(self, change: Change) -> tuple[ThemeChange, ...]:
        """The themes that changed so."""
        return tuple(theme for theme in self.themes if theme.change == change)

    @property
    def dropped(self) -> tuple[ThemeChange, ...]:
        """Themes that did worse."""
        return self.of_kind("dropped")


def compare_reports(
    report: CoverageReport, before: CoverageReport, *, issued_version: int = 0
) -> Comparison:
    """``report`` beside ``before``."""
    kind = report.plan.scheme
    old = {line.id: line for line in before.themes}
    pairs = paired([_node(x, kind) for x in before.themes], [_node(x, kind) for x in report.themes])
    was = {new.id: old[first.id] for first, new in pairs}
    kept = {line.id for line in was.values()}
    changes = [_change(line, was.get(line.id)) for line in report.themes]
    changes += [
        ThemeChange(
            change="vanished",
            before_id=line.id,
            before_title=f"{line.number}{line.title}",
            before_state=line.state,
            before_verified=line.tally.verified,
            before_shown=line.tally.shown,
        )
        for line in before.themes
        if line.id not in kept
    ]
    return Comparison(
        plan=before.plan.title,
        period=before.period,
        same_plan=before.plan.name == report.plan.name,
        issued_version=issued_version,
        counted=report.totals.counted,
        before_counted=before.totals.counted,
        reviewed=report.totals.reviewed,
        before_reviewed=before.totals.reviewed,
        themes=tuple(changes),
    )


def _node(line: ThemeLine, scheme: str) -> PlanNode:
    """A theme as plans are compared; ``scheme`` makes those of two plans one kind."""
    return PlanNode(
        id=line.id,
        kind=msgspec.convert(scheme, NodeKind),
        level=1,
        number=line.number,
        title=line.title,
        text=line.text,
    )


def _change(line: ThemeLine, was: ThemeLine | None) -> ThemeChange:
    title = f"{line.number}{line.title}"
    if was is None:
        return ThemeChange(
            change="new",
            id=line.id,
            title=title,
            state=line.state,
            verified=line.tally.verified,
            shown=line.tally.shown,
        )
    ranks = _RANK[line.state] - _RANK[was.state]
    counts = line.tally.verified - was.tally.verified
    change: Change = "same"
    if ranks < 0 or counts < 0:
        change = "dropped"
    elif ranks > 0 or counts > 0:
        change = "better"
    same_title = comparable(was.title) == comparable(line.title)
    return ThemeChange(
        change=change,
        id=line.id,
        title=title,
        before_id=was.id,
        before_title="" if same_title else f"{was.number}{was.title}",
        state=line.state,
        before_state=was.state,
        verified=line.tally.verified,
        before_verified=was.tally.verified,
        shown=line.tally.shown,
        before_shown=was.tally.shown,
    )
