"""Stories in the order of a list, the newest first, a part at a time.

Hides: how a part is found without going over a million. Each question is answered from an index and
gives no more rows than it is asked for; what would give too many says so, and the caller goes by day
instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, union_all
from sqlalchemy.orm import Session

from pipeline.store.search_tables import SearchEntryRow
from pipeline.store.tables import (
    ASSIGNED,
    AssignmentRow,
    JudgeRow,
    NewsItemRow,
    SourceRow,
    StoryFactRow,
    StoryItemRow,
    StoryRow,
)

__all__ = [
    "Narrow",
    "StoryHead",
    "Under",
    "heads_of",
    "known_judge",
    "newest_publication",
    "next_stories",
    "next_under",
    "published_by",
    "stories_assigned",
    "stories_published",
    "stories_under",
    "texts_missing",
]

_CHUNK = 500


@dataclass(frozen=True)
class Narrow:
    """What is asked of a story's own columns; '' leaves a question open.

    Args:
        first, last: days of the story (ISO 8601), inclusive; either leaves the undated out.
    """

    first: str = ""
    last: str = ""
    level: str = ""
    carrier: str = ""
    genre: str = ""

    def fits(self, head: StoryHead) -> bool:
        """Whether the store would give it."""
        dated = not (self.first or self.last) or bool(head.day)
        return (
            dated
            and self.first <= head.day <= (self.last or "~")
            and self.level in {"", head.level}
            and self.carrier in {"", head.carrier}
            and self.genre in {"", head.genre}
        )


@dataclass(frozen=True, order=True)
class StoryHead:
    """A story's columns; heads sort as lists do backwards: by day, then by id, the undated before
    all."""

    day: str
    """'' for none."""
    id: str
    original: str
    text: str
    """Id of the item whose text is read."""
    level: str
    carrier: str
    genre: str
    internal: bool
    size: int
    stale: bool
    """Whether its words were edited since it was folded."""

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in every list."""
        return self.day, self.id


@dataclass(frozen=True)
class Under:
    """Stories that the machine assigned any of ``themes``; where there are ``localities``, only those of
    which the judge says one of them."""

    plan_id: int
    themes: tuple[str, ...]
    judge: int = 0
    localities: tuple[str, ...] = ()

    def holds(self, story: ColumnElement[str]) -> ColumnElement[bool]:
        """Of the story with that id."""
        assigned = select(AssignmentRow.story_id).where(
            AssignmentRow.plan_id == self.plan_id,
            AssignmentRow.theme_id.in_(self.themes),
            AssignmentRow.story_id == story,
            ASSIGNED,
        )
        placed = select(StoryFactRow.story_id).where(
            StoryFactRow.judge_id == self.judge,
            StoryFactRow.locality.in_(self.localities),
            StoryFactRow.story_id == story,
        )
        return and_(assigned.exists(), placed.exists()) if self.localities else assigned.exists()


def next_stories(
    session: Session, narrow: Narrow, after: tuple[str, str] | None, most: int
) -> tuple[StoryHead, ...]:
    """The ``most`` stories that follow ``after`` (a ``place``), or the first ones, newest first."""
    found: list[StoryHead] = []
    for half in _halves(_HEAD, narrow, after):
        if len(found) < most:
            found += map(_head, session.execute(half.limit(most - len(found))))
    return tuple(found)


def next_under(
    session: Session, narrow: Narrow, after: tuple[str, str] | None, most: int, under: Under
) -> tuple[tuple[StoryHead, ...], tuple[str, str] | None]:
    """Of the next stories, ``most`` at most, those that stand ``under``, and the place of the last of
    all; None where none follow.

    The database passes the others over: between two rows that come to Python every other request
    may have its turn.
    """
    for half in _halves(select(StoryRow.day, StoryRow.id), narrow, after):
        walk = half.limit(most).cte("walk")
        last = select(walk.c.day, walk.c.id, literal(0)).order_by(walk.c.day, walk.c.id).limit(1)
        fit = select(walk.c.day, walk.c.id, literal(1)).where(under.holds(walk.c.id))
        rows = session.execute(union_all(select(last.subquery()), fit)).all()
        if rows:
            (place,) = ((day or "", story) for day, story, fits in rows if not fits)
            ids = [story for _day, story, fits in rows if fits]
            return heads_of(session, ids, narrow), place
    return (), None


def _halves(
    asked: Select[*tuple[Any, ...]], narrow: Narrow, after: tuple[str, str] | None
) -> Iterator[Select[*tuple[Any, ...]]]:
    """What follows ``after`` in order: the dated, then those without a day."""
    if after is None or after[0]:
        query = _narrowed(asked.where(StoryRow.day.is_not(None)), narrow)
        if after is not None:
            day, name = after
            # Both halves, so that either database starts at the day in its index.
            query = query.where(StoryRow.day <= day, or_(StoryRow.day < day, StoryRow.id < name))
        yield query.order_by(StoryRow.day.desc(), StoryRow.id.desc())
    if not (narrow.first or narrow.last):
        query = _narrowed(asked.where(StoryRow.day.is_(None)), narrow)
        if after is not None and not after[0]:
            query = query.where(StoryRow.id < after[1])
        yield query.order_by(StoryRow.id.desc())


