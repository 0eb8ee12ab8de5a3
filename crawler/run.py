"""``python -m crawler.run``: one crawl of a workspace, from its start to its ledger.

Hides: how Scrapy is started and ended, and what a run must say about itself. Exit code 0 when
the run finished (alarms are in the ledger; what was refused is on stderr), 1 with the error as the
last line on stderr when it could not, when nothing at all was read, or when a declaration is bad.
"""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from crawler.archive import drop_archives
from crawler.job import CrawlJob, Progress, ProgressEvent, plan_job
from crawler.ledger import ColumnAccount
from crawler.notes import CrawlNotes
from crawler.notices import send_notices
from crawler.reading import PageReader
from crawler.source_folder import Choice, choose_sources
from crawler.sources import Source, read_source
from crawler.visit import Visit
from crawler.waiting import WaitingArticles
from crawler.watch import events_of
from pipeline.config import CONFIG_NAME, Settings, Workspace
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.store.alarms import standing_alarms, update_alarms
from pipeline.store.leases import Holder, hold
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    finish_run,
    last_crawls,
    latest_entries,
    newest_days,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store
from pipeline.timing import off_hours_of

if TYPE_CHECKING:
    from crawler.archive import PageArchive

__all__ = ["Outcome", "crawl", "main", "nothing_read", "warnings_of"]

MEMORY = 4 * 1024**3
"""Address space a crawl may take, in bytes."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its id, ``finished`` or ``stopped``, its ledger, what it must say.

    ``bad`` are the declarations that were left out, ``busy`` the sources that another process
    was crawling.
    """

    run_id: int
    outcome: str
    items: int
    accounts: tuple[ColumnAccount, ...]
    bad: tuple[XuanjianError, ...] = ()
    busy: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """The ledger's lines of the run, one a column."""
        return tuple(account.entry() for account in self.accounts)


