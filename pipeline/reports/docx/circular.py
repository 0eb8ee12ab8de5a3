"""The circular 通报: what a period came to, as it is handed in and printed.

Hides: the order of its parts. Every number is one of the report's record; a part the record does
not have is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.reports.docx.annexes import annexes_of
from pipeline.reports.docx.offices import offices_section, offices_sentences
from pipeline.reports.docx.paper import Paper
from pipeline.reports.docx.period import (
    advice_section,
    comparison_section,
    duties_section,
    supplement_section,
)
from pipeline.reports.docx.themes import gaps_section, themes_section
from pipeline.reports.docx.wording import day_words, period_days, period_words, without_commands
from pipeline.reports.period_wording import sign_off_words
from pipeline.reports.wording import (
    clean,
    day_made,
    made_words,
    model_words,
    no_data,
    says_nothing,
    state_counts,
    unclassified_note,
)

__all__ = ["write_docx"]

_WITH_ISSUER = 3
"""Lines that go with who issues it: they may not stand on a page alone."""


def write_docx(report: CoverageReport, path: Path, template: Path | None = None) -> None:
    """Write the circular to ``path``, in the layout of ``template`` or our own.

    Raises: what ``open_template`` does.
    """
    whole = report if isinstance(report, PeriodReport) else PeriodReport.of(report)
    title = clean(report.plan.title, 120) or "（方案无标题）"
    paper = Paper(template, f"{title}{period_words(report)}落实情况通报", report.generated_at)
    if stage := _stage(whole):
        paper.line(stage, "公文草稿")
    paper.title(title)
    paper.title(f"{period_words(report)}落实情况的通报")
    paper.line(f"统计周期：{period_days(report)}", "公文副标题")
    _opening(paper, whole)
    if not says_nothing(report):
        themes_section(paper, report)
        gaps_section(paper, whole)
    offices_section(paper, whole)
    duties_section(paper, whole)
    supplement_section(paper, whole)
    comparison_section(paper, whole)
    advice_section(paper, whole)
    annexes = annexes_of(whole)
    _foot(paper, whole, [annex.title for annex in annexes])
    for annex in annexes:
        paper.annex(annex.title, only=len(annexes) == 1)
        annex.write(paper, whole)
    paper.save(path)


def _stage(report: PeriodReport) -> str:
    """What stands above a report that is not issued; '' once it is."""
    signed = report.sign_off
    if signed is not None and signed.locked:
        return f"第{signed.version}版（更正）" if signed.replaces else ""
    return f"{sign_off_words(report)}——未印发，不作为正式通报"


def _issued(report: PeriodReport) -> str:
    """The day of issue, else the day it was made; '' where neither is known."""
    signed = report.sign_off
    if signed is not None and signed.locked and signed.steps[-1].at:
        return made_words(signed.steps[-1].at)[:10]
    return day_made(report)


def _opening(paper: Paper, report: PeriodReport) -> None:
    """The totals in words."""
    nothing = without_commands(no_data(report))
    paper.section("总体情况")
    totals, counts = report.totals, state_counts(report)
    paper.line(
        f"本期共采集报道{totals.items}条，转载归并后{totals.stories}篇（其中转载{totals.reprints}条）；"
        f"按属地计入{totals.counted}篇，人工逐条判定{totals.reviewed}篇。"
        + (f"另有无日期{totals.undated}条，不属于任何周期。" if totals.undated else "")
    )
    if nothing:
        paper.line(nothing)
    if not says_nothing(report):
        states = "，".join(f"{STATE_NAMES[state]}{count}项" for state, count in counts.items())
        name = clean(report.plan.scheme_name, 40) or "条目"
        paper.line(f"对照方案{name}{len(report.themes)}项：{states}。待核实不等于没有报道。")
    note = without_commands(unclassified_note(report))
    if note:
        paper.line(f"{note}。")
    for said in offices_sentences(report):
        paper.line(said)
    paper.line(
        f"归类模型：{model_words(report)}。核算时间：{made_words(report.generated_at)}。"
        "机器归类只供参考，判定以人工复核和随机抽查为准。"
    )


def _foot(paper: Paper, report: PeriodReport, annexes: Sequence[str]) -> None:
    """What is appended, who issues it and when."""
    paper.line("", "公文附件说明")
    for number, title in enumerate(annexes, 1):
        counted = f"{number}．{title}" if len(annexes) > 1 else title
        paper.line(f"{'附件：' if number == 1 else '　　　'}{counted}", "公文附件说明")
        if number > len(annexes) - _WITH_ISSUER:
            paper.keep_with_next()
    paper.line("", "公文落款")
    issuer = clean(report.plan.issuer, 60)
    paper.line(issuer or "（印发单位）", "公文落款")
    paper.line(day_words(_issued(report)) or "年　月　日", "公文落款")
