"""Folding what is stored: new and edited items into stories, the others left as they are.

Hides: which items wait to be folded, and what is kept of a reprint 转载 beside its story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from pipeline.news import NewsItem
from pipeline.store.items import items_between, items_by_id
from pipeline.store.runs import known_sources
from pipeline.store.stories import StoredStory, replace_stories, story_of
from pipeline.store.tables import NewsItemRow, ReprintRow, StoryItemRow, StoryRow
from pipeline.stories import Days, Edit, Story, fold_into, keep_ids

__all__ = ["Reprint", "fold_stored", "publisher_of", "reprints_of", "waiting_items"]

_CHUNK = 500
_Value = TypeVar("_Value")


class Reprint(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one reprint."""

    item: str
    outlet: str = ""
    """The outlet it says it took the text from; '' where it says nothing."""
    taken_from: str = ""
    """Id of that outlet's item in the same story; '' where none is known."""
    edits: tuple[Edit, ...] = ()


def publisher_of(item: NewsItem, reprint: Reprint | None, sites: Mapping[str, str]) -> str:
    """Where a publication stood. What a reprint prints as its 来源 is whom it took the text from, so
    it stood on the site it was found on, if that is known.

    Args:
        sites: names of sources by id.
    """
    if reprint is None or not reprint.outlet:
        return item.outlet
    return sites.get(item.source) or item.outlet


def waiting_items(session: Session) -> set[str]:
    """Ids of the items in no story yet, and of those in a story whose words were edited since."""
    folded = select(StoryItemRow.item_id)
    new = session.scalars(select(NewsItemRow.id).where(NewsItemRow.id.not_in(folded)))
    stale = select(StoryRow.id).where(StoryRow.stale)
    edited = select(StoryItemRow.item_id).where(StoryItemRow.story_id.in_(stale))
    return {*new, *session.scalars(edited)}


def fold_stored(session: Session) -> int:
    """Fold the waiting items; gives the number of stories that came out new or changed."""
    waiting = waiting_items(session)
    if not waiting:
        return 0
    sites = {source.id: source.name for source in known_sources(session)}
    changed = fold_into(waiting, _Stored(session), sites)
    before = story_of(session, (item.id for story in changed for item in story.items))
    proposed = {story.id for story in changed} - set(before.values())
    named = keep_ids(changed, before, _present(session, proposed))
    replace_stories(session, map(_stored, named), set(before.values()))
    _replace_reprints(session, named)
    return len(named)


def reprints_of(session: Session, items: Iterable[str]) -> dict[str, Reprint]:
    """What is known of those of ``items`` that are reprints, by item id."""
    found: dict[str, Reprint] = {}
    for part in _parts(items):
        for row in session.scalars(select(ReprintRow).where(ReprintRow.item_id.in_(part))):
            found[row.item_id] = Reprint(
                item=row.item_id,
                outlet=row.outlet,
                taken_from=row.taken_from,
                edits=msgspec.json.decode(row.edits, type=tuple[Edit, ...]),
            )
    return found


class _Stored:
    """The stored items and their last folding, as ``fold_into`` asks for them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, ids: Iterable[str]) -> Iterable[NewsItem]:
        return items_by_id(self._session, ids).values()

    def within(self, days: Days | None) -> Iterator[NewsItem]:
        if days is None:
            yield from items_between(self._session)
            return
        first, last = days
        yield from items_between(self._session, first, last)
        undated = select(NewsItemRow.body).where(NewsItemRow.day.is_(None))
        decoder = msgspec.json.Decoder(NewsItem)
        for body in self._session.scalars(undated.execution_options(yield_per=_CHUNK)):
            yield decoder.decode(body)

    def together(self, ids: Iterable[str]) -> Iterator[str]:
        stories = set(story_of(self._session, ids).values())
        for part in _parts(stories):
            query = select(StoryItemRow.item_id).where(StoryItemRow.story_id.in_(part))
            yield from self._session.scalars(query)


def _stored(story: Story) -> StoredStory:
    return StoredStory(
        id=story.id,
        original=story.original.id,
        day=story.day.isoformat() if story.day else None,
        level=story.level,
        items=tuple(item.id for item in story.items),
    )


def _present(session: Session, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(ids):
        found.update(session.scalars(select(StoryRow.id).where(StoryRow.id.in_(part))))
    return found


def _replace_reprints(session: Session, stories: Iterable[Story]) -> None:
    members = [item for story in stories for item in story.items]
    for part in _parts(members):
        ids = [item.id for item in part]
        session.execute(delete(ReprintRow).where(ReprintRow.item_id.in_(ids)))
        rows = [
            {
                "item_id": item.id,
                "outlet": item.reprint_of,
                "taken_from": item.taken_from,
                "edits": msgspec.json.encode(item.edits).decode(),
            }
            for item in part
            if item.role == "reprint"
        ]
        if rows:
            session.execute(insert(ReprintRow), rows)


def _parts(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    iterator = iter(values)
    while part := list(islice(iterator, _CHUNK)):
        yield part
