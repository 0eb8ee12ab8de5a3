"""From stories, assignments, reviews and ledger to a report whose numbers agree."""

from __future__ import annotations

import dataclasses
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.assignment import Evidence
from pipeline.coverage.audit import audit
from pipeline.coverage.known import Known
from pipeline.coverage.periods import days_missing, make_period, months_of, parse_period
from pipeline.coverage.report import CoverageReport, ModelNote, PlanNote, Tally
from pipeline.errors import BadInput
from pipeline.locality import LocalityJudge
from pipeline.news import NewsItem
from pipeline.plan.model import Medium, Plan, PlanNode, Unit
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.runs import LedgerEntry, RunRecord, SourceRecord, Vouched
from tests.coverage.making import MadeStory, made_known

THEMES = tuple(
    PlanNode(id=f"focus-{n}", kind="focus_area", level=2, number=f"（{n}）", title=f"题{n}")
    for n in (1, 2)
)
PLAN = Plan(
    title="方案",
    kind="publicity_plan",
    nodes=THEMES,
    units=(
        Unit(name="东胜区大学生创业园", aliases=("大学生创业园",), theme="focus-1"),
        Unit(name="蒙西高新技术工业园区", theme="focus-2"),
    ),
    media=(Medium(name="鄂尔多斯日报", kind="paper"),),
)


def story(name: str, day: str | None = "2025-02-10", **fields: object) -> MadeStory:
    values: dict[str, object] = {"title": f"东胜区科技{name}", "text": "正文", "source": "kjj"}
    item = NewsItem(id=f"n{name}", date=day, **{**values, **fields})  # type: ignore[arg-type]
    return MadeStory(id=f"s{name}", day=day, level="municipal", items=(item,))


def said(theme: str, assigned: bool = True, probability: float = 0.8) -> StoredAssignment:
    evidence = (Evidence(start=0, end=2, text="东胜", weight=1.0),) if assigned else ()
    return StoredAssignment(
        theme=theme, probability=probability, assigned=assigned, evidence=evidence
    )


def known(**changes: object) -> Known:
    values: dict[str, object] = {
        "plan": PLAN,
        "note": PlanNote(
            title="方案",
            name="2025",
            kind="publicity_plan",
            fingerprint="f",
            scheme="focus_area",
            scheme_name="宣传重点",
        ),
        "themes": THEMES,
        "period": make_period(date(2025, 1, 1), date(2025, 3, 31)),
        "bar": 1,
        "localities": frozenset({"local", "upper_about_local"}),
        "model": ModelNote(name="base", fingerprint="m"),
        "generated_at": "2025-04-01T00:00:00+00:00",
        "stories": (),
        "assignments": {},
        "sources": (SourceRecord(id="kjj", name="市科技局"),),
        "ledger": (LedgerEntry(source="kjj", column="动态", extracted=3),),
        "windows": {("kjj", "动态"): ((date(2024, 12, 1), date(2025, 4, 1)),)},
    }
    values |= changes
    stories, assignments = values.pop("stories"), values.pop("assignments")
    judge = LocalityJudge("1506", ("东胜区大学生创业园",))
    return made_known(stories, assignments, judge, values)  # type: ignore[arg-type]


def theme(report: CoverageReport, theme_id: str) -> Tally:
    return next(line.tally for line in report.themes if line.id == theme_id)


def test_machine_confirmed_corrected_and_rejected_are_told_apart() -> None:
    report = audit(
        known(
            stories=tuple(story(n) for n in "abcd"),
            assignments={
                "sa": (said("focus-1"),),
                "sb": (said("focus-1"),),
                "sc": (said("focus-1", assigned=False),),
                "sd": (said("focus-1"),),
            },
            decisions={
                "sb": {"focus-1": Decision(True, "王")},
                "sc": {"focus-1": Decision(True, "王")},
                "sd": {"focus-1": Decision(False, "王"), "focus-2": Decision(False, "王")},
            },
        )
    )
    assert theme(report, "focus-1") == Tally(machine=1, confirmed=1, corrected=1, rejected=1)
    line = report.themes[0]
    assert line.stories[-1] == "sa"
    assert line.queue == ("sa",)
    assert report.totals.reviewed == 1, "only one story was decided for every theme"


