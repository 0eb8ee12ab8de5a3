"""A report with sign-off, comparison, 补录 and 更正 beside its coverage."""

from __future__ import annotations

import msgspec

from pipeline.coverage.comparison import compare_reports
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport, Period, Tally
from pipeline.coverage.sign_off import SignOff
from pipeline.coverage.supplement import Correction, LateFind, Supplement
from pipeline.store.signed import SignStep


def with_period_parts(report: CoverageReport) -> PeriodReport:
    """The first theme dropped, the last is new, another vanished."""
    first, *rest, last = report.themes
    better = msgspec.structs.replace(first, state="covered", tally=first.tally + Tally(confirmed=2))
    gone = msgspec.structs.replace(
        last, id="focus-9", number="（九）", title="防震减灾宣传", text="防震减灾知识普及。"
    )
    before = msgspec.structs.replace(
        report,
        themes=(better, *rest, gone),
        period=Period(first="2024-07-01", last="2024-12-31"),
    )
    january = Period(first="2024-07-01", last="2024-12-31", label="2024年7—12月")
    late = LateFind(
        item="n90",
        story="s90",
        title="=补录的报道",
        day="2024-12-30",
        outlet="青原日报",
        level="municipal",
        url="https://rb.qingyuan.example/90.html",
        period=january,
        counts=True,
        themes={first.id: "machine"},
    )
    correction = Correction(
        kind="decision",
        period=january,
        version=2,
        item="n91",
        title="更正的报道",
        theme=first.id,
        theme_title=f"{first.number}{first.title}",
        old="confirmed",
        new="rejected",
        by="李文",
        at="2025-07-01T00:00:00+00:00",
    )
    steps = tuple(
        SignStep(version=1, stage=stage, by="王芳", at="2025-07-02T00:00:00+00:00")
        for stage in ("check", "collation")
    )
    made = PeriodReport.of(
        report,
        sign_off=SignOff(stage="collation", version=1, steps=steps),
        supplement=Supplement(
            late_stories=1,
            late=(late,),
            late_by_theme={first.id: 1},
            corrections_total=1,
            corrections=(correction,),
        ),
    )
    return msgspec.structs.replace(made, comparison=compare_reports(report, before))
