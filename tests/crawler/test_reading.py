"""Pages are read in another process as they would be in this, and no page takes the crawl with it."""

from __future__ import annotations

import asyncio
import datetime
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import crawler.reading
from crawler.extract import ArticlePage, read_article
from crawler.reading import PageReader, PageToRead, PageUnread
from crawler.sources import Column, Source

SOURCE = Source(
    "station",
    "示范市科技局",
    "municipal",
    "website",
    (Column("news", "http://a.example/"),),
    ("a.example",),
)
WORDS = "市科技局召开全市科技创新工作会议，部署全年重点任务，要求各旗区抓好高新技术企业培育。" * 6


def page(name: str) -> PageToRead:
    html = (
        f"<html><head><title>{name}召开_示范市科技局</title></head><body><h1>{name}召开</h1>"
        f"<div>来源：市科技局 发布时间：2025-03-18 09:30</div><div class='TRS_Editor'><p>{WORDS}</p></div>"
        "</body></html>"
    )
    return PageToRead(
        raw=html.encode(),
        url=f"http://a.example/{name}.html",
        source="station",
        list_title=f"{name}召开",
        list_date="2025-03-18",
        column="news",
        content_type="text/html; charset=utf-8",
        fetched=datetime.date(2025, 3, 20),
    )


def here(asked: PageToRead) -> ArticlePage:
    return read_article(
        asked.raw,
        asked.url,
        source=SOURCE,
        list_title=asked.list_title,
        list_date=asked.list_date,
        column=asked.column,
        content_type=asked.content_type,
        fetched=asked.fetched,
    )


def read_all(reader: PageReader, *pages: PageToRead) -> list[ArticlePage | BaseException]:
    async def together() -> list[ArticlePage | BaseException]:
        return await asyncio.gather(*map(reader.read, pages), return_exceptions=True)

    return asyncio.run(together())


def test_reads_as_this_process_does_and_in_order() -> None:
    pages = [page(f"第{number}次会议") for number in range(20)]
    with closing(PageReader([SOURCE])) as reader:
        assert read_all(reader, *pages) == [here(one) for one in pages]


def _bad(raw: bytes, url: str, **said: object) -> ArticlePage:
    if "kills" in url:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hangs" in url:
        time.sleep(600)
    if "breaks" in url:
        raise KeyError("rule")
    return read_article(raw, url, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", ["kills", "hangs", "breaks"])
def test_a_page_that_cannot_be_read_is_the_only_one(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.reading, "read_article", _bad)
    monkeypatch.setattr(crawler.reading, "LONGEST", 5.0)
    monkeypatch.setattr(crawler.reading, "_LOOK", 0.1)
    with closing(PageReader([SOURCE])) as reader:
        first, unread, *others = read_all(
            reader, page("一"), page(bad), page("二"), page("三"), page("四")
        )
    assert isinstance(unread, PageUnread)
    assert ("KeyError: 'rule'" in str(unread)) == (bad == "breaks")
    assert [first, *others] == [here(page(name)) for name in "一二三四"]


def test_the_reader_ends_with_the_crawl_however_that_ends(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(
        "import sys, time\n"
        "from crawler.reading import PageReader\n"
        "reader = PageReader(())\n"
        "print(reader._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=root,
                          env={**os.environ, "PYTHONPATH": str(root)}) as crawl:  # fmt: skip
        assert crawl.stdout is not None
        pid = int(crawl.stdout.readline())
        crawl.kill()
    for _ in range(100):
        if _state(pid) in ("", "Z"):
            return
        time.sleep(0.05)
    pytest.fail("the reader outlived the crawl that was killed")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def test_a_reader_that_is_closed_at_a_page_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.reading, "read_article", _bad)
    reader = PageReader([SOURCE])

    async def begin() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(page("hangs")), 0.3)
        reader.close()

    asyncio.run(begin())
    assert not reader._process.is_alive()
