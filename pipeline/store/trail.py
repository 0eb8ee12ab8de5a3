"""The audit trail 操作记录: who changed what, when, before and after.

Hides: that lines are only ever added (the database refuses everything else) and how values are
written. A line is written in the transaction of the change it tells of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pipeline.clock import day_span
from pipeline.store.console_tables import TrailRow
from pipeline.store.store import now

__all__ = ["Actor", "TrailLine", "count_trail", "record_change", "trail"]


@dataclass(frozen=True)
class Actor:
    """Who changes something, and from where."""

    name: str
    role: str
    address: str = ""


class TrailLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change; ``before`` and ``after`` are JSON, '' for nothing."""

    id: int
    at: str
    who: str
    role: str
    address: str
    action: str
    subject: str
    before: str
    after: str


def record_change(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    *,
    before: object = None,
    after: object = None,
) -> None:
    """Add a line.

    Args:
        action: ``room.verb``, such as ``review.decide``.
        subject: what was changed, as people name it.
        before, after: anything msgspec writes as JSON; None for nothing.
    """
    session.add(
        TrailRow(
            at=now(),
            who=actor.name,
            role=actor.role,
            address=actor.address[:64],
            action=action,
            subject=subject,
            before=_written(before),
            after=_written(after),
        )
    )


def trail(
    session: Session,
    *,
    who: str = "",
    action: str = "",
    since: str = "",
    until: str = "",
    before_id: int = 0,
    limit: int = 100,
) -> Iterator[TrailLine]:
    """Lines, the newest first; ``action`` may be a room (``review``), days are Beijing's, inclusive.

    Raises:
        ValueError: ``since`` or ``until`` is no day.
    """
    asked = select(TrailRow).order_by(TrailRow.id.desc())
    if before_id:
        asked = asked.where(TrailRow.id < before_id)
    for row in session.scalars(_narrowed(asked, who, action, since, until).limit(limit)):
        yield TrailLine(**{name: getattr(row, name) for name in TrailLine.__struct_fields__})


def count_trail(
    session: Session, *, who: str = "", action: str = "", since: str = "", until: str = ""
) -> int:
    """How many lines there are."""
    asked = _narrowed(select(func.count()).select_from(TrailRow), who, action, since, until)
    return session.scalar(asked) or 0


def _narrowed(asked: Select, who: str, action: str, since: str, until: str) -> Select:  # type: ignore[type-arg]
    if who:
        asked = asked.where(TrailRow.who == who)
    if action:
        asked = asked.where(TrailRow.action.startswith(action, autoescape=True))
    if since:
        asked = asked.where(TrailRow.at >= day_span(since)[0])
    if until:
        asked = asked.where(TrailRow.at < day_span(until)[1])
    return asked


def _written(value: object) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()
