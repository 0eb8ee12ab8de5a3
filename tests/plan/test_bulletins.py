"""Bulletins of different shapes: columns, items with and without titles, dates over the year."""

from __future__ import annotations

import pytest

from pipeline.bulletin import items_of
from pipeline.plan.bulletin_plan import headline
from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import read_plan_text

DYNAMICS = """科技动态

2025年第2期（总第18期）

青禾县科学技术局办公室        2025年1月20日

【本期要目】

★我县召开科技创新大会
★春耕技术服务队走进田间
★外地经验：邻县用好科技特派员

【要闻】

我县召开科技创新大会

1月6日，我县召开科技创新大会，总结去年工作，部署今年任务。县长出席会议并讲话。

会议指出，要把创新摆在更加突出的位置，
推动科技与产业深度融合。

省厅调研组来我县调研

12月30日至1月2日，省厅调研组先后走访三家企业和两所学校，了解平台建设情况。

【基层之声】

春耕技术服务队走进田间

近日，县农技中心组织二十名专家组成服务队，深入八个乡镇开展春耕技术指导，发放资料三千余份。

石桥镇科普大篷车开进集市。1月8日，石桥镇联合县科协在集市设点，现场演示净水实验。

【他山之石】

邻县用好科技特派员

近年来，邻县选派一百二十名科技特派员驻村服务，
形成“一村一员”格局。

报：县委、县人大常委会、县政府、县政协领导
送：县直各部门
责任编辑：王某    审核：李某
"""

REPORT = """政务信息专报
第15期
青禾县人民政府办公室
2025年3月10日

县科技局“三个聚焦”推进成果转化

县科技局围绕企业需求，聚焦平台、人才、资金三个方面推进成果转化，一季度登记技术合同42项。

一是聚焦平台建设。新建中试基地2个，服务企业36家。

二是聚焦人才引育。3月5日—7日，举办技术经纪人培训班，结业58人。

三是聚焦资金保障。设立转化基金5000万元。

县气象局开展世界气象日系列活动

3月上旬，县气象局开放科普展厅，接待学生一千二百人次。

县卫生健康局组织健康科普巡讲进校园

2月28日至3月2日，县卫生健康局组织巡讲团走进十所学校，讲授急救和用眼卫生知识。

主送：市政府办公室
抄送：县委办公室
"""

NUMBERED = """青禾科协工作简报
（2025年第3期）
县科协编印
2025年3月15日

（一）县科协召开全委会议。3月5日—7日，县科协召开第六届委员会第三次全体会议，审议工作报告，
增补委员五名。

（二）青少年科技创新大赛落下帷幕。近日，第十二届青少年科技创新大赛颁奖仪式在县一中举行，共评出一等奖12项、二等奖24项。获奖学生表示，将继续探索。

（三）科普大篷车走进柳林乡。12月30日至1月2日，科普大篷车连续四天走进柳林乡各村小学。

（四）3月12日，县林学会组织会员在北山开展义务植树和林木管护知识宣传活动，参加人员八十余人，栽植油松、侧柏三百株。

（五）县老科协举办健康讲座，邀请县医院专家讲解高血压防治知识，到场老年人一百六十余人，发放手册二百余册，现场测量血压一百二十人次。

（共印50份）
"""

Row = tuple[str, str, tuple[str, str] | None]


def items(plan: Plan) -> list[Row]:
    """Column, title and days of every item."""
    return [
        (column.title, node.title, node.date)
        for column in plan.nodes
        for node in walk(column.children)
    ]


def text_of(plan: Plan, start: str) -> str:
    return next(node.text for node in walk(plan.nodes) if node.title.startswith(start))


def test_a_bulletin_with_contents_and_titles_on_lines_of_their_own() -> None:
    plan = read_plan_text(DYNAMICS).plan
    assert (plan.kind, plan.title, plan.date) == ("bulletin", "科技动态", "2025-01-20")
    assert (plan.issuer, plan.number) == ("青禾县科学技术局办公室", "2025年第2期（总第18期）")
    assert items(plan) == [
        ("要闻", "我县召开科技创新大会", ("2025-01-06", "2025-01-06")),
        ("要闻", "省厅调研组来我县调研", ("2024-12-30", "2025-01-02")),
        ("基层之声", "春耕技术服务队走进田间", None),
        ("基层之声", "石桥镇科普大篷车开进集市", ("2025-01-08", "2025-01-08")),
        ("他山之石", "邻县用好科技特派员", None),
    ]
    assert "推动科技与产业深度融合。" in text_of(plan, "我县召开")
    assert text_of(plan, "邻县").endswith("驻村服务，形成“一村一员”格局。")


def test_a_report_without_columns_whose_stories_go_on_for_paragraphs() -> None:
    plan = read_plan_text(REPORT).plan
    assert (plan.title, plan.number, plan.date) == ("政务信息专报", "第15期", "2025-03-10")
    assert plan.issuer == "青禾县人民政府办公室"
    assert items(plan) == [
        ("", "县科技局“三个聚焦”推进成果转化", None),
        ("", "县气象局开展世界气象日系列活动", None),
        ("", "县卫生健康局组织健康科普巡讲进校园", ("2025-02-28", "2025-03-02")),
    ]
    first = text_of(plan, "县科技局")
    assert all(start in first for start in ("一是聚焦", "二是聚焦", "三是聚焦"))


