"""What happened to an issued report's publications after it was issued.

Hides: the questions: what came late, what was decided, withdrawn or dated anew since, and what later
reports already told of it. Each costs what changed, not what was issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pipeline.store.report_tables import IssuedCorrectionRow, IssuedPublicationRow
from pipeline.store.signed import Issued, IssuedPublication, StoredCorrection, publication_of
from pipeline.store.tables import (
    AssignmentRow,
    NewsItemRow,
    PlanRow,
    ReviewRow,
    StoryItemRow,
    StoryRow,
)

__all__ = [
    "assigned_themes",
    "corrections_told",
    "gone_or_moved",
    "issued_items",
    "issued_originals",
    "not_issued",
    "reviewed_items_since",
    "told_late",
]

_CHUNK = 500
_Value = TypeVar("_Value")


def issued_originals(
    session: Session, issued: Issued, items: Iterable[str]
) -> tuple[IssuedPublication, ...]:
    """The first publication of every issued story that has one of ``items``."""
    stories: set[str] = set()
    for part in _parts(items):
        stories.update(
            session.scalars(
                select(IssuedPublicationRow.story_id).where(
                    IssuedPublicationRow.report_id == issued.id,
                    IssuedPublicationRow.item_id.in_(part),
                )
            )
        )
    found: list[IssuedPublication] = []
    for part in _parts(sorted(stories)):
        rows = session.scalars(
            select(IssuedPublicationRow)
            .where(
                IssuedPublicationRow.report_id == issued.id,
                IssuedPublicationRow.story_id.in_(part),
                IssuedPublicationRow.original,
            )
            .order_by(IssuedPublicationRow.position)
        )
        found += map(publication_of, rows)
    return tuple(found)


def gone_or_moved(
    session: Session, issued: Issued
) -> Iterator[tuple[IssuedPublication, bool, str | None]]:
    """Publications that are no longer stored, and those of the report's own period whose story is
    now dated elsewhere: each with whether it is stored, and the story's day now.
    """
    elsewhere = or_(
        StoryRow.day.is_(None), StoryRow.day < issued.key.first, StoryRow.day > issued.key.last
    )
    query = (
        select(IssuedPublicationRow, NewsItemRow.id, StoryRow.day)
        .outerjoin(NewsItemRow, NewsItemRow.id == IssuedPublicationRow.item_id)
        .outerjoin(StoryItemRow, StoryItemRow.item_id == IssuedPublicationRow.item_id)
        .outerjoin(StoryRow, StoryRow.id == StoryItemRow.story_id)
        .where(IssuedPublicationRow.report_id == issued.id)
        .where(NewsItemRow.id.is_(None) | (IssuedPublicationRow.late.is_(False) & elsewhere))
        .order_by(IssuedPublicationRow.position)
    )
    for row, stored, day in session.execute(query):
        yield publication_of(row), stored is not None, day


def not_issued(session: Session, reports: Iterable[int], first: str, last: str) -> tuple[str, ...]:
    """Items of stories dated within the days that none of the issued ``reports`` counted."""
    counted = select(IssuedPublicationRow.item_id).where(
        IssuedPublicationRow.report_id.in_(list(reports))
    )
    query = (
        select(StoryItemRow.item_id)
        .join(StoryRow, StoryRow.id == StoryItemRow.story_id)
        .where(StoryRow.day >= first, StoryRow.day <= last)
        .where(StoryItemRow.item_id.not_in(counted))
        .order_by(StoryItemRow.item_id)
    )
    return tuple(session.scalars(query))


def issued_items(session: Session, reports: Iterable[int], items: Iterable[str]) -> set[str]:
    """Those of ``items`` that one of the issued ``reports`` counted."""
    wanted = list(reports)
    found: set[str] = set()
    for part in _parts(items):
        found.update(
            session.scalars(
                select(IssuedPublicationRow.item_id).where(
                    IssuedPublicationRow.report_id.in_(wanted),
                    IssuedPublicationRow.item_id.in_(part),
                )
            )
        )
    return found


def assigned_themes(
    session: Session, plan_id: int, stories: Iterable[str]
) -> dict[str, frozenset[str]]:
    """By story, the themes the machine assigned."""
    found: dict[str, set[str]] = {}
    for part in _parts(stories):
        rows = session.execute(
            select(AssignmentRow.story_id, AssignmentRow.theme_id).where(
                AssignmentRow.plan_id == plan_id,
                AssignmentRow.story_id.in_(part),
                AssignmentRow.assigned,
            )
        )
        for row in rows:
            found.setdefault(row.story_id, set()).add(row.theme_id)
    return {story: frozenset(themes) for story, themes in found.items()}


def corrections_told(
    session: Session, corrected: Iterable[int], telling: Iterable[int]
) -> tuple[StoredCorrection, ...]:
    """Corrections of the reports ``corrected`` that the issued reports ``telling`` told of, oldest
    first."""
    rows = session.scalars(
        select(IssuedCorrectionRow)
        .where(
            IssuedCorrectionRow.corrected_id.in_(list(corrected)),
            IssuedCorrectionRow.report_id.in_(list(telling)),
        )
        .order_by(IssuedCorrectionRow.report_id, IssuedCorrectionRow.position)
    )
    return tuple(StoredCorrection(row.corrected_id, row.body.encode()) for row in rows)


def told_late(session: Session, reports: Iterable[int], first: str, last: str) -> int:
    """Stories dated within the days that the issued ``reports`` told as 补录."""
    query = (
        select(func.count(IssuedPublicationRow.story_id.distinct()))
        .join(StoryItemRow, StoryItemRow.item_id == IssuedPublicationRow.item_id)
        .join(StoryRow, StoryRow.id == StoryItemRow.story_id)
        .where(IssuedPublicationRow.report_id.in_(list(reports)), IssuedPublicationRow.late)
        .where(StoryRow.day >= first, StoryRow.day <= last, IssuedPublicationRow.original)
    )
    return session.scalar(query) or 0


def reviewed_items_since(session: Session, plan: str, review: int) -> tuple[str, ...]:
    """Items decided about after ``review``, for any version of the plan."""
    query = (
        select(ReviewRow.item_id)
        .join(PlanRow, PlanRow.id == ReviewRow.plan_id)
        .where(PlanRow.name == plan, ReviewRow.id > review)
        .distinct()
        .order_by(ReviewRow.item_id)
    )
    return tuple(session.scalars(query))


def _parts(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    iterator = iter(values)
    while part := list(islice(iterator, _CHUNK)):
        yield part
