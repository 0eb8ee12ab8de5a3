"""Lists that come as data: 大汉 dataproxy XML and jpaas, gkmlpt, arrays in scripts. Pure.

Hides: in which envelopes rows are sent, how such a system is asked for its next page, and what
a column page must hold for its first data page to be asked for at all.
"""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from crawler.dates import first_date
from crawler.links import Link, link_kind
from crawler.markup import Element, parse
from crawler.paging import PAGE_KEYS, Paging
from crawler.sources import Source
from pipeline.text import squeeze

__all__ = ["ListData", "read_list_data"]

RowReader = Callable[[Element], list[Link]]
"""Reads the links of a piece of HTML; the list reader's own."""

_DEEP = 8
_UNIX_MS = 100_000_000_000


@dataclass(frozen=True)
class ListData:
    """Rows sent as data, and where the next ones are."""

    links: tuple[Link, ...]
    paging: Paging


def read_list_data(
    text: str, url: str, *, source: Source, page: int, rows: RowReader
) -> ListData | None:
    """The list in ``text`` when it is data, or holds or names some; None for a plain page."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        return _json_reply(text, url, source, page, rows)
    if "<datastore" in text:
        return _datastore(text, url, page, rows)
    return (
        _jpaas_column(text, url, page)
        or _gkmlpt_column(text, url, page)
        or _script_array(text, url, source, page)
    )


# --- 大汉 dataproxy ---

_TOTAL = re.compile(r"<totalrecord>\s*(\d+)|\btotalRecord\s*:\s*(\d+)", re.I)
_PAGES = re.compile(r"<totalpage>\s*(\d+)", re.I)
_HREF = re.compile(r"href=[\"']([^\"']+)", re.I)
_PROXY = re.compile(r"proxyUrl\s*:\s*[\"']([^\"']+dataproxy\.jsp[^\"']*)", re.I)
_PARAMETER = re.compile(
    r"[\"']?\b(col|appid|webid|path|columnid|sourceContentType|unitid|webname|permissiontype)[\"']?\s*[:=]\s*[\"']?([\w/%.\u4e00-\u9fff-]+)"
)


def _datastore(text: str, url: str, page: int, rows: RowReader) -> ListData:
    """A reply of ``dataproxy.jsp``, or a column page with its first records inside."""
    pieces = [
        piece[: piece.find("</record>")].strip().removeprefix("<![CDATA[").removesuffix("]]>")
        for piece in text.split("<record>")[1:]
        if "</record>" in piece
    ]
    links = tuple(rows(parse("<ul>" + "".join(pieces) + "</ul>")))
    found = _TOTAL.search(text)
    total = int(found.group(1) or found.group(2)) if found else None
    seen = len(pieces)
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    next_url = ""
    if "dataproxy" in urlsplit(url).path:
        first, last = _whole(query.get("startrecord")), _whole(query.get("endrecord"))
        if first and last and last >= first:
            seen = last
            next_url = _with(url, startrecord=last + 1, endrecord=2 * last - first + 1)
        else:
            count = _PAGES.search(text)
            number = _whole(query.get("page")) or page
            if count and number >= int(count.group(1)):
                total = seen
            next_url = _with(url, page=number + 1)
    elif group := _HREF.search(text.partition("<nextgroup>")[2][:4_000]):
        next_url = urljoin(url, html.unescape(group.group(1)))
    elif proxy := _PROXY.search(text):
        named = dict(_PARAMETER.findall(text))
        next_url = _with(
            urljoin(url, proxy.group(1)),
            startrecord=seen + 1,
            endrecord=2 * seen,
            perpage=seen,
            **named,
        )
    last_page = not pieces or (total is not None and seen >= total)
    pages = page if last_page else None
    if total and pieces and not last_page:
        pages = page + -(-(total - seen) // len(pieces))
    return ListData(
        links,
        Paging("dataproxy", page, pages, "" if last_page else next_url, last_page and page > 0),
    )


# --- 大汉 jpaas ---

_UNIT = re.compile(
    r"[\"']([^\"']*/jpaas-publish-server/front/page/build/unit[^\"']*)[\"']", re.IGNORECASE
)
_QUERY_DATA = re.compile(r"queryData\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*['\"]([^'\"]*)['\"]")


def _jpaas_column(text: str, url: str, page: int) -> ListData | None:
    """A column page that only says where its rows are to be had."""
    unit, given = _UNIT.search(text), _QUERY_DATA.search(text)
    if not unit or not given:
        return None
    named = dict(_PAIR.findall(html.unescape(given.group(1) or given.group(2) or "")))
    size = re.search(r"pageSize\D{1,4}(\d{1,3})", text)
    named["paramJson"] = _param_json(1, size.group(1) if size else "15")
    first = _with(urljoin(url, html.unescape(unit.group(1))), **named)
    return ListData((), Paging("jpaas", page, None, first))


def _param_json(number: int, size: str) -> str:
    return json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))


# --- JSON replies ---

_TITLES = ("title", "doctitle", "articletitle", "name", "bt")
_ADDRESSES = ("url", "link", "href", "docpuburl", "post_url", "linkurl", "pageurl", "puburl")
_DATES = (
    "pubdate", "publishtime", "publish_time", "publishdate", "display_publish_time", "docreltime",
    "date", "time", "create_time", "createtime", "releasedate",
)  # fmt: skip
_TOTALS = ("total", "totalcount", "count", "totalrecord", "totalelements")


def _json_reply(text: str, url: str, source: Source, page: int, rows: RowReader) -> ListData | None:
    try:
        tree: object = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    markup = _markup(tree)
    if markup:
        links = tuple(rows(parse(markup)))
        family, total = "jpaas", None
    else:
        entries = max(_row_lists(tree, 0), key=len, default=[])
        links = tuple(_entry_links(entries, url, source))
        total = next((n for n in _totals(tree) if n >= len(links)), None)
        family = "gkmlpt" if "/gkmlpt/" in url else "data"
    asked = re.search(r'"pageNo"\s*:\s*"?(\d+)', query.get("paramJson", ""))
    key = next((key for key in query if key.lower() in PAGE_KEYS), "")
    number = int(asked.group(1)) if asked else _whole(query.get(key)) or page
    next_url = ""
    if asked:
        size = re.search(r'"pageSize"\s*:\s*"?(\d+)', query["paramJson"])
        next_url = _with(url, paramJson=_param_json(number + 1, size.group(1) if size else "15"))
    elif key:
        next_url = _with(url, **{key: number + 1})
    last = not links if total is None else number * max(len(links), 1) >= total or not links
    last = last and bool(links or number > 1)
    paging = Paging(
        "jpaas" if family == "jpaas" else "data", number, None, "" if last else next_url, last
    )
    if family == "gkmlpt":
        paging = Paging("gkmlpt", number, None, paging.next_url, last)
    return ListData(links, paging)


def _markup(tree: object) -> str:
    """The HTML a jpaas reply carries in ``data.html``."""
    inner = tree.get("data") if isinstance(tree, dict) else None
    value = inner.get("html") if isinstance(inner, dict) else None
    return value if isinstance(value, str) else ""


def _row_lists(tree: object, depth: int) -> Iterator[list[Mapping[str, object]]]:
    """All lists in a reply whose entries have a title and an address."""
    if depth > _DEEP:
        return
    if isinstance(tree, list):
        good: list[Mapping[str, object]] = [
            row
            for row in tree
            if isinstance(row, dict) and _of(row, _TITLES) and _of(row, _ADDRESSES)
        ]
        if good:
            yield good
            return
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for part in inside:
        if isinstance(part, dict | list):
            yield from _row_lists(part, depth + 1)


def _of(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    small = {str(key).lower(): value for key, value in row.items()}
    for name in names:
        value = small.get(name)
        if (
            isinstance(value, str | int | float)
            and not isinstance(value, bool)
            and str(value).strip()
        ):
            return str(value).strip()
    return ""


def _totals(tree: object) -> Iterator[int]:
    for part in (tree, tree.get("data") if isinstance(tree, dict) else None):
        if isinstance(part, dict):
            for key, value in part.items():
                if str(key).lower() in _TOTALS and isinstance(value, int):
                    yield value


def _entry_links(entries: list[Mapping[str, object]], url: str, source: Source) -> Iterator[Link]:
    for row in entries:
        title = squeeze(re.sub(r"<[^>]*>", "", html.unescape(_of(row, _TITLES))))
        try:
            address = urljoin(url, _of(row, _ADDRESSES))
            kind = link_kind(address, source)
        except ValueError:
            continue
        if title and address.startswith(("http://", "https://")):
            yield Link(address, title, _moment(_of(row, _DATES), source.timezone), kind)


def _moment(said: str, zone: str) -> str | None:
    """A date in words, or unix seconds or milliseconds, as local time of ``zone``."""
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", said):
        seconds = float(said) / (1000 if float(said) > _UNIX_MS else 1)
        moment = datetime.datetime.fromtimestamp(seconds, ZoneInfo(zone))
        return moment.replace(tzinfo=None).isoformat(timespec="seconds")
    found = first_date(said)
    return found.value if found else None


# --- pages with data inside ---

_SID = re.compile(r"\bSID\s*[:=]\s*[\"']?(\d+)|[?&]sid=(\d+)", re.IGNORECASE)


def _gkmlpt_column(text: str, url: str, page: int) -> ListData | None:
    """``/gkmlpt/index#2811``: the page is a shell, the rows come from its API."""
    parts = urlsplit(url)
    found = re.fullmatch(r"#?(\d+)", parts.fragment)
    sid = _SID.search(text)
    if "/gkmlpt" not in parts.path or not found or not sid:
        return None
    root = parts.path.split("/gkmlpt")[0]
    path = f"{root}/gkmlpt/api/all/{found.group(1)}"
    query = urlencode({"page": 1, "sid": sid.group(1) or sid.group(2)})
    address = urlunsplit((parts.scheme, parts.netloc, path, query, ""))
    return ListData((), Paging("gkmlpt", page, None, address))


