"""Articles of several pages put together."""

from __future__ import annotations

import pytest

from crawler.continuation import MAX_PARTS, further_parts, joined, part_number
from crawler.guesses import continues_list, guessed_patterns
from crawler.links import Link
from crawler.markup import parse
from pipeline.news import NewsItem

URL = "http://a.example/kjdt/202509/t20250924_1.html"


def _item(text: str, **fields: str) -> NewsItem:
    return NewsItem(id="n", title="标题", text=text, url=URL, **fields)


@pytest.mark.parametrize(
    ("first", "other", "number"),
    [
        (URL, "http://a.example/kjdt/202509/t20250924_1_1.html", 1),
        (URL, "http://a.example/kjdt/202509/t20250924_2.html", 0),
        (URL, "http://b.example/kjdt/202509/t20250924_1_1.html", 0),
        ("http://a.example/1.shtml", "http://a.example/1_2.shtml", 2),
        ("http://a.example/1.shtml", "http://a.example/2.shtml", 0),
        ("http://a.example/1_1.html", "http://a.example/1_2.html", 2),
        ("http://a.example/a/77.html", "http://a.example/a/77/page_2.html", 2),
        ("http://a.example/s?id=7", "http://a.example/s?id=7&page=3", 3),
        ("http://a.example/s?id=7", "http://a.example/s?id=8&page=3", 0),
        ("http://a.example/s?id=7", "http://a.example/s?id=8", 0),
    ],
)
def test_a_part_keeps_the_address_and_adds_its_number(first: str, other: str, number: int) -> None:
    assert part_number(first, other) == number


def test_parts_without_end_are_bounded() -> None:
    script = '<script>createPageHTML(900, 0, "t20250924_1", "html");</script>'
    assert len(further_parts(parse(script), script, URL, URL)) < MAX_PARTS


def test_a_part_that_repeats_the_first_adds_nothing() -> None:
    whole = joined(_item("一\n二"), [_item("一\n二"), _item("三", author="葛大川")])
    assert (whole.text, whole.author, whole.flags) == ("一\n二\n三", "葛大川", ())


def test_a_missing_part_is_said() -> None:
    assert joined(_item("一"), [], whole=False).flags == ("text_incomplete",)


def test_new_rows_of_another_folder_are_another_list() -> None:
    first = [f"http://a.example/kjdt/202509/t2025092{n}_{n}.html" for n in range(3)]
    same = [Link(f"http://a.example/kjdt/202508/t2025082{n}_{n}.html", "标题") for n in range(3)]
    other = [Link(f"http://a.example/sports/202508/t2025082{n}_{n}.html", "标题") for n in range(3)]
    assert continues_list(first, same)
    assert not continues_list(first, other)
    assert not continues_list(first, [Link(first[0], "标题")])


def test_names_of_page_two_are_tried_in_the_robust_order() -> None:
    assert guessed_patterns("http://a.example/kj/list.shtml") == (
        "list_{page-1}.shtml",
        "list_{page}.shtml",
        "index_{page-1}.html",
        "index_{page}.html",
        "?page={page}",
    )
