"""Names of organisations, as news writes them: short forms, brackets, width, places before them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.names import NameFinder, short_forms
from pipeline.places import PlaceFinder
from pipeline.plan.reading import read_plan

HOME = "1506"

SAID = {
    "鄂尔多斯市科技创业服务中心": "记者在市科技创业服务中心看到，三层楼里坐满了创业团队",
    "东胜区大学生创业园": "毕业两年的小赵把工作室搬进东胜区大学生创业园",
    "鄂托克前旗生产力促进中心研发基地": "旗里的生产力促进中心研发基地请来技术员",
    "内蒙古久科康瑞环保科技有限公司环境治理院士专家工作站": "久科康瑞处理高盐水的新装置投用",
    "内蒙古毛乌素生物质热电有限公司": "毛乌素生物质热电公司烧的是沙柳枝条",
    "鄂尔多斯国家羊绒制品工程技术研究中心": "国家羊绒制品工程技术研究中心主持修订标准",
    "白绒山羊特色科技产业化基地": "白绒山羊特色科技产业化基地里添了新羊舍",
    "北极神绒牧业研究所--巴雅斯胡良": "北极神绒牧业研究所把专利卖到了区外",
    "鄂尔多斯市紫荆创新研究院": "紫荆创新研究院（鄂尔多斯）的实验楼开门",
    "内蒙古真金种业科技有限公司": "真金种业今年推广玉米种子两万亩",
    "内蒙古伊泰煤制油有限责任公司": "内蒙古伊泰煤制油公司的装置平稳运行",
    "中科合成油内蒙古有限公司": "中科合成油（内蒙古）有限公司的催化剂出厂",
    "内蒙古大唐能源化工有限责任公司": "大唐能源化工从粉煤灰里提铝",
    "中国铝业公司": "中国铝业的煤电铝项目开工",
    "鄂尔多斯市高新技术产业园区": "鄂尔多斯高新区新落户八家企业",
    "蒙西高新技术工业园区": "蒙西高新技术工业园的路修通了",
    "内蒙古双欣环保材料股份有限公司": "双欣环保材料 股份有限公司的车间里",
    "内蒙古康宁爆破有限责任公司": "康宁爆破公司拿到高新技术企业证书",
    "鄂托克旗螺旋藻产业园区": "盐碱滩上的螺旋藻产业园",
    "万通现代农业科技园区": "万通现代农业科技园试种新品种",
    "方田农牧业公司": "方田农牧业引进紫薯苗",
    "杭锦旗“北斗定位项圈”数字牧场": "戴上北斗定位项圈的牛走到哪里都看得见",
}
"""A sentence for every unit of seed 000, each with another way of writing it."""

NOBODY = (
    "煤制油产业迎来新政策，煤制油、煤化工企业加快升级",
    "鄂尔多斯、内蒙古、杭锦旗、鄂托克旗和东胜区都下了雨",
    "包头市科技创业服务中心和呼和浩特科技创业服务中心交流经验",
    "全国高新技术产业园区会议召开，高新技术产业园区要提质增效",
    "大学生创业园为毕业生免租金",
    "吉林高新区与西安高新区签约",
    "陕西的螺旋藻产业园区建成，螺旋藻价格上涨",
    "白绒山羊价格回升，羊绒制品出口增长",
    "中国铝的产量创新高",
    "中科院与合成油研究者座谈",
    "大唐盛世的能源与化工展览",
    "紫荆花开，创新研究不断",
    "伊泰公路通车，煤制油装置检修",
    "各市科技创业服务中心都要建起来",
    "江苏的双欣材料厂",
    "数字牧场和北斗导航进村",
    "毛乌素沙地绿了",
    "北极熊神秘，绒毛很厚",
)


@pytest.fixture(scope="module")
def units(data: Path) -> NameFinder:
    (seed,) = (data / "seeds").glob("000_*.txt")
    plan = read_plan(seed).plan
    assert [unit.name for unit in plan.units] == list(SAID)
    return NameFinder([(unit.name, (unit.name, *unit.aliases)) for unit in plan.units], HOME)


@pytest.mark.data
@pytest.mark.parametrize("name", SAID)
def test_every_unit_of_the_seed_is_found_as_news_writes_it(units: NameFinder, name: str) -> None:
    assert [mention.key for mention in units.mentions(SAID[name])] == [name]
    assert [mention.key for mention in units.mentions(f"昨天，记者走进{name}。")] == [name]


@pytest.mark.data
@pytest.mark.parametrize("sentence", NOBODY)
def test_industries_places_and_other_houses_name_no_unit(units: NameFinder, sentence: str) -> None:
    assert units.mentions(sentence) == ()


@pytest.mark.data
def test_many_texts_at_once_give_what_each_gives(units: NameFinder) -> None:
    texts = [*SAID.values(), *NOBODY, "", "\n".join(SAID.values())]
    together = units.mentions_in(texts)
    assert [together.get(row, ()) for row in range(len(texts))] == [
        units.mentions(text) for text in texts
    ]
    assert [mention.key for mention in together[len(texts) - 1]] == list(SAID)


ITAI = "内蒙古伊泰煤制油有限责任公司"


def finder(*names: str, home: str = HOME) -> NameFinder:
    return NameFinder([(name, (name,)) for name in names], home)


@pytest.mark.parametrize(
    "written",
    [
        ITAI,
        "伊泰煤制油",
        "伊泰煤制油公司",
        "内蒙古伊泰煤制油公司",
        "伊泰煤制油有限责任公司",
        "内蒙古（伊泰）煤制油有限责任公司",
        "伊泰 煤制油",
        "“伊泰”煤制油",
    ],
)
def test_a_company_is_shown_as_it_is_written(written: str) -> None:
    (mention,) = finder(ITAI).mentions(f"昨天，{written}投产。")
    assert mention.key == ITAI
    assert written.endswith(mention.written.removeprefix("内蒙古"))
    assert f"昨天，{written}投产。"[mention.start : mention.end] == mention.written


def test_width_and_case_of_letters_do_not_matter() -> None:
    (mention,) = finder("ABc新材料有限公司").mentions("我市ＡＢＣ新材料获奖")
    assert mention.written == "ＡＢＣ新材料"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("鄂尔多斯市蒙泰集团", "蒙泰集团"),
        ("内蒙古伊泰集团有限公司", "伊泰集团"),
        ("杭锦旗亿民种养殖农民专业合作社", "亿民种养殖合作社"),
        ("内蒙古蒙草生态研究院", "蒙草生态"),
        ("伊泰（内蒙古）化工有限公司", "伊泰化工有限公司"),
        ("鄂尔多斯市高新技术产业开发区", "鄂尔多斯市高新区"),
    ],
)
def test_places_and_forms_are_dropped_where_the_rest_is_distinctive(
    name: str, written: str
) -> None:
    (mention,) = finder(name).mentions(f"{written}开工")
    assert mention.written == written


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("鄂尔多斯集团", "鄂尔多斯开工"),
        ("内蒙古绿色农业有限公司", "绿色农业和绿色农业公司都有前途"),
        ("大唐集团有限公司", "大唐和大唐集团"),
        ("鄂尔多斯市人民医院", "人民医院开诊"),
        ("鄂托克旗螺旋藻研究所", "螺旋藻开工"),
        ("蒙西水泥厂", "蒙西的路"),
        ("内蒙古煤制油有限公司", "煤制油公司增产"),
    ],
)
def test_what_is_no_more_than_words_or_a_place_is_not_matched(name: str, sentence: str) -> None:
    assert finder(name).mentions(sentence) == ()


def test_a_short_form_of_two_names_is_neithers_and_an_alias_always_is() -> None:
    two = ("内蒙古伊泰煤制油有限责任公司", "新疆伊泰煤制油有限责任公司")
    assert finder(*two).mentions("伊泰煤制油投产") == ()
    assert [one.key for one in finder(*two).mentions("新疆伊泰煤制油有限责任公司投产")] == [two[1]]
    with_alias = NameFinder([(two[0], (two[0],)), (two[1], (two[1], "伊泰煤制油"))], HOME)
    assert [one.key for one in with_alias.mentions("伊泰煤制油投产")] == [two[1]]
    both = NameFinder([("甲", ("油厂",)), ("乙", ("油厂",))])
    assert {one.key for one in both.mentions("油厂投产")} == {"甲", "乙"}


def test_the_longest_of_nested_and_overlapping_names_wins() -> None:
    names = finder("伊泰集团", "伊泰集团煤制油研究院", "煤制油研究院附属实验学校")
    assert [one.key for one in names.mentions("伊泰集团煤制油研究院附属实验学校")] == [
        "伊泰集团",
        "煤制油研究院附属实验学校",
    ]
    assert [one.key for one in names.mentions("伊泰集团与伊泰集团煤制油研究院")] == [
        "伊泰集团",
        "伊泰集团煤制油研究院",
    ]


def test_the_name_of_another_company_that_begins_alike_is_not_it() -> None:
    oil = finder("中科合成油内蒙古有限公司")
    assert oil.mentions("中科合成油技术股份有限公司上市") == ()
    assert oil.mentions("中科合成油新疆有限公司上市") == ()
    assert len(oil.mentions("中科合成油有限公司上市")) == 1


def test_a_place_before_a_short_form_has_to_be_its_own() -> None:
    park = finder("鄂托克旗螺旋藻产业园区")
    assert park.mentions("杭锦旗螺旋藻产业园区") == ()
    assert len(park.mentions("鄂尔多斯市螺旋藻产业园区")) == 1


def test_a_name_never_runs_over_the_end_of_a_line_or_a_sentence() -> None:
    assert finder(ITAI).mentions("伊泰\n煤制油，伊泰，煤制油。伊泰、煤制油") == ()


ITAI_FINDER = finder(ITAI)


@given(st.text(st.sampled_from("伊泰煤制油公司内蒙古 （）\n，ａ市"), max_size=40))
def test_mentions_stand_where_they_say_and_never_overlap(text: str) -> None:
    found = ITAI_FINDER.mentions(text)
    assert all(text[one.start : one.end] == one.written for one in found)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert ("伊泰煤制油" in text) <= bool(found)


def test_no_names_are_found_nowhere() -> None:
    assert NameFinder([]).mentions("伊泰") == ()
    assert NameFinder([("甲", ("",))]).mentions_in(["伊泰"]) == {}


def test_the_full_name_comes_first_and_forms_are_told_once() -> None:
    forms = [form.text for form in short_forms(ITAI, PlaceFinder(HOME))]
    assert forms[0] == ITAI
    assert len(set(forms)) == len(forms)


def test_a_name_nobody_could_print_does_not_end_the_process() -> None:
    finder = NameFinder([("a", ["單" * 1_000_000]), ("b", ["紫荆创新研究院"])])
    assert [one.key for one in finder.mentions("紫荆创新研究院开门")] == ["b"]
    places = PlaceFinder(HOME, ["單" * 1_000_000])
    assert places.mentions("在东胜区")
    del finder, places
