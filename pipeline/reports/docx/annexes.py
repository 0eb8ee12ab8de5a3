"""What is appended to the circular: how each point came about, and what was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import UNIT_STATE_NAMES
from pipeline.coverage.scorecard import LINE_NAMES
from pipeline.reports.docx.matrix import forms_tables, offices_table
from pipeline.reports.docx.offices import quotas_table
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.docx.period import (
    FOREMOST,
    advice_table,
    figures_table,
    proofs_table,
    sentences_table,
    signatures_table,
)
from pipeline.reports.matrix import dimensions
from pipeline.reports.points_wording import points_words, question_words
from pipeline.reports.selection import units_by_theme
from pipeline.reports.wording import (
    clean,
    column_alarms,
    column_name,
    full_title,
    level_name,
    medium_kind,
    medium_state,
    says_nothing,
    unchecked_note,
    windows_words,
)

__all__ = ["Annex", "annexes_of"]


@dataclass(frozen=True)
class Annex:
    """One thing appended: its title and what writes it."""

    title: str
    write: Callable[[Paper, PeriodReport], None]


def annexes_of(report: PeriodReport) -> tuple[Annex, ...]:
    """What is appended to this report, in order."""
    found = report.handed_in
    quotas = found is not None and any(office.quotas for office in found.offices)
    suggestions = len(report.advice.suggestions) if report.advice else 0
    proven = any(line.proofs or line.proposals for line in report.obligations)
    said = not says_nothing(report)
    wanted = (
        (report.scorecard is not None, Annex("计分依据", _points)),
        (quotas, Annex("报送任务完成情况", quotas_table)),
        (suggestions > FOREMOST, Annex("选题建议", advice_table)),
        (proven, Annex("落实佐证", proofs_table)),
        (bool(report.sentences or report.figures), Annex("方案语句和指标", _answered)),
        (bool(report.offices), Annex("责任科室", offices_table)),
        (said and bool(dimensions(report)), Annex("级别、载体和体裁", forms_tables)),
        (bool(report.units), Annex("采访单位", _units)),
        (True, Annex("核算范围", _checked)),
        (report.sign_off is not None, Annex("签批", signatures_table)),
    )
    return tuple(annex for there, annex in wanted if there)


def _points(paper: Paper, report: PeriodReport) -> None:
    """Every line of every office, and the readings taken of what the plan leaves open."""
    card = report.scorecard
    assert card is not None  # annexes_of has looked
    columns = (
        Column("日期", 22, "figure"),
        Column("类别", 11, "figure"),
        Column("分", 11, "figure"),
        Column("信息标题", 40),
        Column("推导", 72),
    )
    for one in sorted(card.offices, key=lambda office: office.rank):
        if not one.lines:
            continue
        rows = [
            (
                line.day,
                LINE_NAMES[line.kind],
                points_words(line.points),
                clean(line.title, 80),
                clean(line.derivation, 500),
            )
            for line in one.lines
        ]
        caption = f"{clean(one.office, 40)}：{len(one.lines)}笔，合计{points_words(one.total)}分"
        paper.table(caption, columns, rows, unchecked_note(report))
    if card.questions:
        paper.table(
            "方案未明确，待定口径",
            (Column("计分说明", 12, "figure"), Column("问题及本表口径", 144)),
            ((one.note or "—", question_words(one)) for one in card.questions),
            f"口径可以另选，选定的印在表上。{unchecked_note(report)}",
        )
    if card.unapplied:
        paper.section("没有计入的条款")
        for words in card.unapplied:
            paper.line(clean(words, 300))
    if card.not_counted:
        paper.table(
            f"未计分的报送{len(card.not_counted)}处",
            (Column("登记处", 30), Column("科室", 25), Column("标题", 45), Column("原因", 55)),
            (
                (clean(o.place, 60), clean("、".join(o.offices), 60), clean(o.title, 80), o.why)
                for o in card.not_counted
            ),
            unchecked_note(report),
        )
    if card.left_out:
        paper.section(f"读不出、没有计入的行{len(card.left_out)}处")
        for trouble in card.left_out:
            paper.line(clean(str(trouble), 300))


def _answered(paper: Paper, report: PeriodReport) -> None:
    """Sentences of the plan with their answers, targets with the figures of the news."""
    if report.sentences:
        sentences_table(paper, report)
    if report.figures:
        figures_table(paper, report)


def _checked(paper: Paper, report: PeriodReport) -> None:
    """What was looked at, and what was not 未查范围."""
    _sources(paper, report)
    if report.media:
        _media(paper, report)
    _unchecked(paper, report)


def _sources(paper: Paper, report: PeriodReport) -> None:
    """来源与采集完整度: what each column of each source gave, and the days known to be whole."""
    columns = (
        Column("来源", 27),
        Column("栏目", 22),
        Column("条", 9, "figure"),
        Column("篇", 9, "figure"),
        Column("取回", 10, "figure"),
        Column("失败", 9, "figure"),
        Column("被拦", 9, "figure"),
        Column("缺天数", 10, "figure"),
        Column("无漏采时段", 36),
        Column("告警", 24),
    )
    rows: list[tuple[str | int, ...]] = []
    for source in report.sources:
        name = f"{clean(source.name, 40)}（{level_name(source.level)}）"
        if not source.columns:
            rows.append((name, "—", source.items, source.stories, *["—"] * 5, ""))
        for number, column in enumerate(source.columns):
            own = (name, source.items, source.stories) if number == 0 else ("", "", "")
            rows.append(
                (
                    own[0],
                    column_name(column),
                    own[1],
                    own[2],
                    column.fetched,
                    column.failed,
                    column.blocked,
                    column.missing_days,
                    clean(windows_words(column), 200),
                    "；".join(column_alarms(column)),
                )
            )
    paper.table("各来源栏目采集情况", columns, rows, unchecked_note(report))


def _media(paper: Paper, report: PeriodReport) -> None:
    """应查媒体: every medium the plan names, and whether it was looked at."""
    columns = (
        Column("媒体", 40),
        Column("类别", 20),
        Column("查否", 50),
        Column("收录条数", 15, "figure"),
    )
    rows = [
        (clean(one.name, 60), medium_kind(one.kind), medium_state(one), one.items)
        for one in report.media
    ]
    paper.table("应查媒体", columns, rows, unchecked_note(report))


def _units(paper: Paper, report: PeriodReport) -> None:
    """采访单位: interviewed, mentioned, never seen."""
    columns = (
        Column("条目", 45),
        Column("单位", 50),
        Column("情况", 18, "figure"),
        Column("篇数", 12, "figure"),
        Column("备注", 30),
    )
    rows: list[tuple[str | int, ...]] = []
    for theme, units in units_by_theme(report):
        for number, unit in enumerate(units):
            title = full_title(theme) if theme else "未归入条目"
            rows.append(
                (
                    title if number == 0 else "",
                    clean(unit.name, 60),
                    UNIT_STATE_NAMES[unit.state],
                    unit.count,
                    clean(unit.note, 80),
                )
            )
    paper.table("采访单位报道情况", columns, rows, unchecked_note(report))


def _unchecked(paper: Paper, report: PeriodReport) -> None:
    """未查范围, in full."""
    paper.line("未查范围：")
    for number, said in enumerate(report.unchecked, 1):
        paper.line(f"{number}．{clean(said, 400)}")
    if not report.unchecked:
        paper.line("没有列出项目。")
