"""Fourteen simulated days of a schedule: ``python benchmarks/fortnight.py [--days N] [-v]``.

Sites on loopback change as days go by, and so does the clock the crawler sees (its processes are
real, only ``datetime.now`` is moved; the sites' ``Date`` headers tell the true time). Every half
hour of simulated time that matters, ``crawler.due`` is asked, and what it names is crawled. The
simulator knows what was published when and what the machine stored, and so the truth:

- *observed*: a day of a column counts as complete exactly when it is over, lies within what the list
  reached back to, and every item dated that day is stored (checked after every run, day by day);
- *alarms*: each column's events, by the day they are raised and cleared, are written down in
  ``EXPECTED`` before the run; none may be missing and none may be there besides.

What happens: ``steady`` publishes every day. ``outage`` does not answer on days 4 and 5. ``short``
shows its five newest rows only and does not answer on days 4 to 7: what rolled off is lost, which
only a hole may tell. ``blocks`` answers 521 on days 6 and 7. ``redesign`` gives empty shells for
articles on days 8 and 9, and is mended on day 10. ``quiet`` published last eleven days before day 1.
``partial`` answers 500 for the articles of day 3 until day 5. The machine is off on day 11. Its clock
is three days ahead on day 12, and right again on day 13.
"""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipeline.config import Workspace
from pipeline.store.alarms import standing_alarms
from pipeline.store.items import items_between
from pipeline.store.runs import observed_windows
from pipeline.store.store import Store

ROOT = Path(__file__).resolve().parent.parent
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
FIRST = datetime.datetime(2026, 3, 2, tzinfo=BEIJING)
"""Midnight of day 1."""
DAY = datetime.timedelta(days=1)
BEFORE = 20
"""Days of news that are there on day 1."""
_MOVED = (
    "import datetime, runpy, sys\n"
    "ahead = datetime.timedelta(seconds=float(sys.argv.pop(1)))\n"
    "class Moved(datetime.datetime):\n"
    "    @classmethod\n"
    "    def now(cls, tz=None):\n"
    "        return super().now(tz) + ahead\n"
    "datetime.datetime = Moved\n"
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)\n"
)

Answer = tuple[int, str]


@dataclass(frozen=True)
class Published:
    """One article: its number in its column, and when it appeared."""

    number: int
    at: datetime.datetime

    @property
    def day(self) -> datetime.date:
        """The day it is dated."""
        return self.at.date()


@dataclass
class Site:
    """One column of one source, as it is at a moment of simulated time.

    ``lists`` and ``articles`` say what happens to a request on a day (counted from 1): 200 for the
    page itself, another status for that, ``0`` for no answer, ``-1`` for an empty shell.
    """

    name: str
    items: tuple[Published, ...]
    rows: int = 1000
    lists: Callable[[int], int] = lambda _day: 200
    articles: Callable[[int, Published], int] = lambda _day, _item: 200

    def on_list(self, now: datetime.datetime) -> tuple[Published, ...]:
        """What its list shows, newest first."""
        there = [item for item in self.items if item.at <= now]
        return tuple(sorted(there, key=lambda item: item.at, reverse=True))[: self.rows]

    def answer(self, path: str, now: datetime.datetime) -> Answer:
        """Status and page for a path below the site's name."""
        day = (now - FIRST) // DAY + 1
        if path == "list.html":
            return self.lists(day), self._list(now)
        if not path.startswith("t2026"):
            return 404, ""  # a second page of the list: there is none
        number = int(path.partition(".")[0].rpartition("_")[2])
        item = self.items[number]
        status = self.articles(day, item)
        title = f"{self.name}第{number}次科技工作会议召开"
        words = "会议部署科技创新重点任务，要求落实研发费用加计扣除政策，支持企业建设研发平台。" * 6
        text = "" if status < 0 else f"<p>{words}</p>" * 3
        return abs(status) if status >= 0 else 200, (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f"<div>发布时间：{item.day}</div><div class='TRS_Editor'>{text}</div></body></html>"
        )

    def _list(self, now: datetime.datetime) -> str:
        rows = "".join(
            f"<li><a href='t{item.day:%Y%m%d}_{item.number}.html'>{self.name}第{item.number}次科技工作会议召开"
            f"</a><span>{item.day}</span></li>"
            for item in self.on_list(now)
        )
        pages = "<script>createPageHTML(1, 0, 'index', 'html');</script>" if self.rows > 99 else ""
        return f"<html><body><ul class='newsList'>{rows}</ul>{pages}</body></html>"


