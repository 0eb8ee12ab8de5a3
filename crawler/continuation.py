"""Articles printed on several pages 文内分页: which links continue one, and the parts put together. Pure.

Hides: how the further parts of an article are addressed. A part keeps the address of the article
and adds its number: ``t1_1.html`` after ``t1.html`` (TRS, from 0), ``1_2.shtml`` after ``1.shtml``,
``page_2.html``, ``?page=2``. Anything else that says 下一页 leads to another article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

import msgspec

from crawler.markup import Element, all_text
from crawler.paging import NEXT, PAGE_KEYS, address_of, scripted_paging
from pipeline.news import NewsItem, canonical_url, item_id
from pipeline.text import comparable, count_characters, squeeze

__all__ = ["MAX_PARTS", "further_parts", "joined"]

MAX_PARTS = 20
"""Pages of one article that are asked for; the longest seen has nine."""

_NUMBERED = re.compile(r"^(?P<stem>.+?)(?:[_-](?:p|page)?_?(?P<number>\d{1,2}))$", re.IGNORECASE)
_PAGE_FILE = re.compile(r"^(?:p|page|index)[_-]?(?P<number>\d{1,2})$", re.IGNORECASE)
_DAY = re.compile(r"(?:^|\D)(?:19|20)\d{6}$")
_MARK = re.compile(
    r"^[\[【(（]?\s*(?:第?\s*\d{1,2}\s*页?|余下全文|阅读全文|全文阅读)\s*[\]】)）]?$"
)


def further_parts(root: Element, text: str, base: str, url: str) -> tuple[str, ...]:
    """The addresses of the other parts that a part of an article leads to, in their order.

    Args:
        root: the page; ``text``, the same as its source, where paging scripts stand.
        base: the address its links are relative to.
        url: the address of the article's first page.
    """
    found: dict[int, str] = {}
    for address in _offered(root, text, base):
        number = part_number(url, address)
        if number and number not in found and canonical_url(address) != canonical_url(url):
            found[number] = address
    return tuple(found[number] for number in sorted(found))[:MAX_PARTS]


def _offered(root: Element, text: str, base: str) -> Iterator[str]:
    """What a page offers as its next or numbered pages."""
    paging = scripted_paging(text, base)
    if paging is not None:
        for page in range(2, min(paging.pages, MAX_PARTS) + 1):
            yield paging.address(page)
    for anchor in root.iter("a"):
        if _goes_on(all_text(anchor)[:40]):
            yield address_of(anchor, base)


@lru_cache(maxsize=2048)  # the same menu stands on every page of a site
def _goes_on(words: str) -> bool:
    """Whether a link with these words may lead to a further part."""
    label = squeeze(words)
    return bool(label and (NEXT.match(label) or _MARK.match(label)))


def part_number(first: str, other: str) -> int:
    """Which part of the article at ``first`` the address ``other`` is; 0 where it is none.

    >>> part_number("http://a.example/202503/t1_22.html", "http://a.example/202503/t1_22_1.html")
    1
    >>> part_number("http://a.example/202503/t1_22.html", "http://a.example/202503/t1_23.html")
    0
    """
    try:
        here, there = urlsplit(first), urlsplit(other)
    except ValueError:
        return 0
    if (here.hostname, here.port) != (there.hostname, there.port):
        return 0
    folder, _, file = here.path.rpartition("/")
    other_folder, _, other_file = there.path.rpartition("/")
    if here.path == there.path:
        return _query_part(here.query, there.query)
    stem, dot, ending = file.rpartition(".")
    other_stem, _, other_ending = other_file.rpartition(".")
    if ending.lower() != other_ending.lower():
        return 0
    if folder == other_folder and dot:
        numbered = _NUMBERED.match(other_stem)
        if numbered and numbered["stem"] == stem:
            return int(numbered["number"])
        own = _NUMBERED.match(stem)
        # A list may name the first part 1_1.html; t20250924_1.html is a document of that day.
        if own and numbered and own["number"] == "1" and own["stem"] == numbered["stem"]:
            return 0 if _DAY.search(own["stem"]) else int(numbered["number"])
        paged = _PAGE_FILE.match(other_stem)
        return int(paged["number"]) if paged and stem.lower() in ("index", "page", "") else 0
    if other_folder == f"{folder}/{stem}":
        paged = _PAGE_FILE.match(other_stem)
        return int(paged["number"]) if paged else 0
    return 0


def _query_part(here: str, there: str) -> int:
    """The number of a page asked for by the query, all else in it being alike."""
    own = dict(parse_qsl(here, keep_blank_values=True))
    other = dict(parse_qsl(there, keep_blank_values=True))
    keys = [key for key in other if key.lower() in PAGE_KEYS]
    if len(keys) != 1 or not other[keys[0]].isdigit() or len(other[keys[0]]) > 2:
        return 0
    rest = {key: value for key, value in other.items() if key != keys[0]}
    own.pop(keys[0], None)
    return int(other[keys[0]]) if rest == own and int(other[keys[0]]) > 1 else 0


def joined(first: NewsItem, parts: Sequence[NewsItem], *, whole: bool = True) -> NewsItem:
    """An article of several pages as one item.

    A part that repeats what is there (a site that answers every number with page one) adds
    nothing. ``whole`` is false when a part did not come; the item then has the flag
    ``text_incomplete``.
    """
    if whole and not parts:
        return first
    rows = first.text.split("\n") if first.text else []
    seen = {comparable(row) for row in rows}
    for part in parts:
        fresh = [row for row in part.text.split("\n") if row.strip()]
        if fresh and all(comparable(row) in seen for row in fresh):
            continue
        seen.update(comparable(row) for row in fresh)
        rows += fresh
    text = "\n".join(rows)
    files = {file.url: file for item in (first, *parts) for file in item.attachments}
    flags = [flag for flag in first.flags if not (text and flag in ("text_missing", "no_article"))]
    flags += [f for part in parts for f in part.flags if f in ("spam", "hidden_text")]
    flags += [] if whole else ["text_incomplete"]
    author = first.author or next((part.author for part in reversed(parts) if part.author), "")
    return msgspec.structs.replace(
        first,
        id=item_id(first.url, first.title, text, first.date),
        text=text,
        author=author,
        words=count_characters(text) or None,
        attachments=tuple(files.values()),
        flags=tuple(dict.fromkeys(flags)),
    )
