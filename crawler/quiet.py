"""What Scrapy logs per page: nothing. The ledger holds it, in words an operator can use."""

from __future__ import annotations

from scrapy.logformatter import LogFormatter

__all__ = ["QuietLog"]


class QuietLog(LogFormatter):
    """Skips the lines on pages and items, which also saves their formatting.

    Errors inside our own callbacks (``spider_error``, ``item_error``) stay.
    """

    def crawled(self, *_: object) -> None:  # type: ignore[override]
        """A page came."""

    def scraped(self, *_: object) -> None:  # type: ignore[override]
        """An item was made."""

    def dropped(self, *_: object) -> None:  # type: ignore[override]
        """An item was dropped; the reason is in the stats."""
