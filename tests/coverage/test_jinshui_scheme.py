"""Seed 001's table and notes: a month worked by hand, and every note under its readings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.coverage.scorecard import Scorecard
from pipeline.plan.reading import read_plan
from pipeline.register import Adoption, Submission
from tests.coverage.scoring_cases import (
    CENTRE,
    GAOXIN,
    GENERAL,
    ISSUE,
    OFFICE,
    PAPER,
    PARKS,
    PATENTS,
    PLANNING,
    RESOURCES,
    SITE,
    card,
    march,
    owed,
    piece,
    scored,
    submission,
)


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
        for one in (*owed(office, PARKS, parks), *owed(office, RESOURCES, resources))
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
        *owed(GAOXIN, PARKS, 1),
        *owed(GAOXIN, RESOURCES, 1),
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
    january = owed(GENERAL, RESOURCES, 3, "2017-01-10")
    late = owed(GENERAL, RESOURCES, 2, "2017-05-10")
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
    pieces = owed(GAOXIN, PARKS, 3)
    assert deductions(scored(*pieces), GAOXIN) == ["0.00", "-2.00"]
    assert deductions(scored(*pieces, readings="surplus=columns"), GAOXIN) == ["0.00"]


def test_deductions_may_be_settled_at_the_end_of_the_year() -> None:
    pieces = owed(GENERAL, RESOURCES, 10, "2017-01-10")
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


def test_the_ready_plan_file_and_the_document_it_was_made_from_give_the_same_points(
    data: Path,
) -> None:
    (document,) = (data / "seeds").glob("001*")
    sheet = scored(*march(), plan=read_plan(document).plan)
    by_file = scored(*march())
    assert [(c.office, c.total) for c in sheet.offices] == [
        (c.office, c.total) for c in by_file.offices
    ]
