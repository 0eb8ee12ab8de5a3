"""Storing and finding news items.

Hides: what happens when an item comes a second time. What was said of a story's words goes when those
words change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.news import NewsItem, canonical_url, content_fingerprint
from pipeline.store.search import index_items
from pipeline.store.store import now
from pipeline.store.tables import (
    AssignmentRow,
    LedgerRow,
    NewsItemRow,
    RunRow,
    StoryFactRow,
    StoryItemRow,
    StoryRow,
)
from pipeline.text import comparable

__all__ = [
    "Added",
    "add_items",
    "collapsed_runs",
    "count_items",
    "forget_said",
    "in_parts",
    "items_between",
    "items_by_id",
    "items_by_words",
    "known_among",
    "renew_items",
    "stored_days",
]

_CHUNK = 500
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Added:
    """What became of the items handed in; the three parts add up to all of them."""

    new: int = 0
    known: int = 0
    changed: int = 0

    def __add__(self, other: Added) -> Added:
        return Added(self.new + other.new, self.known + other.known, self.changed + other.changed)


def add_items(session: Session, items: Iterable[NewsItem], run_id: int) -> Added:
    """Store items.

    One that is stored already is *known* when its words are the same and *changed* (replaced)
    when they differ; an item without text never replaces one with text. Stored already means
    the same id (a crawled page keeps its id when it is edited), or the same words under the same
    title at the same address. Anything else is new: a page may carry several items, as a
    broadcast's short news and a newspaper's front page do.

    Raises:
        BadInput: ``items-id-collision`` when an id is taken by another item at another address.
    """
    total = Added()
    for chunk in in_parts(items):
        total += _add_chunk(session, chunk, run_id)
    return total


def _add_chunk(session: Session, items: Sequence[NewsItem], run_id: int) -> Added:
    # By place, not by id: two items may come with one id, which is found out below.
    addresses = [canonical_url(item.url) if item.url else None for item in items]
    by_id: dict[str, NewsItemRow] = {}
    by_words: dict[tuple[str, str, str], NewsItemRow] = {}

    def remember(row: NewsItemRow) -> None:
        by_id[row.id] = row
        if row.canonical_url:
            by_words[row.canonical_url, comparable(row.title), row.fingerprint] = row

    wanted = [address for address in addresses if address]
    same = or_(
        NewsItemRow.id.in_([item.id for item in items]), NewsItemRow.canonical_url.in_(wanted)
    )
    for row in session.scalars(select(NewsItemRow).where(same)):
        remember(row)
    new = known = changed = 0
    edited: list[str] = []
    told: dict[str, NewsItem] = {}
    for item, address in zip(items, addresses, strict=True):
        fingerprint = content_fingerprint(item.title, item.text)
        found = by_id.get(item.id)
        if found is not None and _collide(found, address, item):
            raise BadInput(
                f"the id {item.id} already belongs to another item: {found.title}",
                "items-id-collision",
                "Give the items of different files different ids, or leave the ids out.",
            )
        found = found or by_words.get((address or "", comparable(item.title), fingerprint))
        if found is None:
            row = NewsItemRow(
                id=item.id,
                canonical_url=address,
                fingerprint=fingerprint,
                day=(item.date or "")[:10] or None,
                source_id=item.source,
                run_id=run_id,
                title=item.title,
                body=msgspec.json.encode(item).decode(),
                added_at=now(),
            )
            session.add(row)
            remember(row)
            told[item.id] = item
            new += 1
        elif found.fingerprint == fingerprint or item.text_missing:
            known += 1
        else:
            found.fingerprint = fingerprint
            found.day = (item.date or "")[:10] or found.day
            found.title = item.title
            found.body = msgspec.json.encode(msgspec.structs.replace(item, id=found.id)).decode()
            found.changed_run_id = run_id
            edited.append(found.id)
            told[found.id] = msgspec.structs.replace(item, id=found.id, date=item.date or found.day)
            changed += 1
    session.flush()
    _fold_anew(session, edited)
    index_items(session, tuple(told.values()))
    return Added(new, known, changed)


def renew_items(session: Session, items: Iterable[NewsItem], run_id: int) -> Added:
    """Put items that are stored, found by their ids, in the place of what is stored.

    Unlike ``add_items`` it renews all that is known of an item, its day above all, and not only
    its words; ``run_id`` is remembered as the run that changed it. An item without text never
    replaces one with text: it is counted as known, as one that is stored just so.

    Raises:
        KeyError: an item is not stored.
    """
    known = changed = 0
    for chunk in in_parts(items):
        rows = {
            row.id: row
            for row in session.scalars(
                select(NewsItemRow).where(NewsItemRow.id.in_([item.id for item in chunk]))
            )
        }
        edited = []
        told: dict[str, NewsItem] = {}
        for item in chunk:
            row = rows[item.id]
            before = msgspec.json.decode(row.body, type=NewsItem)
            if item == before or (item.text_missing and not before.text_missing):
                known += 1
                continue
            row.fingerprint = content_fingerprint(item.title, item.text)
            row.day = (item.date or "")[:10] or None
            row.title = item.title
            row.body = msgspec.json.encode(item).decode()
            row.changed_run_id = run_id
            edited.append(item.id)
            told[item.id] = item
        session.flush()
        _fold_anew(session, edited)
        index_items(session, tuple(told.values()))
        changed += len(edited)
    return Added(0, known, changed)


def _fold_anew(session: Session, edited: Collection[str]) -> None:
    """Drop what was said of the stories of edited items, and have them folded anew."""
    for part in in_parts(edited):
        query = select(StoryItemRow.story_id).where(StoryItemRow.item_id.in_(part))
        stories = session.scalars(query).all()
        forget_said(session, stories)
        session.execute(update(StoryRow).where(StoryRow.id.in_(stories)).values(stale=True))


def forget_said(session: Session, stories: Iterable[str]) -> None:
    """Drop what was said of the old words of ``stories``, and where in them: it holds no longer."""
    for part in in_parts(stories):
        session.execute(delete(AssignmentRow).where(AssignmentRow.story_id.in_(part)))
        session.execute(delete(StoryFactRow).where(StoryFactRow.story_id.in_(part)))


def _collide(found: NewsItemRow, address: str | None, item: NewsItem) -> bool:
    """Whether a stored item and a new one of the same id are two different things."""
    elsewhere = bool(address and found.canonical_url and found.canonical_url != address)
    return found.title != item.title and (elsewhere or not (address or found.canonical_url))


def collapsed_runs(session: Session, source: str, since: str) -> frozenset[int]:
    """The runs begun after ``since`` (ISO 8601) in which extraction from ``source`` collapsed.

    What was wrong may have been mended, so that their pages without text are fetched again; not
    those of all runs, or pages that never have text would be fetched for ever.
    """
    query = (
        select(LedgerRow.run_id)
        .join(RunRow, RunRow.id == LedgerRow.run_id)
        .where(
            LedgerRow.source_id == source,
            LedgerRow.alarms.contains("extraction-collapsed"),
            RunRow.started_at >= since,
        )
    )
    return frozenset(session.scalars(query))


def known_among(
    session: Session,
    source: str,
    addresses: Iterable[str],
    run_id: int,
    collapsed: Collection[int] = (),
) -> set[str]:
    """Which canonical addresses are stored from ``source`` and need not be fetched again.

    Args:
        run_id: the run that asks; what it stored itself is not known from before.
        collapsed: runs whose pages without text are not known.
    """
    known: set[str] = set()
    unread: set[str] = set()
    for part in in_parts(addresses):
        # By address alone: with the source beside it SQLite goes through all of the source.
        query = select(NewsItemRow.canonical_url, NewsItemRow.source_id, NewsItemRow.run_id)
        for row in session.execute(query.where(NewsItemRow.canonical_url.in_(part))):
            if row.source_id == source and row.run_id != run_id:
                known.add(row.canonical_url)
                if row.run_id in collapsed:
                    unread.add(row.canonical_url)
    decoder = msgspec.json.Decoder(NewsItem)
    for part in in_parts(unread):
        bodies = session.execute(
            select(NewsItemRow.canonical_url, NewsItemRow.body).where(
                NewsItemRow.canonical_url.in_(part), NewsItemRow.run_id.in_(collapsed)
            )
        )
        known -= {row.canonical_url for row in bodies if decoder.decode(row.body).text_missing}
    return known


def count_items(session: Session) -> int:
    """How many items are stored."""
    return session.scalar(select(func.count()).select_from(NewsItemRow)) or 0


def stored_days(session: Session) -> tuple[date, date] | tuple[()]:
    """The first and the last day any stored item is dated; () when none is."""
    # Two questions, each answered from an end of the index; in one SQLite goes over all of it, which
    # took 70 ms with a million items.
    ends = [select(end(NewsItemRow.day)).scalar_subquery() for end in (func.min, func.max)]
    first, last = session.execute(select(*ends)).one()
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else ()


def items_between(
    session: Session, first: date | None = None, last: date | None = None
) -> Iterator[NewsItem]:
    """Items dated within the days given (both inclusive), oldest first, streamed.

    Without days: all items, the undated ones at the end.
    """
    query = select(NewsItemRow.body).order_by(
        NewsItemRow.day.is_(None), NewsItemRow.day, NewsItemRow.id
    )
    if first is not None:
        query = query.where(NewsItemRow.day >= first.isoformat())
    if last is not None:
        query = query.where(NewsItemRow.day <= last.isoformat())
    decoder = msgspec.json.Decoder(NewsItem)
    for body in session.scalars(query.execution_options(yield_per=_CHUNK)):
        yield decoder.decode(body)


def items_by_id(session: Session, ids: Iterable[str]) -> dict[str, NewsItem]:
    """The items with these ids; absent ids are left out."""
    decoder = msgspec.json.Decoder(NewsItem)
    wanted = list(ids)
    found: dict[str, NewsItem] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        query = select(NewsItemRow.id, NewsItemRow.body).where(NewsItemRow.id.in_(part))
        for row in session.execute(query):
            found[row.id] = decoder.decode(row.body)
    return found


def items_by_words(
    session: Session, words: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The id of a stored item with the same title and text, by title and text; of several the first.

    Words without a text are passed over: a title alone may be that of many items.
    """
    asked = {
        (title, text): (comparable(title), content_fingerprint(title, text))
        for title, text in words
        if text.strip()
    }
    there: dict[tuple[str, str], str] = {}
    for part in in_parts({fingerprint for _, fingerprint in asked.values()}):
        query = select(NewsItemRow.id, NewsItemRow.title, NewsItemRow.fingerprint)
        same = query.where(NewsItemRow.fingerprint.in_(part)).order_by(NewsItemRow.id)
        for row in session.execute(same):
            there.setdefault((comparable(row.title), row.fingerprint), row.id)
    return {given: there[key] for given, key in asked.items() if key in there}


def in_parts(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    """Values in parts that one question takes."""
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
