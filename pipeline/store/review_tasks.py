"""Stories of stored review queues: which comes next for whom, and what became of it.

Hides: how several people work through one queue. A story is held for the person it was shown to, so
that nobody else is shown it for a while; what somebody passed over comes back to that person after
everything else; a story decided elsewhere since the queue was made is not asked for again. Every
question is answered from an index on one queue's rows, whatever the size of the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.store.review_tables import ReviewPassRow, ReviewTaskRow
from pipeline.store.store import precise_now
from pipeline.store.tables import StoryRow

__all__ = [
    "LARGEST",
    "Passed",
    "Task",
    "get_task",
    "hold_story",
    "hold_task",
    "last_action",
    "mark_decided",
    "mark_elsewhere",
    "next_task",
    "pass_over",
    "passes_of",
    "reopen",
    "same_task",
]

LARGEST = 2**31
"""What a database's integer holds."""


HELD = timedelta(minutes=15)
"""How long a story is kept from others after it was shown to somebody."""


@dataclass(frozen=True)
class Task:
    """A story of a queue. ``state``: open, decided here, elsewhere (decided in another place), gone
    (no such news any more)."""

    queue: int
    place: int
    story: str
    item: str
    chosen_by: str
    inclusion_probability: float | None
    state: str = "open"
    holder: str = ""
    review: int | None = None
    decided_at: str = ""


@dataclass(frozen=True)
class Passed:
    """That somebody passed a story over."""

    place: int
    account: str
    kind: str
    comment: str
    at: str


def next_task(session: Session, number: int, account: str) -> Task | tuple[()]:
    """What ``account`` is to decide next; () when nothing is left to it.

    What it has before it already comes first, then what nobody has, in the queue's order, then
    what it passed over, the longest ago first. What others have before them is left to them.
    """
    task = ReviewTaskRow
    open_ones = select(task).where(task.queue_id == number, task.state == "open").limit(1)
    passed = select(ReviewPassRow.place).where(
        ReviewPassRow.queue_id == number,
        ReviewPassRow.account == account,
        ReviewPassRow.place == task.place,
    )
    held = open_ones.where(task.holder == account).order_by(task.held_at.desc())
    free = open_ones.where(_free(account), ~passed.exists()).order_by(task.place)
    again = (
        open_ones.join(ReviewPassRow, same_task())
        .where(ReviewPassRow.account == account, _free(account))
        .order_by(ReviewPassRow.at, task.place)
    )
    for asked in (held, free, again):
        row = session.scalars(asked).first()
        if row is not None:
            return _task(row)
    return ()


