"""When a theme may be called covered, thin or blank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.report import Tally
from pipeline.coverage.states import Ground, decide


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
