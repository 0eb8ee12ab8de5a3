"""Standing reports: the last one worked out of a plan's period, and whether it still stands.

Hides: what a report is worked out from. ``stamp_of`` names the state of all of it, without looking at
news one by one: every change of news belongs to a run, every other change adds or marks a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pipeline.store.console_tables import StandingReportRow
from pipeline.store.store import now

__all__ = ["StandingKey", "StoredStanding", "read_standing", "save_standing", "stamp_of"]


@dataclass(frozen=True)
class StandingKey:
    """Which report: a version of a plan, a scheme, first and last day."""

    plan_id: int
    scheme: str
    first: str
    last: str


@dataclass(frozen=True)
class StoredStanding:
    """A report's JSON with the stamp of what it was worked out from."""

    stamp: str
    made_at: str
    seconds: float
    body: bytes


_QUESTIONS = (
    "SELECT max(id) FROM review",
    "SELECT max(id) FROM run",
    "SELECT max(finished_at) FROM run",
    "SELECT max(used_at) FROM model",
    "SELECT max(id) FROM audit",
    "SELECT max(closed_at) FROM audit",
    "SELECT sum(looks) FROM audit",
    "SELECT max(id) FROM proof",
    "SELECT max(withdrawn_at) FROM proof",
    "SELECT max(id) FROM register_run",
    "SELECT max(id) FROM sign_step",
    "SELECT max(id) FROM inquiry_answer",
    "SELECT max(id) FROM media_sign_off",
    "SELECT max(withdrawn_at) FROM media_sign_off",
    "SELECT max(used_at) FROM plan",
)
"""Each is answered from an index or a small table."""


def stamp_of(session: Session, settings: str, day: str) -> str:
    """A fingerprint of everything a report rests on.

    Args:
        settings: what of the workspace's settings matters, written in any fixed way.
        day: today, since terms and obligations fall due.
    """
    asked = " UNION ALL ".join(
        f"SELECT {place} AS place, CAST(({question}) AS VARCHAR(64)) AS said"
        for place, question in enumerate(_QUESTIONS)
    )
    said = [str(row[1]) for row in session.execute(text(f"{asked} ORDER BY place"))]
    return hashlib.sha256("\n".join([settings, day, *said]).encode()).hexdigest()[:32]


def read_standing(
    session: Session, key: StandingKey, unless: str = ""
) -> StoredStanding | tuple[()]:
    """What is stored; () for nothing. Its body is b'' where it was made at the moment ``unless``,
    which the caller holds already."""
    same = StandingReportRow
    where = (
        same.plan_id == key.plan_id,
        same.scheme == key.scheme,
        same.first == key.first,
        same.last == key.last,
    )
    row = session.execute(select(same.stamp, same.made_at, same.seconds).where(*where)).first()
    if row is None:
        return ()
    held = bool(unless) and row.made_at == unless
    body = b"" if held else session.scalar(select(same.body).where(*where)) or b""
    return StoredStanding(row.stamp, row.made_at, row.seconds, body)


def save_standing(
    session: Session, key: StandingKey, stamp: str, seconds: float, body: bytes
) -> None:
    """Keep a report in place of the last."""
    row = session.get(StandingReportRow, (key.plan_id, key.scheme, key.first, key.last))
    if row is None:
        row = StandingReportRow(
            plan_id=key.plan_id, scheme=key.scheme, first=key.first, last=key.last
        )
        session.add(row)
    row.stamp, row.made_at, row.seconds, row.body = stamp, now(), seconds, body


def count_of(session: Session) -> int:
    """How many standing reports are kept."""
    return session.scalar(select(func.count()).select_from(StandingReportRow)) or 0
