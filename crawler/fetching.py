"""One page from the network, by the rules of a crawl: robots.txt, private addresses, size, time.

Hides: that a single request is a whole Scrapy run, with the guards of one.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.guard import BLOCKED, Refused
from crawler.job import CrawlJob, Limits
from crawler.ledger import ColumnAccount, Known
from crawler.settings import scrapy_settings
from crawler.sources import Column, Source
from crawler.visit import Visit
from pipeline.clock import today
from pipeline.config import CONFIG_NAME, Settings
from pipeline.errors import BadInput
from pipeline.store.store import Store

__all__ = ["FetchedPage", "fetch_page"]


_BY_HAND = "Open it in a browser, save the page source, and give the file with --url."
_OWN_NETWORK = (
    "If it is a site of your own network, set allow_private = true under [crawl] "
    f"(crawl.allow_private) in {CONFIG_NAME}."
)


@dataclass(frozen=True)
class FetchedPage:
    """A page as it came."""

    raw: bytes
    url: str
    """Where it came from in the end."""
    content_type: str


class _OnePage(scrapy.Spider):
    """Asks for one page and keeps it."""

    name = "one-page"

    def __init__(self, job: CrawlJob) -> None:
        super().__init__()
        self.job = job
        self.page: FetchedPage | None = None
        self.trouble = "no answer came"
        self.refused = ""
        """The rule of ours or of robots.txt that forbids it."""

    async def start(self) -> AsyncIterator[Request]:
        """The one request."""
        (source,) = self.job.sources
        column = source.columns[0]
        yield Request(
            column.url,
            callback=self.keep,
            errback=self.failed,
            cb_kwargs={"visit": Visit(source, column, 1)},
        )

    def keep(self, response: Response, **_: Visit) -> None:
        """Keep the page, or say why it is none."""
        refused = [flag for flag in response.flags if flag.startswith(BLOCKED)]
        if refused or response.status != 200:
            self.trouble = refused[0] if refused else f"the site answered {response.status}"
            return
        kind = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        self.page = FetchedPage(response.body, response.url, kind)

    def failed(self, failure: Failure) -> None:
        """Say why no answer came."""
        if isinstance(failure.value, Refused):
            self.refused = failure.value.reason
        else:
            self.trouble = f"{type(failure.value).__name__}: {failure.value}"


def fetch_page(url: str, settings: Settings) -> FetchedPage:
    """Ask for ``url`` once. A process can do this only once.

    Raises:
        BadInput: ``page-refused`` by robots.txt or our own rules; ``page-not-fetched``: the site refused,
            or no answer.
    """
    column = Column("page", url)
    source = Source("page", url, "other", "website", (column,), (urlsplit(url).netloc.lower(),))
    account = ColumnAccount(
        source=source.id, column=column.name, today=today(), since=None, known_before=Known()
    )
    with (
        tempfile.TemporaryDirectory(prefix="xuanjian-page-") as folder,
        Store.open(f"sqlite:///{Path(folder) / 'none.db'}") as store,
    ):
        job = CrawlJob(
            run_id=0,
            sources=(source,),
            since=None,
            limits=Limits(pages=1, list_pages=1),
            store=store,
            accounts={(source.id, column.name): account},
        )
        process = CrawlerProcess(
            {
                **scrapy_settings(settings),
                "ITEM_PIPELINES": {},
                "LOG_INSTALL_ROOT_HANDLER": False,
            }
        )
        crawler = process.create_crawler(_OnePage)
        process.crawl(crawler, job=job)
        process.start()
    spider = crawler.spider
    if not isinstance(spider, _OnePage) or spider.page is None:
        why = spider.trouble if isinstance(spider, _OnePage) else "the crawl did not start"
        if isinstance(spider, _OnePage) and spider.refused:
            raise BadInput(
                f"{url} was not asked for, refused: {spider.refused}",
                "page-refused",
                _OWN_NETWORK if spider.refused == "private-address" else _BY_HAND,
            )
        raise BadInput(
            f"{url} did not come: {why}",
            "page-not-fetched",
            _BY_HAND,
        )
    return spider.page
