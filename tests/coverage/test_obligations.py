"""Duties of a plan: when they fall due, what shows them, and in which state that leaves them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.coverage.duties import duties_of
from pipeline.coverage.obligations import ObligationLine, Proposal, obligation_lines, search_windows
from pipeline.coverage.occasions import occasions_of
from pipeline.coverage.periods import parse_period
from pipeline.coverage.report import Period
from pipeline.plan.days_of_note import day_of_note
from pipeline.plan.model import Obligation, Office, Plan, PlanEvent, PlanNode
from pipeline.register import Adoption, Submission
from pipeline.store.proofs import StoredProof

YEAR = Period(first="2025-01-01", last="2025-12-31", label="2025年")


def spans(when: str, every: str = "", term: Period = YEAR) -> list[tuple[str, str, int]]:
    return [(o.first, o.last, o.wanted) for o in occasions_of(when, every, term).occasions]


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("4月上旬", "2025-04-01", "2025-04-10"),
        ("十二月中旬", "2025-12-11", "2025-12-20"),
        ("5月22日-28日", "2025-05-22", "2025-05-28"),
        ("6月28日至7月3日", "2025-06-28", "2025-07-03"),
        ("3-5月", "2025-03-01", "2025-05-31"),
        ("第三季度", "2025-07-01", "2025-09-30"),
        ("下半年", "2025-07-01", "2025-12-31"),
        ("6月30日前", "2025-01-01", "2025-06-30"),
        ("2025年9月底前", "2025-01-01", "2025-09-30"),
        ("年底前", "2025-01-01", "2025-12-31"),
        ("4.26世界知识产权日", "2025-04-26", "2025-04-26"),
        ("11月9日前后", "2025-11-09", "2025-11-09"),
        ("安全生产月", "2025-06-01", "2025-06-30"),
        ("全年", "2025-01-01", "2025-12-31"),
        ("", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_time_as_plans_write_it_is_a_span_of_days(when: str, first: str, last: str) -> None:
    assert spans(when) == [(first, last, 1)]


def test_a_frequency_gives_an_occasion_for_every_month_week_or_quarter() -> None:
    monthly = spans("", "每月走访不少于两次")
    assert len(monthly) == 12
    assert monthly[1] == ("2025-02-01", "2025-02-28", 2)
    assert spans("6月至9月", "每月推出不少于两篇")[-1] == ("2025-09-01", "2025-09-30", 2)
    assert spans("", "每季度末月25日前报送")[0] == ("2025-01-01", "2025-03-25", 1)
    weekly = spans("6月中旬起", "每周刊播不少于三篇")
    assert weekly[0] == ("2025-06-11", "2025-06-15", 3)
    assert weekly[-1] == ("2025-12-22", "2025-12-28", 3), "three days of a week ask for nothing"


def test_a_count_for_the_year_beside_a_month_is_both() -> None:
    both = spans("", "每月报送信息不少于2条；全年不少于6篇")
    assert len(both) == 13
    assert ("2025-01-01", "2025-12-31", 6) in both


def test_a_count_of_the_year_within_half_of_it_is_one_occasion() -> None:
    assert spans("下半年", "全年不少于六期") == [("2025-07-01", "2025-12-31", 6)]


def test_a_day_without_a_date_comes_every_year_of_the_term_and_says_where_it_is_from() -> None:
    timing = occasions_of("科技活动周", "", Period(first="2022-01-01", last="2024-12-31"))
    assert [one.first[:4] for one in timing.occasions] == ["2022", "2023", "2024"]
    assert "按惯例日期" in timing.notes[0]
    unknown = occasions_of("双创活动周", "", YEAR)
    assert unknown.whole_term
    assert "没有固定日期" in unknown.notes[0]


def test_days_of_note_fall_where_they_fell() -> None:
    assert day_of_note("全国科技活动周", 2023) == (date(2023, 5, 20), date(2023, 5, 27))
    assert day_of_note("全国科普日", 2023) == (date(2023, 9, 16), date(2023, 9, 17))


NODES = (
    PlanNode(id="form-1", kind="form", level=2, title="组织集中采访", text="组织集中采访。"),
    PlanNode(
        id="form-2", kind="form", level=2, title="开展“科技政策进百企”活动",
        text="开展“科技政策进百企”活动，由样例日报报道。",
    ),
)  # fmt: skip
VISITS = Obligation(
    node="form-1", what="组织集中采访", every="每月走访不少于两次", offices=("综合科",)
)
POLICY = Obligation(
    node="form-2", what="开展“科技政策进百企”活动", when="5月", offices=("办公室",),
    media=("样例日报", "样例网"),
)  # fmt: skip


def plan(*obligations: Obligation, **fields: object) -> Plan:
    values: dict[str, object] = {
        "title": "方案",
        "kind": "publicity_plan",
        "period": ("2025-01-01", "2025-12-31"),
        "nodes": NODES,
        "obligations": obligations,
    }
    return Plan(**{**values, **fields})  # type: ignore[arg-type]


def proof(obligation: str, day: str, **fields: object) -> StoredProof:
    values: dict[str, object] = {
        "obligation": obligation, "kind": "file", "day": day, "reference": f"{day}.png",
        "by": "李晓", "number": 1,
    }  # fmt: skip
    return StoredProof(**{**values, **fields})  # type: ignore[arg-type]


def one(what: Obligation, *proofs: StoredProof, today: str = "2025-12-31") -> ObligationLine:
    (line,) = obligation_lines(plan(what), parse_period("2025Q2"), today, proofs=proofs)
    return line


def test_only_occasions_of_the_period_that_are_due_can_be_missed() -> None:
    before = one(VISITS, today="2025-05-15")
    assert [(o.label, o.due) for o in before.occasions] == [
        ("2025年4月", True),
        ("2025年5月", False),
        ("2025年6月", False),
    ]
    assert (before.state, before.next_due) == ("none", "2025-05-31")
    assert one(VISITS, today="2025-04-10").state == "not_due"


def test_some_occasions_met_is_partly_and_all_of_them_is_done() -> None:
    april = [proof("form-1", "2025-04-08"), proof("form-1", "2025-04-22")]
    partly = one(VISITS, *april)
    assert (partly.state, partly.reason) == (
        "partly",
        "到期 3 次，已落实 1 次；缺：2025年5月（0/2）、2025年6月（0/2）",
    )
    rest = [proof("form-1", "2025-05-08", times=2), proof("form-1", "2025-06-08", times=2)]
    assert one(VISITS, *april, *rest).state == "done"


def test_one_of_two_visits_meets_no_occasion_and_is_still_shown() -> None:
    line = one(VISITS, proof("form-1", "2025-04-08"))
    assert line.state == "partly"
    assert [(o.shown, o.met) for o in line.occasions] == [(1, False), (0, False), (0, False)]


def test_a_report_a_week_later_still_shows_what_was_done() -> None:
    line = one(POLICY, proof("form-2", "2025-06-09"))
    assert (line.state, line.occasions[0].shown) == ("done", 1)
    assert one(POLICY, proof("form-2", "2025-07-09")).state == "none"


def test_a_named_medium_without_proof_leaves_it_partly() -> None:
    line = one(POLICY, proof("form-2", "2025-05-20", media=("样例日报",)))
    assert line.state == "partly"
    assert [(m.name, m.shown) for m in line.media] == [("样例日报", 1), ("样例网", 0)]
    assert "点名媒体 2 家中 1 家未见佐证（样例网）" in line.reason


def test_an_obligation_of_another_season_is_outside_the_period() -> None:
    line = one(Obligation(node="form-1", what="组织集中采访", when="9月"))
    assert (line.state, line.occasions) == ("outside", ())


NAMING = Proposal(
    story="s1", title="科技政策进百企走进园区", day="2025-05-12", outlet="样例日报",
    term="科技政策进百企",
)  # fmt: skip


def test_a_story_that_names_the_duty_is_proposed_and_counts_only_when_a_person_gives_it() -> None:
    quarter = parse_period("2025Q2")
    (line,) = obligation_lines(plan(POLICY), quarter, "2025-12-31", naming=[NAMING])
    assert (line.state, line.proposals) == ("none", (NAMING,))
    assert "另有 1 篇报道待确认" in line.reason
    given = proof("form-2", "2025-05-12", kind="story", reference="s1")
    (line,) = obligation_lines(plan(POLICY), quarter, "2025-12-31", proofs=[given], naming=[NAMING])
    assert (line.state, line.proposals) == ("done", ())
    denied = proof("form-2", "2025-05-12", kind="story", reference="s1", counts=False)
    (line,) = obligation_lines(
        plan(POLICY), quarter, "2025-12-31", proofs=[denied], naming=[NAMING]
    )
    assert (line.state, line.proposals, line.proofs) == ("none", (), ())


def test_stories_are_looked_for_by_the_duty_s_own_name_near_its_days() -> None:
    windows = search_windows(plan(POLICY, VISITS), parse_period("2025Q2"))
    assert windows == {"科技政策进百企": (("2025-04-21", "2025-06-15"),)}


def test_a_slogan_that_every_duty_repeats_is_nobody_s_name() -> None:
    nodes = tuple(
        PlanNode(id=f"form-{n}", kind="form", level=2, title=f"事项{n}", text="围绕“创新强区”")
        for n in range(4)
    )
    duties = duties_of(
        plan(*(Obligation(node=node.id, what=node.title) for node in nodes), nodes=nodes)
    )
    assert [duty.terms for duty in duties] == [()] * 4


def submission(**fields: object) -> Submission:
    values: dict[str, object] = {
        "file": "5月.xlsx", "row": 3, "offices": ("办公室",), "day": "2025-05-20",
        "title": "政策进企业", "column": "样例日报",
    }  # fmt: skip
    return Submission(**{**values, **fields})  # type: ignore[arg-type]


def handed_in(*submissions: Submission) -> ObligationLine:
    offices = (Office(name="办公室", aliases=("局办公室",)), Office(name="综合科"))
    (line,) = obligation_lines(
        plan(POLICY, offices=offices),
        parse_period("2025Q2"),
        "2025-12-31",
        submissions=submissions,
    )
    return line


def test_what_the_duty_s_office_handed_in_for_a_named_medium_counts() -> None:
    used = submission(column="动态", adopted=(Adoption(outlet="样例网"),), row=4)
    line = handed_in(submission(), used)
    assert line.state == "done"
    assert [p.note for p in line.proofs] == ["已报送，未登记采用", "采用：样例网"]


def test_another_office_s_piece_another_column_and_another_month_do_not_count() -> None:
    strangers = (
        submission(offices=("综合科",)),
        submission(column="内部通报"),
        submission(day="2025-09-01"),
    )
    assert handed_in(*strangers).proofs == ()


def test_an_event_of_the_plan_is_a_line_unless_a_duty_speaks_of_it_or_nobody_knows_its_day() -> (
    None
):
    events = (
        PlanEvent(name="全国防灾减灾日", date="05-12"),
        PlanEvent(name="科普日"),
        PlanEvent(name="创新创业大赛"),
        PlanEvent(name="科技活动周"),
    )
    week = Obligation(node="form-1", what="组织科技活动周宣传", when="科技活动周")
    duties = duties_of(plan(week, events=events))
    assert [duty.id for duty in duties] == ["form-1", "event-1", "event-2"]
    assert duties[0].terms == ("科技活动周",)


def test_two_duties_of_one_node_have_ids_of_their_own() -> None:
    assert [duty.id for duty in duties_of(plan(POLICY, POLICY))] == ["form-2", "form-2.2"]


def test_what_the_plan_leaves_open_is_said() -> None:
    shared = Obligation(
        node="form-1", what="走访企业", every="每月走访不少于两次", offices=("综合科", "高新科")
    )
    assert "方案未明确次数是每个科室还是合计，按合计" in one(shared).notes
    assert (
        "方案未写时间，按整个执行期一次列"
        in one(Obligation(node="form-1", what="组织集中采访")).notes
    )
