"""The report on a terminal."""

from __future__ import annotations

import io
import itertools
import re

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.reports.terminal import print_report, summary_lines


def _printed(report: CoverageReport, width: int, *, verbose: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system="truecolor")
    print_report(report, console, verbose=verbose)
    return out.getvalue()


def _with_totals(report: CoverageReport, **changes: int) -> CoverageReport:
    totals = msgspec.structs.replace(report.totals, **changes)
    return msgspec.structs.replace(report, totals=totals)


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
        "6 个宣传重点：已达标 1、薄弱 1、空白（已核实） 1、待核实 3；"
        "分期 12 项：已达标 2、薄弱 2、空白（已核实） 2、待核实 6",
        "最弱条目：（四）科技创新载体建设，空白（已核实）。"
        "已查 4 家 96 条，核实 0 篇；全部通读认定，至多 0 篇。"
        "下一步：采访方案点名的重点实验室和中试基地。",
        "采访单位 7 家：见报 2 家（29 %；已专访 1、已提及 1），未见报道 5 家",
        "未查范围：青原日报“科技专版”：6 月 3 日至 6 月 30 日共 28 天被拦截（521），没有读到；"
        "另有 3 项。被拦截的栏目：青原日报“科技专版”。",
    )


def test_an_empty_plan_and_period_are_no_data(empty_report: CoverageReport) -> None:
    lines = summary_lines(empty_report)
    assert len(lines) == 5
    assert [("没有数据" in line) for line in lines[:3]] == [True, True, True]
    assert not any("0 %" in line for line in lines)
    assert "没有数据：方案里没有可对照的条目" in _plain(_printed(empty_report, 100))


def test_verbose_adds_units_seen_and_media(sample_report: CoverageReport) -> None:
    shown = _plain(_printed(sample_report, 140, verbose=True))
    assert "已专访  青原市科技创业服务中心  2 篇" in shown
    assert "未查  青原新闻" in shown
    assert "有零星收录 3 条  白河日报\n" in shown


def test_the_head_says_for_which_place_with_what_and_when(sample_report: CoverageReport) -> None:
    shown = _plain(_printed(sample_report, 100))
    assert shown.splitlines()[0] == sample_report.plan.title
    assert "属地：青原市（读自方案" in shown
    assert "模型：base-28（条目画像为系统推荐、未经人确认）" in shown
    assert "生成时间：2025-07-02 09:30 北京时间" in shown
    assert "尚未归类" not in shown
    nothing = msgspec.structs.replace(
        sample_report,
        plan=msgspec.structs.replace(sample_report.plan, home=""),
        model=msgspec.structs.replace(sample_report.model, name="", fingerprint=""),
    )
    shown = _plain(_printed(_with_totals(nothing, unclassified=12), 100))
    assert "属地：未判定（方案未写明地域，全部计入）" in shown
    assert "模型：尚未归类" in shown
    assert "注意：12 篇计入报道尚未归类，各条目的机器篇数不全（先运行 xuanjian classify）" in shown


def test_verbose_lists_the_stories_and_how_to_review_the_first_ones(
    sample_report: CoverageReport,
) -> None:
    shown = _plain(_printed(sample_report, 100, verbose=True))
    after = shown[shown.index("报道 7 篇（条目编号 focus-5）") :]
    theme = next(theme for theme in sample_report.themes if theme.id == "focus-5")
    first = sample_report.story(theme.queue[0])
    assert f"概率 0.99  机器  {first.id}  待复核 1  首发 {first.items[0].id}" in after
    assert [after.index(f"待复核 {turn} ") for turn in range(1, 8)] == sorted(
        after.index(f"待复核 {turn} ") for turn in range(1, 8)
    )
    assert " 2025-01-08  青原市第1处众创空间挂牌，二十七个团队入驻\n" in shown
    assert "青原日报  概率 0.93  已确认（李文）  s1\n" in shown
    assert '", "themes": ["' in shown
    assert "xuanjian review import reviews.jsonl" in shown
    brief = _plain(_printed(sample_report, 100))
    assert "待复核 1" not in brief
    assert "排在最前的是哪几篇：xuanjian coverage -v" in brief


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal_or_breaks_a_figure_from_its_measure(
    sample_report: CoverageReport, width: int
) -> None:
    shown = _plain(_printed(sample_report, width))
    lines = shown.split("理由与下一步")[1].splitlines()
    assert max(map(cell_len, lines)) <= width
    joined = list(itertools.pairwise(line.strip() for line in lines))
    assert not [
        pair for pair in joined if re.search(r"\d$", pair[0]) and re.match("[家篇天条]", pair[1])
    ]
    assert not [after for _, after in joined if after[:1] in set("，。；：、）”")]
    assert shown.splitlines()[0] == sample_report.plan.title


def test_a_console_that_is_no_terminal_has_a_hundred_columns(
    sample_report: CoverageReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    for asked, given in ((80, 100), (140, 140)):
        out = io.StringIO()
        console = Console(file=out, width=asked)
        print_report(sample_report, console)
        assert console.width == given
        assert "\x1b" not in out.getvalue()


def test_a_period_that_has_not_begun_and_one_without_a_counted_story_are_no_data(
    sample_report: CoverageReport,
) -> None:
    open_themes = tuple(
        msgspec.structs.replace(theme, state="undecided") for theme in sample_report.themes
    )
    report = msgspec.structs.replace(sample_report, themes=open_themes)
    uncounted = _with_totals(report, counted=0)
    assert "没有数据：统计周期内采到 15 篇报道，没有一篇计入" in _plain(_printed(uncounted, 140))
    ahead = msgspec.structs.replace(report, generated_at="2024-12-30T00:00:00+00:00")
    shown = _plain(_printed(ahead, 140))
    assert "没有数据：统计周期自 2025-01-01 起，生成报告时尚未开始" in shown
    assert "状态" not in shown.split("理由与下一步")[0]


def test_a_column_says_when_it_was_read_last(sample_report: CoverageReport) -> None:
    shown = _plain(_printed(sample_report, 140, verbose=True))
    assert "青原市科学技术局 工作动态：最近一次 2025-07-02 06:40 北京时间，抽取 40 条" in shown
