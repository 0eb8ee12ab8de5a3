"""Crawls for real: a subprocess, a temporary workspace, sites on loopback only."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.config import Workspace
from pipeline.news import NewsItem
from pipeline.store.items import items_between
from pipeline.store.runs import LedgerEntry, Window, latest_entries, observed_windows
from pipeline.store.store import Store
from tests.crawler.ready_crawler import run_crawler

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What the tiny site says to one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    """Whether the connection is closed without a word."""


@dataclass
class TinySite:
    """A site of a few pages with named bad behaviours; remembers what was asked."""

    base: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    """Paths answered with 304."""
    pause: float = 0.0
    """Seconds before each answer."""
    under_way: int = 0
    most_at_once: int = 0
    """Requests that were under way at a time, at most."""

    def page(self, path: str, html: str, *, status: int = 200, **headers: str) -> None:
        """Put a page at ``path``."""
        self.pages[path] = Answer(html.encode(), status, headers)


@contextlib.contextmanager
def _serving(site: TinySite) -> Iterator[TinySite]:
    counting = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with counting:
                site.under_way += 1
                site.most_at_once = max(site.most_at_once, site.under_way)
            try:
                time.sleep(site.pause)
                self.answer()
            finally:
                with counting:
                    site.under_way -= 1

        def answer(self) -> None:
            site.asked.append(self.path)
            site.agents.append(self.headers.get("User-Agent", ""))
            answer = site.pages.get(self.path, Answer(b"not here", 404))
            if answer.dropped:
                self.close_connection = True
                return
            etag = answer.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                site.unchanged.append(self.path)
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def tiny_site() -> Iterator[TinySite]:
    with _serving(TinySite()) as site:
        yield site


@pytest.fixture
def other_site() -> Iterator[TinySite]:
    with _serving(TinySite()) as site:
        yield site


@dataclass(frozen=True)
class Crawled:
    """What one run of the subprocess left."""

    code: int
    events: list[dict[str, object]]
    errors: str
    items: list[NewsItem]
    ledger: dict[tuple[str, str], LedgerEntry]
    windows: dict[tuple[str, str], tuple[Window, ...]]


def crawl(workspace: Workspace, *arguments: str, events: bool = True) -> Crawled:
    """Run the crawler on a workspace and read what it left."""
    done = run_crawler(
        "--workspace", str(workspace.path), *(["--events"] if events else []), *arguments
    )
    with Store.open(workspace.database_url) as store, store.begin() as session:
        return Crawled(
            code=done.code,
            events=[json.loads(line) for line in done.stdout.splitlines()] if events else [],
            errors=done.stderr,
            items=list(items_between(session)),
            ledger={(entry.source, entry.column): entry for entry in latest_entries(session)},
            windows=observed_windows(session),
        )


def open_workspace(
    folder: Path,
    *,
    allow_private: bool = True,
    delay: float = 0.0,
    max_pages: int = 2000,
    obey_robots: bool = True,
) -> Workspace:
    """A workspace for loopback sites: private addresses allowed, no delay."""
    for name in ("sources", "plans", "archive"):
        (folder / name).mkdir(parents=True)
    (folder / "xuanjian.toml").write_text(
        "format = 1\n[crawl]\n"
        f"allow_private = {str(allow_private).lower()}\ndelay = {delay}\nmax_pages = {max_pages}\n"
        f"obey_robots = {str(obey_robots).lower()}\n",
        encoding="utf-8",
    )
    return Workspace.open(folder)


def declare(workspace: Workspace, ident: str, *columns: tuple[str, str], more: str = "") -> None:
    """Write a declaration; ``columns`` are pairs of name and address."""
    lines = [f'id = "{ident}"', f'name = "{ident}"', more]
    for name, url in columns:
        lines += ["[[columns]]", f'name = "{name}"', f'url = "{url}"']
    (workspace.sources / f"{ident}.toml").write_text("\n".join(lines), encoding="utf-8")
