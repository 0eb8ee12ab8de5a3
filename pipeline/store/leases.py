"""Leases: what keeps two processes, started by mistake, from doing one task twice.

Hides: how a process takes a task over from one that died. A lease runs out by itself unless its
holder renews it; one whose holder was a process of this machine that is gone is free at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.store.store import Store
from pipeline.store.watch_tables import LeaseRow

__all__ = ["Holder", "hold", "holder_of", "release", "take"]

SECONDS = 180
"""How long a lease lasts that nobody renews."""
_RENEW = SECONDS / 4


@dataclass(frozen=True)
class Holder:
    """A process: its machine, number and start, so that a number used again is another process."""

    host: str
    pid: int
    started: str

    @classmethod
    def this(cls) -> Holder:
        """The present process."""
        pid = os.getpid()
        return cls(socket.gethostname(), pid, _started(pid))

    @classmethod
    def written(cls, text: str) -> Holder:
        """The holder that ``str`` wrote."""
        host, pid, started = text.rsplit("|", 2)
        return cls(host, int(pid), started)

    def __str__(self) -> str:
        return f"{self.host}|{self.pid}|{self.started}"

    @property
    def gone(self) -> bool:
        """Whether it is known to have ended; of another machine's process nothing is known."""
        return self.host == socket.gethostname() and _started(self.pid) != self.started


def _started(pid: int) -> str:
    """When the kernel says that a process began; '' where there is none or the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return "gone"
        except PermissionError:
            return ""
        return ""
    return fields.rpartition(")")[2].split()[19]


def take(session: Session, task: str, holder: Holder, now: datetime | None = None) -> bool:
    """Take (or renew) the lease on ``task``; false when another process that lives holds it."""
    at = now or datetime.now(UTC)
    until = (at + timedelta(seconds=SECONDS)).isoformat()
    written = {"holder": str(holder), "taken_at": at.isoformat(), "until": until}
    held = session.scalar(select(LeaseRow.holder).where(LeaseRow.task == task))
    if held is None:
        try:
            with session.begin_nested():
                session.execute(insert(LeaseRow).values(task=task, **written))
        except IntegrityError:
            return False  # somebody was quicker
        return True
    free = or_(LeaseRow.holder == str(holder), LeaseRow.until < at.isoformat())
    if Holder.written(held).gone:
        free = or_(free, LeaseRow.holder == held)
    done = session.execute(update(LeaseRow).where(LeaseRow.task == task, free).values(**written))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def release(session: Session, task: str, holder: Holder) -> None:
    """Give the lease back; nothing happens where it is another's by now."""
    session.execute(delete(LeaseRow).where(LeaseRow.task == task, LeaseRow.holder == str(holder)))


def holder_of(session: Session, task: str) -> Holder | tuple[()]:
    """Who holds ``task``; () when nobody does."""
    held = session.scalar(select(LeaseRow.holder).where(LeaseRow.task == task))
    return Holder.written(held) if held else ()


@contextmanager
def hold(store: Store, tasks: tuple[str, ...], holder: Holder) -> Iterator[tuple[str, ...]]:
    """Take those of ``tasks`` that are free, renew them while the block runs, give them back.

    Gives the tasks that were taken. A lease that is lost all the same (the machine slept longer
    than it lasts, and another process took over) is not noticed before the block ends.

    Raises:
        XuanjianError: the database could not be asked.
    """
    with store.begin() as session:
        taken = tuple(task for task in tasks if take(session, task, holder))
    over = Event()

    def renew() -> None:
        while not over.wait(_RENEW):
            try:
                with store.begin() as session:
                    for task in taken:
                        take(session, task, holder)
            except XuanjianError:
                continue  # a database that is busy now may answer before the lease runs out

    renewing = Thread(target=renew, name="leases", daemon=True)
    renewing.start()
    try:
        yield taken
    finally:
        over.set()
        renewing.join()
        with store.begin() as session:
            for task in taken:
                release(session, task, holder)