def hold_task(session: Session, task: Task, account: str) -> bool:
    """Keep a story for ``account``; False when somebody else was quicker."""
    done = session.execute(
        update(ReviewTaskRow)
        .where(*_at(task.queue, task.place), ReviewTaskRow.state == "open", _free(account))
        .values(holder=account, held_at=precise_now())
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def get_task(session: Session, number: int, place: int) -> Task:
    """A story of a queue, kept from being changed by others until the transaction ends.

    Raises:
        XuanjianError: ``review-task-missing``.
    """
    if not (0 < number < LARGEST and 0 < place < LARGEST):
        raise _no_task(number, place)
    # A write first: it makes the others wait on SQLite too, where reading does not.
    session.execute(
        update(ReviewTaskRow)
        .where(*_at(number, place))
        .values(place=ReviewTaskRow.place)
        .execution_options(synchronize_session=False)
    )
    row = session.scalars(
        select(ReviewTaskRow).where(*_at(number, place)).execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise _no_task(number, place)
    return _task(row)


def _no_task(number: int, place: int) -> XuanjianError:
    return XuanjianError(
        f"the review queue {number} has no story {place}",
        "review-task-missing",
        "Open the queue again.",
    )


def hold_story(session: Session, story: str) -> None:
    """Make others who decide the same story, from whatever queue, wait until the transaction ends;
    on SQLite any write has done so."""
    session.execute(select(StoryRow.id).where(StoryRow.id == story).with_for_update())


def mark_decided(session: Session, task: Task, account: str, review: int) -> None:
    """Note that ``account`` decided a story here by the decision numbered ``review``."""
    session.execute(
        update(ReviewTaskRow)
        .where(*_at(task.queue, task.place))
        .values(
            state="decided",
            holder=account,
            held_at="",
            review_id=review,
            decided_at=precise_now(),
        )
    )
    _forget_pass(session, task, account)


def mark_elsewhere(session: Session, task: Task, state: Literal["elsewhere", "gone"]) -> None:
    """Note that a story need not be asked for any more."""
    session.execute(
        update(ReviewTaskRow)
        .where(*_at(task.queue, task.place), ReviewTaskRow.state == "open")
        .values(state=state, holder="", held_at="")
    )


def pass_over(
    session: Session,
    task: Task,
    account: str,
    kind: Literal["skipped", "unsure"],
    comment: str = "",
) -> None:
    """Send a story to the back of the queue for ``account``; it is free for others."""
    _forget_pass(session, task, account)
    session.add(
        ReviewPassRow(
            queue_id=task.queue,
            place=task.place,
            account=account,
            kind=kind,
            comment=comment,
            at=precise_now(),
        )
    )
    session.execute(
        update(ReviewTaskRow)
        .where(*_at(task.queue, task.place), ReviewTaskRow.holder == account)
        .values(holder="", held_at="")
    )
    session.flush()


def passes_of(session: Session, task: Task) -> tuple[Passed, ...]:
    """Who passed a story over, the first one first."""
    rows = session.scalars(
        select(ReviewPassRow)
        .where(ReviewPassRow.queue_id == task.queue, ReviewPassRow.place == task.place)
        .order_by(ReviewPassRow.at)
    )
    return tuple(Passed(row.place, row.account, row.kind, row.comment, row.at) for row in rows)


def last_action(session: Session, number: int, account: str) -> tuple[Task, bool] | tuple[()]:
    """The story ``account`` decided or passed over last in a queue, and whether it was decided;
    () when there is none left to undo."""
    task = ReviewTaskRow
    decided = session.scalars(
        select(task)
        .where(task.queue_id == number, task.state == "decided", task.holder == account)
        .order_by(task.decided_at.desc())
        .limit(1)
    ).first()
    passed = session.execute(
        select(task, ReviewPassRow.at)
        .join(ReviewPassRow, same_task())
        .where(task.queue_id == number, task.state == "open", ReviewPassRow.account == account)
        .order_by(ReviewPassRow.at.desc())
        .limit(1)
    ).first()
    if passed and (decided is None or passed[1] > decided.decided_at):
        return _task(passed[0]), False
    return (_task(decided), True) if decided is not None else ()


def reopen(session: Session, task: Task, account: str) -> None:
    """Put a story before ``account`` again, as if it had neither decided it nor passed it over."""
    _forget_pass(session, task, account)
    session.execute(
        update(ReviewTaskRow)
        .where(*_at(task.queue, task.place))
        .values(state="open", holder=account, held_at=precise_now(), review_id=None, decided_at="")
    )


def _forget_pass(session: Session, task: Task, account: str) -> None:
    session.execute(
        delete(ReviewPassRow).where(
            ReviewPassRow.queue_id == task.queue,
            ReviewPassRow.place == task.place,
            ReviewPassRow.account == account,
        )
    )


def same_task() -> ColumnElement[bool]:
    """Whether a row of what was passed over is about a row of the stories."""
    return (ReviewPassRow.queue_id == ReviewTaskRow.queue_id) & (
        ReviewPassRow.place == ReviewTaskRow.place
    )


def _free(account: str) -> ColumnElement[bool]:
    """Whether nobody else has a story before them: what was shown long ago is free again."""
    since = (datetime.now(UTC) - HELD).isoformat(timespec="microseconds")
    return or_(ReviewTaskRow.holder.in_(["", account]), ReviewTaskRow.held_at < since)


def _at(number: int, place: int) -> tuple[ColumnElement[bool], ...]:
    return ReviewTaskRow.queue_id == number, ReviewTaskRow.place == place


def _task(row: ReviewTaskRow) -> Task:
    return Task(
        queue=row.queue_id,
        place=row.place,
        story=row.story_id,
        item=row.item_id,
        chosen_by=row.chosen_by,
        inclusion_probability=row.inclusion_probability,
        state=row.state,
        holder=row.holder,
        review=row.review_id,
        decided_at=row.decided_at,
    )
