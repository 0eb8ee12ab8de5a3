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
from multiprocessing.context import ForkContext, SpawnContext, SpawnProcess
from pathlib import Path

import pytest

import crawler.reading
from crawler.extract import ArticlePage, read_article
from crawler.reading import PageReader, PageToRead, PageUnread
from crawler.sources import Column, Source
from pipeline.errors import XuanjianError
from pipeline.store.runs import latest_entries
from pipeline.store.store import Store
from tests.crawler.conftest import ROOT, TinySite, crawl, declare, open_workspace

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


def _ends(*_: object) -> None:
    """In place of what a reader does: one that ends before it can read."""
    sys.exit(3)


def _no_process(*_: object) -> None:
    raise BlockingIOError(11, "Resource temporarily unavailable")


@pytest.mark.parametrize(
    ("broken", "cause"),
    [("ends", "exit code 3"), ("is refused by the system", "Resource temporarily unavailable")],
)
def test_a_reader_that_cannot_be_started_again_is_tried_a_few_times_and_then_told(
    broken: str, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.reading, "read_article", _bad)
    monkeypatch.setattr(crawler.reading, "_PAUSE", 0.01)
    begun: list[str] = []
    begin = PageReader._begin

    def counted(reader: PageReader, how: ForkContext | SpawnContext) -> object:
        begun.append(how.get_start_method())
        return begin(reader, how)

    monkeypatch.setattr(PageReader, "_begin", counted)
    with closing(PageReader([SOURCE])) as reader:
        if broken == "ends":
            monkeypatch.setattr(crawler.reading, "_serve", _ends)
        else:
            monkeypatch.setattr(SpawnProcess, "start", _no_process)

        async def crawl() -> list[ArticlePage | BaseException]:
            (unread,) = await asyncio.gather(reader.read(page("kills")), return_exceptions=True)
            # Nothing waits to be read: nobody but the reader itself would begin another.
            while reader._tending is not None and len(begun) < 10:
                await asyncio.sleep(0.05)
            return [
                unread,
                *await asyncio.gather(reader.read(page("一")), return_exceptions=True),
            ]

        unread, told = asyncio.run(crawl())
    assert isinstance(unread, PageUnread)
    assert isinstance(told, XuanjianError)
    assert told.slug == "reader-gone"
    assert cause in str(told)
    assert begun == ["fork", "spawn", "spawn", "spawn"]


def test_pages_that_wait_for_a_reader_are_told_that_none_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crawler.reading, "read_article", _bad)
    monkeypatch.setattr(crawler.reading, "_PAUSE", 0.01)
    with closing(PageReader([SOURCE])) as reader:
        monkeypatch.setattr(SpawnProcess, "start", _no_process)
        killed, *waiting = read_all(reader, page("kills"), page("一"), page("二"))
    assert isinstance(killed, PageUnread)
    assert [getattr(one, "slug", one) for one in waiting] == ["reader-gone", "reader-gone"]


def test_a_page_is_not_blamed_for_a_reader_that_did_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crawler.reading, "read_article", _bad)
    monkeypatch.setattr(crawler.reading, "_PAUSE", 0.01)
    start = SpawnProcess.start
    failures = iter([True, True])

    def at_last(process: SpawnProcess) -> None:
        if next(failures, False):
            _no_process()
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", at_last)
    with closing(PageReader([SOURCE])) as reader:
        killed, *others = read_all(reader, page("kills"), page("一"), page("二"))
    assert isinstance(killed, PageUnread)
    assert others == [here(page(name)) for name in "一二"]


_WITHOUT_SECOND_READER = """
import os, signal, sys
from multiprocessing.context import SpawnProcess
import crawler.reading, crawler.run

def refused(process):
    raise BlockingIOError(11, "Resource temporarily unavailable")

def killed(*asked, **more):
    os.kill(os.getpid(), signal.SIGKILL)

SpawnProcess.start = refused
crawler.reading.read_article = killed
crawler.reading._PAUSE = 0.01
sys.exit(crawler.run.main(sys.argv[1:]))
"""


def test_a_crawl_that_has_no_reader_any_more_says_so_and_reads_the_pages_next_time(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    rows = ""
    for number in (2, 1):
        asked = page(f"全市科技第{number}次会议")
        path = f"/t2025031{number}_{number}.html"
        tiny_site.page(path, asked.raw.decode())
        rows += f"<li><a href='{path}'>{asked.list_title}</a><span>2025-03-18</span></li>"
    tiny_site.page("/list/", f"<html><body><ul class='newsList'>{rows}</ul></body></html>")
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_SECOND_READER, "--workspace", workspace.path],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: articles cannot be read: 3 times ")
    assert "Resource temporarily unavailable [reader-gone]" in done.stderr.splitlines()[-1]
    assert done.stderr.count("\nerror: ") == 1
    with Store.open(workspace.database_url) as store, store.begin() as session:
        (entry,) = latest_entries(session)
        assert (entry.extracted, entry.window) == (0, None)
        assert set(entry.alarms) >= {"pages-failed", "interrupted"}
    assert len(crawl(workspace).items) == 2


def test_the_reader_ends_with_the_crawl_however_that_ends(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(
        "import sys, time\n"
        "from crawler.reading import PageReader\n"
        "reader = PageReader(())\n"
        "print(reader._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=ROOT,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}) as crawl:  # fmt: skip
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
