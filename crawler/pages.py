"""``python -m crawler.pages FILE --url URL``: one saved page, as people or programs read it.

Hides: the shape of the JSON that ``extract --json`` prints, and what is refused as no page.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from crawler.extract import read_article
from crawler.published import DateConfidence
from crawler.source_folder import choose_sources
from crawler.sources import Source
from pipeline.clock import today
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.news import Attachment, NewsItem

__all__ = ["ExtractedPage", "main", "read_page", "readable"]


class ExtractedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What ``extract --json`` prints; ``format`` is its version."""

    format: int = 1
    id: str
    url: str
    title: str
    text: str
    date: str | None
    date_evidence: str
    date_confidence: str = ""
    outlet: str | None
    author: str | None
    column: str | None
    attachments: tuple[Attachment, ...]
    flags: tuple[str, ...]

    @classmethod
    def of(cls, item: NewsItem, date_confidence: DateConfidence = "") -> ExtractedPage:
        """The public form of an item: null where nothing is known."""
        return cls(
            id=item.id,
            url=item.url,
            title=item.title,
            text=item.text,
            date=item.date,
            date_evidence=item.date_evidence,
            date_confidence=date_confidence,
            outlet=item.outlet or None,
            author=item.author or None,
            column=item.column or None,
            attachments=item.attachments,
            flags=item.flags,
        )


def read_page(
    path: Path, url: str, source: Source | None = None, *, fetched: datetime.date | None = None
) -> ExtractedPage:
    """Read one saved page; ``fetched`` is the day after which its date cannot be.

    Raises:
        BadInput: ``url-bad`` for an address that is none; ``page-not-article`` for a file that is
            no web page at all (a page without an article only has the flag ``no_article``).
    """
    if url and not _is_address(url):
        raise BadInput(
            f"the page's address must begin with http:// or https:// and name a host, got {url!r}",
            "url-bad",
            "Give the address the page was saved from, as the browser shows it.",
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    if not _MARKUP.search(raw[:_HEAD].replace(b"\0", b"")):
        raise BadInput(
            f"{path} is no web page: no HTML in it",
            "page-not-article",
            "Save the article's page from the browser as HTML (page source, not a screenshot or JSON).",
        )
    page = read_article(raw, url, source=source, fetched=fetched)
    return ExtractedPage.of(page.item, page.date_confidence)


_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|meta|title|div|p|table|article|h1|span|br)\b", re.IGNORECASE
)
_HEAD = 1_000_000


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


_FLAG_NAMES = {
    "no_article": "不像文章页（列表、登录页或空模板）",
    "text_missing": "没有正文",
    "date_unknown": "日期不明",
    "date_weak": "日期依据弱",
    "text_incomplete": "分页未取全",
    "spam": "夹带垃圾信息（已剔除）",
    "hidden_text": "有隐藏文字（已剔除）",
    "attachment": "只有附件",
    "wechat": "微信文章",
}


_CONFIDENCE_NAMES = {"sure": "，可靠", "likely": "，较可靠", "weak": "，不可靠"}


def readable(page: ExtractedPage) -> str:
    """The page as an officer reads it: what is known, line by line, then the text."""
    sure = _CONFIDENCE_NAMES.get(page.date_confidence, "")
    date = (
        f"{page.date.replace('T', ' ')}（依据：{page.date_evidence}{sure}）"
        if page.date
        else "不明"
    )
    rows = [
        ("标题", page.title or "（无）"),
        ("日期", date),
        ("稿源", page.outlet or "（无）"),
        ("作者", page.author or "（无）"),
        *(("附件", f"{file.name}  {file.url}") for file in page.attachments),
        ("标记", "、".join(_FLAG_NAMES.get(flag, flag) for flag in page.flags) or "（无）"),
    ]
    head = "\n".join(f"{name}：{value}" for name, value in rows)
    return f"{head}\n\n{page.text or '（没有正文）'}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.pages", description=__doc__)
    parser.add_argument("page", type=Path, help="a saved page")
    parser.add_argument("--url", default="", help="its address")
    parser.add_argument("--source", default="", metavar="ID", help="read it as this source's page")
    parser.add_argument("--sources", type=Path, default=Path("sources"), help="folder of sources")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        source = (
            choose_sources(options.sources, [options.source]).sources[0] if options.source else None
        )
        page = read_page(options.page, options.url, source, fetched=today())
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if "no_article" in page.flags:
        said = f"warning: {options.page} does not look like an article [no_article]"
        print(said, file=sys.stderr)  # noqa: T201
    if options.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(page), indent=2) + b"\n")
    else:
        sys.stdout.buffer.write(readable(page).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
