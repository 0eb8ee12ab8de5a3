"""RSS 2.0, RSS 1.0, Atom feeds and sitemaps to links. Pure.

Hides: the dialects of feeds, that many are not well-formed, and that sitemaps come packed.
"""

from __future__ import annotations

import re
import zlib
from urllib.parse import urljoin

import lxml.html
from lxml import etree

from crawler.dates import date_in_url, instant_date
from crawler.links import Link, link_kind
from crawler.markup import all_text
from crawler.sources import Source
from pipeline.errors import BadInput
from pipeline.text import squeeze

__all__ = [
    "looks_like_feed",
    "looks_like_sitemap",
    "looks_like_sitemap_index",
    "read_feed",
    "read_sitemap",
    "read_sitemap_index",
    "unpacked",
]

_LARGEST = 50_000_000
"""Bytes: what the sitemap protocol allows one file to have."""
_SITEMAPS = 50
"""Sitemaps of an index that are read, the newest first."""

_HEAD = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*)*<(?:rss|feed|rdf:RDF)\b", re.S
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def looks_like_feed(text: str) -> bool:
    """Whether the text begins as a feed does."""
    return bool(_HEAD.match(text[:2000].lstrip("\ufeff")))


def read_feed(text: str, url: str, source: Source) -> list[Link]:
    """The entries of a feed; entities are not expanded, broken ones are skipped."""
    root = _tree(text)
    if root is None:
        return []
    found = []
    for entry in root.iter("{*}item", "{*}entry"):
        link = _link(entry, url)
        title = _text(entry, "title")
        if not link or not title:
            continue
        stamp = (
            _text(entry, "pubDate")
            or _text(entry, "published")
            or _text(entry, "date")
            or _text(entry, "updated")
        )
        found.append(
            Link(
                url=link,
                title=title,
                date=instant_date(stamp, source.timezone) if stamp else None,
                kind=link_kind(link, source),
                summary=_text(entry, "description") or _text(entry, "summary"),
                outlet=_text(entry, "source"),
                author=_text(entry, "author") or _text(entry, "creator"),
                from_feed=True,
            )
        )
    return found


_SITEMAP = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*)*<(?:\w+:)?urlset\b", re.S
)


def looks_like_sitemap(text: str) -> bool:
    """Whether the text begins as a sitemap does."""
    return bool(_SITEMAP.match(text[:2000].lstrip("\ufeff")))


def read_sitemap(text: str, url: str, source: Source) -> list[Link]:
    """The pages of a sitemap. Only a news sitemap says when a page was published; ``lastmod`` is
    when it was last touched, so the day comes from the address or from the page."""
    root = _tree(text)
    found = []
    for entry in root.iter("{*}url") if root is not None else ():
        place = next(iter(entry.iter("{*}loc")), None)
        address = urljoin(url, squeeze(all_text(place))) if place is not None else ""
        if not address.startswith(("http://", "https://")):
            continue
        title = next((squeeze(all_text(n)) for n in entry.iter("{*}title")), "")
        stamp = next((squeeze(all_text(n)) for n in entry.iter("{*}publication_date")), "")
        day = instant_date(stamp, source.timezone) if stamp else date_in_url(address)
        found.append(Link(address, title, day, link_kind(address, source), from_feed=bool(stamp)))
    return found


_INDEX = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<\?[^>]*\?>\s*)*<(?:\w+:)?sitemapindex\b", re.S
)


def looks_like_sitemap_index(text: str) -> bool:
    """Whether the text begins as a list of sitemaps does."""
    return bool(_INDEX.match(text[:2000].lstrip("\ufeff")))


def read_sitemap_index(text: str, url: str, source: Source) -> tuple[str, ...]:
    """The sitemaps an index names on the source's own hosts, the newest first."""
    root = _tree(text)
    found: list[tuple[str, str]] = []
    for entry in root.iter("{*}sitemap") if root is not None else ():
        place = next(iter(entry.iter("{*}loc")), None)
        address = urljoin(url, squeeze(all_text(place))) if place is not None else ""
        if source.allows(address) and address != url:
            found.append((_text(entry, "lastmod"), address))
    found.sort(key=lambda entry: entry[0], reverse=True)
    return tuple(dict.fromkeys(address for _, address in found))[:_SITEMAPS]


def unpacked(raw: bytes) -> bytes:
    """A sitemap that was packed with gzip, unpacked; anything else as it is.

    Raises:
        BadInput: ``sitemap-too-large``: it unpacks to more than the protocol allows, or is damaged.
    """
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    machine = zlib.decompressobj(wbits=31)
    try:
        found = machine.decompress(raw, _LARGEST + 1)
    except zlib.error as error:
        raise _not_unpacked("is damaged") from error
    if len(found) > _LARGEST:
        raise _not_unpacked(f"unpacks to more than {_LARGEST} bytes")
    return found


def _not_unpacked(why: str) -> BadInput:
    return BadInput(
        f"a packed sitemap {why}",
        "sitemap-too-large",
        "Declare a smaller sitemap, the column's list page or its feed instead.",
    )


def _tree(text: str) -> etree._Element | None:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    body = _DECLARATION.sub("", text.lstrip("\ufeff"))
    try:
        return etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _link(entry: etree._Element, base: str) -> str:
    for node in entry.findall("{*}link"):
        href = node.get("href")
        if href and node.get("rel", "alternate") == "alternate":
            return urljoin(base, href.strip())
        if node.text and node.text.strip():
            return urljoin(base, node.text.strip())
    guid = entry.find("{*}guid")
    if guid is not None and guid.text and guid.get("isPermaLink") != "false":
        return urljoin(base, guid.text.strip())
    return ""


def _text(entry: etree._Element, name: str) -> str:
    node = entry.find("{*}" + name)
    if node is None:
        return ""
    value = all_text(node)
    if "<" in value and ">" in value:
        value = all_text(lxml.html.fragment_fromstring(value, create_parent="div"))
    return squeeze(value)
