"""An official paper being written: numbered headings, paragraphs, tables, annexes.

Hides: WordprocessingML. Text is only ever text (no field, no link, nothing outside the file is
drawn on), without the characters that XML forbids or that turn a line around; a table repeats its
head on every page and breaks between rows. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lxml import etree

from pipeline.reports.docx.styles import FONTS, LATIN, PAGE, STYLES, TABLE_STYLE
from pipeline.reports.docx.template import open_template
from pipeline.reports.lines import wrap
from pipeline.reports.wording import NO_DATA, clean

__all__ = ["Column", "Paper", "chinese_number"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TWIPS = 1440 / 25.4
_LONGEST_CELL = 600
"""Characters kept per cell: a row may not grow past a page."""
_LONGEST_LINE = 4_000
_TITLE_SIZE = next(style.size for style in STYLES if style.name == "公文标题")
_TITLE_COLUMNS = 2 * int(PAGE.text_width / 25.4 * 72 / _TITLE_SIZE)
"""Half characters on a line of a title."""
_LAST_NARROW = 0x7F
_BEGINNINGS = (
    *("科技", "科学", "主题", "宣传", "新闻", "工作", "活动", "重点", "实施"),
    *("落实", "建设", "发展", "年度", "规划", "方案", "要点", "任务", "情况"),
)
"""Words before which the line of a title may well end."""
_ENDINGS = "年局委部厅省市区县旗盟"
"""Behind these it may end all the better."""
_BETTER = 6
"""Half characters by which such a line may be longer or shorter than the others."""
_KEPT_LINES = 12
"""Lines of a table that is not divided among pages."""
_LETTER, _BESIDE = 105, 114
"""Half a character of a table and what is left free in a cell, in twentieths of a point."""
_DIGITS = "零一二三四五六七八九"
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Column:
    """A column of a table; widths are shares of the text's width."""

    head: str
    share: float
    kind: Literal["text", "figure"] = "text"


