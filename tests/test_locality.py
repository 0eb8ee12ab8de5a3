"""Whose work a story is about."""

from __future__ import annotations

import pytest

from pipeline.errors import BadInput
from pipeline.locality import LocalityJudge, home_of
from pipeline.news import NewsItem
from pipeline.places import PlaceFinder, divisions
from pipeline.plan.model import Plan, PlanNode, Unit

CITY = "1506"


def plan(
    title: str = "方案", issuer: str = "", text: str = "", units: tuple[str, ...] = ()
) -> Plan:
    node = PlanNode(id="focus-1", kind="focus_area", level=1, title="题", text=text)
    named = tuple(Unit(name=name) for name in units)
    return Plan(title=title, kind="publicity_plan", issuer=issuer, nodes=(node,), units=named)


def judged(title: str, text: str = "", outlet: str = "", level: str = "other") -> str:
    item = NewsItem(id="a", title=title, text=text, outlet=outlet, level=level)  # type: ignore[arg-type]
    return LocalityJudge(CITY, ("中科合成油内蒙古有限公司",)).judge(item, level).code


def test_a_city_plan_with_many_district_units_is_the_citys() -> None:
    made = plan(
        text="推进鄂尔多斯国家创新园建设，宣传鄂尔多斯发布。",
        units=("东胜区大学生创业园", "鄂托克旗螺旋藻产业园区", "杭锦旗数字牧场"),
    )
    assert home_of(made) == CITY


def test_a_plan_that_speaks_as_a_city_is_the_citys_though_a_district_is_named_more() -> None:
    made = plan(title="全市方案", text="鄂尔多斯市。东胜区、东胜区、东胜区。")
    assert home_of(made) == CITY
    made = plan(title="全旗方案", text="鄂尔多斯市、鄂尔多斯市。杭锦旗。")
    assert divisions()[home_of(made)].name == "杭锦旗"


def test_a_district_plan_is_the_districts_though_it_names_its_city() -> None:
    made = plan(issuer="金水区科学技术局", text="在郑州日报、河南日报刊发。河南科技园区转型。")
    assert divisions()[home_of(made)].name == "金水区"


def test_a_plan_without_a_place_has_none_and_everything_is_local() -> None:
    assert home_of(plan(text="推进科技创新。")) == ""
    found = LocalityJudge("").judge(NewsItem(id="a", title="广州召开科技大会"))
    assert found.code == "local"
    assert "未写明" in found.reason


@pytest.mark.parametrize(
    "issuer", ["国务院", "国务院办公厅", "中共中央、国务院", "工业和信息化部", "国家发展改革委"]
)
def test_a_plan_for_the_whole_country_is_of_none_of_the_places_it_names(issuer: str) -> None:
    text = "在四川、云南、云南等重点林区建设力量。指导各省委、省直部门落实。"
    assert home_of(plan(issuer=issuer, text=text)) == ""
    assert home_of(plan(issuer=issuer, text=text), given="鄂尔多斯") == CITY
    assert home_of(plan("云南省方案", issuer=issuer, text=text)) != ""
    assert home_of(plan(issuer="宣传部", text=text)) != ""


def test_a_place_given_in_the_settings_wins_and_a_wrong_one_is_refused() -> None:
    assert home_of(plan(issuer="金水区科学技术局"), given="鄂尔多斯") == CITY
    with pytest.raises(BadInput, match="某某市"):
        home_of(plan(), given="某某市")


@pytest.mark.parametrize(
    ("title", "text", "outlet", "level", "expected"),
    [
        ("东胜区众创空间开放日", "近日，活动举行。", "", "other", "local"),
        (
            "众创空间开放日",
            "记者从市科技局获悉，伊金霍洛旗新增三家载体。",
            "",
            "municipal",
            "local",
        ),
        (
            "中科合成油公司攻克催化剂难题",
            "中科合成油内蒙古有限公司装置投产。",
            "",
            "other",
            "local",
        ),
        (
            "自治区公布重点实验室名单",
            "自治区科技厅公布名单，包头、鄂尔多斯各有两家入选。",
            "内蒙古科技厅",
            "regional",
            "upper_about_local",
        ),
        ("全国科技活动周启动", "科技部在北京启动活动周。", "新华社", "central", "upper_general"),
        ("郑州高新区孵化器获评国家级", "郑州高新区管委会介绍。", "大河网", "other", "elsewhere"),
        (
            "市科技馆举办全国科普日活动",
            "市科技馆邀请学生参观，鄂尔多斯市科协主办。",
            "",
            "municipal",
            "local",
        ),
        (
            "国家部门印发中医药科技规划",
            "规划提出建设一批平台。",
            "样例报",
            "municipal",
            "upper_general",
        ),
        ("我市召开科技创新推进会", "市政府召开会议，部署下一步工作。", "", "municipal", "local"),
    ],
)
def test_locality_follows_places_and_outlet(
    title: str, text: str, outlet: str, level: str, expected: str
) -> None:
    assert judged(title, text, outlet, level) == expected


