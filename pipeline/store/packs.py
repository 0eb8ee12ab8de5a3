"""Packs 采集包 in the store: what goes into the next one, what came of those taken in.

Hides: how a run of another database is told from one's own, and when two runs are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from pipeline.news import NewsItem
from pipeline.store.alarms import Alarm
from pipeline.store.items import Added, add_items, items_by_id, renew_items
from pipeline.store.pack_tables import PackedRunRow, PackRow
from pipeline.store.runs import LedgerEntry, RunRecord, entries_of, run_of
from pipeline.store.store import now
from pipeline.store.tables import NewsItemRow, RunRow
from pipeline.store.watch_tables import AlarmRow

__all__ = [
    "PackRecord",
    "PackedItem",
    "PackedLine",
    "chain_of",
    "items_of_runs",
    "known_runs",
    "lines_of_runs",
    "packs",
    "record_pack",
    "runs_after",
    "take_alarms",
    "take_items",
    "take_run",
]


class PackRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A pack as the store remembers it.

    ``number`` counts the packs of a ``chain`` from 1; ``previous`` is the fingerprint of the one
    this goes on from, '' for one that begins at the beginning; ``last_run`` is the newest run of
    the writer's that it covers.
    """

    chain: str
    number: int
    fingerprint: str
    previous: str
    last_run: int
    made_at: str


class PackedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item, and the run (as the writer counts) that brought or last changed it."""

    run: int
    item: NewsItem


class PackedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger line and its run, as the writer counts."""

    run: int
    entry: LedgerEntry


def packs(session: Session, direction: str) -> tuple[PackRecord, ...]:
    """The packs written (``made``) or taken in (``taken``), oldest first."""
    rows = session.scalars(
        select(PackRow).where(PackRow.direction == direction).order_by(PackRow.id)
    )
    return tuple(
        PackRecord(
            chain=row.chain,
            number=row.number,
            fingerprint=row.fingerprint,
            previous=row.previous,
            last_run=row.last_run,
            made_at=row.made_at,
        )
        for row in rows
    )


def record_pack(session: Session, direction: str, pack: PackRecord) -> None:
    """Remember a pack."""
    values = msgspec.structs.asdict(pack)
    session.add(PackRow(direction=direction, recorded_at=now(), **values))


def chain_of(session: Session, otherwise: str) -> str:
    """The name of this database's own chain of packs; ``otherwise`` before the first."""
    made = packs(session, "made")
    return made[-1].chain if made else otherwise


# --- writing ---


def runs_after(session: Session, run: int) -> tuple[RunRecord, ...]:
    """The crawls after ``run`` that have ended or were killed, and rereadings of pages, oldest
    first. A crawl that goes on at present must be kept out by its caller."""
    rows = session.scalars(
        select(RunRow)
        .where(RunRow.id > run, RunRow.kind.in_(("crawl", "reread")))
        .order_by(RunRow.id)
    )
    return tuple(map(run_of, rows))


def lines_of_runs(session: Session, runs: Iterable[int]) -> Iterator[PackedLine]:
    """The ledger lines of these runs."""
    for run in runs:
        for entry in entries_of(session, run):
            yield PackedLine(run=run, entry=entry)


def items_of_runs(session: Session, after: int, last: int) -> Iterator[PackedItem]:
    """The items that runs after ``after`` up to ``last`` brought or changed, streamed by run."""
    brought = NewsItemRow.run_id.between(after + 1, last)
    crawls = select(RunRow.id).where(RunRow.kind.in_(("crawl", "reread")))
    changed = NewsItemRow.changed_run_id.between(after + 1, last) & NewsItemRow.changed_run_id.in_(
        crawls
    )
    by = func.coalesce(
        case((NewsItemRow.run_id > after, NewsItemRow.run_id)), NewsItemRow.changed_run_id
    )
    query = (
        select(by, NewsItemRow.body)
        .where(or_(brought, changed), NewsItemRow.run_id.in_(crawls))
        .order_by(by, NewsItemRow.id)
    )
    decoder = msgspec.json.Decoder(NewsItem)
    for run, body in session.execute(query.execution_options(yield_per=500)):
        yield PackedItem(run=run, item=decoder.decode(body))


# --- taking in ---


def known_runs(session: Session, chain: str) -> dict[int, int]:
    """The runs of a chain that were taken in: the writer's number to ours."""
    rows = session.execute(
        select(PackedRunRow.there, PackedRunRow.run_id).where(PackedRunRow.chain == chain)
    )
    return {row.there: row.run_id for row in rows}


def take_run(session: Session, chain: str, run: RunRecord) -> int:
    """Store a run of another database; gives its number here."""
    row = RunRow(
        kind=run.kind,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.outcome,
        detail=run.detail,
    )
    session.add(row)
    session.flush()
    session.add(PackedRunRow(chain=chain, there=run.id, run_id=row.id))
    return row.id


def take_items(session: Session, items: Iterable[NewsItem], run: int) -> Added:
    """Store items another database has: new ones are added, those it changed are renewed.

    Raises:
        BadInput: ``items-id-collision``.
    """
    wanted = list(items)
    here = items_by_id(session, (item.id for item in wanted))
    done = add_items(session, (item for item in wanted if item.id not in here), run)
    return done + renew_items(session, (item for item in wanted if item.id in here), run)


def take_alarms(session: Session, alarms: Iterable[Alarm], runs: Mapping[int, int]) -> int:
    """Store events of another database, or the end of those that stand here; gives how many are
    new or ended.

    Args:
        runs: the writer's numbers of runs to ours; an event of a run that is not among them is
            older than anything taken in and is left out.
    """
    changed = 0
    for alarm in alarms:
        if alarm.raised_run not in runs:
            continue
        row = session.scalar(
            select(AlarmRow).where(
                AlarmRow.source_id == alarm.source,
                AlarmRow.column == alarm.column,
                AlarmRow.name == alarm.name,
                AlarmRow.raised_run == runs[alarm.raised_run],
            )
        )
        if row is None:
            row = AlarmRow(
                source_id=alarm.source,
                column=alarm.column,
                name=alarm.name,
                raised_at=alarm.raised_at,
                raised_run=runs[alarm.raised_run],
            )
            session.add(row)
        elif (row.detail, row.cleared_at) == (alarm.detail, alarm.cleared_at):
            continue
        row.detail, row.cleared_at = alarm.detail, alarm.cleared_at
        changed += 1
    session.flush()
    return changed
