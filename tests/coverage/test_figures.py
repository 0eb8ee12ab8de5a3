"""Figures of the news beside the plan's targets: only the same thing, of the same place and year."""

from __future__ import annotations

import pytest

from pipeline.coverage.figures import TargetFigures, ToldStory, target_figures
from pipeline.coverage.reported import indicator, reported_figures
from pipeline.plan.model import Target

DISTRICT = "150603"  # 康巴什区
CITY = "1506"  # 鄂尔多斯市

INTENSITY = Target(
    name="全社会研究与试验发展(R&D)经费投入占GDP的比重",
    operator=">=",
    value=2.2,
    unit="%",
    year=2025,
    quote="全社会研究与试验发展(R&D)经费投入占GDP的比重达到2.2%以上",
)
FIRMS = Target(
    name="高新技术企业",
    operator=">=",
    value=15,
    unit="家",
    year=2025,
    quote="高新技术企业达15家以上",
)
SMALL = Target(
    name="科技型中小企业数量", operator=">", value=30, unit="家", year=2025,
    quote="科技型中小企业数量突破30家以上",
)  # fmt: skip
PATENTS = Target(
    name="每万人口拥有发明专利数", operator="=", value=5, unit="件", year=2025,
    quote="每万人口拥有发明专利数5件",
)  # fmt: skip
LITERACY = Target(
    name="公民具备科学素质的比", operator=">", value=13, unit="%", year=2025,
    quote="公民具备科学素质的比超过13%",
)  # fmt: skip
FINANCE = Target(
    name="区财政科技支出占一般公共预算支出", operator=">=", value=1, unit="%", year=2025,
    quote="区财政科技支出占一般公共预算支出不低于1%",
)  # fmt: skip
ADDED = Target(
    name="高新技术企业",
    operator=">=",
    value=5,
    unit="家",
    year=2025,
    quote="新增高新技术企业5家以上",
)
TARGETS = {
    "R": INTENSITY, "H": FIRMS, "S": SMALL, "P": PATENTS, "L": LITERACY, "F": FINANCE, "A": ADDED,
}  # fmt: skip


def look(sentence: str, which: str, home: str = DISTRICT, title: str = "") -> TargetFigures:
    story = ToldStory(
        id="s", title=title, text=sentence, day="2025-12-20", outlet="样例日报", verified=True
    )
    (found,) = target_figures([TARGETS[which]], [story], home)
    return found


BESIDE = [
    ("2025年，康巴什区全社会研发经费投入强度达到2.1%。", "R", 2.1),
    ("康巴什区2025年R&D经费投入强度为2.3%，比上年有所提高。", "R", 2.3),
    ("今年康巴什区全社会研究与试验发展（R&D）经费投入占地区生产总值的比重达2.25%。", "R", 2.25),
    ("2025年康巴什区研发经费支出占GDP比重提升至2.05%。", "R", 2.05),
    ("截至目前，康巴什区高新技术企业达到18家。", "H", 18),
    ("目前，康巴什区拥有高新技术企业16家。", "H", 16),
    ("康巴什区现有国家高新技术企业17家，科技型中小企业36家。", "H", 17),
    ("康巴什区现有国家高新技术企业17家、科技型中小企业36家。", "S", 36),
    ("截至11月底，康巴什区国家级高新技术企业总数增至19家。", "H", 19),
    ("2025年底，康巴什区科技型中小企业数量突破40家。", "S", 40),
    ("目前康巴什区每万人口发明专利拥有量达到5.6件。", "P", 5.6),
    ("2025年康巴什区公民具备科学素质的比例达到13.8%。", "L", 13.8),
    ("今年，康巴什区新增高新技术企业6家。", "A", 6),
]


@pytest.mark.parametrize(("sentence", "which", "value"), BESIDE)
def test_the_same_quantity_of_the_same_place_and_year_stands_beside_the_target(
    sentence: str, which: str, value: float
) -> None:
    found = look(sentence, which)
    assert [quote.value for quote in found.reported] == [value]
    assert found.left_out == ()


