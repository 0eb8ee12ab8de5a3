"""How fast a site is crawled: ``python benchmarks/crawl.py [PAGES]`` (2 000 when not said), and in how
much memory: ``python benchmarks/crawl.py --memory PAGES [PAGES ..]``.

Both sides fetch the same pages from one server on loopback, turn by turn, each turn in a
process of its own, from its start to its end and with modules compiled before, as an installed
program has them; the best turn of each side is kept:

- *ours*: ``xuanjian crawl`` without delay and robots.txt: lists, articles, extraction, archive,
  store, ledger;
- *bare*: a Scrapy spider that follows the same links and yields address and body, and neither reads
  nor keeps them. It asks for one page at a time, as ours does, and like ours has a delay of a
  millisecond: without any, Scrapy 2.19 has 31 requests under way and takes a tenth longer.

Pages a second of processor time stand beside the clock: they say more where others use the machine.

For the memory, the pages are spread over many sites that are crawled at a time, as one site is asked
one thing at a time and 50 000 pages would take an hour; the peak of each crawl is printed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
A_LIST = 100
"""Links on one list page."""
TURNS = 3
"""Of each side, the one after the other; the first compiles the modules."""
SITES = 20
"""Sites the pages are spread over to measure memory."""

_PROSE = (
    "<p>市科技局召开第{n}次全市科技创新工作会议，部署全年重点任务，要求各旗区抓好高新技术企业培育，"
    "加快科技成果转化，支持企业建设研发平台，落实研发费用加计扣除政策。</p>"
)
_MENU = "".join(f"<li><a href='/menu/{n}/'>栏目导航{n}</a></li>" for n in range(40))
_ARTICLE = (
    "<html><head><meta name='ArticleTitle' content='第{n}次全市科技创新工作会议召开'/>"
    "<meta name='PubDate' content='2025-03-18 09:30'/><meta name='ContentSource' content='市科技局'/>"
    "<title>第{n}次全市科技创新工作会议召开_市科技局</title></head><body><ul class='nav'>" + _MENU + "</ul>"
    "<h1>第{n}次全市科技创新工作会议召开</h1><div class='info'>来源：市科技局 发布时间：2025-03-18 09:30</div>"
    "<div class='TRS_Editor'>" + _PROSE * 12 + "</div><div class='foot'>版权所有：市科技局 ICP备1号</div></body></html>"
)  # fmt: skip


def serve(pages: int, ready: multiprocessing.connection.Connection) -> None:
    """A site of ``pages`` articles in a process of its own."""

    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if name.startswith("index"):
                body = _list_page(int(name.removeprefix("index_").partition(".")[0] or 0), pages)
            elif name.startswith("t2025"):
                body = _ARTICLE.replace("{n}", name.partition("_")[2].partition(".")[0])
            else:
                self.send_error(404)
                return
            raw = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # a client that was killed
                super().handle()

    # The library's own 5 are too few for a client that connects 30 times at once: what does not
    # fit is asked for again after a second, and the server would be measured, not its clients.
    ThreadingHTTPServer.request_queue_size = 128
    Site.disable_nagle_algorithm = True
    Site.wbufsize = -1
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    ready.send(server.server_port)
    server.serve_forever()


def _list_page(number: int, pages: int) -> str:
    first, last = number * A_LIST, min((number + 1) * A_LIST, pages)
    rows = "".join(
        f"<li><a href='/a/t20250318_{n}.html'>第{n}次全市科技创新工作会议召开</a><span>2025-03-18</span></li>"
        for n in range(first, last)
    )
    lists = (pages + A_LIST - 1) // A_LIST
    script = f"<script>createPageHTML({lists}, {number}, 'index', 'html');</script>"
    return f"<html><body><ul class='newsList'>{rows}</ul>{script}</body></html>"


_BARE = """
import re, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for k in range(int(sys.argv[2])):
            name = f"index_{k}.html" if k else "index_0.html"
            yield scrapy.Request(sys.argv[1] + "/" + name)
    def parse(self, response):
        for href in response.xpath("//li/a/@href").getall():
            yield response.follow(href, self.page)
    def page(self, response):
        yield {"url": response.url, "body": response.body}

