"""One crawl as a value: what the spider, the guard, the pipeline and the archive share.

Hides: how the ground known from earlier runs is put together from the store.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from crawler.addresses import AddressSet
from crawler.clock import SiteClock
from crawler.ledger import ColumnAccount, Known
from crawler.notes import CrawlNotes
from crawler.sources import Source
from crawler.waiting import WaitingArticles
from pipeline.config import Settings
from pipeline.errors import XuanjianError
from pipeline.store.items import collapsed_runs, known_among
from pipeline.store.runs import LedgerEntry, latest_entries, observed_windows
from pipeline.store.store import Store
from pipeline.timing import OffHours, Timed

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["CrawlJob", "Limits", "Progress", "ProgressEvent", "plan_job", "running_job"]

_READ_AGAIN = datetime.timedelta(days=30)
"""How long pages that had no text when extraction collapsed are fetched again."""
GIVE_UP_AFTER = 5
"""Refusals in a row after which a site is left alone for this run."""


class ProgressEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``--events``; the counts are running totals of the whole run."""

    event: Literal["list", "page", "item", "done"]
    source: str = ""
    column: str = ""
    url: str = ""
    title: str = ""
    lists: int = 0
    links: int = 0
    pages: int = 0
    items: int = 0
    known: int = 0
    blocked: int = 0
    failed: int = 0
    waiting: int = 0
    outcome: str = ""


Progress = Callable[[ProgressEvent], None]


def _say_nothing(event: ProgressEvent, /) -> None:
    """Progress for nobody."""


@dataclass(frozen=True)
class Limits:
    """Caps of one run: pages of one source, list pages of one column."""

    pages: int
    list_pages: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """What a workspace's settings say."""
        return cls(settings.get("crawl.max_pages", int), settings.get("crawl.max_list_pages", int))


@dataclass
class CrawlJob:
    """What one run is to do, and its accounts while it goes on."""

    run_id: int
    sources: tuple[Source, ...]
    since: datetime.date | None
    limits: Limits
    store: Store
    accounts: dict[tuple[str, str], ColumnAccount]
    waiting: WaitingArticles = field(default_factory=WaitingArticles)
    collapsed: dict[str, frozenset[int]] = field(default_factory=dict)
    """Runs whose pages without text are fetched again, by source."""
    notes: CrawlNotes = field(default_factory=CrawlNotes)
    progress: Progress = _say_nothing
    seen: dict[str, AddressSet] = field(default_factory=dict)
    """Canonical addresses asked for or kept in this run, by source."""
    asked: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    clocks: dict[str, SiteClock] = field(default_factory=dict)
    """What sites say of the time, by source."""
    timed: dict[str, Timed] = field(default_factory=dict)
    items: int = 0
    error: XuanjianError | None = None

    def account(self, source: str, column: str) -> ColumnAccount:
        """The account of one column; ``KeyError`` for one that is not part of the job."""
        return self.accounts[source, column]

    def entries(self) -> tuple[LedgerEntry, ...]:
        """The ledger's lines as they stand, one a column."""
        return tuple(account.entry() for account in self.accounts.values())

    def known(self, source: str, addresses: Sequence[str]) -> set[str]:
        """Which of these canonical addresses earlier runs stored from ``source``, and need not be
        fetched again. The store is asked for every list: years of addresses in memory are too many.

        Raises:
            XuanjianError: the database does not answer.
        """
        with self.store.begin() as session:
            return known_among(
                session, source, addresses, self.run_id, self.collapsed.get(source, frozenset())
            )

    def may_ask(self, source: str) -> bool:
        """Count one more page of ``source``; false when its cap is reached."""
        asked = self.asked.get(source, 0)
        if asked >= self.limits.pages:
            return False
        self.asked[source] = asked + 1
        return True

    def rests(self, source: str) -> bool:
        """Whether the site's off hours have begun."""
        timed = self.timed.get(source)
        return timed is not None and timed.rests(datetime.datetime.now(datetime.UTC))

    def answered(self, source: str, *, refused: bool) -> None:
        """Remember how many refusals came in a row."""
        self.refusals[source] = self.refusals.get(source, 0) + 1 if refused else 0

    def given_up(self, source: str) -> bool:
        """Whether the site refused so often that it is left alone."""
        return self.refusals.get(source, 0) >= GIVE_UP_AFTER

    def tell(
        self,
        event: Literal["list", "page", "item", "done"],
        *,
        source: str = "",
        column: str = "",
        url: str = "",
        title: str = "",
        outcome: str = "",
    ) -> None:
        """Report progress."""
        accounts = self.accounts.values()
        self.progress(
            ProgressEvent(
                event=event,
                source=source,
                column=column,
                url=url,
                title=title,
                lists=sum(a.list_pages for a in accounts),
                links=sum(a.links_found for a in accounts),
                pages=sum(a.fetched for a in accounts),
                items=self.items,
                known=sum(a.known for a in accounts),
                blocked=sum(a.blocked for a in accounts),
                failed=sum(a.failed for a in accounts),
                waiting=sum(a.open for a in accounts),
                outcome=outcome,
            )
        )


def running_job(crawler: Crawler) -> CrawlJob:
    """The job of the spider that ``crawler`` runs."""
    job = getattr(crawler.spider, "job", None)
    if not isinstance(job, CrawlJob):
        raise TypeError(f"spider must carry a CrawlJob, got {job!r} instead")
    return job


def plan_job(
    session: Session,
    *,
    store: Store,
    run_id: int,
    sources: Iterable[Source],
    since: datetime.date | None,
    settings: Settings,
    notes: CrawlNotes,
    progress: Progress,
    waiting: WaitingArticles,
    off_hours: tuple[OffHours, ...] = (),
) -> CrawlJob:
    """Put a job together from what the store knows of the sources.

    Args:
        off_hours: the workspace's, for sources that say none themselves.
    """
    chosen = tuple(sources)
    lately = (datetime.datetime.now(datetime.UTC) - _READ_AGAIN).isoformat()
    windows = observed_windows(session, proved=True)
    latest = {(entry.source, entry.column): entry for entry in latest_entries(session)}
    accounts = {}
    for source in chosen:
        today = datetime.datetime.now(ZoneInfo(source.timezone)).date()
        for column in source.columns:
            key = (source.id, column.name)
            last = latest.get(key)
            accounts[key] = ColumnAccount(
                source=source.id,
                column=column.name,
                today=today,
                since=since,
                known_before=Known(windows.get(key, ()), bool(last and last.window)),
            )
    return CrawlJob(
        run_id=run_id,
        sources=chosen,
        since=since,
        limits=Limits.of(settings),
        store=store,
        accounts=accounts,
        waiting=waiting,
        collapsed={source.id: collapsed_runs(session, source.id, lately) for source in chosen},
        notes=notes,
        progress=progress,
        seen={source.id: AddressSet() for source in chosen},
        clocks={source.id: SiteClock() for source in chosen},
        timed={source.id: source.timed("", off_hours) for source in chosen},
    )
