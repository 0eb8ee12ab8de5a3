"""Where the next page of a list 列表 is, and whether this one is the last. Pure.

Hides: how the content management systems count. TRS ``createPageHTML`` counts from 0 when its
first argument is the number of pages, and from 1 when that is the id of an element; 博达 counts
down; others write ``?page=``, 下一页 links, or only the position they are at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from crawler.markup import Element, all_text, lines
from crawler.sources import Column
from pipeline.news import canonical_url
from pipeline.text import squeeze

__all__ = [
    "NEXT",
    "PAGE_KEYS",
    "PageFamily",
    "Paging",
    "ScriptedPaging",
    "address_of",
    "base_address",
    "find_paging",
    "scripted_paging",
]

PageFamily = Literal[
    "trs",
    "trs-container",
    "paged",
    "table",
    "rss",
    "sitemap",
    "pattern",
    "dataproxy",
    "jpaas",
    "gkmlpt",
    "data",
    "unknown",
]


_NO_ADDRESS = re.compile(r"(javascript|mailto|tel|data|file):", re.IGNORECASE)
_OPENED = re.compile(
    r"(?:window\.open\s*\(|location(?:\.href)?\s*=)\s*['\"](?P<href>[^'\"\s+]+)['\"]\s*(?:[,);]|$)"
)
"""A script that does no more than lead to an address it names."""
_TEMPLATE = re.compile(r"\$\{|\{\{|<%|%7B%7B|\$%7B", re.IGNORECASE)


def address_of(anchor: Element, base: str) -> str:
    """Where a link leads; '' for scripts that say nothing of it, mail and the like, and for what a
    template was to fill in."""
    href = (anchor.get("href") or "").strip()
    if not href or href[0] == "#" or _NO_ADDRESS.match(href):
        opened = _OPENED.search(f"{href} {anchor.get('onclick') or ''}")
        if not opened or _NO_ADDRESS.match(opened["href"]):
            return ""
        href = opened["href"]
    if "{" in href and _TEMPLATE.search(href):
        return ""
    try:
        return urldefrag(urljoin(base, re.sub(r"[\r\n\t]", "", href))).url
    except ValueError:
        return ""


def base_address(root: Element, url: str) -> str:
    """What the links of the page at ``url`` are relative to."""
    for node in root.iter("base"):
        href = node.get("href")
        if href:
            try:
                return urljoin(url, href.strip())
            except ValueError:
                return url
    return url


@dataclass(frozen=True)
class Paging:
    """Where one page of a list stands: which of how many, and what follows.

    ``family`` is how the page says so; ``pages`` is None where it does not; ``next_url`` is '' at
    the end; ``last`` is true only when the page itself shows that the list ends here.
    """

    family: PageFamily
    page: int
    pages: int | None = None
    next_url: str = ""
    last: bool = False


_CALL = re.compile(r"\bcreatePage(?:HTML|Html)?\s*\(([^()]*)\)")
_VARIABLE = re.compile(r"\b(?:var\s+)?(countPage|currentPage)\s*=\s*(\d+)")
_SCRIPT_NOTE = re.compile(r"/\*.*?\*/|(?m:^\s*//.*$)", re.S)
NEXT = re.compile(
    r"^(?:[>»›]+|下一?[页頁][>»›]*|后一?页|[>»›]*下一?[页頁]|next(?: page)?\s*[>»›]*)$", re.I
)
_POSITION = re.compile(
    r"第\s*(\d+)\s*(?:页)?\s*/\s*(?:共\s*)?(\d+)\s*页|(?:当前|第)\s*(\d+)\s*页[\s\S]{0,20}?共\s*(\d+)\s*页|共\s*(\d+)\s*页[\s\S]{0,12}?第\s*(\d+)\s*页"
)
PAGE_KEYS = frozenset(
    ["page", "pageno", "pageindex", "pagenum", "p", "pn", "currentpage", "curpage", "pageid"]
)


def find_paging(root: Element, text: str, base: str, column: Column, page: int) -> Paging:
    """The paging of a list page.

    Args:
        root: the page; ``text``, the same as its source, where paging scripts stand.
        base: the address that its links are relative to.
        column: its declaration; a ``page_pattern`` there is believed before the page.
        page: which page was asked for, from 1.
    """
    if column.page_pattern:
        return Paging("pattern", page, None, page_address(column, page + 1))
    scripted = _trs(text, base)
    if scripted:
        return scripted
    return _linked(root, base, column, page)


def page_address(column: Column, page: int) -> str:
    """The address of page ``page`` by the column's own pattern."""
    pattern = column.page_pattern.replace("{page-1}", str(page - 1)).replace("{page}", str(page))
    return urljoin(column.url, pattern)


@dataclass(frozen=True)
class ScriptedPaging:
    """What a TRS paging script says: how many pages, which is this (from 1), how they are named."""

    pages: int
    page: int
    stem: str
    ending: str
    counted_from: int
    """The number in the name of page 2 is 1 where counting is from 0, else 2."""
    base: str

    def address(self, page: int) -> str:
        """The address of ``page``, from 1."""
        number = "" if page == 1 else f"_{page - 1 + self.counted_from}"
        return urljoin(self.base, f"{self.stem}{number}.{self.ending}")


