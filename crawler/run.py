"""``python -m crawler.run``: one crawl of a workspace, from its start to its ledger.

Hides: how Scrapy is started and ended. Exit code 0 when the run finished (alarms are in the
ledger), 1 with one line on stderr otherwise.
"""

from __future__ import annotations

import argparse
import datetime
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crawler.job import CrawlJob, Progress, ProgressEvent, plan_job
from crawler.sources import Source, choose_sources
from pipeline.config import Workspace
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    finish_run,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store

if TYPE_CHECKING:
    from crawler.archive import PageArchive

__all__ = ["Outcome", "crawl", "main"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended: its id, ``finished`` or ``stopped``, and its ledger."""

    run_id: int
    outcome: str
    items: int
    entries: tuple[LedgerEntry, ...]


def crawl(
    workspace: Workspace,
    wanted: Iterable[str] = (),
    *,
    since: datetime.date | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Crawl the sources named in ``wanted`` (all of the workspace when none is) once.

    Can be called once in a process: Scrapy's reactor cannot be started again.
    """
    sources = choose_sources(workspace.sources, wanted)
    if not sources:
        raise BadInput(
            f"{workspace.sources} holds no source declaration",
            "source-none",
            "Write one (crawler/sources/README.md says how), or name a shipped one.",
        )
    with Store.open(workspace.database_url) as store:
        with store.begin() as session:
            run_id = start_run(session, "crawl", ", ".join(source.id for source in sources))
            for source in sources:
                record_source(session, _record(source))
            job = plan_job(
                session,
                store=store,
                run_id=run_id,
                sources=sources,
                since=since,
                settings=workspace.settings,
                progress=progress or (lambda _: None),
            )
        outcome = "failed"
        try:
            reason = _fetch(workspace, job)
            if job.error is not None:
                raise job.error
            outcome = "finished" if reason == "finished" else "stopped"
        finally:
            entries = job.entries()
            with store.begin() as session:
                record_ledger(session, run_id, entries)
                finish_run(session, run_id, outcome)
    job.tell("done", outcome=outcome)
    return Outcome(run_id=run_id, outcome=outcome, items=job.items, entries=entries)


def _record(source: Source) -> SourceRecord:
    return SourceRecord(
        id=source.id,
        name=source.name,
        level=source.level,
        channel=source.channel,
        address=source.columns[0].url,
    )


def _fetch(workspace: Workspace, job: CrawlJob) -> str:
    """Run Scrapy over the job; gives the reason it ended for."""
    from scrapy import signals
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    from crawler.archive import open_archive
    from crawler.settings import scrapy_settings
    from crawler.spider import SourceSpider, running_spider

    reasons: list[str] = []

    def closed(reason: str) -> None:
        reasons.append(reason)

    def keep(response: Response) -> None:
        if archive is not None and job.error is None:
            try:
                archive.keep(response)
            except OSError as error:
                trouble = DiskTrouble.from_os_error(error, "writing to", workspace.archive)
                running_spider(crawler).give_up(trouble)

    with ExitStack() as stack:
        archive: PageArchive | None = None
        if workspace.settings.get("crawl.archive", bool):
            today = datetime.datetime.now(datetime.UTC).date()
            archive = stack.enter_context(open_archive(workspace.archive, job.run_id, today=today))
        process = CrawlerProcess(scrapy_settings(workspace.settings))
        # A site that does not answer is in the ledger; its traceback helps nobody.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        crawler = process.create_crawler(SourceSpider)
        crawler.signals.connect(closed, signals.spider_closed, weak=False)
        crawler.signals.connect(keep, signals.response_received, weak=False)
        process.crawl(crawler, job=job)
        process.start()
    return reasons[0] if reasons else "failed"


def _emit(event: ProgressEvent) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
    sys.stdout.buffer.flush()


def _day(value: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be YYYY-MM-DD, got {value!r} instead") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.run", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    parser.add_argument("--source", action="append", default=[], metavar="ID", help="only these")
    parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="nothing older")
    parser.add_argument("--events", action="store_true", help="one JSON line per event on stdout")
    parser.add_argument("--check", action="store_true", help="only read the declarations")
    options = parser.parse_args(arguments)
    try:
        workspace = Workspace.open(options.workspace)
        if options.check:
            for source in choose_sources(workspace.sources, options.source):
                columns = ", ".join(column.name for column in source.columns)
                print(f"{source.id}\t{source.name}\t{columns}")  # noqa: T201
            return 0
        outcome = crawl(
            workspace,
            options.source,
            since=options.since,
            progress=_emit if options.events else None,
        )
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0 if outcome.outcome in ("finished", "stopped") else 1


if __name__ == "__main__":
    sys.exit(main())
