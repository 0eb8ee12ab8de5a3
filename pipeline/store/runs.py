"""Runs 采集批次 and the ledger 采集台账: what was looked at, and what is known to be complete.

Hides: how the observed window 无漏采时段 of a source follows from its ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from pipeline.store.store import now
from pipeline.store.tables import LedgerRow, RunRow, SourceRow

__all__ = [
    "REGISTER_COLUMN",
    "LedgerEntry",
    "RunRecord",
    "SourceRecord",
    "Vouched",
    "Window",
    "entries_of",
    "entry_of",
    "finish_run",
    "known_sources",
    "last_crawls",
    "latest_entries",
    "latest_runs",
    "newest_days",
    "observed_windows",
    "record_ledger",
    "record_source",
    "run_of",
    "stands_beside",
    "start_run",
    "vouched_windows",
]

Window = tuple[date, date]
"""First and last day, both inclusive."""

REGISTER_COLUMN = "登记"
"""The one column of a registered medium in the ledger."""


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A source 采集来源 as reports show it."""

    id: str
    name: str
    level: str = "other"
    channel: str = "website"
    address: str = ""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One crawl or import: when it ran (ISO 8601, UTC), how it ended, what it was asked for.

    ``outcome`` is ``finished``, ``failed``, ``stopped``, or ``running`` for one that still runs or
    was killed; ``detail`` names the sources of a crawl, the files of an import.
    """

    id: int
    kind: str
    started_at: str
    finished_at: str | None
    outcome: str
    detail: str


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one run saw of one column of one source.

    ``extracted`` counts pages that became items, ``dated`` those with a date; ``known`` the
    links whose items were stored by an earlier run and not fetched again. ``window`` is the
    span of days for which this run knows that it missed nothing, or None; ``vouched_by`` is the
    person on whose word that rests, '' where the run itself proves it.
    """

    source: str
    column: str = ""
    list_pages: int = 0
    links_found: int = 0
    fetched: int = 0
    not_modified: int = 0
    extracted: int = 0
    dated: int = 0
    known: int = 0
    refused: int = 0
    blocked: int = 0
    failed: int = 0
    duplicates: int = 0
    oldest: str | None = None
    newest: str | None = None
    reached_end: bool = False
    reached_known: bool = False
    window: tuple[str, str] | None = None
    vouched_by: str = ""
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vouched:
    """A window 无漏采时段 that rests on a person's word, as that of a medium handed in."""

    window: Window
    by: str


_COUNTS = (
    "list_pages",
    "links_found",
    "fetched",
    "not_modified",
    "extracted",
    "dated",
    "known",
    "refused",
    "blocked",
    "failed",
    "duplicates",
)


def start_run(session: Session, kind: str, detail: str = "") -> int:
    """Open a run (``crawl``, ``import``, ``reread`` or ``sign``) and give its id."""
    row = RunRow(kind=kind, started_at=now(), detail=detail)
    session.add(row)
    session.flush()
    return row.id


def finish_run(session: Session, run_id: int, outcome: str) -> None:
    """Close a run with its outcome: ``finished``, ``failed`` or ``stopped``."""
    row = session.get_one(RunRow, run_id)
    row.finished_at = now()
    row.outcome = outcome


def record_source(session: Session, source: SourceRecord) -> None:
    """Store or refresh a source."""
    session.merge(SourceRow(**msgspec.structs.asdict(source)))


def known_sources(session: Session) -> tuple[SourceRecord, ...]:
    """All sources ever used, by id."""
    rows = session.scalars(select(SourceRow).order_by(SourceRow.id))
    return tuple(
        SourceRecord(
            id=row.id, name=row.name, level=row.level, channel=row.channel, address=row.address
        )
        for row in rows
    )


def record_ledger(session: Session, run_id: int, entries: Iterable[LedgerEntry]) -> None:
    """Write or replace the ledger lines of a run."""
    for entry in entries:
        values: dict[str, object] = {name: getattr(entry, name) for name in _COUNTS}
        session.merge(
            LedgerRow(
                run_id=run_id,
                source_id=entry.source,
                column=entry.column,
                oldest=entry.oldest,
                newest=entry.newest,
                reached_end=entry.reached_end,
                reached_known=entry.reached_known,
                window_from=entry.window[0] if entry.window else None,
                window_to=entry.window[1] if entry.window else None,
                vouched_by=entry.vouched_by,
                alarms=msgspec.json.encode(entry.alarms).decode(),
                **values,
            )
        )


def entry_of(row: LedgerRow) -> LedgerEntry:
    """The record of a stored line of the ledger."""
    window = (row.window_from, row.window_to) if row.window_from and row.window_to else None
    return LedgerEntry(
        source=row.source_id,
        column=row.column,
        oldest=row.oldest,
        newest=row.newest,
        reached_end=row.reached_end,
        reached_known=row.reached_known,
        window=window,
        vouched_by=row.vouched_by,
        alarms=tuple(msgspec.json.decode(row.alarms, type=list[str])),
        **{name: getattr(row, name) for name in _COUNTS},
    )


