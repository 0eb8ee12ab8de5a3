"""Registers of submissions 报送登记 from the tables that offices keep.

Hides: which columns such a table has and by which names, and what a spreadsheet does to it: heads
of two rows, merged cells, days as serial numbers, numbers as text, formulas. A row that cannot be
counted is a ``RowTrouble`` naming file, row and column; nothing is left out without a word.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.news import written_date
from pipeline.outlets import level_named, outlet_level
from pipeline.plan.marks import mark_in_cell
from pipeline.register import Adoption, LeaderEvent, Register, RowTrouble, Submission, parts_of
from pipeline.table_rows import SheetMarks, csv_rows, serial_day, xlsx_marks, xlsx_rows
from pipeline.text import comparable, count_characters, fold_width, squeeze

__all__ = ["REGISTER_COLUMNS", "is_event", "read_register"]

REGISTER_COLUMNS: dict[str, tuple[str, ...]] = {
    "office": ("责任科室", "科室", "报送科室", "单位", "报送单位", "部门", "office"),
    "day": ("报送日期", "日期", "报送时间", "时间", "date"),
    "printed": ("刊发日期", "采用日期", "发布日期", "刊发时间", "采用时间"),
    "title": ("标题", "题目", "信息标题", "稿件标题", "稿件名称", "稿件题目", "title"),
    "column": ("栏目", "报送栏目", "报送渠道", "渠道", "类别", "信息类别", "column"),
    "words": ("字数", "篇幅", "words"),
    "text": ("正文", "内容", "全文", "text"),
    "adopted": ("采用媒体", "采用", "采用情况", "采用单位", "刊发媒体", "媒体", "adopted"),
    "level": ("级别", "采用级别", "媒体级别", "level"),
    "position": ("版面", "位置", "刊发位置", "版面位置", "版次", "position"),
    "authors": ("作者", "撰稿人", "供稿人", "authors"),
    "story": ("稿件编号", "同稿编号", "稿号", "story"),
    "events": ("批示", "约稿", "批示约稿", "批示情况", "奖励事项", "events"),
    "event_day": ("批示日期", "约稿日期", "批示时间"),
    "event_proof": ("批示编号", "批示佐证", "批示佐证编号", "批示文号"),
    "proof": ("佐证编号", "佐证", "采用佐证", "proof"),
}
"""Field of a submission -> names its column may have, compared without signs and width."""

_NEEDED = ("office", "day", "title", "column")
_NUMBERING = {comparable(name) for name in ("序号", "编号", "备注")}
_SUMS = {"合计", "总计", "小计", "共计"}
_FILLED = ("office", "day", "title", "column", "words", "story")
"""Fields whose cell, merged over several rows, says the same of each of them."""
_BY_NAME = {comparable(name): field for field, names in REGISTER_COLUMNS.items() for name in names}
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_HEAD_ROWS = 10
_MAX_BYTES = 20_000_000
_EVENT_LENGTH = 30
_SENTENCE = re.compile('[：:“”"。！？]')
"""What a level and kind never has, and the text of a 批示 nearly always."""
_WORDS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.0+)?字?")
_YES = {"是", "已采用", "采用", "已刊发", "刊发", "已用", "√", "✓", "y", "yes", "1"}
_NO = {"", "否", "未采用", "未刊发", "未用", "无", "待定", "×", "-", "—", "n", "no", "0"}


def read_register(path: Path) -> Register:
    """The submissions of one CSV or XLSX file (of a workbook its first sheet).

    Raises:
        BadInput: ``register-kind`` for another ending, ``register-columns`` where no row names the
            needed columns, ``items-unreadable`` or ``items-too-big`` for a broken or swollen file.
        XuanjianError: ``document-secret`` where the table as a whole is marked.
        DiskTrouble: the file cannot be read.
    """
    try:
        facts = path.stat()
        kind = path.suffix.lower()
        if not stat.S_ISREG(facts.st_mode) or kind not in (".csv", ".xlsx"):
            raise BadInput(
                f"submissions cannot be read from {path}", "register-kind", "Use .xlsx or .csv."
            )
        if facts.st_size > _MAX_BYTES:
            raise BadInput(
                f"{path} is larger than {_MAX_BYTES // 1_000_000} MB", "items-too-big", "Split it."
            )
        marks = xlsx_marks(path) if kind == ".xlsx" else SheetMarks()
        rows = list(xlsx_rows(path)) if kind == ".xlsx" else list(map(_unguarded, csv_rows(path)))
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    return _Table(path.name, rows, marks).read()


class _Head(NamedTuple):
    last: int
    """Row number of the head's last row."""
    fields: dict[int, str]
    names: dict[str, str]
    unread: tuple[str, ...]
    nameless: tuple[int, ...]
    """Places of the columns without a name."""
    rows: int


