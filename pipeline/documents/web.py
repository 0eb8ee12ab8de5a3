"""A web page as blocks.

Hides: pages saved as one file, which elements break a line, which are furniture, and which tables hold data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

from lxml import etree, html

from pipeline.documents.blocks import Block, empty, unreadable

__all__ = ["html_blocks", "page_of_archive"]

_SKIPPED = {"script", "style", "noscript", "template", "nav", "footer", "head", "video", "svg"}
_ARCHIVE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:From|Subject|Date|MIME-Version|Content-Type): ", re.I
)
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "kbd"),
    *("label", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "tt", "u", "var"),
}


def page_of_archive(raw: bytes, name: str) -> bytes:
    """The page in a saved page of one file (.mht); any other bytes as they are."""
    if not _ARCHIVE.match(raw):
        return raw
    for part in message_from_bytes(raw).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(page, bytes):
            return page
    raise unreadable(name, "it holds no web page", "Save the page as .html and read that.")


def html_blocks(text: str, name: str) -> Iterator[Block]:
    """The paragraphs and tables of a saved page; raises ``document-empty`` where it has no body."""
    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        parser = html.HTMLParser(remove_comments=True, remove_pis=True)
        root = html.document_fromstring(bare.replace("\x00", ""), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise empty(name) from error
    # Past this depth the parser leaves everything out.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise unreadable(name, "its elements are nested more than 256 deep", "Save it as text.")
    pending: list[str] = []

    def flush(level: int = 0, *, bold: bool = False) -> Iterator[Block]:
        line = re.sub(r"[ \t\r\n\f]+", " ", "".join(pending)).strip()
        pending.clear()
        if line:
            yield Block(text=line, heading_level=level, bold=bold)

    def visit(element: Any, level: int) -> Iterator[Block]:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag not in _SKIPPED and tag:
            if tag == "table" and (rows := _rows(element)):
                yield from flush(level)
                yield Block("table", rows=rows)
            else:
                block = tag not in _INLINE
                inner = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else level
                if block:
                    yield from flush(level)
                pending.append(element.text or "")
                for child in element:
                    yield from visit(child, inner)
                if block:
                    worded = any(words.strip() for words in pending)
                    yield from flush(inner, bold=worded and _is_bold(element))
        pending.append(element.tail or "")

    yield from visit(root, 0)
    yield from flush()


def _is_bold(element: Any) -> bool:
    """Whether all words of a paragraph stand in one <b> or <strong>."""
    words = "".join(element.itertext()).strip()
    marked = "".join("".join(one.itertext()) for one in element.iter("b", "strong")).strip()
    return bool(words) and words == marked


def _rows(table: Any) -> tuple[tuple[str, ...], ...]:
    """The cells of a data table; a table used for layout (nested, one column) gives none.

    A cell over several columns or rows has its words once and leaves the others empty, so that
    columns stay in line.
    """
    if table.find(".//table") is not None:
        return ()
    grid: list[list[str]] = []
    covered: dict[int, int] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in (cell for cell in row if cell.tag in ("td", "th")):
            _skip_covered(cells, covered)
            wide, high = _span(cell, "colspan", 60), _span(cell, "rowspan", 1000)
            covered.update(dict.fromkeys(range(len(cells), len(cells) + wide), high - 1))
            words = re.sub(r"\s+", " ", cell.text_content()).strip()
            cells += [words, *[""] * (wide - 1)]
        _skip_covered(cells, covered)
        grid.append(cells)
    rows = tuple(tuple(row) for row in grid)
    return rows if max((len(row) for row in rows), default=0) > 1 else ()


def _skip_covered(cells: list[str], covered: dict[int, int]) -> None:
    """Empty cells where a cell of a row above reaches down."""
    while covered.get(len(cells), 0) > 0:
        covered[len(cells)] -= 1
        cells.append("")


def _span(cell: Any, name: str, most: int) -> int:
    written = cell.get(name, "1").strip()
    return min(max(int(written), 1), most) if re.fullmatch("[0-9]{1,9}", written) else 1
