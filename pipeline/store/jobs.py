"""Long work started from the console: what was started, by whom, and how it ended.

Hides: columns. Whether a process still runs is for whoever started it to know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.store.console_tables import JobRow
from pipeline.store.store import now

__all__ = ["Job", "add_job", "end_job", "get_job", "jobs_of", "set_process"]

_SAID = 20_000
"""Characters of its output that are kept."""


@dataclass(frozen=True)
class Job:
    """One piece of long work 后台任务; ``exit_code`` None while it runs."""

    id: int
    kind: str
    arguments: tuple[str, ...]
    started_by: str
    started_at: str
    process: int
    finished_at: str | None
    exit_code: int | None
    said: str

    @property
    def running(self) -> bool:
        """Whether nobody noted its end yet."""
        return self.finished_at is None


def add_job(session: Session, kind: str, arguments: tuple[str, ...], by: str) -> Job:
    """Note that work begins; its process is told with ``set_process``."""
    row = JobRow(
        kind=kind, arguments=json.dumps(arguments), started_by=by, started_at=now(), process=0
    )
    session.add(row)
    session.flush()
    return _job(row)


def set_process(session: Session, number: int, process: int) -> None:
    """Note which process does the work."""
    session.get_one(JobRow, number).process = process


def end_job(session: Session, number: int, exit_code: int, said: str) -> None:
    """Note how it ended, once."""
    row = session.get_one(JobRow, number)
    if row.finished_at is None:
        row.finished_at, row.exit_code, row.said = now(), exit_code, said[-_SAID:]


def get_job(session: Session, number: int) -> Job:
    """One piece of work.

    Raises:
        XuanjianError: ``job-missing``.
    """
    row = session.get(JobRow, number)
    if row is None:
        raise XuanjianError(f"there is no job {number}", "job-missing", "Look at the list again.")
    return _job(row)


def jobs_of(
    session: Session, kind: str = "", *, running: bool = False, before: int = 0, limit: int = 50
) -> tuple[Job, ...]:
    """The newest first; with ``before`` only those of a smaller number."""
    asked = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    if before:
        asked = asked.where(JobRow.id < before)
    if kind:
        asked = asked.where(JobRow.kind == kind)
    if running:
        asked = asked.where(JobRow.finished_at.is_(None))
    return tuple(_job(row) for row in session.scalars(asked))


def _job(row: JobRow) -> Job:
    return Job(
        row.id,
        row.kind,
        tuple(json.loads(row.arguments)),
        row.started_by,
        row.started_at,
        row.process,
        row.finished_at,
        row.exit_code,
        row.said,
    )
