"""What a run remembers while it goes on: articles that wait, addresses that were seen."""

from __future__ import annotations

import tracemalloc
from collections import defaultdict, deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import AddressSet
from crawler.links import Link, whole_characters
from crawler.waiting import WaitingArticle, WaitingArticles
from pipeline.errors import DiskTrouble


def article(number: int, site: str = "a.example") -> WaitingArticle:
    link = Link(f"http://{site}/202503/t{number}.html", f"第{number}次会议", "2025-03-18")
    return WaitingArticle("site", "动态", link)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "put", "take"]), st.sampled_from("ab"), st.integers(1, 90)
        ),
        max_size=12,
    )
)
def test_every_site_gives_its_articles_in_the_order_they_were_put(
    steps: list[tuple[str, str, int]],
) -> None:
    waiting = WaitingArticles()
    expected: defaultdict[str, deque[WaitingArticle]] = defaultdict(deque)
    count = 0
    for what, site, times in steps:
        for _ in range(times):
            if what == "put":
                count += 1
                waiting.put(site, article(count, site))
                expected[site].append(article(count, site))
            else:
                want = expected[site].popleft() if expected[site] else None
                assert waiting.take(site) == want
    for site, left in expected.items():
        assert [waiting.take(site) for _ in left] == list(left)
        assert waiting.take(site) is None
    waiting.close()


def test_a_field_that_only_feeds_have_waits_along() -> None:
    waiting = WaitingArticles()
    told = Link("http://a.example/1.html", "标题", None, "article", "摘要", "日报", "作者", True)
    for _ in range(60):
        waiting.put("a", WaitingArticle("site", "动态", told))
    taken = waiting.take("a")
    assert taken is not None
    assert taken.link == told
    waiting.close()


def test_many_articles_wait_in_little_memory_and_leave_no_file(tmp_path: Path) -> None:
    waiting = WaitingArticles(tmp_path)
    tracemalloc.start()
    try:
        for number in range(20_000):
            waiting.put("a", article(number))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 500_000
    assert list(tmp_path.iterdir()) == []
    assert waiting.take("a") == article(0)
    waiting.close()


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    waiting = WaitingArticles(tmp_path / "gone")
    with pytest.raises(DiskTrouble, match="gone"):
        for number in range(200):
            waiting.put("a", article(number))


@given(st.lists(st.integers(0, 3000), max_size=3000))
def test_an_address_set_holds_what_was_added_and_nothing_else(numbers: list[int]) -> None:
    seen, expected = AddressSet(), set[int]()
    for number in numbers:
        assert seen.add(f"http://a.example/{number}.html") == (number not in expected)
        expected.add(number)
    assert len(seen) == len(expected)
    assert [n for n in range(3001) if f"http://a.example/{n}.html" in seen] == sorted(expected)


def test_a_hundred_thousand_addresses_take_two_megabytes_and_a_half() -> None:
    tracemalloc.start()
    try:
        seen = AddressSet()
        for number in range(100_000):
            seen.add(f"http://a.example/kjdt/202503/t20250318_{number}.html")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(seen) == 100_000
    assert held < 2_500_000


def test_halves_of_characters_in_a_link_are_replaced_before_it_waits() -> None:
    waiting = WaitingArticles()
    link = whole_characters(Link("http://a.example/1.html", "会议\ud83d召开"))
    for _ in range(60):
        waiting.put("a", WaitingArticle("site", "动态", link))
    taken = waiting.take("a")
    assert taken is not None
    assert taken.link.title == "会议?召开"
    waiting.close()
