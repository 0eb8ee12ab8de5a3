"""The sample news keeps what its README promises."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from samples.articles import (
    PLAN_PATH,
    THEMES,
    Publication,
    SampleError,
    read_corpus,
    read_reviews,
    sample_corpus,
)
from samples.handed_in import read_handed_in
from samples.sites import BLOCKED_COLUMN, address

CORPUS = sample_corpus()
READ_BY_HAND = [
    [item for _, title in one.rows() for item in CORPUS.originals if item.title == title]
    for one in read_handed_in()
]
"""By list that is handed in: the stories its rows repeat."""
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

UNIT_NAMES = [
    "科技创业服务中心",
    "大学生创业园",
    "生产力促进中心",
    "久科康瑞",
    "毛乌素生物质热电",
    "羊绒制品工程技术研究中心",
    "白绒山羊特色科技产业化基地",
    "紫荆创新研究院",
    "真金种业",
    "伊泰煤制油",
    "中科合成油",
    "大唐国际鄂尔多斯铝硅钛",
    "高新技术产业开发区",
    "蒙西高新技术工业园区",
    "双欣环保",
    "康宁爆破",
    "螺旋藻产业园",
    "北斗定位项圈",
]

ARTICLE = """[[article]]
key = "a"
title = "标题"
date = 2025-03-18
outlet = "市科技局"
site = "daily"
column = "keji"
themes = []
locality = "local"
text = "正文。"
"""


def counted_months(theme: str) -> set[int]:
    return {item.date.month for item in CORPUS.originals if item.counted and theme in item.themes}


def test_there_are_enough_stories_of_every_locality() -> None:
    counts = Counter(item.locality for item in CORPUS.originals)
    assert len(CORPUS.originals) >= 90
    assert counts["local"] >= 55
    assert min(counts[name] for name in ("upper_about_local", "upper_general", "elsewhere")) >= 10
    assert sum(1 for item in CORPUS.originals if not item.themes) >= 25


def test_stories_are_spread_over_ten_months_of_the_plan() -> None:
    dates = [item.date for item in CORPUS.publications]
    assert min(dates) >= dt.date(2025, 1, 5)
    assert max(dates) <= dt.date(2025, 10, 20)
    assert {date.month for date in dates} == set(range(1, 11))


@pytest.mark.parametrize("item", CORPUS.originals, ids=lambda item: item.key)
def test_a_story_is_a_short_piece_of_several_paragraphs(item: Publication) -> None:
    assert 150 <= len("".join(item.paragraphs)) <= 450
    assert len(item.paragraphs) >= 3
    assert all(part[-1] in "。：？！”）" for part in item.paragraphs)


def test_titles_are_distinct_and_texts_do_not_repeat_sentences() -> None:
    titles = Counter(item.title for item in CORPUS.originals)
    sentences = Counter(
        sentence
        for item in CORPUS.originals
        for sentence in set(re.split("[。？！]", item.text))
        if len(sentence) > 12
    )
    assert titles.most_common(1)[0][1] == 1
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_focus_area_has_stories_and_the_sixth_is_rare() -> None:
    counted = Counter(theme for item in CORPUS.originals if item.counted for theme in item.themes)
    assert set(counted) == set(THEMES)
    assert counted["focus-6"] == 2


def test_focus_area_four_has_a_hole_from_april_to_august() -> None:
    assert counted_months("focus-4") == {2, 3, 9, 10}


def test_many_units_of_the_plan_are_named() -> None:
    told = "\n".join(item.text for item in CORPUS.originals)
    assert len([name for name in UNIT_NAMES if name in told]) >= 12


def test_reprints_repeat_an_original_on_another_site_and_not_earlier() -> None:
    assert len(CORPUS.reprints) >= 14
    for item in CORPUS.reprints:
        original = CORPUS[item.story]
        assert not original.is_reprint
        assert item.site != original.site
        assert item.date >= original.date
        assert (item.themes, item.locality) == (original.themes, original.locality)
        assert len(set(item.paragraphs) & set(original.paragraphs)) >= len(original.paragraphs) - 1


def test_reprints_show_every_kind_of_edit() -> None:
    pairs = [(item, CORPUS[item.story]) for item in CORPUS.reprints]
    assert any(item.title != original.title for item, original in pairs)
    assert any(original.paragraphs[-1] not in item.paragraphs for item, original in pairs)
    assert any(item.paragraphs[0].startswith("编者按：") for item, _ in pairs)
    assert any("转自" in item.paragraphs[-1] for item, _ in pairs)


def test_exactly_one_page_is_hacked_and_its_clean_text_has_no_spam() -> None:
    (hacked,) = [item for item in CORPUS.publications if item.hacked]
    assert hacked.site == "district"
    assert "博彩" not in hacked.text


def test_reviews_name_written_stories_and_agree_with_the_truth() -> None:
    reviews = read_reviews()
    originals = {item.key: item for item in CORPUS.originals}
    assert len({review.key for review in reviews}) == len(reviews) >= 15
    for review in reviews:
        assert review.themes == originals[review.key].themes
        assert set(review.themes) | set(review.not_themes) == set(THEMES)
        assert review.date >= originals[review.key].date
    confirmed = Counter(theme for review in reviews for theme in review.themes)
    assert set(confirmed) == set(THEMES)
    assert confirmed["focus-6"] == 1


def test_the_reviewer_read_two_quarters_to_the_end_as_far_as_they_can_be_reached() -> None:
    read = {review.key for review in read_reviews()}
    reached = {item.key for one in READ_BY_HAND for item in one}
    for item in CORPUS.originals:
        walled = (item.site, item.column) == BLOCKED_COLUMN and item.key not in reached
        if item.counted and item.date < dt.date(2025, 7, 1):
            assert (item.key in read) is not walled, item.key


def test_what_is_handed_in_repeats_stories_within_a_day_and_leaves_none_of_a_column_out() -> None:
    for one, stories in zip(read_handed_in(), READ_BY_HAND, strict=True):
        assert one.first <= one.last <= dt.date(2025, 12, 31)
        for (day, title), item in zip(one.rows(), stories, strict=True):
            assert one.first <= day <= one.last
            assert dt.timedelta(0) <= day - item.date <= dt.timedelta(days=1), title
        if one.column:
            there = {
                item.key
                for item in CORPUS.on("bureau")
                if (item.site, item.column) == BLOCKED_COLUMN and one.first <= item.date <= one.last
            }
            assert {item.key for item in stories} == there
            addresses = one.text({"bureau": "http://bureau.example"})
            assert all(f"http://bureau.example{address(item)}" in addresses for item in stories)


def test_the_plan_has_its_four_parts_and_twenty_two_units() -> None:
    plan = PLAN_PATH.read_text(encoding="utf-8")
    heads = ("一、宣传重点", "二、报道安排", "三、工作要求", "专题采访单位")
    places = [plan.index(head) for head in heads]
    parts = [plan[a:b] for a, b in itertools.pairwise([*places, len(plan)])]
    assert [len(re.findall(r"（[一二三四五六]）", part)) for part in parts] == [6, 5, 3, 6]
    assert len(re.findall(r"^ +\d\.", parts[3], flags=re.M)) == 22
    assert "2025年1月至12月" in plan


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ARTICLE + ARTICLE, "used twice"),
        (ARTICLE + 'colour = "red"\n', "unknown fields"),
        (ARTICLE.replace("2025-03-18", '"18 March"'), "date must be a day"),
        (ARTICLE.replace('"local"', '"near"'), "locality must be one of"),
        (ARTICLE.replace("themes = []", 'themes = ["focus-9"]'), "themes must be a list"),
        (ARTICLE.replace('"keji"', '"sport"'), "no column"),
        (ARTICLE.replace('"标题"', '""'), "'title' must be words"),
        (
            '[[reprint]]\nkey = "b"\nreprint_of = "a"\nsite = "daily"\ncolumn = "keji"\n'
            'date = 2025-01-01\noutlet = "x"\n',
            "which no file writes",
        ),
        (
            ARTICLE + '[[reprint]]\nkey = "b"\nreprint_of = "a"\nsite = "daily"\n'
            'column = "keji"\ndate = 2025-04-01\noutlet = "x"\n',
            "on another site",
        ),
    ],
)
def test_bad_data_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SampleError, match=message):
        read_corpus(tmp_path)


def test_no_sentence_is_taken_over_from_the_sources() -> None:
    gists = SHARED / "news" / "local_gists.jsonl"
    seed = next((SHARED / "seeds").glob("000_*.txt"), None)
    if seed is None or not gists.exists():
        pytest.skip("the source documents lie beside the checkout only where it is developed")
    lines = gists.read_text(encoding="utf-8").splitlines()
    theirs = "\n".join(json.loads(line)["gist"] for line in lines)
    described = re.sub(r"（[一二三四五六]）[^。]{4,24}。", "\n", seed.read_text(encoding="utf-8"))
    # Names of units are facts; the sentences before their list are what must be our own.
    plan = PLAN_PATH.read_text(encoding="utf-8").partition("专题采访单位")[0]
    ours = "\n".join([*(item.text for item in CORPUS.originals), plan])
    for source, width in ((theirs, 14), (described, 20)):
        taken = {
            ours[n : n + width]
            for n in range(len(ours) - width)
            if "\n" not in ours[n : n + width] and ours[n : n + width] in source
        }
        assert taken == set()
