"""What a link in a list leads to.

Hides: how an article of the source, a file, a WeChat post and somebody else's page are told
apart. Only an ``article`` is ever fetched; the others are rows with what the list says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from crawler.sources import Source

__all__ = ["ATTACHMENT", "Link", "LinkKind", "link_kind", "whole_characters"]

LinkKind = Literal["article", "attachment", "wechat", "elsewhere"]

ATTACHMENT = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|dps|ofd|zip|rar|7z|txt|csv|rtf|ceb|jpg|jpeg|png|gif|mp4|mp3|wav)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Link:
    """One entry of a list: address, full title, the date the list gives (ISO 8601) or None.

    ``summary``, ``outlet`` and ``author`` come from feeds.
    """

    url: str
    title: str
    date: str | None = None
    kind: LinkKind = "article"
    summary: str = ""
    outlet: str = ""
    author: str = ""
    from_feed: bool = False


def whole_characters(link: Link) -> Link:
    """``link`` without halves of characters, which JSON may hold and neither a file nor a database
    takes."""
    texts = {
        name: value.encode("utf-8", "replace").decode()
        for name in ("url", "title", "summary", "outlet", "author")
        if not (value := getattr(link, name)).isascii()
    }
    return replace(link, **texts) if texts else link


def link_kind(url: str, source: Source) -> LinkKind:
    """What ``url`` is, seen from ``source``."""
    parts = urlsplit(url)
    if (parts.hostname or "").lower() == "mp.weixin.qq.com":
        return "wechat"
    if not source.allows(url):
        return "elsewhere"
    return "attachment" if ATTACHMENT.search(parts.path) else "article"