def every(hours: Iterable[int], first: int, last: int) -> tuple[Published, ...]:
    """Articles at the given hours of the days ``first`` to ``last`` (counted from 1)."""
    times = [FIRST + (day - 1) * DAY + datetime.timedelta(hours=hour)
             for day in range(first, last + 1) for hour in hours]  # fmt: skip
    return tuple(Published(number, at) for number, at in enumerate(times))


def sites(days: int) -> dict[str, Site]:
    """The sites, by name."""
    daily = every((9, 15), 1 - BEFORE, days)

    def down(first: int, last: int, status: int = 0) -> Callable[[int], int]:
        return lambda day: status if first <= day <= last else 200

    return {
        site.name: site
        for site in (
            Site("steady", daily),
            Site("outage", daily, lists=down(4, 5)),
            Site("short", daily, rows=5, lists=down(4, 7)),
            Site("blocks", daily, lists=down(6, 7, 521)),
            Site(
                "redesign",
                every((9, 12, 15, 18), 1 - BEFORE, days),
                articles=lambda day, _: -1 if day in (8, 9) else 200,
            ),
            Site("quiet", every((10,), 1 - BEFORE, -10)),
            Site(
                "partial",
                daily,
                articles=lambda day, item: (
                    500 if day < 5 and item.day == (FIRST + 2 * DAY).date() else 200
                ),
            ),
        )
    }


EXPECTED: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "steady": {},
    "outage": {"list-failed": ((4, 6),)},
    "short": {"list-failed": ((4, 8),)},
    "blocks": {"blocked": ((6, 8),)},
    "redesign": {"extraction-collapsed": ((8, 10),)},
    "quiet": {"stale": ((5, 99),)},
    "partial": {"pages-failed": ((4, 5),)},
}
"""Site and alarm to the days it stands from and (exclusive) to; 99 is for ever. ``clock-skew``
stands for all that are read on day 12, until day 13."""
CLOCK = (12, 13)
OFF = (11,)


def true_days(site: Site, stored: set[int], last_read: datetime.date) -> set[datetime.date]:
    """Days before ``last_read`` all of whose items are stored, from the site's first on."""
    first = min(item.day for item in site.items)
    missing = {item.day for item in site.items if item.number not in stored}
    days = {first + n * DAY for n in range((last_read - first).days)}
    return days - missing


