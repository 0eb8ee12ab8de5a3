"""The figures of a 通报: counts, ranks, zero lists, quotas and the period before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coverage.handed_in import Counts, HandedIn, OfficeHandedIn, handed_in
from pipeline.coverage.periods import make_period, parse_period, previous_period
from pipeline.plan.model import Office, OfficeGroup, Person, Plan, Quota
from pipeline.register import Adoption, Register, Submission
from tests.coverage.scoring_cases import (
    CENTRE,
    GAOXIN,
    GENERAL,
    JINSHUI,
    NEWS,
    OFFICE,
    PAPER,
    PATENTS,
    PLANNING,
    march,
    owed,
    piece,
    scored,
    submission,
)


def told(*submissions: Submission, plan: Plan = JINSHUI, period: str = "2017-03") -> HandedIn:
    return handed_in(plan, Register(submissions=submissions), parse_period(period))


def line(found: HandedIn, office: str) -> OfficeHandedIn:
    return next(one for one in found.offices if one.office == office)


def test_the_month_of_the_six_offices_as_a_circular_tells_it() -> None:
    found = told(*march())
    figures = {o.office: (o.counts.handed_in, o.counts.adopted, o.rank) for o in found.offices}
    assert figures == {
        OFFICE: (3, 3, 3),
        GAOXIN: (9, 6, 1),
        PLANNING: (14, 12, 4),
        GENERAL: (4, 2, 2),
        PATENTS: (0, 0, 6),
        CENTRE: (7, 1, 5),
    }
    assert (found.counts.handed_in, found.counts.adopted) == (37, 24)
    assert found.counts.points == Decimal("27.00")
    assert found.silent == found.unused == (PATENTS,)
    assert [o.office for o in found.ranked()][:2] == [GAOXIN, GENERAL]


def test_its_figures_are_those_of_the_scorecard() -> None:
    found, sheet = told(*march()), scored(*march())
    for card in sheet.offices:
        counts = line(found, card.office).counts
        assert (counts.handed_in, counts.adopted) == (card.handed_in, card.adopted)
        assert (counts.points, line(found, card.office).rank) == (card.total, card.rank)


def test_uses_are_counted_by_level_and_by_their_own_day() -> None:
    one = submission(GENERAL, "科普", "信息", ("河南日报", "regional"), ("旗报", "district"))
    late = Adoption(outlet="人民日报", level="central", day="2017-04-02")
    one = msgspec.structs.replace(one, adopted=(*one.adopted, late))
    first, then = told(one), told(one, period="2017-04")
    assert (first.counts.regional, first.counts.district, first.counts.central) == (1, 1, 0)
    # In April the piece is used again: a use more, not a piece more.
    assert (then.counts.central, then.counts.adopted, then.counts.uses) == (1, 0, 1)


def test_notes_of_leaders_and_asked_for_pieces_are_counted() -> None:
    done = submission(GENERAL, "甲", "信息", events=("市领导批示", "约稿"))
    missed = submission(GENERAL, "乙", "信息", events=("约稿不报",))
    counts = told(done, missed).counts
    assert (counts.instructed, counts.commissioned) == (1, 1)


def test_months_at_zero_are_counted_back_to_the_beginning_of_the_register() -> None:
    pieces = [piece(GENERAL, "一月", NEWS, day="2017-01-20"), *owed(GAOXIN, PAPER, 1, "2017-03-02")]
    found = told(*pieces, period="2017-04")
    assert [line(found, name).months_silent for name in (GENERAL, GAOXIN, PATENTS)] == [3, 1, 4]
    assert line(found, GAOXIN).months_unused == 4
    assert line(told(*pieces, period="2017Q1"), GENERAL).months_silent == 2
    # Nothing was registered before March: nobody can say who was silent then.
    assert line(told(*pieces[1:], period="2017-04"), PATENTS).months_silent == 2


def test_months_that_run_from_the_26th_are_months() -> None:
    span = make_period(date(2017, 3, 26), date(2017, 4, 25))
    assert (previous_period(span).first, previous_period(span).last) == ("2017-02-26", "2017-03-25")
    pieces = [piece(GENERAL, "一月", NEWS, day="2017-01-20"), *owed(GAOXIN, PAPER, 1, "2017-03-27")]
    found = handed_in(JINSHUI, Register(submissions=tuple(pieces)), span)
    assert line(found, GAOXIN).months_silent == 0
    assert line(found, GENERAL).months_silent == 3


def test_the_period_before_is_set_beside_it_where_there_was_a_register() -> None:
    pieces = [piece(GENERAL, "二月", NEWS, day="2017-02-20"), *march()]
    found = told(*pieces)
    assert found.previous is not None
    assert (found.previous.handed_in, found.previous_period.label) == (1, "2017年2月")
    assert len(found.silent_before) == 5
    assert line(found, GENERAL).year.handed_in == 5
    assert told(*march()).previous is None
    assert told(piece(GENERAL, "一月", NEWS, day="2017-01-02"), period="2017-01").previous is None


def test_quotas_are_done_over_short_or_not_yet_due() -> None:
    found = told(*march())
    states = {
        (o.office, quota.channel): (str(quota.due), quota.handed_in, quota.state)
        for o in found.offices
        for quota in o.quotas
    }
    assert states[CENTRE, "园区动态信息"] == ("3.0", 5, "over")
    assert states[CENTRE, "科技资源亮点"] == ("3.0", 1, "short")
    assert states[GAOXIN, "园区动态信息"] == ("1.0", 1, "done")
    assert line(found, OFFICE).quotas == ()
    yearly = Plan(
        title="办法",
        kind="publicity_plan",
        period=("2017-01-01", "2017-12-31"),
        offices=(Office(name="甲科", quotas=(Quota(channel="调研", per="year", count=2),)),),
    )
    later = submission("甲科", "调研二", "调研", day="2017-06-01")
    (quota,) = told(submission("甲科", "调研一", "调研"), later, plan=yearly).offices[0].quotas
    assert (quota.state, quota.handed_in, quota.missing) == ("open", 1, 1)


CLASSES = Plan(
    title="办法",
    kind="publicity_plan",
    groups=(
        OfficeGroup(name="旗区", quotas=(Quota(channel="信息", per="month", count=3),)),
        OfficeGroup(name="部门", quotas=(Quota(channel="信息", per="month", count=1),)),
    ),
    offices=(
        Office(name="甲旗", group="旗区"),
        Office(name="乙旗", group="旗区", monthly_quotas={"信息": 2}),
        Office(
            name="丙局",
            group="部门",
            people=(Person(name="张三", quotas=(Quota(channel="信息", per="month", count=1),)),),
        ),
    ),
)


def test_offices_are_ranked_in_their_class_and_owe_what_their_class_owes() -> None:
    found = told(submission("丙局", "甲", "信息", authors=("张三",)), plan=CLASSES)
    assert found.groups == ("旗区", "部门")
    assert [o.rank for o in found.offices] == [1, 1, 1]
    owes = {(o.office, q.person): (int(q.due), q.state) for o in found.offices for q in o.quotas}
    assert owes == {
        ("甲旗", ""): (3, "short"),
        ("乙旗", ""): (2, "short"),
        ("丙局", ""): (1, "done"),
        ("丙局", "张三"): (1, "done"),
    }


def test_what_a_person_owes_may_count_for_the_person_alone() -> None:
    apart = msgspec.structs.replace(CLASSES, personal_for_office=False)
    found = told(submission("丙局", "甲", "信息", authors=("张三",)), plan=apart)
    assert [(q.person, q.state) for q in line(found, "丙局").quotas] == [
        ("", "short"),
        ("张三", "done"),
    ]


def test_the_record_is_the_same_from_its_json() -> None:
    found = told(*march())
    assert msgspec.json.decode(msgspec.json.encode(found), type=HandedIn) == found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([GAOXIN, GENERAL, PATENTS]),
            st.sampled_from("甲乙丙丁"),
            st.integers(1, 12),
            st.lists(st.sampled_from([NEWS, "河南日报"]), max_size=2, unique=True),
        ),
        max_size=8,
        unique_by=lambda row: row[:3],
    )
)
def test_the_months_of_a_year_add_up_to_it(rows: list[tuple[str, str, int, list[str]]]) -> None:
    pieces = [
        submission(office, title, NEWS, *used, day=f"2017-{month:02}-05")
        for office, title, month, used in rows
    ]
    months = [told(*pieces, period=f"2017-{month:02}").counts for month in range(1, 13)]
    year = told(*pieces, period="2017")
    assert sum(months, Counts()) == year.counts == year.year_counts
    assert year.counts == sum((o.counts for o in year.offices), Counts())
