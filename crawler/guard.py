"""What is never fetched, and what an answer that is no page looks like.

Hides: which addresses are private, and how sites refuse. The check of an address is made
where the connection's own address comes from (the resolver), so nothing can change between
the check and the connection.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.job import CrawlJob, running_job
from crawler.visit import Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

__all__ = ["BLOCKED", "GuardMiddleware", "GuardedResolver", "Refused", "block_reason", "is_private"]

BLOCKED = "blocked"
"""Flag on a response that is a refusal; the reason follows after a colon."""


class Refused(IgnoreRequest):
    """A request that is not made: ``reason`` is ``off-site``, ``private-address``, ``given-up``,
    ``off-hours``, ``robots`` or ``robots-unreachable``."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{reason}: {url}")
        self.reason = reason


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the public internet.

    >>> is_private("127.0.0.1"), is_private("::ffff:10.0.0.1"), is_private("8.8.8.8")
    (True, True, False)
    """
    try:
        ip = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return not (mapped or ip).is_global or (mapped or ip).is_multicast


def names_private(host: str) -> bool:
    """Whether a host name is private by itself, without asking anyone."""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    if re.fullmatch(
        r"0x[0-9a-f]+|\d+|(?:0[0-7x][0-9a-f]*|\d+)(?:\.(?:0[0-7x][0-9a-f]*|\d+)){1,3}", host
    ):
        try:
            return is_private(host) if host.count(".") == 3 and ipaddress.ip_address(host) else True
        except ValueError:
            return True  # octal, hexadecimal and short forms: nobody honest writes them
    return is_private(host)


class GuardedResolver(AbstractResolver):
    """Gives the addresses of a name; private ones only where they are allowed."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of ``host``.

        Raises:
            Refused: ``private-address``: one of them is.
        """
        found = await self._system.resolve(host, port, family)
        if not self._allow_private and any(is_private(one["host"]) for one in found):
            raise Refused("private-address", host)
        return found

    async def close(self) -> None:
        """Nothing is held."""


class GuardMiddleware:
    """Stands first before a request leaves and last before an answer is read."""

    def __init__(self, allow_private: bool, job: CrawlJob) -> None:
        self._allow_private = allow_private
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Scrapy's way in."""
        return cls(crawler.settings.getbool("XUANJIAN_ALLOW_PRIVATE"), running_job(crawler))

    def process_request(self, request: Request) -> None:
        """Refuse what leaves the source's hosts or goes to a private address.

        Raises:
            Refused: ``off-site``, ``given-up``, ``off-hours`` or ``private-address``.
        """
        visit = request.cb_kwargs.get("visit")
        if isinstance(visit, Visit):
            if not visit.source.allows(request.url):
                raise Refused("off-site", request.url)
            if self._job.given_up(visit.source.id):
                raise Refused("given-up", request.url)
            if self._job.rests(visit.source.id):
                raise Refused("off-hours", request.url)
        elif not any(source.allows(request.url) for source in self._job.sources):
            raise Refused("off-site", request.url)  # robots.txt that leads elsewhere
        if not self._allow_private and names_private(urlsplit(request.url).hostname or ""):
            raise Refused("private-address", request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        """Flag an answer that is a refusal in disguise."""
        if isinstance(request.cb_kwargs.get("visit"), Visit):
            reason = block_reason(response.status, response.body)
            if reason:
                return response.replace(flags=[*response.flags, f"{BLOCKED}:{reason}"])
        return response


_BLOCK_STATUS = {401, 403, 405, 406, 412, 418, 429, 444, 493, 503, 521}
_COOKIE_WALL = re.compile(
    rb"document\.cookie\s*=|__jsl_clearance|__jsluid|acw_sc__v2|\$_ts\b|location\.(?:href|replace|reload)",
    re.I,
)
_WALL_MARK = re.compile(
    rb"__jsl_clearance|acw_sc__v2|\$_ts\s*=|probe\.js|_waf_|yunsuo_session|captcha|cf-challenge",
    re.I,
)
_NOTICE = tuple(
    word.encode(name)
    for name in ("utf-8", "gb18030")
    for word in (
        "临时维护",
        "系统维护",
        "网站维护",
        "站点维护",
        "维护中",
        "访问过于频繁",
        "访问频率",
        "请求过于频繁",
        "您的访问被拦截",
        "访问被拒绝",
        "请输入验证码",
        "安全验证",
        "人机验证",
        "拦截提示",
        "网站防火墙",
        "请开启JavaScript",
        "请开启Cookie",
        "网站暂时关闭",
        "网站已关闭",
        "网站升级",
    )
)
_TAG = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>|&nbsp;|\s+", re.I | re.S)
_SHORT_PAGE = 20_000
"""Bytes; no refusal seen was longer, and larger pages are not searched."""
_FEW_WORDS = 600
"""Bytes of text on a page that is only a notice."""


def block_reason(status: int, body: bytes) -> str:
    """Why an answer is a refusal and no page; '' when it is one.

    >>> block_reason(521, b"<script>document.cookie='__jsl_clearance_s=1';location.href='/'</script>")
    '521'
    >>> block_reason(200, "<p>网站临时维护，请稍后访问</p>".encode())
    'maintenance'
    """
    if status in _BLOCK_STATUS:
        return str(status)
    if len(body) > _SHORT_PAGE or status in (404, 410):
        return ""
    notice = any(word in body for word in _NOTICE)
    script = b"<script" in body[:4096].lower() and bool(_COOKIE_WALL.search(body))
    if not notice and not script:
        return ""
    words = _TAG.sub(b"", body)
    if script and (len(words) < 60 or _WALL_MARK.search(body)) and len(words) < _FEW_WORDS:
        return "cookie-wall"
    return "maintenance" if notice and len(words) < _FEW_WORDS else ""
