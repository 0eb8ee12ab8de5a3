"""Pages of the archive: what a crawl saved under an address, byte for byte.

Hides: the WARC format, and that an archive cut off in its middle is read up to there. The crawler
writes these files; this reads them, so that a report can show what was printed without knowing how
it was collected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import msgspec

from pipeline.news import canonical_url

__all__ = [
    "ASKED_FOR",
    "LIST_DATE",
    "LIST_TITLE",
    "PagePlace",
    "SavedPage",
    "page_at",
    "page_places",
    "saved_pages",
]

ASKED_FOR = "Xuanjian-Asked-For"
"""WARC field: the address in the list, where the page came from another (a redirect)."""
LIST_TITLE = "Xuanjian-List-Title"
"""WARC field: the title its list showed, percent-encoded; likewise the date."""
LIST_DATE = "Xuanjian-List-Date"

LARGEST = 8_000_000
"""Bytes of a page that are read; a larger body is no news page."""


class SavedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One saved page."""

    url: str
    """The address as it was asked for."""
    came_from: str = ""
    """Where it came from in the end; '' where that is ``url``."""
    list_title: str = ""
    """The title its list showed; '' where that was not kept."""
    list_date: str = ""
    at: str
    """When it was collected, ISO 8601 in UTC."""
    body: bytes
    content_type: str = ""

    @property
    def sha256(self) -> str:
        """Of the saved bytes, in hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def saved_pages(archive: Path, urls: Collection[str]) -> Iterator[SavedPage]:
    """The pages saved under any of ``urls``, each the one that was saved first.

    Addresses are compared in their canonical form. Archives are read once, oldest first; one page
    is in memory at a time.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    wanted = {canonical_url(url) for url in urls if url}
    for path in sorted(archive.glob("*.warc.gz"), key=_by_run):
        if not wanted:
            return
        with path.open("rb") as stream:
            try:
                for record in ArchiveIterator(stream):
                    page = _page(record, wanted)
                    if page is not None:
                        wanted.discard(canonical_url(page.url))
                        yield page
            except (ArchiveLoadFailed, EOFError):
                continue  # cut off by a full disk or a copy that broke: what is whole was read


class PagePlace(msgspec.Struct, frozen=True, gc=False):
    """Where in an archive a page lies."""

    path: Path
    offset: int


def page_places(paths: Iterable[Path]) -> dict[str, tuple[PagePlace, ...]]:
    """Where the pages of these archives lie, the newest of an address first, by canonical address.

    Nothing but addresses is kept in memory: about 300 bytes a page.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    found: dict[str, tuple[PagePlace, ...]] = {}
    for path in sorted(paths, key=_by_run):
        with path.open("rb") as stream:
            try:
                records = ArchiveIterator(stream)
                for record in records:
                    if url := _address_of(record):
                        place = PagePlace(path, records.get_record_offset())
                        address = canonical_url(url)
                        found[address] = (place, *found.get(address, ()))
            except (ArchiveLoadFailed, EOFError):
                continue  # cut off: what is whole was read
    return found


def page_at(place: PagePlace) -> SavedPage | None:
    """The page there; None for one that is empty or too large."""
    from warcio.archiveiterator import ArchiveIterator

    with place.path.open("rb") as stream:
        stream.seek(place.offset)
        return _page(next(ArchiveIterator(stream)), None)


def _address_of(record: object) -> str:
    """The address a page was asked for; '' where the record is no page that came."""
    if getattr(record, "rec_type", "") != "response":
        return ""
    http = record.http_headers  # type: ignore[attr-defined]
    if http is None or not http.get_statuscode().startswith("2"):
        return ""
    headers = record.rec_headers  # type: ignore[attr-defined]
    asked = unquote(headers.get_header(ASKED_FOR) or "")
    return asked or headers.get_header("WARC-Target-URI") or ""


def _page(record: object, wanted: set[str] | None) -> SavedPage | None:
    url = _address_of(record)
    if not url or (wanted is not None and canonical_url(url) not in wanted):
        return None
    headers = record.rec_headers  # type: ignore[attr-defined]
    http = record.http_headers  # type: ignore[attr-defined]
    came_from = headers.get_header("WARC-Target-URI") or ""
    body = record.content_stream().read(LARGEST + 1)  # type: ignore[attr-defined]
    if not body or len(body) > LARGEST:
        return None
    return SavedPage(
        url=url,
        came_from=came_from if came_from != url else "",
        list_title=unquote(headers.get_header(LIST_TITLE) or ""),
        list_date=unquote(headers.get_header(LIST_DATE) or ""),
        at=headers.get_header("WARC-Date") or "",
        body=body,
        content_type=http.get_header("Content-Type") or "",
    )


def _by_run(path: Path) -> tuple[str, int, str]:
    """Archives by day and number of their run: run10 after run9."""
    day, _, run = path.name.removesuffix(".warc.gz").rpartition("-run")
    return (day, int(run) if run.isdecimal() else 0, path.name)
