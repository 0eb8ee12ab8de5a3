"""``python -m crawler.due``: which sources are to be read now, one id a line.

Hides: how declarations, settings and the runs of the store are brought together for
``pipeline.timing``.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from crawler.source_folder import choose_sources
from crawler.sources import Source
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.runs import last_crawls
from pipeline.store.store import Store
from pipeline.timing import Due, LastRun, due_among, off_hours_of, retry_of, schedule_of

__all__ = ["due_sources", "main"]


def due_sources(
    workspace: Workspace, sources: Sequence[Source], now: datetime.datetime
) -> tuple[Due, ...]:
    """The sources of ``sources`` to be read at ``now`` (with a time zone).

    Raises:
        BadInput: ``settings-bad-value``.
        XuanjianError: the database cannot be read.
    """
    settings = workspace.settings
    schedule, off_hours = schedule_of(settings), off_hours_of(settings)
    with Store.open(workspace.database_url) as store, store.begin() as session:
        last = {
            source: LastRun.of(run.started_at, run.outcome)
            for source, run in last_crawls(session).items()
        }
    return due_among(
        [source.timed(schedule, off_hours) for source in sources],
        last,
        now,
        retry_of(settings),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.due", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    options = parser.parse_args(arguments)
    try:
        workspace = Workspace.open(options.workspace)
        choice = choose_sources(workspace.sources)
        found = due_sources(workspace, choice.sources, datetime.datetime.now(datetime.UTC))
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    for bad in choice.bad:
        print(f"warning: {bad}", file=sys.stderr)  # noqa: T201
    for due in found:
        print(f"{due.id}\t{due.why}\t{due.since.isoformat(timespec='seconds')}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
