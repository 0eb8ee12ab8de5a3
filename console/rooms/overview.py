"""The overview: themes by month, the worst first.

Hides: how a report becomes the matrix.
"""

from __future__ import annotations

import msgspec

from console.desk import Desk
from console.pages import page
from console.standing import standing_report
from pipeline.coverage.report import Period, PlanNote, ThemeLine

__all__ = ["ROUTES"]


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix of a plan's period."""

    plan: PlanNote
    period: Period
    made_at: str
    fresh: bool
    themes: tuple[ThemeLine, ...]


@page("/overview", "overview.html.j2")
def overview(desk: Desk, hide: str = "") -> OverviewPage:
    """Themes by month with their state, the worst first; ``hide`` leaves states out."""
    standing = standing_report(desk)
    report = standing.report
    left_out = set(hide.split(","))
    return OverviewPage(
        plan=report.plan,
        period=report.period,
        made_at=standing.made_at,
        fresh=standing.fresh,
        themes=tuple(line for line in report.worst_first() if line.state not in left_out),
    )


ROUTES = [overview]
