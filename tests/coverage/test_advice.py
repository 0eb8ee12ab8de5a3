"""Advice: what comes first, from what, for whom, until when; and what is left out."""

from __future__ import annotations

import msgspec

from pipeline.coverage.advice import Advice, Suggestion, advise
from pipeline.coverage.obligations import ObligationLine, OccasionLine
from pipeline.coverage.report import (
    CoverageReport,
    CoverageState,
    ModelNote,
    Period,
    PlanNote,
    StoryLine,
    Tally,
    ThemeLine,
    Totals,
    UnitLine,
    UnitState,
)
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.plan.model import Office, Plan, PlanNode

TODAY = "2025-05-20"
TITLES = {"focus-1": "大众创业", "focus-2": "科普传播", "focus-3": "成果转化"}


def theme(
    name: str, state: CoverageState, verified: int = 0, machine: int = 0, stories: str = ""
) -> ThemeLine:
    return ThemeLine(
        id=name, number="", title=TITLES[name], text=f"{TITLES[name]}的要求。", state=state,
        reason="理由", next_step="", bar=3, tally=Tally(confirmed=verified, machine=machine),
        by_month=(), by_level={}, stories=tuple(stories.split()),
    )  # fmt: skip


def story(name: str, day: str) -> StoryLine:
    return StoryLine(
        id=name, title=f"报道{name}", day=day, outlet="样例日报", level="municipal",
        locality="local", locality_reason="", counted=True, excerpt="", items=(),
    )  # fmt: skip


def unit(name: str, state: UnitState) -> UnitLine:
    return UnitLine(name=name, theme="focus-1", note="", state=state)


def report(*themes: ThemeLine, units: tuple[UnitLine, ...] = ()) -> CoverageReport:
    return CoverageReport(
        generated_at=f"{TODAY}T08:00:00+00:00",
        plan=PlanNote(
            title="方案", name="2025", kind="publicity_plan", fingerprint="", scheme="focus_area",
            scheme_name="宣传重点",
        ),
        period=Period(first="2025-04-01", last="2025-06-30"),
        model=ModelNote(name="base", fingerprint=""),
        months=(),
        themes=themes,
        stories=(story("a", "2025-04-02"), story("b", "2025-05-02")),
        units=units,
        sources=(),
        media=(),
        totals=Totals(),
        unchecked=(),
    )  # fmt: skip


PLAN = Plan(
    title="方案",
    kind="publicity_plan",
    nodes=tuple(
        PlanNode(id=name, kind="focus_area", level=1, title=title) for name, title in TITLES.items()
    ),
    offices=(Office(name="综合科", focus="科普传播、科技活动周"), Office(name="高新科", focus="成果转化")),
)  # fmt: skip


def duty(name: str, next_due: str, *, missed: bool = False) -> ObligationLine:
    occasion = OccasionLine(
        first="2025-04-01", last="2025-04-30", label="4月", wanted=1, shown=0, due=missed
    )
    return ObligationLine(
        id=name, what="组织集中采访", when="4月", offices=("办公室",), state="none" if missed else "not_due",
        reason="应 1 次，见佐证 0 次", next_due=next_due, occasions=(occasion,),
    )  # fmt: skip


def given(
    *themes: ThemeLine,
    duties: tuple[ObligationLine, ...] = (),
    told: tuple[ThemeSentences, ...] = (),
    units: tuple[UnitLine, ...] = (),
    excused: tuple[str, ...] = (),
    most: int = 20,
) -> Advice:
    return advise(
        report(*themes, units=units), PLAN, duties, told, TODAY, excused=excused, most=most
    )


def kinds(advice: Advice) -> list[str]:
    return [one.kind for one in advice.suggestions]


def only(advice: Advice) -> Suggestion:
    (one,) = advice.suggestions
    return one