def _window(row: LedgerRow) -> tuple[Window] | tuple[()]:
    if not (row.window_from and row.window_to):
        return ()
    return ((date.fromisoformat(row.window_from), date.fromisoformat(row.window_to)),)


def entries_of(session: Session, run: int) -> tuple[LedgerEntry, ...]:
    """The ledger lines of one run, by source and column."""
    query = select(LedgerRow).where(LedgerRow.run_id == run)
    return tuple(
        map(entry_of, session.scalars(query.order_by(LedgerRow.source_id, LedgerRow.column)))
    )


def stands_beside(line: type[LedgerRow] = LedgerRow) -> ColumnElement[bool]:
    """Whether a line is a person's word about a column that crawls read: it adds days, and takes the
    place of no crawl's line, whose alarms stand until a crawl takes them back."""
    return and_(line.vouched_by != "", line.column != REGISTER_COLUMN)


def latest_entries(session: Session) -> tuple[LedgerEntry, ...]:
    """The newest ledger line of every column of every source, a crawl's before a person's word."""
    newest: dict[tuple[str, str], LedgerEntry] = {}
    query = select(LedgerRow).order_by(not_(stands_beside()), LedgerRow.run_id)
    for row in session.scalars(query):
        newest[row.source_id, row.column] = entry_of(row)
    return tuple(newest[key] for key in sorted(newest))


def latest_runs(session: Session) -> dict[tuple[str, str], RunRecord]:
    """By source and column: the run whose line ``latest_entries`` gives."""
    rows = session.execute(
        select(LedgerRow.source_id, LedgerRow.column, RunRow)
        .join(RunRow, RunRow.id == LedgerRow.run_id)
        .order_by(not_(stands_beside()), LedgerRow.run_id)
    )
    return {(source, column): run_of(run) for source, column, run in rows}


def run_of(row: RunRow) -> RunRecord:
    """The record of a stored run."""
    return RunRecord(
        id=row.id,
        kind=row.kind,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        detail=row.detail,
    )


def last_crawls(session: Session) -> dict[str, RunRecord]:
    """By source: the newest crawl that was to read it."""
    newest = (
        select(LedgerRow.run_id)
        .join(RunRow, RunRow.id == LedgerRow.run_id)
        .where(LedgerRow.source_id == SourceRow.id, RunRow.kind == "crawl")
        .order_by(LedgerRow.run_id.desc())
        .limit(1)
        .correlate(SourceRow)
        .scalar_subquery()
    )
    rows = session.execute(select(SourceRow.id, RunRow).join(RunRow, RunRow.id == newest))
    return {source: run_of(run) for source, run in rows}


def newest_days(session: Session) -> dict[tuple[str, str], str]:
    """By source and column: the newest day any run saw (ISO 8601); columns without one are absent."""
    rows = session.execute(
        select(LedgerRow.source_id, LedgerRow.column, func.max(LedgerRow.newest))
        .where(LedgerRow.newest.is_not(None))
        .group_by(LedgerRow.source_id, LedgerRow.column)
    )
    return {(source, column): newest for source, column, newest in rows if newest}


def observed_windows(
    session: Session, *, proved: bool = False, sources: Collection[str] | None = None
) -> dict[tuple[str, str], tuple[Window, ...]]:
    """By source and column: the days for which nothing was missed, as disjoint windows.

    Windows of several runs are joined where they touch or overlap. A column that was read
    but never completely has an empty tuple.

    Args:
        proved: only those that runs prove themselves, none that rests on a person's word.
        sources: only those of these sources.
    """
    found: dict[tuple[str, str], list[Window]] = {}
    lines = select(LedgerRow).where(LedgerRow.vouched_by == "") if proved else select(LedgerRow)
    if sources is not None:
        lines = lines.where(LedgerRow.source_id.in_(list(sources)))
    for row in session.scalars(lines):
        found.setdefault((row.source_id, row.column), []).extend(_window(row))
    return {key: join_windows(windows) for key, windows in sorted(found.items())}


def vouched_windows(session: Session) -> dict[tuple[str, str], tuple[Vouched, ...]]:
    """By source and column: the windows for which a person vouches, by day; none, no entry."""
    found: dict[tuple[str, str], list[Vouched]] = {}
    for row in session.scalars(select(LedgerRow).where(LedgerRow.vouched_by != "")):
        said = (Vouched(window, row.vouched_by) for window in _window(row))
        found.setdefault((row.source_id, row.column), []).extend(said)
    return {
        key: tuple(sorted(windows, key=lambda one: (one.window, one.by)))
        for key, windows in sorted(found.items())
        if windows
    }


def join_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Union of day spans, sorted and disjoint.

    >>> join_windows([(date(2025, 1, 5), date(2025, 1, 9)), (date(2025, 1, 1), date(2025, 1, 4))])
    ((datetime.date(2025, 1, 1), datetime.date(2025, 1, 9)),)
    """
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