APART = [
    # another definition
    ("2025年，康巴什区规上工业企业研发投入强度达到2.6%。", "R", "definition"),
    ("康巴什区规模以上企业研发经费投入强度达到3.1%。", "R", "definition"),
    ("康巴什区基础研究研发投入占比为6.1%。", "R", "definition"),
    ("康巴什区每万人口高价值发明专利拥有量达到5.6件。", "P", "definition"),
    ("今年，康巴什区新增高新技术企业6家。", "H", "definition"),
    ("康巴什区累计培育高新技术企业50家。", "H", "definition"),
    ("康巴什区高新技术企业营业收入达到15亿元。", "H", "definition"),
    ("康巴什区高新技术企业研发投入强度达到5.2%。", "R", "definition"),
    ("康巴什区自治区级科技型中小企业达到36家。", "S", "definition"),
    ("康巴什区高新技术企业申报数量达到20家。", "H", "definition"),
    # another sense
    ("康巴什区力争到2025年高新技术企业达到20家。", "H", "sense"),
    ("今年，康巴什区计划使高新技术企业达到20家。", "H", "sense"),
    ("康巴什区提出，全社会研发投入强度要达到2.3%。", "R", "sense"),
    ("到2025年，康巴什区科技型中小企业将突破50家。", "S", "sense"),
    ("康巴什区高新技术企业数量同比增长15%。", "H", "definition"),
    ("康巴什区全社会研发经费投入同比增长12.5%。", "R", "definition"),
    ("康巴什区预计全年公民具备科学素质的比例达到13.5%。", "L", "sense"),
    ("康巴什区研发投入强度比上年提高0.2个百分点。", "R", "definition"),
    # another place
    ("2025年，鄂尔多斯市全社会研发投入强度达到1.6%。", "R", "region"),
    ("2025年，全国全社会研发投入强度达到2.7%。", "R", "region"),
    ("我国高新技术企业达到46万家。", "H", "region"),
    ("东胜区高新技术企业达到30家。", "H", "region"),
    ("康巴什区高新区高新技术企业达到12家。", "H", "region"),
    ("全市高新技术企业达到300家，康巴什区走在前列。", "H", "region"),
    ("高新技术企业达到20家。", "H", "region"),
    ("该园区拥有高新技术企业22家。", "H", "region"),
    ("内蒙古科技型中小企业达到2000家。", "S", "region"),
    # another year
    ("2023年，康巴什区高新技术企业达到11家。", "H", "year"),
    ("去年，康巴什区全社会研发投入强度为1.9%。", "R", "year"),
    ("“十三五”末，康巴什区高新技术企业达到6家。", "H", "year"),
    ("2022年康巴什区公民具备科学素质的比例达到11.2%。", "L", "year"),
    ("康巴什区高新技术企业达到18家。", "H", "year"),
    ("目前，康巴什区全社会研发投入强度达到2.1%。", "R", "year"),
    # a part of the place, or what was made there
    ("目前，康巴什区新能源领域高新技术企业达到8家。", "H", "definition"),
    ("在康巴什区采访，目前，这里的高新技术企业达到8家。", "H", "definition"),
    ("今年，康巴什区认定高新技术企业7家。", "H", "sense"),
    # another unit
    ("目前，康巴什区科技型中小企业达到36件。", "S", "unit"),
]


@pytest.mark.parametrize(("sentence", "which", "why"), APART)
def test_what_differs_in_anything_never_stands_beside_the_target(
    sentence: str, which: str, why: str
) -> None:
    found = look(sentence, which)
    assert found.reported == ()
    assert [one.why for one in found.left_out] == ([why] if why else [])
    assert all(one.reason for one in found.left_out)


def test_the_district_s_own_voice_counts_in_a_story_about_the_district() -> None:
    told = "截至目前，全区高新技术企业达到18家。"
    here = look(told, "H", title="康巴什区科技创新再提速")
    assert [quote.value for quote in here.reported] == [18]
    elsewhere = look(told, "H", title="东胜区科技创新再提速")
    assert elsewhere.reported == ()


def test_the_whole_city_is_the_city_s_and_not_the_district_s() -> None:
    told = "截至目前，全市高新技术企业达到380家。"
    city = look(told, "H", home=CITY, title="鄂尔多斯科技企业加快成长")
    assert [quote.value for quote in city.reported] == [380]
    district = look(told, "H", title="鄂尔多斯科技企业加快成长")
    assert district.reported == ()


def test_a_plan_without_a_place_or_a_target_without_a_year_gets_no_figure() -> None:
    assert look(BESIDE[4][0], "H", home="").reported == ()
    story = ToldStory(
        id="s", title="", text=BESIDE[4][0], day="2025-12-20", outlet="", verified=False
    )
    undated = Target(name="高新技术企业", operator=">=", value=15, unit="家")
    (found,) = target_figures([undated], [story], DISTRICT)
    assert [one.why for one in found.left_out] == ["year"]


def test_one_story_that_says_a_figure_twice_is_listed_once() -> None:
    found = look(BESIDE[4][0] * 2, "H")
    assert len(found.reported) == 1


def test_spellings_of_one_indicator_are_one_and_definitions_stay_apart() -> None:
    assert indicator("R&D经费投入强度") == indicator("全社会研发经费投入占地区生产总值比重")
    assert indicator("高新技术企业数量") == indicator("国家高新技术企业")
    assert indicator("规模以上工业企业研发投入强度") != indicator("全社会研发投入强度")
    assert indicator("每万人口高价值发明专利拥有量") != indicator("每万人口发明专利拥有量")


def test_years_months_and_ranges_are_no_figures_of_anything() -> None:
    text = "2025年6月，康巴什区召开科技大会。"
    assert list(reported_figures(text, "2025-06-20")) == []
    (one,) = reported_figures("2025年高新技术企业达到10至12家", "2025-06-20")
    assert (one.value, one.upper, one.year) == (10, 12, 2025)
