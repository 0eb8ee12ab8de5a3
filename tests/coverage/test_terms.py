"""Terms: a campaign as a whole, a year by quarter, several years by year."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.periods import make_period, parse_period, starts_of
from pipeline.coverage.report import Period
from pipeline.coverage.terms import terms_of
from pipeline.plan.model import Plan


def spans(plan: Plan, scheme: str, period: Period) -> list[tuple[str, str]]:
    return [(term.first, term.last) for term in terms_of(plan, scheme, period)]


def of_days(first: str, last: str, kind: str = "publicity_plan") -> Plan:
    return Plan(title="方案", kind=kind, period=(first, last))  # type: ignore[arg-type]


def test_a_plan_of_a_year_is_held_to_by_quarter() -> None:
    plan = of_days("2025-01-01", "2025-12-31")
    terms = terms_of(plan, "focus_area", parse_period("2025"))
    assert [term.label for term in terms] == [
        "2025年1—3月",
        "2025年4—6月",
        "2025年7—9月",
        "2025年10—12月",
    ]


def test_a_period_within_one_term_is_one_term() -> None:
    plan = of_days("2025-01-01", "2025-12-31")
    for written in ("2025-03", "2025Q2"):
        period = parse_period(written)
        assert terms_of(plan, "focus_area", period) == (period,)


def test_a_plan_issued_in_may_has_no_first_quarter() -> None:
    plan = of_days("2025-05-12", "2025-12-31")
    assert spans(plan, "focus_area", parse_period("2025")) == [
        ("2025-05-12", "2025-08-11"),
        ("2025-08-12", "2025-11-11"),
        ("2025-11-12", "2025-12-31"),
    ]


def test_a_year_that_is_not_the_calendars_has_its_own_quarters() -> None:
    plan = of_days("2024-12-26", "2025-12-25")
    first, last = spans(plan, "focus_area", make_period_of("2024-12-26", "2025-12-25"))[::3]
    assert first == ("2024-12-26", "2025-03-25")
    assert last == ("2025-09-26", "2025-12-25")


def test_a_campaign_is_held_to_as_a_whole() -> None:
    plan = of_days("2025-05-20", "2025-06-20")
    whole = make_period_of("2025-05-20", "2025-06-20")
    assert terms_of(plan, "focus_area", whole) == (whole,)


def test_a_plan_of_years_is_held_to_by_year_but_not_below_its_sections() -> None:
    plan = of_days("2021-01-01", "2025-12-31", "development_plan")
    whole = make_period_of("2021-01-01", "2025-12-31")
    assert [term.label for term in terms_of(plan, "chapter", whole)] == [
        f"{year}年" for year in range(2021, 2026)
    ]
    assert terms_of(plan, "subsection", whole) == (whole,)


def test_a_plan_without_days_goes_by_its_kind() -> None:
    yearly = Plan(title="方案", kind="publicity_plan")
    years = Plan(title="规划", kind="development_plan")
    assert len(terms_of(yearly, "focus_area", parse_period("2025"))) == 4
    assert len(terms_of(years, "chapter", make_period_of("2022-03-01", "2025-12-31"))) == 4
    assert len(terms_of(years, "chapter", parse_period("2025"))) == 1


DAYS = st.dates(date(1900, 1, 1), date(9990, 1, 1))


@given(DAYS, st.integers(0, 2200), DAYS, st.integers(0, 2200))
def test_terms_are_the_period_without_gap_or_overlap(plan_first, plan_days, first, days) -> None:  # type: ignore[no-untyped-def]
    def until(start: date, count: int) -> date:
        return min(start + timedelta(days=count), date(9000, 1, 1)) if start.year < 8990 else start

    plan = of_days(plan_first.isoformat(), until(plan_first, plan_days).isoformat())
    period = make_period(first, until(first, days))
    terms = terms_of(plan, "chapter", period)
    if len(terms) == 1:
        assert terms == (period,)
        return
    assert terms[0].first >= period.first
    assert terms[-1].last <= period.last
    for one, other in pairwise(terms):
        assert date.fromisoformat(one.last) + timedelta(days=1) == date.fromisoformat(other.first)


def make_period_of(first: str, last: str) -> Period:
    from datetime import date

    return make_period(date.fromisoformat(first), date.fromisoformat(last))


def test_months_from_the_26th_are_asked_for_by_their_name() -> None:
    march = parse_period("2025-03", 26)
    assert (march.first, march.last, march.label) == ("2025-02-26", "2025-03-25", "2025年3月")
    quarter = parse_period("2025Q1", 26)
    assert (quarter.first, quarter.last) == ("2024-12-26", "2025-03-25")
    assert starts_of(march) == starts_of(quarter) == 26
    assert starts_of(parse_period("2025-03")) == 1
    assert spans(of_days("2024-12-26", "2025-12-25"), "focus_area", quarter) == [
        ("2024-12-26", "2025-03-25")
    ]
