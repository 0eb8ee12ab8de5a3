"""When a theme may be called covered, thin or blank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.bounds import Sampled
from pipeline.coverage.report import Tally
from pipeline.coverage.states import Ground, Verdict, decide, over_terms


def ground(**changes: object) -> Ground:
    values: dict[str, object] = {
        "stories": 40,
        "undated": 0,
        "sources": 3,
        "holes": (),
        "media_unchecked": (),
    }
    return Ground(**{**values, **changes})  # type: ignore[arg-type]


def test_verified_stories_at_the_bar_are_coverage_whatever_else_is_missing() -> None:
    verdict = decide(Tally(confirmed=2, corrected=1), 3, 3, ground(holes=("甲被拦截",)))
    assert verdict.state == "covered"
    assert "已核实 3 篇" in verdict.reason


def test_machine_assignments_alone_never_cover_a_theme() -> None:
    verdict = decide(Tally(machine=30), 3, 0, ground())
    assert verdict.state == "undecided"
    assert verdict.next_step == "复核排在最前的 3 篇，属实即达标"


def test_a_theme_nobody_read_is_undecided_not_blank() -> None:
    verdict = decide(Tally(), 3, 0, ground())
    assert verdict.state == "undecided"
    assert "40 篇未人工判定" in verdict.reason


def test_blank_needs_everything_read_no_hole_and_every_medium_checked() -> None:
    assert decide(Tally(), 3, 40, ground()).state == "blank"
    assert decide(Tally(), 3, 39, ground()).state == "undecided"
    assert decide(Tally(), 3, 40, ground(holes=("甲“解读”被拦截",))).state == "undecided"
    assert decide(Tally(), 3, 40, ground(media_unchecked=("日报",))).state == "undecided"
    assert decide(Tally(), 3, 40, ground(undated=1)).state == "undecided"


def test_nothing_is_blank_because_the_machine_counted_nothing() -> None:
    verdict = decide(Tally(), 3, 0, ground(stories=0, not_counted=500))
    assert verdict.state == "undecided"
    assert "另有 500 篇不计入" in verdict.reason
    assert decide(Tally(), 3, 0, ground(stories=0)).state == "blank", "nothing at all came out"


def test_thin_needs_everything_read_and_no_hole() -> None:
    assert decide(Tally(confirmed=1), 3, 40, ground()).state == "thin"
    assert decide(Tally(confirmed=1), 3, 20, ground()).state == "undecided"
    verdict = decide(Tally(confirmed=1), 3, 40, ground(holes=("甲“解读”被拦截",)))
    assert verdict.state == "undecided"
    assert "甲“解读”被拦截" in verdict.reason


def test_no_data_is_no_zero() -> None:
    verdict = decide(Tally(), 3, 0, ground(stories=0, sources=0))
    assert verdict.state == "undecided"
    assert "没有数据" in verdict.reason


@given(
    st.builds(Tally, machine=st.integers(0, 9), confirmed=st.integers(0, 9)),
    st.integers(1, 9),
    st.integers(0, 40),
    st.booleans(),
)
def test_a_hole_never_turns_into_a_finding(
    tally: Tally, bar: int, decided: int, hole: bool
) -> None:
    verdict = decide(tally, bar, decided, ground(holes=("甲缺 3 天",) if hole else ()))
    assert verdict.reason
    assert verdict.next_step
    if hole or decided < 40:
        assert verdict.state in ("covered", "undecided")
    assert (verdict.state == "covered") == (tally.verified >= bar)


@pytest.mark.parametrize("many", [1, 3, 5])
def test_many_holes_are_counted_not_listed(many: int) -> None:
    holes = tuple(f"源{n}缺 1 天" for n in range(many))
    reason = decide(Tally(), 3, 40, ground(holes=holes)).reason
    assert ("等 5 处" in reason) == (many == 5)


def sampled(**changes: int) -> Sampled:
    values = {"audit": 3, "read": 25, "at_most": 1, "more": 8, "looks_left": 2}
    return Sampled(**{**values, **changes})


@pytest.mark.parametrize(
    ("verified", "sample", "state", "said"),
    [
        (0, sampled(low=0, high=2, ceiling=1), "blank", "推算至多 1 篇/共 40 篇"),
        (0, sampled(low=0, high=2, ceiling=2), "undecided", "尚不能认定"),
        (0, sampled(low=0, high=2, ceiling=2, at_most=5), "blank", "推算至多 2 篇/共 40 篇"),
        (0, sampled(low=0, high=9, ceiling=3, at_most=5), "undecided", "尚不能认定"),
        (1, sampled(low=1, high=2, ceiling=2), "thin", "推算至多 2 篇/共 40 篇，不足标准 3 篇"),
        (1, sampled(low=1, high=3, ceiling=3), "undecided", "推算至多 3 篇"),
        (2, sampled(low=3, high=9, ceiling=9), "covered", "推算至少 3 篇，达到标准 3 篇"),
        (0, sampled(missing=4), "undecided", "样本 25 篇中尚有 4 篇未判"),
    ],
)
def test_a_random_sample_settles_what_nobody_read_through(
    verified: int, sample: Sampled, state: str, said: str
) -> None:
    verdict = decide(Tally(confirmed=verified), 3, 25, ground(), sample)
    assert verdict.state == state
    assert said in verdict.reason


def test_a_sample_settles_nothing_where_something_was_missed_or_not_checked() -> None:
    none_found = sampled(ceiling=1, high=1)
    for changes in ({"holes": ("甲缺 3 天",)}, {"media_unchecked": ("日报",)}):
        verdict = decide(Tally(), 3, 25, ground(**changes), none_found)
        assert verdict.state == "undecided"
    some = sampled(low=1, high=2, ceiling=2)
    assert decide(Tally(confirmed=1), 3, 25, ground(holes=("甲",)), some).state == "undecided"


def test_what_was_denied_outside_the_sample_lowers_what_there_can_be() -> None:
    wide = sampled(ceiling=9, high=9)
    assert decide(Tally(), 3, 37, ground(), wide).state == "undecided"
    assert decide(Tally(), 3, 39, ground(), wide).state == "blank", "one of 40 left, k is 1"


@pytest.mark.parametrize(
    ("tally", "sample", "step"),
    [
        (Tally(machine=3), sampled(high=9, ceiling=8), "复核机器归类中排在最前的 3 篇，属实即达标"),
        (Tally(), sampled(high=9, ceiling=8), "扩大抽查 8 篇（xuanjian audit extend）"),
        (Tally(), sampled(high=9, ceiling=8, looks_left=0), "通读其余 15 篇"),
        (
            Tally(confirmed=1),
            sampled(high=9, ceiling=9, more=0),
            "扩大抽查（xuanjian audit extend）",
        ),
    ],
)
def test_an_open_theme_names_its_cheapest_next_step(
    tally: Tally, sample: Sampled, step: str
) -> None:
    assert step in decide(tally, 3, 25, ground(), sample).next_step


@pytest.mark.parametrize(
    ("machine", "changes", "offered"),
    [(0, {}, True), (2, {}, True), (0, {"stories": 0, "undated": 9}, False), (15, {}, False)],
)
def test_a_sample_is_the_next_step_only_where_one_can_be_drawn(
    machine: int, changes: dict[str, int], offered: bool
) -> None:
    left = {**{"stories": 40}, **changes}
    decided = left["stories"] - 15 if left["stories"] else 0
    step = decide(Tally(machine=machine), 20, decided, ground(**changes)).next_step
    assert ("抽查" in step) == offered, step


@given(
    st.integers(0, 4),
    st.integers(1, 6),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 5),
    st.integers(0, 40),
)
def test_no_state_claims_more_than_the_limits(
    verified: int, bar: int, low: int, wide: int, at_most: int, decided: int
) -> None:
    sample = sampled(low=low, high=low + wide, ceiling=low + wide, at_most=at_most)
    state = decide(Tally(confirmed=verified), bar, decided, ground(), sample).state
    bottom, top, ceiling = sample.limits(verified, verified + 40 - decided)
    if state == "covered":
        assert max(bottom, verified) >= bar
    elif state == "thin":
        assert verified
        assert top < bar
    elif state == "blank":
        assert not verified
        assert ceiling < bar
        assert ceiling <= at_most


def test_a_period_of_several_terms_is_covered_when_every_term_is() -> None:
    covered, thin = Verdict("covered", "够", "无"), Verdict("thin", "少", "补")
    blank, open_one = Verdict("blank", "无", "问"), Verdict("undecided", "未读", "读")
    whole = Verdict("covered", "全年够", "无")

    def state(
        *verdicts: Verdict, begun: int = 4, of_all: Verdict = whole, verified: int = 9
    ) -> str:
        terms = [(f"第{n}季度", one, n <= begun) for n, one in enumerate(verdicts, start=1)]
        return over_terms(of_all, verified, terms).state

    assert state(covered, covered) == "covered"
    assert state(covered, open_one) == "undecided"
    assert state(covered, open_one, blank) == "thin"
    assert state(thin, covered) == "thin"
    assert state(covered, open_one, begun=1) == "covered"
    assert state(blank, blank, of_all=Verdict("blank", "全年无", "问")) == "blank"
    assert state(blank, open_one, of_all=open_one) == "thin"
    assert state(blank, open_one, of_all=open_one, verified=0) == "undecided"
    assert state(blank, blank, of_all=open_one, verified=0) == "undecided"


def test_a_term_that_falls_short_is_named_with_its_reason() -> None:
    terms = [
        ("2025年1—3月", Verdict("covered", "够", "无"), True),
        ("2025年4—6月", Verdict("thin", "已核实 1 篇", "再组织 2 篇报道"), True),
        ("2025年7—9月", Verdict("undecided", "", ""), False),
    ]
    verdict = over_terms(Verdict("covered", "", ""), 7, terms)
    assert verdict.reason == (
        "全期已核实 7 篇；2025年1—3月达标；2025年4—6月薄弱；2025年7—9月尚未开始。"
        "2025年4—6月：已核实 1 篇"
    )
    assert verdict.next_step == "2025年4—6月：再组织 2 篇报道"
