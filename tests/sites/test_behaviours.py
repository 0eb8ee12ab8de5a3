"""Two crawls over a site for every way sites misbehave: what each run must make of each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.news import NewsItem, canonical_url
from tests.crawler.conftest import Crawled, crawl, declare, open_workspace
from tests.sites.behaviours import BEHAVIOURS, MockSite, path_of, serving
from tests.sites.test_saved_lists import CASES

pytestmark = pytest.mark.xdist_group("sites")  # one pair of crawls serves all

CAP = 12
"""List pages of one column in one run."""


@dataclass(frozen=True)
class Runs:
    """Two runs over all sites, and the sites as they were left."""

    sites: dict[str, MockSite]
    runs: tuple[Crawled, Crawled]

    def items(self, name: str, run: int = 1) -> list[NewsItem]:
        """The items of one site after a run (0 or 1)."""
        return [item for item in self.runs[run].items if item.source == name]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    workspace = open_workspace(tmp_path_factory.mktemp("sites") / "w")
    config = Path(workspace.path) / "xuanjian.toml"
    config.write_text(
        config.read_text(encoding="utf-8")
        + f"timeout = 1.5\nmax_body = 2000000\nmax_list_pages = {CAP}\n",
        encoding="utf-8",
    )
    with serving() as sites:
        for name, site in sites.items():
            columns = BEHAVIOURS[name].columns
            declare(workspace, name, *((path, site.base + path) for path in columns))
        first = crawl(workspace)
        for site in sites.values():
            site.run = 2
        yield Runs(sites, (first, crawl(workspace)))


def test_every_behaviour_is_there() -> None:
    assert sorted(CASES["behaviours"]) == sorted(BEHAVIOURS)


@pytest.mark.parametrize("run", [0, 1])
@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_run_makes_of_a_site_what_it_must(both: Runs, name: str, run: int) -> None:
    behaviour = BEHAVIOURS[name]
    wanted = (behaviour.first, behaviour.second)[run]
    entries = [both.runs[run].ledger[name, column] for column in behaviour.columns]
    assert len(both.items(name, run)) == wanted.items
    assert sorted({alarm for entry in entries for alarm in entry.alarms}) == sorted(wanted.alarms)
    assert all(bool(entry.window) is wanted.claims for entry in entries)


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_nothing_is_stored_twice_and_no_address_is_asked_for_without_end(
    both: Runs, name: str
) -> None:
    kept = Counter(canonical_url(item.url) for item in both.items(name))
    assert set(kept.values()) <= {1}
    asked = Counter(path.partition(";")[0] for path in both.sites[name].asked)
    assert max(asked.values()) <= 2 * 6  # two runs, each following at most five redirects


@pytest.mark.parametrize("name", ["two-gigabytes", "endless-body"])
def test_a_body_too_large_is_cut_off(both: Runs, name: str) -> None:
    assert both.sites[name].sent < 100_000_000


def test_endless_lists_end_at_the_cap_or_where_nothing_is_new(both: Runs) -> None:
    lists = [
        p for p in both.sites["endless-paging"].asked if p.startswith("/list/") and ".html" not in p
    ]
    assert len(lists) <= 4
    months = [p for p in both.sites["calendar-trap"].asked if p.startswith("/list/")]
    assert len(months) <= 2 * CAP


def test_a_list_that_did_not_change_is_not_sent_again(both: Runs) -> None:
    assert both.sites["not-modified"].unchanged == 1
    assert both.runs[1].ledger["not-modified", "/list/"].not_modified == 1


def test_a_wrong_charset_header_loses_no_word(both: Runs) -> None:
    assert all("科技特派员" in item.title for item in both.items("wrong-charset-header"))


def test_an_article_on_several_pages_is_one_item_and_its_parts_are_asked_for_once(
    both: Runs,
) -> None:
    (item,) = [i for i in both.items("article-of-parts") if i.url.endswith(path_of(2))]
    assert [f"这是第{n}部分" in item.text for n in (1, 2, 3)] == [True] * 3
    site = both.sites["article-of-parts"]
    assert site.count(path_of(2).replace(".html", "_1.html")) == 1


def test_an_article_whose_part_did_not_come_says_so(both: Runs) -> None:
    (item,) = [i for i in both.items("part-missing") if i.url.endswith(path_of(2))]
    assert "text_incomplete" in item.flags
    assert "这是第1部分" in item.text


def test_files_posts_friends_and_searches_are_never_asked_for(both: Runs) -> None:
    assert not [p for p in both.sites["files-and-wechat"].asked if p.endswith(".xlsx")]
    assert not [p for p in both.sites["friend-links-and-search"].asked if "search" in p]
    kinds = {flag for item in both.items("files-and-wechat") for flag in item.flags}
    assert {"attachment", "wechat"} <= kinds


def test_another_columns_page_is_not_taken_for_page_two(both: Runs) -> None:
    assert not [p for p in both.sites["page-two-of-another-column"].asked if "sports" in p]
