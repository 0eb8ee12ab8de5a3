# ruff: noqa: T201 (it prints)
"""How fast news is indexed and found: ``python benchmarks/search.py DATA_DIR COUNT [URL]``.

Broadcasts of the evaluation data, repeated under other ids and days with their text cut differently,
are stored as a crawl stores them: in transactions of 500. Then words are looked up: the first page of
30 hits, read and held against the words, as the console does; each ten times, the slowest is printed
too. Last, the index alone is filled anew, as for a database that had none.

Without URL the database is an SQLite file in a temporary folder. A PostgreSQL database named by URL must
be empty.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import text

from pipeline.news import NewsItem
from pipeline.search_words import search_words
from pipeline.store import items as stored_items
from pipeline.store import search
from pipeline.store.runs import start_run
from pipeline.store.store import Store

PART = 500
DAYS = 1_826
"""Five years."""
LINES = (
    *("科技", "企业", "院士", "高新技术企业", "科技成果转化", "火星探测", "量子", "大豆 玉米"),
    *("科技 农业 病虫害", "国际空间站", "“知识产权 保护”", "没有这样的一句话", "芯", "龘"),
)
SPANS = (("", ""), ("2022-03-01", "2022-03-31"))
PAGE, TURNS = 30, 10


class Broadcast(msgspec.Struct):
    """A line of the evaluation data."""

    id: str
    title: str
    text: str


def made(data: Path, count: int) -> Iterator[NewsItem]:
    """``count`` items; every copy of a broadcast has another third of its text left out."""
    with gzip.open(data / "news" / "broadcast.jsonl.gz") as stream:
        real = [msgspec.json.decode(line, type=Broadcast) for line in stream]
    first = date(2021, 1, 1)
    for number in range(count):
        one = real[number * 7919 % len(real)]
        cut = number // len(real) * 13 % max(1, len(one.text))
        yield NewsItem(
            id=f"{one.id}-{number}",
            title=one.title,
            text=one.text[cut:] + one.text[: cut * 2 // 3],
            date=(first + timedelta(days=number * DAYS // count)).isoformat(),
            outlet="央视网",
        )


def add(store: Store, items: Iterator[NewsItem]) -> None:
    """Store all, and say how much of the time is the index."""
    spent = 0.0
    index = stored_items.index_items

    def timed(session: object, new: Sequence[NewsItem]) -> None:
        nonlocal spent
        begun = time.perf_counter()
        index(session, new)  # type: ignore[arg-type]
        spent += time.perf_counter() - begun

    stored_items.index_items = timed
    whole, count = 0.0, 0
    part: list[NewsItem] = []
    with store.begin() as session:
        run = start_run(session, "import")
    for item in items:
        part.append(item)
        if len(part) < PART:
            continue
        begun = time.perf_counter()
        with store.begin() as session:
            stored_items.add_items(session, part, run)
        whole += time.perf_counter() - begun
        count += len(part)
        part = []
        if count % 100_000 == 0:
            print(f"  {count:,} after {whole:.0f} s, {spent:.0f} of them for the index", flush=True)
    stored_items.index_items = index
    print(
        f"added: {count / whole:,.0f} items/s; without the index {count / (whole - spent):,.0f}; "
        f"{1000 * spent / count:.2f} ms an item for it"
    )


def look_up(store: Store) -> None:
    """Times of the first page of every search."""
    for line in LINES:
        words = search_words(line)
        for first, last in SPANS:
            taken = []
            for _ in range(TURNS):
                begun = time.perf_counter()
                with store.begin() as session:
                    shown = _page(session, words, first, last)
                taken.append(1000 * (time.perf_counter() - begun))
            taken.sort()
            span = first[:7] or "all"
            print(
                f"  {line} {span}: {shown} shown, median {taken[TURNS // 2]:.0f} ms, "
                f"slowest {taken[-1]:.0f} ms",
                flush=True,
            )


def _page(session: object, words: search.SearchWords, first: str, last: str) -> int:
    shown, before, looked = 0, None, 0
    while shown < PAGE and looked < 2_000:
        found = search.hits(session, words, first=first, last=last, before=before, most=60)  # type: ignore[arg-type]
        looked += len(found)
        for start in range(0, len(found), PAGE):
            part = [hit.item for hit in found[start : start + PAGE] if hit.item]
            items = stored_items.items_by_id(session, part)  # type: ignore[arg-type]
            shown += sum(words.stand_in(items[one].title, items[one].text) for one in part)
            if shown >= PAGE:
                return PAGE
        if len(found) < 60:
            break
        before = found[-1].number
    return shown


def fill_anew(store: Store, count: int) -> None:
    """Drop the index and fill it as that of an older database."""
    sqlite = store.engine.dialect.name == "sqlite"
    with store.begin() as session:
        for table in ("search_entry",) if sqlite else ("search_entry", "search_pair"):
            session.execute(text(f"DELETE FROM {table}"))
        if sqlite:
            session.execute(text("INSERT INTO search_pair(search_pair) VALUES ('delete-all')"))
        session.execute(
            text(
                "INSERT INTO search_fill (id, day, item, done, total) "
                "SELECT 1, max(day), '', 0, count(*) FROM news_item"
            )
        )
    begun = time.perf_counter()
    while True:
        with store.begin() as session:
            if not search.fill(session):
                break
    print(f"filled: {count:,} items in {time.perf_counter() - begun:.0f} s")


def sizes(store: Store) -> None:
    """Bytes of the index beside those of the database."""
    with store.begin() as session:
        if store.engine.dialect.name == "sqlite":
            told = session.execute(
                text(
                    "SELECT (SELECT sum(length(block)) FROM search_pair_data), "
                    "(SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)"
                )
            ).one()
        else:
            told = session.execute(
                text(
                    "SELECT pg_total_relation_size('search_pair') + "
                    "pg_total_relation_size('search_entry'), pg_database_size(current_database())"
                )
            ).one()
    print(f"index {told[0] / 1e6:,.0f} MB of {told[1] / 1e6:,.0f} MB")


def main() -> None:
    """Measure and print."""
    data, count = Path(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        url = sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{folder}/search.db"
        with Store.open(url) as store:
            add(store, made(data, count))
            sizes(store)
            look_up(store)
            fill_anew(store, count)
            sizes(store)
            print("after filling:")
            look_up(store)


if __name__ == "__main__":
    main()
