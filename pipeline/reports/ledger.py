"""科技宣传工作台账: one row for every publication that stands under a theme.

Hides: how a ledger of any length is written row by row, and what a crawled title may not do: every
text is a text whatever it begins with, and only plain web addresses become links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coverage.publications import Publication, evidence_number, standing
from pipeline.coverage.report import CoverageReport
from pipeline.genre import CARRIER_NAMES
from pipeline.reports.csv_report import opens_formula
from pipeline.reports.period_wording import sign_off_words
from pipeline.reports.wording import (
    NO_DATA,
    clean,
    days_words,
    full_title,
    level_name,
    printing_words,
    safe_href,
)
from pipeline.reports.workbook_file import workbook_file

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["HEADS", "LedgerLine", "ledger_lines", "write_ledger"]

_COLUMNS: tuple[tuple[str, float], ...] = (
    ("序号", 5), ("刊发日期", 10), ("标题", 32), ("媒体", 13), ("级别", 7), ("载体", 8),
    ("版面/栏目", 10), ("字数", 6), ("对应宣传重点", 24), ("责任科室", 11), ("作者", 9),
    ("首发/转载", 11), ("链接", 17), ("佐证编号", 12), ("备注", 13),
)  # fmt: skip
HEADS = tuple(head for head, _ in _COLUMNS)
"""The ledger's columns, in their order."""

_HEAD_ROW = 3
ROWS_OF_A_SHEET = 1_000_000
"""Excel takes 1 048 576 rows; a longer ledger goes on in a second sheet."""
_LINKS = 60_000
"""Links of a sheet; Excel takes 65 530. Further addresses are text."""
_LONGEST = 2_000
_FONT = "微软雅黑"


@dataclass(frozen=True)
class LedgerLine:
    """One row: a publication with its number, its evidence and what is to be remarked."""

    place: int
    publication: Publication
    evidence: str
    themes: str
    offices: str
    remark: str


def ledger_lines(
    report: CoverageReport, publications: Iterable[Publication]
) -> Iterator[LedgerLine]:
    """The rows in their order; publications under no theme of the report have none."""
    titles = {theme.id: full_title(theme) for theme in report.themes}
    place = 0
    for one in publications:
        themes = [theme for theme in standing(one) if theme in titles]
        if not themes:
            continue
        place += 1
        yield LedgerLine(
            place=place,
            publication=one,
            evidence=evidence_number(report.period, place),
            themes="；".join(titles[theme] for theme in themes),
            offices="、".join(clean(office, 40) for office in one.offices),
            remark="；".join(_remarks(one, themes, titles)),
        )


def _remarks(one: Publication, themes: list[str], titles: dict[str, str]) -> Iterator[str]:
    machine = [theme for theme in themes if one.themes[theme] == "machine"]
    if machine and len(machine) == len(themes):
        yield "待核实"
    elif machine:
        yield f"待核实：{'、'.join(titles[theme] for theme in machine)}"
    if one.late:
        yield f"补录（{one.late[:7]}）"
    if not one.day:
        yield "日期不明"


def write_ledger(
    report: CoverageReport,
    path: Path,
    *,
    publications: Callable[[], Iterable[Publication]] = tuple,
) -> None:
    """Write the ledger to ``path``; rows are held one at a time."""
    with workbook_file(path, row_by_row=True) as book:
        book.set_properties(
            {
                "title": clean(f"{report.plan.title} 科技宣传工作台账", 200),
                "author": "宣鉴 Xuanjian",
                "created": _made(report),
            }
        )
        looks = _Looks.of(book)
        lines = ledger_lines(report, publications())
        number = 1
        while True:
            name = "工作台账" if number == 1 else f"工作台账（{number}）"
            sheet = _sheet(book, name, report, looks)
            full = _rows(sheet, looks, islice(lines, ROWS_OF_A_SHEET), report)
            if not full:
                return
            number += 1


@dataclass(frozen=True)
class _Looks:
    """The formats of the sheet."""

    title: Format
    note: Format
    head: Format
    text: Format
    literal: Format
    number: Format
    day: Format
    link: Format

    @classmethod
    def of(cls, book: Workbook) -> _Looks:
        def made(**properties: object) -> Format:
            return book.add_format({"font_name": _FONT, "font_size": 9, **properties})

        cell: dict[str, object] = {"border": 1, "border_color": "#A9B4BF", "valign": "top"}
        wrapped = {**cell, "text_wrap": True}
        return cls(
            title=made(bold=True, font_size=15),
            note=made(font_color="#566372"),
            head=made(
                bold=True,
                bg_color="#1B4B78",
                font_color="#FFFFFF",
                border=1,
                text_wrap=True,
                valign="vcenter",
                align="center",
            ),
            text=made(**wrapped),
            literal=made(**wrapped, quote_prefix=True),
            number=made(**cell, num_format="0"),
            day=made(**cell, num_format="yyyy-mm-dd", align="left"),
            link=made(**wrapped, font_color="#1B4B78", underline=1),
        )


