"""The report as a workbook, for sorting, filtering and handing in.

Hides: what keeps a workbook safe and printable. Text is always written as text (never as a
formula, number or link), characters that XML forbids are taken out, and every sheet prints
on the width of one page with its head repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.coverage.report import (
    ASSIGNMENT_NAMES,
    LOCALITY_NAMES,
    STATE_NAMES,
    UNIT_STATE_NAMES,
    CoverageReport,
    StoryLine,
)
from pipeline.reports.selection import (
    Standing,
    StoryIndex,
    not_counted,
    time_columns,
    units_by_theme,
)
from pipeline.reports.wording import (
    NO_DATA,
    channel_name,
    clean,
    column_alarms,
    day_made,
    flag_words,
    full_title,
    home_words,
    level_name,
    made_words,
    medium_kind,
    medium_source,
    medium_state,
    model_words,
    no_data,
    says_nothing,
    unchecked_note,
    unclassified_note,
    windows_words,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_xlsx"]

_FONT = "微软雅黑"
_LONGEST_CELL = 2_000
"""Characters kept per cell; Excel itself refuses more than 32 767."""
_LONGEST_TITLE = 200
_LINE = 15
"""Height of a line of text in points."""
_MOST_LINES = 10
_QUEUE_IN_OVERVIEW = 3
"""Stories to review first that stand beside the next step; the sheet 复核队列 has them all."""
_HEAD_ROW = 4
"""Rows above a table's head: title, what and when, note, 未查范围."""

_STATE_COLOURS = {
    "covered": ("#1C6040", "#E7F2EC"),
    "thin": ("#7A4F00", "#FBF1DA"),
    "blank": ("#952026", "#FAE9E7"),
    "undecided": ("#43505F", "#ECEFF3"),
}


@dataclass(frozen=True)
class _Link:
    """Text that leads to a row of the workbook's own sheet 报道清单."""

    text: str
    row: int

    @property
    def place(self) -> str:
        return f"internal:'{_STORY_SHEET}'!A{self.row + 1}"


Value = str | int | float | date | _Link
Column = tuple[str, float]
"""Heading and width in characters."""

_STORY_SHEET = "报道清单"


def _day(value: str | None) -> Value:
    """An ISO day as a date that Excel can sort and filter, anything else as it was written."""
    try:
        day = date.fromisoformat(value or "")
    except ValueError:
        return value or "日期不明"
    return day if day.year >= 1900 else day.isoformat()  # Excel knows no day before 1900


def write_xlsx(report: CoverageReport, path: Path) -> None:
    """Write the workbook to ``path``."""
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    try:
        sheets = _Sheets(book, report)
        _overview(sheets)
        _queue(sheets)
        _months(sheets)
        _story_list(sheets)
        _not_counted(sheets)
        _units(sheets)
        _sources(sheets)
        _unchecked(sheets)
    finally:
        book.close()


