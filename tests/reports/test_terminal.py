"""The report on a terminal."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console

from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.reports.terminal import print_report, summary_lines


def _printed(report: CoverageReport, width: int, *, verbose: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system="truecolor")
    print_report(report, console, verbose=verbose)
    return out.getvalue()


def _plain(text: str) -> str:
    from rich.text import Text

    return Text.from_ansi(text).plain


def test_states_stand_in_words_and_worst_first(sample_report: CoverageReport) -> None:
    shown = _plain(_printed(sample_report, 140))
    places = [shown.index(theme.title) for theme in sample_report.worst_first()]
    assert places == sorted(places)
    for theme in sample_report.themes:
        assert STATE_NAMES[theme.state] in shown
        assert theme.reason in shown
    assert "告警  青原日报 科技专版：被拦截（521）、正文抽取异常，缺 29 天" in shown
    assert "4. <img src=x onerror=alert(1)>没有采集。" in shown


def test_months_stand_in_the_matrix_only_where_there_is_room(
    sample_report: CoverageReport,
) -> None:
    assert "6月" in _plain(_printed(sample_report, 140)).split("未查范围")[0]
    narrow = _plain(_printed(sample_report, 80)).split("未查范围")[0]
    assert "6月" not in narrow
    assert "已核实" in narrow


def test_neither_markup_nor_escape_codes_of_a_title_act(sample_report: CoverageReport) -> None:
    theme = msgspec.structs.replace(
        sample_report.themes[0], title="\x1b[2J\x1b]0;x\x07[red]红[/red]", reason="[/]\x9b31m"
    )
    report = msgspec.structs.replace(sample_report, themes=(theme,))
    shown = _printed(report, 100)
    assert "\x1b[2J" not in shown
    assert "\x1b]0" not in shown
    assert "\x9b" not in shown
    assert "[red]红[/red]" in _plain(shown)


def test_the_end_of_a_demo_is_five_lines(sample_report: CoverageReport) -> None:
    lines = summary_lines(sample_report)
    assert lines == (
        "采集 21 条、归并为 15 篇报道（转载 6 条）、计入 12 篇",
        "6 个宣传重点：已达标 1、薄弱 1、空白（已核实） 1、待核实 3",
        "最弱条目：（四）科技创新载体建设，空白（已核实）。"
        "已查 4 家 96 条，核实 0 篇；全部通读认定，至多 0 篇。",
        "采访单位 7 家：见报 2 家（29 %；已专访 1、已提及 1），未见报道 5 家",
        "未查范围：青原日报“科技专版”：6 月 3 日至 6 月 30 日共 28 天被拦截（521），没有读到；"
        "另有 3 项。被拦截的栏目：青原日报“科技专版”。",
    )


def test_an_empty_plan_and_period_are_no_data(empty_report: CoverageReport) -> None:
    lines = summary_lines(empty_report)
    assert len(lines) == 5
    assert [("没有数据" in line) for line in lines[:3]] == [True, True, True]
    assert "没有数据：方案里没有可对照的条目" in _plain(_printed(empty_report, 100))


def test_verbose_adds_units_seen_and_media(sample_report: CoverageReport) -> None:
    shown = _plain(_printed(sample_report, 140, verbose=True))
    assert "已专访  青原市科技创业服务中心  2 篇" in shown
    assert "未查  青原新闻" in shown
