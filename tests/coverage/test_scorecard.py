"""Points by office: seed 001's scheme with a month worked by hand, and what must always hold."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coverage.periods import parse_period
from pipeline.coverage.readings import Readings
from pipeline.coverage.scorecard import OfficeCard, Scorecard
from pipeline.coverage.scoring import score, span_of
from pipeline.errors import BadInput
from pipeline.news import Level
from pipeline.plan.model import Office, Plan, Points, PointsRule, Quota, ScoringRule
from pipeline.plan.plan_file import read_plan_toml
from pipeline.plan.reading import read_plan
from pipeline.plan.scoring import read_scoring_note
from pipeline.register import Adoption, LeaderEvent, Register, Submission

JINSHUI = read_plan_toml(Path(__file__).parents[2] / "plans" / "jinshui-2017-publicity.toml")
ROWS = itertools.count(2)

OFFICE, GAOXIN, PLANNING = "办公室、财务室", "高新科", "发展计划科"
GENERAL, PATENTS, CENTRE = "综合科", "知识产权科", "生产力促进中心"
NEWS, ISSUE, PAPER = "机关内网科技动态信息", "机关内网专期", "金水时讯"
PARKS, RESOURCES, SITE = "园区动态信息", "科技资源亮点", "市局网站"


def submission(
    office: str | tuple[str, ...],
    title: str,
    column: str,
    *printed: str | tuple[str, Level] | tuple[str, Level, str],
    day: str = "2017-03-10",
    words: int | None = None,
    story: str = "",
    events: tuple[str, ...] = (),
) -> Submission:
    uses = [(use,) if isinstance(use, str) else use for use in printed]
    return Submission(
        file="三月.xlsx",
        row=next(ROWS),
        offices=(office,) if isinstance(office, str) else office,
        day=day,
        title=title,
        column=column,
        words=words,
        adopted=tuple(
            Adoption(outlet=use[0], level=level, position="".join(position))
            for use in uses
            for level, *position in [use[1:] or ("other",)]
        ),
        story=story,
        events=tuple(LeaderEvent(what=event) for event in events),
    )


def piece(office: str, title: str, column: str, **more: object) -> Submission:
    """Handed in for a column and printed in it."""
    return submission(office, title, column, column, **more)  # type: ignore[arg-type]


def handed_in(office: str, column: str, count: int, day: str = "2017-03-20") -> list[Submission]:
    """Pieces for a quota, printed nowhere."""
    return [submission(office, f"{column}{day}之{n}", column, day=day) for n in range(count)]


def scored(
    *submissions: Submission, plan: Plan = JINSHUI, period: str = "2017-03", readings: str = ""
) -> Scorecard:
    return score(
        plan,
        Register(submissions=submissions),
        parse_period(period),
        Readings.of(readings.split()),
    )


def card(sheet: Scorecard, office: str) -> OfficeCard:
    return next(card for card in sheet.offices if card.office == office)


def earned(sheet: Scorecard, office: str) -> list[tuple[int, str]]:
    """Points from single pieces: number of the note and figure."""
    return [
        (ln.note, str(ln.points)) for ln in card(sheet, office).lines if ln.note in (2, 3, 4, 5)
    ]


def asked_for_in_march(but: str = "") -> list[Submission]:
    """Every office's monthly quotas of parks and resources, exactly; ``but`` one office."""
    quotas = {GAOXIN: (1, 2), PLANNING: (1, 2), GENERAL: (0, 1), PATENTS: (2, 2), CENTRE: (3, 3)}
    return [
        one
        for office, (parks, resources) in quotas.items()
        if office != but
        for one in (*handed_in(office, PARKS, parks), *handed_in(office, RESOURCES, resources))
    ]


