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


SITES = {
    "daily": "鄂尔多斯样例日报",
    "bureau": "鄂尔多斯市科学技术局（样例）",
    "east": "东胜科技网",
}


def on(site: str, name: str, date: str, outlet: str, **fields: object) -> NewsItem:
    return item(name, source=site, date=date, outlet=outlet, **fields)


def test_the_outlet_that_others_name_is_the_original_though_its_page_was_dated_later() -> None:
    items = [
        on("bureau", "early", "2025-03-18", "鄂尔多斯样例日报"),
        on("daily", "own", "2025-03-19", "鄂尔多斯样例日报", author="样例记者甲"),
        on("east", "late", "2025-03-20", "市科技局"),
    ]
    (story,) = fold(items, SITES)
    assert story.original.id == "own"
    assert str(story.day) == "2025-03-18"
    taken = {one.id: (one.role, one.reprint_of, one.taken_from) for one in story.items}
    assert taken == {
        "own": ("original", "", ""),
        "early": ("reprint", "鄂尔多斯样例日报", "own"),
        "late": ("reprint", "市科技局", "early"),
    }


def test_without_a_word_on_the_source_the_earliest_is_the_original_and_nobody_is_named() -> None:
    items = [
        on("east", "b", "2025-03-19", "东胜科技网"),
        on("daily", "a", "2025-03-18", "鄂尔多斯样例日报"),
    ]
    (story,) = fold(items, SITES)
    assert [(one.id, one.reprint_of, one.taken_from) for one in story.items] == [
        ("a", "", ""),
        ("b", "", ""),
    ]


def test_a_line_at_the_end_names_whom_a_text_was_taken_from() -> None:
    reprint = item(
        "b", text=TEXT + "\n（转自市科技局网站）", date="2025-03-19", outlet="东胜科技网"
    )
    (story,) = fold([item("a", outlet="市科技局"), reprint])
    assert [(one.reprint_of, one.taken_from) for one in story.items[1:]] == [("市科技局", "a")]


def test_what_a_reprint_changed_is_told() -> None:
    cut = "\n".join(PARAGRAPHS[:2])
    changes = {
        "same": {},
        "title": {"title": "众创空间看现场：二十家载体一起学"},
        "cut": {"text": cut},
        "both": {"title": "众创空间看现场：二十家载体一起学", "text": cut},
        "note": {"text": "编者按：今起关注创业载体。\n" + TEXT},
        "added": {
            "text": TEXT + "\n会后，与会人员还参观了新落成的检测中心，并就设备共享签署了意向书。"
        },
        "reworded": {
            "text": TEXT.replace("二十余家", "二十多家").replace("逐项补齐短板", "一项一项补短板")
        },
    }
    items = [item("a")]
    items += [item(name, date="2025-03-20", **fields) for name, fields in changes.items()]
    (story,) = fold(items)
    assert {one.id: one.edits for one in story.items[1:]} == {
        "same": (),
        "title": ("title",),
        "cut": ("cut",),
        "both": ("title", "cut"),
        "note": (),
        "added": ("added",),
        "reworded": ("reworded",),
    }


def test_an_undated_copy_does_not_join_two_years() -> None:
    items = [item("a"), item("b", date="2026-03-18"), item("c", date=None)]
    assert members(items) == [{"a", "c"}, {"b"}]


def test_a_title_alone_is_not_enough_where_places_or_writers_differ() -> None:
    title = "组织干部职工开展健步走活动"
    east, north = (
        item(name, title=title, text="", date="2025-04-29", outlet=outlet)
        for name, outlet in (("a", "东胜区科技局"), ("b", "达拉特旗融媒体中心"))
    )
    assert len(members([east, north])) == 2
    one, other = (
        item(name, title=title, text="", date="2025-04-29", outlet="市科技局", author=author)
        for name, author in (("a", "人事科"), ("b", "机关党支部"))
    )
    assert len(members([one, other])) == 2


def test_the_name_of_a_column_is_not_a_title() -> None:
    items = [item(n, title="科技简讯", text="", date=f"2025-04-2{n}") for n in "12"]
    assert len(members(items)) == 2


def test_a_roundup_does_not_join_the_stories_it_holds() -> None:
    other = "4月29日下午，东胜区科技局工会组织干部职工到植物园开展健步走活动，全程五公里，近四十人参加。"
    items = [
        item("a"),
        item("b", title="春日健步走 机关干部迎五一", text=other, date="2025-03-19"),
        item("r", title="一周速览", text=PARAGRAPHS[0] + "\n" + other, date="2025-03-20"),
    ]
    found = members(items)
    assert {"a"} in found
    assert not any({"a", "b"} <= group for group in found)
