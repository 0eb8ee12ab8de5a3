"""Stories picked by what is known of them, for review queues.

Hides: how a list of stories is found among a million. Only columns with an index are asked of, no
news is loaded, and no more rows are read than a list may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.store.assignments import decisions, numbered_reviews
from pipeline.store.plans import StoredPlan
from pipeline.store.stories import story_of
from pipeline.store.story_list import stories_assigned
from pipeline.store.tables import (
    ASSIGNED,
    AssignmentRow,
    PlanRow,
    ReviewRow,
    StoryFactRow,
    StoryItemRow,
    StoryRow,
)

__all__ = [
    "Picked",
    "Picking",
    "decided_by_others",
    "every_picked",
    "incomplete",
    "pick_stories",
]

_CHUNK = 500
_FEW = 2_000
_Columns = TypeVarTuple("_Columns")


@dataclass(frozen=True)
class Picked:
    """A story, by its id and that of its original."""

    story: str
    item: str


@dataclass(frozen=True)
class Picking:
    """Which stories of a plan are meant; '' and () leave a question open.

    Args:
        theme: the machine assigned it.
        first, last: days, inclusive (ISO 8601); stories without a day are meant only without both,
            or by ``undated``.
        localities: where it is judged; a story nobody judged yet may be anywhere.
        judge: number of the plan's judge; for ``localities``.
        undecided: nobody decided anything about it for this plan.
        internal: stories of internal bulletins alone, too.
    """

    theme: str = ""
    first: str = ""
    last: str = ""
    undated: bool = False
    localities: frozenset[str] = frozenset()
    judge: int = 0
    undecided: bool = True
    internal: bool = False


def pick_stories(
    session: Session, stored: StoredPlan, picking: Picking, limit: int, *, newest: bool = False
) -> tuple[Picked, ...]:
    """At most ``limit`` of the stories, by day and id, those without a day at the end.

    Args:
        newest: the latest day first.
    """
    # In the order of the index on the day, which ends where enough are found; those without a day are
    # asked for by themselves, since an "or" would have all of them sorted.
    query = _asked(session, stored, picking, select(StoryRow.id, StoryRow.original_id))
    day = StoryRow.day.desc() if newest else StoryRow.day
    dated = query.where(StoryRow.day.is_not(None), *_dated(picking))
    rows = session.execute(dated.order_by(day, StoryRow.id).limit(limit))
    found = [Picked(row.id, row.original_id) for row in rows]
    if len(found) < limit and (picking.undated or not _dated(picking)):
        rest = query.where(StoryRow.day.is_(None)).order_by(StoryRow.id).limit(limit - len(found))
        found += [Picked(row.id, row.original_id) for row in session.execute(rest)]
    return tuple(found)


def every_picked(session: Session, stored: StoredPlan, picking: Picking) -> Iterator[Picked]:
    """All of them in no order, streamed."""
    query = _asked(session, stored, picking, select(StoryRow.id, StoryRow.original_id))
    query = query.where(*_of_days(picking))
    for row in session.execute(query.execution_options(yield_per=_CHUNK)):
        yield Picked(row.id, row.original_id)


def incomplete(
    session: Session, stored: StoredPlan, themes: Sequence[str], picking: Picking
) -> tuple[Picked, ...]:
    """Those of the picked stories about which some of ``themes`` were decided and others not; few,
    since people decide all themes of a story at once."""
    reviews = numbered_reviews(session, stored.id)
    member_of = story_of(session, {review.item for _, review in reviews})
    held = decisions((review for _, review in reviews), member_of)
    open_ones = sorted(story for story, said in held.items() if not said.keys() >= {*themes})
    found: list[Picked] = []
    for part in _parts(open_ones):
        query = _asked(session, stored, picking, select(StoryRow.id, StoryRow.original_id))
        query = query.where(*_of_days(picking), StoryRow.id.in_(part))
        rows = session.execute(query.order_by(StoryRow.id))
        found += [Picked(row.id, row.original_id) for row in rows]
    return tuple(found)


def decided_by_others(
    session: Session, stored: StoredPlan, reviewer: str, first: str = "", last: str = ""
) -> tuple[tuple[Picked, int], ...]:
    """Stories that people other than ``reviewer`` decided and ``reviewer`` did not, with the number
    of the newest decision, by id: what a second reader may be asked."""
    reviews = numbered_reviews(session, stored.id)
    member_of = story_of(session, {review.item for _, review in reviews})
    own = {member_of.get(review.item) for _, review in reviews if review.reviewer == reviewer}
    newest = {
        member_of[review.item]: number for number, review in reviews if review.item in member_of
    }
    found: list[tuple[Picked, int]] = []
    for part in _parts(sorted(newest.keys() - own)):
        query = select(StoryRow.id, StoryRow.original_id).where(StoryRow.id.in_(part))
        if first:
            query = query.where(StoryRow.day >= first)
        if last:
            query = query.where(StoryRow.day <= last)
        rows = session.execute(query.order_by(StoryRow.id))
        found += [(Picked(row.id, row.original_id), newest[row.id]) for row in rows]
    return tuple(found)


def _asked(
    session: Session, stored: StoredPlan, picking: Picking, query: Select[*_Columns]
) -> Select[*_Columns]:
    query = query.select_from(StoryRow)
    if not picking.internal:
        query = query.where(~StoryRow.internal)
    if picking.theme:
        query = query.where(_under(session, stored, picking.theme))
    if picking.localities:
        judged = (StoryFactRow.judge_id == picking.judge) & (StoryFactRow.story_id == StoryRow.id)
        query = query.outerjoin(StoryFactRow, judged).where(
            or_(
                StoryFactRow.locality.is_(None),
                StoryFactRow.locality.in_(sorted(picking.localities)),
            )
        )
    if picking.undecided:
        query = query.where(StoryRow.id.not_in(_decided(session, stored)))
    return query


def _under(session: Session, stored: StoredPlan, theme: str) -> ColumnElement[bool]:
    """Whether the machine assigned a theme. A small theme's stories are named; whether a story is of a
    large one is looked up as stories come by, since most are."""
    few = stories_assigned(session, stored.id, theme, _FEW)
    if few is not None:
        return StoryRow.id.in_(few)
    assigned = select(AssignmentRow.story_id).where(
        AssignmentRow.plan_id == stored.id,
        AssignmentRow.theme_id == theme,
        AssignmentRow.story_id == StoryRow.id,
        ASSIGNED,
    )
    return assigned.correlate(StoryRow).exists()


def _dated(picking: Picking) -> list[ColumnElement[bool]]:
    days: list[ColumnElement[bool]] = []
    if picking.first:
        days.append(StoryRow.day >= picking.first)
    if picking.last:
        days.append(StoryRow.day <= picking.last)
    return days


def _of_days(picking: Picking) -> list[ColumnElement[bool]]:
    days = _dated(picking)
    return [or_(and_(*days), StoryRow.day.is_(None))] if days and picking.undated else days


def _decided(session: Session, stored: StoredPlan) -> Select[str]:
    """Stories about which a decision stands. Asked for as one set: looking for decisions story by
    story took 45 s for 2 000 of a million, where databases began with the decisions each time."""
    taken_back = aliased(ReviewRow)
    versions = select(PlanRow.id).where(PlanRow.name == stored.name)
    return (
        select(StoryItemRow.story_id)
        .join(ReviewRow, ReviewRow.item_id == StoryItemRow.item_id)
        .where(
            ReviewRow.plan_id.in_(list(session.scalars(versions))),
            ReviewRow.withdraws.is_(None),
            ~select(taken_back.id).where(taken_back.withdraws == ReviewRow.id).exists(),
        )
    )


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while part := list(islice(iterator, _CHUNK)):
        yield part
