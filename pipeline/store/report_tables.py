"""The tables of signed-off reports: who signed what, and what was issued.

Hides: columns. Rows are only ever added: no statement of this program changes or deletes one, and
nothing refers to them with a key that could delete them along with a plan or an item.
"""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["IssuedCorrectionRow", "IssuedPublicationRow", "IssuedReportRow", "SignStepRow"]


class SignStepRow(Base):
    """One signature 签批 on the report of a plan and period."""

    __tablename__ = "sign_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_name: Mapped[str] = mapped_column(String(200))
    scheme: Mapped[str] = mapped_column(String(32))
    period_from: Mapped[str] = mapped_column(String(10))
    period_to: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(16))
    signed_by: Mapped[str] = mapped_column(Text)
    account: Mapped[int] = mapped_column(Integer, default=0)  # whose name that is; 0 if typed
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(32))
    figures: Mapped[str] = mapped_column(String(64))  # fingerprint of the figures signed
    seal: Mapped[str] = mapped_column(String(64))  # over this step and the seal before it

    __table_args__ = (Index(None, "plan_name", "scheme", "period_from", "period_to"),)


class IssuedReportRow(Base):
    """One issued version 已印发 of a report, whole."""

    __tablename__ = "issued_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_name: Mapped[str] = mapped_column(String(200))
    scheme: Mapped[str] = mapped_column(String(32))
    period_from: Mapped[str] = mapped_column(String(10))
    period_to: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    issued_at: Mapped[str] = mapped_column(String(32))
    issued_by: Mapped[str] = mapped_column(Text)
    replaces: Mapped[str] = mapped_column(String(64))  # fingerprint of the version before; ''
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the body
    publications: Mapped[str] = mapped_column(String(64))  # of its publications, in order
    last_review: Mapped[int] = mapped_column(Integer)  # newest decision it knew
    body: Mapped[str] = mapped_column(Text)  # PeriodReport JSON

    __table_args__ = (
        UniqueConstraint("plan_name", "scheme", "period_from", "period_to", "version"),
    )


class IssuedPublicationRow(Base):
    """A publication of a story that an issued report counted, as its own or as 补录."""

    __tablename__ = "issued_publication"

    report_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), index=True)
    story_id: Mapped[str] = mapped_column(String(64))
    original: Mapped[bool] = mapped_column(Boolean)  # the first of its story
    late: Mapped[bool] = mapped_column(Boolean)
    body: Mapped[str] = mapped_column(Text)  # Publication JSON


class IssuedCorrectionRow(Base):
    """A correction 更正 that an issued report told of: what holds since, by item and theme."""

    __tablename__ = "issued_correction"

    report_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    corrected_id: Mapped[int] = mapped_column(ForeignKey("issued_report.id"), index=True)
    body: Mapped[str] = mapped_column(Text)  # Correction JSON
