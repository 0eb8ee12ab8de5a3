"""The tables of watching over crawls: who runs what at present, and which alarms stand.

Hides: columns and the key that keeps two processes from one task.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["AlarmRow", "LeaseRow"]


class LeaseRow(Base):
    """A task that one process may do at a time, and who does it until when."""

    __tablename__ = "lease"

    task: Mapped[str] = mapped_column(String(200), primary_key=True)
    holder: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[str] = mapped_column(String(32))
    until: Mapped[str] = mapped_column(String(32))


class AlarmRow(Base):
    """An alarm 告警 of a column, from the run that raised it to the one that did not."""

    __tablename__ = "alarm"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(100))
    column: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[str] = mapped_column(String(32))
    raised_run: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    cleared_at: Mapped[str | None] = mapped_column(String(32))
    told_at: Mapped[str | None] = mapped_column(String(32))  # when its notice was sent
    told_cleared_at: Mapped[str | None] = mapped_column(String(32))  # and that of its end

    __table_args__ = (Index(None, "source_id", "column"),)
