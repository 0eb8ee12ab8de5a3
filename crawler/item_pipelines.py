"""Items into the store, in batches.

Hides: how many items wait before they are written, and what happens when writing fails.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

import msgspec
from scrapy.exceptions import DropItem

from crawler.spider import SourceSpider, running_spider
from pipeline.clock import today
from pipeline.errors import XuanjianError
from pipeline.news import NewsItem
from pipeline.store.items import Added, add_items

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["StorePipeline", "storable"]

BATCH = 50
LONGEST_TITLE = 300
"""Characters; more is a page that lies about its title."""
SECONDS = 5.0
"""An item waits no longer than this for others; a killed run loses no more."""


class StorePipeline:
    """Writes ``NewsItem`` records; one without a title is dropped with a reason."""

    def __init__(self, spider: SourceSpider) -> None:
        self._spider = spider
        self._job = spider.job
        self._waiting: list[NewsItem] = []
        self._written = time.monotonic()
        self.added = Added()
        self._today = today()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Scrapy's way in."""
        return cls(running_spider(crawler))

    def process_item(self, item: NewsItem) -> NewsItem:
        """Queue an item; write when a batch is full."""
        if not item.title:
            self._job.account(item.source, item.column).failure("failed", of_list=False)
            raise DropItem("no-title")
        self._waiting.append(storable(item, self._today))
        self._job.items += 1
        self._job.tell(
            "item", source=item.source, column=item.column, url=item.url, title=item.title
        )
        if len(self._waiting) >= BATCH or time.monotonic() - self._written > SECONDS:
            self._write()
        return item

    def close_spider(self) -> None:
        """Write what still waits."""
        self._write()

    def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        self._written = time.monotonic()
        if not batch or self._job.error is not None:
            return
        try:
            with self._job.store.begin() as session:
                self.added += add_items(session, batch, self._job.run_id)
        except XuanjianError as error:
            self._spider.give_up(error)
        except Exception as error:
            # Scrapy would log it and go on, and the run would claim what it did not store.
            trouble = XuanjianError(
                f"{len(batch)} items could not be stored: {error}",
                "crawl-store-failed",
                "Run the crawl again; if it says this again, report it with the source's name.",
            )
            trouble.__cause__ = error
            self._spider.give_up(trouble)


def storable(item: NewsItem, today: datetime.date) -> NewsItem:
    """``item`` as a database takes it and a person believes it: no halves of characters, no
    title longer than any title, no day that has not come."""
    texts = {
        name: value.encode("utf-8", "replace").decode()
        for name in ("title", "text", "outlet", "author", "url")
        if not (value := getattr(item, name)).isascii()
    }
    kept = msgspec.structs.replace(item, **texts)
    if len(kept.title) > LONGEST_TITLE:
        kept = msgspec.structs.replace(kept, title=kept.title[:LONGEST_TITLE] + "…")
    if kept.day and kept.day > today:
        flags = (*kept.flags, "date_unknown")
        kept = msgspec.structs.replace(kept, date=None, date_evidence="", flags=flags)
    return kept
