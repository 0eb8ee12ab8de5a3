"""``python -m crawler.pages FILE --url URL``: one saved page as the JSON of ``extract --json``.

Hides: the shape of that JSON.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from crawler.extract import extract_article
from crawler.sources import Source, choose_sources
from pipeline.errors import DiskTrouble, XuanjianError
from pipeline.news import Attachment, NewsItem

__all__ = ["ExtractedPage", "main", "read_page"]


class ExtractedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What ``extract --json`` prints; ``format`` is its version."""

    format: int = 1
    id: str
    url: str
    title: str
    text: str
    date: str | None
    date_evidence: str
    outlet: str | None
    author: str | None
    column: str | None
    attachments: tuple[Attachment, ...]
    flags: tuple[str, ...]

    @classmethod
    def of(cls, item: NewsItem) -> ExtractedPage:
        """The public form of an item: null where nothing is known."""
        return cls(
            id=item.id,
            url=item.url,
            title=item.title,
            text=item.text,
            date=item.date,
            date_evidence=item.date_evidence,
            outlet=item.outlet or None,
            author=item.author or None,
            column=item.column or None,
            attachments=item.attachments,
            flags=item.flags,
        )


def read_page(path: Path, url: str, source: Source | None = None) -> ExtractedPage:
    """Read one saved page."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    return ExtractedPage.of(extract_article(raw, url, source=source))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.pages", description=__doc__)
    parser.add_argument("page", type=Path, help="a saved page")
    parser.add_argument("--url", default="", help="its address")
    parser.add_argument("--source", default="", metavar="ID", help="read it as this source's page")
    parser.add_argument("--sources", type=Path, default=Path("sources"), help="folder of sources")
    parser.add_argument("--json", action="store_true", help="accepted; JSON is what is printed")
    options = parser.parse_args(arguments)
    try:
        source = (
            choose_sources(options.sources, [options.source]).sources[0] if options.source else None
        )
        page = read_page(options.page, options.url, source)
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(page), indent=2) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
