"""News items 刊发记录: one publication each, and what makes two of them the same.

Hides: the canonical form of an address and the fingerprint of a text. ``NewsItem`` is the
record that the crawler and every import make; its JSON is the items JSONL of design
section 5.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from pipeline.text import comparable

__all__ = [
    "Attachment",
    "DateEvidence",
    "Level",
    "NewsItem",
    "canonical_url",
    "content_fingerprint",
    "item_id",
    "parse_day",
    "source_id",
    "written_date",
]

Level = Literal["central", "regional", "municipal", "district", "other"]
"""Administrative level 级别 of an outlet or source: 中央, 自治区/省, 市, 旗县区, 其他."""

LEVEL_NAMES: dict[str, str] = {
    "central": "中央",
    "regional": "省级",
    "municipal": "市级",
    "district": "旗县区",
    "other": "其他",
}

DateEvidence = Literal["", "site rule", "meta", "label", "url", "list", "feed", "given", "text"]
"""Where a publication date was read; '' where there is none."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file a page links to as part of the article."""

    name: str
    url: str


class NewsItem(msgspec.Struct, frozen=True, kw_only=True):
    """One publication: what a page, a feed entry, a table row or a bulletin item says."""

    id: str
    title: str
    text: str = ""
    url: str = ""
    date: str | None = None
    """ISO 8601 day or local date-time of publication; None where unknown, never guessed."""
    date_evidence: DateEvidence = ""
    outlet: str = ""
    """The printed 来源 稿源, not the site it was found on."""
    author: str = ""
    carrier: str = ""
    """website, newspaper, television, radio, wechat, app, bulletin; '' where unknown."""
    column: str = ""
    words: int | None = None
    page: str = ""
    """版次 of a paper, as written."""
    seconds: int | None = None
    """时长 of a broadcast."""
    genre: str = ""
    """体裁 as a register says it; '' where nobody did."""
    contributor: str = ""
    """Who handed the piece in 通讯员, 供稿: not the medium's own author."""
    reads: int | None = None
    """阅读量 as the medium's own table says."""
    source: str = ""
    """Id of the Source it was collected from; '' for a plain import."""
    level: Level = "other"
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()
    """What was noticed: ``spam``, ``hidden_text``, ``text_missing``, ``date_unknown`` .."""

    @property
    def day(self) -> datetime.date | None:
        """The day of publication."""
        return parse_day(self.date)

    @property
    def text_missing(self) -> bool:
        """Whether only the existence of the item is known (paper, television)."""
        return not self.text.strip()


def parse_day(value: str | None) -> datetime.date | None:
    """The day of an ISO 8601 date or date-time; None for None or anything else.

    >>> parse_day("2025-03-18T09:30:00")
    datetime.date(2025, 3, 18)
    """
    if not value:
        return None
    try:
        return datetime.date.fromisoformat(value[:10])
    except ValueError:
        return None


_TRACKING = re.compile(
    r"^(utm_\w+|spm|from|isappinstalled|share\w*|jsessionid|phpsessid|sid|sessionid|_t|timestamp)$",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_DEFAULT_PORT = {"http": 80, "https": 443}


@lru_cache(maxsize=256)  # one page is asked for its address half a dozen times in a row
def canonical_url(url: str) -> str:
    """One form for the addresses of one page.

    http and https count as the same, the host is lower-cased, default ports, fragments,
    session ids and sharing marks go, the query is sorted, a trailing ``index.html`` goes.
    An address that is not http(s) comes back as it is.

    >>> canonical_url("HTTPS://Kjj.Example.gov.cn:443/a/./t20250318_1.html?utm_source=x#top")
    'http://kjj.example.gov.cn/a/t20250318_1.html'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT or not parts.hostname:
        return url.strip()
    host = parts.hostname.lower().rstrip(".")
    if port is not None and port != _DEFAULT_PORT[scheme]:
        host = f"{host}:{port}"
    path = _SESSION_PATH.sub("", parts.path) or "/"
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"/(\./)+", "/", path)
    path = re.sub(r"/index\.(html?|shtml|jsp|php|aspx?)$", "/", path)
    query = sorted(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(key)
    )
    return urlunsplit(("http", host, path, urlencode(query), ""))


def content_fingerprint(title: str, text: str) -> str:
    """A 128-bit hash of title and text that ignores white space, signs and character width.

    Two items with one fingerprint are the same words, wherever they stood.
    """
    body = comparable(text) or comparable(title)
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


def item_id(url: str, title: str, text: str, date: str | None) -> str:
    """A stable id: from the canonical address where there is one, else from the content."""
    key = canonical_url(url) if url else f"{comparable(title)}|{(date or '')[:10]}|{text[:2000]}"
    return "n" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def source_id(name: str) -> str:
    """The id of a source that is known by its name only, such as a registered medium.

    >>> source_id("鄂尔多斯日报") == source_id(" 鄂尔多斯 日报 ")
    True
    """
    return "reg-" + hashlib.blake2b(comparable(name).encode(), digest_size=6).hexdigest()


_WRITTEN = re.compile(
    r"(?P<y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<H>\d{1,2})[:：时](?P<M>\d{1,2})(?:[:：分](?P<S>\d{1,2}))?)?"
)
_COMPACT = re.compile(r"^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})$")


def written_date(written: str) -> str | None:
    """The first date in ``written`` as ISO 8601 (a day, or a local date-time with seconds).

    A date that cannot be, such as 2026-02-30, gives None: it is unknown, never guessed.

    >>> written_date("发布时间：2025年3月8日 09:05"), written_date("2026-02-30")
    ('2025-03-08T09:05:00', None)
    """
    match = _COMPACT.match(written.strip()) or _WRITTEN.search(written)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        day = datetime.date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
        if not parts.get("H"):
            return day.isoformat()
        clock = datetime.time(int(parts["H"]), int(parts["M"]), int(parts["S"] or 0))
    except ValueError:
        return None
    return datetime.datetime.combine(day, clock).isoformat()
