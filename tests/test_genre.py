"""Carriers and genres of items: what tables and pages write, and a floor on articles labelled by
hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.genre import carrier_of, genre_of
from pipeline.news import NewsItem
from samples.articles import COLUMNS, sample_corpus

LABELS = [
    line.split("\t")
    for line in (Path(__file__).parent / "genres.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LONG = "这里的人们每天清晨就开始忙碌。" * 12


@pytest.mark.parametrize(
    ("fields", "carrier"),
    [
        ({"carrier": "website"}, "website"),
        ({"carrier": "微信公众号"}, "wechat"),
        ({"carrier": "市电视台"}, "broadcast"),
        ({"carrier": "radio"}, "broadcast"),
        ({"carrier": "客户端"}, "app"),
        ({"carrier": "bulletin"}, "bulletin"),
        ({"outlet": "鄂尔多斯日报"}, "newspaper"),
        ({"outlet": "鄂尔多斯日报", "url": "http://example.cn/1"}, "website"),
        ({"outlet": "市科技局"}, "other"),
        ({}, "other"),
    ],
)
def test_a_carrier_is_read_as_people_write_it(fields: dict[str, str], carrier: str) -> None:
    assert carrier_of(NewsItem(id="a", title="题", **fields)) == carrier  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "genre"),
    [
        ({"title": "专访创业者王某"}, "interview"),
        ({"title": "一位牧民的十年——访示范户王某", "text": LONG}, "interview"),
        ({"title": "——访问团抵达", "text": LONG}, "news"),
        ({"title": "科技条例问答", "column": "政策解读", "text": LONG}, "policy"),
        ({"title": "开犁（组图）", "text": "春耕时节。"}, "pictures"),
        ({"title": "短评", "column": "科普专栏", "text": LONG}, "column"),
        ({"title": "关于申报项目的通知", "text": LONG}, "unknown"),
        ({"title": "科技展开幕", "text": ""}, "unknown"),
        ({"title": "牧场里的芯片", "text": f"本报讯（记者王某）{LONG}走进牧场"}, "news"),
        ({"title": "牧场里的芯片", "text": f"{LONG}记者走进牧场。"}, "feature"),
        ({"title": "市里召开大会", "text": f"{LONG}记者走进牧场。"}, "news"),
    ],
)
def test_a_genre_is_claimed_only_where_column_title_or_shape_say_so(
    fields: dict[str, str], genre: str
) -> None:
    assert genre_of(NewsItem(id="a", **fields)) == genre  # type: ignore[arg-type]


@pytest.mark.parametrize(("part", "features"), [("first", 8), ("second", 7)])
def test_on_labelled_articles_what_is_called_anything_but_news_is_so_by_hand(
    part: str, features: int
) -> None:
    articles = {article.key: article for article in sample_corpus().publications}
    found = []
    for key, by_hand, of_part in LABELS:
        if of_part == part:
            one = articles[key]
            column = COLUMNS[one.site][one.column]
            item = NewsItem(id=key, title=one.title, text=one.text, column=column)
            found.append((by_hand, genre_of(item)))
    assert len(found) >= 40
    assert all(said == by_hand for by_hand, said in found if said != "news")
    assert sum(said == "feature" for _, said in found) >= features
    assert {by_hand for by_hand, said in found if said == "news"} <= {"news", "feature"}
