"""Decisions in bulk 批量判定: one decision about every story of a list, undone as one.

Hides: that each story has a decision of its own, which knows its bulk, and that undoing takes back
those of them that were not taken back one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.store.assignments import Review, append_review, withdraw_reviews
from pipeline.store.review_tables import ReviewBulkRow
from pipeline.store.store import now
from pipeline.store.tables import ReviewRow

__all__ = ["StoredBulk", "bulks_of", "decide_in_bulk", "undo_bulk"]


@dataclass(frozen=True)
class StoredBulk:
    """One decision in bulk; ``undone_at`` None while it stands."""

    id: int
    plan_id: int
    subject: str
    stories: int
    made_by: str
    made_at: str
    undone_by: str
    undone_at: str | None


def decide_in_bulk(
    session: Session, plan_id: int, subject: str, reviews: Iterable[Review], by: str
) -> StoredBulk:
    """Append all ``reviews``, one a story, as one.

    Args:
        subject: the list and the decision, for people.
        by: who decides, as the reviews name them.
    """
    row = ReviewBulkRow(plan_id=plan_id, subject=subject, stories=0, made_by=by, made_at=now())
    session.add(row)
    session.flush()
    for review in reviews:
        append_review(session, plan_id, review, row.id)
        row.stories += 1
    session.flush()
    return _bulk(row)


def bulks_of(
    session: Session, plan_ids: Iterable[int], *, limit: int = 20
) -> tuple[StoredBulk, ...]:
    """Decisions in bulk about a plan's versions, the newest first."""
    rows = session.scalars(
        select(ReviewBulkRow)
        .where(ReviewBulkRow.plan_id.in_(list(plan_ids)))
        .order_by(ReviewBulkRow.id.desc())
        .limit(limit)
    )
    return tuple(map(_bulk, rows))


def undo_bulk(session: Session, number: int, by: str) -> tuple[StoredBulk, int]:
    """Take all decisions of a bulk back; gives it, and how many were not taken back before.

    Raises:
        XuanjianError: ``review-bulk-missing``; ``review-bulk-undone`` for one that was.
    """
    row = session.get(ReviewBulkRow, number) if 0 < number < 2**31 else None
    if row is None:
        raise XuanjianError(
            f"there is no decision in bulk {number}",
            "review-bulk-missing",
            "Look at the list of them again.",
        )
    if row.undone_at:
        raise BadInput(
            f"the decision in bulk {number} was taken back by {row.undone_by} on {row.undone_at}",
            "review-bulk-undone",
            "Nothing is left to undo.",
        )
    numbers = session.scalars(select(ReviewRow.id).where(ReviewRow.bulk_id == number)).all()
    count = withdraw_reviews(session, numbers, by)
    row.undone_by, row.undone_at = by, now()
    session.flush()
    return _bulk(row), count


def _bulk(row: ReviewBulkRow) -> StoredBulk:
    return StoredBulk(
        id=row.id,
        plan_id=row.plan_id,
        subject=row.subject,
        stories=row.stories,
        made_by=row.made_by,
        made_at=row.made_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )
