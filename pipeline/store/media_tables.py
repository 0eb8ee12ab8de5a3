"""The tables of media: months that persons signed off 登记完毕, and how a medium is to be looked at.

Hides: columns. The days signed off are themselves a line of the ledger, as for every other source.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["MediaChoice", "MediaChoiceRow", "SignOffRow"]

MediaChoice = Literal["crawl", "register", "leave"]
"""A crawler reads it; its items are registered by hand; it stays unchecked 不查."""


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


class MediaChoiceRow(Base):
    """What a person chose for a medium a plan names; ``medium`` is the source id of its name."""

    __tablename__ = "media_choice"

    medium: Mapped[str] = mapped_column(String(100), primary_key=True)
    choice: Mapped[MediaChoice] = mapped_column(String(16))
    chosen_by: Mapped[str] = mapped_column(String(200))
    chosen_at: Mapped[str] = mapped_column(String(32))
