"""Tables of the console: accounts, sessions, the audit trail, long work, and standing reports.

Hides: columns. Nothing here holds a password, a session's token or a code in the clear.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = [
    "AccountRow",
    "ChangeCountRow",
    "FailedSignInRow",
    "JobRow",
    "SessionRow",
    "StandingReportRow",
    "TrailRow",
]


class AccountRow(Base):
    """A person who may sign in; never deleted, since decisions bear the name."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str] = mapped_column(String(200))  # argon2 hash
    disabled: Mapped[bool] = mapped_column(Boolean, server_default=false())
    created_at: Mapped[str] = mapped_column(String(32))
    password_at: Mapped[str] = mapped_column(String(32))


class SessionRow(Base):
    """Somebody signed in; ended, never deleted while the account is."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the cookie's value
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[str] = mapped_column(String(32))
    seen_at: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[str | None] = mapped_column(String(32))
    ended_by: Mapped[str] = mapped_column(String(64), server_default="")


class FailedSignInRow(Base):
    """A sign-in that failed: what limits the next ones."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))  # SHA-256 of what was typed, cut
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(32))

    __table_args__ = (Index(None, "name", "at"), Index(None, "address", "at"))


class TrailRow(Base):
    """One change in the audit trail 操作记录; the database refuses to change or remove it."""

    __tablename__ = "trail"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(32), index=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    role: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text)  # JSON; '' for what there was none of
    after: Mapped[str] = mapped_column(Text)


class JobRow(Base):
    """Long work started from the console, run as a process of its own."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    arguments: Mapped[str] = mapped_column(Text)  # JSON list of words after ``xuanjian``
    started_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[str] = mapped_column(String(32))
    process: Mapped[int] = mapped_column(Integer)
    finished_at: Mapped[str | None] = mapped_column(String(32))
    exit_code: Mapped[int | None] = mapped_column(Integer)
    said: Mapped[str] = mapped_column(Text, server_default="")  # the end of what it printed


class StandingReportRow(Base):
    """The last report worked out of a plan's period, for pages that must not wait for one."""

    __tablename__ = "standing_report"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True
    )
    scheme: Mapped[str] = mapped_column(String(32), primary_key=True)
    first: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[str] = mapped_column(String(10), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(64))  # of everything it was worked out from
    made_at: Mapped[str] = mapped_column(String(32))
    seconds: Mapped[float] = mapped_column(Float)
    body: Mapped[bytes] = mapped_column(LargeBinary)  # PeriodReport JSON


class ChangeCountRow(Base):
    """How often something was changed that leaves no row of its own."""

    __tablename__ = "change_count"

    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
