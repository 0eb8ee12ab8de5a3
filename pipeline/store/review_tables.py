"""Tables of reviewing in the console: stored queues, what people passed over, decisions in bulk.

Hides: columns. A decision itself is a row of ``review``.
"""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["ReviewBulkRow", "ReviewPassRow", "ReviewQueueRow", "ReviewTaskRow"]


class ReviewQueueRow(Base):
    """A queue 待判清单: stories chosen once, which people work through together."""

    __tablename__ = "review_queue"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    scheme: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(Text, default="")  # what it was asked with, for people
    audit_id: Mapped[int | None] = mapped_column(Integer)  # of an audit's sample
    reviewer: Mapped[str] = mapped_column(String(64), default="")  # account it is for; '' for all
    left_out: Mapped[int] = mapped_column(Integer, default=0)  # found besides, not taken in
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[str | None] = mapped_column(String(32))  # put away by hand


class ReviewTaskRow(Base):
    """One story of a queue, and who has it before them or decided it."""

    __tablename__ = "review_task"

    queue_id: Mapped[int] = mapped_column(
        ForeignKey("review_queue.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(Integer, primary_key=True)  # in the queue, from 1
    story_id: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[str] = mapped_column(String(64))  # its original: stories may be refolded
    chosen_by: Mapped[str] = mapped_column(String(16))
    inclusion_probability: Mapped[float | None] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(12), default="open")  # open, decided, elsewhere, gone
    holder: Mapped[str] = mapped_column(String(64), default="")  # account that has it before it
    held_at: Mapped[str] = mapped_column(String(32), default="")
    review_id: Mapped[int | None] = mapped_column(Integer)  # the decision made in this queue
    decided_at: Mapped[str] = mapped_column(String(32), default="")

    __table_args__ = (Index(None, "queue_id", "state", "place"),)


class ReviewPassRow(Base):
    """A story somebody did not decide: skipped, or unsure 拿不准."""

    __tablename__ = "review_pass"

    queue_id: Mapped[int] = mapped_column(
        ForeignKey("review_queue.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # skipped, unsure
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[str] = mapped_column(String(32))


class ReviewBulkRow(Base):
    """Decisions made about a whole list at once; undone by withdrawing each."""

    __tablename__ = "review_bulk"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(Text)  # the list and the decision, for people
    stories: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[str] = mapped_column(String(32))
    undone_by: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[str | None] = mapped_column(String(32))
