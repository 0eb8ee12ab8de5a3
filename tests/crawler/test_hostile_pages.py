"""Pages made to be slow, huge or endless: each is read, or given up, within bounds."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from crawler.extract import extract_article
from crawler.listing import read_list
from crawler.sources import Column, Source
from tests.crawler.conftest import Answer, TinySite, crawl, declare, open_workspace

PROSE = "市科技局召开全市科技创新工作会议，部署全年重点任务。"
COLUMN = Column("动态", "http://a.example/l/")
SOURCE = Source("s", "s", "other", "website", (COLUMN,), ("a.example",))
SECONDS = 8.0
"""Far more than any of these takes, far less than any took before it was bounded."""

HOSTILE = {
    "a title of ten megabytes": f"<title>{'标' * 3_300_000}</title><p>{PROSE * 3}</p>",
    "a hundred thousand nested divs": "<div class='content'>" * 100_000 + f"<p>{PROSE * 3}",
    "a hundred thousand attributes": "<div " + " ".join(f"a{n}='x'" for n in range(100_000)) + f">{PROSE}",
    "server tags without end": "<%" * 500_000,
    "a style without end": f"<div style='{'overflow:hidden;' * 100_000}'>{PROSE}</div>",
    "records without end": "<datastore>" + "<record>" * 100_000,
    "groups without end": "<datastore>" + "<nextgroup>" * 100_000,
    "arrays without end": "<script>" + "var dataList=[{" * 100_000,
    "unclosed links": "<a href='x'>" * 50_000 + PROSE,
    "deep JSON": '{"data":' * 100_000,
    "comments without end": "/*" * 500_000 + "createPageHTML(",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_bounded_time(name: str) -> None:
    raw = HOSTILE[name].encode()
    began = time.process_time()
    item = extract_article(raw, "http://a.example/t20250101_1.html", source=SOURCE)
    read_list(raw, "http://a.example/l/", column=COLUMN, source=SOURCE)
    assert time.process_time() - began < SECONDS
    assert len(item.title) <= 300


def test_nul_characters_do_not_hide_words() -> None:
    page = f"<html><body>\0<h1>全市科技\0创新会议</h1><p>{PROSE * 2}\0{PROSE}</p></body></html>"
    item = extract_article(page.encode(), "http://a.example/t20250101_1.html")
    assert (item.title, item.text) == ("全市科技创新会议", PROSE * 3)


def _list(site: TinySite, *paths: str, tail: str = "") -> str:
    rows = "".join(
        f"<li><a href='{path}'>全市科技工作第{n}次推进会议</a><span>2025-03-0{n + 1}</span></li>"
        for n, path in enumerate(paths)
    )
    return f"<html><body><ul class='newsList'>{rows}</ul>{tail}</body></html>"


def test_a_decompression_bomb_is_a_failed_page(tmp_path: Path, tiny_site: TinySite) -> None:
    tiny_site.page("/list/", _list(tiny_site, "/a/t20250301_1.html"))
    bomb = gzip.compress(b"<p>" + b"\0" * 50_000_000)
    tiny_site.pages["/a/t20250301_1.html"] = Answer(bomb, 200, {"Content-Encoding": "gzip"})
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert len(done.items) == 0
    assert done.ledger["site", "动态"].alarms == ("pages-failed",)


def test_a_calendar_without_end_stops_at_the_cap_and_claims_nothing_more(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    for page in range(60):
        rows = f"<ul><li><a href='/list/?day={page}'>2025年3月{page}日工作日历安排</a></li></ul>"
        more = f"<a href='/list/?page={page + 1}'>下一页</a>"
        tiny_site.page(f"/list/?page={page}", f"<html><body>{rows}{more}</body></html>")
    workspace = open_workspace(tmp_path / "w", max_pages=10)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/?page=0"))
    done = crawl(workspace)
    assert len(tiny_site.asked) <= 12
    assert done.ledger["site", "动态"].window is None


def test_a_session_id_in_every_link_does_not_make_new_pages(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    article = f"<html><body><h1>全市科技工作第1次推进会议</h1><div>发布时间：2025-03-01</div><p>{PROSE * 3}</p></body></html>"
    for page in range(1, 9):
        path = f"/a/t20250301_1.html;jsessionid=ABC{page}"
        tiny_site.page(path, article)
        tail = f"<a href='/list/?page={page + 1}'>下一页</a>"
        tiny_site.page(f"/list/?page={page}", _list(tiny_site, path, tail=tail))
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/?page=1"))
    done = crawl(workspace)
    assert len(done.items) == 1
    assert done.ledger["site", "动态"].list_pages == 2