def _lines(row: Sequence[Value], columns: Sequence[Column]) -> int:
    """Lines the tallest cell of a row needs: not every office suite works that out itself."""
    most = 1
    for value, (_, width) in zip(row, columns, strict=True):
        text = value.text if isinstance(value, _Link) else value
        if isinstance(text, str) and ("\n" in text or len(text) * 2 > width):
            lines = 0
            for line in text[:_LONGEST_CELL].split("\n"):
                cells = sum(2 if ord(sign) > 0x2E7F else 1 for sign in line)
                lines += max(-(-cells // int(width - 1)), 1)
            most = max(most, lines)
    return min(most, _MOST_LINES)


class _Sheets:
    """A workbook and the few formats all its sheets share."""

    def __init__(self, book: Workbook, report: CoverageReport) -> None:
        self.book = book
        self.report = report
        book.set_properties({"title": clean(report.plan.title, 200), "author": "宣鉴 Xuanjian"})
        self.title = self._format(bold=True, font_size=15)
        self.note = self._format(font_color="#566372")
        self.head = self._format(
            bold=True, bg_color="#1B4B78", font_color="#FFFFFF", border=1, valign="vcenter"
        )
        self.head.set_text_wrap()
        self.text = self._format(text_wrap=True, valign="top", border=1, border_color="#D5DBE1")
        self.number = self._format(
            num_format="0", valign="top", align="right", indent=1, border=1, border_color="#D5DBE1"
        )
        self.fraction = self._format(
            num_format="0.00",
            valign="top",
            align="right",
            indent=1,
            border=1,
            border_color="#D5DBE1",
        )
        self.date = self._format(
            num_format="yyyy-mm-dd",
            valign="top",
            align="left",
            border=1,
            border_color="#D5DBE1",
        )
        self.link = self._format(
            font_color="#1B4B78", underline=1, text_wrap=True, valign="top", border=1,
            border_color="#D5DBE1",
        )  # fmt: skip
        self.alarm = self._format(bold=True, font_color="#952026", font_size=12)
        self.states = {
            STATE_NAMES[state]: self._format(
                font_color=ink, bg_color=paper, bold=True, valign="top", border=1,
                border_color="#D5DBE1",
            )
            for state, (ink, paper) in _STATE_COLOURS.items()
        }  # fmt: skip

    def _format(self, **properties: object) -> Any:
        return self.book.add_format({"font_name": _FONT, "font_size": 10, **properties})

    def sheet(self, name: str, heading: str, note: str, columns: Sequence[Column]) -> Worksheet:
        """A sheet with its title, notes and table head; data starts below ``_HEAD_ROW``."""
        sheet = self.book.add_worksheet(name)
        report = self.report
        sheet.write_string(0, 0, heading, self.title)
        period = f"{report.period.first} 至 {report.period.last}"
        about = f"{clean(report.plan.title, 160)}　统计周期 {clean(period, 40)}"
        sheet.write_string(1, 0, about, self.note)
        sheet.write_string(2, 0, note, self.note)
        sheet.write_string(3, 0, unchecked_note(report), self.note)
        for position, (head, width) in enumerate(columns):
            sheet.write_string(_HEAD_ROW, position, clean(head, 60), self.head)
            sheet.set_column(position, position, width)
        sheet.set_row(_HEAD_ROW, 2 * _LINE)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.set_footer(f'&L&"{_FONT}"&9{name}&C&9&P / &N')
        return sheet

    def rows(
        self, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
    ) -> int:
        """Write table rows below the head; give the row after the last."""
        at = _HEAD_ROW + 1
        for row in rows:
            sheet.set_row(at, _LINE * _lines(row, columns) + 2)
            for position, value in enumerate(row):
                self.cell(sheet, at, position, value)
            at += 1
        sheet.autofilter(_HEAD_ROW, 0, max(at - 1, _HEAD_ROW), len(columns) - 1)
        if at == _HEAD_ROW + 1:
            sheet.write_string(at, 0, NO_DATA, self.note)
            at += 1
        return at

    def cell(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        """Numbers and days as such, anything else as text, whatever it begins with."""
        if isinstance(value, _Link):
            text = clean(value.text, _LONGEST_TITLE)
            sheet.write_url(row, column, value.place, self.link, text)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.date)
        elif isinstance(value, float):
            sheet.write_number(row, column, value, self.fraction)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.number)
        elif not value:
            sheet.write_blank(row, column, None, self.text)
        else:
            text = clean(value, _LONGEST_CELL)
            sheet.write_string(row, column, text, self.states.get(text, self.text))


def _overview(sheets: _Sheets) -> None:
    report = sheets.report
    times = time_columns(report.months, made=day_made(report))
    columns: list[Column] = [(_scheme(report), 34), ("状态", 15), ("已核实", 8), ("机器", 8)]
    columns += [("达标线", 8), *((time.short, 7) for time in times), ("理由", 44), ("下一步", 36)]
    columns += [("先复核这些", 68)]
    note = "最差的在前；各月为已核实与机器之和；一篇报道可归入几条，各行不能相加"
    alarms = [unclassified_note(report)]
    if says_nothing(report):
        alarms.append(f"{NO_DATA}：{no_data(report)}")
    alarm = "　".join(filter(None, alarms))
    sheet = sheets.sheet("总览", "宣传覆盖对照报告", alarm or note, columns)
    sheet.write_string(1, 0, _about(report), sheets.note)
    if alarm:
        sheet.write_string(2, 0, alarm, sheets.alarm)
    index = StoryIndex(report)
    worst = report.worst_first()
    rows: list[list[Value]] = []
    for theme in worst:
        row: list[Value] = [full_title(theme), STATE_NAMES[theme.state]]
        row += [theme.tally.verified, theme.tally.machine, theme.bar]
        for time in times:
            shown = time.tally(theme).shown
            row.append("—" if time.ahead and not shown else shown)
        queue = () if theme.state == "covered" else index.queue(theme)
        rows.append([*row, theme.reason, theme.next_step, _first_to_review(queue)])
    after = sheets.rows(sheet, columns, rows)
    totals = report.totals
    table: list[tuple[str, int]] = [
        ("采集条数", totals.items),
        ("归并后篇数", totals.stories),
        ("转载条数", totals.reprints),
        ("计入篇数", totals.counted),
        ("人工复核篇数", totals.reviewed),
        ("尚未归类篇数", totals.unclassified),
        ("未归入任何条目篇数", totals.themeless),
        ("无日期条数", totals.undated),
    ]
    table += [
        (f"属地：{LOCALITY_NAMES.get(code, code)}", count)
        for code, count in totals.by_locality.items()
    ]
    sheet.write_string(after + 1, 0, "合计", sheets.head)
    sheet.write_string(after + 1, 1, "数量", sheets.head)
    for offset, (name, count) in enumerate(table, after + 2):
        sheets.cell(sheet, offset, 0, name)
        sheets.cell(sheet, offset, 1, count)
    if worst:
        _chart(sheets, sheet, len(worst), after + 1)


def _about(report: CoverageReport) -> str:
    """The overview's own second line: what was audited, when, for which place, with what."""
    period = clean(f"{report.period.first} 至 {report.period.last}", 40)
    return "　".join(
        (
            clean(report.plan.title, 160),
            f"统计周期：{period}",
            f"属地：{home_words(report)}",
            f"模型：{model_words(report)}",
            f"生成时间：{made_words(report.generated_at)}",
        )
    )


def _first_to_review(queue: Sequence[Standing]) -> str:
    """The first stories of a review queue, one a line."""
    lines = [
        f"{one.turn}. {clean(one.story.title, 20)}（{one.story.id}）"
        for one in queue[:_QUEUE_IN_OVERVIEW]
    ]
    if len(queue) > len(lines):
        lines.append(f"共 {len(queue)} 篇，见“复核队列”")
    return "\n".join(lines)


def _queue(sheets: _Sheets) -> None:
    """Stories to review, by theme and turn, each leading to its row of the story list."""
    report = sheets.report
    columns: tuple[Column, ...] = (
        (_scheme(report), 34), ("次序", 7), ("题名", 48), ("日期", 11), ("稿源", 18), ("概率", 7),
        ("报道编号", 19), ("首发编号", 19), ("条目编号", 13),
    )  # fmt: skip
    note = (
        "按次序先复核在前的；每篇写一行，如 "
        '{"id": "首发编号", "themes": ["条目编号"], "reviewer": "姓名"}'
        "（不属于写 not_themes），用 xuanjian review import 导入；“报道清单”重新排序后请按报道编号查找"
    )
    sheet = sheets.sheet("复核队列", "复核队列", note, columns)
    index = StoryIndex(report)
    at = _places(report, index)

    def rows() -> Iterable[Sequence[Value]]:
        for theme in report.worst_first():
            for one in index.queue(theme):
                story = one.story
                title = clean(story.title, _LONGEST_TITLE) or "（无标题）"
                row = at.get((theme.id, story.id))
                yield [
                    full_title(theme),
                    one.turn,
                    title if row is None else _Link(title, row),
                    _day(story.day),
                    clean(story.outlet, 60),
                    round(float(one.link.probability), 6) if one.link else "",
                    story.id,
                    one.first_item,
                    theme.id,
                ]

    sheets.rows(sheet, columns, rows())


def _listing(report: CoverageReport, index: StoryIndex) -> Iterable[tuple[str, Standing]]:
    """Theme id and story of each row of the story list; '' for stories under no theme."""
    listed = set()
    for theme in report.themes:
        for one in (*index.under(theme), *index.rejected(theme)):
            listed.add(one.story.id)
            yield theme.id, one
    for story in report.stories:
        if story.counted and story.id not in listed:
            yield "", Standing(story, None)


def _places(report: CoverageReport, index: StoryIndex) -> dict[tuple[str, str], int]:
    """At which row of the story list a story stands under a theme."""
    rows = enumerate(_listing(report, index), _HEAD_ROW + 1)
    return {(theme, one.story.id): row for row, (theme, one) in rows}


def _scheme(report: CoverageReport) -> str:
    return clean(report.plan.scheme_name, 40) or "条目"


def _months(sheets: _Sheets) -> None:
    report = sheets.report
    columns: list[Column] = [(_scheme(report), 34)]
    columns += [(name, 8) for name in ("已确认", "已更正", "机器", "已否定")]
    for month in report.months:
        columns += [(f"{month} 已核实", 9), (f"{month} 机器", 9)]
    note = "已核实是已确认与已更正之和；已否定不计篇数"
    sheet = sheets.sheet("逐月", "逐月篇数", note, columns)
    rows: list[list[Value]] = []
    for theme in report.worst_first():
        tally = theme.tally
        row: list[Value] = [full_title(theme), tally.confirmed, tally.corrected]
        row += [tally.machine, tally.rejected]
        for in_month in theme.by_month:
            row += [in_month.verified, in_month.machine]
        rows.append(row)
    sheets.rows(sheet, columns, rows)


def _chart(sheets: _Sheets, sheet: Worksheet, themes: int, row: int) -> None:
    """Bars of verified and machine stories per theme, in the order of the table."""
    first, last = _HEAD_ROW + 1, _HEAD_ROW + themes
    chart = sheets.book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, colour in ((2, "#1C6040"), (3, "#9CBFDD")):
        chart.add_series(
            {
                "name": ["总览", _HEAD_ROW, column],
                "categories": ["总览", first, 0, last, 0],
                "values": ["总览", first, column, last, column],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    font = {"name": _FONT, "size": 9}
    chart.set_title({"name": "各条报道篇数", "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#D5DBE1"}}})  # fmt: skip
    chart.set_y_axis({"reverse": True, "num_font": font})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 820, "height": min(180 + 42 * themes, 1_200)})
    sheet.insert_chart(row, 3, chart, {"object_position": 2})


