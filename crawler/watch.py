"""From a run's ledger to its alarms as events: also of columns that fell silent, and of clocks. Pure.

Hides: when a column is stale, and whose alarms a run may clear.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crawler.clock import SiteClock
from pipeline.store.runs import LedgerEntry

__all__ = ["Seen", "events_of"]

Column = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """What one run says of its columns.

    Args:
        looked_at: columns whose alarms it may clear: the run finished and read their list. One that
            could not be read says nothing of what stood before: a blocked column may be stale as well.
        alarms: by column, name to detail.
    """

    looked_at: tuple[Column, ...]
    alarms: dict[Column, dict[str, str]]


def events_of(
    entries: Iterable[LedgerEntry],
    *,
    finished: bool,
    newest: Mapping[Column, str],
    stale_days: Mapping[Column, int],
    clocks: Mapping[str, SiteClock],
    today: Mapping[str, datetime.date],
) -> Seen:
    """The alarms of a run.

    Args:
        finished: whether the run came to its end; one that was stopped clears nothing.
        newest: by column the newest day any run saw in its list (ISO 8601).
        stale_days: by column how long it may be silent.
        clocks: by source what its site says of the time.
        today: by source the day it is there.
    """
    looked_at, found = [], {}
    for entry in entries:
        column = (entry.source, entry.column)
        alarms = dict.fromkeys(entry.alarms, "")
        read = bool(entry.list_pages)
        if read and column in newest and "empty-list" not in alarms:
            silent = (today[entry.source] - datetime.date.fromisoformat(newest[column])).days
            if silent > stale_days[column]:
                alarms["stale"] = f"最新一条 {newest[column]}，已 {silent} 天"
        clock = clocks.get(entry.source)
        if clock is not None and clock.skewed:
            hours = clock.ahead.total_seconds() / 3600
            alarms["clock-skew"] = f"站点{'快' if hours > 0 else '慢'} {abs(hours):.1f} 小时"
        if alarms:
            found[column] = alarms
        if read and finished:
            looked_at.append(column)
    return Seen(tuple(looked_at), found)
