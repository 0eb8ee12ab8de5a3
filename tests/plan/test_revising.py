"""What people did to a plan, carried over to its next reading."""

from __future__ import annotations

import pytest

from pipeline.errors import BadInput
from pipeline.plan.model import Doubt, Office, Plan, PlanNode, Quota, Unit
from pipeline.plan.profile import ThemeProfile, TopicLink
from pipeline.plan.revising import (
    Head,
    NodeChange,
    OfficeChange,
    revised_head,
    revised_nodes,
    revised_offices,
    revised_profiles,
    revised_units,
    with_earlier_work,
)


def theme(number: int, title: str, text: str = "正文。", **more: object) -> PlanNode:
    return PlanNode(
        id=f"focus-{number}",
        kind="focus_area",
        level=1,
        title=title,
        text=text,
        **more,  # type: ignore[arg-type]
    )


def plan(*nodes: PlanNode, **more: object) -> Plan:
    return Plan(title="方案", kind="publicity_plan", nodes=nodes, **more)  # type: ignore[arg-type]


def profile(number: int) -> ThemeProfile:
    links = (TopicLink(topic=f"T{number:02}"),)
    return ThemeProfile(theme=f"focus-{number}", topics=links, confirmed_by="王芳")


def test_a_theme_keeps_its_profile_wherever_it_stands_now() -> None:
    before = plan(theme(1, "科普"), theme(2, "专利"), profiles=(profile(1), profile(2)))
    after = with_earlier_work(plan(theme(1, "专利"), theme(2, "新能源")), before)
    [kept] = after.profiles
    assert (kept.theme, kept.topics[0].topic, kept.confirmed_by) == ("focus-1", "T02", "王芳")


def test_a_profile_of_a_theme_that_says_something_else_is_to_be_confirmed_anew() -> None:
    before = plan(theme(1, "科普", "报道科技馆。"), profiles=(profile(1),))
    for changed in (theme(1, "科普", "报道科技馆和学校。"), theme(1, "科普场馆", "报道科技馆。")):
        [kept] = with_earlier_work(plan(changed), before).profiles
        assert (kept.topics[0].topic, kept.confirmed_by) == ("T01", "")


def test_a_plan_file_s_own_profile_wins_over_the_earlier_one() -> None:
    before = plan(theme(1, "科普"), profiles=(profile(1),))
    own = ThemeProfile(theme="focus-1", confirmed_by="李晓")
    assert with_earlier_work(plan(theme(1, "科普"), profiles=(own,)), before).profiles == (own,)


def test_what_was_switched_off_stays_off_and_aliases_stay() -> None:
    before = plan(
        theme(1, "科普", auditable=False),
        theme(2, "专利"),
        units=(Unit(name="科技馆", aliases=("市科技馆",)),),
        offices=(Office(name="科普部", aliases=("科普科",)),),
    )
    after = with_earlier_work(
        plan(
            theme(1, "专利"),
            theme(2, "科普"),
            units=(Unit(name="科技馆"), Unit(name="动物园", aliases=("园",))),
            offices=(Office(name="科普部"),),
        ),
        before,
    )
    assert [node.auditable for node in after.nodes] == [True, False]
    assert [unit.aliases for unit in after.units] == [("市科技馆",), ("园",)]
    assert after.offices[0].aliases == ("科普科",)


def test_a_piece_is_changed_where_it_stands_and_the_rest_stays() -> None:
    child = PlanNode(id="item-1.1", kind="item", level=2, title="甲", span=(3, 5))
    before = plan(theme(1, "科普", children=(child,)), theme(2, "专利"))
    change = NodeChange(id="item-1.1", kind="measure", number="1.", title="乙", auditable=False)
    after = revised_nodes(before, [change])
    mended = after.nodes[0].children[0]
    assert (mended.kind, mended.number, mended.title, mended.auditable, mended.span) == (
        "measure",
        "1.",
        "乙",
        False,
        (3, 5),
    )
    assert after.nodes[1] == before.nodes[1]
    with pytest.raises(BadInput, match="focus-9"):
        revised_nodes(before, [NodeChange(id="focus-9", kind="item")])


def test_an_office_keeps_its_tasks_and_a_unit_needs_a_theme_that_is_there() -> None:
    quota = Quota(channel="简报", per="month", count=2)
    before = plan(theme(1, "科普"), offices=(Office(name="甲科", quotas=(quota,)),))
    after = revised_offices(
        before, [OfficeChange(name="丙科"), OfficeChange(was="甲科", name="乙科")]
    )
    assert [(one.name, one.quotas) for one in after.offices] == [("丙科", ()), ("乙科", (quota,))]
    with pytest.raises(BadInput, match="focus-7"):
        revised_units(before, [Unit(name="馆", theme="focus-7")])


def test_a_term_that_is_given_ends_the_doubt_about_it() -> None:
    doubts = (
        Doubt(span=(0, 0), what="没有年份", slug="term-missing"),
        Doubt(span=(0, 2), what="删去字符", slug="spam-removed"),
    )
    before = plan(theme(1, "科普"), doubts=doubts)
    after = revised_head(before, Head(title="新", period=("2026-01-01", "2026-12-31")))
    assert (after.title, [doubt.slug for doubt in after.doubts]) == ("新", ["spam-removed"])
    assert revised_head(before, Head(title="新")).doubts == doubts


def test_a_profile_takes_the_place_of_the_one_before() -> None:
    before = plan(theme(1, "科普"), theme(2, "专利"), profiles=(profile(1), profile(2)))
    new = ThemeProfile(theme="focus-1", confirmed_by="李晓")
    assert revised_profiles(before, [new]).profiles == (new, profile(2))
