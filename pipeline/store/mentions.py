"""Stories that name something within given days.

Hides: how the store is asked without reading every text. Over a long time only titles are
searched; within ``LONG`` days also the texts, where the name must stand in the first ``LEAD``
characters: further down it is background.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pipeline.news import NewsItem
from pipeline.store.tables import NewsItemRow, StoryRow

__all__ = ["Naming", "stories_naming"]

LONG = 100
LEAD = 300


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """A story whose original names ``term``."""

    term: str
    story: str
    day: str
    item: NewsItem


def stories_naming(
    session: Session, windows: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Naming]:
    """Stories by name and day.

    Args:
        windows: by name to look for, first and last days (ISO 8601).
    """
    for term, spans in windows.items():
        days = sum((date.fromisoformat(b) - date.fromisoformat(a)).days + 1 for a, b in spans)
        named = NewsItemRow.title.contains(term, autoescape=True)
        if days <= LONG:
            named = or_(named, NewsItemRow.body.contains(term, autoescape=True))
        rows = session.execute(
            select(StoryRow.id, StoryRow.day, NewsItemRow.body)
            .join(NewsItemRow, NewsItemRow.id == StoryRow.original_id)
            .where(or_(*(StoryRow.day.between(*span) for span in spans)), and_(named))
            .order_by(StoryRow.day, StoryRow.id)
        )
        for story, day, body in rows:
            item = msgspec.json.decode(body, type=NewsItem)
            if term in item.title or (days <= LONG and term in item.text[:LEAD]):
                yield Naming(term=term, story=story, day=day or "", item=item)
