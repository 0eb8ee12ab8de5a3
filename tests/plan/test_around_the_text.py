"""What stands around a plan on its page is no part of it, and what closes it is of no heading."""

from __future__ import annotations

import pytest

from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.plan.reading import read_plan_text

NOTICE = """青禾县人民政府办公室关于印发
《节水示范方案》的通知
青政办〔2024〕12号
各乡镇人民政府，县直各部门：
现印发给你们，请认真执行。
青禾县人民政府办公室
2024年3月5日
"""
PLAN = """节水示范方案
为推动全县农业节水，让更多农户用上滴灌和喷灌设备，结合青禾县水源和种植的实际情况，制定这份方案。
一、主要任务
（一）建好示范点。在每个乡镇选定一处连片农田建设示范点，安装计量设施，把用水和产量逐月记录下来供农户查看，秋收以后请农户自己算一算账。
（二）办好培训班。请农技员在冬闲时节到村里讲课，手把手教会农户安装、清洗和收纳滴灌带的办法，开春再到田头看一遍用得怎么样，有毛病当场修好。
二、组织保障
（一）落实经费。县财政把节水设备补助列入年度预算，按验收合格的面积拨付到户并张榜公布，接受群众和审计部门监督，结余部分转到下一年使用。
（二）加强督查。县水务局每季度会同农业农村局和乡镇水利站到现场查看一次，把发现的问题交给乡镇限期整改，整改情况及时通报。
"""


def last(plan: Plan) -> PlanNode:
    return list(walk(plan.nodes))[-1]


@pytest.mark.parametrize(
    "foot",
    [
        "- [节水示范方案.pdf](/files/8e/8e50.pdf )",
        "[方案.docx](/a/b.docx) [图.png](/a/c.png)",
        "---\n**更新时间**: 2024-03-06 11:25:36",
        "更新日期：2024年3月6日",
        "', null, '未处理', '",
    ],
)
def test_what_a_site_prints_below_the_text_is_not_the_last_measures(foot: str) -> None:
    bare = read_plan_text(NOTICE + PLAN).plan
    assert last(bare).text.endswith("整改情况及时通报。")
    assert last(read_plan_text(f"{NOTICE}{PLAN}\n{foot}\n").plan).text == last(bare).text


def test_a_rule_between_paragraphs_does_not_end_the_text() -> None:
    ruled = PLAN.replace("二、", "---\n二、").replace("（二）", "***\n（二）")
    read, bare = read_plan_text(ruled).plan, read_plan_text(PLAN).plan
    assert [(node.title, node.text) for node in walk(read.nodes)] == [
        (node.title, node.text) for node in walk(bare.nodes)
    ]


def test_the_box_of_a_page_behind_the_text_is_read_and_is_no_text() -> None:
    box = "索 引 号：\n0012/2024-7\n主题分类：\n水利\n发文机关：\n青禾县水务局\n成文日期：\n2024年3月4日\n标　　题：\n节水示范方案\n发布日期：\n2024年3月9日\n"
    plan = read_plan_text(PLAN + box).plan
    assert last(plan).text.endswith("整改情况及时通报。")
    assert (plan.issuer, plan.date) == ("青禾县水务局", "2024-03-04")


def test_a_second_copy_is_left_out_with_its_title_and_addressees() -> None:
    plan = read_plan_text(f"{NOTICE}{PLAN}\n{NOTICE}{PLAN}").plan
    assert last(plan).text.endswith("整改情况及时通报。")
    assert len(list(walk(plan.nodes))) == 6


@pytest.mark.parametrize(
    ("closing", "period"),
    [
        (
            "本措施自2024年4月1日起施行，有效期至2029年3月31日。",
            ("2024-04-01", "2029-03-31"),
        ),
        ("本方案各项任务纳入年度考核。", None),
        ("其他乡镇和县直部门，可参照本方案开展节水示范。", None),
    ],
)
def test_a_paragraph_on_the_plan_itself_is_not_the_last_measures(
    closing: str, period: tuple[str, str] | None
) -> None:
    plan = read_plan_text(PLAN + closing).plan
    assert last(plan).text.endswith("整改情况及时通报。")
    assert plan.period == period


def test_a_heading_on_the_term_keeps_its_paragraphs() -> None:
    terms = "三、附则\n未尽事宜由县水务局另行规定。\n本办法自2024年4月1日起施行。\n"
    assert "施行" in last(read_plan_text(PLAN + terms).plan).text
    alone = "三、其余\n本办法自2024年4月1日起施行。\n"
    assert "施行" in last(read_plan_text(PLAN + alone).plan).text
