"""Rules of plans one by one: levels, multiples, highest only, shares, quotas, days in force."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.coverage.scorecard import Scorecard
from pipeline.errors import BadInput
from pipeline.plan.model import (
    Office,
    OfficeGroup,
    Person,
    Plan,
    Points,
    PointsRule,
    Quota,
    ScoringRule,
)
from tests.coverage.scoring_cases import (
    card,
    figures,
    owed,
    plan_of,
    scored,
    submission,
)


def test_a_front_page_doubles_and_a_leaders_note_adds() -> None:
    plan = plan_of("省报每篇10分，市报每篇7分，头版头条加倍。市领导批示每次加5分。")
    one = submission(
        "甲科", "稿", "信息", ("某省日报", "regional", "头版头条"), ("某市日报", "municipal"),
        events=("市领导批示",),
    )  # fmt: skip
    assert sorted(figures(scored(one, plan=plan))) == ["20.00", "5.00", "7.00"]


def test_several_multiples_take_the_highest_unless_they_are_read_as_a_product() -> None:
    rules = (
        Points(item="采用", unit="篇", points=2),
        Points(item="中央媒体", points=0, level="central", multiplier=20),
        Points(item="头版头条", points=0, multiplier=2),
        Points(item="字数超1000字", points=0, multiplier=2),
    )
    note = ScoringRule(text="按倍数计分。", rule=PointsRule(points=rules))
    plan = Plan(title="办法", kind="publicity_plan", scoring=(note,))
    one = submission("甲科", "稿", "信息", ("人民日报", "central", "头版头条"), words=1001)
    short = submission("甲科", "短", "信息", ("人民日报", "central"), words=1000)
    assert figures(scored(one, plan=plan)) == ["40.00"]
    assert figures(scored(one, plan=plan, readings="multipliers=product")) == ["160.00"]
    assert figures(scored(short, plan=plan, readings="multipliers=product")) == ["40.00"]


def test_points_that_are_given_as_a_multiple_of_anothers() -> None:
    plan = plan_of("中央媒体按市级的20倍计分，头版头条再乘2倍。", "市级媒体每篇2分。")
    central = submission("甲科", "稿", "信息", ("人民日报", "central", "头版头条"))
    assert figures(scored(central, plan=plan)) == ["80.00"]
    city = submission("甲科", "稿", "信息", ("某市日报", "municipal"))
    assert figures(scored(city, plan=plan)) == ["2.00"]
    alone = plan_of("中央媒体按市级的20倍计分。")
    assert "找不到唯一的后者" in scored(central, plan=alone).unapplied[0]


def test_the_highest_use_counts_and_what_was_counted_before_is_made_up_to_it() -> None:
    plan = plan_of(
        "市级媒体采用每篇3分，省级媒体采用每篇10分。",
        "同一内容多家采用按最高级别计分，不重复计分。",
    )
    first = submission("甲科", "稿", "信息", ("某市日报", "municipal"), day="2017-02-01")
    then = submission("甲科", "稿", "信息", ("某省日报", "regional"), day="2017-03-01")
    last = submission("甲科", "稿", "信息", ("另一市报", "municipal"), day="2017-03-02")
    year = scored(last, then, first, plan=plan, period="2017")
    assert figures(year) == ["3.00", "7.00", "0.00"]
    assert figures(scored(first, plan=plan, period="2017-02")) == ["3.00"]


def test_a_central_paper_is_paid_by_the_highest_level_the_plan_has() -> None:
    plan = plan_of("市级媒体采用每篇3分，省级媒体采用每篇10分。")
    one = submission("甲科", "稿", "信息", ("人民日报", "central"), ("旗报", "district"))
    sheet = scored(one, plan=plan)
    assert figures(sheet) == ["10.00"]
    assert [note.why for note in sheet.not_counted] == ["没有一条计分说明合于旗报"]


def test_quotas_by_quarter_and_week_and_a_bonus_for_more() -> None:
    office = Office(
        name="甲科",
        quotas=(
            Quota(channel="调研", per="quarter", count=2),
            Quota(channel="信息", per="week", count=1),
        ),
    )
    rules = (
        Points(item="调研 少报", unit="篇", points=-2),
        Points(item="信息 超报", unit="条", points=0.5, bonus=True),
    )
    note = ScoringRule(text="按期报送。", rule=PointsRule(points=rules))
    plan = Plan(title="办法", kind="publicity_plan", offices=(office,), scoring=(note,))
    pieces = [
        *owed("甲科", "调研", 1, "2017-02-01"),
        *owed("甲科", "信息", 3, "2017-03-08"),
    ]
    lines = card(scored(*pieces, plan=plan), "甲科").lines
    assert [str(line.points) for line in lines if line.points] == ["1.00", "-2.00"]
    # Weeks that end in March 2017: 5, 12, 19 and 26 March.
    assert sum("周任务" in line.derivation for line in lines) == 4


def test_a_rule_that_is_not_computed_is_named() -> None:
    plan = plan_of("基础分60分。", "每月报送，少报1篇扣2分。")
    said = scored(plan=plan).unapplied
    assert said == (
        "计分说明1：「基础分」不按件计，没有计入",
        "计分说明2“每月报送 少报”：方案没有写各科室应报多少",
    )


MEDIA = "市级媒体采用每篇3分，省级媒体采用每篇10分。"
CITY, STATE = ("某市日报", "municipal"), ("某省日报", "regional")


def why_not(sheet: Scorecard) -> list[str]:
    return [note.why for note in sheet.not_counted]


def rule(*points: Points, text: str = "计分。", since: str = "", until: str = "") -> ScoringRule:
    return ScoringRule(text=text, rule=PointsRule(points=points), since=since, until=until)


def with_rules(*rules: ScoringRule, offices: tuple[Office, ...] = (Office(name="甲科"),)) -> Plan:
    return Plan(title="办法", kind="publicity_plan", offices=offices, scoring=rules)


def test_several_uses_count_each_unless_they_are_read_as_one() -> None:
    one = submission("甲科", "稿", "信息", CITY, STATE)
    sheet = scored(one, plan=plan_of(MEDIA))
    assert sorted(figures(sheet)) == ["10.00", "3.00"]
    assert [q.slug for q in sheet.questions if q.slug == "several-uses"] == ["several-uses"]
    highest = scored(one, plan=plan_of(MEDIA), readings="several-uses=highest")
    assert sum(line.points for line in card(highest, "甲科").lines) == 10
    assert "several-uses" not in [q.slug for q in scored(plan=plan_of(MEDIA)).questions]


def test_a_use_contains_the_points_of_handing_in_unless_both_are_read_to_count() -> None:
    plan = plan_of("投稿每篇计1分，采用每篇计3分。")
    one = submission("甲科", "稿", "信息", "某报", "某台")
    assert figures(scored(one, plan=plan)) == ["1.00", "2.00", "3.00"]
    assert figures(scored(one, plan=plan, readings="stages=both")) == ["1.00", "3.00", "3.00"]
    sent = submission("甲科", "未用", "信息")
    assert figures(scored(sent, plan=plan)) == ["1.00"]


def test_highest_only_is_about_media_and_about_leaders_notes_where_it_says_so() -> None:
    notes = (MEDIA, "市领导批示每件计5分。")
    one = submission("甲科", "稿", "信息", STATE, events=("市领导批示",))
    media = plan_of(*notes, "同一内容多家采用按最高级别计分，不重复计分。")
    assert sorted(figures(scored(one, plan=media))) == ["10.00", "5.00"]
    both = plan_of(*notes, "同一内容多家采用或者获得批示，按最高的计分，不重复计分。")
    assert sorted(figures(scored(one, plan=both))) == ["0.00", "10.00"]


def test_an_asked_for_piece_that_never_came_is_taken_off() -> None:
    plan = plan_of("按要求完成约稿的每篇计5分，约稿不报的每次扣10分。")
    pieces = [
        submission("甲科", "约一", "约稿", events=("约稿",)),
        submission("甲科", "约二", "约稿", events=("约稿不报",)),
    ]
    sheet = scored(*pieces, plan=plan)
    assert sorted(figures(sheet)) == ["-10.00", "5.00"]
    assert card(sheet, "甲科").deductions == -10


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    old = rule(Points(item="信息", unit="条", points=1), until="2017-06-30")
    new = rule(Points(item="信息", unit="条", points=2), since="2017-07-01")
    pieces = [
        submission("甲科", month, "信息", "信息", day=day)
        for month, day in (("六月", "2017-06-30"), ("七月", "2017-07-01"))
    ]
    sheet = scored(*pieces, plan=with_rules(old, new), period="2017")
    assert figures(sheet) == ["1.00", "2.00"]
    assert "计分说明2「信息」（2017-07-01起施行）" in card(sheet, "甲科").lines[1].derivation
    late = with_rules(new)
    assert why_not(scored(*pieces, plan=late, period="2017")) == ["没有一条计分说明合于信息"]


def test_a_deduction_a_multiple_and_highest_only_hold_on_their_days_alone() -> None:
    office = Office(name="甲科", monthly_quotas={"信息": 1})
    short = rule(Points(item="信息 少报", points=-1), since="2017-02-01", until="2017-02-28")
    quarter = scored(plan=with_rules(short, offices=(office,)), period="2017Q1")
    assert [(ln.day, str(ln.points)) for ln in card(quarter, "甲科").lines] == [
        ("2017-02-28", "-1.00")
    ]
    base = rule(Points(item="信息", points=1))
    twice = rule(Points(item="头版", points=0, multiplier=2), since="2017-03-11")
    pieces = [
        submission("甲科", day, "信息", ("信息", "other", "头版"), day=day)
        for day in ("2017-03-10", "2017-03-11")
    ]
    assert figures(scored(*pieces, plan=with_rules(base, twice))) == ["1.00", "2.00"]


@pytest.mark.parametrize(
    ("first", "second", "slug"),
    [
        (("", "2017-06-30"), ("2017-06-30", ""), "rules-overlap"),
        (("", ""), ("2017-06-30", ""), "rules-overlap"),
        (("2017-01-01", "2017-12-31"), ("2017-05-01", "2017-05-31"), "rules-overlap"),
        (("2017-02-30", ""), ("2018-01-01", ""), "rule-dates"),
        (("2017年", ""), ("2018-01-01", ""), "rule-dates"),
        (("2017-06-01", "2017-05-31"), ("2018-01-01", ""), "rule-dates"),
    ],
)
def test_two_versions_of_a_rule_on_one_day_are_refused_with_both_named(
    first: tuple[str, str], second: tuple[str, str], slug: str
) -> None:
    rules = [rule(Points(item="信息", points=1), since=a, until=b) for a, b in (first, second)]
    with pytest.raises(BadInput) as caught:
        scored(plan=with_rules(*rules))
    assert caught.value.slug == slug
    if slug == "rules-overlap":
        assert "scoring notes 1 and 2 both say what “信息” earns" in str(caught.value)


def test_versions_that_follow_each_other_are_fine() -> None:
    rules = [
        rule(Points(item="信息", points=1), until="2017-06-30"),
        rule(Points(item="信息", points=2), since="2017-07-01"),
        rule(Points(item="调研", points=2), since="2017-03-01"),
    ]
    assert scored(plan=with_rules(*rules)).unapplied == ()


WEEKLY = Office(name="甲科", quotas=(Quota(channel="", per="week", count=2),))


def test_a_week_is_met_on_time_or_missed_and_more_earns_more() -> None:
    plan = with_rules(
        rule(
            Points(item="每周报送 按时", unit="周", points=1),
            Points(item="每周报送 超报", unit="篇", points=1, bonus=True),
            Points(item="每周报送 漏报", unit="周", points=-1),
        ),
        offices=(WEEKLY,),
    )
    # Weeks that end in March 2017: 5, 12, 19 and 26 March.
    pieces = owed("甲科", "信息", 2, "2017-03-01") + owed("甲科", "信息", 5, "2017-03-08")
    pieces += owed("甲科", "信息", 1, "2017-03-15")
    lines = card(scored(*pieces, plan=plan), "甲科").lines
    earned = {(ln.day[-2:], ln.item[-2:]): str(ln.points) for ln in lines if ln.points}
    assert earned == {
        ("05", "按时"): "1.00",
        ("12", "按时"): "1.00",
        ("12", "超报"): "3.00",
        ("19", "漏报"): "-1.00",
        ("26", "漏报"): "-1.00",
    }
    assert (
        scored(
            plan=plan_of("每周报送信息不少于2篇，按时报送的计1分。", offices=(WEEKLY,))
        ).unapplied
        == ()
    )


def test_a_cap_holds_for_quotas_too() -> None:
    office = Office(name="甲科", monthly_quotas={"信息": 1})
    plan = with_rules(rule(Points(item="信息 少报", points=-2, cap=5)), offices=(office,))
    months = [f"2017-{month:02}" for month in range(1, 5)]
    assert [figures(scored(plan=plan, period=month)) for month in months] == [
        ["-2.00"],
        ["-2.00"],
        ["-1.00"],
        ["0.00"],
    ]
    assert "2017至多5分，只计-1分" in card(scored(plan=plan), "甲科").lines[0].derivation


def test_an_office_owes_what_its_class_owes() -> None:
    plan = Plan(
        title="办法",
        kind="publicity_plan",
        groups=(OfficeGroup(name="县", quotas=(Quota(channel="信息", per="month", count=20),)),),
        offices=(Office(name="甲县", group="县"), Office(name="乙局")),
        scoring=(rule(Points(item="信息 少报", points=-1)),),
    )
    sheet = scored(*owed("甲县", "信息", 18), plan=plan)
    assert (figures(sheet, "甲县"), figures(sheet, "乙局")) == (["-2.00"], [])


def test_what_persons_owe_is_taken_off_their_office_by_a_rule_about_persons() -> None:
    person = Person(name="张三", quotas=(Quota(channel="信息", per="month", count=2),))
    office = Office(name="甲科", monthly_quotas={"信息": 2}, people=(person,))
    plan = with_rules(
        rule(Points(item="信息 少报", points=-1), Points(item="个人信息 少报", points=-3)),
        offices=(office,),
    )
    theirs = submission("甲科", "稿", "信息", authors=("张三",))
    assert figures(scored(theirs, plan=plan)) == ["-3.00", "-1.00"]
    apart = msgspec.structs.replace(plan, personal_for_office=False)
    assert figures(scored(theirs, plan=apart)) == ["-3.00", "-2.00"]
    alone = with_rules(rule(Points(item="个人信息 少报", points=-3)))
    assert scored(theirs, plan=alone).unapplied == (
        "计分说明1“个人信息 少报”：方案没有写个人应报多少",
    )


def test_a_shared_byline_is_divided_as_the_plan_says_whatever_the_reading() -> None:
    two = (Office(name="甲科"), Office(name="乙科"))
    plan = plan_of(MEDIA, "几个科室合写的，由各科室均分。", offices=two)
    one = submission(("甲科", "乙科"), "稿", "信息", STATE)
    sheet = scored(one, plan=plan, readings="joint=first")
    assert [card(sheet, office.name).total for office in two] == [5, 5]
    assert "joint" not in [question.slug for question in sheet.questions]


def test_a_byline_is_divided_by_persons_where_the_register_tells_whose_they_are() -> None:
    offices = (
        Office(name="甲科", people=(Person(name="张三"), Person(name="李四"))),
        Office(name="乙科", people=(Person(name="王五"),)),
    )
    plan = plan_of(MEDIA, "合写的稿件按人数分摊。", offices=offices)
    both = ("甲科", "乙科")
    one = submission(both, "稿", "信息", STATE, authors=("张三", "王五", "李四"))
    sheet = scored(one, plan=plan)
    assert [str(card(sheet, name).total) for name in both] == ["6.67", "3.33"]
    assert "各科室按2人、1人分摊" in card(sheet, "甲科").lines[0].derivation
    unknown = submission(both, "稿", "信息", STATE, authors=("张三", "外人"))
    sheet = scored(unknown, plan=plan)
    assert [card(sheet, name).total for name in both] == [5, 5]
    assert "登记中分不清各科室几人" in card(sheet, "甲科").lines[0].derivation


def test_a_note_without_any_figure_is_named_as_not_computed() -> None:
    sheet = scored(plan=plan_of("年终表彰先进。", "漏报的扣当期基础分。"))
    assert sheet.unapplied == tuple(
        f"计分说明{n}：没有读出可以计算的分值，没有计入" for n in (1, 2)
    )
    assert [q.reading for q in sheet.questions] == [None]


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), -1e300])
def test_figures_no_plan_has_are_refused_by_name(figure: float) -> None:
    office = Office(name="甲科", monthly_quotas={"信息": figure})
    for plan in (
        with_rules(rule(Points(item="信息", points=figure))),
        with_rules(rule(Points(item="信息", points=1, cap=figure))),
        with_rules(rule(Points(item="信息 少报", points=-1)), offices=(office,)),
    ):
        with pytest.raises(BadInput) as caught:
            scored(plan=plan)
        assert caught.value.slug == "rule-figures"
        assert "信息" in str(caught.value) or "甲科" in str(caught.value)


def test_a_yearly_quota_counts_what_was_handed_in_and_one_of_uses_what_was_used() -> None:
    office = Office(
        name="甲科",
        quotas=(
            Quota(channel="信息", per="year", count=3),
            Quota(channel="信息采用", per="year", count=2),
        ),
    )
    plan = with_rules(
        rule(Points(item="信息 少报", points=-1), Points(item="信息采用 少报", points=-5)),
        offices=(office,),
    )
    pieces = [
        submission("甲科", "一", "信息", "某报", day="2017-02-01"),
        submission("甲科", "二", "信息", day="2017-03-01"),
        submission("甲科", "三", "信息", day="2017-04-01"),
    ]
    sheet = scored(*pieces, plan=plan, period="2017")
    said = {str(line.points): line.derivation for line in card(sheet, "甲科").lines}
    assert sorted(said) == ["-5.00", "0.00"]
    assert "应采用2条，实采用1条，少采用1条" in said["-5.00"]
    assert scored(*pieces, plan=plan, period="2017-11").total == 0
