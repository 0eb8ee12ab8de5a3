"""Who wrote an article, in every common form; and who did not."""

from __future__ import annotations

import pytest

from crawler.bylines import find_author

PROSE = "全市科技特派员队伍来到三个嘎查，给牧户讲解人工草地的播种时间。"


def _author(head: str = "", body: str = PROSE, tail: str = "", author: str = "") -> str:
    meta = {"author": author} if author else {}
    return find_author(head, body, meta, ruled="", site_names=("某市科技局",), tail=tail)


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("作者：李晓峰 来源：某市日报 2025-09-24", "李晓峰"),
        ("发布时间：2025-09-24 作　者：李晓峰  浏览：12", "李晓峰"),
        ("通讯员：王小满 责任编辑：赵六", "王小满"),
        ("文/李晓峰 图/王小满", "李晓峰"),
        ("某市日报记者 李晓峰 王小满", "李晓峰 王小满"),
        ("聯合報 記者林宸誼／即時報導", "林宸誼"),
        ("作者：农村牧区科技科 编辑：王五", "农村牧区科技科"),
        ("作者：admin 来源：本站", ""),
        ("作者：某市科技局", ""),
        ("责任编辑：赵六 审核：钱七", ""),
        ("记者 调查 民意调查", ""),
    ],
)
def test_a_dateline_names_the_writer_and_no_editor(head: str, author: str) -> None:
    assert _author(head) == author


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("□ 本报记者 葛大川", "葛大川"),
        ("■本报记者 葛大川 通讯员 王小满", "葛大川 王小满"),
        ("（记者 葛大川）", "葛大川"),
        ("（某市日报全媒体记者 葛大川 实习生 王小满）", "葛大川 王小满"),
        ("（葛大川 王小满）", "葛大川 王小满"),
        ("（文/图 葛大川）", "葛大川"),
        ("（葛大川 上海报道）", "葛大川"),
        ("新京报记者 葛大川 山东冠县报道", "葛大川"),
        ("记者 阿拉腾花", "阿拉腾花"),
        ("执笔人：葛大川", "葛大川"),
        ("（完）", ""),
        ("（图片来源网络）", ""),
        ("（责任编辑：赵六）", ""),
    ],
)
def test_the_last_line_may_be_a_byline(line: str, author: str) -> None:
    assert _author(body=f"{PROSE}\n{PROSE}\n{line}") == author


def test_a_person_is_believed_before_the_paper_in_the_meta_tag() -> None:
    assert _author("记者：林宸誼", author="經濟日報") == "林宸誼"
    assert _author(author="大汉网络") == ""


def test_words_of_a_sentence_are_no_name() -> None:
    assert _author(body="他被称为记者：被称之为最缺乏手术根治信心的肺癌") == ""
