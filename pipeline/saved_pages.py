"""Pages of the archive: what a crawl saved under an address, byte for byte.

Hides: the WARC format, and that an archive cut off in its middle is read up to there. The crawler
writes these files; this reads them, so that a report can show what was printed without knowing how
it was collected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from pipeline.news import canonical_url

__all__ = ["SavedPage", "saved_pages"]

LARGEST = 8_000_000
"""Bytes of a page that are read; a larger body is no news page."""


class SavedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One saved page."""

    url: str
    """The address as it was asked for."""
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


def _page(record: object, wanted: set[str]) -> SavedPage | None:
    if getattr(record, "rec_type", "") != "response":
        return None
    headers = record.rec_headers  # type: ignore[attr-defined]
    url = headers.get_header("WARC-Target-URI") or ""
    if canonical_url(url) not in wanted:
        return None
    http = record.http_headers  # type: ignore[attr-defined]
    if http is None or not http.get_statuscode().startswith("2"):
        return None
    body = record.content_stream().read(LARGEST + 1)  # type: ignore[attr-defined]
    if not body or len(body) > LARGEST:
        return None
    return SavedPage(
        url=url,
        at=headers.get_header("WARC-Date") or "",
        body=body,
        content_type=http.get_header("Content-Type") or "",
    )


def _by_run(path: Path) -> tuple[str, int, str]:
    """Archives by day and number of their run: run10 after run9."""
    day, _, run = path.name.removesuffix(".warc.gz").rpartition("-run")
    return (day, int(run) if run.isdecimal() else 0, path.name)