def heads_of(session: Session, ids: Iterable[str], narrow: Narrow) -> tuple[StoryHead, ...]:
    """Those of these stories that fit, the newest first."""
    found: list[StoryHead] = []
    for part in _parts(dict.fromkeys(ids)):
        query = _narrowed(_HEAD.where(StoryRow.id.in_(part)), narrow)
        found += map(_head, session.execute(query))
    return tuple(sorted(found, reverse=True))


def stories_assigned(
    session: Session, plan_id: int, theme: str, most: int
) -> tuple[str, ...] | None:
    """Stories the machine assigned a theme; None where they are more than ``most``."""
    query = select(AssignmentRow.story_id).where(
        AssignmentRow.plan_id == plan_id, AssignmentRow.theme_id == theme, ASSIGNED
    )
    found = session.scalars(query.limit(most + 1)).all()
    return None if len(found) > most else tuple(found)


def stories_under(
    session: Session, plan_id: int, themes: Iterable[str], stories: Iterable[str]
) -> frozenset[str]:
    """Those of ``stories`` that the machine assigned any of ``themes``."""
    wanted = list(themes)
    found: set[str] = set()
    for part in _parts(stories):
        query = select(AssignmentRow.story_id).where(
            AssignmentRow.plan_id == plan_id,
            AssignmentRow.theme_id.in_(wanted),
            AssignmentRow.story_id.in_(part),
            ASSIGNED,
        )
        found.update(session.scalars(query))
    return frozenset(found)


def stories_published(
    session: Session, source: str, outlet: str, narrow: Narrow, most: int
) -> tuple[str, ...] | None:
    """Stories published by a source, under an outlet's name, or both; None for more than ``most``."""
    query = select(StoryItemRow.story_id).where(*_published(session, source, outlet))
    if narrow.first:
        query = query.where(StoryItemRow.day >= narrow.first)
    if narrow.last:
        query = query.where(StoryItemRow.day <= narrow.last)
    found = session.scalars(query.limit(most + 1)).all()
    return None if len(found) > most else tuple(dict.fromkeys(found))


def published_by(
    session: Session, stories: Iterable[str], source: str, outlet: str
) -> frozenset[str]:
    """Those of ``stories`` that a source published, under an outlet's name, or both."""
    found: set[str] = set()
    for part in _parts(stories):
        # Source and outlet are compared here: SQLite would go over all the source ever published.
        query = select(StoryItemRow.story_id, StoryItemRow.source_id, StoryItemRow.outlet)
        found.update(
            row.story_id
            for row in session.execute(query.where(StoryItemRow.story_id.in_(part)))
            if source in ("", row.source_id) and outlet in ("", row.outlet)
        )
    return frozenset(found)


def texts_missing(session: Session, heads: Iterable[StoryHead]) -> frozenset[str]:
    """Those of ``heads``, by id, of which no publication's text is known."""
    found: set[str] = set()
    decoder = msgspec.json.Decoder(_Text)
    for part in _parts(heads):
        wanted = {head.text or head.original: head.id for head in part}
        query = select(NewsItemRow.id, NewsItemRow.body).where(NewsItemRow.id.in_(wanted))
        found.update(
            wanted[row.id]
            for row in session.execute(query)
            if not decoder.decode(row.body).text.strip()
        )
    return frozenset(found)


def newest_publication(session: Session, items: Iterable[str]) -> str:
    """That of ``items`` which a search meets first; '' where none is indexed."""
    query = select(SearchEntryRow.item_id).where(SearchEntryRow.item_id.in_(list(items)))
    return session.scalars(query.order_by(SearchEntryRow.number.desc()).limit(1)).first() or ""


def known_judge(session: Session, plan_name: str) -> int:
    """The number of the plan's judge; 0 before anything was judged for it."""
    query = select(JudgeRow.id).where(JudgeRow.plan_name == plan_name)
    return session.scalars(query).first() or 0


class _Text(msgspec.Struct):
    """An item's text alone."""

    text: str = ""


_HEAD: Select[*tuple[Any, ...]] = select(
    StoryRow.day,
    StoryRow.id,
    StoryRow.original_id,
    StoryRow.text_id,
    StoryRow.level,
    StoryRow.carrier,
    StoryRow.genre,
    StoryRow.internal,
    StoryRow.size,
    StoryRow.stale,
)


def _head(row: Any) -> StoryHead:
    day, *rest = row
    return StoryHead(day or "", *rest)


def _narrowed(query: Select[*tuple[Any, ...]], narrow: Narrow) -> Select[*tuple[Any, ...]]:
    if narrow.first:
        query = query.where(StoryRow.day >= narrow.first)
    if narrow.last:
        query = query.where(StoryRow.day <= narrow.last)
    for column, value in (
        (StoryRow.level, narrow.level),
        (StoryRow.carrier, narrow.carrier),
        (StoryRow.genre, narrow.genre),
    ):
        if value:
            query = query.where(column == value)
    return query


def _published(session: Session, source: str, outlet: str) -> list[Any]:
    """The index begins with the source: an outlet alone is asked for of every source."""
    sources = [source] if source else ["", *session.scalars(select(SourceRow.id))]
    asked: list[Any] = [StoryItemRow.source_id.in_(sources)]
    return [and_(*asked, StoryItemRow.outlet == outlet)] if outlet else asked


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while part := list(islice(iterator, _CHUNK)):
        yield part