def crawl(
    workspace: Workspace,
    wanted: Iterable[str] = (),
    *,
    since: datetime.date | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Crawl the sources named in ``wanted`` (when none is, all of the workspace that are not paused)
    once.

    Can be called once in a process: Scrapy's reactor cannot be started again.

    Raises:
        BadInput: ``source-none``, what ``choose_sources`` raises, or, where no declaration can be
            used, what is wrong with the first.
        XuanjianError: the disk or the database failed while the run went on; its ledger then
            claims nothing.
    """
    names = tuple(wanted)
    choice = choose_sources(workspace.sources, names)
    sources = tuple(source for source in choice.sources if names or not source.paused)
    if not choice.sources and choice.bad:
        raise choice.bad[0]
    if choice.sources and not sources:
        raise BadInput(
            "every source is paused",
            "source-none",
            "Name one, or take out its line: paused = true.",
        )
    if not sources:
        raise BadInput(
            f"{workspace.sources} holds no source declaration",
            "source-none",
            "Write one (crawler/sources/README.md says how), or name a shipped one.",
        )
    off_hours = off_hours_of(workspace.settings)
    with ExitStack() as stack:
        reader = stack.enter_context(closing(PageReader(sources)))
        store = stack.enter_context(Store.open(workspace.database_url))
        tasks = {f"crawl {source.id}": source for source in sources}
        taken = stack.enter_context(hold(store, tuple(tasks), Holder.this()))
        busy = tuple(source.id for task, source in tasks.items() if task not in taken)
        sources = tuple(source for task, source in tasks.items() if task in taken)
        if not sources:
            raise XuanjianError(
                f"another process is crawling {', '.join(busy)}",
                "source-busy",
                "Wait until it has ended; a source is never read twice at a time.",
            )
        _tell_of_killed(workspace, store, sources)
        waiting = stack.enter_context(closing(WaitingArticles(workspace.path)))
        with store.begin() as session:
            run_id = start_run(session, "crawl", ", ".join(source.id for source in sources))
            # All that are declared, not only those chosen: one that never ran is a hole.
            declared = choose_sources(workspace.sources).sources
            for source in dict.fromkeys((*declared, *sources)):
                record_source(session, _record(source))
            notes = CrawlNotes.read(workspace.path)
            job = plan_job(
                session,
                store=store,
                run_id=run_id,
                sources=sources,
                since=since,
                settings=workspace.settings,
                notes=notes,
                progress=progress or (lambda _: None),
                waiting=waiting,
                off_hours=off_hours,
            )
            # Should this run be killed, the next one must not take its pages for known ground.
            record_ledger(session, run_id, map(_interrupted, job.entries()))
        outcome = "failed"
        try:
            reason = _fetch(workspace, job, reader)
            if job.error is not None:
                raise job.error
            notes.write(workspace.path)
            outcome = "finished" if reason == "finished" else "stopped"
        finally:
            _by_both_clocks(job)
            entries = job.entries()
            if outcome == "failed":
                # What was read may not have been stored: nothing is known to be complete.
                entries = tuple(map(_interrupted, entries))
            with store.begin() as session:
                record_ledger(session, run_id, entries)
                finish_run(session, run_id, outcome)
                _raise_alarms(session, job, entries, workspace.settings, outcome == "finished")
            _notify(workspace, store)
        if outcome == "finished":
            keep = workspace.settings.get("crawl.keep_days", int)
            drop_archives(workspace.archive, keep, datetime.datetime.now(datetime.UTC).date())
    job.tell("done", outcome=outcome)
    accounts = tuple(job.accounts.values())
    return Outcome(run_id, outcome, job.items, accounts, choice.bad, busy)


def _by_both_clocks(job: CrawlJob) -> None:
    """Let the accounts know which day it is by the sites' clocks."""
    now = datetime.datetime.now(datetime.UTC)
    for source in job.sources:
        there = (now + job.clocks[source.id].ahead).astimezone(ZoneInfo(source.timezone)).date()
        for column in source.columns:
            job.account(source.id, column.name).site_today = there


def _raise_alarms(
    session: Session,
    job: CrawlJob,
    entries: Sequence[LedgerEntry],
    settings: Settings,
    finished: bool,
) -> None:
    usual = settings.get("crawl.stale_days", int)
    seen = events_of(
        entries,
        finished=finished,
        newest=newest_days(session),
        stale_days={
            (source.id, column.name): column.stale_days or usual
            for source in job.sources
            for column in source.columns
        },
        clocks=job.clocks,
        today={account.source: account.today for account in job.accounts.values()},
    )
    mine = {source.id for source in job.sources}
    standing = {(alarm.source, alarm.column) for alarm in standing_alarms(session)}
    # A column that is declared no longer has nothing left to be alarmed about.
    undeclared = {column for column in standing - set(job.accounts) if column[0] in mine}
    update_alarms(session, job.run_id, {*seen.looked_at, *undeclared}, seen.alarms)


def _tell_of_killed(workspace: Workspace, store: Store, sources: Sequence[Source]) -> None:
    """Raise the alarm of runs that were killed: they could not do it themselves."""
    names = {source.id for source in sources}
    with store.begin() as session:
        killed = {
            (entry.source, entry.column): {"interrupted": ""}
            for entry in latest_entries(session)
            if entry.source in names and "interrupted" in entry.alarms
        }
        runs = last_crawls(session)
        for column, alarms in killed.items():
            update_alarms(session, runs[column[0]].id, (), {column: alarms})
    if killed:
        _notify(workspace, store)


def _notify(workspace: Workspace, store: Store) -> None:
    """A notice that cannot be sent must not fail the crawl; it waits for the next run."""
    try:
        send_notices(workspace, store)
    except XuanjianError as error:
        print(f"warning: {error}", file=sys.stderr)  # noqa: T201


def _interrupted(entry: LedgerEntry) -> LedgerEntry:
    alarms = tuple(dict.fromkeys((*entry.alarms, "interrupted")))
    return msgspec.structs.replace(entry, alarms=alarms, window=None)


def _record(source: Source) -> SourceRecord:
    return SourceRecord(
        id=source.id,
        name=source.name,
        level=source.level,
        channel=source.channel,
        address=source.columns[0].url,
    )


def _fetch(workspace: Workspace, job: CrawlJob, reader: PageReader) -> str:
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

    def came(response: Response) -> None:
        if archive is not None and job.error is None:
            try:
                archive.keep(response)
            except OSError as error:
                trouble = DiskTrouble.from_os_error(error, "writing to", workspace.archive)
                running_spider(crawler).give_up(trouble)
        visit = response.request.cb_kwargs.get("visit") if response.request else None
        if isinstance(visit, Visit):
            date, age = (response.headers.get(name) or b"" for name in (b"Date", b"Age"))
            now = datetime.datetime.now(datetime.UTC)
            job.clocks[visit.source.id].heard(date.decode("latin-1"), age.decode("latin-1"), now)

    with ExitStack() as stack:
        archive: PageArchive | None = None
        if workspace.settings.get("crawl.archive", bool):
            today = datetime.datetime.now(datetime.UTC).date()
            archive = stack.enter_context(open_archive(workspace.archive, job.run_id, today=today))
        process = CrawlerProcess(scrapy_settings(workspace.settings))
        crawler = process.create_crawler(SourceSpider)
        crawler.signals.connect(closed, signals.spider_closed, weak=False)
        crawler.signals.connect(came, signals.response_received, weak=False)
        process.crawl(crawler, job=job, reader=reader)
        process.start()
    return reasons[0] if reasons else "failed"


def _emit(event: ProgressEvent) -> None:
    """Tell the program that started us; when it is gone, end the run in order."""
    try:
        sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Not SIGINT: what a shell script starts in the background is deaf to it.
        os.kill(os.getpid(), signal.SIGTERM)


def _bound_memory() -> None:
    """No page may take the machine with it: endless response headers, say, which no setting of
    Scrapy bounds. Beyond the bound a request fails as any other."""
    try:
        import resource
    except ImportError:  # not on this system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


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
    _bound_memory()
    try:
        workspace = Workspace.open(options.workspace)
        if options.check:
            choice = _to_check(workspace, options.source)
            for source in choice.sources:
                columns = ", ".join(column.name for column in source.columns)
                print(f"{source.id}\t{source.name}\t{columns}")  # noqa: T201
            return _say_errors(choice.bad)
        outcome = crawl(
            workspace,
            options.source,
            since=options.since,
            progress=_emit if options.events else None,
        )
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    for line in warnings_of(outcome):
        print(f"warning: {line}", file=sys.stderr)  # noqa: T201
    nothing = nothing_read(outcome, workspace)
    return _say_errors((*outcome.bad, *([nothing] if nothing else [])))


def _to_check(workspace: Workspace, named: Sequence[str]) -> Choice:
    """The declarations to look at, by id or file; all of the workspace's where none is named."""
    files = tuple(read_source(Path(name)) for name in named if name.endswith(".toml"))
    ids = [name for name in named if not name.endswith(".toml")]
    if files and not ids:
        return Choice(files)
    chosen = choose_sources(workspace.sources, ids)
    return Choice((*files, *chosen.sources), chosen.bad)


def _say_errors(errors: Iterable[XuanjianError]) -> int:
    """Print errors on stderr; gives the exit code."""
    code = 0
    for error in errors:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        code = 1
    return code


_REASONS = {
    "private-address": "the address is private, and crawl.allow_private is false",
    "robots": "robots.txt forbids it (crawl.obey_robots)",
    "robots-unreachable": "robots.txt did not come, which forbids all (crawl.obey_robots)",
    "off-hours": "the site's off hours (off_hours, crawl.off_hours); the next run goes on there",
    "off-site": "it leads off the hosts the declaration allows (hosts)",
}


def warnings_of(outcome: Outcome) -> Iterator[str]:
    """What was left to another process, and what was refused and why, a line each."""
    for source in outcome.busy:
        yield f"{source}: another process is crawling it; left alone"
    for account in outcome.accounts:
        for reason, url in account.refusals.items():
            why = _REASONS.get(reason, reason)
            yield f"{account.source} {account.column}: refused {url}: {why}"


def nothing_read(outcome: Outcome, workspace: Workspace) -> XuanjianError | None:
    """The error of a run in which not one list came; None when any did, or it was stopped."""
    accounts = outcome.accounts
    if outcome.outcome != "finished" or not all(account.nothing_read for account in accounts):
        return None
    counts = {
        word: sum(bool(getattr(account, word)) for account in accounts)
        for word in ("refused", "blocked", "failed")
    }
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    reasons = {reason for account in accounts for reason in account.refusals}
    hint = "xuanjian source list shows each; check the addresses and the network."
    if "private-address" in reasons:
        hint = (
            "If these are sites of your own network, set allow_private = true under [crawl] "
            f"(crawl.allow_private) in {workspace.path / CONFIG_NAME}."
        )
    elif counts["blocked"]:
        hint = "The site refuses this crawler: try later, or hand its news in with xuanjian import."
    elif "robots-unreachable" in reasons:
        hint = (
            "robots.txt did not come (server error or no answer), so nothing may be read (RFC 9309): "
            "check the address and the network, try later."
        )
    elif "robots" in reasons:
        hint = "robots.txt forbids these lists: ask the site's owner (crawl.obey_robots)."
    return XuanjianError(f"no list could be read: columns {said}", "crawl-nothing", hint)


if __name__ == "__main__":
    sys.exit(main())
