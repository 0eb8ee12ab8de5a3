"""Alarms 告警 as events: raised by one run, standing, cleared by another; who was told of them.

Hides: when an alarm is a new event and when it is the old one still standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pipeline.store.store import now
from pipeline.store.watch_tables import AlarmRow

__all__ = ["Alarm", "all_alarms", "mark_told", "standing_alarms", "untold_alarms", "update_alarms"]


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One event: ``name`` of the ledger's alarms, or ``stale`` and ``clock-skew``."""

    id: int
    source: str
    column: str
    name: str
    detail: str
    """What is known beside the name, such as the day of the newest item."""
    raised_at: str
    raised_run: int
    cleared_at: str | None
    """When a run no longer had it (ISO 8601, UTC); None while it stands."""


def update_alarms(
    session: Session,
    run: int,
    read: Iterable[tuple[str, str]],
    found: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    """Raise what a run found and clear what it did not find any more.

    Args:
        run: its id.
        read: the columns (source, column) whose list the run read; only their alarms are cleared.
        found: by column the alarms of the run, name to detail; raised whether it was read or not.
    """
    at = now()
    cleared = set(read)
    for source, column in sorted({*cleared, *found}):
        here = found.get((source, column), {})
        standing = {
            row.name: row
            for row in session.scalars(
                select(AlarmRow).where(
                    AlarmRow.source_id == source,
                    AlarmRow.column == column,
                    AlarmRow.cleared_at.is_(None),
                )
            )
        }
        for name, row in standing.items():
            if name not in here and (source, column) in cleared:
                row.cleared_at = at
        for name, detail in here.items():
            if name in standing:
                standing[name].detail = detail
            else:
                session.add(
                    AlarmRow(
                        source_id=source,
                        column=column,
                        name=name,
                        detail=detail,
                        raised_at=at,
                        raised_run=run,
                    )
                )


def standing_alarms(session: Session) -> tuple[Alarm, ...]:
    """Alarms that stand at present, by source, column and name."""
    return _alarms(session.scalars(select(AlarmRow).where(AlarmRow.cleared_at.is_(None))).all())


def all_alarms(session: Session) -> tuple[Alarm, ...]:
    """Every event there was, by source, column and name."""
    return _alarms(session.scalars(select(AlarmRow)).all())


def untold_alarms(session: Session) -> tuple[Alarm, ...]:
    """Events nobody was told of: alarms that stand, and ends of alarms that had been told."""
    rows = session.scalars(
        select(AlarmRow).where(
            or_(
                and_(AlarmRow.cleared_at.is_(None), AlarmRow.told_at.is_(None)),
                and_(
                    AlarmRow.cleared_at.is_not(None),
                    AlarmRow.told_at.is_not(None),
                    AlarmRow.told_cleared_at.is_(None),
                ),
            )
        )
    ).all()
    return _alarms(rows)


def mark_told(session: Session, alarms: Iterable[Alarm]) -> None:
    """Remember that the notices of these events were sent."""
    for alarm in alarms:
        row = session.get_one(AlarmRow, alarm.id)
        if alarm.cleared_at is None:
            row.told_at = now()
        else:
            row.told_cleared_at = now()


def _alarms(rows: Sequence[AlarmRow]) -> tuple[Alarm, ...]:
    return tuple(
        Alarm(
            id=row.id,
            source=row.source_id,
            column=row.column,
            name=row.name,
            detail=row.detail,
            raised_at=row.raised_at,
            raised_run=row.raised_run,
            cleared_at=row.cleared_at,
        )
        for row in sorted(rows, key=lambda row: (row.source_id, row.column, row.name, row.id))
    )
