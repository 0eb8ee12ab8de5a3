"""Page bytes to one NewsItem. Pure: no Scrapy, no network, no clock.

Hides: the order of reading. A site's own rule, the national meta tags, the CMS container, the
generic scorer; dates with their evidence; hidden and spliced words cut out and flagged.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from crawler.body import Body, find_body, is_article, is_of_others
from crawler.bylines import find_author
from crawler.continuation import further_parts
from crawler.encoding import decode_page
from crawler.furniture import trim
from crawler.links import ATTACHMENT, Link
from crawler.markup import Element, Line, all_text, hidden_parts, lines, parse, select, text_of
from crawler.metadata import find_outlet, meta_tags
from crawler.paging import base_address
from crawler.published import DateConfidence, Dated, find_date
from crawler.sources import Extractor, Source
from crawler.spam import is_spam, may_hold_spam, without_spam
from crawler.titles import find_title
from pipeline.news import Attachment, Level, NewsItem, item_id
from pipeline.outlets import outlet_level
from pipeline.text import count_characters, squeeze

__all__ = ["ArticlePage", "extract_article", "item_from_link", "read_article"]

_HIDDEN_ENOUGH = 12
"""Characters a hidden part of the body must have before it is flagged."""
_TAIL = 14
"""Lines below the body in which outlet and author may stand; a caption may follow them."""
_LONGEST_TITLE = 300
"""Characters; no title seen had a third of them."""
_CARRIERS = {"website": "website", "newspaper": "newspaper", "wechat": "wechat"}


def extract_article(
    raw: bytes,
    url: str,
    *,
    source: Source | None = None,
    list_title: str = "",
    list_date: str | None = None,
    column: str = "",
    content_type: str = "",
    fetched: datetime.date | None = None,
) -> NewsItem:
    """Read one article page; further pages of it are left out (see ``read_article``)."""
    return read_article(
        raw,
        url,
        source=source,
        list_title=list_title,
        list_date=list_date,
        column=column,
        content_type=content_type,
        fetched=fetched,
    ).item


@dataclass(frozen=True)
class ArticlePage:
    """What one page of an article says, how sure its date is, and where its other pages are."""

    item: NewsItem
    date_confidence: DateConfidence
    parts: tuple[str, ...]


def read_article(
    raw: bytes,
    url: str,
    *,
    source: Source | None = None,
    list_title: str = "",
    list_date: str | None = None,
    column: str = "",
    content_type: str = "",
    fetched: datetime.date | None = None,
    part_of: str = "",
) -> ArticlePage:
    """Read one article page.

    Args:
        raw: the bytes of the page.
        url: its address; attachments are resolved against it, a date may be read from it.
        source: the declaration, for its rules, its outlet and its site names.
        list_title: the title the list showed, '' if unknown.
        list_date: the ISO 8601 date the list showed.
        column: name of the column it was found in.
        content_type: the HTTP header, if known.
        fetched: the day the page was fetched; a later date cannot be its own.
        part_of: the address of the article's first page, where this is a further one.

    A page whose article has no words gives an item with empty text and the flag ``text_missing``;
    one that is no article at all (a list, a sign-in form, a template) has ``no_article`` as well.
    """
    source_text = decode_page(raw, content_type)
    root = parse(source_text)
    hidden = hidden_parts(root)
    top = root.find("body")
    if top is None:
        top = root
    all_lines, spam = _clean(lines(top, hidden))
    meta = meta_tags(root)
    layout = _layout(root, source)
    site_names = (*source.site_names, source.name) if source else ()

    ruled_body = select(root, layout.body) if layout.body else []
    body = find_body(all_lines, ruled_body)
    if not body.lines and hidden:
        all_lines, spam = _clean(lines(top))  # all is hidden until a script shows it
        body = find_body(all_lines, ruled_body)
    numbers = {id(line): number for number, line in enumerate(all_lines)}
    first, _ = _place(numbers, body.lines)
    title = find_title(
        root,
        all_lines,
        meta,
        ruled=_ruled(root, layout.title),
        list_title=list_title,
        site_names=site_names,
        first=first,
    )
    kept = trim(body.lines, title)
    text = "\n".join(words for _, words in kept).strip()
    first, last = _place(numbers, [line for line, _ in kept] or body.lines)
    dated = find_date(
        all_lines,
        first,
        last,
        meta,
        url,
        ruled=_ruled(root, layout.date),
        list_date=list_date,
        title=title,
        fetched=fetched,
    )
    attachments = _attachments(top, body, url)
    stated = bool(meta.get("articletitle")) or bool(attachments) or bool(ruled_body)
    article = (
        bool(text)
        if stated
        else is_article([k for k in body.lines if numbers[id(k)] <= last], text)
    )
    if not article and not stated:
        text = ""
        dated = Dated() if dated.evidence == "text" else dated
    clean_title = without_spam(title[:_LONGEST_TITLE])
    around = all_lines[max(0, first - 8) : first + 4]
    head = "\n".join(line.text for line in around if len(line.text) < 200)
    below = [
        k for k in all_lines[max(first, last - 3) : last + _TAIL] if k.links <= 0.6 * len(k.text)
    ]
    tail = "\n".join(k.text for k in below if len(k.text) < 120 and not is_of_others(k))
    flags = _flags(spam or clean_title.found, text, body, hidden, dated)
    if not article and not stated:
        flags = (*flags, "no_article")
    outlet = find_outlet(
        head,
        tail,
        meta,
        ruled=_ruled(root, layout.outlet),
        own=source.outlet if source else "",
        body=text,
    )
    item = NewsItem(
        id=item_id(url, title, text, dated.value),
        title=squeeze(clean_title.text) or squeeze(list_title),
        text=text,
        url=url,
        date=dated.value,
        date_evidence=dated.evidence,
        outlet=outlet,
        author=find_author(
            head,
            text,
            meta,
            ruled=_ruled(root, layout.author),
            site_names=(*site_names, meta.get("sitename", ""), outlet),
            tail=tail,
        ),
        carrier=_CARRIERS.get(source.channel, "") if source else "",
        column=column or meta.get("columnname", ""),
        words=count_characters(text) or None,
        source=source.id if source else "",
        level=_level(outlet, source.level if source else "other"),
        attachments=attachments,
        flags=flags,
    )
    begins = part_of or url
    parts = further_parts(root, source_text, base_address(root, url), begins) if begins else ()
    return ArticlePage(item, dated.confidence, parts)


def item_from_link(link: Link, *, source: Source, column: str) -> NewsItem:
    """A row of a list that is not fetched (a file, a WeChat post) as an item with what is known."""
    flags = ["text_missing"] + ([] if link.date else ["date_unknown"]) + [link.kind]
    files = (Attachment(name=link.title, url=link.url),) if link.kind == "attachment" else ()
    return NewsItem(
        id=item_id(link.url, link.title, "", link.date),
        title=link.title,
        url=link.url,
        date=link.date,
        date_evidence=("feed" if link.from_feed else "list") if link.date else "",
        outlet=link.outlet or source.outlet,
        author=link.author,
        carrier="wechat" if link.kind == "wechat" else _CARRIERS.get(source.channel, ""),
        column=column,
        source=source.id,
        level=_level(link.outlet, source.level),
        attachments=files,
        flags=tuple(flags),
    )


@lru_cache(maxsize=1024)
def _level(outlet: str, otherwise: Level) -> Level:
    """The level of what was first published by ``outlet``; its source's where the name tells none."""
    level = outlet_level(outlet)
    return otherwise if level == "other" else level


