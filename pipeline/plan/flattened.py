"""Tables that a page lost: one cell a line, each row led by its number.

Hides: how such a run of lines is told from a list: a head that starts with 序号, then rows of as
many lines as the head has, numbered 1, 2, 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["FlatTable", "flat_tables"]

_ORDINAL = re.compile(r"序\s*号|编\s*号")
FEWEST_COLUMNS = 3
MOST_COLUMNS = 9
LONGEST_HEAD = 16
LONGEST_CELL = 300


@dataclass(frozen=True)
class FlatTable:
    """The lines ``start`` to ``end`` (without it) are rows of ``width`` cells, the head first."""

    start: int
    end: int
    width: int


def flat_tables(lines: Sequence[str]) -> Iterator[FlatTable]:
    """The tables of ``lines``; one whose rows are not all of one width is left as it is.

    >>> list(flat_tables("序号 指标 目标 1 泵站 5座 2 支渠 9条 以上各项。".split()))
    [FlatTable(start=0, end=9, width=3)]
    """
    at = 0
    while at < len(lines):
        table = _table(lines, at) if _ORDINAL.fullmatch(lines[at]) else None
        if table is not None:
            yield table
        at = table.end if table is not None else at + 1


def _table(lines: Sequence[str], start: int) -> FlatTable | None:
    first = next(
        (
            at
            for at in range(start + 1, min(start + 1 + MOST_COLUMNS, len(lines)))
            if lines[at] == "1"
        ),
        None,
    )
    if first is None or not FEWEST_COLUMNS <= first - start <= MOST_COLUMNS:
        return None
    width = first - start
    if any(len(line) > LONGEST_HEAD for line in lines[start:first]):
        return None
    rows, at = 0, first
    while at + width <= len(lines) and lines[at] == str(rows + 1):
        rows, at = rows + 1, at + width
    cells = lines[first:at]
    widest = max((len(cell) for cell in cells[width - 1 : -1 : width]), default=0)
    ragged = str(rows + 1) in lines[at : at + width]
    if rows < 2 or ragged or max(map(len, cells)) > LONGEST_CELL or len(cells[-1]) > 2 * widest + 8:
        return None
    return FlatTable(start, at, width)