def chinese_number(number: int) -> str:
    """1 to 99 as headings count.

    >>> chinese_number(3), chinese_number(10), chinese_number(12), chinese_number(20)
    ('三', '十', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


class Paper:
    """A paper in the layout of a template; ``save`` writes it."""

    def __init__(self, template: Path | None, title: str, made: str) -> None:
        """``title`` is the file's own title, ``made`` when its report was made (ISO 8601).

        Raises: what ``open_template`` does.
        """
        self._document = open_template(template)
        self._body = self._document.element.body
        self._ids = {style.name: style.style_id for style in self._document.styles}
        self._sections = self._parts = self._tables = self._annexes = 0
        properties = self._document.core_properties
        properties.title, properties.author = clean(title, 200), "宣鉴 Xuanjian"
        properties.last_modified_by, properties.revision = "宣鉴 Xuanjian", 1
        properties.created = properties.modified = _moment(made)

    def line(self, text: str, style: str = "公文正文") -> None:
        """One paragraph; line ends within ``text`` begin new ones."""
        for part in clean(text, _LONGEST_LINE).split("\n"):
            self._append(self._paragraph(part.strip(" \t"), style))

    def keep_with_next(self) -> None:
        """Keep the last paragraph on the page of the one that follows."""
        _child(_first(self._body[-2], "pPr"), "keepNext", place=1)

    def whole(self, text: str, style: str = "公文正文") -> None:
        """A text that is given as it stands, however long, paragraph by paragraph."""
        for part in clean(text).split("\n"):
            if part.strip():
                self._append(self._paragraph(part.strip(), style))

    def title(self, text: str) -> None:
        """A title, in lines of about one length."""
        text = clean(text, 160)
        for part in _title_lines(text):
            self.line(part, "公文标题")

    def run_in(self, title: str, text: str, style: str) -> None:
        """A paragraph that begins with its title, in the headings' font."""
        paragraph = self._paragraph(clean(title), style)
        run = paragraph[-1]
        fonts = self._element("rFonts")
        for key in ("ascii", "hAnsi"):
            fonts.set(f"{_W}{key}", LATIN)
        fonts.set(f"{_W}eastAsia", FONTS["black"].name)
        _child(run, "rPr", place=0).append(fonts)
        if text := clean(text).strip():
            said = _child(_child(paragraph, "r"), "t")
            said.text = text
            said.set(_SPACE, "preserve")
        self._append(paragraph)

    def ends(self, left: str, right: str, style: str) -> None:
        """A line with one text at each end."""
        paragraph = self._paragraph(clean(left, 200), style)
        properties = _first(paragraph, "pPr")
        tabs = _child(properties, "tabs", place=1)
        _child(tabs, "tab", val="right", pos=str(int(PAGE.text_width * _TWIPS)))
        run = _child(paragraph, "r")
        _child(run, "tab")
        _child(run, "t").text = clean(right, 200)
        self._append(paragraph)

    def box(self, text: str, style: str, *, millimetres: float) -> None:
        """A frame of that height with a line of text at its top."""
        width = int(PAGE.text_width * _TWIPS)
        table = self._frame([width])
        row = _child(table, "tr")
        height = str(int(millimetres * _TWIPS))
        _child(_child(row, "trPr"), "trHeight", val=height, hRule="atLeast")
        cell = _child(row, "tc")
        properties = _child(cell, "tcPr")
        _child(properties, "tcW", w=str(width), type="dxa")
        _child(properties, "vAlign", val="top")
        cell.append(self._paragraph(text, style))
        self._append(table)

    def section(self, title: str) -> None:
        """一、"""
        self._sections += 1
        self._parts = 0
        self.line(f"{chinese_number(self._sections)}、{title}", "公文一级标题")

    def part(self, title: str) -> None:
        """（一）"""
        self._parts += 1
        self.line(f"（{chinese_number(self._parts)}）{title}", "公文二级标题")

    def annex(self, title: str, *, only: bool = False) -> None:
        """附件 on a page of its own; its headings count from one. The ``only`` one has no number."""
        self._annexes += 1
        self._sections = self._parts = 0
        mark = self._paragraph("附件" if only else f"附件{self._annexes}", "公文附件标记")
        _child(_first(mark, "pPr"), "pageBreakBefore", place=1)
        self._append(mark)
        self.line(title, "公文附件标题")

    @property
    def annexes(self) -> int:
        """How many annexes there are so far."""
        return self._annexes

    def table(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str | int]],
        note: str,
    ) -> None:
        """A table with its number and caption above and ``note`` below; without a row it says so."""
        self._tables += 1
        self.line(f"表{self._tables}　{caption}", "公文表题")
        widths = _widths(columns)
        table = self._frame(widths)
        self._row(table, [c.head for c in columns], columns, widths, head=True)
        held = [[str(value) for value in row] for row in rows]
        for row in held or [[NO_DATA, *[""] * (len(columns) - 1)]]:
            self._row(table, row, columns, widths)
        self._append(table)
        _keep_together(table, sum(_lines(row, widths) for row in held) <= _KEPT_LINES)
        self.line(note, "公文表注")

    def form(self, rows: Sequence[Sequence[str]], shares: Sequence[float], label: int = 1) -> None:
        """A table without head or caption, on one page where it fits; the first ``label`` columns stand
        in the head's font."""
        columns = [Column("", share) for share in shares]
        widths = _widths(columns)
        table = self._frame(widths)
        for row in rows:
            styles = ["公文表头"] * label + ["公文表文"] * (len(row) - label)
            self._cells(table, row, styles, widths)
        for made in table.findall(f"{_W}tr")[:-1]:
            for properties in made.iter(f"{_W}pPr"):
                _child(properties, "keepNext", place=1)
        self._append(table)

    def rule(self, colour: str = "000000") -> None:
        """A line across the page below the last paragraph."""
        last = self._body[-2] if len(self._body) > 1 else None
        if last is None or last.tag != f"{_W}p":
            return
        borders = etree.Element(f"{_W}pBdr")
        _child(borders, "bottom", val="single", sz="12", space="4", color=colour)
        properties = _first(last, "pPr")
        properties.insert(1, borders)

    def save(self, path: Path) -> None:
        """Write the file to ``path``; the same paper gives the same bytes."""
        made = io.BytesIO()
        self._document.save(made)
        with (
            zipfile.ZipFile(made) as package,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out,
        ):
            for name in package.namelist():
                out.writestr(
                    zipfile.ZipInfo(name, _FIRST_ZIP_DAY),
                    package.read(name),
                    zipfile.ZIP_DEFLATED,
                )

    def _append(self, element: etree._Element) -> None:
        self._body.insert(len(self._body) - 1, element)  # the last is the page's own properties

    def _paragraph(self, text: str, style: str) -> etree._Element:
        paragraph = self._element("p")
        _child(_child(paragraph, "pPr"), "pStyle", val=self._ids[style])
        if text:
            said = _child(_child(paragraph, "r"), "t")
            said.text = text
            said.set(_SPACE, "preserve")
        return paragraph

    def _element(self, tag: str) -> etree._Element:
        # Made by the document's own parser, so that python-docx knows it as one of its classes.
        made: etree._Element = self._body.makeelement(f"{_W}{tag}")
        return made

    def _frame(self, widths: Sequence[int]) -> etree._Element:
        table = self._element("tbl")
        properties = _child(table, "tblPr")
        _child(properties, "tblStyle", val=self._ids[TABLE_STYLE])
        _child(properties, "tblW", w=str(sum(widths)), type="dxa")
        _child(properties, "jc", val="center")
        _child(properties, "tblLayout", type="fixed")
        grid = _child(table, "tblGrid")
        for width in widths:
            _child(grid, "gridCol", w=str(width))
        return table

    def _row(
        self,
        table: etree._Element,
        values: Sequence[str],
        columns: Sequence[Column],
        widths: Sequence[int],
        *,
        head: bool = False,
    ) -> None:
        kinds = {"text": "公文表文", "figure": "公文表数"}
        styles = ["公文表头" if head else kinds[column.kind] for column in columns]
        self._cells(table, values, styles, widths, head=head)

    def _cells(
        self,
        table: etree._Element,
        values: Sequence[str],
        styles: Sequence[str],
        widths: Sequence[int],
        *,
        head: bool = False,
    ) -> None:
        row = _child(table, "tr")
        properties = _child(row, "trPr")
        _child(properties, "cantSplit")
        if head:
            _child(properties, "tblHeader")
        for value, style, width in zip(values, styles, widths, strict=True):
            cell = _child(row, "tc")
            _child(_child(cell, "tcPr"), "tcW", w=str(width), type="dxa")
            for part in clean(value, _LONGEST_CELL).split("\n"):
                cell.append(self._paragraph(part, style))


