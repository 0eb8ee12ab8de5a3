"""A person's word 确认齐全 that days of a column are stored whole: given, and taken back.

Hides: that a word is a run's line of the ledger, so that its days count as every other observed
window does, and that one taken back leaves its trace and no window.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.store.media_tables import VouchRow
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    Window,
    finish_run,
    join_windows,
    record_ledger,
    start_run,
)
from pipeline.store.store import now
from pipeline.store.tables import LedgerRow, SourceRow
from pipeline.store.trail import Actor, record_change

__all__ = [
    "Vouch",
    "crawled_source",
    "give_word",
    "record_word",
    "refuse_days",
    "refuse_word",
    "standing_words",
    "take_back",
    "trail_given",
    "trail_taken",
    "vouches",
    "withdrawn_words",
]


class Vouch(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that all a column published on some days is stored, or that there was nothing."""

    number: int
    source: str
    column: str
    first: str
    last: str
    """First and last day, both inclusive (ISO 8601)."""
    empty: bool
    """Whether nothing was published on them."""
    by: str
    at: str
    run: int
    note: str = ""
    """How it was checked."""
    withdrawn_by: str = ""
    withdrawn_at: str | None = None
    withdrawn_why: str = ""

    @property
    def window(self) -> Window:
        """Its days."""
        return date.fromisoformat(self.first), date.fromisoformat(self.last)


def refuse_word(session: Session, source: str, column: str, window: Window, today: date) -> None:
    """Refuse days nobody can vouch for, or for all of which somebody does.

    Raises:
        BadInput: ``vouch-days``, ``vouch-not-over``, ``vouch-already``.
    """
    refuse_days(window, today)
    if held := standing_words(session, source, column, window):
        names = "、".join(dict.fromkeys(one.by for one in held))
        raise BadInput(
            f"{names} vouches for {window[0]} to {window[1]} already",
            "vouch-already",
            "See: xuanjian media vouched. Take it back first: xuanjian media unvouch NUMBER.",
        )


def refuse_days(window: Window, today: date) -> None:
    """Refuse days nobody can vouch for.

    Raises:
        BadInput: ``vouch-days`` (the last lies before the first), ``vouch-not-over``.
    """
    first, last = window
    if last < first:
        raise BadInput(
            f"the last day, {last}, lies before the first, {first}",
            "vouch-days",
            "Give the first day, then the last.",
        )
    if last >= today:
        raise BadInput(
            f"{last} is not over",
            "vouch-not-over",
            "Nobody can vouch for days that are not over: end with yesterday at the latest.",
        )


def give_word(
    session: Session,
    source: SourceRecord,
    entry: LedgerEntry,
    *,
    note: str,
    empty: bool = False,
    today: date,
) -> Vouch:
    """Vouch for the days of ``entry`` without handing anything in; a run of its own holds the word.

    Args:
        entry: column, days and who vouches; its source is ``source``.

    Raises:
        BadInput: ``vouch-days``, ``vouch-not-over``, ``vouch-already``.
    """
    assert entry.window is not None
    column = "" if source.channel == "register" else f" {entry.column}"
    days = "—".join(dict.fromkeys(entry.window))
    run = start_run(session, "sign", f"{source.name}{column} {days}")
    said = record_word(session, run, entry, note=note, empty=empty, today=today)
    finish_run(session, run, "finished")
    return said


def record_word(
    session: Session, run: int, entry: LedgerEntry, *, note: str, empty: bool = False, today: date
) -> Vouch:
    """Write a run's ledger line that rests on a person's word, and the word.

    Raises:
        BadInput: ``vouch-days``, ``vouch-not-over``, ``vouch-already``.
    """
    assert entry.window is not None
    first, last = entry.window
    window = (date.fromisoformat(first), date.fromisoformat(last))
    refuse_word(session, entry.source, entry.column, window, today)
    record_ledger(session, run, [entry])
    row = VouchRow(
        source_id=entry.source,
        column=entry.column,
        first_day=first,
        last_day=last,
        empty=empty,
        run_id=run,
        note=note,
        given_by=entry.vouched_by,
        given_at=now(),
    )
    session.add(row)
    session.flush()
    return _vouch(row)


