"""What robots.txt allows, by RFC 9309, and what is done where it does not come.

Hides: how a site's rules are asked for once, and how an answer that is no rules is read. A site
that says that it has none (4xx) allows everything; so does one whose answer leads elsewhere,
because it is not followed there. A site that fails (5xx, no answer, no name) is taken to forbid
everything (section 2.3.1.4): the loss is refused ``robots-unreachable`` in the ledger, an alarm.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawler.guard import Refused
from crawler.visit import Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

__all__ = ["UNREACHABLE", "RobotsMiddleware"]

UNREACHABLE = "robots-unreachable"
"""Reason of a refusal because the rules did not come; ``robots`` is one that they make."""

_FIRST = 1000
"""Priority of robots.txt: before every page of its site."""

logger = logging.getLogger(__name__)


class RobotsMiddleware:
    """Refuses what a site's robots.txt forbids; replaces Scrapy's own, which lets a crawl go on
    where robots.txt fails, and reads rules out of error pages."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way in."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a page through that its site's rules allow.

        Raises:
            Refused: ``robots`` or ``robots-unreachable``.
        """
        if not isinstance(request.cb_kwargs.get("visit"), Visit):
            return  # robots.txt itself
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._ask(f"{site}/robots.txt"))
        rules = await self._rules[site]
        if rules is None:
            raise Refused(UNREACHABLE, request.url)
        if not rules.allowed(request.url, self._agent):
            raise Refused("robots", request.url)

    async def _ask(self, url: str) -> RobotParser | None:
        """The rules at ``url``; None where they are unreachable."""
        request = Request(url, callback=NO_CALLBACK, priority=_FIRST)
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:  # the guard: it leads elsewhere; Scrapy: in circles
            return self._read(b"")
        except Exception as error:  # whatever the network, the server or the unpacking came up with
            logger.debug("%s did not come: %r", url, error)
            return None
        if response.status >= 500:
            return None
        return self._read(response.body if response.status == 200 else b"")

    def _read(self, body: bytes) -> RobotParser:
        return ProtegoRobotParser.from_crawler(self._crawler, body)
