"""Stories as stored: folded, found, replaced by another folding.

Hides: what is kept with a story because it depends on the story alone: whose text is read of it, its
carrier, its genre, and by which sources and outlets it was published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from pipeline.genre import carrier_of, genre_of
from pipeline.news import NewsItem
from pipeline.store.changes import count_change
from pipeline.store.items import forget_said, in_parts, items_by_id
from pipeline.store.tables import StoryItemRow, StoryRow

__all__ = [
    "StoredStory",
    "replace_stories",
    "stories_between",
    "stories_by_id",
    "story_of",
]


_OUTLET = 200
"""Characters of an outlet's name that are kept beside a story."""


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
    for part in in_parts(items):
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
    for part in in_parts(instead_of or ()):
        rows = session.execute(query.where(StoryRow.id.in_(part)))
        before.update({row.id: (row.original_id, row.text_id) for row in rows})
        session.execute(delete(StoryItemRow).where(StoryItemRow.story_id.in_(part)))
        session.execute(delete(StoryRow).where(StoryRow.id.in_(part)))
    count = 0
    for chunk in in_parts(stories):
        items = items_by_id(session, (item for story in chunk for item in story.items))
        made = [_story_row(story, items) for story in chunk]
        session.execute(insert(StoryRow), made)
        members = [row for story in chunk for row in _member_rows(story, items)]
        session.execute(insert(StoryItemRow), members)
        for row in made:
            if before.get(str(row["id"])) == (row["original_id"], row["text_id"]):
                del before[str(row["id"])]
        count += len(chunk)
    forget_said(session, before)
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
    for part in in_parts(ids):
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
