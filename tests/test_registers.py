"""What no crawler reaches, handed in: account lists, pasted links, 播出单, pages of papers."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.genre import genre_of
from pipeline.news import NewsItem
from pipeline.news_files import ItemFile, read_items, seconds_of
from pipeline.pasted_links import are_pasted_links, read_pasted_links


def table(path: Path, *rows: list[object]) -> ItemFile:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return read_items(path)


def test_the_article_list_of_an_account_is_read_as_its_back_end_exports_it(tmp_path: Path) -> None:
    address = "https://mp.weixin.qq.com/s/AbC_1"
    file = table(
        tmp_path / "a.xlsx",
        ["数据概况", "2025-03-01至2025-03-31"],
        ["内容标题", "发表时间", "总阅读次数", "总分享次数", "内容链接"],
        ["科技特派员走进田间", "20250318", "1,203", 12, address],
        ["专利转化服务月启动", "2025-03-20 18:05", "1.2万", 3, address + "2"],
    )
    first, second = file.items
    assert (first.title, first.date, first.reads, first.url) == (
        "科技特派员走进田间",
        "2025-03-18",
        1203,
        address,
    )
    assert (second.date, second.reads) == ("2025-03-20T18:05:00", 12000)
    assert first.text_missing
    assert "text_missing" in first.flags
    assert file.remarks == ()


def test_a_broadcaster_s_list_keeps_column_and_length(tmp_path: Path) -> None:
    file = table(
        tmp_path / "b.xlsx",
        ["播出日期", "栏目名称", "标题", "时长", "体裁", "通讯员"],
        ["2025-03-18", "东胜新闻", "众创空间路演", "00:02:15", "口播", "李晓"],
        ["2025-03-19", "东胜新闻", "院士工作站揭牌", "3分05秒", "专访", ""],
        ["2025-03-20", "东胜新闻", "科普大篷车", "很短", "", ""],
    )
    assert [(i.column, i.seconds, i.contributor) for i in file.items] == [
        ("东胜新闻", 135, "李晓"),
        ("东胜新闻", 185, ""),
        ("东胜新闻", None, ""),
    ]
    assert file.remarks == ("b.xlsx 第 4 行时长读不出：很短",)
    assert [genre_of(item) for item in file.items[:2]] == ["news", "interview"]


def test_a_paper_s_pages_keep_page_author_and_characters(tmp_path: Path) -> None:
    (item,) = table(
        tmp_path / "c.xlsx",
        ["版次", "见报日期", "标题", "作者", "字数", "供稿单位"],
        ["第3版", "2025/3/8", "研发投入增长", "王芳", 860, "市科技局"],
    ).items
    assert (item.page, item.column, item.date, item.author, item.words, item.contributor) == (
        "第3版",
        "",
        "2025-03-08",
        "王芳",
        860,
        "市科技局",
    )


@pytest.mark.parametrize(
    ("written", "unit", "seconds"),
    [
        ("02:15", 1, 135), ("1:02:15", 1, 3735), ("2′15″", 1, 135), ("135秒", 1, 135), ("3", 60, 180),
        ("90秒", 60, 90), ("2分钟", 1, 120), ("4.0", 1, 4), ("", 1, None), ("约两分钟", 1, None),
        ("0", 1, None),
    ],
)  # fmt: skip
def test_lengths_are_read_as_people_write_them(
    written: str, unit: int, seconds: int | None
) -> None:
    assert seconds_of(written, unit) == seconds


def test_minutes_are_known_by_the_head_of_their_column(tmp_path: Path) -> None:
    (item,) = table(tmp_path / "d.xlsx", ["标题", "时长（分钟）"], ["访谈", 25]).items
    assert item.seconds == 1500


LINKS = """公众号 3 月推文
1. 科技特派员走进田间
https://mp.weixin.qq.com/s/AbC_1
2025-03-18 专利转化服务月启动 https://mp.weixin.qq.com/s/AbC_2

标题：高企培育政策一图读懂
发布时间：2025年3月20日
链接：https://mp.weixin.qq.com/s/AbC_3

https://mp.weixin.qq.com/s/AbC_4
重复：科技特派员走进田间 https://mp.weixin.qq.com/s/AbC_1
"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_pasted_links_become_items_without_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "links.txt"
    path.write_text(LINKS, encoding=encoding)
    assert are_pasted_links(path)
    file = read_pasted_links(path)
    assert [(item.title, item.date, item.carrier) for item in file.items] == [
        ("科技特派员走进田间", None, "wechat"),
        ("专利转化服务月启动", "2025-03-18", "wechat"),
        ("高企培育政策一图读懂", "2025-03-20", "wechat"),
    ]
    assert file.items[0].flags == ("text_missing", "date_unknown")
    assert file.remarks == ("links.txt 第 10 行的链接没有标题，略去",)


def test_a_bulletin_that_names_an_address_is_no_list_of_links(tmp_path: Path) -> None:
    path = tmp_path / "bulletin.txt"
    path.write_text(
        "科技简报\n" + "会议部署任务。\n" * 5 + "详见 http://a.example/\n", encoding="utf-8"
    )
    assert not are_pasted_links(path)
    path.write_text("https://a.example/ " + "字" * 500, encoding="utf-8")
    assert not are_pasted_links(path)


def test_what_a_register_says_of_the_genre_goes_before_every_rule() -> None:
    item = NewsItem(id="a", title="政策解读来了", genre="通讯")
    assert genre_of(item) == "feature"
    assert genre_of(NewsItem(id="a", title="政策解读来了", genre="其他")) == "policy"