def test_duties_due_come_before_blank_before_thin_before_what_is_far_off() -> None:
    advice = given(
        theme("focus-1", "thin", verified=1),
        theme("focus-2", "blank"),
        theme("focus-3", "undecided"),
        duties=(duty("form-1", "2025-06-30"), duty("form-2", "2025-05-25")),
    )
    assert kinds(advice) == ["obligation", "blank", "thin", "obligation", "unseen"]
    assert [one.obligation for one in advice.suggestions] == ["form-2", "", "", "form-1", ""]


def test_a_missed_duty_comes_first_and_a_duty_months_away_not_at_all() -> None:
    advice = given(duties=(duty("form-1", "2025-09-30"), duty("form-2", "", missed=True)))
    assert only(advice).obligation == "form-2"
    assert only(advice).offices == ("办公室",)


def test_a_day_that_is_past_is_no_subject_any_more_and_one_to_come_is() -> None:
    assert given(duties=(duty("event-1", "", missed=True),)).suggestions == ()
    coming = only(given(duties=(duty("event-1", "2025-05-27"),)))
    assert (coming.kind, coming.deadline) == ("event", "2025-05-27")


def test_a_thin_theme_says_how_many_are_missing_and_what_there_is() -> None:
    one = only(given(theme("focus-2", "thin", verified=1, stories="a b")))
    assert "还差 2 篇" in one.subject
    assert one.offices == ("综合科",)
    assert one.deadline == "2025-06-30"
    assert [s.story for s in one.background] == ["b", "a"]


def test_a_theme_that_is_covered_with_every_unit_interviewed_needs_nothing() -> None:
    done = given(theme("focus-1", "covered", verified=5), units=(unit("甲公司", "interviewed"),))
    assert done.suggestions == ()


def test_units_nobody_interviewed_are_named_those_never_seen_first() -> None:
    one = only(
        given(
            theme("focus-1", "covered", verified=5),
            units=(
                unit("甲公司", "mentioned"),
                unit("乙公司", "unseen"),
                unit("丙所", "interviewed"),
            ),
        )
    )
    assert (one.kind, one.units) == ("unit", ("乙公司", "甲公司"))


SILENT = SentenceLine(node="focus-1", text="讲好返乡青年的创业故事")
HEARD = SentenceLine(node="focus-1", text="建设众创空间", machine=2)


def test_a_sentence_nobody_answered_is_a_subject_in_the_plan_s_own_words() -> None:
    told = ThemeSentences(theme="focus-1", title="", sentences=(HEARD, SILENT), placed=4)
    one = only(given(theme("focus-1", "covered", verified=5), told=(told,)))
    assert (one.kind, one.sentences) == ("sentence", (SILENT.text,))


def test_where_most_news_cannot_be_placed_no_sentence_is_called_unanswered() -> None:
    told = ThemeSentences(theme="focus-1", title="", sentences=(HEARD, SILENT), placed=2)
    assert given(theme("focus-1", "covered", verified=5), told=(told,)).suggestions == ()


def test_an_excused_theme_gets_no_advice_and_is_counted() -> None:
    advice = given(theme("focus-1", "blank"), theme("focus-2", "blank"), excused=("focus-1",))
    assert [one.theme for one in advice.suggestions] == ["focus-2"]
    assert advice.excused == 1


def test_the_number_is_bounded_and_the_rest_is_counted() -> None:
    themes = [theme(name, "blank") for name in TITLES]
    advice = given(*themes, most=2)
    assert (len(advice.suggestions), advice.more) == (2, 1)


def test_the_same_report_gives_the_same_advice() -> None:
    themes = [theme(name, "blank") for name in TITLES]
    first, again = (msgspec.json.encode(given(*themes)) for _ in range(2))
    assert first == again
    assert [one.theme for one in given(*themes).suggestions] == list(TITLES)


def test_after_the_period_there_is_no_deadline() -> None:
    late = advise(report(theme("focus-1", "blank")), PLAN, (), (), "2025-08-01")
    assert only(late).deadline == ""


def test_a_day_near_the_end_of_the_calendar_is_no_crash() -> None:
    from pipeline.coverage.advice import _later

    assert _later("9999-12-20", 30) == "9999-12-31"
    assert _later("2026-11-22", 30) == "2026-12-22"
