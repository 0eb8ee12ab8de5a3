"""News handed in as pasted links: a text file of titles and addresses, such as those of a WeChat account.

Hides: how a pasted list looks. A title stands on the line of its link or on the lines just above it; a
date anywhere in between is the item's. Nothing is fetched: an item has no text.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import NewsItem, item_id, written_date
from pipeline.news_files import ItemFile
from pipeline.text import squeeze

__all__ = ["are_pasted_links", "read_pasted_links"]

_LINK = re.compile(r"https?://[^\s<>\"'，。；、）】]+", re.IGNORECASE)
_DATE = re.compile(
    r"[\[【(（]?(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\]】)）]?"
)
_LABEL = re.compile(r"^\s*(?:标题|题目|链接|网址|发布时间|发表时间|日期|时间)\s*[:：]\s*")
_NUMBER = re.compile(r"^\s*(?:\d{1,3}\s*[.、．)）]|[（(]\d{1,3}[)）])\s*")
_LONGEST = 400
"""Characters of a line in a list of links; a longer one is an article's."""
_LEAST = 0.3
"""Share of lines that have a link: one in three where title and date have lines of their own."""
_MAX_BYTES = 20_000_000


def are_pasted_links(path: Path) -> bool:
    """Whether a text file is a list of links and no bulletin.

    Raises:
        BadInput: ``items-too-big`` or ``items-unreadable``.
        DiskTrouble: it cannot be read.
    """
    lines = [line for line in _text(path).splitlines() if line.strip()]
    links = sum(bool(_LINK.search(line)) for line in lines)
    return bool(links) and links >= _LEAST * len(lines) and max(map(len, lines)) <= _LONGEST


def read_pasted_links(path: Path) -> ItemFile:
    """The items of a list of links; a link without a title is left out and said.

    Raises:
        BadInput: ``items-empty``, ``items-too-big`` or ``items-unreadable``.
        DiskTrouble: it cannot be read.
    """
    items: dict[str, NewsItem] = {}
    remarks = []
    above: list[str] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        link = _LINK.search(line)
        if link is None:
            if line.strip():
                above.append(line)
            continue
        own = f"{line[: link.start()]} {line[link.end() :]}"
        said = [*above, own]
        above = []
        title = next(filter(None, map(_title, reversed(said))), "")
        if not title:
            remarks.append(f"{path.name} 第 {number} 行的链接没有标题，略去")
            continue
        item = _item(title, link.group(), next(filter(None, map(written_date, said)), None))
        items.setdefault(item.id, item)
    if not items:
        raise BadInput(f"{path} holds no item", "items-empty", "Write a title above each link.")
    return ItemFile(tuple(items.values()), tuple(remarks))


def _title(line: str) -> str:
    return squeeze(_LABEL.sub("", _NUMBER.sub("", _DATE.sub(" ", line)))).strip("|｜-—：: ")


def _item(title: str, url: str, date: str | None) -> NewsItem:
    wechat = "mp.weixin.qq.com" in url.lower()
    return NewsItem(
        id=item_id(url, title, "", date),
        title=title,
        url=url,
        date=date,
        date_evidence="given" if date else "",
        carrier="wechat" if wechat else "",
        flags=("text_missing", *(() if date else ("date_unknown",))),
    )


def _text(path: Path) -> str:
    try:
        facts = path.stat()
        if stat.S_ISREG(facts.st_mode) and facts.st_size > _MAX_BYTES:
            raise BadInput(
                f"{path} is larger than {_MAX_BYTES // 1_000_000} MB", "items-too-big", "Split it."
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        f"{path} is neither UTF-8 nor GB18030 text", "items-unreadable", "Save it as UTF-8 text."
    )
