"""The lines of a page of a PDF, in reading order.

Hides: how single characters become lines (the rectangles of pdfium lose characters at their
edges), which gaps are spaces, and how text set in two columns is told from a table.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["PdfLine", "read_lines"]

_BLANK = " \t\xa0\u3000"
_SET_APART = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]) (?=[\w“”（])|(?<=[\w“”]) (?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”])"
)
"""Word processors set figures a little apart from Chinese; no space was typed."""

GUTTER = 1.2
"""Characters of white between two columns, at least."""
FEWEST_ROWS, FEWEST_KNOWN = 5, 2
"""Rows with text on both sides of the gutter that make columns; and that go on with those of a
page before."""


@dataclass
class PdfLine:
    """A line of a page with its edges, in points from the left and from the top."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    """Of the letters, in points."""
    base: float
    """Height of the line the letters stand on; boxes of different fonts differ, this does not."""
    column: tuple[float, float] | None = None
    """Left and right edge of the column it stands in, where the page has two."""


def read_lines(text: Any, width: float, gutters: list[float]) -> list[PdfLine]:
    """The lines of a page ``width`` points wide, from its pdfium text.

    Args:
        gutters: where pages before had columns; those of this page are added.
    """
    rows = _rows([run for run in _runs(text) if run.text.strip()])
    lines = list(_in_columns(rows, width, gutters))
    for line in lines:
        line.text = _SET_APART.sub("", line.text)
    return [line for line in lines if line.text.strip()]


def _runs(text: Any) -> Iterator[PdfLine]:
    """The runs of characters on a page. Rectangles of pdfium lose characters at their edges, so
    the lines are put together from the loose boxes of single characters."""
    from ctypes import byref, c_double

    from pypdfium2 import raw as pdfium

    box, x, y = pdfium.FS_RECTF(), c_double(), c_double()
    run: PdfLine | None = None
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code in (10, 13):
            if run is not None:
                yield run
            run = None
            continue
        if code in (0, 2, 0xFFFE, 0xFFFF) or not pdfium.FPDFText_GetLooseCharBox(
            text, index, byref(box)
        ):
            continue
        letter = chr(code)
        if letter in _BLANK:
            continue  # most were not typed; gaps tell
        pdfium.FPDFText_GetCharOrigin(text, index, byref(x), byref(y))
        if (
            run is None
            or abs(run.base - y.value) > 0.4 * run.size
            or box.left < run.right - 0.5 * run.size
            or box.left - run.right > 0.2 * run.size
        ):
            if run is not None:
                yield run
            size = pdfium.FPDFText_GetFontSize(text, index)
            size = size if size > 2 else box.top - box.bottom
            run = PdfLine(letter, box.left, box.right, box.top, box.bottom, size, y.value)
            continue
        run.text += letter
        run.right = max(run.right, box.right)
    if run is not None:
        yield run


def _rows(runs: Sequence[PdfLine]) -> list[list[PdfLine]]:
    """Runs on one line (other font, digits between Chinese) together, lines from the top."""
    rows: list[list[PdfLine]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        row = rows[-1] if rows else None
        if row is not None and abs(row[0].base - run.base) < 0.4 * max(row[0].size, run.size):
            row.append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _in_columns(
    rows: Sequence[list[PdfLine]], width: float, gutters: list[float]
) -> Iterator[PdfLine]:
    """The lines; where the text stands in two columns, the left before the right."""
    at = 0
    while at < len(rows):
        end, gutter = _band(rows, at, width, gutters)
        if end == at:
            yield _one_line(rows[at])
            at += 1
            continue
        gutters.append(gutter)
        for side in (_left_of(gutter), _right_of(gutter)):
            lines = [_one_line(part) for row in rows[at:end] if (part := side(row))]
            edges = min(line.left for line in lines), max(line.right for line in lines)
            for line in lines:
                line.column = edges
            yield from lines
        at = end


def _left_of(gutter: float) -> Callable[[list[PdfLine]], list[PdfLine]]:
    return lambda row: [run for run in row if run.left < gutter]


def _right_of(gutter: float) -> Callable[[list[PdfLine]], list[PdfLine]]:
    return lambda row: [run for run in row if run.left >= gutter]


def _band(
    rows: Sequence[list[PdfLine]], start: int, width: float, gutters: Sequence[float]
) -> tuple[int, float]:
    """Where the columns that begin at row ``start`` end, and their gutter; ``start`` for none.

    Text in columns fills them to the edge line after line; cells of a table do not, and their
    columns are rarely of one width.
    """
    white = _white(rows[start], width)
    if white is None:
        return start, 0.0
    low, high = white
    end = start
    for row in rows[start:]:
        # What begins before the white belongs to the left column and must end before the right.
        left, right = _left_of(high)(row), _right_of(high)(row)
        within = [run for run in left if run.left > low]
        left, right = [run for run in left if run.left <= low], within + right
        lower = max([low, *(run.right for run in left)])
        higher = min([high, *(run.left for run in right)])
        if higher - lower < GUTTER * max(run.size for run in row):
            break
        low, high, end = lower, higher, end + 1
    gutter = (low + high) / 2
    end = start + _without_what_follows(rows[start:end], gutter)
    both = [row for row in rows[start:end] if row[0].left < gutter < row[-1].left]
    known = any(low <= other <= high for other in gutters)
    if len(both) < (FEWEST_KNOWN if known else FEWEST_ROWS):
        return start, 0.0
    spans = []
    for side in (_left_of(gutter), _right_of(gutter)):
        lines = [_one_line([replace(run) for run in side(row)]) for row in both]
        size = statistics.median(line.size for line in lines)
        edge = max(line.right for line in lines)
        full = sum(line.right > edge - 2 * size and "\t" not in line.text for line in lines)
        spans.append(edge - min(line.left for line in lines))
        if full < 0.6 * len(lines) or spans[-1] < 8 * size:
            return start, 0.0
    return (end, gutter) if min(spans) > 0.75 * max(spans) else (start, 0.0)


def _without_what_follows(rows: Sequence[list[PdfLine]], gutter: float) -> int:
    """How many of ``rows`` stand in columns: below the last with text on both sides, one column
    may go on, in letters of the same size; a title of the text that follows is of another."""
    last = max(
        (at for at, row in enumerate(rows) if row[0].left < gutter < row[-1].left), default=0
    )
    size = statistics.median(run.size for row in rows[: last + 1] for run in row)
    while last + 1 < len(rows) and abs(rows[last + 1][0].size - size) < 0.1 * size:
        last += 1
    return last + 1


def _white(row: Sequence[PdfLine], width: float) -> tuple[float, float] | None:
    """The white near the middle of the page that parts ``row``."""
    for run, following in itertools.pairwise(row):
        wide = following.left - run.right > GUTTER * max(run.size, following.size)
        # The last line of a paragraph ends early: only where the next column begins is sure.
        if wide and 0.4 * width < following.left < 0.7 * width:
            return run.right, following.left
    return None


def _one_line(runs: Sequence[PdfLine]) -> PdfLine:
    whole = runs[0]
    for run in runs[1:]:
        gap = run.left - whole.right
        size = max(whole.size, run.size)
        latin = whole.text[-1:].isascii() and run.text[:1].isascii()
        space = "\t" if gap > 2.5 * size else " " if gap > (0.18 if latin else 0.6) * size else ""
        whole.text += space + run.text
        whole.right = max(whole.right, run.right)
        whole.top, whole.bottom = max(whole.top, run.top), min(whole.bottom, run.bottom)
        if len(run.text) > len(whole.text) // 2:
            whole.size = run.size
    return whole
