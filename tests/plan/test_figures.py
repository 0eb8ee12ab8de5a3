"""Figures of plans: task tables, scoring notes, numeric targets."""

from __future__ import annotations

import pytest

from pipeline.plan.model import Target
from pipeline.plan.reading import read_plan_text
from pipeline.plan.scoring import read_scoring_note

HEAD = "青禾县2024年水利宣传工作计划\n一、宣传重点\n（一）节水。讲滴灌。\n二、主要形式\n（一）办展。每月一次。\n责任科室：各科室\n任务分解表\n"


def test_a_heading_over_two_columns_goes_before_their_names() -> None:
    plan = read_plan_text(
        HEAD + "责任科室\t动态信息\t\t分值\n\t内网\t县网\t\n甲科\t3\t4条/月\t7\n乙科\t1\t\t1\n"
    ).plan
    first, second = plan.offices
    assert first.channel_targets == {"动态信息内网": 3}
    assert first.monthly_quotas == {"动态信息县网": 4}
    assert (first.target_points, second.target_points) == (7, 1)


def test_an_office_over_two_rows_has_the_sum_of_both() -> None:
    plan = read_plan_text(
        HEAD
        + "责任科室\t宣传重点\t基础分\t内网\n甲科\t节水\t5分\t3分\n\t护河\t4分\t2分\n乙科\t巡堤\t1分\t1分\n合计\t\t10分\t6分\n"
    ).plan
    first, second = plan.offices
    assert (first.name, first.focus, first.target_points) == ("甲科", "节水\n护河", 9)
    assert first.channel_targets == {"内网": 5}
    assert second.name == "乙科"
    assert "total-differs" not in {doubt.slug for doubt in plan.doubts}


def test_a_table_with_a_column_of_row_numbers_is_read() -> None:
    plan = read_plan_text(HEAD + "序号\t责任科室\t内网\n1\t甲科\t3\n2\t乙科\t4\n合计\t\t7\n").plan
    assert [(o.name, o.channel_targets) for o in plan.offices] == [
        ("甲科", {"内网": 3}),
        ("乙科", {"内网": 4}),
    ]


def test_all_offices_means_the_offices_of_the_table() -> None:
    plan = read_plan_text(HEAD + "责任科室\t内网\t县网\n甲科\t3\t1\n乙科\t4\t1\n").plan
    assert plan.obligations[0].offices == ("甲科", "乙科")


@pytest.mark.parametrize(
    ("note", "points"),
    [
        ("县报每篇加0.5分。", [("县报", "篇", 0.5, True, None)]),
        ("内网信息一条计1分，上限10分。", [("内网信息", "条", 1, False, 10)]),
        ("各单位被省级媒体采用的稿件，每篇加3分。", [("省级媒体采用的稿件", "篇", 3, True, None)]),
        ("按月报送动态，少报一条扣2分。", [("月报送动态 少报", "条", -2, False, None)]),
        ("本办法由办公室解释。", []),
    ],
)
def test_scoring_notes_are_points_a_piece(
    note: str, points: list[tuple[str, str, float, bool, float | None]]
) -> None:
    rule = read_scoring_note(note).rule
    assert [(p.item, p.unit, p.points, p.bonus, p.cap) for p in rule.points] == points


def test_bands_of_length_ask_where_their_edges_belong() -> None:
    note = read_scoring_note("信息按字数计分：200字以下计1分；200—500字计2分；500字以上计4分。")
    assert [(p.characters_from, p.characters_to, p.points) for p in note.rule.points] == [
        (None, 200, 1),
        (200, 500, 2),
        (500, None, 4),
    ]
    assert note.open_questions == ("恰为200、500字时计入哪一档",)


def targets(sentences: str) -> list[Target]:
    text = f"青禾县水利“十四五”规划\n一、发展现状\n灌溉水利用系数达到60%。\n二、发展目标\n{sentences}\n三、主要任务\n修渠。"
    return list(read_plan_text(text).plan.targets)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("到2025年，灌溉水利用系数达到65%以上。", ("灌溉水利用系数", ">=", 65, None, "%", 2025)),
        ("到“十四五”末，节水企业突破30家。", ("节水企业", ">", 30, None, "家", 2025)),
        ("建设3-5个示范灌区。", ("示范灌区", "range", 3, 5, "个", None)),
        ("漏损率控制在9%以内。", ("漏损率", "<=", 9, None, "%", None)),
        ("持续壮大节水企业，年内突破20家。", ("节水企业", ">", 20, None, "家", None)),
        ("泵站由12座增加到20座。", ("泵站", "=", 20, None, "座", None)),
    ],
)
def test_a_sentence_with_a_figure_is_a_target(
    sentence: str, expected: tuple[str, str, float, float | None, str, int | None]
) -> None:
    (target,) = targets(sentence)
    assert (
        target.name, target.operator, target.value, target.upper, target.unit, target.year,
    ) == expected  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "给予最高100万元补助。",
        "截至目前，已建成泵站12座。",
        "2023年3月1日起施行。",
        "落实“节水30条”。",
    ],
)
def test_a_figure_that_promises_nothing_is_no_target(sentence: str) -> None:
    assert targets(sentence) == []


def test_a_target_has_the_baseline_of_the_chapter_on_the_situation() -> None:
    (target,) = targets("到2025年，灌溉水利用系数达到65%以上。")
    assert target.baseline == 60


def test_a_long_run_of_blanks_in_a_note_costs_no_more_than_one() -> None:
    assert read_scoring_note(f"甲{chr(0x3000) * 4000}，每条3分").rule.points[0].points == 3.0
