"""Storing and finding news items and stories.

Hides: what happens when an item comes a second time, and what is kept with a story because it
depends on the story alone: whose text is read of it, its carrier, its genre, and by which sources
and outlets it was published. What was said of a story's words goes when those words change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

import msgspec
from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.genre import carrier_of, genre_of
from pipeline.news import NewsItem, canonical_url, content_fingerprint
from pipeline.store.changes import count_change
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
    "StoredStory",
    "add_items",
    "collapsed_runs",
    "count_items",
    "items_between",
    "items_by_id",
    "known_among",
    "renew_items",
    "replace_stories",
    "stored_days",
    "stories_between",
    "stories_by_id",
    "story_of",
]

_CHUNK = 500
_Value = TypeVar("_Value")
_OUTLET = 200
"""Characters of an outlet's name that are kept beside a story."""


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
    for chunk in _chunks(items):
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
    for chunk in _chunks(items):
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
    for part in _chunks(edited):
        query = select(StoryItemRow.story_id).where(StoryItemRow.item_id.in_(part))
        stories = session.scalars(query).all()
        _forget(session, stories)
        session.execute(update(StoryRow).where(StoryRow.id.in_(stories)).values(stale=True))


def _forget(session: Session, stories: Iterable[str]) -> None:
    """Drop what was said of the old words of ``stories``, and where in them: it holds no longer."""
    for part in _chunks(stories):
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
    for part in _chunks(addresses):
        # By address alone: with the source beside it SQLite goes through all of the source.
        query = select(NewsItemRow.canonical_url, NewsItemRow.source_id, NewsItemRow.run_id)
        for row in session.execute(query.where(NewsItemRow.canonical_url.in_(part))):
            if row.source_id == source and row.run_id != run_id:
                known.add(row.canonical_url)
                if row.run_id in collapsed:
                    unread.add(row.canonical_url)
    decoder = msgspec.json.Decoder(NewsItem)
    for part in _chunks(unread):
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


class StoredStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as stored: its id, the id of its original, all member ids (original first)."""

    id: str
    original: str
    day: str | None
    level: str
    items: tuple[str, ...]

    def as_item(self, items: Mapping[str, NewsItem]) -> NewsItem:
        """What is read of the story, under the story's id: the original, with the fullest text
        there is where it has none; ``items`` holds all its members."""
        members = [items[item] for item in self.items]
        return msgspec.structs.replace(members[0], id=self.id, text=_told_by(members).text)


def story_of(session: Session, items: Iterable[str]) -> dict[str, str]:
    """Story id by item id for these items; those in no story are left out."""
    found: dict[str, str] = {}
    for part in _chunks(items):
        query = select(StoryItemRow.item_id, StoryItemRow.story_id)
        rows = session.execute(query.where(StoryItemRow.item_id.in_(part)))
        found.update({row.item_id: row.story_id for row in rows})
    return found


def replace_stories(
    session: Session, stories: Iterable[StoredStory], instead_of: Collection[str] | None = None
) -> int:
    """Store this folding instead of the present one; gives the number of stories.

    What was said of a story stays while it is read in the same words.

    Args:
        instead_of: ids of the stories that go; None for all of them.
    """
    before: dict[str, tuple[str, str]] = {}
    query = select(StoryRow.id, StoryRow.original_id, StoryRow.text_id)
    if instead_of is None:
        before = {row.id: (row.original_id, row.text_id) for row in session.execute(query)}
        session.execute(delete(StoryItemRow))
        session.execute(delete(StoryRow))
    for part in _chunks(instead_of or ()):
        rows = session.execute(query.where(StoryRow.id.in_(part)))
        before.update({row.id: (row.original_id, row.text_id) for row in rows})
        session.execute(delete(StoryItemRow).where(StoryItemRow.story_id.in_(part)))
        session.execute(delete(StoryRow).where(StoryRow.id.in_(part)))
    count = 0
    for chunk in _chunks(stories):
        items = items_by_id(session, (item for story in chunk for item in story.items))
        made = [_story_row(story, items) for story in chunk]
        session.execute(insert(StoryRow), made)
        members = [row for story in chunk for row in _member_rows(story, items)]
        session.execute(insert(StoryItemRow), members)
        for row in made:
            if before.get(str(row["id"])) == (row["original_id"], row["text_id"]):
                del before[str(row["id"])]
        count += len(chunk)
    _forget(session, before)
    count_change(session, "stories")
    return count


def _story_row(story: StoredStory, items: Mapping[str, NewsItem]) -> dict[str, object]:
    members = [items[item] for item in story.items]
    return {
        "id": story.id,
        "original_id": story.original,
        "day": story.day,
        "level": story.level,
        "size": len(members),
        "text_id": _told_by(members).id,
        "carrier": carrier_of(members[0]),
        "genre": genre_of(members[0]),
        "internal": all("internal" in item.flags for item in members),
    }


def _member_rows(story: StoredStory, items: Mapping[str, NewsItem]) -> Iterator[dict[str, object]]:
    seen: set[str] = set()
    for item in (items[item] for item in story.items):
        yield {
            "item_id": item.id,
            "story_id": story.id,
            "day": story.day,
            "source_id": item.source,
            "outlet": item.outlet[:_OUTLET],
            "first_of_source": item.source not in seen,
        }
        seen.add(item.source)


def _told_by(members: Sequence[NewsItem]) -> NewsItem:
    """The member whose text is read: the original; where it has none, the fullest."""
    if members[0].text:
        return members[0]
    return max(members, key=lambda item: (len(item.text), item.id))


def _chunks(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def stories_between(
    session: Session, first: date | None = None, last: date | None = None
) -> tuple[StoredStory, ...]:
    """Stories whose earliest day lies within the days given, by day and id.

    Without days: all of them, the undated at the end.
    """
    query = select(StoryRow).order_by(StoryRow.day.is_(None), StoryRow.day, StoryRow.id)
    pairs = select(StoryItemRow.story_id, StoryItemRow.item_id)
    if first is not None:
        query = query.where(StoryRow.day >= first.isoformat())
        pairs = pairs.where(StoryItemRow.day >= first.isoformat())
    if last is not None:
        query = query.where(StoryRow.day <= last.isoformat())
        pairs = pairs.where(StoryItemRow.day <= last.isoformat())
    return _with_members(session, session.scalars(query).all(), pairs)


def stories_by_id(session: Session, ids: Iterable[str]) -> tuple[StoredStory, ...]:
    """The stories with these ids, by day and id; absent ids are left out."""
    found: list[StoredStory] = []
    for part in _chunks(ids):
        rows = session.scalars(select(StoryRow).where(StoryRow.id.in_(part))).all()
        pairs = select(StoryItemRow.story_id, StoryItemRow.item_id)
        found += _with_members(session, rows, pairs.where(StoryItemRow.story_id.in_(part)))
    return tuple(sorted(found, key=lambda story: (story.day is None, story.day or "", story.id)))


def _with_members(
    session: Session, rows: Sequence[StoryRow], pairs: Select[str, str]
) -> tuple[StoredStory, ...]:
    members: dict[str, list[str]] = {row.id: [] for row in rows}
    for pair in session.execute(pairs.order_by(StoryItemRow.item_id)):
        members[pair.story_id].append(pair.item_id)
    return tuple(
        StoredStory(
            id=row.id,
            original=row.original_id,
            day=row.day,
            level=row.level,
            items=(row.original_id, *(m for m in members[row.id] if m != row.original_id)),
        )
        for row in rows
    )
