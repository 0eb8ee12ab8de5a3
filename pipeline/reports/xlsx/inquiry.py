"""宣传空白核实单 as a workbook: an item a row, its answer chosen from a list in the cell."""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.report import CoverageReport
from pipeline.inquiry import CHOICE_HINTS, CHOICE_NAMES
from pipeline.inquiry_files import COLUMNS, MARK
from pipeline.reports.inquiry_wording import found_words, inquiry_in, offices_words
from pipeline.reports.wording import clean, unchecked_note
from pipeline.reports.xlsx.book import HEAD_ROW, Book, Column, Value

__all__ = ["write_inquiry_workbook"]

_COLUMNS: tuple[Column, ...] = (
    (COLUMNS["theme"], 11),
    (COLUMNS["title"], 30),
    ("责任科室", 22),
    ("核算情况", 40),
    (COLUMNS["choice"], 22),
    (COLUMNS["proof"], 28),
    (COLUMNS["note"], 28),
    (COLUMNS["office"], 16),
    (COLUMNS["by"], 10),
    (COLUMNS["day"], 13),
)
_CHOICE = 4


def write_inquiry_workbook(report: CoverageReport, path: Path) -> None:
    """Write the sheet to ``path``.

    Raises:
        BadInput: ``inquiry-missing`` when the report carries none.
    """
    inquiry = inquiry_in(report)
    with Book(report, path) as book:
        mark = f"{MARK}：{clean(inquiry.mark, 300)}"
        sheet = book.sheet("核实单", "宣传空白核实单", mark, _COLUMNS)
        rows: list[list[Value]] = [
            [
                clean(item.theme, 64),
                clean(f"{item.number}{item.title}", 160),
                offices_words(item),
                found_words(item),
                *["", "", ""],
                clean(item.offices[0], 40) if item.offices else "",
                *["", ""],
            ]
            for item in inquiry.items
        ]
        after = book.rows(sheet, _COLUMNS, rows)
        if rows:
            sheet.data_validation(
                HEAD_ROW + 1,
                _CHOICE,
                HEAD_ROW + len(rows),
                _CHOICE,
                {
                    "validate": "list",
                    "source": list(CHOICE_NAMES.values()),
                    "error_title": "核实结果",
                    "error_message": "请从列表中选一项",
                },
            )
        notes = [
            f"请于 {clean(inquiry.answer_by, 10)} 前在“{COLUMNS['choice']}”列选一项，填答复科室、答复人和日期。",
            *(f"{name}：{CHOICE_HINTS[code]}。" for code, name in CHOICE_NAMES.items()),
            unchecked_note(report),
        ]
        for place, note in enumerate(notes, after + 1):
            sheet.write_string(place, 1, note, book.note)