def test_months_and_levels_add_up_to_the_theme() -> None:
    days = ("2025-01-31", "2025-02-01", "2025-03-31")
    made = tuple(story(str(n), day) for n, day in enumerate(days))
    report = audit(
        known(stories=made, assignments={s.id: (said("focus-1"), said("focus-2")) for s in made})
    )
    for line in report.themes:
        assert sum(line.by_month, Tally()) == line.tally
        assert sum(line.by_level.values(), Tally()) == line.tally
        assert [tally.machine for tally in line.by_month] == [1, 1, 1]


def test_what_is_not_local_is_shown_and_not_counted() -> None:
    far = story("远", title="广州召开科技大会", text="广州市会议。")
    report = audit(known(stories=(far, story("近")), assignments={"s远": (said("focus-1"),)}))
    assert (report.totals.stories, report.totals.counted) == (2, 1)
    assert report.totals.by_locality == {
        "local": 1,
        "upper_about_local": 0,
        "upper_general": 0,
        "elsewhere": 1,
    }
    assert theme(report, "focus-1") == Tally()
    assert {line.id: line.counted for line in report.stories} == {"s远": False, "s近": True}


def test_a_bulletin_item_is_internal_and_never_counted() -> None:
    inside = story("报", flags=("internal",))
    report = audit(known(stories=(inside,), assignments={"s报": (said("focus-1"),)}))
    assert report.totals.counted == 0
    assert "内部简报" in report.stories[0].locality_reason


def test_an_undated_story_is_in_no_period_and_is_named() -> None:
    report = audit(known(stories=(story("a"), story("b", None))))
    assert (report.totals.stories, report.totals.undated) == (1, 1)
    assert any("没有发布日期" in line for line in report.unchecked)


def test_a_blocked_column_is_a_hole_with_its_name() -> None:
    entries = (
        LedgerEntry(source="kjj", column="动态", extracted=3),
        LedgerEntry(source="kjj", column="解读", blocked=1, alarms=("blocked",)),
    )
    report = audit(known(stories=(story("a"),), ledger=entries))
    assert "市科技局“解读”被拦截。" in report.unchecked
    (source,) = report.sources
    assert not source.complete
    assert [column.complete for column in source.columns] == [True, False]


def test_an_alarm_of_a_column_whose_days_are_all_known_stands_and_is_no_hole() -> None:
    period = parse_period("2025-02")
    entry = LedgerEntry(source="kjj", column="解读", blocked=1, alarms=("blocked",))
    days = date(2025, 2, 1), date(2025, 2, 28)
    nothing = {"sa": {theme.id: Decision(False, "王") for theme in THEMES}}
    report = audit(
        known(
            plan=msgspec.structs.replace(PLAN, media=()),
            period=period,
            stories=(story("a"),),
            decisions=nothing,
            ledger=(entry,),
            windows={("kjj", "解读"): (days,)},
            vouched={("kjj", "解读"): (Vouched(days, "王"),)},
        )
    )
    assert "市科技局“解读”被拦截。" in report.unchecked
    assert report.sources[0].columns[0].alarms == ("blocked",)
    assert [theme.state for theme in report.themes] == ["blank", "blank"]


def test_a_medium_counts_all_its_source_published_under_whatever_name() -> None:
    paper = SourceRecord(id="rb", name="鄂尔多斯日报")
    stories = (story("a", source="rb", outlet="市科技局"), story("b", outlet="鄂尔多斯日报"))
    entry = LedgerEntry(source="rb", column="", list_pages=1)
    (crawled,) = audit(known(sources=(paper,), ledger=(entry,), stories=stories)).media
    assert (crawled.state, crawled.items) == ("crawled", 1)
    (seen,) = audit(known(stories=stories)).media
    assert (seen.state, seen.items) == ("seen", 1)


