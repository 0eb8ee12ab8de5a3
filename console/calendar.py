"""The completeness calendar 采集完整日历 of a source: every day of a year, observed or not. Pure.

Hides: when a day counts as observed: all columns have it within a window, whoever says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from pipeline.store.crawled import Observed

__all__ = ["MARKS", "CalendarDay", "CalendarMonth", "DayState", "calendar_of"]

DayState = Literal["observed", "vouched", "partly", "missing", "future"]

MARKS: dict[DayState, str] = {
    "observed": "●",
    "vouched": "✓",
    "partly": "◐",
    "missing": "○",
    "future": "",
}
"""Beside the colour: a state is never told by colour alone."""


class CalendarDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day: whether nothing was missed on it, and how many items are dated on it."""

    day: str
    state: DayState
    within: bool
    """Whether it lies within the period that is asked about."""
    items: int
    by: str = ""
    """Who vouches for it, where no crawl proves it."""


class CalendarMonth(msgspec.Struct, frozen=True, kw_only=True):
    """One month with its days, from the first."""

    month: str
    days: tuple[CalendarDay, ...]

    @property
    def missing(self) -> int:
        """Days of the period that nobody observed whole."""
        return sum(day.within and day.state in {"missing", "partly"} for day in self.days)


def calendar_of(
    year: int,
    columns: Collection[str],
    windows: Iterable[Observed],
    items: Mapping[str, int],
    *,
    period: tuple[date, date],
    today: date,
) -> tuple[CalendarMonth, ...]:
    """The months of a year.

    Args:
        columns: those that must all have a day for it to be observed; none: no day is.
        windows: of any columns; others than those asked about are passed over.
        items: how many items are dated on a day (ISO 8601).
        period: first and last day asked about.
        today: not over, so never observed.
    """
    proved: dict[str, set[str]] = {}
    vouched: dict[str, dict[str, str]] = {}
    for window in windows:
        if window.column not in columns:
            continue
        for day in _days(window, year):
            if window.by:
                vouched.setdefault(day, {})[window.column] = window.by
            else:
                proved.setdefault(day, set()).add(window.column)

    def made(day: date) -> CalendarDay:
        written = day.isoformat()
        mine, said = proved.get(written, set()), vouched.get(written, {})
        whole = set(columns) and mine | set(said) >= set(columns)
        state: DayState = "missing"
        if day >= today:
            state = "future"
        elif whole:
            state = "observed" if mine >= set(columns) else "vouched"
        elif mine or said:
            state = "partly"
        return CalendarDay(
            day=written,
            state=state,
            within=period[0] <= day <= period[1],
            items=items.get(written, 0),
            by="、".join(sorted(set(said.values()))) if state == "vouched" else "",
        )

    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        after = date(year + number // 12, number % 12 + 1, 1)
        days = tuple(made(first + timedelta(n)) for n in range((after - first).days))
        months.append(CalendarMonth(month=f"{year:04d}-{number:02d}", days=days))
    return tuple(months)


def _days(window: Observed, year: int) -> Iterator[str]:
    day = max(date.fromisoformat(window.first), date(year, 1, 1))
    last = min(date.fromisoformat(window.last), date(year, 12, 31))
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)
