"""Stored review queues 待判清单: what is asked for what purpose, and how far it is.

Hides: how a queue is kept. Its stories one by one, and who has which before them, are
``pipeline.store.review_tasks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.store.review_tables import ReviewPassRow, ReviewQueueRow, ReviewTaskRow
from pipeline.store.review_tasks import LARGEST, Task, same_task
from pipeline.store.store import now

__all__ = [
    "MOST",
    "Purpose",
    "Queue",
    "QueueCounts",
    "add_queue",
    "counts_of",
    "end_queue",
    "get_queue",
    "queues_of",
]

Purpose = Literal["learning", "coverage", "audit", "everything", "theme", "search", "blind"]

MOST = 2_000
"""Stories of a queue: a week's work of one person at 300 an hour."""

_PART = 500


@dataclass(frozen=True)
class Queue:
    """A queue; ``reviewer`` is the account it is for, '' for everybody."""

    id: int
    plan_id: int
    scheme: str
    purpose: Purpose
    subject: str
    audit: int | None
    reviewer: str
    left_out: int
    made_by: str
    made_at: str
    ended_at: str | None


@dataclass(frozen=True)
class QueueCounts:
    """Stories of a queue by what became of them; ``passed`` of the open ones by one account."""

    open: int
    decided: int
    elsewhere: int
    skipped: int = 0
    unsure: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.open + self.decided + self.elsewhere


def add_queue(
    session: Session,
    plan_id: int,
    scheme: str,
    purpose: Purpose,
    tasks: Iterable[Task],
    *,
    subject: str = "",
    audit: int | None = None,
    reviewer: str = "",
    left_out: int = 0,
    by: str,
) -> Queue:
    """Store a queue of ``tasks`` in their order; their ``queue`` and ``place`` are given here.

    Raises:
        BadInput: ``review-queue-empty`` when there is nothing to ask.
    """
    row = ReviewQueueRow(
        plan_id=plan_id,
        scheme=scheme,
        purpose=purpose,
        subject=subject,
        audit_id=audit,
        reviewer=reviewer,
        left_out=left_out,
        made_by=by,
        made_at=now(),
    )
    session.add(row)
    session.flush()
    made = [
        {
            "queue_id": row.id,
            "place": place,
            "story_id": task.story,
            "item_id": task.item,
            "chosen_by": task.chosen_by,
            "inclusion_probability": task.inclusion_probability,
            "state": "open",
            "holder": "",
            "held_at": "",
            "decided_at": "",
        }
        for place, task in enumerate(tasks, start=1)
    ]
    if not made:
        raise BadInput(
            "there is no story to decide in such a queue",
            "review-queue-empty",
            "Choose another period or theme, or classify the news first.",
        )
    for start in range(0, len(made), _PART):
        session.execute(insert(ReviewTaskRow), made[start : start + _PART])
    return _queue(row)


def get_queue(session: Session, number: int) -> Queue:
    """One queue; raises ``review-queue-missing``."""
    row = session.get(ReviewQueueRow, number) if 0 < number < LARGEST else None
    if row is None:
        raise XuanjianError(
            f"there is no review queue {number}",
            "review-queue-missing",
            "Look at the list of queues again.",
        )
    return _queue(row)


def queues_of(session: Session, plan_ids: Iterable[int], *, limit: int = 30) -> tuple[Queue, ...]:
    """Queues of a plan's versions that nobody put away, the newest first."""
    rows = session.scalars(
        select(ReviewQueueRow)
        .where(ReviewQueueRow.plan_id.in_(list(plan_ids)), ReviewQueueRow.ended_at.is_(None))
        .order_by(ReviewQueueRow.id.desc())
        .limit(limit)
    )
    return tuple(map(_queue, rows))


def end_queue(session: Session, number: int) -> Queue:
    """Put a queue away; its decisions stay."""
    found = get_queue(session, number)
    session.get_one(ReviewQueueRow, found.id).ended_at = now()
    return found


def counts_of(
    session: Session, numbers: Iterable[int], account: str = ""
) -> Mapping[int, QueueCounts]:
    """By queue, how far it is; with what ``account`` passed over of it."""
    asked = list(numbers)
    states: dict[int, dict[str, int]] = {number: {} for number in asked}
    rows = session.execute(
        select(ReviewTaskRow.queue_id, ReviewTaskRow.state, func.count())
        .where(ReviewTaskRow.queue_id.in_(asked))
        .group_by(ReviewTaskRow.queue_id, ReviewTaskRow.state)
    )
    for number, state, count in rows:
        states[number][state] = count
    passes: dict[int, dict[str, int]] = {number: {} for number in asked}
    mine = session.execute(
        select(ReviewPassRow.queue_id, ReviewPassRow.kind, func.count())
        .join(ReviewTaskRow, same_task())
        .where(
            ReviewPassRow.queue_id.in_(asked),
            ReviewPassRow.account == account,
            ReviewTaskRow.state == "open",
        )
        .group_by(ReviewPassRow.queue_id, ReviewPassRow.kind)
    )
    for number, kind, count in mine:
        passes[number][kind] = count
    return {
        number: QueueCounts(
            open=held.get("open", 0),
            decided=held.get("decided", 0),
            elsewhere=held.get("elsewhere", 0) + held.get("gone", 0),
            skipped=passes[number].get("skipped", 0),
            unsure=passes[number].get("unsure", 0),
        )
        for number, held in states.items()
    }


def _queue(row: ReviewQueueRow) -> Queue:
    return Queue(
        id=row.id,
        plan_id=row.plan_id,
        scheme=row.scheme,
        purpose=row.purpose,  # type: ignore[arg-type]  # only ``add_queue`` writes it
        subject=row.subject,
        audit=row.audit_id,
        reviewer=row.reviewer,
        left_out=row.left_out,
        made_by=row.made_by,
        made_at=row.made_at,
        ended_at=row.ended_at,
    )
