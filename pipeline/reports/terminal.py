"""The report on a terminal, for officers, in Chinese.

Hides: what fits on a screen. Months stand in the matrix only when the window is wide enough;
every value is shown as plain text, so that neither Rich markup nor escape codes in a crawled
title can act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.coverage.report import (
    STATE_NAMES,
    UNIT_STATE_NAMES,
    CoverageReport,
    CoverageState,
    ThemeLine,
)
from pipeline.reports.selection import (
    TimeColumn,
    blocked_columns,
    time_columns,
    troubled_columns,
    units_by_theme,
)
from pipeline.reports.wording import (
    MEDIUM_STATES,
    NO_DATA,
    clean,
    column_alarms,
    full_title,
    level_name,
    profiles_note,
    share,
    source_name,
    state_counts,
    unchecked_note,
    unit_counts,
    windows_words,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["print_report", "summary_lines"]

_STATE_STYLES: dict[CoverageState, str] = {
    "covered": "green",
    "thin": "yellow",
    "blank": "bold red",
    "undecided": "cyan",
}
_UNIT_STYLES = {"interviewed": "green", "mentioned": "yellow", "unseen": "red"}

_MATRIX_WIDTH = 64
"""Columns of the terminal the matrix needs without months, with a readable title."""
_MONTH_WIDTH = 8


def print_report(report: CoverageReport, console: Console, *, verbose: bool = False) -> None:
    """Print ``report``; ``verbose`` adds the units already seen, the columns in order and the media."""
    from rich.rule import Rule
    from rich.text import Text

    console.print(Rule(style="dim"))
    console.print(Text(clean(report.plan.title, 160) or "（方案无标题）", style="bold"))
    label = f"{clean(report.period.label, 60)}，" if report.period.label else ""
    _say(console, f"统计周期  {label}{report.period.first} 至 {report.period.last}")
    _say(
        console,
        f"模型      {clean(report.model.name, 60)}（{profiles_note(report.model.profiles)}）",
    )
    _say(console, _totals_line(report))
    console.print()
    if report.themes:
        console.print(_matrix(report, console.width))
        _say(console, "数字为“已核实/机器”篇数；各行可有重复，不能相加。", "dim")
    else:
        _say(console, f"{NO_DATA}：方案里没有可对照的条目。", "bold")
    _say(console, unchecked_note(report), "dim")
    _print_reasons(report, console)
    _print_sources(report, console, verbose=verbose)
    _print_units(report, console, verbose=verbose)
    if verbose and report.media:
        _heading(console, "应查媒体")
        for medium in report.media:
            source = f"（{source_name(report, medium.source)}）" if medium.source else ""
            _say(console, f"  {MEDIUM_STATES[medium.state]}  {clean(medium.name, 60)}{source}")
    _heading(console, "未查范围")
    for number, line in enumerate(report.unchecked, 1):
        _say(console, f"  {number}. {clean(line, 400)}")
    if not report.unchecked:
        _say(console, "  没有列出项目。")


def summary_lines(report: CoverageReport) -> tuple[str, ...]:
    """The five lines an officer wants at the end: totals, states, weakest, units, unchecked."""
    return (
        _totals_line(report),
        _states_line(report),
        _weakest_line(report),
        _units_line(report),
        _unchecked_line(report),
    )


def _totals_line(report: CoverageReport) -> str:
    totals = report.totals
    if not totals.items:
        return f"采集：{NO_DATA}（统计周期内没有采集到报道）"
    return (
        f"采集 {totals.items} 条、归并为 {totals.stories} 篇报道（转载 {totals.reprints} 条）、"
        f"计入 {totals.counted} 篇"
    )


def _states_line(report: CoverageReport) -> str:
    counts = state_counts(report)
    if not report.themes:
        return f"覆盖状态：{NO_DATA}（方案里没有可对照的条目）"
    scheme = clean(report.plan.scheme_name, 40) or "条目"
    parts = "、".join(f"{STATE_NAMES[state]} {count}" for state, count in counts.items())
    return f"{len(report.themes)} 个{scheme}：{parts}"


def _weakest_line(report: CoverageReport) -> str:
    if not report.themes:
        return f"最弱条目：{NO_DATA}"
    worst = report.worst_first()[0]
    if worst.state == "covered":
        return "最弱条目：无，全部已达标"
    state = STATE_NAMES[worst.state]
    return f"最弱条目：{full_title(worst)}，{state}。{clean(worst.reason, 200)}"


def _units_line(report: CoverageReport) -> str:
    counts = unit_counts(report)
    total = len(report.units)
    if not total:
        return "采访单位：方案没有列出"
    seen = counts["interviewed"] + counts["mentioned"]
    return (
        f"采访单位 {total} 家：见报 {seen} 家（{share(seen, total)}；已专访 "
        f"{counts['interviewed']}、已提及 {counts['mentioned']}），未见报道 {counts['unseen']} 家"
    )


def _unchecked_line(report: CoverageReport) -> str:
    line = unchecked_note(report)
    blocked = [
        f"{clean(source.name, 40)}{f'“{clean(column.column, 40)}”' if column.column else ''}"
        for source, column in blocked_columns(report)
    ]
    if blocked:
        more = f"等 {len(blocked)} 个栏目" if len(blocked) > 3 else ""
        line += f"被拦截的栏目：{'、'.join(blocked[:3])}{more}。"
    return line


def _say(console: Console, line: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(line, style=style))


def _heading(console: Console, name: str) -> None:
    console.print()
    _say(console, name, "bold")


def _table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=False)


def _matrix(report: CoverageReport, width: int) -> Table:
    from rich.text import Text

    columns: tuple[TimeColumn, ...] = time_columns(report.months)
    if width < _MATRIX_WIDTH + _MONTH_WIDTH * len(columns):
        columns = ()
    table = _table()
    table.add_column(clean(report.plan.scheme_name, 40) or "条目", ratio=1, overflow="fold")
    table.add_column("状态", no_wrap=True)
    for name in ("已核实", "机器", "达标线"):
        table.add_column(name, justify="right", no_wrap=True)
    for column in columns:
        table.add_column(column.short, justify="right", no_wrap=True)
    for theme in report.worst_first():
        table.add_row(
            Text(full_title(theme)),
            _state(theme),
            str(theme.tally.verified),
            str(theme.tally.machine),
            str(theme.bar),
            *(_cell(theme, column) for column in columns),
        )
    return table


def _state(theme: ThemeLine) -> Text:
    from rich.text import Text

    return Text(STATE_NAMES[theme.state], style=_STATE_STYLES[theme.state])


def _cell(theme: ThemeLine, column: TimeColumn) -> str:
    tally = column.tally(theme)
    return f"{tally.verified}/{tally.machine}" if tally.shown else "0"


def _print_reasons(report: CoverageReport, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    if report.themes:
        _heading(console, "理由与下一步")
    for theme in report.worst_first():
        line = Text.assemble(full_title(theme), "  ", _state(theme))
        console.print(Padding(line, (0, 0, 0, 2)))
        console.print(Padding(Text(f"理由：{clean(theme.reason, 400)}"), (0, 0, 0, 4)))
        if theme.next_step:
            step = Text(f"下一步：{clean(theme.next_step, 400)}", style="dim")
            console.print(Padding(step, (0, 0, 0, 4)))


def _print_sources(report: CoverageReport, console: Console, *, verbose: bool) -> None:
    from rich.text import Text

    _heading(console, "来源与完整度")
    if not report.sources:
        _say(console, f"  {NO_DATA}：没有登记任何采集来源。")
        return
    table = _table()
    table.add_column("来源", overflow="fold")
    table.add_column("级别", no_wrap=True)
    table.add_column("条", justify="right", no_wrap=True)
    table.add_column("篇", justify="right", no_wrap=True)
    table.add_column("完整度", no_wrap=True)
    for source in report.sources:
        table.add_row(
            Text(clean(source.name, 60)),
            level_name(source.level),
            str(source.items),
            str(source.stories),
            Text("采集完整", style="green") if source.complete else Text("未采全", style="red"),
        )
    console.print(table)
    for source, column in troubled_columns(report):
        name = f"{clean(source.name, 40)} {clean(column.column, 40)}".strip()
        missing = f"，缺 {column.missing_days} 天" if column.missing_days else ""
        _say(console, f"  告警  {name}：{'、'.join(column_alarms(column))}{missing}", "red")
    if verbose:
        for source in report.sources:
            for column in source.columns:
                _say(
                    console,
                    f"  {clean(source.name, 40)} {clean(column.column, 40) or '（全站）'}："
                    f"抽取 {column.extracted} 条，无漏采时段 {windows_words(column.windows)}",
                    "dim",
                )
    _say(console, unchecked_note(report), "dim")


def _print_units(report: CoverageReport, console: Console, *, verbose: bool) -> None:
    from rich.text import Text

    _heading(console, "采访单位")
    _say(console, f"  {_units_line(report)}")
    for theme, units in units_by_theme(report):
        shown = units if verbose else tuple(unit for unit in units if unit.state == "unseen")
        if not shown:
            continue
        _say(console, f"  {full_title(theme) if theme else '未归入条目'}", "dim")
        for unit in shown:
            line = Text(f"    {UNIT_STATE_NAMES[unit.state]}  ", style=_UNIT_STYLES[unit.state])
            line.append(clean(unit.name, 80), style="default")
            if unit.stories:
                line.append(f"  {len(unit.stories)} 篇", style="dim")
            console.print(line)
    if report.units:
        _say(console, unchecked_note(report), "dim")
