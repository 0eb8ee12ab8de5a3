"""The table of months that persons signed off for media no crawler reaches 登记完毕.

Hides: columns. The days themselves are a line of the ledger, as for every other source.
"""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["SignOffRow"]


class SignOffRow(Base):
    """A person's word that a medium's month is registered whole; withdrawn, never deleted."""

    __tablename__ = "media_sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(100))
    month: Mapped[str] = mapped_column(String(7))
    empty: Mapped[bool] = mapped_column(Boolean)  # nothing was published in it
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    signed_by: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[str] = mapped_column(String(32))
    withdrawn_by: Mapped[str] = mapped_column(String(200), server_default="")
    withdrawn_at: Mapped[str | None] = mapped_column(String(32))
    withdrawn_why: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (Index(None, "source_id", "month"),)
