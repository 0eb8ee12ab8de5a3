"""The three sample sites, crawled for real twice, once for the whole module."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.config import Workspace
from samples.articles import COLUMNS, Publication, sample_corpus
from samples.serve import LoggedRequest, serve
from samples.sites import BLOCKED_COLUMN, SPAM_WORDS, address
from tests.crawler.conftest import Crawled, crawl, open_workspace

pytestmark = pytest.mark.xdist_group("samples crawled")  # one pair of crawls serves all

LISTS = {"bureau": "/{}/", "district": "/{}/list.asp", "daily": "/{}/index.shtml"}


@dataclass(frozen=True)
class Rounds:
    """Two runs over the same sites, and what was asked in each."""

    workspace: Workspace
    bases: dict[str, str]
    first: Crawled
    second: Crawled
    asked_first: list[LoggedRequest]
    asked_second: list[LoggedRequest]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    workspace = open_workspace(tmp_path_factory.mktemp("samples") / "work")
    with serve() as bases:
        for site, columns in COLUMNS.items():
            rows = [
                f'{{ name = "{name}", url = "{bases[site]}{LISTS[site].format(folder)}"'
                + (f', feed = "{bases[site]}/rss/keji.xml"' if site == "daily" else "")
                + " },"
                for folder, name in columns.items()
            ]
            (workspace.sources / f"{site}.toml").write_text(
                f'id = "sample-{site}"\nname = "{site}"\noutlet = "{site}"\ncolumns = [\n'
                + "\n".join(rows)
                + "\n]\n",
                encoding="utf-8",
            )
        first = crawl(workspace, "--since", "2025-01-01")
        asked = list(bases.requests)
        second = crawl(workspace, "--since", "2025-01-01")
        yield Rounds(workspace, dict(bases), first, second, asked, bases.requests[len(asked) :])


@pytest.fixture(scope="module")
def reachable() -> dict[tuple[str, str], Publication]:
    """Every sample publication that is not behind the blocked list, by site and path."""
    return {
        (item.site, address(item)): item
        for site, columns in COLUMNS.items()
        for folder in columns
        if (site, folder) != BLOCKED_COLUMN
        for item in sample_corpus().on(site, folder)
    }


def _dense(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_reachable_article_is_there_exactly_once(
    rounds: Rounds, reachable: dict[tuple[str, str], Publication]
) -> None:
    assert rounds.first.code == 0, rounds.first.errors
    found = Counter(
        (item.source.removeprefix("sample-"), urlsplit(item.url).path)
        for item in rounds.first.items
    )
    assert set(found) == set(reachable)
    assert set(found.values()) == {1}


def test_title_text_date_outlet_and_author_are_read_as_written(
    rounds: Rounds, reachable: dict[tuple[str, str], Publication]
) -> None:
    for item in rounds.first.items:
        wanted = reachable[item.source.removeprefix("sample-"), urlsplit(item.url).path]
        assert item.title == wanted.title
        assert _dense(item.text) == _dense(wanted.text), wanted.key
        assert item.date is not None
        assert item.date[:10] == wanted.date.isoformat()
        assert (item.outlet, item.author) == (wanted.outlet, wanted.author), wanted.key
        assert [file.name for file in item.attachments] == (
            [wanted.attachment] if wanted.attachment else []
        )


def test_gbk_text_is_right_despite_a_header_that_claims_utf_8(rounds: Rounds) -> None:
    texts = [item.text for item in rounds.first.items if item.source == "sample-district"]
    assert texts
    assert not any("\ufffd" in text for text in texts)


def test_spliced_spam_is_cut_out_and_flagged(
    rounds: Rounds, reachable: dict[tuple[str, str], Publication]
) -> None:
    flagged = [item for item in rounds.first.items if "spam" in item.flags]
    hacked = [path for (_, path), item in reachable.items() if item.hacked]
    assert [urlsplit(item.url).path for item in flagged] == hacked
    assert "hidden_text" in flagged[0].flags
    assert not any(word in item.text for item in rounds.first.items for word in SPAM_WORDS)


def test_the_blocked_list_is_named_with_an_alarm_and_claims_no_day(rounds: Rounds) -> None:
    site, folder = BLOCKED_COLUMN
    key = (f"sample-{site}", COLUMNS[site][folder])
    assert rounds.first.ledger[key].alarms == ("blocked",)
    assert rounds.first.ledger[key].blocked == 1
    assert rounds.first.ledger[key].window is None
    assert rounds.first.windows[key] == ()


def test_columns_read_to_their_end_are_observed_since_the_day_asked_for(rounds: Rounds) -> None:
    blocked = (f"sample-{BLOCKED_COLUMN[0]}", COLUMNS[BLOCKED_COLUMN[0]][BLOCKED_COLUMN[1]])
    for key, windows in rounds.first.windows.items():
        if key != blocked:
            assert [start.isoformat() for start, _ in windows] == ["2025-01-01"], key
            assert rounds.first.ledger[key].alarms == ()


def test_friend_links_and_forbidden_paths_are_never_asked_for(rounds: Rounds) -> None:
    hosts = {base.removeprefix("http://") for base in rounds.bases.values()}
    asked = [*rounds.asked_first, *rounds.asked_second]
    assert {request.host for request in asked} == hosts
    assert not any(request.path.startswith("/nosearch/") for request in asked)
    for site in rounds.bases:
        paths = [request.path for request in rounds.asked_first if request.site == site]
        assert paths[0] == "/robots.txt"


def test_no_page_is_asked_for_twice_in_one_run(rounds: Rounds) -> None:
    asked = Counter((request.site, request.path) for request in rounds.asked_first)
    assert {page: n for page, n in asked.items() if n > 1} == {}


def test_a_second_run_adds_nothing_and_fetches_no_article_again(
    rounds: Rounds, reachable: dict[tuple[str, str], Publication]
) -> None:
    assert rounds.second.code == 0
    assert rounds.second.items == rounds.first.items
    assert not any((request.site, request.path) in reachable for request in rounds.asked_second)
    assert rounds.second.windows == rounds.first.windows


def test_a_second_run_stops_paging_on_known_ground(rounds: Rounds) -> None:
    entry = rounds.second.ledger["sample-bureau", "科技动态"]
    assert (entry.list_pages, entry.reached_known, entry.fetched) == (1, True, 0)


def test_progress_is_one_json_line_per_event(rounds: Rounds) -> None:
    kinds = Counter(str(event["event"]) for event in rounds.first.events)
    assert set(kinds) == {"list", "page", "item", "done"}
    assert kinds["item"] == len(rounds.first.items)
    assert rounds.first.events[-1]["event"] == "done"
    assert rounds.first.events[-1]["outcome"] == "finished"
    assert rounds.first.errors == ""


def test_raw_pages_are_archived_whole(rounds: Rounds) -> None:
    archives = sorted(rounds.workspace.archive.iterdir())
    assert len(archives) == 2
    with Path(archives[0]).open("rb") as stream:
        kept = [
            (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        ]
    assert len(kept) == len(rounds.asked_first)
    assert any(b"__jsluid" in body or b"_clearance_s" in body for _, body in kept)
    hacked = next(item for item in rounds.first.items if "spam" in item.flags)
    assert SPAM_WORDS[0].encode("gb18030") in dict(kept)[hacked.url]