def test_the_longest_name_wins_and_shared_names_go_home() -> None:
    finder = PlaceFinder(CITY)
    named = finder.mentions("鄂托克前旗与鄂托克旗，内蒙古自治区鄂尔多斯市东胜区")
    assert [surface for _, surface, _ in named] == [
        "鄂托克前旗",
        "鄂托克旗",
        "内蒙古自治区",
        "鄂尔多斯市",
        "东胜区",
    ]
    assert PlaceFinder().mentions("新华区") == []
    assert [code for _, _, code in PlaceFinder("1301").mentions("新华区")] == ["130105"]


def test_every_reason_is_in_words() -> None:
    for title in ("东胜区开会", "广州开会", "会议", "国务院开会"):
        found = LocalityJudge(CITY).judge(NewsItem(id="a", title=title))
        assert found.reason


def test_offsets_point_at_the_names() -> None:
    text = "在内蒙古和河南郑州，鄂尔多斯市"
    for start, surface, _ in PlaceFinder(CITY).mentions(text):
        assert text[start : start + len(surface)] == surface


def district(title: str, text: str = "", outlet: str = "") -> str:
    item = NewsItem(id="a", title=title, text=text, outlet=outlet)
    return LocalityJudge("410105").judge(item).code


def test_an_office_without_its_place_is_the_citys_own_and_a_districts_upper_level() -> None:
    text = "市科技局召开会议，部署下半年工作。"
    assert judged("科技工作推进会召开", text, "市科技局") == "local"
    assert judged("科技工作推进会召开", text, "") == "local"
    assert district("科技工作推进会召开", text, "市科技局") == "upper_general"
    assert district("科技工作推进会召开", "区科技局召开会议。", "区科技局") == "local"


def test_an_office_without_its_place_is_anothers_where_another_is_named() -> None:
    assert judged("郑州开放共享仪器", "市科技局介绍，平台已有千台设备。", "") == "elsewhere"


def test_a_local_mediums_own_item_that_names_no_place_is_local() -> None:
    assert judged("光伏板下种草养鸡", "板下甘草返青，牧民骑车巡看。", "鄂尔多斯样例日报") == "local"
    assert judged("自治区出台计划", "自治区提出新目标。", "鄂尔多斯样例日报") == "upper_general"
    assert judged("第五批公交调线公告", "", "郑州市交通运输局") == "elsewhere"


def test_home_in_a_ranking_a_list_or_a_weather_report_is_not_a_part_in_it() -> None:
    text = "自治区统计局公布数据。包头、呼和浩特、鄂尔多斯三市经费总量居前。"
    assert judged("上年全区研发经费公布", text, "自治区统计局", "regional") == "upper_general"
    chosen = "自治区科技厅公布名单，包头、鄂尔多斯各有两家入选。"
    assert judged("重点实验室名单公布", chosen, "自治区科技厅", "regional") == "upper_about_local"
    weather = "内蒙古鄂尔多斯最低气温降到零下二十度。"
    assert judged("寒潮来袭 多地降温", weather, "央视网", "central") == "upper_general"


def test_a_landscape_and_a_longer_name_are_not_the_place() -> None:
    finder = PlaceFinder("1506")
    assert finder.mentions("鄂尔多斯盆地建成天然气产能") == []
    named = PlaceFinder("410105").mentions("石家庄市金水源社区")
    assert [code for _, _, code in named] == ["1301"]


def test_places_are_known_as_people_call_them() -> None:
    named = PlaceFinder("1506").mentions("准旗交警与呼市、锡盟、科左中旗同行")
    assert [code for _, _, code in named] == ["150622", "1501", "1525", "150521"]