def scripted_paging(text: str, base: str) -> ScriptedPaging | None:
    """The paging script of a TRS page; None when the page has none that can be read."""
    if "createPage" not in text and "countPage" not in text:
        return None
    text = _SCRIPT_NOTE.sub(" ", text) if "createPage" in text else text
    variables = {name: int(value) for name, value in _VARIABLE.findall(text)}
    for call in _CALL.finditer(text):
        if text[max(0, call.start() - 12) : call.start()].rstrip().endswith("function"):
            continue
        arguments = [part.strip() for part in call.group(1).split(",")]
        if len(arguments) < 4:
            continue
        quoted = arguments[0][:1] in "\"'"
        if quoted:
            numbers, names = arguments[1:3], arguments[3:5]
        else:
            numbers, names = arguments[0:2], arguments[2:4]
        values = [_figure(part, variables) for part in numbers]
        texts = [part.strip("\"' ") for part in names]
        if values[0] is None or values[1] is None or len(texts) < 2 or not texts[1]:
            continue
        stem, ending = texts
        counted = 1 if quoted else 0
        return ScriptedPaging(
            values[0], max(values[1] + 1 - counted, 1), stem, ending.lstrip("."), counted, base
        )
    if "countPage" in variables:
        page = variables.get("currentPage", 0) + 1
        return ScriptedPaging(variables["countPage"], page, "index", "html", 0, base)
    return None


def _trs(text: str, base: str) -> Paging | None:
    scripted = scripted_paging(text, base)
    if scripted is None:
        return None
    more = scripted.page < scripted.pages
    return Paging(
        "trs-container" if scripted.counted_from else "trs",
        scripted.page,
        scripted.pages,
        scripted.address(scripted.page + 1) if more else "",
        not more,
    )


def _figure(text: str, variables: dict[str, int]) -> int | None:
    text = text.strip("\"' ")
    if text.isdigit():
        return int(text)
    return variables.get(text)


def _linked(root: Element, base: str, column: Column, page: int) -> Paging:
    """下一页 links, numbered ``?page=`` links, and the position the page prints."""
    here = canonical_url(base)
    next_url = ""
    numbered: dict[int, str] = {}
    named: dict[int, str] = {}
    marks = hidden = False
    for anchor in root.iter("a"):
        label = squeeze(all_text(anchor)) or squeeze(anchor.get("title") or _shown(anchor))
        if not label or len(label) > 8:
            continue
        url = address_of(anchor, base)
        if NEXT.match(label):
            marks = True
            hidden = hidden or (not url and _by_script(anchor))
            if url and canonical_url(url) != here and not next_url:
                next_url = url
        elif label in ("首页", "上一页", "上页", "尾页", "末页"):
            marks = marks or label != "首页"
        elif label.isdigit() and url and _number_in_query(url) == int(label):
            numbered[int(label)] = url
        elif label.isdigit() and url and int(label) - (_number_in_path(url, base) or 0) in (0, 1):
            named[int(label)] = url
    position = _position(root)
    current, pages = position or (page, None)
    if not next_url:
        next_url = numbered.get(current + 1, "") or named.get(current + 1, "")
    if not next_url and pages and current < pages and column.family == "paged":
        next_url = _with_page(base, current + 1)
    if next_url and pages and current >= pages:
        next_url = ""
    ended = current >= pages if pages else (marks or bool(numbered)) and not hidden
    last = not next_url and ended
    family: PageFamily = "paged" if (next_url or last) else "unknown"
    return Paging(family, current, pages, next_url, last)


def _by_script(anchor: Element) -> bool:
    """Whether a 下一页 that leads nowhere is one that a script answers, or that a template left open:
    what it does is not known."""
    called = f"{anchor.get('href') or ''} {anchor.get('onclick') or ''}"
    if _TEMPLATE.search(called):
        return True
    off = re.search(r"disabled|void\s*\(?\s*0|^\s*javascript:\s*;?\s*$", called, re.I)
    return bool(re.search(r"\w\s*\(", called)) and (not off or bool(anchor.get("onclick")))


def _position(root: Element) -> tuple[int, int] | None:
    for line in lines(root):
        match = _POSITION.search(line.text) if "页" in line.text else None
        if match:
            a, b, c, d, total, at = match.groups()
            if a:
                return int(a), int(b)
            if c:
                return int(c), int(d)
            return int(at), int(total)
    return None


def _number_in_query(url: str) -> int | None:
    for key, value in parse_qsl(urlsplit(url).query):
        if key.lower() in PAGE_KEYS and value.isdigit():
            return int(value)
    return None


_NUMBERED = re.compile(r"[_-]?(?P<number>\d{0,4})\.\w{2,6}$")


def _number_in_path(url: str, base: str) -> int | None:
    """The k of ``index_k.html`` beside the list at ``base``; None for any other page."""
    folder, _, name = urlsplit(base).path.rpartition("/")
    stem = _NUMBERED.sub("", name) or "index"
    before, _, other = urlsplit(url).path.rpartition("/")
    found = _NUMBERED.search(other)
    if before != folder or not found or not found["number"] or other[: found.start()] != stem:
        return None
    return int(found["number"])


def _shown(anchor: Element) -> str:
    """What the image of a link says instead of words."""
    return next((image.get("alt") or "" for image in anchor.iter("img")), "")


def _with_page(base: str, page: int) -> str:
    parts = urlsplit(base)
    query = parse_qsl(parts.query, keep_blank_values=True)
    names = [key for key, _ in query if key.lower() in PAGE_KEYS] or ["page"]
    query = [(key, value) for key, value in query if key != names[0]] + [(names[0], str(page))]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