def march() -> list[Submission]:
    """A month of the six offices, written for this test."""
    return [
        # 办公室、财务室: two news items, one issue. No quotas.
        piece(OFFICE, "机关党课", NEWS),
        piece(OFFICE, "作风整顿", NEWS),
        piece(OFFICE, "党建专期", ISSUE),
        # 高新科: the six lengths of 金水时讯, and its quotas.
        *(piece(GAOXIN, f"{n}字稿", PAPER, words=n) for n in (99, 100, 101, 300, 500, 501)),
        *handed_in(GAOXIN, PARKS, 1),
        *handed_in(GAOXIN, RESOURCES, 2),
        # 发展计划科: twelve items on the city bureau's site; one resource item short.
        *(submission(PLANNING, f"计划{n}", "信息", SITE) for n in range(12)),
        *handed_in(PLANNING, PARKS, 1),
        *handed_in(PLANNING, RESOURCES, 1),
        # 综合科: two papers; a piece handed in that nobody printed; quota met.
        submission(GENERAL, "科普日", "信息", ("河南日报", "regional")),
        submission(GENERAL, "体验中心", "信息", "郑州日报"),
        submission(GENERAL, "未采用稿", NEWS),
        *handed_in(GENERAL, RESOURCES, 1),
        # 知识产权科: nothing handed in at all.
        # 生产力促进中心: a surplus of parks beside a shortage of resources, and one news item.
        piece(CENTRE, "孵化器", NEWS),
        *handed_in(CENTRE, PARKS, 5),
        *handed_in(CENTRE, RESOURCES, 1),
    ]


def test_a_month_of_the_six_offices_worked_by_hand() -> None:
    sheet = scored(*march())
    totals = {card.office: (str(card.total), card.rank) for card in sheet.offices}
    # 高新科: 0.5 + 0.5 + 1 + 1 + 3 + 5. 发展计划科: 12 x 0.5 = 6, capped at 5, less 1 piece short.
    # 综合科: 5 + 5. 知识产权科: 2 + 2 short. 生产力促进中心: 1, less 2 short.
    assert totals == {
        OFFICE: ("7.00", 3),
        GAOXIN: ("11.00", 1),
        PLANNING: ("4.00", 4),
        GENERAL: ("10.00", 2),
        PATENTS: ("-4.00", 6),
        CENTRE: ("-1.00", 5),
    }
    assert sheet.total == Decimal("27.00")
    assert [(c.points, c.bonus, c.deductions) for c in sheet.offices[2:4]] == [
        (Decimal("0"), Decimal("5.00"), Decimal("-1.00")),
        (Decimal("0"), Decimal("10.00"), Decimal("0.00")),
    ]
    assert (card(sheet, PATENTS).handed_in, card(sheet, GENERAL).handed_in) == (0, 4)
    assert card(sheet, GENERAL).adopted == 2


def test_the_same_month_when_every_question_is_read_the_other_way() -> None:
    sheet = scored(*march(), readings="boundary=higher surplus=columns deduction-floor=zero")
    # 高新科: 0.5 + 1 + 1 + 3 + 5 + 5. 生产力促进中心: 6 due, 6 came: nothing short. 知识产权科: 0.
    totals = {card.office: str(card.total) for card in sheet.offices}
    assert totals[GAOXIN] == "15.50"
    assert totals[CENTRE] == "1.00"
    assert totals[PATENTS] == "0.00"
    assert [ln.kind for ln in card(sheet, PATENTS).lines] == ["deduction", "adjustment"]


@pytest.mark.parametrize(
    ("words", "lower", "higher"),
    [
        (99, "0.50", "0.50"),
        (100, "0.50", "1.00"),
        (101, "1.00", "1.00"),
        (300, "1.00", "3.00"),
        (500, "3.00", "5.00"),
        (501, "5.00", "5.00"),
    ],
)
def test_a_length_of_just_a_bound_belongs_to_the_band_the_reading_says(
    words: int, lower: str, higher: str
) -> None:
    one = piece(GAOXIN, "稿", PAPER, words=words)
    assert earned(scored(one), GAOXIN) == [(3, lower)]
    assert earned(scored(one, readings="boundary=higher"), GAOXIN) == [(3, higher)]