def test_numbered_items_with_and_without_titles() -> None:
    plan = read_plan_text(NUMBERED).plan
    assert (plan.title, plan.issuer, plan.date) == ("青禾科协工作简报", "县科协", "2025-03-15")
    assert items(plan) == [
        ("", "县科协召开全委会议", ("2025-03-05", "2025-03-07")),
        ("", "青少年科技创新大赛落下帷幕", None),
        ("", "科普大篷车走进柳林乡", ("2024-12-30", "2025-01-02")),
        ("", "", ("2025-03-12", "2025-03-12")),
        ("", "", None),
    ]
    assert text_of(plan, "县科协").endswith("审议工作报告，增补委员五名。")


def test_news_without_a_title_is_called_by_its_first_clause() -> None:
    assert [item.title for item in items_of(read_plan_text(NUMBERED).plan)][3:] == [
        "县林学会组织会员在北山开展义务植树和林木管护知识宣传活动",
        "县老科协举办健康讲座",
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "6月21日—22日，局领导赴两所大学对接合作项目，推进校地合作。",
            "局领导赴两所大学对接合作项目",
        ),
        ("12月30日至1月2日，大篷车进村。随后返程。", "大篷车进村"),
        ("3月上旬，县气象局开放科普展厅，接待学生。", "县气象局开放科普展厅"),
        ("近日，县里表彰“学科学，用科学”先进集体，颁发证书。", "县里表彰“学科学，用科学”先进集体"),
        ("会上，县科协主席作报告，部署工作。", "会上，县科协主席作报告"),
        ("节水、" * 40, "节水、" * 15 + "节水"),
        ("字" * 80, "字" * 50),
        ("", ""),
    ],
)
def test_a_headline_ends_where_a_person_would_end_it(text: str, title: str) -> None:
    assert headline(text) == title


def test_an_issue_of_january_dates_its_december_items_in_the_year_before() -> None:
    text = "科普简报\n第1期\n县科协\n2025年1月3日\n【要闻】\n12月31日，举办跨年科普夜。\n1月2日，恢复开馆。\n"
    found = [day for _, _, day in items(read_plan_text(text).plan)]
    assert found == [("2024-12-31", "2024-12-31"), ("2025-01-02", "2025-01-02")]


@pytest.fixture
def bulletin(bulletin_text: str) -> Plan:
    return read_plan_text(bulletin_text).plan


def test_a_bulletin_gives_columns_and_dated_items(bulletin: Plan) -> None:
    assert (bulletin.kind, bulletin.title, bulletin.number) == ("bulletin", "青禾科普简报", "第3期")
    assert (bulletin.issuer, bulletin.date) == ("青禾县科学技术协会", "2024-01-12")
    assert [node.title for node in bulletin.nodes] == ["要闻", "乡镇"]
    assert [(n.id, n.title, n.date) for n in walk(bulletin.nodes) if n.kind == "item"] == [
        ("item-1.1", "县科协召开年度工作会", ("2024-01-09", "2024-01-09")),
        ("item-1.2", "科普馆恢复开放", ("2023-12-28", "2023-12-30")),
        ("item-2.1", "", ("2024-01-05", "2024-01-05")),
        ("item-2.2", "", ("2024-01-08", "2024-01-08")),
    ]


def test_later_paragraphs_of_a_story_belong_to_it(bulletin: Plan) -> None:
    text = bulletin.nodes[0].children[0].text
    assert "科普大篷车开进集市。\n主席强调" in text


def test_the_foot_of_a_bulletin_is_no_item(bulletin: Plan) -> None:
    assert not any("编辑" in node.text or "共印" in node.text for node in walk(bulletin.nodes))


def test_a_bulletin_with_numbered_items_on_lines_of_their_own() -> None:
    plan = read_plan_text(
        "水利工作简报\n2024年第5期（总第105期）\n青禾县水利局办公室    2024年5月20日\n【动态】\n"
        "1.县局送技术下乡\n5月8日，技术员到石桥镇授课。\n课后，农户提问。\n2.新站建成\n近日，泵站通水。\n"
        "【经验】\n石桥镇的做法\n石桥镇一是修渠，二是护林。\n"
    ).plan
    assert (plan.issuer, plan.number) == ("青禾县水利局办公室", "2024年第5期（总第105期）")
    items = [node for node in walk(plan.nodes) if node.kind == "item"]
    assert [(item.title, item.date) for item in items] == [
        ("县局送技术下乡", ("2024-05-08", "2024-05-08")),
        ("新站建成", None),
        ("石桥镇的做法", None),
    ]


def test_a_bulletin_without_columns_has_its_items_under_no_heading() -> None:
    plan = read_plan_text(
        "青禾科普动态\n第12期\n青禾县科协 2023年12月29日\n一、举办培训班\n12月20日，开班。\n二、科普进校园\n12月22日至23日，进二中。\n"
    ).plan
    assert plan.kind == "bulletin"
    assert [(n.title, n.date) for n in plan.nodes[0].children] == [
        ("举办培训班", ("2023-12-20", "2023-12-20")),
        ("科普进校园", ("2023-12-22", "2023-12-23")),
    ]


def test_columns_without_a_masthead_are_a_bulletin_whose_items_have_no_year() -> None:
    plan = read_plan_text(
        "【要闻】\n召开大会。3月2日，大会召开。\n【基层】\n3月5日，开展活动。\n"
    ).plan
    assert plan.kind == "bulletin"
    assert [n.date for n in walk(plan.nodes) if n.kind == "item"] == [None, None]
