"""The table of answers about gaps 宣传空白核实.

Hides: columns. Rows are only added: a later answer follows an earlier one, it does not replace it.
"""

from __future__ import annotations

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["InquiryAnswerRow"]


class InquiryAnswerRow(Base):
    """One office's answer about a theme of a plan (in any of its versions) and a period."""

    __tablename__ = "inquiry_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_name: Mapped[str] = mapped_column(String(200))
    scheme: Mapped[str] = mapped_column(String(32))
    scheme_fingerprint: Mapped[str] = mapped_column(String(16))
    period_from: Mapped[str] = mapped_column(String(10))
    period_to: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[str] = mapped_column(String(64))
    choice: Mapped[str] = mapped_column(String(16))
    office: Mapped[str] = mapped_column(Text)
    proof: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(Text)
    answered_on: Mapped[str] = mapped_column(String(10))  # '' where the sheet does not say
    file: Mapped[str] = mapped_column(Text)  # that brought it
    taken_in_by: Mapped[str] = mapped_column(Text)
    taken_in_at: Mapped[str] = mapped_column(String(32))

    __table_args__ = (Index(None, "plan_name", "period_from", "period_to"),)