def _clean(found: list[Line]) -> tuple[list[Line], bool]:
    """The lines without spliced spam, and whether there was any inside the page's prose."""
    spam = False
    if not may_hold_spam("\n".join(line.text for line in found)):
        return found, False
    kept = []
    for line in found:
        cleaned = without_spam(line.text)
        if cleaned.found:
            spam = True
            if not cleaned.text.strip():
                continue
            line.text = cleaned.text
            line.links = min(line.links, len(line.text))
        kept.append(line)
    return kept, spam


def _layout(root: Element, source: Source | None) -> Extractor:
    """The newest declared layout whose body rule finds something on this page."""
    for layout in source.extractors if source else ():
        if not layout.body or select(root, layout.body):
            return layout
    return Extractor()


def _ruled(root: Element, rule: str) -> str:
    for node in select(root, rule) if rule else ():
        text = squeeze(text_of(node))
        if text:
            return text
    return ""


def _place(numbers: Mapping[int, int], some: Sequence[Line]) -> tuple[int, int]:
    """The numbers of the first and the last of ``some`` lines; ``numbers`` has all of the page's."""
    if not some:
        return len(numbers), len(numbers)
    return numbers[id(some[0])], numbers[id(some[-1])]


def _flags(
    spam: bool, text: str, body: Body, hidden: set[Element], dated: Dated
) -> tuple[str, ...]:
    flags = []
    in_body = False
    for part in hidden:
        words = squeeze(all_text(part))
        if len(words) < 4:
            continue
        if is_spam(words):
            spam = in_body = True
        elif len(words) >= _HIDDEN_ENOUGH and body.element is not None and not in_body:
            in_body = any(above is body.element for above in part.iterancestors())
    if spam:
        flags.append("spam")
    if in_body:
        flags.append("hidden_text")
    if not text:
        flags.append("text_missing")
    if dated.value is None:
        flags.append("date_unknown")
    elif dated.confidence == "weak":
        flags.append("date_weak")
    return tuple(flags)


