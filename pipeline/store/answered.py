"""What the plan's own words are held against: clauses that stories answer, stories that may report
a figure.

Hides: how the store is asked so that only few rows leave it. Counted stories are those of the
period whose locality counts by the plan's judge and that are not internal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import msgspec
from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from pipeline.news import NewsItem
from pipeline.store.tables import ASSIGNED, AssignmentRow, NewsItemRow, StoryFactRow, StoryRow

__all__ = ["ClauseRow", "answered_clauses", "stories_telling"]

_CHUNK = 500


class ClauseRow(msgspec.Struct, frozen=True, kw_only=True):
    """An assigned story of a theme, and the clause it is nearest to."""

    theme: str
    clause: str
    """Key of the clause (``pipeline.assignment.clause_key``)."""
    story: str
    nearness: float


def _counted(
    judge: int, localities: Collection[str], first: str, last: str
) -> tuple[ColumnElement[bool], ...]:
    return (
        StoryRow.day.between(first, last),
        ~StoryRow.internal,
        StoryFactRow.judge_id == judge,
        StoryFactRow.locality.in_(sorted(localities)),
    )


def answered_clauses(
    session: Session,
    plan_id: int,
    themes: Sequence[str],
    judge: int,
    localities: Collection[str],
    period: tuple[str, str],
    least: float,
) -> Iterator[ClauseRow]:
    """Assigned stories of the period at ``least`` or nearer to a clause, counted ones only."""
    rows = session.execute(
        select(
            AssignmentRow.theme_id,
            AssignmentRow.clause,
            AssignmentRow.story_id,
            AssignmentRow.nearness,
        )
        .join(StoryRow, StoryRow.id == AssignmentRow.story_id)
        .join(StoryFactRow, StoryFactRow.story_id == StoryRow.id)
        .where(
            AssignmentRow.plan_id == plan_id,
            AssignmentRow.theme_id.in_(list(themes)),
            ASSIGNED,
            AssignmentRow.nearness >= least,
            *_counted(judge, localities, *period),
        )
        .order_by(AssignmentRow.theme_id, AssignmentRow.clause, AssignmentRow.story_id)
    )
    for theme, clause, story, nearness in rows:
        yield ClauseRow(theme=theme, clause=clause, story=story, nearness=nearness)


def stories_telling(
    session: Session,
    plan_id: int,
    judge: int,
    localities: Collection[str],
    period: tuple[str, str],
    words: Collection[str],
    verified: Collection[str],
) -> Iterator[tuple[str, str, NewsItem]]:
    """(story, day, its fullest item) of counted stories that hold one of ``words`` and stand under
    a theme: the machine assigned them, or they are ``verified``."""
    if not words:
        return
    holds = or_(*(NewsItemRow.body.contains(word, autoescape=True) for word in sorted(words)))
    told = (
        select(StoryRow.id, StoryRow.day, NewsItemRow.body)
        .join(StoryFactRow, StoryFactRow.story_id == StoryRow.id)
        .join(
            NewsItemRow,
            NewsItemRow.id
            == case((StoryRow.text_id != "", StoryRow.text_id), else_=StoryRow.original_id),
        )
        .where(*_counted(judge, localities, *period), holds)
        .order_by(StoryRow.day, StoryRow.id)
    )
    assigned = select(AssignmentRow.story_id).where(
        AssignmentRow.plan_id == plan_id,
        AssignmentRow.assigned,
        AssignmentRow.story_id == StoryRow.id,
    )
    found: dict[str, tuple[str, str, NewsItem]] = {}
    for story, day, body in session.execute(told.where(assigned.exists())):
        found[story] = (story, day or "", msgspec.json.decode(body, type=NewsItem))
    rest = iter(sorted(set(verified) - set(found)))
    while part := list(islice(rest, _CHUNK)):
        for story, day, body in session.execute(told.where(StoryRow.id.in_(part))):
            found[story] = (story, day or "", msgspec.json.decode(body, type=NewsItem))
    yield from sorted(found.values(), key=lambda one: one[:2])