def test_a_declared_source_that_never_ran_is_a_hole() -> None:
    declared = (SourceRecord(id="kjj", name="市科技局"), SourceRecord(id="zz", name="区政府网"))
    report = audit(known(stories=(story("a"),), sources=declared))
    assert "区政府网已声明而从未采集。" in report.unchecked
    assert all(line.state == "undecided" for line in report.themes)


def test_a_theme_read_to_the_last_story_is_blank_only_when_nothing_was_missed() -> None:
    nothing = {"sa": {t.id: Decision(False, "王") for t in THEMES}}
    report = audit(known(stories=(story("a"),), decisions=nothing))
    assert [line.state for line in report.themes] == ["undecided", "undecided"]
    assert "鄂尔多斯日报" in report.themes[0].reason
    named = (SourceRecord(id="kjj", name="鄂尔多斯日报", channel="newspaper"),)
    complete = audit(known(stories=(story("a"),), decisions=nothing, sources=named))
    assert [line.state for line in complete.themes] == ["blank", "blank"]


def test_a_website_does_not_stand_for_the_account_of_its_office() -> None:
    media = (
        Medium(name="鄂尔多斯市科技局网站", kind="site"),
        Medium(name="市科技局微信公众号", kind="wechat"),
        Medium(name="科技日报", kind="paper"),
    )
    plan = msgspec.structs.replace(PLAN, media=media)
    named = (
        SourceRecord(id="kjj", name="鄂尔多斯市科技局（样例）"),
        SourceRecord(id="rb", name="内蒙古科技日报", channel="newspaper"),
    )
    entries = tuple(LedgerEntry(source=s.id, column="x", list_pages=1) for s in named)
    note = msgspec.structs.replace(known().note, home="鄂尔多斯市")
    report = audit(known(plan=plan, sources=named, ledger=entries, note=note))
    assert [line.state for line in report.media] == ["crawled", "unchecked", "unchecked"]


def test_units_are_found_by_name_and_alias_and_the_rest_are_unseen() -> None:
    visit = story("访", title="记者走进大学生创业园", text="在东胜区大学生创业园，专访创业者。")
    report = audit(known(stories=(visit,)))
    assert [(unit.state, len(unit.stories)) for unit in report.units] == [
        ("interviewed", 1),
        ("unseen", 0),
    ]


def test_news_that_was_not_classified_yet_is_said() -> None:
    report = audit(known(stories=(story("a"), story("b")), assignments={"sa": ()}))
    assert any("1 篇报道尚未归类" in line for line in report.unchecked)


def test_an_import_without_a_ledger_is_a_source_of_unknown_completeness() -> None:
    report = audit(known(stories=(story("a", source=""),), sources=(), ledger=(), windows={}))
    assert report.sources[0].name == "导入文件"
    assert any("没有采集台账" in line for line in report.unchecked)


def test_a_column_says_when_its_newest_run_began() -> None:
    begun = "2025-04-01T01:30:00+00:00"
    run = RunRecord(
        id=7, kind="crawl", started_at=begun, finished_at=None, outcome="running", detail="kjj"
    )
    (source,) = audit(known(runs={("kjj", "动态"): run})).sources
    assert source.columns[0].read_at == begun
    assert audit(known()).sources[0].columns[0].read_at == ""