process = CrawlerProcess({"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False, "HTTPPROXY_ENABLED": False, "DOWNLOAD_DELAY": 0.001,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "CONCURRENT_REQUESTS": 32})
crawler = process.create_crawler(Bare)
process.crawl(crawler)
process.start()
print(crawler.stats.get_value("item_scraped_count"))
"""


def _processor() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(side: Callable[[str, int], float], base: str, pages: int) -> tuple[float, float]:
    """Pages a second by the clock, and by processor time."""
    began = _processor()
    rate = side(base, pages)
    return rate, pages / (_processor() - began)


def bare(base: str, pages: int) -> float:
    """Pages a second of the bare spider."""
    lists = (pages + A_LIST - 1) // A_LIST
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "bare.py")  # Scrapy reads a callback's source, so it must have one
        script.write_text(_BARE, encoding="utf-8")
        command = [sys.executable, str(script), base, str(lists)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    spent = time.perf_counter() - began
    assert int(done.stdout) == pages, done.stdout
    return pages / spent


def workspace(folder: Path, bases: Sequence[str], pages: int) -> list[str]:
    """A workspace that crawls the sites without delay; gives the command that does it."""
    (folder / "sources").mkdir()
    (folder / "xuanjian.toml").write_text(
        "format = 1\n[crawl]\nallow_private = true\ndelay = 0.0\nobey_robots = false\n"
        f"max_pages = {2 * pages + 10}\nmax_list_pages = {pages}\n"
    )
    for number, base in enumerate(bases):
        (folder / "sources" / f"site{number}.toml").write_text(
            f'id = "site{number}"\nname = "site{number}"\n'
            f'[[columns]]\nname = "c"\nurl = "{base}/index_0.html"\n'
        )
    return [sys.executable, "-m", "crawler.run", "--workspace", str(folder), "--events"]


def ours(base: str, pages: int) -> float:
    """Pages a second of ``python -m crawler.run`` in a fresh workspace."""
    with tempfile.TemporaryDirectory() as folder:
        command = workspace(Path(folder), [base], pages)
        began = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        spent = time.perf_counter() - began
        assert f'"items":{pages}' in done.stdout.splitlines()[-1], done.stdout[-300:]
    return pages / spent


def peak(pages: int) -> int:
    """Peak memory in MiB of one crawl of ``pages`` pages, spread over ``SITES`` sites."""
    with contextlib.ExitStack() as stack:
        bases = []
        for _ in range(SITES):
            here, there = multiprocessing.Pipe()
            server = multiprocessing.Process(
                target=serve, args=(pages // SITES, there), daemon=True
            )
            server.start()
            stack.callback(server.terminate)
            bases.append(f"http://127.0.0.1:{here.recv()}")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        command = workspace(folder, bases, pages)
        said = stack.enter_context((folder / "said").open("w+"))
        running = subprocess.Popen(command, cwd=ROOT, stdout=said)
        _, status, used = os.wait4(running.pid, 0)
        said.seek(0)
        last = said.readlines()[-1]
        assert status == 0, last
        assert f'"items":{pages // SITES * SITES},' in last, last
    return used.ru_maxrss // 1024


def main() -> int:
    """Print the table."""
    if sys.argv[1:2] == ["--memory"]:
        for count in map(int, sys.argv[2:]):
            sys.stdout.write(f"{count} pages of {SITES} sites: peak {peak(count)} MiB\n")
            sys.stdout.flush()
        return 0
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(pages, there), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{here.recv()}"
    plain, own = [], []
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as compiled:
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        try:
            for _ in range(TURNS):
                plain.append(timed(bare, base, pages))
                own.append(timed(ours, base, pages))
        finally:
            server.terminate()
    for number, clock in enumerate(("by the clock", "by processor time")):
        theirs, mine = max(rate[number] for rate in plain), max(rate[number] for rate in own)
        sys.stdout.write(
            f"{clock}: bare Scrapy {theirs:.0f} pages/s, ours {mine:.0f} pages/s, "
            f"{mine / theirs:.2f} x bare ({pages} pages, best of {TURNS})\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
