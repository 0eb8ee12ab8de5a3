"""A declaration proposed from one list page, and what it would collect. Pure.

Hides: how a rule for the rows is made from the page itself, and when none is: a rule is proposed only
where it finds exactly what was found without it, a pattern for addresses only where every row fits.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawler.dates import date_in_url
from crawler.encoding import decode_page
from crawler.guesses import guessed_address
from crawler.links import Link, LinkKind
from crawler.listing import ListPage, read_list
from crawler.markup import Element, RuleError, all_text, parse, select
from crawler.metadata import meta_tags
from crawler.paging import address_of, base_address
from crawler.sources import Channel, Column, Source, parse_source
from pipeline.news import Level
from pipeline.outlets import outlet_level
from pipeline.text import squeeze

__all__ = ["Proposal", "propose", "readable", "system_of"]

_FAMILIES = {
    "trs": "TRS（createPageHTML，从 0 数起）",
    "trs-container": "createPageHTML（容器在前，从 1 数起；开普等）",
    "paged": "页面给出下一页",
    "table": "表格式列表",
    "rss": "RSS/Atom",
    "sitemap": "站点地图",
    "pattern": "按页码规则",
    "dataproxy": "大汉 dataproxy",
    "jpaas": "大汉 jpaas",
    "gkmlpt": "广东 gkmlpt",
    "data": "脚本或 JSON 中的列表",
    "unknown": "未认出",
}
_SHAPES = (
    r"/t\d{8}_\d+\.s?html?$",
    r"/art_[0-9a-f_]+\.html$",
    r"/[0-9a-f]{32}\.shtml$",
    r"/info/\d+/\d+\.htm$",
    r"/post_\d+\.html$",
    r"/c_?\d+\.html?$",
)
"""Addresses of articles by what writes them: TRS, 大汉, 开普, 博达, gkmlpt."""
_UNFETCHED: dict[LinkKind, str] = {
    "attachment": "条是附件，只登记不下载",
    "wechat": "条是微信文章，只登记不抓取",
    "elsewhere": "条在别的网站，只登记不抓取",
}
_SEPARATOR = re.compile(r"[_\-|—>»]+")
_SITE = re.compile(r"(?:局|厅|委|部|府|网|网站|报|院|会|中心|频道|门户|在线|台)$")
_COLUMN = "列表"


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one list page, and what it would collect."""

    source: Source
    declaration: str
    """The declaration as TOML."""
    page: ListPage
    notes: tuple[str, ...]
    """What a person must look at, in plain words."""


def propose(
    raw: bytes,
    url: str,
    *,
    name: str = "",
    level: Level | None = None,
    content_type: str = "",
    taken: Collection[str] = (),
) -> Proposal:
    """Propose a declaration for the list at ``url``.

    Args:
        raw: the bytes of the page, as they came or were saved.
        url: its address.
        name: what the source is called, where the operator says so.
        content_type: the HTTP header, if known.
        taken: ids other declarations have; the proposed one gets another.

    Raises:
        BadInput: ``source-bad-value``: ``url`` is no web address.
    """
    root = parse(decode_page(raw, content_type))
    meta = meta_tags(root)
    title = next((squeeze(all_text(node)) for node in root.iter("title")), "")
    parts = [part.strip() for part in _SEPARATOR.split(title) if part.strip()]
    host = urlsplit(url).netloc.lower()
    site = next((part for part in reversed(parts) if _SITE.search(part)), "")
    heading = next((part for part in parts if part != site), "")
    called = _clean(name or meta.get("sitename", "") or site) or host
    column = _clean(meta.get("columnname", "") or heading) or _COLUMN
    wanted = _ident(host)
    numbered = (f"{wanted}-{number}" for number in count(2))
    ident = next(name for name in chain([wanted], numbered) if name not in taken)
    plain = Source(ident, called, "other", "website", (Column(column, url),), (host,))
    hosts = (host, *_sisters(raw, url, plain, content_type))
    plain = replace(plain, hosts=hosts)
    page = read_list(raw, url, column=plain.columns[0], source=plain, content_type=content_type)
    rule = _row_rule(root, url, page.links)
    include = _shape(page.links)
    feed = _feed(root, url, plain)
    declared = _written(
        plain,
        level=level or outlet_level(called),
        channel="newspaper" if re.search(r"(?:日报|晚报|都市报|周报)", called) else "website",
        rule=rule,
        include=include,
        feed=feed,
    )
    source = parse_source(declared, Path(f"{plain.id}.toml"))
    ruled = read_list(raw, url, column=source.columns[0], source=source, content_type=content_type)
    if [link.url for link in ruled.links] != [link.url for link in page.links]:
        declared = _written(plain, level=source.level, channel=source.channel, feed=feed)
        source = parse_source(declared, Path(f"{plain.id}.toml"))
        ruled, rule = page, ""
    notes = list(_notes(ruled, rule, source))
    if not ruled.links and (other := _main_host(root, url)) not in ("", host):
        notes.insert(
            0,
            f"页面的链接大多指向 {other}，而所给网址在 {host}：请核对网址（--url）；栏目确在那里的，把它写进 hosts。",
        )
    if ident != wanted:
        notes.append(
            f"这个网站已有声明 {wanted}，本声明的 id 写作 {ident}；"
            "是同一来源的另一个栏目时，也可以只把 [[columns]] 一段加进那一份。"
        )
    return Proposal(source, declared, ruled, tuple(notes))


