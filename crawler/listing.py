"""List pages 列表页 to links and the next page. Pure.

Hides: which of a page's links are its list. The group of like rows that looks most like news
is taken: titles of some length, dates beside them, addresses with numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.dates import date_in_url, first_date, month_day_in, month_in_url, split_date
from crawler.encoding import decode_page
from crawler.feeds import (
    looks_like_feed,
    looks_like_sitemap,
    looks_like_sitemap_index,
    read_feed,
    read_sitemap,
    read_sitemap_index,
    unpacked,
)
from crawler.guesses import guessed_patterns
from crawler.links import Link, LinkKind, link_kind
from crawler.list_data import read_list_data
from crawler.markup import Element, all_text, hidden_parts, lines, parse, select
from crawler.paging import PageFamily, Paging, address_of, base_address, find_paging
from crawler.sources import Column, Source
from pipeline.news import canonical_url
from pipeline.text import squeeze

__all__ = ["Link", "LinkKind", "ListPage", "read_list"]


@dataclass(frozen=True)
class ListPage:
    """What one list page says.

    ``next_url`` is the following page, '' at the end; ``last`` is true only when the page
    itself shows that the list ends here, false when that is not known. ``dates`` are those of
    the links, in the order of the page.
    """

    links: tuple[Link, ...]
    family: PageFamily
    page: int = 1
    pages: int | None = None
    next_url: str = ""
    last: bool = False
    more: tuple[str, ...] = ()
    """Further lists this one names: the sitemaps of an index, the pages 版 of a newspaper's issue."""
    guesses: tuple[str, ...] = ()
    """How page 2 may be named (patterns of ``crawler.guesses``), where the page does not say."""

    @property
    def dates(self) -> tuple[str, ...]:
        """The days (ISO 8601) beside the links that have one, in the order of the page."""
        return tuple(link.date[:10] for link in self.links if link.date)

    @property
    def oldest(self) -> str | None:
        """The earliest of ``dates``; None where no link has one."""
        return min(self.dates, default=None)

    @property
    def newest(self) -> str | None:
        """The latest of ``dates``; None where no link has one."""
        return max(self.dates, default=None)


def read_list(
    raw: bytes,
    url: str,
    *,
    column: Column,
    source: Source,
    content_type: str = "",
    page: int = 1,
) -> ListPage:
    """Read one list page or feed.

    Args:
        raw: the bytes of the page.
        url: its address.
        column: the declaration it is read for.
        source: whose hosts tell own links from others.
        content_type: the HTTP header, if known.
        page: which page of the list this is, counted from 1.
    """
    text = decode_page(unpacked(raw), content_type)
    if looks_like_sitemap_index(text):
        return ListPage((), "sitemap", page, more=read_sitemap_index(text, url, source))
    if looks_like_feed(text):
        links = tuple(_wanted(read_feed(text, url, source), column))
        return ListPage(links, "rss", page)
    if looks_like_sitemap(text):
        links = tuple(_wanted(read_sitemap(text, url, source), column))
        return ListPage(links, "sitemap", page)
    data = read_list_data(
        text,
        column.url if page == 1 and "#" in column.url else url,
        source=source,
        page=page,
        rows=lambda piece: _best_group(piece, url, source, set()),
    )
    if data is not None and (data.links or data.paging.next_url or not column.rows):
        links = tuple(_dated(_wanted(_once(list(data.links)), column)))
        paging = data.paging
        if (
            paging.family == "data"
            and not paging.next_url
            and not text.lstrip().startswith(("{", "["))
        ):
            paging = find_paging(parse(text), text, url, column, page)
        return ListPage(
            links, data.paging.family, paging.page, paging.pages, paging.next_url, paging.last
        )
    root = parse(text)
    base = base_address(root, url)
    hidden = hidden_parts(root)
    if column.rows:
        found = [
            link for row in select(root, column.rows) for link in _row_links(row, base, source)
        ]
    else:
        found = _best_group(root, base, source, hidden)
    links = tuple(_dated(_wanted(_once(found), column)))
    paging = find_paging(root, text, base, column, page)
    if paging.family == "unknown" and _in_table(root, links, base):
        paging = Paging("table", paging.page, paging.pages, paging.next_url, paging.last)
    if not links and not paging.next_url and page == 1 and (frame := _frame(root, base, source)):
        return ListPage((), paging.family, 1, None, frame)
    if layouts := _layouts(root, base, source):  # an issue says nothing of the days before it
        return ListPage(links, paging.family, page, more=layouts)
    unsaid = page == 1 and links and not paging.next_url and not paging.last
    return ListPage(
        links,
        paging.family,
        paging.page,
        paging.pages,
        paging.next_url,
        paging.last,
        guesses=guessed_patterns(url) if unsaid else (),
    )


