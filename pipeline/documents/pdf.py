"""A PDF as blocks: lines joined to paragraphs, tables, no headers and page numbers.

Hides: the PDF libraries (pypdfium2 for words, pdfplumber for pages with ruled tables), what is
page furniture, where a line goes on in the next, and how a scan is told from text.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pipeline.documents.blocks import Block, Repair, locked, too_large, unreadable
from pipeline.documents.pdf_lines import PdfLine, read_lines
from pipeline.errors import BadInput

__all__ = ["pdf_blocks"]

MAX_PAGES = 2000
ENOUGH_PATHS = 6
MAPPED_SAMPLE = 400
MAX_TABLE_PAGES = 150
"""Ruled tables are looked for on so many pages at most: that is the slow part."""

_PAGE_NUMBER = re.compile(
    r"[\s—–―─\-·•~～]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[\s—–―─\-·•~～]*"
)
_NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十百\d]+[章节条篇部]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}[、\s]|[①-⑳]|附\s*件|专栏\s*\d|【|——|注[:：])"
)
_SENTENCE_END = "。！？!?；;：:…”"
_UNMAPPED = re.compile("[\ue000-\uf8ff\ufffd\x01-\x08]|\\(cid:\\d+\\)")
INDENT = 0.8
"""A line that starts this many characters further right than its neighbours opens a paragraph."""
SHORTEST_CUT = 6
"""Characters of a cell that runs over several lines, at least."""
SHORT, SHORT_OPEN = 1.4, 3.2
"""A line that ends so many characters before the right edge is the last of a paragraph; one that
stops in mid-sentence may be shorter, because signs such as 、” are kept from opening a line."""


@dataclass
class _Page:
    height: float
    width: float
    lines: list[PdfLine]
    ruled: bool = False
    unmapped: float = 0.0
    """The share of characters whose font does not say which they are."""
    tables: list[tuple[float, tuple[tuple[str, ...], ...]]] = field(default_factory=list)


def pdf_blocks(
    raw: bytes, name: str, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[Block, ...], tuple[Repair, ...], tuple[str, ...]]:
    """Paragraphs and tables in reading order, repairs, and the lines at page edges; ``progress``
    is told the page and how many.

    Raises:
        BadInput: ``document-unreadable``, ``document-password``, ``document-too-large``, ``document-scanned``
            (pictures of text, or a font without a map to characters).
    """
    pages = _pages(raw, name, progress)
    _refuse_scan(pages, name)
    dropped = _remove_furniture(pages)
    repairs = _take_tables(raw, pages) if any(page.ruled for page in pages) else []
    if dropped:
        repairs.append(Repair(-1, f"略去页眉、页脚、页码 {len(dropped)} 行", "page-furniture"))
    return tuple(_blocks(pages)), tuple(repairs), tuple(dict.fromkeys(dropped))


def _pages(raw: bytes, name: str, progress: Callable[[int, int], None] | None) -> list[_Page]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise locked(name) from error
        raise unreadable(name, "the file is cut short, damaged or no PDF") from error
    try:
        count = len(document)
        if not count:
            raise unreadable(name, "it has no pages")
        if count > MAX_PAGES:
            raise too_large(name, f"it has more than {MAX_PAGES} pages")
        pages: list[_Page] = []
        gutters: list[float] = []
        for number in range(count):
            try:
                page = document[number]
                pages.append(_page(page, gutters))
                page.close()
            except pypdfium2.PdfiumError as error:
                raise unreadable(name, f"page {number + 1} is damaged") from error
            if progress is not None:
                progress(number + 1, count)
        return pages
    finally:
        document.close()


def _page(page: Any, gutters: list[float]) -> _Page:
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        lines = read_lines(text, width, gutters)
        unmapped = _unmapped(text)
    finally:
        text.close()
    return _Page(height, width, lines, _is_ruled(page), unmapped)


def _unmapped(text: Any) -> float:
    """Among the first characters of a page, the share pdfium has no mapping for; it gives the
    number of the glyph instead, which looks like text of another script."""
    from pypdfium2 import raw as pdfium

    count = min(text.count_chars(), MAPPED_SAMPLE)
    bad: int = sum(pdfium.FPDFText_HasUnicodeMapError(text, index) == 1 for index in range(count))
    return float(bad / max(count, 1))


def _is_ruled(page: Any) -> bool:
    """Whether the page has lines enough to be a table's."""
    from pypdfium2 import raw as pdfium

    paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2)
    return len(list(itertools.islice(paths, ENOUGH_PATHS))) == ENOUGH_PATHS