_STORY: tuple[Column, ...] = (
    ("题名", 42), ("日期", 11), ("稿源", 14), ("级别", 8), ("属地", 11),
)  # fmt: skip
_STORY_REST: tuple[Column, ...] = (
    ("转载条数", 7), ("转载稿源", 20), ("采访单位", 20), ("注意", 12), ("原文地址", 30),
    ("报道编号", 19), ("首发编号", 19),
)  # fmt: skip


def _story(story: StoryLine) -> tuple[list[Value], list[Value]]:
    """What every sheet says of a story: the columns before and after a sheet's own."""
    outlets = "、".join(dict.fromkeys(item.outlet for item in story.items[1:] if item.outlet))
    locality = LOCALITY_NAMES.get(story.locality, story.locality)
    url = story.items[0].url if story.items else ""
    return (
        [
            clean(story.title, _LONGEST_TITLE) or "（无标题）",
            _day(story.day),
            clean(story.outlet, 60),
            level_name(story.level),
            locality,
        ],
        [
            max(len(story.items) - 1, 0),
            outlets,
            "、".join(story.units),
            "、".join(flag_words(story.flags)),
            url,
            story.id,
            story.items[0].id if story.items else "",
        ],
    )


def _story_list(sheets: _Sheets) -> None:
    report = sheets.report
    own: tuple[Column, ...] = (
        (_scheme(report), 26), ("概率", 7), ("认定", 8), ("待复核", 7), ("复核人", 9),
        ("判断依据", 34),
    )  # fmt: skip
    columns = (*_STORY, *own, *_STORY_REST)
    note = "计入对照的报道，每归入一条占一行，未归入的列在最后；“待复核”是复核的先后"
    sheet = sheets.sheet(_STORY_SHEET, "报道清单", note, columns)
    index = StoryIndex(report)
    titles = {theme.id: full_title(theme) for theme in report.themes}

    def rows() -> Iterable[Sequence[Value]]:
        for theme, one in _listing(report, index):
            before, after = _story(one.story)
            title = titles.get(theme, "（未归入）")
            mine: list[Value] = [title, "", "", one.turn or "", one.story.reviewer, ""]
            if one.link is not None:
                spans = sorted(one.link.evidence, key=lambda span: -abs(span.weight))[:12]
                quotes = "；".join(f"{clean(s.text, 60)}（{s.weight:+.2f}）" for s in spans)
                mine[1] = round(float(one.link.probability), 6)
                mine[2] = ASSIGNMENT_NAMES[one.link.state]
                mine[5] = quotes
            yield [*before, *mine, *after]

    sheets.rows(sheet, columns, rows())


