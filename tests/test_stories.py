"""Reprints are folded, look-alikes are not."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.news import NewsItem
from pipeline.stories import fold, keep_ids, same_story

PARAGRAPHS = (
    "3月18日，市科技局在高新区召开众创空间建设现场会，二十余家孵化载体负责人参加。",
    "与会人员先后走进共享实验室和中试基地，听取运营单位介绍设备开放、导师结对等做法。",
    "会议要求，各旗区要对照年度任务清单，逐项补齐短板，六月底前完成首批载体复核。",
    "市科技局负责人表示，将把复核结果与资金安排挂钩，对连续两年排名靠后的予以退出。",
)
TEXT = "\n".join(PARAGRAPHS)


def item(name: str, **fields: object) -> NewsItem:
    values: dict[str, object] = {
        "title": "全市众创空间现场会召开",
        "text": TEXT,
        "date": "2025-03-18",
    }
    return NewsItem(id=name, **{**values, **fields})  # type: ignore[arg-type]


def members(items: list[NewsItem]) -> list[set[str]]:
    return [{one.id for one in story.items} for story in fold(items)]


def test_a_reprint_with_another_title_and_a_line_on_top_is_folded() -> None:
    reprint = item(
        "b", title="鄂尔多斯：众创空间看现场", text="转自市科技局网站。" + TEXT, date="2025-03-20"
    )
    assert members([item("a"), reprint]) == [{"a", "b"}]


def test_a_reprint_that_dropped_the_last_paragraphs_is_folded() -> None:
    assert members([item("a"), item("b", text="\n".join(PARAGRAPHS[:2]))]) == [{"a", "b"}]


def test_the_original_is_the_earliest_and_the_highest_level_is_remembered() -> None:
    items = [
        item("late", date="2025-03-21", level="central"),
        item("early", date="2025-03-18", level="municipal"),
        item("undated", date=None, level="district"),
    ]
    (story,) = fold(items)
    assert story.original.id == "early"
    assert story.level == "central"
    assert str(story.day) == "2025-03-18"


def test_two_notices_from_one_template_stay_two_stories() -> None:
    body = "根据管理办法，经专家评审，现将第{}批市级重点实验室拟认定名单予以公示，公示期五个工作日，如有异议请书面反映。"
    items = [
        item("one", title="第三批重点实验室公示", text=body.format("三"), date="2025-03-01"),
        item("two", title="第四批重点实验室公示", text=body.format("四"), date="2025-03-20"),
    ]
    assert members(items) == [{"one"}, {"two"}]


def test_the_same_daily_notice_with_new_numbers_is_a_new_story() -> None:
    body = "市气象台{}日发布：今天最高气温{}度，最低气温{}度，风力{}级，请市民注意添衣，科学安排出行和农事活动。"
    items = [
        item(
            f"d{day}", title="今日天气", text=body.format(day, t, t - 11, w), date=f"2025-03-{day}"
        )
        for day, t, w in ((11, 14, 3), (12, 19, 5), (13, 23, 4))
    ]
    assert len(members(items)) == 3


def test_the_same_words_a_year_later_are_another_story() -> None:
    assert members([item("a"), item("b", date="2026-03-18")]) == [{"a"}, {"b"}]


def test_items_without_text_are_folded_by_title_within_a_week() -> None:
    title = "电视新闻：我市开展科技活动周"
    a, b, c = (
        item(n, title=title, text="", date=d)
        for n, d in (("a", "2025-05-20"), ("b", "2025-05-22"), ("c", "2025-06-20"))
    )
    assert members([a, b, c]) == [{"a", "b"}, {"c"}]


def test_a_short_picture_story_with_the_same_words_is_folded() -> None:
    text = "鄂尔多斯氢能重卡示范线路昨日开通，首批二十辆车上线。"
    one = item("a", title="氢能重卡示范线路开通", text=text)
    other = item("b", title="氢能重卡示范线路开通（图）", text=text, date="2025-03-19")
    assert members([one, other]) == [{"a", "b"}]


def test_an_earlier_original_found_late_does_not_rename_its_story() -> None:
    (first,) = fold([item("a"), item("b", date="2025-03-19")])
    before = {member.id: first.id for member in first.items}
    later = keep_ids(
        fold([item("a"), item("b", date="2025-03-19"), item("z", date="2025-03-01")]), before
    )
    assert [(story.id, story.original.id) for story in later] == [(first.id, "z")]


def test_two_stories_never_share_an_id() -> None:
    apart = fold([item("a"), item("b", title="另一件事情的标题", text="另一件事。" * 20)])
    named = keep_ids(apart, {"a": "s1", "b": "s1"})
    assert len({story.id for story in named}) == 2


def test_every_item_is_in_one_story_whatever_the_order() -> None:
    items = [
        item("a"),
        item("b", date="2025-03-19"),
        item("c", text="另一件事。" * 20, title="另一件"),
    ]
    expected = sorted(map(sorted, members(items)))
    for _ in range(5):
        random.shuffle(items)
        assert sorted(map(sorted, members(items))) == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="科技局会议2025年 。", max_size=60), min_size=2, max_size=6))
def test_sameness_is_symmetric_and_folding_loses_nothing(texts: list[str]) -> None:
    items = [item(str(n), text=text) for n, text in enumerate(texts)]
    assert same_story(items[0], items[1]) == same_story(items[1], items[0])
    folded = [one.id for story in fold(items) for one in story.items]
    assert sorted(folded) == sorted(one.id for one in items)