def _sheet(book: Workbook, name: str, report: CoverageReport, looks: _Looks) -> Worksheet:
    sheet = book.add_worksheet(name)
    for position, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(position, position, width)
    sheet.freeze_panes(_HEAD_ROW + 1, 3)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_footer(f'&L&"{_FONT}"&8{name}&C&8&P / &N')
    sheet.write_string(0, 0, "科技宣传工作台账", looks.title)
    period = days_words(report.period.first, report.period.last)
    sheet.write_string(1, 0, f"{clean(report.plan.title, 160)}　统计周期 {period}", looks.note)
    note = f"{sign_off_words(report)}　一条刊发占一行；转载另占一行；未归入条目的不列"
    sheet.write_string(2, 0, note, looks.note)
    for position, head in enumerate(HEADS):
        sheet.write_string(_HEAD_ROW, position, head, looks.head)
    return sheet


def _rows(
    sheet: Worksheet, looks: _Looks, lines: Iterable[LedgerLine], report: CoverageReport
) -> bool:
    """Write the rows and what stands under them; gives whether the sheet is full."""
    at = _HEAD_ROW
    for at, line in enumerate(lines, _HEAD_ROW + 1):
        _row(sheet, at, line, looks)
    sheet.autofilter(_HEAD_ROW, 0, max(at, _HEAD_ROW), len(HEADS) - 1)
    under = at + 1
    if at == _HEAD_ROW:
        sheet.write_string(under, 0, NO_DATA, looks.note)
        under += 1
    sheet.write_string(under + 1, 0, "未查范围", looks.note)
    said = [clean(words, _LONGEST) for words in report.unchecked] or ["没有列出项目。"]
    for offset, words in enumerate(said, under + 2):
        sheet.write_string(offset, 0, words, looks.note)
    return at - _HEAD_ROW == ROWS_OF_A_SHEET


def _row(sheet: Worksheet, at: int, line: LedgerLine, looks: _Looks) -> None:
    one = line.publication
    texts = {
        "标题": clean(one.title, 200) or "（无标题）",
        "媒体": clean(one.outlet, 60),
        "级别": level_name(one.level),
        "载体": CARRIER_NAMES.get(one.carrier, clean(one.carrier, 20)),
        "版面/栏目": clean(one.column, 60),
        "对应宣传重点": line.themes,
        "责任科室": line.offices,
        "作者": clean(one.author, 60),
        "首发/转载": printing_words(one.original, one.reprint_of, one.edits),
        "佐证编号": line.evidence,
        "备注": line.remark,
    }
    sheet.set_row(at, 13 * _tallest(texts) + 3)
    for position, head in enumerate(HEADS):
        if head == "序号":
            sheet.write_number(at, position, line.place, looks.number)
        elif head == "刊发日期":
            _day(sheet, at, position, one.day, looks)
        elif head == "字数":
            if one.words is None:
                sheet.write_blank(at, position, None, looks.text)
            else:
                sheet.write_number(at, position, one.words, looks.number)
        elif head == "链接":
            _link(sheet, at, position, one.url, looks)
        else:
            _text(sheet, at, position, texts[head], looks)


def _text(sheet: Worksheet, row: int, column: int, text: str, looks: _Looks) -> None:
    """Text as text. A cell that would become a formula when somebody edits it is marked as
    literal."""
    if text:
        look = looks.literal if opens_formula(text) else looks.text
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_blank(row, column, None, looks.text)


def _day(sheet: Worksheet, row: int, column: int, written: str, looks: _Looks) -> None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        _text(sheet, row, column, clean(written, 20) or "日期不明", looks)
        return
    if day.year < 1900:  # Excel knows no day before
        _text(sheet, row, column, written, looks)
    else:
        sheet.write_datetime(row, column, day, looks.day)


def _link(sheet: Worksheet, row: int, column: int, url: str, looks: _Looks) -> None:
    href = safe_href(url)
    if href and row <= _LINKS:
        sheet.write_url(row, column, href, looks.link, clean(url, _LONGEST))
    else:
        _text(sheet, row, column, clean(url, _LONGEST), looks)


def _tallest(texts: dict[str, str]) -> int:
    """Lines the tallest cell needs: not every office suite works that out itself."""
    widths = dict(_COLUMNS)
    most = 1
    for head, text in texts.items():
        cells = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text[:400])
        most = max(most, -(-cells // int(widths[head] - 1)))
    return min(most, 8)


def _made(report: CoverageReport) -> datetime:
    """When the report was made, so that the same report gives the same bytes."""
    try:
        moment = datetime.fromisoformat(report.generated_at)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
