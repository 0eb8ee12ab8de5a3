"""The tables of what people say of media: that a column's days are whole, and how a medium is to be looked at.

Hides: columns. The days vouched for are themselves a line of the ledger, as for every other source.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["MediaChoice", "MediaChoiceRow", "VouchRow"]

MediaChoice = Literal["crawl", "register", "leave"]
"""A crawler reads it; its items are registered by hand; it stays unchecked 不查."""


class VouchRow(Base):
    """A person's word that days of a column are stored whole; withdrawn, never deleted."""

    __tablename__ = "vouch"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(100))
    column: Mapped[str] = mapped_column(String(100))
    first_day: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[str] = mapped_column(String(10))
    empty: Mapped[bool] = mapped_column(Boolean)  # nothing was published on them
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(Text, server_default="")  # how it was checked
    given_by: Mapped[str] = mapped_column(Text)
    given_at: Mapped[str] = mapped_column(String(32))
    withdrawn_by: Mapped[str] = mapped_column(Text, server_default="")
    withdrawn_at: Mapped[str | None] = mapped_column(String(32))
    withdrawn_why: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (Index(None, "source_id", "column"), Index(None, "run_id"))


class MediaChoiceRow(Base):
    """What a person chose for a medium a plan names; ``medium`` is the source id of its name."""

    __tablename__ = "media_choice"

    medium: Mapped[str] = mapped_column(String(100), primary_key=True)
    choice: Mapped[MediaChoice] = mapped_column(String(16))
    chosen_by: Mapped[str] = mapped_column(String(200))
    chosen_at: Mapped[str] = mapped_column(String(32))
