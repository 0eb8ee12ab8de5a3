"""The tables of the register of submissions: what is registered, what it was before, who did it.

Hides: columns. A submission is kept whole as JSON beside what questions are asked of; nothing of
it is deleted: what was removed is marked withdrawn, what was changed is kept as it was.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = [
    "ChosenReadingRow",
    "RegisterRunRow",
    "SubmissionBeforeRow",
    "SubmissionLinkRow",
    "SubmissionRow",
]


class RegisterRunRow(Base):
    """One time that somebody changed the register 登记."""

    __tablename__ = "register_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # import, add, adopt, remove, restore, link
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)


class SubmissionRow(Base):
    """A submission 报送信息 as it stands now."""

    __tablename__ = "submission"
    __table_args__ = (Index(None, "withdrawn", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    piece: Mapped[str] = mapped_column(String(64), unique=True)  # what makes rows the same piece
    day: Mapped[str] = mapped_column(String(10), index=True)
    body: Mapped[str] = mapped_column(Text)  # Submission JSON
    run_id: Mapped[int] = mapped_column(ForeignKey("register_run.id"))  # that changed it last
    withdrawn: Mapped[bool] = mapped_column(default=False)
    offices: Mapped[str] = mapped_column(Text, server_default="")  # a line break around each
    column_name: Mapped[str] = mapped_column(Text, server_default="")
    title_words: Mapped[str] = mapped_column(Text, server_default="")  # pipeline.text.comparable
    used: Mapped[bool] = mapped_column(default=False, server_default=false())


class SubmissionBeforeRow(Base):
    """What a submission was before a run changed, withdrew or restored it."""

    __tablename__ = "submission_before"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("register_run.id"))  # that changed it
    body: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(default=False)


class SubmissionLinkRow(Base):
    """A person's word whether a crawled item is a printing of a submission."""

    __tablename__ = "submission_link"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    same: Mapped[bool] = mapped_column()
    run_id: Mapped[int] = mapped_column(ForeignKey("register_run.id"))


class ChosenReadingRow(Base):
    """How a plan's open question is read from now on 选定口径; the newest row of a question holds."""

    __tablename__ = "chosen_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_name: Mapped[str] = mapped_column(String(200), index=True)
    question: Mapped[str] = mapped_column(String(32))
    choice: Mapped[str] = mapped_column(String(16))  # '' takes the choice back
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(Text, server_default="")
