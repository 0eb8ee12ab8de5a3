"""A site for every way real sites misbehave, all served on loopback by one process.

Each behaviour is a small site on a port of its own: a list, three articles, and the one thing that
is wrong. ``BEHAVIOURS`` says what a crawl must make of each, on a first and on a second run.
"""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["BEHAVIOURS", "MockSite", "Reply", "serving"]

PROSE = (
    "全市科技特派员队伍来到三个嘎查，给牧户讲解人工草地的播种时间、施肥办法和越冬管护要点。"
    "特派员们带来土壤检测报告，按地块逐一写出改良建议，并同合作社约定来年春天回访。"
)
PAGES = 3


@dataclass(frozen=True)
class Reply:
    """What a site says to one request; ``body`` may go on without end."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    """Whether the connection is closed without a word."""


@dataclass
class MockSite:
    """One running site: what it was asked, how often, and how much it sent."""

    name: str
    base: str = ""
    run: int = 1
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    unchanged: int = 0

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return self.asked.count(path)


@dataclass(frozen=True)
class Seen:
    """What a run must make of a site; ``claims`` is whether it has an observed window."""

    items: int = PAGES
    alarms: tuple[str, ...] = ()
    claims: bool = True


Answer = Callable[[MockSite, str], Reply]


@dataclass(frozen=True)
class Behaviour:
    """A named behaviour: how the site answers, and what two runs must make of it."""

    answer: Answer
    first: Seen = Seen()
    second: Seen = Seen()
    columns: tuple[str, ...] = ("/list/",)


BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(
    name: str,
    first: Seen = Seen(),
    second: Seen | None = None,
    columns: tuple[str, ...] = ("/list/",),
) -> Callable[[Answer], Answer]:
    """Register what a function answers as a named behaviour."""

    def register(answer: Answer) -> Answer:
        BEHAVIOURS[name] = Behaviour(answer, first, second or first, columns)
        return answer

    return register


# --- pages ---


def path_of(number: int) -> str:
    """The address of article ``number`` on its site."""
    return f"/list/202503/t2025031{number}_{number}.html"


def title_of(number: int) -> str:
    """Its title."""
    return f"科技特派员第{number}次走进牧区讲种草养畜"


def article(number: int, *, text: str = PROSE, tail: str = "") -> bytes:
    """An ordinary article page."""
    return (
        f'<html><head><meta charset="utf-8"><title>{title_of(number)}</title></head><body>'
        f"<h1>{title_of(number)}</h1><div>发布时间：2025-03-1{number} 来源：市科技局</div>"
        f'<div class="TRS_Editor"><p>{number}、{text}</p></div>{tail}</body></html>'
    ).encode()


def row(number: int, address: str = "") -> str:
    """One row of a list."""
    href = address or path_of(number)
    return f'<li><a href="{href}">{title_of(number)}</a><span>2025-03-1{number}</span></li>'


LAST = '<script>createPageHTML(1, 0, "index", "html");</script>'


def listing(rows: Iterable[str], tail: str = LAST) -> bytes:
    """A list page; by default one that says it is the only one."""
    inner = "".join(rows)
    return (
        '<html><head><meta charset="utf-8"></head><body>'
        f'<ul class="newsList">{inner}</ul>{tail}</body></html>'
    ).encode()


def numbers() -> range:
    """The articles of an ordinary site, newest first."""
    return range(PAGES, 0, -1)


def ordinary(site: MockSite, path: str) -> Reply:
    """A site without fault."""
    if path in ("/list/", "/other/"):
        return Reply(listing(row(n) for n in numbers()))
    for number in range(1, 10):
        if path == path_of(number):
            return Reply(article(number))
    return Reply(b"<html><body><p>404</p></body></html>", 404)


def _second_article(reply: Callable[[], Reply]) -> Answer:
    def answer(site: MockSite, path: str) -> Reply:
        return reply() if path == path_of(2) else ordinary(site, path)

    return answer


def _list(reply: Callable[[], Reply]) -> Answer:
    def answer(site: MockSite, path: str) -> Reply:
        return reply() if path == "/list/" else ordinary(site, path)

    return answer


# --- behaviours ---

LOST_ONE = Seen(PAGES - 1, ("pages-failed",), claims=False)
BLOCKED = Seen(0, ("blocked",), claims=False)

behaviour("ordinary")(ordinary)


def _drip() -> Iterator[bytes]:
    yield b"<html><body><p>"
    for _ in range(200):
        time.sleep(0.1)
        yield b"x"


def _without_end() -> Iterator[bytes]:
    while True:
        yield b"<p>" + b"0123456789" * 10_000


behaviour("slow-drip", LOST_ONE)(_second_article(lambda: Reply(_drip())))
behaviour("two-gigabytes", LOST_ONE)(
    _second_article(lambda: Reply(_without_end(), headers={"Content-Length": str(2 * 1024**3)}))
)
behaviour("endless-body", LOST_ONE)(_second_article(lambda: Reply(_without_end())))
_BOMB = gzip.compress(b"<p>" + b"\0" * 40_000_000)
behaviour("gzip-bomb", LOST_ONE)(
    _second_article(lambda: Reply(_BOMB, headers={"Content-Encoding": "gzip"}))
)
_REFUSED = Seen(PAGES - 1, ("refused",), claims=False)
for _name, _place in (
    ("redirect-to-private", "http://169.254.169.254/latest/meta-data/"),
    ("redirect-off-site", "http://www.elsewhere.example/login"),
):
    behaviour(_name, _REFUSED)(
        _second_article(lambda place=_place: Reply(b"", 302, {"Location": place}))  # type: ignore[misc]
    )
behaviour("redirect-loop", LOST_ONE)(
    _second_article(lambda: Reply(b"", 302, {"Location": path_of(2)}))
)
for _status in (403, 412, 521):
    behaviour(f"status-{_status}", BLOCKED)(
        _list(lambda status=_status: Reply(b"<html></html>", status))  # type: ignore[misc]
    )
_WALL = (
    b"<html><script>document.cookie='__jsl_clearance_s=1';location.href='/list/'</script></html>"
)
behaviour("cookie-wall", BLOCKED)(_list(lambda: Reply(_WALL)))
behaviour("maintenance", BLOCKED)(
    _list(lambda: Reply("<html><body><p>网站临时维护，请稍后访问</p></body></html>".encode()))
)
behaviour("dropped-connection", Seen(0, ("list-failed",), claims=False))(
    _list(lambda: Reply(drop=True))
)


@behaviour("wrong-charset-header")
def _wrong_charset(site: MockSite, path: str) -> Reply:
    reply = ordinary(site, path)
    body = bytes(reply.body) if isinstance(reply.body, bytes) else b""
    text = body.decode().replace('<meta charset="utf-8">', "")
    return Reply(text.encode("gb18030"), reply.status, {"Content-Type": "text/html; charset=utf-8"})


@behaviour("endless-paging", Seen(claims=False))
def _endless_paging(site: MockSite, path: str) -> Reply:
    if path.startswith("/list/?page=") or path == "/list/":
        page = int(path.partition("=")[2] or 1)
        more = f'<a href="/list/?page={page + 1}">下一页</a>'
        return Reply(listing((row(n) for n in numbers()), f"<div>第{page}页/共9999页 {more}</div>"))
    return ordinary(site, path)


@behaviour("calendar-trap", Seen(24, ("extraction-collapsed",), claims=False))
def _calendar(site: MockSite, path: str) -> Reply:
    month = int(path.partition("=")[2] or 0)
    if path.startswith("/list/"):
        days = (
            f"<li><a href='/day/{month}-{d}'>{month}月工作日历安排第{d}天</a></li>" for d in "12"
        )
        return Reply(listing(days, f"<a href='/list/?month={month + 1}'>下一页</a>"))
    return Reply(b"<html><body><p>-</p></body></html>")


@behaviour("session-ids")
def _sessions(site: MockSite, path: str) -> Reply:
    bare = path.partition(";")[0]
    if bare == "/list/":
        mark = f";jsessionid=S{len(site.asked)}"
        return Reply(listing(row(n, path_of(n) + mark) for n in numbers()))
    return ordinary(site, bare)


@behaviour("robots-5xx", Seen(0, ("robots-unreachable",), claims=False))
def _robots_fail(site: MockSite, path: str) -> Reply:
    return Reply(b"", 500) if path == "/robots.txt" else ordinary(site, path)


@behaviour("robots-forbids", Seen(0, ("refused",), claims=False))
def _robots_forbid(site: MockSite, path: str) -> Reply:
    rules = b"User-agent: *\nDisallow: /list/\n"
    return Reply(rules) if path == "/robots.txt" else ordinary(site, path)


@behaviour("shrinking-list")
def _shrinking(site: MockSite, path: str) -> Reply:
    if path == "/list/" and site.run == 2:
        return Reply(listing([row(PAGES)]))
    return ordinary(site, path)


@behaviour("emptied-list", second=Seen(PAGES, ("empty-list",), claims=False))
def _emptied(site: MockSite, path: str) -> Reply:
    if path == "/list/" and site.run == 2:
        return Reply(listing([]))
    return ordinary(site, path)


behaviour("duplicated-lists", columns=("/list/", "/other/"))(ordinary)


@behaviour("not-modified")
def _not_modified(site: MockSite, path: str) -> Reply:
    reply = ordinary(site, path)
    return Reply(reply.body, reply.status, {"ETag": '"v1"'}) if path == "/list/" else reply


@behaviour("article-of-parts")
def _parts(site: MockSite, path: str) -> Reply:
    first = path_of(2)
    for number in range(3):
        if path == (first if number == 0 else first.replace(".html", f"_{number}.html")):
            tail = f'<script>createPageHTML(3, {number}, "t20250312_2", "html");</script>'
            return Reply(article(2, text=f"这是第{number + 1}部分。{PROSE}", tail=tail))
    return ordinary(site, path)


@behaviour("part-missing", Seen(PAGES, ("pages-failed",), claims=False), Seen())
def _part_missing(site: MockSite, path: str) -> Reply:
    if path == path_of(2).replace(".html", "_1.html"):
        return Reply(b"", 404)
    return _parts(site, path)


@behaviour("page-two-unsaid", Seen(6))
def _page_two_unsaid(site: MockSite, path: str) -> Reply:
    if path == "/list/":
        return Reply(listing((row(n) for n in range(6, 3, -1)), ""))
    if path == "/list/index_1.html":
        return Reply(listing((row(n) for n in range(3, 0, -1)), ""))
    return ordinary(site, path)


@behaviour("page-two-of-another-column")
def _page_two_elsewhere(site: MockSite, path: str) -> Reply:
    if path == "/list/":
        return Reply(listing((row(n) for n in numbers()), ""))
    if path.startswith("/list/index_"):
        rows = (row(n, f"/sports/202503/t2025031{n}_9{n}.html") for n in range(6, 3, -1))
        return Reply(listing(rows, ""))
    return ordinary(site, path)


@behaviour("sitemap-index", Seen(claims=False), columns=("/sitemap.xml",))
def _sitemaps(site: MockSite, path: str) -> Reply:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    if path == "/sitemap.xml":
        names = "".join(
            f"<sitemap><loc>{site.base}/{n}</loc></sitemap>" for n in ("1.xml", "2.xml.gz")
        )
        return Reply(f'<sitemapindex xmlns="{space}">{names}</sitemapindex>'.encode())
    for name, pages in (("/1.xml", (1, 2)), ("/2.xml.gz", (2, 3))):
        if path == name:
            places = "".join(f"<url><loc>{site.base}{path_of(n)}</loc></url>" for n in pages)
            raw = f'<urlset xmlns="{space}">{places}</urlset>'.encode()
            return Reply(gzip.compress(raw) if name.endswith("gz") else raw)
    return ordinary(site, path)


@behaviour("newspaper-issue", Seen(claims=False), columns=("/rb/",))
def _newspaper(site: MockSite, path: str) -> Reply:
    folder = "/rb/html/2025-03/13/"
    if path == "/rb/":
        return Reply(
            b'<html><head><meta http-equiv="refresh" content="0;URL=html/2025-03/13/node_1.htm">'
            b"</head><body></body></html>"
        )
    pages = "".join(f'<a href="node_{n}.htm">{n}</a>' for n in (1, 2))
    for number, rows in ((1, (1, 2)), (2, (2, 3))):
        if path == f"{folder}node_{number}.htm":
            links = "".join(f'<li><a href="content_5_{n}.htm">{title_of(n)}</a></li>' for n in rows)
            return Reply(f"<html><body>{pages}<ul>{links}</ul></body></html>".encode())
    for number in (1, 2, 3):
        if path == f"{folder}content_5_{number}.htm":
            return Reply(article(number))
    return ordinary(site, path)


@behaviour("files-and-wechat", Seen(PAGES + 2))
def _files(site: MockSite, path: str) -> Reply:
    if path == "/list/":
        others = [
            '<li><a href="/list/202503/P020250309000000.xlsx">重点研发计划立项清单公布</a><span>2025-03-09</span></li>',
            '<li><a href="https://mp.weixin.qq.com/s/AbCdEf">一图读懂科技奖励办法修订</a><span>2025-03-08</span></li>',
        ]
        return Reply(listing([*(row(n) for n in numbers()), *others]))
    return ordinary(site, path)


@behaviour("friend-links-and-search")
def _friends(site: MockSite, path: str) -> Reply:
    if path == "/list/":
        friends = "".join(
            f'<li><a href="http://meng{n}.example/202501/t2025010{n}_1.html">兄弟盟市科技局网站第{n}号</a></li>'
            for n in range(1, 9)
        )
        search = '<div class="nav"><a href="/search?q=1">搜索</a><a href="/search?q=2">高级搜索</a></div>'
        return Reply(
            listing(
                (row(n) for n in numbers()),
                f"{search}<div class='yqlj'><ul>{friends}</ul></div>{LAST}",
            )
        )
    return ordinary(site, path)


# --- serving ---


@contextlib.contextmanager
def serving() -> Iterator[dict[str, MockSite]]:
    """All behaviours at once, each on a port of its own."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(_one(name)) for name in BEHAVIOURS}


@contextlib.contextmanager
def _one(name: str) -> Iterator[MockSite]:
    site = MockSite(name)
    answer = BEHAVIOURS[name].answer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            reply = answer(site, self.path)
            if reply.drop:
                self.close_connection = True
                return
            if "ETag" in reply.headers and self.headers.get("If-None-Match"):
                site.unchanged += 1
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(reply.status)
            for key, value in {"Content-Type": "text/html", **reply.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            pieces = [reply.body] if isinstance(reply.body, bytes) else reply.body
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it hung up: rightly
                for piece in pieces:
                    self.wfile.write(piece)
                    site.sent += len(piece)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