def _refuse_scan(pages: Sequence[_Page], name: str) -> None:
    text = "".join(line.text for page in pages for line in page.lines)
    bare = re.sub(r"\s", "", text)
    if len(bare) < 8 * len(pages):
        why = "its pages are pictures, not text (扫描件)"
    elif len(_UNMAPPED.findall(bare)) > 0.3 * len(bare) or sum(
        page.unmapped for page in pages
    ) > 0.3 * len(pages):
        why = "its fonts have no map to characters, so the words cannot be taken out"
    else:
        return
    raise BadInput(
        f"{name} cannot be read: {why}",
        "document-scanned",
        "Give the Word file it was made from, or run text recognition (OCR) first.",
    )


# Furniture


def _remove_furniture(pages: Sequence[_Page]) -> list[str]:
    """Drop page numbers and lines that stand at the edge of many pages; gives what was dropped.

    From the outside in, and one page number a side: a paragraph may end in a line of figures.
    """
    edges: Counter[str] = Counter()
    places: Counter[int] = Counter()
    for page in pages:
        near = [*_near_edge(page, page.lines[:2]), *_near_edge(page, page.lines[-2:])]
        edges.update({_edge_key(line) for line in near})
        places.update({_place(line) for line in near if _PAGE_NUMBER.fullmatch(line.text)})
    often = {key for key, count in edges.items() if key and count >= 3 and count > 0.4 * len(pages)}
    dropped: list[str] = []
    for page in pages:
        out: set[int] = set()
        for side in (page.lines[:2], page.lines[:-3:-1]):
            numbers = 0
            for line in _near_edge(page, side):
                number = _PAGE_NUMBER.fullmatch(line.text) is not None and not numbers
                if _edge_key(line) not in often and not (
                    number and (places[_place(line)] > 1 or _stands_apart(page, line))
                ):
                    break
                numbers += number
                out.add(id(line))
        dropped += [line.text for line in page.lines if id(line) in out]
        page.lines = [line for line in page.lines if id(line) not in out]
    return dropped


def _near_edge(page: _Page, lines: Sequence[PdfLine]) -> list[PdfLine]:
    return [
        line for line in lines if line.bottom > 0.9 * page.height or line.top < 0.1 * page.height
    ]


def _place(line: PdfLine) -> int:
    return round(line.base / 4)


def _stands_apart(page: _Page, line: PdfLine) -> bool:
    """Whether more than two lines of white part ``line`` from all others."""
    return all(
        other is line or max(other.bottom - line.top, line.bottom - other.top) > 2 * line.size
        for other in page.lines
    )


def _edge_key(line: PdfLine) -> str:
    return re.sub(r"\d+|\s", "", line.text)


# Tables


def _take_tables(raw: bytes, pages: Sequence[_Page]) -> list[Repair]:
    """Find ruled tables and take their lines out of the text; says which pages were not read so."""
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    ruled = [number for number, page in enumerate(pages) if page.ruled]
    wanted = ruled[:MAX_TABLE_PAGES]
    done = 0
    try:
        with pdfplumber.open(BytesIO(raw)) as document:
            for number in wanted:
                page = document.pages[number]
                for table in page.find_tables():
                    rows = _cells(table.extract())
                    if max((len(row) for row in rows), default=0) < 2 or len(rows) < 2:
                        continue
                    _, top, _, bottom = table.bbox
                    high, low = pages[number].height - top, pages[number].height - bottom
                    pages[number].lines = [
                        line
                        for line in pages[number].lines
                        if not low - 1 <= (line.top + line.bottom) / 2 <= high + 1
                    ]
                    pages[number].tables.append((high, rows))
                page.close()
                done += 1
    except Exception as error:  # pdfminer has no base error; the words are there without tables
        what = f"第 {wanted[done] + 1} 页起的表格读不出，按文字处理（{type(error).__name__}）"
        return [Repair(-1, what, "tables-unread")]
    if len(ruled) > len(wanted):
        what = f"只读了前 {len(wanted)} 个有表格的页，其余 {len(ruled) - len(wanted)} 页按文字处理"
        return [Repair(-1, what, "tables-unread")]
    return []