def _clean(text: str) -> str:
    """Text of a page without what a terminal or a file would obey."""
    return squeeze("".join(char if char.isprintable() else " " for char in text))[:80]


def _ident(host: str) -> str:
    """``kjj-ordos`` for ``kjj.ordos.gov.cn``."""
    words = [
        w
        for w in host.partition(":")[0].split(".")
        if w not in ("www", "gov", "com", "cn", "org", "net")
    ]
    return re.sub(r"[^a-z0-9-]+", "-", "-".join(words)).strip("-")[:60].ljust(2, "0") or "source"


def _main_host(root: Element, url: str) -> str:
    """The host to which more than half of the page's links lead; '' where there is none."""
    base = base_address(root, url)
    hosts = Counter(urlsplit(address_of(anchor, base)).netloc.lower() for anchor in root.iter("a"))
    del hosts[""]
    ((host, count),) = hosts.most_common(1) or [("", 0)]
    return host if count > hosts.total() / 2 else ""


def _sisters(raw: bytes, url: str, source: Source, content_type: str) -> list[str]:
    """Other hosts of the same domain to which dated rows lead."""
    page = read_list(raw, url, column=source.columns[0], source=source, content_type=content_type)
    domain = ".".join(urlsplit(url).netloc.partition(":")[0].split(".")[-3:])
    found = [
        urlsplit(link.url).netloc.lower()
        for link in page.links
        if link.kind == "elsewhere" and link.date
    ]
    return [host for host in dict.fromkeys(found) if host.partition(":")[0].endswith(domain)]


# --- rules ---


def _row_rule(root: Element, url: str, links: Sequence[Link]) -> str:
    """A CSS rule that finds the rows of ``links`` and nothing else; '' where none was found."""
    base = base_address(root, url)
    wanted = {link.url for link in links}
    parents: Counter[Element] = Counter()
    tags: dict[Element, str] = {}
    for anchor in root.iter("a"):
        if address_of(anchor, base) not in wanted:
            continue
        row = anchor
        for above in anchor.iterancestors():
            if len({address_of(a, base) for a in above.iter("a")} & wanted) > 1:
                break
            row = above
        parent = row.getparent()
        if parent is not None:
            parents[parent] += 1
            tags[parent] = str(row.tag)
    if not parents:
        return ""
    parent = parents.most_common(1)[0][0]
    for rule in _rules(parent, tags[parent]):
        if _finds(root, rule, base, wanted):
            return rule
    return ""


def _rules(parent: Element, tag: str) -> Iterator[str]:
    """Rules for the children ``tag`` of ``parent``, the surest first."""
    step = ""
    for above in (parent, *parent.iterancestors()):
        marks = [f"#{above.get('id')}"] if above.get("id") else []
        marks += [f".{name}" for name in (above.get("class") or "").split()]
        for mark in marks:
            if re.fullmatch(r"[#.][A-Za-z_][\w-]*", mark):
                yield f"{above.tag}{mark}{step} > {tag}" if not step else f"{above.tag}{mark}{step}"
        step = f" {parent.tag} > {tag}"
        if above.tag == "body":
            return