def test_who_vouches_for_days_of_the_period_stands_beside_medium_and_column() -> None:
    def month(year: int, number: int, by: str) -> Vouched:
        return Vouched((date(year, number, 1), date(year, number, 28)), by)

    paper = SourceRecord(id="rb", name="鄂尔多斯日报", channel="register")
    words = {("rb", "登记"): (month(2024, 12, "赵"), month(2025, 1, "王"), month(2025, 3, "李"))}
    handed_in = known(
        sources=(paper,), ledger=(LedgerEntry(source="rb", column="登记", extracted=2),)
    )
    report = audit(dataclasses.replace(handed_in, vouched=words))
    assert report.sources[0].columns[0].vouched_by == report.media[0].vouched_by == ("王", "李")
    silent = audit(handed_in)
    assert silent.media[0].state == "registered"
    assert silent.sources[0].columns[0].vouched_by == silent.media[0].vouched_by == ()


def test_the_json_of_a_report_is_the_report() -> None:
    report = audit(known(stories=(story("a"),), assignments={"sa": (said("focus-1"),)}))
    assert CoverageReport.from_json(report.to_json()) == report


@given(st.permutations(range(5)))
def test_a_report_does_not_depend_on_the_order_of_assignments(order: list[int]) -> None:
    made = tuple(story(str(n)) for n in range(5))
    entries = {made[n].id: (said("focus-1", probability=0.5 + n / 10),) for n in order}
    assert audit(known(stories=made, assignments=entries)) == audit(
        known(stories=made, assignments=dict(sorted(entries.items())))
    )


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("2025Q1", "2025-01-01", "2025-03-31"),
        ("2025年第三季度", "2025-07-01", "2025-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025年12月", "2025-12-01", "2025-12-31"),
    ],
)
def test_periods_are_read_as_people_write_them(written: str, first: str, last: str) -> None:
    period = parse_period(written)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("written", ["", "2025-13", "去年", "2025Q5"])
def test_a_period_that_cannot_be_is_refused_with_examples(written: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_period(written)
    assert "2025Q2" in caught.value.hint


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput):
        make_period(date(2025, 2, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025年"),
        (date(2022, 1, 1), date(2025, 12, 31), "2022—2025年"),
        (date(2025, 1, 1), date(2025, 9, 30), "2025年1—9月"),
        (date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        (date(2024, 12, 1), date(2025, 1, 31), "2024年12月—2025年1月"),
        (date(2025, 1, 26), date(2025, 2, 25), ""),
    ],
)
def test_whole_months_and_years_are_called_by_their_names(
    first: date, last: date, label: str
) -> None:
    assert make_period(first, last).label == label


def test_months_and_missing_days_are_counted_over_a_year_end() -> None:
    period = make_period(date(2024, 12, 31), date(2025, 2, 1))
    assert months_of(period) == ("2024-12", "2025-01", "2025-02")
    assert days_missing(period, ()) == 33
    window = (date(2025, 1, 1), date(2025, 1, 31))
    assert days_missing(period, (window,)) == 2
    assert days_missing(period, ((date(2000, 1, 1), date(2030, 1, 1)),)) == 0


def test_a_yearly_plan_is_held_to_quarter_by_quarter() -> None:
    days = ("2025-01-05", "2025-03-31", "2025-04-01", "2025-08-20", "2025-12-31")
    stories = tuple(story(f"q{n}", day) for n, day in enumerate(days))
    yes = {
        "focus-1": Decision(belongs=True, reviewer="王"),
        "focus-2": Decision(belongs=False, reviewer="王"),
    }
    report = audit(
        known(
            stories=stories,
            period=parse_period("2025"),
            bar=1,
            generated_at="2026-02-01T00:00:00+00:00",
            decisions={one.id: yes for one in stories},
        )
    )
    one, two = report.themes
    assert [term.period.label for term in one.by_term] == [term.label for term in report.terms]
    assert [term.tally.verified for term in one.by_term] == [2, 1, 1, 1]
    assert sum((term.tally for term in one.by_term), Tally()) == one.tally
    assert one.state == "covered"
    assert {term.state for term in one.by_term} == {"covered"}
    assert {term.tally.verified for term in two.by_term} == {0}