_ARRAYS = 5
"""Arrays looked at; a page that has more is no list."""
_ARRAY = re.compile(r"\b(?:var|let|const)\s+\w*(?:[Ll]ist|[Dd]ata)\w*\s*=\s*(?=\[\s*\{)")


def _script_array(text: str, url: str, source: Source, page: int) -> ListData | None:
    """Rows written as ``var dataList = [{..}]``, JSON or nearly."""
    for found in islice(_ARRAY.finditer(text), _ARRAYS):
        piece = text[found.end() : found.end() + 2_000_000]
        entries: object = None
        try:
            entries, _ = json.JSONDecoder().raw_decode(piece)
        except (ValueError, RecursionError):
            entries = _loose(piece)
        if not isinstance(entries, list):
            continue
        rows = max(_row_lists(entries, 0), key=len, default=[])
        links = tuple(_entry_links(rows, url, source))
        if len(links) >= 2 and sum(bool(link.date) for link in links) >= 0.6 * len(links):
            return ListData(links, Paging("data", page))  # menus are written so, too: without dates
    return None


def _loose(piece: str) -> object:
    """An array of JavaScript objects: bare keys, single quotes, commas at the end."""
    stop = piece.find("];")
    if stop < 0:
        return None
    words = re.sub(r"'((?:[^'\\\n]|\\.)*)'", lambda m: json.dumps(m.group(1)), piece[: stop + 1])
    words = re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', words)
    try:
        tree: object = json.loads(re.sub(r",\s*([\]}])", r"\1", words))
    except (ValueError, RecursionError):
        return None
    return tree


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdigit() and len(value) < 10 else 0


def _with(url: str, **changes: object) -> str:
    """``url`` with some parameters of its query changed."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.update({key: str(value) for key, value in changes.items()})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
