"""Standing reports that take long, worked out by a process of their own; and what became of it.

Hides: how one report is not worked out twice at once by several servers (a lease), nor more often
than its cost allows, how the process is waited for and ended with the server, and how its error
comes back as the error it was.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from console.problem import without_folders
from pipeline.clock import today
from pipeline.config import Settings, Workspace
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.judging import judge_in_steps
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import make_period
from pipeline.errors import XuanjianError
from pipeline.store.leases import Holder, hold, holder_of
from pipeline.store.plans import StoredPlan, get_plan
from pipeline.store.standing import (
    StandingKey,
    StoredStanding,
    read_standing,
    save_standing,
    stamp_of,
)
from pipeline.store.store import Store

__all__ = ["PATIENCE", "Wanted", "ask_for", "make_standing", "packed", "stamp_now"]

PATIENCE = 10
"""A report is made anew at most once in this many times the seconds that it takes."""
RETRY = 300
"""Seconds until a report that could not be made is tried again though nothing changed."""
AT_A_TIME = 1
"""Processes of one server: each takes a processor and up to a gigabyte, and who waits asks again."""
PROGRAM = "console.standing_work"

_log = logging.getLogger("xuanjian.console")


@dataclass(frozen=True)
class Wanted:
    """What stands of a report that pages wait for."""

    working: bool
    trouble: XuanjianError | None = None
    """Why it could not be made when it was tried last."""


@dataclass(frozen=True)
class _Failure:
    stamp: str
    at: float
    error: XuanjianError


class _Told(msgspec.Struct, frozen=True):
    """How the process says its error."""

    message: str
    slug: str
    hint: str


_Place = tuple[str, StandingKey]
_running: dict[_Place, subprocess.Popen[bytes]] = {}
_failed: dict[_Place, _Failure] = {}
_lock = threading.Lock()


def ask_for(
    workspace: Workspace,
    store: Store,
    stored: StoredPlan,
    key: StandingKey,
    stamp: str,
    kept: StoredStanding | None = None,
) -> Wanted:
    """Have a report worked out, unless that is being done, failed just now, or was done too lately.

    Args:
        stamp: of what it would rest on.
        kept: the last one.
    """
    place = (workspace.database_url, key)
    with _lock:
        failure = _failed.get(place)
        if place in _running:
            return Wanted(True, failure.error if failure else None)
    if failure and failure.stamp == stamp and time.monotonic() - failure.at < RETRY:
        return Wanted(False, failure.error)
    if kept is not None and _too_lately(kept):
        return Wanted(False)
    with store.begin() as session:
        holder = holder_of(session, _task(key))
    if holder and not holder.gone:
        return Wanted(True)  # another server's process does it
    with _lock:
        if place not in _running and len(_running) < AT_A_TIME:
            process = _begin(workspace, stored, key)
            _running[place] = process
            name = f"standing report {key.first} {key.last}"
            threading.Thread(
                target=_wait, args=(place, process, stamp), name=name, daemon=True
            ).start()
    return Wanted(True)


def make_standing(
    store: Store, stored: StoredPlan, options: AuditOptions, settings: Settings, key: StandingKey
) -> tuple[StoredStanding, PeriodReport]:
    """Work a report out and keep it."""
    started = time.monotonic()
    with store.begin() as session:
        stamp = stamp_now(session, settings)
        report = period_report(session, stored, options)
        body = packed(report)
        kept = save_standing(session, key, stamp, time.monotonic() - started, body)
    return kept, report


def packed(report: PeriodReport) -> bytes:
    """The report's JSON without indentation, which is what is kept."""
    return msgspec.json.Encoder(decimal_format="number").encode(report)


def stamp_now(session: Session, settings: Settings) -> str:
    """The stamp of a report that would be made now."""
    told = repr(sorted(settings.values.items()))
    return stamp_of(session, told, today().isoformat())


def _too_lately(kept: StoredStanding) -> bool:
    age = datetime.now(UTC) - datetime.fromisoformat(kept.made_at)
    return age < timedelta(seconds=PATIENCE * kept.seconds)


def _task(key: StandingKey) -> str:
    return f"standing {key.plan_id} {key.scheme} {key.first} {key.last}"


def _begin(workspace: Workspace, stored: StoredPlan, key: StandingKey) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", PROGRAM, str(workspace.path), stored.name),
            *(key.scheme, key.first, key.last),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _wait(place: _Place, process: subprocess.Popen[bytes], stamp: str) -> None:
    _, said = process.communicate()
    words = said.decode("utf-8", "replace").strip()
    with _lock:
        del _running[place]
        if process.returncode == 0:
            _failed.pop(place, None)
            return
        _failed[place] = _Failure(stamp, time.monotonic(), _error(words, process.returncode))
    _log.error("a standing report could not be worked out: %s", words)


def _error(words: str, code: int) -> XuanjianError:
    last = words.rpartition("\n")[2]
    try:
        told = msgspec.json.decode(last.encode(), type=_Told)
    except msgspec.DecodeError:
        return XuanjianError(
            f"the report could not be worked out: {last or f'its process ended with {code}'}",
            "report-not-made",
            "The server's log has the whole error.",
        )
    return XuanjianError(told.message, told.slug, told.hint)


@atexit.register
def _end_all() -> None:
    with _lock:
        processes = list(_running.values())
    for process in processes:
        process.terminate()


def main() -> int:
    """Work one report out: ``python -m console.standing_work FOLDER PLAN SCHEME FIRST LAST``."""
    folder, name, scheme, first, last = sys.argv[1:6]
    os.nice(10)  # people's pages come first
    try:
        workspace = Workspace.open(Path(folder))
        with Store.open(workspace.database_url) as store:
            _make(workspace, store, name, scheme, (first, last))
    except XuanjianError as error:
        message, hint = (without_folders(one, Path(folder)) for one in (error.message, error.hint))
        told = _Told(message, error.slug, hint)
        sys.stderr.write(msgspec.json.encode(told).decode() + "\n")
        return 1
    return 0


def _make(
    workspace: Workspace, store: Store, name: str, scheme: str, days: tuple[str, str]
) -> None:
    with store.begin() as session:
        stored = get_plan(session, name)
    key = StandingKey(stored.id, scheme, *days)
    first, last = map(date.fromisoformat, days)
    settings = workspace.settings
    options = replace(AuditOptions.of(settings), period=make_period(first, last), scheme=scheme)
    with hold(store, (_task(key),), Holder.this()) as taken:
        if not taken:
            return  # another server's process is at it
        with store.begin() as session:
            kept = read_standing(session, key)
            if kept and kept.stamp == stamp_now(session, settings):
                return  # and was quicker
        judge_in_steps(store, stored, options.home)  # a report would hold the database for it
        make_standing(store, stored, options, settings, key)


if __name__ == "__main__":
    raise SystemExit(main())
