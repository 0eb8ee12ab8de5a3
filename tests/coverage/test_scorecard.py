"""What always holds of a sheet of points, whatever the plan and the register."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coverage.handed_in import handed_in_of
from pipeline.coverage.periods import parse_period
from pipeline.coverage.readings import Readings
from pipeline.coverage.scorecard import Scorecard
from pipeline.coverage.scoring import Counting, score, span_of, term_of
from pipeline.errors import BadInput
from pipeline.plan.model import Plan
from pipeline.plan.plan_file import read_plan_toml
from pipeline.register import Register, Submission
from tests.coverage.scoring_cases import (
    CENTRE,
    GAOXIN,
    GENERAL,
    ISSUE,
    JINSHUI,
    NEWS,
    OFFICE,
    PAPER,
    PARKS,
    PATENTS,
    PLANNING,
    PLANS,
    RESOURCES,
    SITE,
    card,
    march,
    owed,
    piece,
    scored,
    submission,
)


@pytest.mark.parametrize("choice", ["boundary", "boundary=up", "edge=lower", "bonus-cap=N"])
def test_a_reading_that_does_not_exist_is_refused_with_those_that_do(choice: str) -> None:
    with pytest.raises(BadInput) as caught:
        Readings.of([choice])
    assert caught.value.slug == "reading-unknown"
    assert caught.value.hint


def test_what_no_rule_takes_is_listed_and_so_is_what_lies_outside_the_plan() -> None:
    again = submission(GENERAL, "重", "信息", "某小报")
    twice = submission(GENERAL, "重", "信息", "某小报")
    sheet = scored(again, twice, submission(GENERAL, "未用", "信息"))
    assert sorted(note.why.split("第")[0] for note in sheet.not_counted) == [
        "与三月.xlsx ",
        "没有一条计分说明合于某小报",
        "登记中没有采用，报送本身不计分",
    ]
    old = scored(piece(GENERAL, "旧", NEWS, day="2016-03-10"), period="2016")
    assert ["不在方案期内" in note.why for note in old.not_counted] == [True]


def test_a_span_is_the_whole_months_of_what_was_handed_in_during_the_term() -> None:
    days = ["2016-12-01", "2017-02-11", "2017-03-02"]
    found = span_of(JINSHUI, [piece(GENERAL, "稿", NEWS, day=day) for day in days])
    assert found is not None
    assert (found.first, found.last) == ("2017-02-01", "2017-03-31")
    assert span_of(JINSHUI, []) is None


def test_a_month_that_is_not_over_takes_nothing_off_and_says_so() -> None:
    register = Register(submissions=tuple(owed(GAOXIN, PARKS, 1, day="2017-01-09")))
    year = parse_period("2017")
    for today, months in (
        ("2017-02-28", ["2017-01-31"]),
        ("2017-03-01", ["2017-01-31", "2017-02-28"]),
    ):
        sheet = score(JINSHUI, register, year, today=today)
        lines = [line for card in sheet.offices for line in card.lines]
        assert sorted({line.day for line in lines}) == months
        assert any(f"到{today}尚未到期的报送任务" in words for words in sheet.unapplied)
        counting = Counting(JINSHUI, register, term_of(JINSHUI, year), today=today)
        quotas = handed_in_of(counting, year).offices[1].quotas
        assert all(quota.state != "short" for quota in quotas if "2017年12月" in quota.time)
    assert not score(JINSHUI, register, year, today="2018-01-01").unapplied


def test_a_plan_file_whose_period_is_no_two_days_says_so() -> None:
    plan = Plan(title="办法", kind="publicity_plan", period=("2017年", "2017-12-31"))
    with pytest.raises(BadInput, match="two days") as caught:
        scored(plan=plan)
    assert caught.value.slug == "period-unreadable"


def test_json_gives_the_same_scorecard_back() -> None:
    sheet = scored(*march())
    assert Scorecard.from_json(sheet.to_json()) == sheet


OFFICES = st.sampled_from([OFFICE, GAOXIN, PLANNING, GENERAL, PATENTS, CENTRE])
OUTLETS = st.sampled_from([NEWS, ISSUE, PAPER, SITE, "河南日报", "新华网", "某小报"])


@st.composite
def submissions(draw: st.DrawFn) -> Submission:
    offices = draw(st.lists(OFFICES, min_size=1, max_size=3, unique=True))
    printed = draw(st.lists(OUTLETS, max_size=3, unique=True))
    month, day = draw(st.integers(1, 12)), draw(st.integers(1, 28))
    return submission(
        tuple(offices),
        draw(st.sampled_from("甲乙丙丁戊")),
        draw(st.sampled_from([NEWS, PAPER, PARKS, RESOURCES, "信息"])),
        *printed,
        day=f"2017-{month:02}-{day:02}",
        words=draw(st.none() | st.integers(0, 600)),
    )


def reading_of(slug: str, *codes: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{slug}={code}" for code in codes])


CHOICES = st.tuples(
    reading_of("boundary", "lower", "higher"),
    reading_of("cap-scope", "office", "bureau"),
    reading_of("surplus", "none", "months", "columns"),
    reading_of("repeat", "each", "once"),
    reading_of("joint", "split", "first", "each"),
    reading_of("several-uses", "each", "highest"),
    reading_of("stages", "instead", "both"),
    reading_of("cap-span", "year", "month"),
    reading_of("bonus-cap", "none", "7.5"),
    reading_of("over-target", "counted", "limited"),
    reading_of("deduction-floor", "none", "zero"),
).map(" ".join)
SCHEMES = [
    JINSHUI,
    *(
        msgspec.structs.replace(read_plan_toml(PLANS / name), period=JINSHUI.period)
        for name in ("guangyuan-2008-points.toml", "ningguo-2023-points.toml")
    ),
]
PLAN = st.sampled_from(SCHEMES)
MANY = st.lists(submissions(), max_size=12)


@settings(max_examples=60, deadline=None)
@given(PLAN, MANY, CHOICES)
def test_totals_are_the_sums_of_the_lines(
    plan: Plan, pieces: list[Submission], readings: str
) -> None:
    sheet = scored(*pieces, plan=plan, period="2017", readings=readings)
    for office in sheet.offices:
        assert office.total == sum(line.points for line in office.lines)
        parts = office.points + office.bonus + office.deductions + office.adjustments
        assert office.total == parts
        assert all(line.derivation for line in office.lines)
    assert sheet.total == sum(office.total for office in sheet.offices)


@settings(max_examples=60, deadline=None)
@given(PLAN, MANY, CHOICES, st.randoms(use_true_random=False))
def test_the_order_of_submissions_does_not_matter(
    plan: Plan, pieces: list[Submission], readings: str, chance: object
) -> None:
    mixed = list(pieces)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert scored(*mixed, plan=plan, period="2017", readings=readings) == scored(
        *pieces, plan=plan, period="2017", readings=readings
    )


@settings(max_examples=60, deadline=None)
@given(MANY, submissions(), CHOICES)
def test_one_more_submission_never_lowers_what_the_offices_have_together(
    pieces: list[Submission], more: Submission, readings: str
) -> None:
    # A bureau's cap and a story that counts once may move points to another office, and a floor
    # or the cents of a share may then be another.
    readings = (
        readings.replace("bureau", "office").replace("once", "each").replace("highest", "each")
    )
    before = scored(*pieces, period="2017", readings=readings)
    after = scored(*pieces, more, period="2017", readings=readings)
    assert after.total >= before.total
    for old in before.offices:
        assert card(after, old.office).total >= old.total


@settings(max_examples=40, deadline=None)
@given(PLAN, MANY, MANY, CHOICES)
def test_a_month_that_was_printed_is_not_changed_by_what_comes_later(
    plan: Plan, early: list[Submission], late: list[Submission], readings: str
) -> None:
    spring = [one for one in early if one.day < "2017-04"]
    after = [one for one in late if one.day > "2017-04"]
    first = scored(*spring, plan=plan, period="2017Q1", readings=readings)
    later = scored(*spring, *after, plan=plan, period="2017Q1", readings=readings)
    assert later.offices == first.offices
