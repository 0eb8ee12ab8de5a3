"""``xuanjian schedule``: one process that reads every source when its time has come, for years.

Hides: that APScheduler only wakes us; what is due is worked out anew from the database each time,
so that a restart, a missed night or a clock that was changed needs no care: what was missed is
caught up once. The lease ``schedule`` keeps a second process, started by mistake, waiting; it takes
over when the first is gone.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from pipeline import crawling
from pipeline.config import Workspace
from pipeline.errors import XuanjianError

__all__ = ["due_sources", "schedule_command"]

_WAKES = 30
"""Seconds between two looks at what is due."""
_STANDS_BY = 5
"""Seconds between two tries of a process that waits for the lease."""


def due_sources(workspace: Workspace) -> tuple[str, ...]:
    """Ids of the sources to be read now, those that wait longest first; what is wrong with a
    declaration goes to stderr.

    Raises:
        XuanjianError: what the crawler says of the settings or the database.
    """
    done = subprocess.run(
        [sys.executable, "-m", "crawler.due", "--workspace", str(workspace.path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise crawling.crawl_error(done.stderr)
    click.echo(done.stderr, nl=False, err=True)
    return tuple(line.split("\t")[0] for line in done.stdout.splitlines())


@click.command("schedule")
@click.option("--once", is_flag=True, help="Read what is due now and end.")
@click.pass_obj
def schedule_command(workspace: Path, once: bool) -> None:
    """Read sources when their time has come, until told to stop.

    A source says when by "schedule" in its declaration (five cron fields), or the setting
    schedule.cron does. Ctrl-C or SIGTERM ends a crawl in order. For cron or a systemd timer use
    "xuanjian crawl --due" instead; docs/schedule.md has unit files.

    \b
    Examples:
      xuanjian schedule
      xuanjian schedule --once
    """
    from pipeline.store.leases import Holder, hold, holder_of
    from pipeline.store.store import Store

    place = Workspace.open(workspace)
    said = False
    with _stopping() as stop, Store.open(place.database_url) as store:
        while not stop.is_set():
            with hold(store, ("schedule",), Holder.this()) as taken:
                if taken:
                    _keep_time(place, stop, once=once)
                    return
                with store.begin() as session:
                    other = holder_of(session, "schedule")
            if not said and other:
                _log(f"another schedule runs ({other.host}, process {other.pid}): standing by")
                said = True
            if once:
                return
            stop.wait(_STANDS_BY)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C or SIGTERM, which also break off what is being done."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    except KeyboardInterrupt:
        if not stop.is_set():
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keep_time(place: Workspace, stop: threading.Event, *, once: bool) -> None:
    """Look at what is due every half minute; in the main thread, so that signals reach it."""
    if once:
        _read_due(place)
        return
    import logging

    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.blocking import BlockingScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BlockingScheduler(executors={"default": DebugExecutor()}, timezone=UTC)

    def look() -> None:
        try:
            _read_due(place)
        except KeyboardInterrupt:
            stop.set()
        if stop.is_set():
            # Not from here: the scheduler still has to put this very job away.
            threading.Thread(target=scheduler.shutdown, kwargs={"wait": False}).start()

    scheduler.add_job(
        look,
        IntervalTrigger(seconds=_WAKES),
        next_run_time=datetime.now(UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    _log("schedule begins")
    try:
        scheduler.start()
    except KeyboardInterrupt:
        stop.set()
    _log("schedule ends")


def _read_due(place: Workspace) -> None:
    """Crawl what is due; an error is said and does not end the schedule."""
    try:
        due = due_sources(place)
        if not due:
            return
        _log(f"due: {', '.join(due)}")
        began = time.monotonic()
        counts = crawling.crawl(place, due, "", lambda *_: None)
        _log(f"read in {time.monotonic() - began:.0f} s: {counts.get('items', 0)} new items")
    except XuanjianError as error:
        _log(f"error: {error}")


def _log(line: str) -> None:
    click.echo(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}", err=True)