def _not_counted(sheets: _Sheets) -> None:
    columns = (*_STORY, ("属地依据", 34), *_STORY_REST)
    sheet = sheets.sheet("不计入", "不计入的报道", "属地不符，列出备查", columns)

    def rows() -> Iterable[Sequence[Value]]:
        for _, stories in not_counted(sheets.report):
            for story in stories:
                before, after = _story(story)
                yield [*before, story.locality_reason, *after]

    sheets.rows(sheet, columns, rows())


def _units(sheets: _Sheets) -> None:
    columns: tuple[Column, ...] = (
        ("单位", 40), ("所属条目", 34), ("情况", 11), ("篇数", 8), ("方案说明", 44), ("见于", 60),
    )  # fmt: skip
    sheet = sheets.sheet("采访单位", "采访单位见报情况", "专访与提及分开计", columns)
    index = StoryIndex(sheets.report)

    def rows() -> Iterable[Sequence[Value]]:
        for theme, units in units_by_theme(sheets.report):
            for unit in units:
                seen = [index.get(story_id) for story_id in unit.stories]
                titles = "；".join(clean(story.title, 60) for story in seen if story is not None)
                name = full_title(theme) if theme else "未归入条目"
                state = UNIT_STATE_NAMES[unit.state]
                yield [unit.name, name, state, len(unit.stories), unit.note, titles]

    sheets.rows(sheet, columns, rows())