def _cells(rows: Sequence[Sequence[str | None]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(re.sub(r"\s*\n\s*", "", cell or "").strip() for cell in row) for row in rows)


# Paragraphs


def _blocks(pages: Sequence[_Page]) -> Iterator[Block]:
    everything = [line for page in pages for line in page.lines]
    lines = [line for line in everything if line.column is None] or everything
    size = statistics.median(line.size for line in lines) if lines else 10.0
    # The measure: the left edge most lines start at and the right edge full lines reach.
    left = _usual([line.left for line in lines]) if lines else 0.0
    right = _percentile([line.right for line in lines], 0.9) if lines else 0.0
    paragraph = ""
    above: PdfLine | None = None
    deep = False
    rows: list[tuple[str, ...]] = []
    for page in pages:
        tables = sorted(page.tables, key=lambda table: -table[0])
        for line in page.lines:
            while tables and tables[0][0] > line.top:
                if paragraph:
                    yield Block(text=paragraph)
                    paragraph, above = "", None
                _append(rows, tables.pop(0)[1])
            if rows:
                yield Block("table", rows=tuple(rows))
                rows = []
            if above is not None and _goes_on(above, line, left, right, size, deep):
                paragraph, deep = _join(paragraph, line.text.strip()), True
            else:
                if paragraph:
                    yield Block(text=paragraph)
                paragraph, deep = line.text.strip(), False
            above = line
        for _, found in tables:
            if paragraph:
                yield Block(text=paragraph)
                paragraph, above = "", None
            _append(rows, found)
    if rows:
        yield Block("table", rows=tuple(rows))
    if paragraph:
        yield Block(text=paragraph)


def _append(rows: list[tuple[str, ...]], found: tuple[tuple[str, ...], ...]) -> None:
    """Rows of a table that goes on over the page: the header printed again is left out, a row cut
    by the page end is one row."""
    if rows and found[0] == rows[0]:
        found = found[1:]
    if rows and found and _goes_on_in(rows[-1], found[0]):
        rows[-1] = tuple(a + b for a, b in zip(rows[-1], found[0], strict=True))
        found = found[1:]
    rows.extend(found)


def _goes_on_in(above: tuple[str, ...], row: tuple[str, ...]) -> bool:
    """Whether ``row``, the first of a page, is the rest of the row above. So may a row look whose
    first cell is merged with the one above; but only a cell of several lines is cut, in mid-sentence.
    """
    if row[0] or len(row) != len(above):
        return False
    return all(
        len(first) >= SHORTEST_CUT and first[-1] not in _SENTENCE_END
        for first, rest in zip(above, row, strict=True)
        if rest
    )


def _usual(lefts: Sequence[float]) -> float:
    return Counter(round(value) for value in lefts).most_common(1)[0][0]


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _goes_on(
    above: PdfLine, line: PdfLine, left: float, right: float, size: float, deep: bool
) -> bool:
    """Whether ``line`` is the next line of the paragraph ``above`` stands in, not as its first
    line when ``deep``."""
    if (above.column is None) != (line.column is None):
        return False
    left = line.column[0] if line.column is not None else left
    right = above.column[1] if above.column is not None else right
    if "\t" in above.text or "\t" in line.text:
        return False
    if abs(above.size - line.size) > 0.2 * size:
        return False  # another size of letters: a title
    ended = above.text.rstrip()[-1:] in _SENTENCE_END
    if above.right < right - (SHORT if ended else SHORT_OPEN) * size:
        return False  # it stopped before the edge
    if line.left > left + INDENT * size:
        return False  # an indent opens a paragraph
    if deep and above.column == line.column and line.left > above.left + INDENT * size:
        return False  # so does one among lines that are all first lines of their paragraphs
    gap = above.bottom - line.top
    if gap > 2.2 * size:
        return False
    ended = ended or above.text.rstrip()[-1:] in "）)"
    return not (_NUMBERED.match(line.text) and (ended or above.right < right - 0.5 * size))


def _join(first: str, second: str) -> str:
    spaced = first[-1:].isascii() and second[:1].isascii() and first[-1:].isalpha()
    return first + (" " if spaced and second[:1].isalpha() else "") + second
