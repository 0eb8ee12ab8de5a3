"""Quotas and points as any department's plan writes them: in sentences, in tables, behind the signature.

The plans are made up; their shapes are those of real ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.plan.model import Points
from pipeline.plan.plan_file import read_plan_toml, write_plan_file
from pipeline.plan.reading import read_plan, read_plan_text
from pipeline.plan.scoring import read_scoring_note
from tests.plan.ordinary import plan_of, slugs, word_plan

TASKS = [
    ["类别", "股室", "月度任务（条）", "", "全年任务（分）", "新闻线索（条/季度）"],
    ["", "", "政务信息", "网站信息", "", ""],
    ["一类", "宣教股", "4", "6", "30", "3"],
    ["", "水政股", "3", "", "20", "2"],
    ["合计", "", "7", "12", "50", "5"],
]


RULES = "被省级媒体采用的每篇计5分，市级3分。\n同一稿件按最高级别计分，不重复计分。\n"


def test_quotas_of_sentences_bind_the_offices_they_name() -> None:
    plan = plan_of(
        "二、宣传形式\n（一）办展。办节水展。（宣教科牵头，水政科配合）\n三、信息报送\n"
        "1.各科室每月报送信息不少于2条，其中宣教科不少于4条，全年被市级以上媒体采用不少于6篇。\n"
        "2.各水管站每季度报送稿件不少于3篇。\n"
    )
    offices = {office.name: office for office in plan.offices}
    assert offices["水政科"].monthly_quotas == {"信息": 2}
    assert offices["宣教科"].monthly_quotas == {"信息": 4}
    (station,) = offices["各水管站"].quotas
    assert (station.channel, station.per, station.count, station.unit) == (
        "稿件",
        "quarter",
        3,
        "篇",
    )


def test_a_quota_for_offices_the_plan_never_names_is_a_doubt() -> None:
    plan = plan_of("二、工作要求\n（一）报送。各科室每周报送信息不少于1条。\n")
    assert [(office.name, office.quotas[0].per) for office in plan.offices] == [("各科室", "week")]
    assert "offices-unnamed" in slugs(plan)


def test_a_task_table_with_merged_cells_is_points_and_quotas(tmp_path: Path) -> None:
    merges = (((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((2, 0), (3, 0)))
    plan = word_plan(tmp_path, TASKS, merges, under="二、任务分解")
    first, second = plan.offices
    assert (first.name, first.target_points) == ("宣教股", 30)
    assert first.monthly_quotas == {"月度任务政务信息": 4, "月度任务网站信息": 6}
    assert [(quota.channel, quota.per, quota.count) for quota in first.quotas] == [
        ("新闻线索", "quarter", 3)
    ]
    # The cell is empty: the total row proves that the 6 above it is meant for both.
    assert second.monthly_quotas == {"月度任务政务信息": 3, "月度任务网站信息": 6}
    assert "cell-from-above" in slugs(plan)
    assert "total-differs" not in slugs(plan)


def test_merged_cells_of_a_web_page_are_read_like_those_of_word(tmp_path: Path) -> None:
    page = (
        "<html><body><h1>青禾县2024年节水宣传工作方案</h1><p>一、宣传重点</p><p>（一）节水。讲滴灌。</p>"
        "<p>二、任务分解</p><table><tr><th rowspan=2>部门</th><th colspan=2>报送数量</th></tr>"
        "<tr><th>信息（条/月）</th><th>稿件（篇/月）</th></tr><tr><td>甲科</td><td>4</td><td rowspan=2>2</td></tr>"
        "<tr><td>乙科</td><td>3</td></tr><tr><td>合计</td><td>7</td><td>4</td></tr></table></body></html>"
    )
    path = tmp_path / "plan.html"
    path.write_text(page, encoding="utf-8")
    plan = read_plan(path).plan
    assert [(office.name, office.monthly_quotas) for office in plan.offices] == [
        ("甲科", {"报送数量信息": 4, "报送数量稿件": 2}),
        ("乙科", {"报送数量信息": 3, "报送数量稿件": 2}),
    ]


def test_quotas_and_multiples_come_back_from_a_plan_file(tmp_path: Path) -> None:
    plan = plan_of(
        "二、计分办法\n1.各水管站每季度报送稿件不少于3篇。\n2.县报刊发每篇计2分，头版头条加倍计分。\n"
    )
    assert plan.offices[0].quotas
    assert plan.scoring[0].rule.points[1].multiplier == 2
    write_plan_file(plan, tmp_path / "plan.toml")
    assert read_plan_toml(tmp_path / "plan.toml") == plan


def told(points: Points) -> tuple[str, float, str, float | None, str | None]:
    return points.item, points.points, points.unit, points.cap, points.level


def test_points_in_running_text_have_level_cap_and_deduction() -> None:
    plan = plan_of(
        "二、考核办法\n（一）被省级以上媒体采用的每篇计5分，市级3分，区级1分，最高不超过20分；未完成任务的每少一条扣1分。\n"
    )
    (rule,) = plan.scoring
    assert [told(points) for points in rule.rule.points] == [
        ("省级以上媒体采用", 5, "篇", 20, "regional"),
        ("市级媒体采用", 3, "篇", 20, "municipal"),
        ("区级媒体采用", 1, "篇", 20, "district"),
        ("未完成任务 少报", -1, "条", None, None),
    ]
    assert any("上限" in question for question in rule.open_questions)
    assert any("抵补" in question for question in rule.open_questions)


@pytest.mark.parametrize(
    ("note", "points"),
    [
        ("省、市、县级媒体采用的，每篇分别计5、3、1分。", [("省级媒体", 5), ("市级媒体", 3), ("县级媒体", 1)]),
        ("市报、县报刊发的，每篇分别计4分、2分。", [("市报", 4), ("县报", 2)]),
        ("约稿未报送的，每次扣5分；信息失实的，每条扣10分。", [("约稿未报送", -5), ("信息失实", -10)]),
        ("投稿1篇计1分，采用1篇计3分，综合调研被采用计10分。", [("投稿", 1), ("采用", 3), ("综合调研被采用", 10)]),
        ("在县网站发布的，文字每条1分，图片每条0.5分。", [("县网站发布的文字", 1), ("县网站发布的图片", 0.5)]),
        ("在县报发表的，10分/篇。", [("县报发表", 10)]),
        ("各校每学期报送稿件不少于5篇，每少1篇扣2分，每多1篇加1分。", [("各校每学期报送稿件 少报", -2), ("各校每学期报送稿件 超报", 1)]),
        ("年终得分90分以上的为优秀，讲解不超过15分钟。", []),
    ],
)  # fmt: skip
def test_points_are_read_however_a_note_words_them(
    note: str, points: list[tuple[str, float]]
) -> None:
    assert [(p.item, p.points) for p in read_scoring_note(note).rule.points] == points


def test_multiples_highest_only_and_shares_are_rules_too() -> None:
    plan = plan_of(
        "二、计分标准\n1.在县报刊发的每篇计2分，头版头条加倍计分。\n2.在省级媒体发表的按市级的2倍计分。\n"
        "3.同一稿件被多家媒体采用的，按最高级别计分，不重复计分。\n4.两人以上合写的，分值按人数平均分配。\n"
    )
    front, times, highest, shared = (rule.rule for rule in plan.scoring)
    assert [(p.item, p.multiplier) for p in front.points] == [("县报刊发", None), ("头版头条", 2)]
    assert [(p.item, p.multiplier, p.multiplies) for p in times.points] == [
        ("省级媒体发表", 2, "市级")
    ]
    assert highest.highest_only
    assert shared.shared


def test_a_table_of_outlets_and_points_is_rules(tmp_path: Path) -> None:
    plan = word_plan(
        tmp_path,
        [
            ["序号", "采用媒体", "分值（分/篇）", "备注"],
            ["1", "省级媒体", "6", "头版加5分"],
            ["2", "局官网", "1", ""],
        ],
        under="二、计分标准",
    )
    points = [points for rule in plan.scoring for points in rule.rule.points]
    assert [(p.item, p.unit, p.points) for p in points] == [
        ("头版", "", 5),
        ("省级媒体", "篇", 6),
        ("局官网", "篇", 1),
    ]


def test_rules_attached_behind_the_signature_are_read() -> None:
    plan = plan_of(
        "二、工作要求\n（一）加强领导。明确专人。\n青禾县水利局\n2024年2月1日\n附件：\n宣传信息计分办法\n"
        + RULES
    )
    points, highest = plan.scoring
    assert [(p.item, p.points) for p in points.rule.points] == [
        ("省级媒体采用", 5),
        ("市级媒体采用", 3),
    ]
    assert highest.rule.highest_only


def test_a_document_that_only_says_how_publicity_is_scored_gives_its_rules() -> None:
    articles = "第一条 各科室每月报送信息不少于2条。\n第二条 " + RULES.replace(
        "\n同", "\n第三条 同"
    )
    plan = read_plan_text("青禾县水利局宣传信息工作考核办法\n" + articles).plan
    assert plan.kind == "other"
    assert [len(rule.rule.points) for rule in plan.scoring] == [2, 0]
    assert plan.scoring[1].rule.highest_only
    assert plan.offices[0].monthly_quotas == {"信息": 2}


@pytest.mark.parametrize(
    ("note", "question"),
    [
        ("对工作突出的酌情加分。", "酌情加分"),
        ("省级媒体采用的加1—3分。", "区间"),
        ("被省级媒体采用每篇奖励100元。", "按元计"),
        ("漏报的扣当期基础分。", "没有写明分值"),
    ],
)
def test_what_a_note_does_not_decide_is_asked(note: str, question: str) -> None:
    rule = read_scoring_note(note)
    assert rule.rule.points == ()
    assert any(question in asked for asked in rule.open_questions)
