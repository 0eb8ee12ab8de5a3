"""Words for what a period's report says beside its coverage: sign-off, 补录 and 更正, comparison.

Hides: how these are put for officers; every format prints the same words and numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.coverage.comparison import CHANGE_NAMES, Comparison
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES, CoverageReport, Period
from pipeline.coverage.sign_off import STAGE_NAMES
from pipeline.coverage.supplement import Supplement, correction_about, correction_words
from pipeline.reports.wording import clean, days_words, level_name, made_words, safe_href

__all__ = [
    "CHANGE_HEADS",
    "CORRECTION_HEADS",
    "LATE_HEADS",
    "Line",
    "change_lines",
    "comparison_note",
    "correction_lines",
    "late_lines",
    "period_parts",
    "sign_off_words",
    "supplement_note",
]

Value = str | int
CHANGE_HEADS = (
    "条目",
    "变化",
    "状态",
    "对比状态",
    "已核实",
    "对比已核实",
    "报道",
    "对比报道",
    "对比条目",
)
LATE_HEADS = ("题名", "日期", "稿源", "级别", "所属周期", "计数", "归入条目", "原文地址")
CORRECTION_HEADS = ("所属周期", "版次", "题名", "条目", "原值", "新值", "更正人", "更正时间")
_KEYS = ("state", "before_state", "verified", "before_verified", "shown", "before_shown")


@dataclass(frozen=True)
class Line:
    """One row of a table: its key among the report's figures, its cells, and whether it is bad
    news."""

    key: str
    cells: tuple[Value, ...]
    alarm: bool = False


def period_parts(report: CoverageReport) -> PeriodReport | None:
    """The report where it has more parts than its coverage."""
    return report if isinstance(report, PeriodReport) else None


def sign_off_words(report: CoverageReport) -> str:
    """Stage and version with the last signature; 草稿 before any."""
    parts = period_parts(report)
    if parts is None or parts.sign_off is None:
        return "草稿（尚无签批）"
    now = parts.sign_off
    last = now.steps[-1]
    words = (
        f"{STAGE_NAMES[now.stage]}，第 {now.version} 版，{clean(last.by, 40)} {made_words(last.at)}"
    )
    if now.replaces:
        words += f"，替代指纹 {clean(now.replaces, 16)} 的版本"
    return words


def supplement_note(supplement: Supplement) -> str:
    """How much came to earlier periods, apart from the period's own counts."""
    words = (
        f"以前各期印发后补录 {supplement.late_stories} 篇、转载 {supplement.late_reprints} 条，"
        f"更正 {supplement.corrections_total} 处；单独列出，不计入本期数字"
    )
    if supplement.told_elsewhere:
        words += f"；本期所计 {supplement.told_elsewhere} 篇已在其他各期作为补录通报"
    listed = len(supplement.late) + len(supplement.corrections)
    hidden = (
        supplement.late_stories + supplement.late_reprints + supplement.corrections_total - listed
    )
    return words + (f"；另有 {hidden} 条未列，见台账" if hidden > 0 else "") + "。"


def late_lines(report: CoverageReport, supplement: Supplement) -> Iterator[Line]:
    """补录, one row each under ``LATE_HEADS``."""
    titles = {theme.id: clean(f"{theme.number}{theme.title}", 80) for theme in report.themes}
    for place, one in enumerate(supplement.late):
        standing = [
            f"{titles[theme]}（{ASSIGNMENT_NAMES[state]}）"
            for theme, state in one.themes.items()
            if theme in titles
        ]
        yield Line(
            f"late.{place}",
            (
                clean(one.title, 200) or "（无标题）",
                clean(one.day, 10) or "日期不明",
                clean(one.outlet, 60),
                level_name(one.level),
                _period_words(one.period),
                "补录" if one.counts else "转载",
                "；".join(standing) or "未归入",
                safe_href(one.url),
            ),
        )


def correction_lines(supplement: Supplement) -> Iterator[Line]:
    """更正, one row each under ``CORRECTION_HEADS``."""
    for place, one in enumerate(supplement.corrections):
        old, new = correction_words(one)
        yield Line(
            f"correction.{place}",
            (
                _period_words(one.period),
                one.version,
                clean(one.title, 200) or "（无标题）",
                clean(correction_about(one), 2_000 if one.vouched else 80),
                clean(old, 400 if one.vouched else 40),
                clean(new, 1_000 if one.vouched else 40),
                clean(one.by, 40),
                made_words(one.at) if one.at else "",
            ),
        )


def comparison_note(comparison: Comparison) -> str:
    """What is compared, and how much both sides rest on."""
    other = days_words(comparison.period.first, comparison.period.last)
    if not comparison.same_plan:
        other = f"{clean(comparison.plan, 80)} {other}"
    source = (
        f"已印发第 {comparison.issued_version} 版" if comparison.issued_version else "按现有数据"
    )
    counts = "，".join(
        f"{name} {len(comparison.of_kind(change))} 条" for change, name in CHANGE_NAMES.items()
    )
    return (
        f"与 {other} 对比（{source}）：{counts}。计入 {comparison.counted} 篇，对比 "
        f"{comparison.before_counted} 篇；人工通读 {comparison.reviewed} 篇，对比 "
        f"{comparison.before_reviewed} 篇，通读少则核实也少。"
    )


def change_lines(comparison: Comparison) -> Iterator[Line]:
    """Themes, one row each under ``CHANGE_HEADS``; those that dropped first."""
    order = sorted(comparison.themes, key=lambda one: one.change != "dropped")
    for one in order:
        cells: list[Value] = [clean(one.title or one.before_title, 160), CHANGE_NAMES[one.change]]
        for key in _KEYS:
            value = getattr(one, key)
            cells.append("—" if value is None else STATE_NAMES.get(value, value))
        cells.append(clean(one.before_title, 160))
        yield Line(f"change.{one.id or one.before_id}", tuple(cells), one.change == "dropped")


def _period_words(period: Period) -> str:
    return clean(period.label, 40) or days_words(period.first, period.last)
