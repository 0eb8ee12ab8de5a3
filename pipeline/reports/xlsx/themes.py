"""The sheets about themes 对照条目 and units 采访单位: overview, months, units.

Hides: which figures stand beside a theme, and where the chart goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.coverage.report import LOCALITY_NAMES, STATE_NAMES, UNIT_STATE_NAMES, CoverageReport
from pipeline.reports.selection import Standing, StoryIndex, time_columns, units_by_theme
from pipeline.reports.wording import (
    NO_DATA,
    clean,
    day_made,
    days_words,
    full_title,
    home_words,
    made_words,
    model_words,
    no_data,
    says_nothing,
    unclassified_note,
)
from pipeline.reports.xlsx.book import FONT, HEAD_ROW, Book, Column, Value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_months", "write_overview", "write_units"]

_OVERVIEW = "总览"
_TIMES = 5
"""The overview's first column of a time."""
_QUEUE_IN_OVERVIEW = 3
"""Stories to review first that stand beside the next step; the sheet 复核队列 has them all."""


def write_overview(book: Book) -> None:
    """Themes, worst first, with state, reason and next step; the totals; the chart."""
    report = book.report
    times = time_columns(report.months, made=day_made(report))
    columns: list[Column] = [(book.scheme, 34), ("状态", 15), ("已核实", 8), ("机器", 8)]
    columns += [("达标线", 8), *((time.short, 7) for time in times), ("理由", 44), ("下一步", 36)]
    columns += [("先复核这些", 68)]
    note = "最差的在前；各月为已核实与机器之和；一篇报道可归入几条，各行不能相加"
    alarms = [unclassified_note(report)]
    if says_nothing(report):
        alarms.append(f"{NO_DATA}：{no_data(report)}")
    alarm = "　".join(filter(None, alarms))
    sheet = book.sheet(_OVERVIEW, "宣传覆盖对照报告", alarm or note, columns)
    sheet.write_string(1, 0, _about(report), book.note)
    if alarm:
        sheet.write_string(2, 0, alarm, book.alarm)
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
    after = book.rows(sheet, columns, rows)
    totals = report.totals
    table: list[tuple[str, int]] = [
        ("采集条数", totals.items),
        ("归并后篇数", totals.stories),
        ("转载条数", totals.reprints),
        ("计入篇数", totals.counted),
        ("人工复核篇数", totals.reviewed),
        ("尚未归类篇数", totals.unclassified),
        ("未归入任何条目篇数", totals.themeless),
        ("未列入清单篇数", totals.unlisted),
        ("无日期条数", totals.undated),
    ]
    table += [
        (f"属地：{LOCALITY_NAMES.get(code, code)}", count)
        for code, count in totals.by_locality.items()
    ]
    sheet.write_string(after + 1, 0, "合计", book.head)
    sheet.write_string(after + 1, 1, "数量", book.head)
    for offset, (name, count) in enumerate(table, after + 2):
        book.cell(sheet, offset, 0, name)
        book.cell(sheet, offset, 1, count)
    if worst:
        _chart(book, sheet, len(worst), after + 1)


def _about(report: CoverageReport) -> str:
    """The overview's own second line: what was audited, when, for which place, with what."""
    period = days_words(report.period.first, report.period.last)
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


def _chart(book: Book, sheet: Worksheet, themes: int, row: int) -> None:
    """Bars of verified and machine stories per theme, in the order of the table."""
    first, last = HEAD_ROW + 1, HEAD_ROW + themes
    chart = book.bar_chart()
    for column, colour in ((2, "#1C6040"), (3, "#9CBFDD")):
        chart.add_series(
            {
                "name": [_OVERVIEW, HEAD_ROW, column],
                "categories": [_OVERVIEW, first, 0, last, 0],
                "values": [_OVERVIEW, first, column, last, column],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    font = {"name": FONT, "size": 9}
    chart.set_title({"name": "各条报道篇数", "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#D5DBE1"}}})  # fmt: skip
    chart.set_y_axis({"reverse": True, "num_font": font})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 820, "height": min(180 + 42 * themes, 1_200)})
    sheet.insert_chart(row, 3, chart, {"object_position": 2})


def write_months(book: Book) -> None:
    """Verified and machine stories of every theme by month."""
    report = book.report
    columns: list[Column] = [(book.scheme, 34)]
    columns += [(name, 8) for name in ("已确认", "已更正", "机器", "已否定")]
    for month in report.months:
        columns += [(f"{month} 已核实", 9), (f"{month} 机器", 9)]
    note = "已核实是已确认与已更正之和；已否定不计篇数"
    sheet = book.sheet("逐月", "逐月篇数", note, columns)
    rows: list[list[Value]] = []
    for theme in report.worst_first():
        tally = theme.tally
        row: list[Value] = [full_title(theme), tally.confirmed, tally.corrected]
        row += [tally.machine, tally.rejected]
        for in_month in theme.by_month:
            row += [in_month.verified, in_month.machine]
        rows.append(row)
    after = book.rows(sheet, columns, rows)
    times = time_columns(report.months, made=day_made(report))
    if rows and len(times) > 1:
        _months_chart(book, sheet, len(rows), len(times), after + 1)


def _months_chart(book: Book, sheet: Worksheet, themes: int, times: int, row: int) -> None:
    """Columns of stories by time, one stack of themes each, from the figures of the overview."""
    chart = book.column_chart()
    for at in range(HEAD_ROW + 1, HEAD_ROW + 1 + themes):
        chart.add_series(
            {
                "name": [_OVERVIEW, at, 0],
                "categories": [_OVERVIEW, HEAD_ROW, _TIMES, HEAD_ROW, _TIMES + times - 1],
                "values": [_OVERVIEW, at, _TIMES, at, _TIMES + times - 1],
                "gap": 60,
            }
        )
    font = {"name": FONT, "size": 9}
    title = "各月报道篇数（已核实与机器之和；一篇可归入几条）"
    chart.set_title({"name": title, "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis({"num_font": font, "major_gridlines": {"visible": True, "line": {"color": "#D5DBE1"}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 960, "height": min(380 + 16 * themes, 900)})
    sheet.insert_chart(row, 0, chart, {"object_position": 2})


def write_units(book: Book) -> None:
    """Units by theme: interviewed, mentioned or unseen, and in which stories."""
    columns: tuple[Column, ...] = (
        ("单位", 40), ("所属条目", 34), ("情况", 11), ("篇数", 8), ("方案说明", 44), ("见于", 60),
    )  # fmt: skip
    sheet = book.sheet("采访单位", "采访单位见报情况", "专访与提及分开计", columns)
    index = StoryIndex(book.report)

    def rows() -> Iterable[Sequence[Value]]:
        for theme, units in units_by_theme(book.report):
            for unit in units:
                seen = [index.get(story_id) for story_id in unit.stories]
                titles = "；".join(clean(story.title, 60) for story in seen if story is not None)
                name = full_title(theme) if theme else "未归入条目"
                state = UNIT_STATE_NAMES[unit.state]
                yield [unit.name, name, state, unit.count, unit.note, titles]

    book.rows(sheet, columns, rows())
