"""Two reports side by side."""

from __future__ import annotations

from pipeline.coverage.comparison import compare_reports
from pipeline.coverage.report import (
    CoverageReport,
    ModelNote,
    Period,
    PlanNote,
    Tally,
    ThemeLine,
    Totals,
)


def theme(name: str, title: str, state: str, verified: int, machine: int = 0) -> ThemeLine:
    return ThemeLine(
        id=name, number="", title=title, text="", state=state, reason="", next_step="", bar=3,
        tally=Tally(confirmed=verified, machine=machine), by_month=(), by_level={}, stories=(),
    )  # fmt: skip


def report(*themes: ThemeLine, plan: str = "2025", month: int = 2) -> CoverageReport:
    return CoverageReport(
        generated_at="2025-03-01T00:00:00+00:00",
        plan=PlanNote(
            title=plan, name=plan, kind="publicity_plan", fingerprint="f", scheme="focus_area",
            scheme_name="宣传重点",
        ),
        period=Period(first=f"2025-0{month}-01", last=f"2025-0{month}-28"),
        model=ModelNote(name="", fingerprint=""),
        months=(f"2025-0{month}",), themes=themes, stories=(), units=(), sources=(), media=(),
        totals=Totals(counted=5), unchecked=(),
    )  # fmt: skip


def changes(now: CoverageReport, before: CoverageReport) -> dict[str, str]:
    found = compare_reports(now, before)
    return {one.id or one.before_id: one.change for one in found.themes}


def test_a_worse_state_or_fewer_verified_stories_dropped() -> None:
    before = report(
        theme("focus-1", "创业", "covered", 3), theme("focus-2", "农业", "undecided", 2),
        theme("focus-3", "园区", "thin", 1), theme("focus-4", "人才", "blank", 0), month=1,
    )  # fmt: skip
    now = report(
        theme("focus-1", "创业", "thin", 3), theme("focus-2", "农业", "undecided", 1, 9),
        theme("focus-3", "园区", "covered", 4), theme("focus-4", "人才", "blank", 0),
    )  # fmt: skip
    assert changes(now, before) == {
        "focus-1": "dropped", "focus-2": "dropped", "focus-3": "better", "focus-4": "same",
    }  # fmt: skip
    found = compare_reports(now, before, issued_version=2)
    assert [one.id for one in found.dropped] == ["focus-1", "focus-2"]
    assert (found.themes[1].before_verified, found.themes[1].verified) == (2, 1)
    assert (found.same_plan, found.issued_version) == (True, 2)


def test_themes_of_another_plan_are_matched_by_title_and_by_likeness() -> None:
    before = report(
        theme("focus-1", "推进农牧业科技园区建设", "covered", 3),
        theme("focus-2", "创业", "covered", 3),
        theme("focus-3", "防震减灾", "thin", 1),
        plan="2024",
    )
    now = report(
        theme("focus-1", "创业", "covered", 3),
        theme("focus-2", "加快农牧业科技园区建设", "covered", 3),
        theme("focus-3", "知识产权", "blank", 0),
    )
    found = compare_reports(now, before)
    assert [one.change for one in found.themes] == ["same", "same", "new", "vanished"]
    assert [(one.id, one.before_id, one.before_title) for one in found.themes] == [
        ("focus-1", "focus-2", ""),
        ("focus-2", "focus-1", "推进农牧业科技园区建设"),
        ("focus-3", "", ""),
        ("", "focus-3", "防震减灾"),
    ]
    assert not found.same_plan
