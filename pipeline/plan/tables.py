"""The tables of a document: which rows are one table, and the names of its columns.

Hides: heads of two rows (a name over several columns), a title written into the table's first row,
and tables that follow one another without a line between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.plan.cleaning import Line

__all__ = ["Table", "is_figure", "tables_in", "tight"]

_FIGURE = re.compile(
    r"(?:每[周月季年]|全年)?\d{1,5}(?:\.\d{1,2})?(?:[分条篇次期件部个])?(?:以上)?(?:[/／每][周月季年](?:度)?)?"
)


@dataclass(frozen=True)
class Table:
    """One table: the names of its columns without white space, and the rows below."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]
    start: int
    """Offset of its first row in the cleaned text."""
    end: int

    def column(self, pattern: re.Pattern[str], *, but: Sequence[int | None] = ()) -> int | None:
        """The first column whose name ``pattern`` finds; None where none does."""
        places = (i for i, name in enumerate(self.header) if i not in but and pattern.search(name))
        return next(places, None)

    def cell(self, row: Line, column: int | None) -> str:
        """The words of a cell; '' where the row is too short or there is no such column."""
        return row.cells[column].strip() if column is not None and column < len(row.cells) else ""

    def has_figures(self, column: int) -> bool:
        """Whether at least half of the filled cells of a column are figures."""
        filled = [tight(cell) for row in self.rows if (cell := self.cell(row, column))]
        return bool(filled) and 2 * sum(map(is_figure, filled)) >= len(filled)


def tight(cell: str) -> str:
    """A cell without white space."""
    return re.sub(r"\s+", "", cell)


def is_figure(cell: str) -> bool:
    """Whether a cell holds a figure and no more.

    >>> is_figure("12分"), is_figure("1条/月"), is_figure("6月"), is_figure("10篇以上")
    (True, True, False, True)
    """
    return _FIGURE.fullmatch(tight(cell)) is not None


def tables_in(lines: Sequence[Line]) -> tuple[Table, ...]:
    """The tables of ``lines`` in order; a line that is no row ends a table."""
    runs: list[list[Line]] = [[]]
    for line in lines:
        if line.cells:
            runs[-1].append(line)
        elif runs[-1]:
            runs.append([])
    return tuple(_table(rows) for rows in runs if rows)


def _table(rows: Sequence[Line]) -> Table:
    start, end = rows[0].start, rows[-1].end
    width = max(len(row.cells) for row in rows)
    while len(rows) > 1 and width > 2 and sum(map(bool, map(tight, rows[0].cells))) == 1:
        rows = rows[1:]  # the table's title, in one cell over the whole width
    top = [tight(cell) for cell in rows[0].cells]
    below = [tight(cell) for cell in rows[1].cells] if len(rows) > 1 else []
    stacked = below and not below[0] and "" in top and not any(map(is_figure, below))
    if not stacked or not _is_head(below, top):
        return Table(tuple(top), tuple(rows[1:]), start, end)
    names, over = [], ""
    for place in range(max(len(top), len(below))):
        above = top[place] if place < len(top) else ""
        under = below[place] if place < len(below) else ""
        over = above or (over if under else "")
        names.append(over + under)
    return Table(tuple(names), tuple(rows[2:]), start, end)


def _is_head(below: Sequence[str], top: Sequence[str]) -> bool:
    """Whether the second row names columns: it has a name under a gap of the first."""
    return any(name and not over for name, over in zip(below, [*top, *[""] * 99], strict=False))
