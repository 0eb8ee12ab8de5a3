"""The report on a terminal, for officers, in Chinese.

Hides: what fits on a screen. Months stand in the matrix only when the window is wide enough;
sentences end their lines where Chinese may be broken; every value is shown as plain text, so
that neither Rich markup nor escape codes in a crawled title can act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import (
    ASSIGNMENT_NAMES,
    STATE_NAMES,
    UNIT_STATE_NAMES,
    ColumnLine,
    CoverageReport,
    CoverageState,
    SourceLine,
    ThemeLine,
)
from pipeline.reports.duties_terminal import print_figures, print_sentences
from pipeline.reports.inquiry_wording import answer_words
from pipeline.reports.period_terminal import print_period_parts
from pipeline.reports.screen import heading, plain_table, put, say, settle_width
from pipeline.reports.selection import (
    Standing,
    StoryIndex,
    TimeColumn,
    blocked_columns,
    listed,
    time_columns,
    troubled_columns,
    units_by_theme,
)
from pipeline.reports.wording import (
    NO_DATA,
    clean,
    column_alarms,
    column_name,
    day_made,
    days_words,
    full_title,
    home_words,
    level_name,
    made_words,
    medium_source,
    medium_state,
    model_words,
    no_data,
    read_words,
    reviewer_of,
    says_nothing,
    sentence,
    share,
    state_counts,
    unchecked_note,
    unclassified_note,
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
_ALARM_STYLE = "bold red"

_MATRIX_WIDTH = 64
"""Columns of the terminal the matrix needs without months, with a readable title."""
_MONTH_WIDTH = 8


def print_report(report: CoverageReport, console: Console, *, verbose: bool = False) -> None:
    """Print ``report`` in the width of the terminal, or 100 columns where there is none.

    ``verbose`` adds the stories under each theme, the plan's sentences and target figures, the
    units already seen, the columns in order and the media. A console without a width of its own is given one.
    """
    settle_width(console)
    _print_head(report, console)
    if says_nothing(report):
        say(console, f"{NO_DATA}：{no_data(report)}", _ALARM_STYLE)
    else:
        console.print(_matrix(report, console.width))
        console.print()
        columns = _columns(report, console.width)
        months = "各月为“已核实/机器”篇数；" if columns else ""
        months += "“—”是尚未开始；" if any(column.ahead for column in columns) else ""
        say(console, f"{months}一篇可归入几条，各行不能相加。", "dim")
    say(console, unchecked_note(report), "dim")
    _print_reasons(report, console, verbose=verbose)
    print_period_parts(report, console)
    if verbose and isinstance(report, PeriodReport):
        if report.sentences:
            print_sentences(report.sentences, console)
            say(console, unchecked_note(report), "dim")
        if report.figures:
            print_figures(report.figures, console)
            say(console, unchecked_note(report), "dim")
    _print_sources(report, console, verbose=verbose)
    _print_units(report, console, verbose=verbose)
    if verbose and report.media:
        heading(console, "应查媒体")
        for medium in report.media:
            source = medium_source(report, medium)
            about = f"（来源：{source}）" if source else ""
            say(console, f"{medium_state(medium)}  {clean(medium.name, 60)}{about}", indent=2)
    heading(console, "未查范围")
    for number, line in enumerate(report.unchecked, 1):
        say(console, f"{number}. {clean(line, 400)}", indent=2, hang=3)
    if not report.unchecked:
        say(console, "没有列出项目。", indent=2)


def summary_lines(report: CoverageReport) -> tuple[str, ...]:
    """The five lines an officer wants at the end: totals, states, weakest, units, unchecked."""
    return (
        _totals_line(report),
        _states_line(report),
        _weakest_line(report),
        _units_line(report),
        _unchecked_line(report),
    )


def _print_head(report: CoverageReport, console: Console) -> None:
    say(console, clean(report.plan.title, 160) or "（方案无标题）", "bold")
    label = f"{clean(report.period.label, 60)}，" if report.period.label else ""
    period = days_words(report.period.first, report.period.last)
    for name, said in (
        ("统计周期", label + period),
        ("属地", home_words(report)),
        ("模型", model_words(report)),
        ("生成时间", made_words(report.generated_at)),
    ):
        say(console, f"{name}：{said}", hang=2 * len(name) + 2)
    say(console, _totals_line(report))
    if warning := unclassified_note(report):
        console.print()
        say(console, f"注意：{warning}", _ALARM_STYLE, hang=6)
    console.print()


def _totals_line(report: CoverageReport) -> str:
    totals = report.totals
    if not totals.items:
        return f"采集：{NO_DATA}（统计周期内没有采集到报道）"
    return (
        f"采集 {totals.items} 条、归并为 {totals.stories} 篇报道（转载 {totals.reprints} 条）、"
        f"计入 {totals.counted} 篇"
    )


def _states_line(report: CoverageReport) -> str:
    if says_nothing(report):
        return f"覆盖状态：{NO_DATA}。{no_data(report)}"
    counts = state_counts(report)
    scheme = clean(report.plan.scheme_name, 40) or "条目"
    parts = "、".join(f"{STATE_NAMES[state]} {count}" for state, count in counts.items())
    return f"{len(report.themes)} 个{scheme}：{parts}{_by_term(report)}"


def _by_term(report: CoverageReport) -> str:
    """How the terms 考核周期 that have begun stand: a theme with a blank quarter is none that is blank."""
    begun = [
        line.state
        for theme in report.themes
        for line in theme.by_term
        if line.period.first <= day_made(report)
    ]
    counts = "、".join(
        f"{name} {begun.count(state)}" for state, name in STATE_NAMES.items() if state in begun
    )
    return f"；分期 {len(begun)} 项：{counts}" if begun else ""


def _weakest_line(report: CoverageReport) -> str:
    if says_nothing(report):
        return f"最弱条目：{NO_DATA}"
    worst = report.worst_first()[0]
    if worst.state == "covered":
        return "最弱条目：无，全部已达标"
    step = f"下一步：{sentence(worst.next_step, 200)}" if worst.next_step else ""
    state = STATE_NAMES[worst.state]
    return f"最弱条目：{full_title(worst)}，{state}。{sentence(worst.reason, 200)}{step}"


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


def _columns(report: CoverageReport, width: int) -> tuple[TimeColumn, ...]:
    """The time columns there is room for: all or none."""
    columns = time_columns(report.months, made=day_made(report))
    return columns if width >= _MATRIX_WIDTH + _MONTH_WIDTH * len(columns) else ()


def _matrix(report: CoverageReport, width: int) -> Table:
    from rich.text import Text

    columns = _columns(report, width)
    table = plain_table()
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
    if tally.shown:
        return f"{tally.verified}/{tally.machine}"
    return "—" if column.ahead else "0"


def _print_reasons(report: CoverageReport, console: Console, *, verbose: bool) -> None:
    from rich.text import Text

    if report.themes:
        heading(console, "理由与下一步")
    index = StoryIndex(report)
    answers = report.answers if isinstance(report, PeriodReport) else ()
    for theme in report.worst_first():
        put(console, Text.assemble("  ", full_title(theme), "  ", _state(theme)))
        say(console, f"理由：{clean(theme.reason, 400)}", indent=4, hang=6)
        if theme.next_step:
            say(console, f"下一步：{clean(theme.next_step, 400)}", "bold", indent=4, hang=8)
        for answer in answers:
            if answer.theme == theme.id:
                say(console, f"科室答复：{answer_words(answer)}", indent=4, hang=10)
        if verbose:
            _print_stories(theme, index, console)
    waiting = [(theme, one) for theme in report.worst_first() for one in index.queue(theme)]
    if waiting and verbose:
        _print_how_to_review(*waiting[0], console)
    elif waiting:
        say(console, "排在最前的是哪几篇：xuanjian coverage -v", "dim", indent=2)


def _print_stories(theme: ThemeLine, index: StoryIndex, console: Console) -> None:
    """The stories of a theme by rank, two lines each; those to review first say their turn."""
    standing = index.under(theme)
    if not standing:
        say(console, "报道：没有归入本条的报道。", "dim", indent=4)
        return
    say(console, f"报道 {len(standing)} 篇（条目编号 {clean(theme.id, 60)}）：", indent=4)
    shown = listed(standing)
    for rank, one in shown:
        _print_story(rank, one, console)
    if len(standing) > len(shown):
        say(console, f"其余 {len(standing) - len(shown)} 篇见 report.xlsx。", "dim", indent=9)


def _print_story(rank: int, one: Standing, console: Console) -> None:
    from rich.text import Text

    story = one.story
    day = clean(story.day or "", 10) or "日期不明"
    number = f"{rank:>2}. "
    title = clean(story.title, 120) or "（无标题）"
    say(console, f"{number}{day}  {title}", indent=5, hang=len(number))
    facts = [clean(story.outlet, 40) or "稿源不明"]
    if one.link is not None:
        who = ASSIGNMENT_NAMES[one.link.state]
        name = reviewer_of(story)
        decided = f"{who}（{name}）" if name and one.link.state != "machine" else who
        facts += [f"概率 {one.link.probability:.2f}", decided]
    facts.append(clean(story.id, 60))
    line = Text(" " * (5 + len(number)) + "  ".join(facts), style="dim")
    if one.turn:
        line.append(f"  待复核 {one.turn}", style="bold cyan not dim")
        line.append(f"  首发 {clean(one.first_item, 60)}", style="dim")
    put(console, line)


def _print_how_to_review(theme: ThemeLine, one: Standing, console: Console) -> None:
    """How the next step is done, with a line that can be copied."""
    console.print()
    say(
        console,
        "怎样复核：按“待复核”的次序看报道；每篇写一行，属于本条写 themes，不属于写 not_themes，例如",
        indent=2,
    )
    example = (
        f'{{"id": "{clean(one.first_item, 60)}", "themes": ["{clean(theme.id, 60)}"], '
        '"reviewer": "姓名"}'
    )
    say(console, example, "cyan", indent=4)
    say(
        console,
        "存成 reviews.jsonl，运行 xuanjian review import reviews.jsonl，再运行 xuanjian coverage。",
        indent=2,
    )


def _print_sources(report: CoverageReport, console: Console, *, verbose: bool) -> None:
    from rich.text import Text

    heading(console, "来源与完整度")
    if not report.sources:
        say(console, f"{NO_DATA}：没有登记任何采集来源。", indent=2)
        return
    table = plain_table()
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
    console.print()
    for source, column in troubled_columns(report):
        missing = f"，缺 {column.missing_days} 天" if column.missing_days else ""
        said = f"{_named(source, column)}：{'、'.join(column_alarms(column))}{missing}"
        say(console, f"告警  {said}", "red", indent=2, hang=6)
    if verbose:
        for source in report.sources:
            for column in source.columns:
                said = (
                    f"最近一次 {read_words(column)}，抽取 {column.extracted} 条；"
                    f"无漏采时段：{windows_words(column)}"
                )
                line = f"{_named(source, column)}：{said}"
                say(console, line, "dim", indent=2, hang=2)
    say(console, unchecked_note(report), "dim")


def _named(source: SourceLine, column: ColumnLine) -> str:
    return f"{clean(source.name, 40)} {column_name(column)}"


def _print_units(report: CoverageReport, console: Console, *, verbose: bool) -> None:
    from rich.text import Text

    heading(console, "采访单位")
    say(console, _units_line(report), indent=2)
    for theme, units in units_by_theme(report):
        shown = units if verbose else tuple(unit for unit in units if unit.state == "unseen")
        if not shown:
            continue
        say(console, full_title(theme) if theme else "未归入条目", "dim", indent=2)
        for unit in shown:
            line = Text(f"    {UNIT_STATE_NAMES[unit.state]}  ", style=_UNIT_STYLES[unit.state])
            line.append(clean(unit.name, 80), style="default")
            if unit.count:
                line.append(f"  {unit.count} 篇", style="dim")
            put(console, line)
    if report.units:
        say(console, unchecked_note(report), "dim")