def _sources(sheets: _Sheets) -> None:
    columns: tuple[Column, ...] = (
        ("来源", 22), ("栏目", 18), ("级别", 8), ("渠道", 10), ("来源条数", 7), ("来源篇数", 7),
        ("列表页", 7), ("链接", 7), ("取回", 7), ("抽取", 7), ("有日期", 7), ("已知", 7),
        ("不许采", 7), ("拦截", 7), ("失败", 7), ("重复", 7), ("无漏采时段", 26), ("缺天", 7),
        ("完整", 7), ("告警", 20),
    )  # fmt: skip
    note = (
        "数字为最近一次采集所见，来源条数、篇数只写在来源的第一行；"
        "“缺天”是统计周期里不在任何无漏采时段内的天数"
    )
    sheet = sheets.sheet("来源与完整度", "采集来源与完整度", note, columns)

    def rows() -> Iterable[Sequence[Value]]:
        for source in sheets.report.sources:
            about: list[Value] = [level_name(source.level), channel_name(source.channel)]
            figures: list[Value] = [source.items, source.stories]
            for number, c in enumerate(source.columns):
                of_source = figures if number == 0 else ["", ""]
                counts: list[Value] = [c.list_pages, c.links_found, c.fetched, c.extracted]
                counts += [c.dated, c.known, c.refused, c.blocked, c.failed, c.duplicates]
                rest: list[Value] = [windows_words(c.windows), c.missing_days]
                rest += ["是" if c.complete else "否", "、".join(column_alarms(c))]
                yield [source.name, c.column or "（全站）", *about, *of_source, *counts, *rest]
            if not source.columns:
                complete = "是" if source.complete else "否"
                yield [source.name, "（无台账）", *about, *figures, *[""] * 12, complete, ""]

    sheets.rows(sheet, columns, rows())


def _unchecked(sheets: _Sheets) -> None:
    columns: tuple[Column, ...] = (
        ("类别", 16), ("内容", 100), ("情况", 18), ("对应来源", 30),
    )  # fmt: skip
    sheet = sheets.sheet("未查范围", "未查范围", "本报告对下列范围不作任何判断", columns)
    report = sheets.report
    rows: list[list[Value]] = [["未查范围", line, "", ""] for line in report.unchecked]
    for medium in report.media:
        kind = f"（{medium_kind(medium.kind)}）" if medium.kind else ""
        source = medium_source(report, medium)
        rows.append(["应查媒体", f"{medium.name}{kind}", medium_state(medium), source])
    sheets.rows(sheet, columns, rows)