def _title_lines(text: str) -> list[str]:
    """``text`` in lines of about one length, ended before a word that begins something.

    >>> _title_lines("金水区科学技术局2017年科技宣传工作重点任务实施方案")
    ['金水区科学技术局2017年', '科技宣传工作重点任务实施方案']
    """
    columns = [2 if ord(sign) > _LAST_NARROW else 1 for sign in text]
    whole = sum(columns)
    lines = -(-whole // _TITLE_COLUMNS)
    if lines <= 1:
        return [text] if text else []
    places = [
        at
        for at in range(1, len(text))
        if text.startswith(_BEGINNINGS, at) and text.count("“", 0, at) == text.count("”", 0, at)
    ]

    def off(at: int) -> float:
        better = _BETTER if text[at - 1] in _ENDINGS else 0
        return abs(sum(columns[:at]) - whole / lines) - better

    best = min(places, key=off, default=0)
    reach = sum(columns[:best])
    if not 0 < reach <= _TITLE_COLUMNS or abs(reach - whole / lines) > _TITLE_COLUMNS / 3:
        first, *rest = wrap(text, min(-(-whole // lines) + 4, _TITLE_COLUMNS))
        return [first, *_title_lines("".join(rest))]
    return [text[:best], *_title_lines(text[best:])]


def _lines(row: Sequence[str], widths: Sequence[int]) -> int:
    """Lines the tallest cell of a row needs, about."""
    most = 1
    for cell, width in zip(row, widths, strict=True):
        held = max((width - _BESIDE) // _LETTER, 1)
        lines = 0
        for part in cell[:_LONGEST_CELL].split("\n"):
            columns = sum(2 if ord(sign) > _LAST_NARROW else 1 for sign in part)
            lines += max(-(-columns // held), 1)
        most = max(most, lines)
    return most


def _keep_together(table: etree._Element, whole: bool) -> None:
    """Keep the head with the first row, the last row with the note; all of a short table."""
    rows = table.findall(f"{_W}tr")
    for place, row in enumerate(rows):
        if whole or place == 0 or place == len(rows) - 1:
            for properties in row.iter(f"{_W}pPr"):
                _child(properties, "keepNext", place=1)


def _widths(columns: Sequence[Column]) -> list[int]:
    whole = sum(column.share for column in columns)
    return [int(PAGE.text_width * _TWIPS * column.share / whole) for column in columns]


def _child(
    parent: etree._Element, tag: str, *, place: int | None = None, **values: str
) -> etree._Element:
    child = parent.makeelement(f"{_W}{tag}")
    for name, value in values.items():
        child.set(f"{_W}{name}", value)
    parent.insert(len(parent) if place is None else place, child)
    return child


def _first(parent: etree._Element, tag: str) -> etree._Element:
    found = parent.find(f"{_W}{tag}")
    assert found is not None  # every paragraph of ours has its properties
    return found


def _moment(stamp: str) -> datetime:
    """A file's own time, in UTC without saying so, as the format has it."""
    try:
        moment = datetime.fromisoformat(stamp)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError):
        return datetime(2000, 1, 1)  # noqa: DTZ001  # a report without a time has no better day