def _attachments(top: Element, body: Body, url: str) -> tuple[Attachment, ...]:
    """Files linked from the body or from the attachment area around it."""
    found: dict[str, Attachment] = {}
    element = body.element
    for anchor in top.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href:
            continue
        stated = _is_file(href) or bool(anchor.get("appendix"))
        if not stated and not _serves_file(href):
            continue
        if element is not None and not _beside(anchor, element):
            continue
        name = squeeze(all_text(anchor)) or squeeze(anchor.get("title") or "")
        if not stated and not _FILE_NAME.search(f"{name} {href}"):
            continue  # 资料下载 leads to a page
        address = urljoin(url, href)
        if name and address not in found:
            found[address] = Attachment(name=name, url=address)
    return tuple(found.values())


@lru_cache(maxsize=2048)  # the same menu stands on every page of a site
def _is_file(href: str) -> bool:
    return bool(ATTACHMENT.search(urlsplit_path(href)))


_FILE_NAME = re.compile(
    r"\.(?:pdf|ofd|wps|et|docx?|xlsx?|pptx?|zip|rar|7z)(?![a-z0-9])", re.IGNORECASE
)
_SERVER = re.compile(r"down|attach|file", re.IGNORECASE)


def _serves_file(href: str) -> bool:
    """Whether an address is that of a program which sends files: download.jsp?id=7."""
    path, _, query = href.partition("?")
    return bool(query) and bool(_SERVER.search(path.rsplit("/", 1)[-1]))


def urlsplit_path(href: str) -> str:
    """The path of a reference, '' where it cannot be read."""
    try:
        return urlsplit(href).path
    except ValueError:
        return ""


_FILES = re.compile(r"(?:^|[ _-])(?:fj|attach|download)|fjxz|fujian|附件", re.IGNORECASE)


def _name_of(element: Element) -> str:
    """Class and id of an element, and the first words in it."""
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    return f"{marks} {squeeze(all_text(element)[:40])[:6]}"


def _beside(anchor: Element, element: Element) -> bool:
    """Inside the body, inside the elements that hold it (up to three levels above), or in an area
    after it that is named for attachments."""
    around = [element, *(e for e in element.itersiblings() if _FILES.search(_name_of(e)))]
    for above in element.iterancestors():
        if above.tag in ("body", "html") or len(around) == 4:
            break
        around.append(above)
    return any(above in around for above in anchor.iterancestors())
