"""How a page is fetched: Scrapy's download handler, on aiohttp instead of Twisted's client.

Hides: HTTP itself. aiohttp parses it in C; with what else is off since (``crawler.settings``) a page
takes about 2.8 ms of the processor instead of 3.5. What the crawl sets is kept here as well, so that
no middleware must put it on every request: headers, time, size. Connections are made only to
addresses that the guard's resolver gave.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import aiohttp
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Request, Response
from yarl import URL

from crawler.guard import GuardedResolver

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

__all__ = ["PageDownload", "Redirects"]

_LONGEST_HEADER = 64 * 1024
"""Bytes of one line: policies and cookies of real sites pass aiohttp's own 8 KiB."""
_NAMES_KEPT = 3600
"""Seconds for which an address that was found for a name is used again."""
_OP_LEGACY_SERVER_CONNECT = 0x4
"""Of OpenSSL: old servers, of which there are many, cannot renegotiate safely."""


class PageDownload:
    """Fetches what Scrapy asks for, over http and https; redirects and packed bodies are left to
    Scrapy's middlewares."""

    lazy = True
    """Made at the first request: a session is made in the loop it runs in."""

    def __init__(self, settings: BaseSettings) -> None:
        self._most = settings.getint("DOWNLOAD_MAXSIZE")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(settings.getbool("XUANJIAN_ALLOW_PRIVATE")),
                family=socket.AF_INET,
                ttl_dns_cache=_NAMES_KEPT,
                limit=0,  # Scrapy counts requests, by site
                ssl=_any_certificate(),
            ),
            headers={
                **settings.getdict("DEFAULT_REQUEST_HEADERS"),
                "User-Agent": settings["USER_AGENT"],
            },
            timeout=aiohttp.ClientTimeout(total=settings.getfloat("DOWNLOAD_TIMEOUT")),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding", "Content-Type"),
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PageDownload:
        """Scrapy's way in."""
        return cls(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        """The answer to ``request``, whatever its status.

        Raises:
            Refused: ``private-address``, by the resolver.
            DownloadCancelledError: the body is larger than may be.
            DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError,
            DownloadFailedError, ResponseDataLossError: it did not come, or not whole; Scrapy asks
                again.
        """
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in request.headers.items()
            for value in values
        ]
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),  # as it is written: a site may mind
                data=request.body or None,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                body = await self._body(answer, request.url)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took too long") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise ResponseDataLossError(str(error)) from error
        except aiohttp.ClientError as error:
            raise DownloadFailedError(f"{type(error).__name__}: {error}") from error
        return Response(
            request.url, answer.status, Headers(answer.raw_headers), body, request=request
        )

    async def _body(self, answer: aiohttp.ClientResponse, url: str) -> bytes:
        """The body, never more of it in memory than may be."""
        if (answer.content_length or 0) > self._most > 0:
            raise DownloadCancelledError(f"{url} says that it is larger than {self._most} bytes")
        parts, size = [], 0
        async for part in answer.content.iter_any():
            parts.append(part)
            size += len(part)
            if size > self._most > 0:
                raise DownloadCancelledError(f"{url} is larger than {self._most} bytes")
        return b"".join(parts)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


class Redirects(RedirectMiddleware):
    """Scrapy's, for requests that name no referrer: no middleware of ours writes one."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Redirects:
        """Scrapy's way in, without its search for who writes referrers, and its warning."""
        redirects = cls(crawler.settings)
        redirects.crawler = crawler
        return redirects

    def handle_referer(self, request: Request, response: Response) -> None:
        """Nothing to take over."""


def _any_certificate() -> ssl.SSLContext:
    """Certificates are not checked, as Scrapy does by default: many sites have one that is over or
    not theirs, and nothing secret is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= _OP_LEGACY_SERVER_CONNECT
    context.set_ciphers("DEFAULT")
    return context