def standing_words(session: Session, source: str, column: str, window: Window) -> tuple[Vouch, ...]:
    """The words that together hold every one of these days; () where a day is left."""
    said = [one for one in vouches(session, source=source) if one.column == column]
    joined = join_windows(one.window for one in said)
    if not any(first <= window[0] and last >= window[1] for first, last in joined):
        return ()
    return tuple(one for one in said if one.window[0] <= window[1] and one.window[1] >= window[0])


def take_back(session: Session, number: int, by: str, why: str) -> Vouch:
    """Take a word back; it is kept with the reason, its days no longer count as complete unless
    somebody else vouches for them, or a crawl observed them.

    Raises:
        BadInput: ``vouch-missing``.
    """
    row = session.get(VouchRow, number, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        raise BadInput(
            f"word {number} was taken back by {row.withdrawn_by} already"
            if row
            else f"there is no word {number}",
            "vouch-missing",
            "See: xuanjian media vouched --all.",
        )
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = by, now(), why
    line = session.get_one(LedgerRow, (row.run_id, row.source_id, row.column))
    line.window_from = line.window_to = None
    session.flush()
    return _vouch(row)


def trail_given(session: Session, actor: Actor, said: Vouch) -> None:
    """Write a given word into the audit trail."""
    line = session.get_one(LedgerRow, (said.run, said.source, said.column))
    after = {"by": said.by, "items": line.extracted, "empty": said.empty, "note": said.note}
    record_change(session, actor, "media.sign", _subject(session, said), after=after)


def trail_taken(session: Session, actor: Actor, taken: Vouch) -> None:
    """Write a word taken back into the audit trail."""
    before = {"by": taken.by, "empty": taken.empty, "note": taken.note}
    after = {"by": taken.withdrawn_by, "why": taken.withdrawn_why}
    record_change(
        session, actor, "media.withdraw", _subject(session, taken), before=before, after=after
    )


def _subject(session: Session, said: Vouch) -> str:
    source = session.get_one(SourceRow, said.source)
    return f"{source.name} {said.column} {said.first}—{said.last}"


def vouches(
    session: Session,
    *,
    source: str = "",
    runs: Collection[int] | None = None,
    withdrawn: bool = False,
) -> tuple[Vouch, ...]:
    """People's words by source, column and days; with ``withdrawn`` also those taken back.

    Args:
        source: only those about this source.
        runs: only those these runs hold.
    """
    query = select(VouchRow).order_by(
        VouchRow.source_id, VouchRow.column, VouchRow.first_day, VouchRow.id
    )
    if source:
        query = query.where(VouchRow.source_id == source)
    if runs is not None:
        query = query.where(VouchRow.run_id.in_(list(runs)))
    if not withdrawn:
        query = query.where(VouchRow.withdrawn_at.is_(None))
    return tuple(map(_vouch, session.scalars(query)))


def withdrawn_words(session: Session, window: Window) -> tuple[Vouch, ...]:
    """The words about any of these days that were taken back, in the order they were given."""
    first, last = (day.isoformat() for day in window)
    query = (
        select(VouchRow)
        .where(VouchRow.withdrawn_at.is_not(None))
        .where(VouchRow.first_day <= last, VouchRow.last_day >= first)
        .order_by(VouchRow.id)
    )
    return tuple(map(_vouch, session.scalars(query)))


def crawled_source(session: Session, name: str, column: str) -> SourceRecord:
    """The crawled source of this name or id, one of whose runs has a line of this column.

    Raises:
        BadInput: ``column-not-crawled``.
    """
    query = select(SourceRow).where(
        (SourceRow.name == name) | (SourceRow.id == name), SourceRow.channel != "register"
    )
    for row in session.scalars(query.order_by(SourceRow.id)):
        lines = select(LedgerRow.run_id).where(
            LedgerRow.source_id == row.id, LedgerRow.column == column
        )
        if session.scalar(lines.limit(1)) is not None:
            return SourceRecord(
                id=row.id, name=row.name, level=row.level, channel=row.channel, address=row.address
            )
    raise BadInput(
        f"no crawl was to read a column {column} of {name}",
        "column-not-crawled",
        "See: xuanjian source list. A medium that is not crawled is handed in without --column.",
    )


def _vouch(row: VouchRow) -> Vouch:
    return Vouch(
        number=row.id,
        source=row.source_id,
        column=row.column,
        first=row.first_day,
        last=row.last_day,
        empty=row.empty,
        by=row.given_by,
        at=row.given_at,
        run=row.run_id,
        note=row.note,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_why=row.withdrawn_why,
    )
