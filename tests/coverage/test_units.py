"""The ways a unit is written in the news."""

from __future__ import annotations

import pytest

from pipeline.coverage.units import UnitFinder
from pipeline.plan.model import Unit

UNITS = tuple(
    Unit(name=name)
    for name in (
        "鄂尔多斯市科技创业服务中心",
        "鄂托克旗螺旋藻产业园区",
        "内蒙古双欣环保材料股份有限公司",
        "鄂尔多斯国家羊绒制品工程技术研究中心",
        "蒙西高新技术工业园区",
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("记者走进市科技创业服务中心", [0]),
        ("鄂尔多斯科技创业服务中心开课", [0]),
        ("包头科技创业服务中心开课", []),
        ("鄂托克旗螺旋藻产业园：盐碱滩上的工厂", [1]),
        ("内蒙古双欣环保材料公司与双欣环保材料股份有限公司", [2]),
        ("依托国家羊绒制品工程技术研究中心", [3]),
        ("蒙西高新技术工业园区和工业园区", [4]),
        ("高新技术工业园区", []),
        ("", []),
    ],
)
def test_a_unit_is_found_as_news_writes_it(text: str, expected: list[int]) -> None:
    finder = UnitFinder(UNITS, "1506")
    assert finder.named_in(text) == tuple(UNITS[n].name for n in expected)


def test_a_plan_without_units_names_none() -> None:
    assert UnitFinder(()).named_in("鄂尔多斯市科技创业服务中心") == ()


def test_a_core_that_two_units_share_names_neither() -> None:
    two = (Unit(name="东胜区大学生创业园基地"), Unit(name="康巴什区大学生创业园基地"))
    finder = UnitFinder(two, "1506")
    assert finder.named_in("大学生创业园基地揭牌") == ()
    assert finder.named_in("东胜区大学生创业园基地揭牌") == (two[0].name,)
