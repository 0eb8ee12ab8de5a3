"""The terms 考核周期 a plan is held to: the pieces of a period that each must reach the bar.

Hides: how long they are. A campaign is held to as a whole, a plan of a year by quarter, a plan of
several years by year for its chapters and sections and as a whole for what lies below them. Terms
are cut at the plan's own first and last day: a plan that was issued in May has no first quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.coverage.periods import make_period, written_period
from pipeline.coverage.report import Period
from pipeline.plan.model import Plan

__all__ = ["terms_of"]

_CAMPAIGN = 100
"""Days up to which a plan is a campaign: a quarter, and some days."""
_YEAR = 400
"""Days up to which it is a plan of a year: the audited year may begin some weeks early."""
_BY_YEAR = frozenset({"focus_area", "chapter", "section", "measure"})
"""Schemes a plan of several years is held to year by year."""
_QUARTER = 3


def terms_of(plan: Plan, scheme: str, period: Period) -> tuple[Period, ...]:
    """The terms of ``scheme`` in ``period``, first to last; one where the period is no longer.

    A plan that gives no days of its own is taken for one of a year, or of several when it is a
    development plan 规划.
    """
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    own = _own_days(plan)
    if own:
        days = (own[1] - own[0]).days + 1
        first, last = max(first, own[0]), min(last, own[1])
    else:
        days = _YEAR + 1 if plan.kind == "development_plan" else _YEAR
    if first > last or days <= _CAMPAIGN:
        return (period,)
    if days <= _YEAR:
        starts = _steps(own[0] if own else date(first.year, 1, 1), _QUARTER)
    elif scheme in _BY_YEAR:
        starts = _steps(date((own[0] if own else first).year, 1, 1), 12)
    else:
        return (period,)
    found = []
    start = next(starts)
    while start <= last:
        following = next(starts)
        if following > first:
            span = max(start, first), min(following - timedelta(days=1), last)
            found.append(make_period(*span))
        start = following
    return tuple(found) if len(found) > 1 else (period,)


def _own_days(plan: Plan) -> tuple[date, date] | tuple[()]:
    if plan.period is None:
        return ()
    own = written_period(plan.period)
    return date.fromisoformat(own.first), date.fromisoformat(own.last)


def _steps(start: date, months: int) -> Iterator[date]:
    """``start`` and every ``months`` months after it, on the same day of the month (28 at most,
    so that every month has it)."""
    day = min(start.day, 28)
    count = start.year * 12 + start.month - 1
    yield start
    while True:
        count += months
        yield date(count // 12, count % 12 + 1, day)
