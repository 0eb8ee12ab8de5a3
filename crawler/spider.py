"""The one spider: follows the declarations, keeps the accounts, decides nothing else.

Hides: in which order pages are asked for, and when paging stops.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import scrapy
from scrapy import signals
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.continuation import MAX_PARTS, joined
from crawler.extract import item_from_link
from crawler.guard import BLOCKED, Refused
from crawler.guesses import continues_list, guessed_address
from crawler.job import CrawlJob
from crawler.links import Link, whole_characters
from crawler.listing import ListPage, read_list
from crawler.reading import PageReader, PageToRead, PageUnread
from crawler.visit import Unfinished, Visit
from crawler.waiting import WaitingArticle
from pipeline.errors import XuanjianError
from pipeline.news import NewsItem, canonical_url, item_id

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.ledger import ColumnAccount

__all__ = ["SourceSpider", "running_spider"]

_LIST_FIRST = 10
_AHEAD = 2
"""Articles of one site that Scrapy has at a time: one under way, one that follows at once."""
_GONE = (404, 410)

Output = Iterator[Request | NewsItem]
Awaited = AsyncIterator[Request | NewsItem]


class SourceSpider(scrapy.Spider):
    """Reads the columns of all sources of a job."""

    name = "xuanjian"

    def __init__(self, job: CrawlJob, reader: PageReader) -> None:
        super().__init__()
        self.job = job
        self._reader = reader
        self._columns = {(s.id, c.name): (s, c) for s in job.sources for c in s.columns}
        self._under_way: Counter[str] = Counter()
        """Articles (and further parts) that Scrapy has, by site."""
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> SourceSpider:
        """Scrapy's way in; also listens for errors inside our own callbacks."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.broke, signals.spider_error)
        return spider

    def broke(self, failure: Failure, response: Response) -> None:
        """A callback raised: the page was not read, which the ledger must know."""
        if isinstance(failure.value, XuanjianError):
            self.give_up(failure.value)
        visit = response.request.cb_kwargs["visit"] if response.request else None
        if isinstance(visit, Visit):
            self._account(visit).failure("failed", of_list=visit.is_list)

    def give_up(self, error: XuanjianError) -> None:
        """End the run because of an error of our own (disk, database)."""
        if self.job.error is None:
            self.job.error = error
            self._stopping = asyncio.ensure_future(self.crawler.stop_async())

    def closed(self, _reason: str) -> None:
        """Scrapy's last word: nothing is left to be read."""
        self._reader.close()

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every column, and its feed where there is one."""
        for source in self.job.sources:
            for column in source.columns:
                if column.feed and self.job.may_ask(source.id):
                    yield self._ask(column.feed, Visit(source, column, 1, feed=True))
                if self.job.may_ask(source.id):
                    yield self._ask(column.url, Visit(source, column, 1))

    def _ask(self, url: str, visit: Visit) -> Request:
        """A request that is made now; until it is answered it is open in the ledger."""
        self._account(visit).open += 1
        return self._request(url, visit)

    def _request(self, url: str, visit: Visit) -> Request:
        account = self._account(visit)
        if visit.link is not None:
            self._under_way[_site(visit.link)] += 1
        first = visit.feed or visit.page == 1
        asked_before = first and account.may_be_unchanged
        return Request(
            url,
            headers=self.job.notes.conditions(url, account.today) if asked_before else None,
            callback=self.parse_list if visit.is_list else self.parse_article,
            errback=self.failed,
            cb_kwargs={"visit": visit},
            dont_filter=True,  # the job's own record knows what was asked, and counts it
            priority=_LIST_FIRST if visit.is_list else 0,
            meta={"download_slot": _host(url)},
        )

    def _wait(self, link: Link, visit: Visit) -> Output:
        """Let an article wait for its turn, open in the ledger; its request where it has come."""
        account = self._account(visit)
        account.open += 1
        self.job.waiting.put(_site(link), WaitingArticle(visit.source.id, visit.column.name, link))
        yield from self._next_of(_site(link))

    def _next_of(self, site: str) -> Output:
        """The requests of the articles of ``site`` whose turn it is."""
        while self._under_way[site] < _AHEAD and (article := self.job.waiting.take(site)):
            source, column = self._columns[article.source, article.column]
            yield self._request(article.link.url, Visit(source, column, link=article.link))

    def _answered(self, visit: Visit) -> Output:
        """One request less is open; the next article of its site takes its turn."""
        self._account(visit).open -= 1
        if visit.link is not None:
            site = _site(visit.link)
            self._under_way[site] -= 1
            yield from self._next_of(site)

    def _account(self, visit: Visit) -> ColumnAccount:
        return self.job.account(visit.source.id, visit.column.name)

    # --- lists ---

    def parse_list(self, response: Response, visit: Visit) -> Output:
        """Take the links of one list page and go on to the next where that is needed."""
        account = self._account(visit)
        yield from self._answered(visit)
        guessed = bool(visit.pattern) and visit.page == 2
        if guessed and response.status != 200:
            yield from self._guess(visit)
            return
        if self._refused(response, visit):
            return
        if response.status == 304:
            if visit.feed:
                account.not_modified += 1
            else:
                account.list_unchanged()
            self._tell_list(response.url, visit)
            return
        if response.status != 200:
            by_pattern = visit.column.page_pattern or visit.pattern
            if visit.page > 1 and response.status in _GONE and by_pattern:
                account.reached_end = account.ended = True  # a pattern has no other end
            else:
                account.failure("failed", of_list=True)
            return
        page = read_list(
            response.body,
            response.url,
            column=visit.column,
            source=visit.source,
            content_type=_content_type(response),
            page=visit.page,
        )
        if guessed and not continues_list(visit.rows, page.links):
            yield from self._guess(visit)
            return
        if visit.feed or visit.page == 1:
            etag, modified = _header(response, b"ETag"), _header(response, b"Last-Modified")
            asked = response.request.url if response.request else response.url
            self.job.notes.list_came(asked, etag, modified, account.today)
        links = [whole_characters(link) for link in page.links]
        addresses = [canonical_url(link.url) for link in links]
        stored = self.job.known(visit.source.id, addresses)
        gone = self.job.notes.is_gone
        known = sum(1 for a in addresses if a in stored or gone(a, account.today))
        account.list_seen(page, known, feed=visit.feed)
        listed = account.listed
        fresh = 0
        seen = self.job.seen[visit.source.id]
        for link, address in zip(links, addresses, strict=True):
            if not visit.feed and listed.add(address):
                fresh += 1
            if not seen.add(address):
                account.duplicates += 1
            elif address not in stored and not gone(address, account.today):
                yield from self._take(link, visit)
        self._tell_list(response.url, visit)
        if not visit.feed:
            yield from self._next(page, visit, fresh)

    def _tell_list(self, url: str, visit: Visit) -> None:
        self.job.tell("list", source=visit.source.id, column=visit.column.name, url=url)

    def _take(self, link: Link, visit: Visit) -> Output:
        account = self._account(visit)
        if account.since and link.date and link.date[:10] < account.since.isoformat():
            return
        if link.kind != "article":
            account.row_kept(link.date)
            yield item_from_link(link, source=visit.source, column=visit.column.name)
        elif self.job.may_ask(visit.source.id):
            yield from self._wait(link, visit)
        else:
            account.skipped(link.date)

    def _next(self, page: ListPage, visit: Visit, fresh: int) -> Output:
        account = self._account(visit)
        if visit.page > 1 and not fresh:
            # Nothing new: past the end of a list that does not say where it ends, or a trap.
            if not len(account.listed):
                account.alarm("empty-list")
            elif page.pages is None:
                account.reached_end = account.ended = True
            elif not page.links:
                account.alarm("empty-list")
            return
        shell = visit.page == 1 and not page.links  # its rows stand at another address
        further = replace(visit, page=visit.page + 1)
        lists = self.job.seen[visit.source.id]
        for address in page.more[: self.job.limits.list_pages] if visit.page <= 2 else ():
            if canonical_url(address) not in lists and self.job.may_ask(visit.source.id):
                lists.add(canonical_url(address))
                yield self._ask(address, further)
        if account.ended or not (page.links or shell):
            return
        if visit.page >= self.job.limits.list_pages or not self.job.may_ask(visit.source.id):
            return
        if page.next_url:
            yield self._ask(page.next_url, replace(further, pattern=""))
        elif visit.pattern and not page.last:
            address = guessed_address(visit.column.url, visit.pattern, further.page)
            yield self._ask(address, further)
        else:
            rows = tuple(link.url for link in page.links)
            yield from self._guess(replace(visit, guesses=page.guesses, rows=rows))

    def _guess(self, visit: Visit) -> Output:
        """Try the next way in which page 2 of an unknown list may be named."""
        if visit.guesses and self.job.may_ask(visit.source.id):
            pattern, *others = visit.guesses
            address = guessed_address(visit.column.url, pattern, 2)
            yield self._ask(address, replace(visit, page=2, pattern=pattern, guesses=tuple(others)))

    # --- articles ---

    async def parse_article(self, response: Response, visit: Visit) -> Awaited:
        """Read one article; the next is asked for meanwhile."""
        account = self._account(visit)
        for asked in self._answered(visit):
            yield asked
        link = visit.link
        if link is None:
            return
        if visit.unfinished is not None:
            async for output in self._part(response, visit, visit.unfinished):
                yield output
            return
        if self._refused(response, visit):
            return
        address = canonical_url(link.url)
        if response.status in _GONE:
            if not self.job.notes.answered_gone(address, response.status, account.today):
                account.failure("failed", of_list=False)
            return
        if response.status != 200:
            account.failure("failed", of_list=False)
            return
        self.job.notes.came_back(address)
        kind = _content_type(response)
        if kind and not any(word in kind.lower() for word in ("html", "xml", "text")):
            file = msgspec.structs.replace(
                item_from_link(link, source=visit.source, column=visit.column.name),
                flags=("text_missing", "attachment"),
            )
            account.fetched += 1
            account.row_kept(link.date)
            yield file
            return
        page = await self._reader.read(
            PageToRead(
                raw=response.body,
                url=response.url,
                source=visit.source.id,
                list_title=link.title,
                list_date=link.date,
                column=visit.column.name,
                content_type=kind,
                fetched=account.today,
            )
        )
        item = page.item
        if response.url != link.url:
            item = msgspec.structs.replace(
                item, url=link.url, id=item_id(link.url, item.title, item.text, item.date)
            )
        self.job.tell("page", source=visit.source.id, column=visit.column.name, url=link.url)
        for output in self._go_on(Unfinished(item), page.parts, visit):
            yield output

    def _go_on(self, article: Unfinished, offered: tuple[str, ...], visit: Visit) -> Output:
        """Ask for the next part of an article, or hand it on when it is whole."""
        here = canonical_url(article.first.url)
        waiting = list(article.waiting)
        asked = set(article.asked)
        for part in offered:
            address = canonical_url(part)
            if address != here and address not in asked and len(asked) < MAX_PARTS:
                asked.add(address)
                waiting.append(part)
        if waiting and self.job.may_ask(visit.source.id):
            rest = replace(article, waiting=tuple(waiting[1:]), asked=frozenset(asked))
            yield self._ask(waiting[0], replace(visit, unfinished=rest))
        else:
            yield self._whole(article, visit, complete=not waiting)

    async def _part(self, response: Response, visit: Visit, article: Unfinished) -> Awaited:
        """Read a further page of an article."""
        refused = self._refused(response, visit)
        if refused or response.status != 200:
            if not refused:
                self._account(visit).failure("failed", of_list=False)
            yield self._whole(article, visit, complete=False)
            return
        part = PageToRead(
            raw=response.body,
            url=response.url,
            source=visit.source.id,
            list_title=article.first.title,
            content_type=_content_type(response),
            part_of=article.first.url,
        )
        try:
            page = await self._reader.read(part)
        except PageUnread:
            # What came before is kept, and the page accounted for where all errors are.
            yield self._whole(article, visit, complete=False)
            raise
        whole = replace(article, parts=(*article.parts, page.item))
        for output in self._go_on(whole, page.parts, visit):
            yield output

    def _whole(self, article: Unfinished, visit: Visit, *, complete: bool) -> NewsItem:
        item = joined(article.first, article.parts, whole=complete)
        self._account(visit).article_seen(item.date, text=bool(item.text))
        return item

    # --- what did not come ---

    def _refused(self, response: Response, visit: Visit) -> bool:
        blocked = any(flag.startswith(BLOCKED) for flag in response.flags)
        self.job.answered(visit.source.id, refused=blocked)
        if blocked:
            self._account(visit).failure("blocked", of_list=visit.is_list)
        return blocked

    def failed(self, failure: Failure) -> Output:
        """Account for a request that brought no answer; what came of its article is kept."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.cb_kwargs["visit"]
        account = self._account(visit)
        yield from self._answered(visit)
        if visit.pattern and visit.page == 2:
            yield from self._guess(visit)  # a name we made up costs nothing
            return
        if self.job.given_up(visit.source.id):
            account.failure("blocked", of_list=visit.is_list)
        elif isinstance(failure.value, Refused) and failure.value.reason == "off-hours":
            # Nobody's fault and no alarm; what was left out is not claimed.
            account.skipped(visit.link.date if visit.link else None)
            account.refusals.setdefault("off-hours", request.url)
        elif isinstance(failure.value, Refused):
            account.refusal(failure.value.reason, request.url)
        else:
            account.failure("failed", of_list=visit.is_list)
        if visit.unfinished is not None:
            yield self._whole(visit.unfinished, visit, complete=False)


def running_spider(crawler: Crawler) -> SourceSpider:
    """The spider that ``crawler`` runs."""
    if not isinstance(crawler.spider, SourceSpider):
        raise TypeError(f"spider must be a SourceSpider, got {crawler.spider!r} instead")
    return crawler.spider


def _host(url: str) -> str:
    """Host and port of an address as it is written: requests to one of them go one at a time."""
    return url.split("/", 3)[2]


def _site(link: Link) -> str:
    return _host(link.url)


def _content_type(response: Response) -> str:
    return _header(response, b"Content-Type")


def _header(response: Response, name: bytes) -> str:
    value = response.headers.get(name) or b""
    return value.decode("latin-1")