class _Table:
    """One sheet; rows and columns count from 1 in what is said, from 0 in lists."""

    def __init__(self, name: str, rows: Sequence[Sequence[str]], marks: SheetMarks) -> None:
        self.name = name
        self.marks = marks
        width = max(map(len, rows), default=0)
        self.rows = [[*row, *[""] * (width - len(row))] for row in rows]
        self.troubles: list[RowTrouble] = []
        self.remarks: list[str] = []

    def read(self) -> Register:
        head = self._head()
        above = "\n".join(cell for row in self.rows[: head.last] for cell in row)
        if mark := mark_in_cell(above):
            raise XuanjianError(
                f"{self.name} is not read: it is marked “{mark}”",
                "document-secret",
                "Marked documents do not belong in this system.",
            )
        shown = "，".join(f"{name}→{REGISTER_COLUMNS[f][0]}" for f, name in head.names.items())
        self.remarks.append(f"{self.name} 表头第{head.last}行，读作：{shown}")
        if head.rows == 2:
            self.remarks.append(f"{self.name} 表头占两行（第{head.last - 1}—{head.last}行）")
        if head.unread:
            self.remarks.append(f"{self.name} 未读的列：{'、'.join(head.unread)}")
        if self.marks.other_sheets:
            self.remarks.append(
                f"{self.name} 只读第一张工作表，未读：{'、'.join(self.marks.other_sheets)}"
            )
        self._fill_merged(head)
        for place in head.nameless:
            told = [n for n, row in enumerate(self.rows, 1) if n > head.last and row[place].strip()]
            if told:
                rows = "、".join(map(str, told[:5])) + ("等" if len(told) > 5 else "")
                self.remarks.append(
                    f"{self.name} 第{place + 1}列没有列名，未读（第{rows}行有内容）"
                )
        submissions = []
        seen: dict[tuple[object, ...], int] = {}
        for number in range(head.last + 1, len(self.rows) + 1):
            row = self.rows[number - 1]
            if not any(cell.strip() for cell in row) and not self._has_formula(number):
                continue
            if self._is_sum(row, head):
                self.remarks.append(f"{self.name} 第{number}行是合计行，不读")
                continue
            submission = self._submission(number, row, head)
            if submission is None:
                continue
            key = msgspec.structs.astuple(msgspec.structs.replace(submission, row=0))
            if before := seen.get(key):
                self._trouble(
                    number, head.names["title"], f"与第{before}行完全相同，不重复登记；请删去一行"
                )
                continue
            seen[key] = number
            submissions.append(submission)
        return Register(
            submissions=tuple(submissions),
            troubles=tuple(self.troubles),
            remarks=tuple(self.remarks),
        )

    def _head(self) -> _Head:
        """The row with the columns' names, or two where the upper one names groups of columns."""
        for index, row in enumerate(self.rows[:_HEAD_ROWS]):
            following = self.rows[index + 1] if index + 1 < len(self.rows) else []
            own, below = _known(row), _known(following)
            told = [cell for cell in following if cell.strip()]
            two = bool(own) and bool(below) and 2 * len(below) >= len(told)
            names = [
                lower if two and lower.strip() else upper
                for upper, lower in zip(row, following if two else row, strict=True)
            ]
            fields: dict[int, str] = {}
            for place, name in enumerate(names):
                field = _BY_NAME.get(comparable(name))
                if field and field not in fields.values():
                    fields[place] = field
            if "day" not in fields.values():
                # The one day such a table has stands for both events.
                fields = {p: "day" if f == "printed" else f for p, f in fields.items()}
            if not set(_NEEDED) <= set(fields.values()):
                continue
            unread = (
                squeeze(name)
                for place, name in enumerate(names)
                if place not in fields and name.strip() and comparable(name) not in _NUMBERING
            )
            return _Head(
                last=index + 1 + two,
                fields=fields,
                names={field: squeeze(names[place]) for place, field in fields.items()},
                unread=tuple(unread),
                nameless=tuple(i for i, name in enumerate(names) if not name.strip()),
                rows=1 + two,
            )
        found = "; ".join(" | ".join(filter(str.strip, row)) for row in self.rows[:3] if any(row))
        raise BadInput(
            f"{self.name}: no row names the columns a register needs; found: {found[:200] or 'nothing'}",
            "register-columns",
            "Needed: "
            + "、".join(REGISTER_COLUMNS[field][0] for field in _NEEDED)
            + "; others: "
            + "、".join(n[0] for f, n in REGISTER_COLUMNS.items() if f not in _NEEDED)
            + ".",
        )

    def _fill_merged(self, head: _Head) -> None:
        for first, left, last, right in self.marks.merged:
            field = head.fields.get(left - 1, "")
            if first <= head.last or left != right or first == last or field not in _FILLED:
                continue
            value = self.rows[first - 1][left - 1]
            for number in range(first + 1, min(last, len(self.rows)) + 1):
                self.rows[number - 1][left - 1] = value
            self.remarks.append(
                f"{self.name} 第{first}—{last}行「{head.names[field]}」是合并单元格，各行都按“{value}”读"
            )

    @staticmethod
    def _is_sum(row: Sequence[str], head: _Head) -> bool:
        titles = [row[place].strip() for place, field in head.fields.items() if field == "title"]
        return not any(titles) and any(comparable(cell) in _SUMS for cell in row)

    def _has_formula(self, number: int) -> bool:
        return any(row == number for row, _ in self.marks.formulas)

    def _trouble(self, row: int, column: str, what: str) -> None:
        self.troubles.append(RowTrouble(file=self.name, row=row, column=column, what=what))

    def _submission(self, number: int, row: Sequence[str], head: _Head) -> Submission | None:
        """The submission of a row; None where a trouble was noted."""
        before = len(self.troubles)
        for place, cell in enumerate(row):
            if mark := mark_in_cell(cell):
                column = head.names.get(head.fields.get(place, ""), f"第{place + 1}列")
                self._trouble(number, column, f"有密级或内部标志“{mark}”，不得登记，整行不读")
                return None
        cells = {field: fold_width(squeeze(row[place])) for place, field in head.fields.items()}
        # What Chinese readers see keeps its full-width signs; folding is for figures and days.
        written = {field: squeeze(row[place]) for place, field in head.fields.items()}
        for place, field in head.fields.items():
            if (number, place + 1) not in self.marks.formulas:
                continue
            if cells[field]:
                name = head.names[field]
                self.remarks.append(
                    f"{self.name} 第{number}行「{name}」是公式，按存盘时的值“{cells[field]}”读"
                )
            else:
                self._trouble(number, head.names[field], "是公式，文件里没有算出的值；请粘贴为数值")
        for field, cell in cells.items():
            if cell in _ERRORS:
                self._trouble(number, head.names[field], f"单元格是错误值{cell}")
        for field in _NEEDED:
            if not cells[field] and len(self.troubles) == before:
                self._trouble(number, head.names[field], "没有填写")
        day = self._day(number, cells["day"], head.names["day"])
        printed = self._day(number, cells.get("printed", ""), head.names.get("printed", ""))
        words = _WORDS.fullmatch(cells.get("words", ""))
        if cells.get("words") and words is None:
            self._trouble(
                number,
                head.names["words"],
                f"“{cells['words'][:20]}”不是字数（不带负号和小数的数字）",
            )
        event_day = self._day(number, cells.get("event_day", ""), head.names.get("event_day", ""))
        count = int(words[1].replace(",", "")) if words else None
        text = count_characters(written["text"]) if written.get("text") else None
        if text is not None and count not in (None, text):
            self.remarks.append(
                f"{self.name} 第{number}行登记{count}字，正文按WPS字数为{text}字，以正文为准"
            )
        events = written.get("events", "")
        if not is_event(events):
            self._trouble(
                number, head.names["events"], "只登记级别和种类（如：市领导批示），不录内容"
            )
        if len(self.troubles) > before:
            return None
        return Submission(
            file=self.name,
            row=number,
            offices=(written["office"],),
            day=day,
            title=written["title"],
            column=written["column"],
            words=count if text is None else text,
            adopted=_adoptions(written, printed),
            authors=parts_of(written.get("authors", "")),
            story=written.get("story", ""),
            events=()
            if events.casefold() in _NO
            else tuple(
                LeaderEvent(what=what, day=event_day, proof=written.get("event_proof", ""))
                for what in parts_of(events)
            ),
        )

    def _day(self, number: int, written: str, column: str) -> str:
        """The day of a cell; '' for an empty cell and for one that was noted as a trouble."""
        day = serial_day(written, from_1904=self.marks.days_from_1904) or written_date(written)
        if day is None and written:
            self._trouble(number, column, f"“{written[:20]}”不是写全年月日的日期")
        return (day or "")[:10]


def is_event(written: str) -> bool:
    """Whether it may be the level and kind of a 批示 or 约稿, and not its text.

    >>> is_event("市领导批示"), is_event("请科技局认真研究。")
    (True, False)
    """
    return len(written) <= _EVENT_LENGTH and _SENTENCE.search(written) is None


def _unguarded(row: list[str]) -> list[str]:
    """Cells without the apostrophe that keeps a spreadsheet from calculating them."""
    return [cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@") else cell for cell in row]


def _known(row: Iterable[str]) -> list[str]:
    return [field for cell in row if (field := _BY_NAME.get(comparable(cell)))]


def _adoptions(written: dict[str, str], day: str) -> tuple[Adoption, ...]:
    """A plain yes means: printed in the column it was handed in for."""
    cell = written.get("adopted", "")
    if cell.casefold() in _NO:
        return ()
    outlets = (written["column"],) if cell.casefold() in _YES else parts_of(cell)
    level = level_named(written.get("level", ""))
    return tuple(
        Adoption(
            outlet=outlet,
            level=level or outlet_level(outlet),
            position=written.get("position", ""),
            day=day,
            proof=written.get("proof", ""),
        )
        for outlet in dict.fromkeys(outlets)
    )