def test_a_piece_paid_by_length_without_a_length_is_not_guessed() -> None:
    sheet = scored(piece(GAOXIN, "稿", PAPER))
    assert earned(sheet, GAOXIN) == []
    assert [(n.title, n.why) for n in sheet.not_counted] == [
        ("稿", "「金水时讯发布稿件」按字数计分，登记中没有字数")
    ]


def city_site(office: str, count: int, day: str) -> list[Submission]:
    return [submission(office, f"{office}{day}{n}", "信息", SITE, day=day) for n in range(count)]


def test_the_cap_of_five_is_each_offices_own_unless_it_is_the_bureaus() -> None:
    pieces = city_site(GAOXIN, 8, "2017-03-01") + city_site(PLANNING, 8, "2017-03-02")
    own = scored(*pieces)
    assert [card(own, name).bonus for name in (GAOXIN, PLANNING)] == [4, 4]
    shared = scored(*pieces, readings="cap-scope=bureau")
    assert [card(shared, name).bonus for name in (GAOXIN, PLANNING)] == [4, 1]
    assert "全局2017上限5分，前已计5分，只计0分" in card(shared, PLANNING).lines[-3].derivation


def test_the_cap_is_the_years_unless_it_is_the_months() -> None:
    pieces = city_site(GAOXIN, 8, "2017-02-01") + city_site(GAOXIN, 8, "2017-03-01")
    assert card(scored(*pieces), GAOXIN).bonus == 1
    assert card(scored(*pieces, readings="cap-span=month"), GAOXIN).bonus == 4


def deductions(sheet: Scorecard, office: str) -> list[str]:
    return [str(ln.points) for ln in card(sheet, office).lines if ln.note == 6]


def test_one_item_short_costs_one_point_and_says_so() -> None:
    pieces = [
        *asked_for_in_march(but=GAOXIN),
        *handed_in(GAOXIN, PARKS, 1),
        *handed_in(GAOXIN, RESOURCES, 1),
    ]
    sheet = scored(*pieces)
    assert deductions(sheet, GAOXIN) == ["0.00", "-1.00"]
    assert sheet.total == -1
    assert card(sheet, GAOXIN).lines[-1].derivation == (
        "计分说明6：2017年3月科技资源亮点（月任务）应报2条，实报1条，少报1条；1×-1=-1分"
    )


def test_a_quota_counts_what_was_handed_in_once_a_piece_printed_or_not() -> None:
    pieces = [
        submission(GENERAL, "同一条", RESOURCES),
        submission(GENERAL, "同一条", RESOURCES, day="2017-03-11"),
        submission(PATENTS, "登出的", RESOURCES, RESOURCES),
    ]
    sheet = scored(*pieces)
    assert deductions(sheet, GENERAL) == ["0.00"]
    assert deductions(sheet, PATENTS) == ["-2.00", "-1.00"]
    assert sheet.not_counted == ()


def test_a_piece_is_owed_when_it_is_handed_in_and_paid_when_it_is_printed() -> None:
    printed = Adoption(outlet=PAPER, day="2017-04-03")
    one = Submission(
        file="a.csv", row=2, offices=(GENERAL,), day="2017-03-30", title="稿",
        column=RESOURCES, words=200, adopted=(printed,),
    )  # fmt: skip
    march, april = scored(one), scored(one, period="2017-04")
    assert (card(march, GENERAL).total, card(march, GENERAL).handed_in) == (0, 1)
    assert deductions(april, GENERAL) == ["-1.00"]
    assert earned(april, GENERAL) == [(3, "1.00")]
    assert march.not_counted == april.not_counted == ()


