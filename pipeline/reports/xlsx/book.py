"""A workbook that is safe and printable: its formats, its sheets, its cells.

Hides: text is always written as text (never as a formula, number or link), characters that XML
forbids are taken out, rows are as tall as their text, and every sheet prints on the width of one
page with its head repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.reports.wording import NO_DATA, clean, days_words, unchecked_note
from pipeline.reports.workbook_file import workbook_file

if TYPE_CHECKING:
    from types import TracebackType

    from xlsxwriter.chart_bar import ChartBar
    from xlsxwriter.chart_column import ChartColumn
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["FONT", "HEAD_ROW", "LONGEST_TITLE", "Book", "Column", "Link", "Value", "day_cell"]

FONT = "微软雅黑"
_LONGEST_CELL = 2_000
"""Characters kept per cell; Excel itself refuses more than 32 767."""
LONGEST_TITLE = 200
"""Characters kept of a story's title."""
_LINE = 15
"""Height of a line of text in points."""
_MOST_LINES = 10
HEAD_ROW = 4
"""Rows above a table's head: title, what and when, note, 未查范围."""

_STATE_COLOURS = {
    "covered": ("#1C6040", "#E7F2EC"),
    "thin": ("#7A4F00", "#FBF1DA"),
    "blank": ("#952026", "#FAE9E7"),
    "undecided": ("#43505F", "#ECEFF3"),
}


@dataclass(frozen=True)
class Link:
    """Text that leads to a row (from 0) of another sheet of the workbook."""

    text: str
    sheet: str
    row: int

    @property
    def place(self) -> str:
        """The address of the row as XlsxWriter takes it."""
        return f"internal:'{self.sheet}'!A{self.row + 1}"


Value = str | int | float | date | Link
Column = tuple[str, float]
"""Heading and width in characters."""


def day_cell(value: str | None) -> Value:
    """An ISO day as a date that Excel can sort and filter, anything else as it was written."""
    try:
        day = date.fromisoformat(value or "")
    except ValueError:
        return value or "日期不明"
    return day if day.year >= 1900 else day.isoformat()  # Excel knows no day before 1900


def _lines(row: Sequence[Value], columns: Sequence[Column]) -> int:
    """Lines the tallest cell of a row needs: not every office suite works that out itself."""
    most = 1
    for value, (_, width) in zip(row, columns, strict=True):
        text = value.text if isinstance(value, Link) else value
        if isinstance(text, str) and ("\n" in text or len(text) * 2 > width):
            lines = 0
            for line in text[:_LONGEST_CELL].split("\n"):
                cells = sum(2 if ord(sign) > 0x2E7F else 1 for sign in line)
                lines += max(-(-cells // int(width - 1)), 1)
            most = max(most, lines)
    return min(most, _MOST_LINES)


class Book:
    """A workbook over one report, with the few formats all its sheets share.

    Used as a context manager: the file at ``path`` is written when the block ends.
    """

    def __init__(self, report: CoverageReport, path: Path) -> None:
        self.report = report
        self._file = workbook_file(path)
        self._book = self._file.__enter__()
        self._book.set_properties(
            {"title": clean(report.plan.title, 200), "author": "宣鉴 Xuanjian"}
        )
        cell: dict[str, object] = {"valign": "top", "border": 1, "border_color": "#D5DBE1"}
        figure = {**cell, "align": "right", "indent": 1}
        self._title = self._format(bold=True, font_size=15)
        self.note = self._format(font_color="#566372")
        self.alarm = self._format(bold=True, font_color="#952026", font_size=12)
        self.head = self._format(
            bold=True,
            bg_color="#1B4B78",
            font_color="#FFFFFF",
            border=1,
            valign="vcenter",
            text_wrap=True,
        )
        self._text = self._format(**cell, text_wrap=True)
        self._number = self._format(**figure, num_format="0")
        self._fraction = self._format(**figure, num_format="0.00")
        self._date = self._format(**cell, num_format="yyyy-mm-dd", align="left")
        self._link = self._format(**cell, font_color="#1B4B78", underline=1, text_wrap=True)
        self._states = {
            STATE_NAMES[state]: self._format(**cell, font_color=ink, bg_color=paper, bold=True)
            for state, (ink, paper) in _STATE_COLOURS.items()
        }

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.__exit__(kind, error, trace)

    @property
    def scheme(self) -> str:
        """What the themes of the report are called, as the head of their column."""
        return clean(self.report.plan.scheme_name, 40) or "条目"

    def _format(self, **properties: object) -> Format:
        return self._book.add_format({"font_name": FONT, "font_size": 10, **properties})

    def bar_chart(self) -> ChartBar:
        """An empty chart of stacked bars."""
        return self._book.add_chart({"type": "bar", "subtype": "stacked"})

    def column_chart(self) -> ChartColumn:
        """An empty chart of stacked columns."""
        return self._book.add_chart({"type": "column", "subtype": "stacked"})

    def sheet(self, name: str, heading: str, note: str, columns: Sequence[Column]) -> Worksheet:
        """A sheet with its title, notes and table head; data starts below ``HEAD_ROW``."""
        sheet = self._book.add_worksheet(name)
        report = self.report
        sheet.write_string(0, 0, heading, self._title)
        period = days_words(report.period.first, report.period.last)
        about = f"{clean(report.plan.title, 160)}　统计周期 {period}"
        sheet.write_string(1, 0, about, self.note)
        sheet.write_string(2, 0, note, self.note)
        sheet.write_string(3, 0, unchecked_note(report), self.note)
        for position, (head, width) in enumerate(columns):
            sheet.write_string(HEAD_ROW, position, clean(head, 60), self.head)
            sheet.set_column(position, position, width)
        sheet.set_row(HEAD_ROW, 2 * _LINE)
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        sheet.set_footer(f'&L&"{FONT}"&9{name}&C&9&P / &N')
        return sheet

    def rows(
        self, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
    ) -> int:
        """Write table rows below the head; give the row after the last."""
        at = HEAD_ROW + 1
        for row in rows:
            sheet.set_row(at, _LINE * _lines(row, columns) + 2)
            for position, value in enumerate(row):
                self.cell(sheet, at, position, value)
            at += 1
        sheet.autofilter(HEAD_ROW, 0, max(at - 1, HEAD_ROW), len(columns) - 1)
        if at == HEAD_ROW + 1:
            sheet.write_string(at, 0, NO_DATA, self.note)
            at += 1
        return at

    def cell(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        """Numbers and days as such, anything else as text, whatever it begins with."""
        if isinstance(value, Link):
            text = clean(value.text, LONGEST_TITLE)
            sheet.write_url(row, column, value.place, self._link, text)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, float):
            sheet.write_number(row, column, value, self._fraction)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._number)
        elif not value:
            sheet.write_blank(row, column, None, self._text)
        else:
            text = clean(value, _LONGEST_CELL)
            sheet.write_string(row, column, text, self._states.get(text, self._text))
