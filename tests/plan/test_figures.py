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
        (
            "将用水许可审批时限压缩至15个工作日以内。",
            ("用水许可审批时限", "<=", 15, None, "个工作日", None),
        ),
        (
            "提升服务水平，其中水库管护人员持证率达到80%。",
            ("水库管护人员持证率", "=", 80, None, "%", None),
        ),
        ("推动制定不少于3项节水地方标准。", ("节水地方标准", ">=", 3, None, "项", None)),
        ("推动6款以上节水器具通过认证。", ("节水器具通过认证", ">=", 6, None, "款", None)),
        ("打造节水示范镇4个。", ("节水示范镇", "=", 4, None, "个", None)),
        ("重点灌区配水到户率达到90%。", ("重点灌区配水到户率", "=", 90, None, "%", None)),
        ("新增节水产品注册证超20件。", ("新增节水产品注册证", ">", 20, None, "件", None)),
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
        "选择有水利专长和5年以上业绩的机构承担任务。",
        "示范区总规划面积约60平方公里。",
        "培训周期为1年。",
        "组织3天培训，目录发布后30天内完成登记。",
        "以黑臭水体整治和43个需改善断面为重点。",
    ],
)
def test_a_figure_that_promises_nothing_is_no_target(sentence: str) -> None:
    assert targets(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("新建雨量站40个、水位站16个和流量站3个。", [("雨量站", 40), ("水位站", 16), ("流量站", 3)]),
        ("引育5家以上拥有专利的节水企业、10家以上配套企业。", [("拥有专利的节水企业", 5), ("配套企业", 10)]),
        ("培育年产值超2亿元、能自主设计的节水企业2家。", [("年产值超2亿元、能自主设计的节水企业", 2)]),
    ],
)  # fmt: skip
def test_every_figure_of_a_list_is_a_target(
    sentence: str, expected: list[tuple[str, float]]
) -> None:
    assert [(target.name, target.value) for target in targets(sentence)] == expected


def test_a_sentence_on_a_year_before_the_term_is_a_baseline() -> None:
    (target,) = targets("2020年，喷灌面积占比为12%。到2025年，喷灌面积占比达到30%。")
    assert (target.value, target.year, target.baseline) == (30, 2025, 12)


def test_a_box_of_goals_has_the_year_of_the_goals_it_stands_in() -> None:
    (target,) = targets("到2025年，灌溉更省水。\n专栏1　节水指标\n喷灌面积占比达到30%。")
    assert target.year == 2025


def test_goals_above_the_first_heading_are_targets_of_their_year() -> None:
    plan = read_plan_text(
        "青禾县节水行动方案（2024-2027年）\n近年来用水效率提高了12%。\n具体指标：到2026年，建成8座节水示范泵站。\n"
        "一、主要任务\n（一）修渠。修好支渠。\n（二）办班。培育农技员50名。\n"
    ).plan
    assert [(target.name, target.value, target.year) for target in plan.targets] == [
        ("节水示范泵站", 8, 2026),
        ("农技员", 50, None),
    ]


def test_a_target_has_the_baseline_of_the_chapter_on_the_situation() -> None:
    (target,) = targets("到2025年，灌溉水利用系数达到65%以上。")
    assert target.baseline == 60


def test_a_long_run_of_blanks_in_a_note_costs_no_more_than_one() -> None:
    assert read_scoring_note(f"甲{chr(0x3000) * 4000}，每条3分").rule.points[0].points == 3.0