def test_a_surplus_month_offsets_others_only_when_the_reading_says_so() -> None:
    january = handed_in(GENERAL, RESOURCES, 3, "2017-01-10")
    late = handed_in(GENERAL, RESOURCES, 2, "2017-05-10")
    pieces = january + late
    months = [f"2017-0{month}" for month in range(1, 6)]
    plain = [deductions(scored(*pieces, period=m), GENERAL)[0] for m in months]
    assert plain == ["0.00", "-1.00", "-1.00", "-1.00", "0.00"]
    offset = [
        deductions(scored(*pieces, period=m, readings="surplus=months"), GENERAL)[0] for m in months
    ]
    # Three in January last to March; April is one short; of May's two one pays it back.
    assert offset == ["0.00", "0.00", "0.00", "-1.00", "1.00"]


def test_a_surplus_of_another_column_offsets_only_when_the_reading_says_so() -> None:
    pieces = handed_in(GAOXIN, PARKS, 3)
    assert deductions(scored(*pieces), GAOXIN) == ["0.00", "-2.00"]
    assert deductions(scored(*pieces, readings="surplus=columns"), GAOXIN) == ["0.00"]


def test_deductions_may_be_settled_at_the_end_of_the_year() -> None:
    pieces = handed_in(GENERAL, RESOURCES, 10, "2017-01-10")
    yearly = "deduction-time=year"
    assert deductions(scored(*pieces, readings=yearly), GENERAL) == []
    year = scored(*pieces, period="2017", readings=yearly)
    assert deductions(year, GENERAL) == ["-2.00"]


def test_an_issue_is_paid_as_an_issue_or_also_as_news() -> None:
    one = piece(OFFICE, "专期", ISSUE)
    assert earned(scored(one), OFFICE) == [(2, "5.00")]
    assert sorted(earned(scored(one, readings="special=both"), OFFICE)) == [
        (2, "1.00"),
        (2, "5.00"),
    ]


def test_points_over_the_offices_share_count_unless_the_reading_says_otherwise() -> None:
    pieces = [piece(OFFICE, f"专期{n}", ISSUE) for n in range(3)]
    assert card(scored(*pieces), OFFICE).points == 15
    assert card(scored(*pieces, readings="over-target=limited"), OFFICE).points == 12


def test_a_piece_in_several_papers_earns_in_each_or_once() -> None:
    one = submission(GENERAL, "科普", "信息", "河南日报", "郑州日报", ("新华网", "central"))
    assert card(scored(one), GENERAL).bonus == 15
    assert card(scored(one, readings="repeat=once"), GENERAL).bonus == 5
    assert card(scored(one, readings="bonus-cap=7.5"), GENERAL).bonus == Decimal("7.5")


def test_what_was_sent_to_a_paper_counts_when_it_is_printed_or_when_it_is_sent() -> None:
    sent = submission(GENERAL, "科普", "河南日报")
    assert card(scored(sent), GENERAL).bonus == 0
    assert card(scored(sent, readings="contribution=handed-in"), GENERAL).bonus == 5


def test_a_shared_byline_is_split_and_no_cent_is_lost() -> None:
    three = (GENERAL, GAOXIN, PATENTS)
    one = submission(three, "合写", "信息", "河南日报")
    assert [card(scored(one), name).bonus for name in three] == [
        Decimal("1.67"),
        Decimal("1.67"),
        Decimal("1.66"),
    ]
    first = scored(one, readings="joint=first")
    assert [card(first, name).bonus for name in three] == [5, 0, 0]
    assert [card(scored(one, readings="joint=each"), n).bonus for n in three] == [5, 5, 5]


def test_every_open_question_stands_on_the_sheet_with_the_reading_taken() -> None:
    sheet = scored(readings="boundary=higher")
    taken = {question.slug: question for question in sheet.questions}
    assert {slug: (q.note, q.reading.code) for slug, q in taken.items() if q.reading} == {
        "over-target": (1, "counted"),
        "special": (2, "instead"),
        "boundary": (3, "higher"),
        "cap-scope": (4, "office"),
        "cap-span": (4, "year"),
        "bonus-cap": (5, "none"),
        "repeat": (5, "each"),
        "surplus": (6, "none"),
        "deduction-time": (6, "month"),
        "deduction-floor": (6, "none"),
        "contribution": (0, "printed"),
    }
    assert [slug for slug, question in taken.items() if not question.is_default] == ["boundary"]
    assert all(question.others for question in sheet.questions)


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


