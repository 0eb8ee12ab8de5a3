"""Standing reports: the last one worked out of a plan's period, and whether it still stands.

Hides: what a report is worked out from. ``stamp_of`` names the state of all of it, without looking at
news one by one: every change of news belongs to a run, folding and classifying are counted
(``pipeline.store.changes``), every other change adds or marks a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline import __version__
from pipeline.store.console_tables import StandingReportRow
from pipeline.store.register_tables import SubmissionRow
from pipeline.store.store import precise_now
from pipeline.store.tables import StoryRow

__all__ = [
    "StandingKey",
    "StoredStanding",
    "forget_standing",
    "much_stored",
    "read_standing",
    "save_standing",
    "stamp_of",
]

KEPT = 60
"""Standing reports kept: the months of three years and some more; the oldest go first."""


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


_LATE = 1_000
"""Rows looked at for one that was committed after a row with a higher number."""


def _added_to(table: str) -> tuple[str, str]:
    """Of a table that is only added to: its newest row, and how many of the last ones are there, since
    of two transactions the one with the lower number may be committed last."""
    newest = f"SELECT max(id) FROM {table}"
    return newest, f"SELECT count(*) FROM {table} WHERE id > ({newest}) - {_LATE}"


_QUESTIONS = (
    *_added_to("review"),
    *_added_to("run"),
    "SELECT count(*) FROM run WHERE finished_at IS NOT NULL",
    "SELECT max(finished_at) FROM run",
    "SELECT sum(count) FROM change_count",
    "SELECT max(id) FROM model",
    *_added_to("audit"),
    "SELECT count(closed_at) FROM audit",
    "SELECT max(closed_at) FROM audit",
    "SELECT sum(looks) FROM audit",
    *_added_to("proof"),
    "SELECT count(withdrawn_at) FROM proof",
    *_added_to("register_run"),
    *_added_to("chosen_reading"),
    *_added_to("sign_step"),
    *_added_to("inquiry_answer"),
    *_added_to("vouch"),
    "SELECT count(withdrawn_at) FROM vouch",
    "SELECT max(used_at) FROM plan",
    "SELECT max(fingerprint) FROM judge",
)
"""Each is answered from the end of an index or from a small table."""


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
    told = "\n".join([__version__, settings, day, *said])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def read_standing(
    session: Session, key: StandingKey, unless: str = ""
) -> StoredStanding | tuple[()]:
    """What is stored; () for nothing. Its body is b'' where it was made at the moment ``unless``,
    which the caller holds already."""
    same = StandingReportRow
    where = _of(key)
    row = session.execute(select(same.stamp, same.made_at, same.seconds).where(*where)).first()
    if row is None:
        return ()
    held = bool(unless) and row.made_at == unless
    body = b"" if held else session.scalar(select(same.body).where(*where)) or b""
    return StoredStanding(row.stamp, row.made_at, row.seconds, body)


def save_standing(
    session: Session, key: StandingKey, stamp: str, seconds: float, body: bytes
) -> StoredStanding:
    """Keep a report in place of the last; the oldest of more than ``KEPT`` go."""
    made = StoredStanding(stamp, precise_now(), seconds, body)
    values = {"stamp": stamp, "made_at": made.made_at, "seconds": seconds, "body": body}
    where = _of(key)
    renewed = session.execute(update(StandingReportRow).where(*where).values(**values))
    if not renewed.rowcount:  # type: ignore[attr-defined]
        named = {"plan_id": key.plan_id, "scheme": key.scheme, "first": key.first, "last": key.last}
        try:
            with session.begin_nested():
                session.execute(insert(StandingReportRow).values(**named, **values))
        except IntegrityError:  # another process kept its own meanwhile
            session.execute(update(StandingReportRow).where(*where).values(**values))
    oldest = session.scalar(
        select(StandingReportRow.made_at)
        .order_by(StandingReportRow.made_at.desc())
        .offset(KEPT - 1)
        .limit(1)
    )
    if oldest is not None:
        session.execute(delete(StandingReportRow).where(StandingReportRow.made_at < oldest))
    return made


def forget_standing(session: Session, key: StandingKey) -> None:
    """Drop what is stored: it cannot be read."""
    session.execute(delete(StandingReportRow).where(*_of(key)))


def much_stored(session: Session, stories: int, submissions: int) -> bool:
    """Whether there are more than so many stories, or submissions, without counting them all."""
    for number, most in ((StoryRow.id, stories), (SubmissionRow.id, submissions)):
        some = select(number).limit(most + 1).subquery()
        if (session.scalar(select(func.count()).select_from(some)) or 0) > most:
            return True
    return False


def _of(key: StandingKey) -> tuple[ColumnElement[bool], ...]:
    same = StandingReportRow
    return (
        same.plan_id == key.plan_id,
        same.scheme == key.scheme,
        same.first == key.first,
        same.last == key.last,
    )