_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"'>;]+)", re.IGNORECASE)
_LAYOUT = re.compile(r"^(?P<folder>.*/)node_\d+\.html?$")


def _layouts(root: Element, base: str, source: Source) -> tuple[str, ...]:
    """The other pages 版 of the issue of a newspaper that this is a page of; () for anything else."""
    here = _LAYOUT.match(base)
    if not here or not date_in_url(base):
        return ()
    found = dict.fromkeys(
        address
        for anchor in root.iter("a")
        if (address := address_of(anchor, base)) != base
        and (there := _LAYOUT.match(address))
        and there["folder"] == here["folder"]
        and source.allows(address)
    )
    return tuple(found)


def _frame(root: Element, base: str, source: Source) -> str:
    """The page in which a column without rows of its own shows them, or to which it leads on; ''
    where there is none."""
    for node in root.iter("meta"):
        if (node.get("http-equiv") or "").lower() == "refresh":
            target = _REFRESH.search(node.get("content") or "")
            address = urljoin(base, target.group(1).strip()) if target else ""
            if source.allows(address) and address != base:
                return address
    for frame in root.iter("iframe", "frame"):
        src = (frame.get("src") or "").strip()
        address = urljoin(base, src) if src else ""
        if source.allows(address) and address != base:
            return address
    return ""


# --- links -----------------------------------------------------------------------------------