def plan_of(*notes: str, offices: tuple[Office, ...] = (Office(name="甲科"),)) -> Plan:
    return Plan(
        title="办法",
        kind="publicity_plan",
        offices=offices,
        scoring=tuple(read_scoring_note(note) for note in notes),
    )


def figures(sheet: Scorecard, office: str = "甲科") -> list[str]:
    return [str(line.points) for line in card(sheet, office).lines]


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


def test_the_ready_plan_file_and_the_document_it_was_made_from_give_the_same_points(
    data: Path,
) -> None:
    (document,) = (data / "seeds").glob("001*")
    sheet = scored(*march(), plan=read_plan(document).plan)
    by_file = scored(*march())
    assert [(c.office, c.total) for c in sheet.offices] == [
        (c.office, c.total) for c in by_file.offices
    ]


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
        *handed_in("甲科", "调研", 1, "2017-02-01"),
        *handed_in("甲科", "信息", 3, "2017-03-08"),
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


def test_a_span_is_the_whole_months_of_what_was_handed_in_during_the_term() -> None:
    days = ["2016-12-01", "2017-02-11", "2017-03-02"]
    found = span_of(JINSHUI, [piece(GENERAL, "稿", NEWS, day=day) for day in days])
    assert found is not None
    assert (found.first, found.last) == ("2017-02-01", "2017-03-31")
    assert span_of(JINSHUI, []) is None


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
    reading_of("over-target", "counted", "limited"),
    reading_of("deduction-floor", "none", "zero"),
).map(" ".join)
MANY = st.lists(submissions(), max_size=12)


@settings(max_examples=60, deadline=None)
@given(MANY, CHOICES)
def test_totals_are_the_sums_of_the_lines(pieces: list[Submission], readings: str) -> None:
    sheet = scored(*pieces, period="2017", readings=readings)
    for office in sheet.offices:
        assert office.total == sum(line.points for line in office.lines)
        parts = office.points + office.bonus + office.deductions + office.adjustments
        assert office.total == parts
        assert all(line.derivation for line in office.lines)
    assert sheet.total == sum(office.total for office in sheet.offices)


@settings(max_examples=60, deadline=None)
@given(MANY, CHOICES, st.randoms(use_true_random=False))
def test_the_order_of_submissions_does_not_matter(
    pieces: list[Submission], readings: str, chance: object
) -> None:
    mixed = list(pieces)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert scored(*mixed, period="2017", readings=readings) == scored(
        *pieces, period="2017", readings=readings
    )


@settings(max_examples=60, deadline=None)
@given(MANY, submissions(), CHOICES)
def test_one_more_submission_never_lowers_what_the_offices_have_together(
    pieces: list[Submission], more: Submission, readings: str
) -> None:
    # A bureau's cap and a story that counts once may move points to another office, and a floor
    # or the cents of a share may then be another.
    readings = readings.replace("bureau", "office").replace("once", "each")
    before = scored(*pieces, period="2017", readings=readings)
    after = scored(*pieces, more, period="2017", readings=readings)
    assert after.total >= before.total
    for old in before.offices:
        assert card(after, old.office).total >= old.total


@settings(max_examples=40, deadline=None)
@given(MANY, MANY, CHOICES)
def test_a_month_that_was_printed_is_not_changed_by_what_comes_later(
    early: list[Submission], late: list[Submission], readings: str
) -> None:
    spring = [one for one in early if one.day < "2017-04"]
    after = [one for one in late if one.day > "2017-04"]
    first = scored(*spring, period="2017Q1", readings=readings)
    assert scored(*spring, *after, period="2017Q1", readings=readings).offices == first.offices