def _finds(root: Element, rule: str, base: str, wanted: set[str]) -> bool:
    try:
        rows = select(root, rule)
    except RuleError:
        return False
    found = [[address_of(a, base) for a in ([r] if r.tag == "a" else r.iter("a"))] for r in rows]
    inside = {address for row in found for address in row}
    return wanted <= inside and sum(bool(set(row) & wanted) for row in found) >= 0.8 * len(rows)


def _shape(links: Iterable[Link]) -> str:
    """The pattern that every own article's address has; '' where there is none."""
    own = [link.url for link in links if link.kind == "article"]
    for shape in _SHAPES if len(own) >= 3 else ():
        if all(re.search(shape, url) for url in own):
            return shape
    return ""


def _feed(root: Element, url: str, source: Source) -> str:
    for node in root.iter("link"):
        if re.search(r"(?:rss|atom)\+xml", node.get("type") or ""):
            address = urljoin(url, (node.get("href") or "").strip())
            if source.allows(address):
                return address
    return ""


# --- words ---


def _written(
    source: Source,
    *,
    level: Level,
    channel: Channel,
    rule: str = "",
    include: str = "",
    feed: str = "",
) -> str:
    column = source.columns[0]
    rows = [
        ("id", source.id),
        ("name", source.name),
        ("level", level),
        ("channel", channel),
        ("outlet", source.name),
    ]
    lines = [f"{key} = {_quoted(value)}" for key, value in rows]
    lines += [
        f"hosts = [{', '.join(_quoted(host) for host in source.hosts)}]",
        "checked_live = false",
        "",
        "[[columns]]",
        f"name = {_quoted(column.name)}",
        f"url = {_quoted(column.url)}",
    ]
    lines += [f"rows = {_quoted(rule)}"] if rule else []
    lines += [f"include = [{_quoted(include)}]"] if include else []
    lines += [f"feed = {_quoted(feed)}"] if feed else []
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _notes(page: ListPage, rule: str, source: Source) -> Iterator[str]:
    if not page.links:
        yield "没有认出任何条目：页面可能由脚本生成，或不是列表页；请给出 rows 规则，或改用接口、RSS 地址。"
        return
    undated = sum(link.date is None for link in page.links)
    if undated:
        yield f"{undated} 条没有日期：无法凭列表确认无漏采时段，日期将从文章页读取。"
    if not rule:
        yield "没有得出唯一的列表规则，按自动识别读取；改版时不会报“列表为空”。"
    if page.guesses:
        tried = (guessed_address(source.columns[0].url, p, 2) for p in page.guesses)
        yield f"页面没有说明下一页在哪里：采集时将依次试 {'、'.join(tried)}。"
    elif not (page.next_url or page.last or page.more or page.family in ("rss", "sitemap")):
        yield "页面没有说明下一页在哪里，也没有说明到此为止。"
    for kind, said in _UNFETCHED.items():
        number = sum(link.kind == kind for link in page.links)
        if number:
            yield f"{number} {said}。"
    if source.level == "other":
        yield "层级（level）没有认出，请改为 central、regional、municipal 或 district。"


def system_of(page: ListPage) -> str:
    """What writes a list page, in words."""
    return _FAMILIES[page.family]


def readable(page: ListPage, column: Column, notes: Sequence[str] = ()) -> str:
    """What a list page gives, as an operator reads it."""
    dated = [link for link in page.links if link.date]
    by_address = sum(date_in_url(link.url) == (link.date or "")[:10] for link in dated)
    following = page.next_url or ("到此为止" if page.last else "未说明")
    position = f"第 {page.page} 页" + (f"，共 {page.pages} 页" if page.pages else "")
    lines = [
        f"系统：{system_of(page)}",
        f"列表规则：{column.rows or '自动识别'}",
        f"网址规则：{'、'.join(column.include) or '不限'}",
        f"日期规则：{len(dated)}/{len(page.links)} 条有日期，其中 {by_address} 条与网址中的日期一致",
        f"翻页：{position}；下一页 {following}",
        *(f"另有列表：{address}" for address in page.more),
        f"将采集 {len(page.links)} 条：",
        *(f"  {link.date or '日期不明'}  {_clean(link.title)}  {link.url}" for link in page.links),
        *(f"请核对：{note}" for note in notes),
    ]
    return "\n".join(lines) + "\n"