_CUT = re.compile(r"(?:\.{2,}|…+|···)\s*$")
_BULLET = re.compile(r"^[\s·•●■◆▪►>»\-—*]+")
_NAVIGATION = re.compile(
    r"^(首页|上一?页|下一?页|尾页|末页|更多.*|more.*|返回.*|[<>«»›‹|\d\s]+|打印.*|关闭.*|网站地图|联系我们|无障碍.*)$",
    re.I,
)
_TEMPLATE = re.compile(r"\$\{|\{\{|<%", re.I)
"""A row that a script was to fill in."""
_LABELLED = re.compile(r"^(?:文章)?(?:标题|题名|名称)\s*[:：]\s*")
_TOLD_BESIDE = re.compile(
    r"\s*(?:(?:发布)?(?:时间|日期)|作者|来源|点击(?:数|次数)?|浏览(?:次数)?)\s*[:：]"
)
_CARD = frozenset(("div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "li"))
_ROW_TAGS = frozenset(("li", "tr", "dt", "dd", "article"))
_MAX_ROW_LINKS = 4
_LONGEST = 1_000
"""Characters of a link that are read."""


def _anchor_title(anchor: Element, row: str = "") -> str:
    """The full title: the ``title`` attribute where the anchor's own text is cut or empty; of a card
    with a summary its heading or first line. ``row`` is what the whole row says."""
    whole = squeeze(all_text(anchor)[:_LONGEST])
    shown = _BULLET.sub("", _card_title(anchor) or whole)
    given = _LABELLED.sub("", squeeze((anchor.get("title") or "")[:_LONGEST]))
    dated = first_date(shown)
    at_edge = dated and (dated.start == 0 or dated.end >= len(shown) - 1)
    if dated and at_edge and not _dated_beside(row, whole):
        rest = _BULLET.sub("", (shown[: dated.start] + shown[dated.end :]).strip(" []()（）【】"))
        shown = rest or shown
    stem = _CUT.sub("", shown).strip()
    if given and (not stem or (len(given) > len(stem) and given.startswith(stem[:6]))):
        return _TOLD_BESIDE.split(given)[0].strip() or given
    return shown


def _dated_beside(row: str, words: str) -> bool:
    """Whether a row has a date beside the ``words`` of its link."""
    return first_date(row.replace(" ", "").replace(words.replace(" ", ""), " ", 1)) is not None


def _card_title(anchor: Element) -> str:
    """The heading, or the first line, of a link around a whole card; '' for a link of one line."""
    if not len(anchor) or not any(node.tag in _CARD for node in anchor.iter()):
        return ""
    found = [line for line in lines(anchor) if len(line.text) >= 4 and not _is_date(line.text)]
    if len(found) < 2:
        return ""
    return next((line for line in found if line.heading), found[0]).text[:_LONGEST]


def _is_date(text: str) -> bool:
    """Whether a line is a date and no more."""
    dated = first_date(text)
    return dated is not None and dated.end - dated.start >= len(text) - 2


def _row_of(anchor: Element, counts: dict[Element, int]) -> Element:
    """The element that holds one entry of the list: the link, and its date if there is one."""
    node = anchor
    for above in anchor.iterancestors():
        if above.tag in _ROW_TAGS:
            if counts.get(above, 0) <= _MAX_ROW_LINKS:
                return above
            break
    for above in anchor.iterancestors():
        if counts.get(above, 0) > 1 or above.tag in ("body", "html"):
            break
        node = above
    return node


def _signature(node: Element) -> str:
    """The path of tags and classes above ``node``: alike for the parts of one list."""
    parts = []
    for above in node.iterancestors():
        parts.append(f"{above.tag}.{above.get('class') or ''}#{above.get('id') or ''}")
        if len(parts) == 6:
            break
    return "/".join(parts)


def _row_text(row: Element) -> str:
    """What stands in a row; for a bare link also what follows it up to the next element."""
    text = " ".join(map(str, row.itertext()))
    if row.tag == "dt":
        below = row.getnext()
        text += f" {all_text(below)}" if below is not None and below.tag == "dd" else ""
    elif row.tag == "a":
        follows = [row.tail or ""]
        node = row.getnext()
        while node is not None and node.tag in ("span", "font", "em", "i", "small", "b"):
            follows += [all_text(node), node.tail or ""]
            node = node.getnext()
        text += " " + " ".join(follows)
    return squeeze(text)


_SHORT_YEAR = re.compile(r"(?<!\d)(\d{2})[-/.](\d{2})[-/.](\d{2})(?!\d)")
"""25-09-24, which is a day only where the address says the same."""


def _date_of(text: str, title: str, url: str) -> str | None:
    """The date in a row's ``text``, looked for beside the title first."""
    rest = text.replace(title, " ", 1) if title else text
    found = first_date(rest) or (split_date(rest) if rest != text else None) or first_date(text)
    if found:
        return found.value
    short_year = _SHORT_YEAR.search(rest)
    if short_year and (named := date_in_url(url)) and named[2:] == "-".join(short_year.groups()):
        return named
    short = month_day_in(
        re.sub(r"[\u4e00-\u9fff]{4,}[^\[(（]*", " ", rest) if rest == text else rest
    )
    if short:
        return _with_year(short, url)
    return None


def _with_year(month_day: tuple[int, int], url: str) -> str | None:
    """A year only with evidence: the address names the same month and day, or month."""
    month, day = month_day
    named = date_in_url(url)
    if named and named[5:] == f"{month:02d}-{day:02d}":
        return named
    in_path = month_in_url(url)
    if in_path and in_path[1] == month:
        return f"{in_path[0]:04d}-{month:02d}-{day:02d}" if day <= 31 else None
    return None


def _row_links(row: Element, base: str, source: Source) -> list[Link]:
    """The one link of a row: that with the longest title."""
    best: Link | None = None
    anchors = [row] if row.tag == "a" else list(row.iter("a"))
    said = _row_text(row)
    for anchor in anchors:
        url = address_of(anchor, base)
        title = _anchor_title(anchor, said)
        if not url or not title or _NAVIGATION.match(title) or _TEMPLATE.search(title + url):
            continue
        if best is None or len(title) > len(best.title):
            best = Link(url, title, _date_of(said, title, url), link_kind(url, source))
    return [best] if best else []


def _best_group(root: Element, base: str, source: Source, hidden: set[Element]) -> list[Link]:
    """The links of the page's main list: the group of like rows that looks most like news."""
    anchors = [a for a in root.iter("a") if address_of(a, base) and not _is_hidden(a, hidden)]
    counts: dict[Element, int] = defaultdict(int)
    seen: dict[Element, set[str]] = defaultdict(set)
    for anchor in anchors:
        url = address_of(anchor, base)
        for above in anchor.iterancestors():
            if len(seen[above]) > _MAX_ROW_LINKS:
                break  # and so has everything above it; more need not be known
            seen[above].add(url)
            counts[above] = len(seen[above])
    rows: dict[Element, str] = {}
    for anchor in anchors:
        row = _row_of(anchor, counts)
        if row not in rows:
            rows[row] = _signature(row)
    groups: dict[str, list[Link]] = defaultdict(list)
    for row, signature in rows.items():
        groups[signature] += _row_links(row, base, source)
    best: list[Link] = []
    best_score = 0.0
    for group in groups.values():
        score = _group_score(group, base)
        if score > best_score:
            best, best_score = group, score
    return best


def _is_hidden(anchor: Element, hidden: set[Element]) -> bool:
    return bool(hidden) and any(above in hidden for above in anchor.iterancestors())


def _group_score(group: list[Link], base: str) -> float:
    """How much a group of rows looks like a list of articles."""
    own = [link for link in group if link.kind != "elsewhere"]
    if not own or len(own) < len(group) / 3:
        return 0.0
    here = canonical_url(base)
    score = 0.0
    for link in own:
        path = urlsplit(link.url).path
        value = min(len(link.title), 30) / 10 - 0.5
        if link.date:
            value += 3
        if re.search(r"\d{3,}", path.rsplit("/", 1)[-1]) or date_in_url(link.url):
            value += 1
        elif path.endswith("/") or canonical_url(link.url) == here:
            value -= 2
        score += value
    return score


def _once(found: list[Link]) -> list[Link]:
    kept: dict[str, Link] = {}
    for link in found:
        key = canonical_url(link.url)
        if key not in kept or (link.date and not kept[key].date):
            kept[key] = link
    return list(kept.values())


def _wanted(found: list[Link], column: Column) -> list[Link]:
    """The links a column is about; ``javascript:`` and other schemes are no publication."""
    kept = [k for k in found if k.url.lower().startswith(("http://", "https://"))]
    if column.include:  # a rule for articles: files and WeChat posts are rows all the same
        kept = [
            k
            for k in kept
            if k.kind != "article" or any(re.search(p, k.url) for p in column.include)
        ]
    if column.exclude:
        kept = [k for k in kept if not any(re.search(p, k.url) for p in column.exclude)]
    return kept


def _dated(found: list[Link]) -> list[Link]:
    """Own links, and those elsewhere only when the list itself gives them a date."""
    return [link for link in found if link.kind != "elsewhere" or link.date]


def _in_table(root: Element, links: tuple[Link, ...], base: str) -> bool:
    urls = {link.url for link in links}
    return any(address_of(a, base) in urls for row in root.iter("tr") for a in row.iter("a"))
