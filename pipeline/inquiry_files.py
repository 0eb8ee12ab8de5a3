"""Answers about gaps from the sheets that offices fill in and send back: XLSX, CSV and Word.

Hides: how a filled sheet is laid out. In a workbook an item is a row and its answer a cell; in Word an
item is a table whose first row names it, and an answer is a tick in the box beside it. A row that
cannot be taken in is a ``RowTrouble``; an item nobody answered is counted, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.documents import read_document
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.inquiry import CHOICE_NAMES, ThemeAnswer, choice_of, made_answer
from pipeline.news import written_date
from pipeline.plan.marks import mark_in_cell
from pipeline.register import RowTrouble
from pipeline.table_rows import csv_rows, serial_day, xlsx_rows
from pipeline.text import comparable, squeeze

__all__ = ["COLUMNS", "AnswerSheet", "read_answers"]

COLUMNS: dict[str, str] = {
    "theme": "条目编号",
    "title": "条目",
    "choice": "核实结果",
    "proof": "佐证",
    "note": "说明",
    "office": "答复科室",
    "by": "答复人",
    "day": "答复日期",
}
"""Field of an answer -> what its column, or its line of a Word form, is called."""
MARK = "核实单编号"
"""Stands before the mark of the inquiry, in a cell or a line of its own."""

_BY_NAME = {comparable(name): field for field, name in COLUMNS.items()}
_HEAD_ROWS = 15
_MAX_BYTES = 20_000_000
_EMPTY_BOX = re.compile(r"[\s☐□○〇（）()\[\]【】_]*")
_TICKED = re.compile(r"^\s*[√✓✔☑☒■●✗✘×Vv]\s*")


class AnswerSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a filled sheet holds."""

    mark: str
    """What it is about; '' where the sheet does not say."""
    answers: tuple[ThemeAnswer, ...]
    unanswered: int
    troubles: tuple[RowTrouble, ...] = ()
    remarks: tuple[str, ...] = ()


def read_answers(path: Path) -> AnswerSheet:
    """The answers of one filled sheet.

    Raises:
        BadInput: ``inquiry-kind`` for another ending, ``inquiry-columns`` where nothing in it looks
            like the sheet; what the readers of tables and documents raise.
        XuanjianError: ``document-secret`` where the sheet is marked.
        DiskTrouble: the file cannot be read.
    """
    kind = path.suffix.lower()
    try:
        if kind not in (".xlsx", ".csv", ".docx"):
            raise BadInput(
                f"answers cannot be read from {path}", "inquiry-kind", "Use .xlsx, .csv or .docx."
            )
        if path.stat().st_size > _MAX_BYTES:
            raise BadInput(
                f"{path} is larger than {_MAX_BYTES // 1_000_000} MB", "items-too-big", "Split it."
            )
        if kind == ".docx":
            return _of_word(path)
        rows = list(xlsx_rows(path) if kind == ".xlsx" else csv_rows(path))
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    return _of_rows(path, rows)


def _of_rows(path: Path, rows: Sequence[Sequence[str]]) -> AnswerSheet:
    _refuse_secret(path, "\n".join(cell for row in rows for cell in row))
    head, places = _head(path, rows)
    mark = _mark_of(cell for row in rows[:head] for cell in row)
    filled = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {f: row[at].strip() for f, at in places.items() if at < len(row)}
        if cells.get("theme"):
            filled.append((number, cells))
    return _sheet(path, mark, filled)


def _head(path: Path, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:_HEAD_ROWS]):
        places = {
            field: at
            for at, cell in enumerate(row)
            if (field := _BY_NAME.get(comparable(cell))) is not None
        }
        if {"theme", "choice"} <= places.keys():
            return number, places
    raise _no_sheet(path)