class Simulation:
    """The machine, the sites and the time."""

    def __init__(self, folder: Path, days: int, *, verbose: bool) -> None:
        self.days = days
        self.sites = sites(days)
        self.now = FIRST
        self.ahead = datetime.timedelta()
        self.wrong: list[str] = []
        self.verbose = verbose
        self.checks = 0
        self.runs = 0
        self.read: dict[str, datetime.date] = {}
        """By site the day on which its list last came."""
        server = self._serve()
        self.place = self._workspace(folder, server.server_port)

    def _serve(self) -> ThreadingHTTPServer:
        simulation = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                _, name, path = (
                    self.path.split("/", 2) if self.path.count("/") > 1 else ("", "", "")
                )
                site = simulation.sites.get(name)
                status, page = site.answer(path, simulation.now) if site else (404, "")
                if status == 0:
                    self.close_connection = True
                    return
                body = page.encode() if status == 200 else b""
                self.send_response_only(status)
                self.send_header(
                    "Date", format_datetime(simulation.now.astimezone(datetime.UTC), usegmt=True)
                )
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def _workspace(self, folder: Path, port: int) -> Workspace:
        (folder / "sources").mkdir()
        (folder / "xuanjian.toml").write_text(
            "format = 1\n[crawl]\nallow_private = true\ndelay = 0.0\nobey_robots = false\ntimeout = 5.0\n"
            '[schedule]\ncron = "30 6 * * *"\nretry_minutes = 2000\n'
        )
        for name in self.sites:
            (folder / "sources" / f"{name}.toml").write_text(
                f'id = "{name}"\nname = "{name}"\n[[columns]]\nname = "c"\n'
                f'url = "http://127.0.0.1:{port}/{name}/list.html"\n'
            )
        return Workspace.open(folder)

    def _run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        shown = self.now + self.ahead - datetime.datetime.now(datetime.UTC)
        return subprocess.run(
            [sys.executable, "-c", _MOVED, str(shown.total_seconds()), module,
             "--workspace", str(self.place.path), *arguments],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def wake(self) -> None:
        """Crawl what is due at this moment, and compare with the truth."""
        due = self._run("crawler.due")
        names = [line.split("\t")[0] for line in due.stdout.splitlines()]
        if due.returncode or due.stderr:
            self.wrong.append(f"{self.now}: {due.stderr}")
        day = (self.now - FIRST) // DAY + 1
        for name in names:
            self.runs += 1
            if self.sites[name].lists(day) == 200:
                self.read[name] = self.now.date()
        if names:
            self._run("crawler.run", *(word for name in names for word in ("--source", name)))
        if self.verbose:
            sys.stdout.write(f"{self.now:%m-%d %H:%M} due: {' '.join(names)}\n")
        self.compare()

    def compare(self) -> None:
        """The store against the truth, day by day and alarm by alarm."""
        day = (self.now - FIRST) // DAY + 1
        with Store.open(self.place.database_url) as store, store.begin() as session:
            windows = observed_windows(session)
            stored: dict[str, set[int]] = {name: set() for name in self.sites}
            for item in items_between(session):
                if item.text:
                    number = item.url.partition(".html")[0].rpartition("_")[2]
                    stored[item.source].add(int(number))
            standing = {(alarm.source, alarm.name) for alarm in standing_alarms(session)}
        for name, site in self.sites.items():
            claimed = {
                first + n * DAY
                for first, last in windows.get((name, "c"), ())
                for n in range((last - first).days + 1)
            }
            self._compare_days(day, site, stored[name], claimed)
            expected = {
                alarm for alarm, spans in EXPECTED[name].items()
                if any(first <= day < last for first, last in spans)
            }  # fmt: skip
            if CLOCK[0] <= day < CLOCK[1]:
                expected.add("clock-skew")
            found = {alarm for source, alarm in standing if source == name}
            self.checks += 1
            if found != expected:
                self.wrong.append(
                    f"day {day}, {name}: alarms {sorted(found)}, not {sorted(expected)}"
                )

    def _compare_days(
        self, day: int, site: Site, stored: set[int], claimed: set[datetime.date]
    ) -> None:
        truth = true_days(site, stored, self.read[site.name])
        self.checks += len(truth | claimed)
        if claimed != truth:
            false = sorted(f"{d:%m-%d}" for d in claimed - truth)
            missed = sorted(f"{d:%m-%d}" for d in truth - claimed)
            self.wrong.append(
                f"day {day}, {site.name}: claimed wrongly {false}, not claimed {missed}"
            )


def main(arguments: list[str]) -> int:
    """Print what differs from the truth; exit 2 when anything does."""
    parser = argparse.ArgumentParser(prog="benchmarks/fortnight.py")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(Path(folder), chosen.days, verbose=chosen.verbose)
        for day in range(1, chosen.days + 1):
            if day in OFF:
                continue
            simulation.ahead = 3 * DAY if CLOCK[0] <= day < CLOCK[1] else 0 * DAY
            for hours in (6.5, 12.0):
                simulation.now = FIRST + (day - 1) * DAY + datetime.timedelta(hours=hours)
                simulation.wake()
    for line in simulation.wrong:
        sys.stdout.write(line + "\n")
    sys.stdout.write(
        f"{chosen.days} days, {len(simulation.sites)} sources, {simulation.runs} crawls: "
        f"{simulation.checks} days and alarms compared, {len(simulation.wrong)} wrong\n"
    )
    return 2 if simulation.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