def _of_word(path: Path) -> AnswerSheet:
    document = read_document(path)
    blocks = document.blocks
    _refuse_secret(path, "\n".join([b.text for b in blocks] + list(document.edges)))
    mark = _mark_of(block.text for block in blocks)
    filled = []
    for number, rows in enumerate((b.rows for b in blocks if b.kind == "table"), 1):
        cells = _form(rows)
        if cells.get("theme"):
            filled.append((number, cells))
    if not filled:
        raise _no_sheet(path)
    return _sheet(path, mark, filled)


def _form(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The fields of one item's table; several ticks are kept side by side."""
    cells: dict[str, str] = {}
    ticked: list[str] = []
    for row in rows:
        label, value = row[0].strip(), " ".join(filter(None, map(str.strip, row[1:])))
        inside = _TICKED.sub("", value)
        choice = choice_of(inside) if not _BY_NAME.get(comparable(label)) else None
        if choice is not None:
            if not _EMPTY_BOX.fullmatch(label) or inside != value:
                ticked.append(CHOICE_NAMES[choice])
        elif field := _BY_NAME.get(comparable(label)):
            cells[field] = value
    return {**cells, "choice": "\n".join(ticked)}


def _sheet(path: Path, mark: str, filled: Sequence[tuple[int, dict[str, str]]]) -> AnswerSheet:
    answers: list[ThemeAnswer] = []
    troubles: list[RowTrouble] = []
    remarks: list[str] = []
    unanswered = 0
    for number, cells in filled:
        written = cells.get("choice", "")
        if not written:
            unanswered += 1
            continue

        def trouble(field: str, what: str, number: int = number) -> None:
            troubles.append(
                RowTrouble(file=path.name, row=number, column=COLUMNS[field], what=what)
            )

        choice = choice_of(written) if "\n" not in written else None
        if choice is None:
            known = "、".join(CHOICE_NAMES.values())
            more = "选了不止一项" if "\n" in written else f"“{squeeze(written)[:40]}”不是答复"
            trouble("choice", f"{more}；请选一项：{known}")
            continue
        day = _day(cells.get("day", ""))
        if day is None:
            trouble("day", f"“{squeeze(cells['day'])[:40]}”读不出日期；请写如 2025-04-02")
            continue
        try:
            answer = made_answer(
                cells["theme"],
                choice,
                cells.get("office", ""),
                proof=cells.get("proof", ""),
                note=cells.get("note", ""),
                by=cells.get("by", ""),
                day=day,
            )
        except BadInput as error:
            trouble("proof" if cells.get("office") else "office", error.message)
            continue
        if choice == "not_public" and (cells.get("proof") or cells.get("note")):
            remarks.append(f"{path.name} 第{number}处：不宜公开的只记答复，所填佐证和说明未存")
        answers.append(answer)
    return AnswerSheet(
        mark=mark,
        answers=tuple(answers),
        unanswered=unanswered,
        troubles=tuple(troubles),
        remarks=tuple(remarks),
    )


def _day(written: str) -> str | None:
    """ISO 8601, '' where nothing was written; None where no day can be read."""
    if not written.strip() or not re.search(r"\d", written):
        return ""
    found = serial_day(written.strip()) or written_date(written)
    return found[:10] if found else None


def _mark_of(texts: object) -> str:
    for text in texts:  # type: ignore[attr-defined]
        if text.strip().startswith(MARK):
            return str(text).strip().removeprefix(MARK).lstrip("：: ").strip()
    return ""


def _refuse_secret(path: Path, text: str) -> None:
    if mark := mark_in_cell(text):
        raise XuanjianError(
            f"{path.name} is not read: it is marked “{mark}”",
            "document-secret",
            "Marked documents do not belong in this system.",
        )


def _no_sheet(path: Path) -> BadInput:
    return BadInput(
        f"{path} is not an inquiry sheet: {COLUMNS['theme']} and {COLUMNS['choice']} are not in it",
        "inquiry-columns",
        "Fill in the sheet that xuanjian inquiry export wrote, and keep its heads.",
    )
