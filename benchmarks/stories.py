"""How well reprints 转载 are folded, on pairs read by hand, and how long folding takes.

    python benchmarks/stories.py            # the half for tuning: figures and every wrong pair
    python benchmarks/stories.py --held     # the other half: figures only
    python benchmarks/stories.py --speed 10000 30000 100000
    python benchmarks/stories.py --store 10000 100000   # the same in a database, then 200 new items

A pair counts as folded when both items end in one story of a folding of *everything*: all
broadcasts (where the evaluation data is present), the sample articles and the edits of
``tests/stories/edits.toml``. ``tests/stories/pairs.tsv`` holds the pairs and the rule they were read by.
"""

# ruff: noqa: T201 (it prints)

from __future__ import annotations

import argparse
import datetime
import gzip
import hashlib
import random
import resource
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.news import NewsItem  # noqa: E402
from pipeline.stories import fold  # noqa: E402
from samples.articles import Publication, sample_corpus  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "tests" / "stories"
SITES = {"bureau": "市科技局", "district": "东胜科技网", "daily": "鄂尔多斯样例日报"}


@dataclass(frozen=True)
class Pair:
    """Two publications and whether a reader calls them one story."""

    first: str
    second: str
    same: bool
    why: str


@dataclass(frozen=True)
class Score:
    """Pairs rightly folded, wrongly folded, missed, and rightly kept apart."""

    hit: int
    wrong: int
    missed: int
    apart: int

    @property
    def precision(self) -> float:
        """Share of the folded pairs that are one story."""
        return self.hit / (self.hit + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the pairs of one story that were folded."""
        return self.hit / (self.hit + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.hit / (2 * self.hit + self.wrong + self.missed)


def read_pairs(path: Path = LABELS / "pairs.tsv") -> tuple[Pair, ...]:
    """The pairs with their labels."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple(Pair(r[0], r[1], r[2] == "1", r[3]) for r in rows if not r[0].startswith("#"))


def read_edits(path: Path = LABELS / "edits.toml") -> dict[str, dict[str, Any]]:
    """The written edits by key."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["edit"]
    return {table["key"]: table for table in tables}


def edited(table: Mapping[str, Any], articles: Mapping[str, Publication]) -> NewsItem:
    """The item an edit makes."""
    of = articles.get(table.get("of", ""))
    text = table.get("text")
    if text is None:
        assert of is not None
        kept = table.get("keep", range(1, len(of.paragraphs) + 1))
        parts = [of.paragraphs[number - 1] for number in kept]
        if "lead" in table:
            parts[0] = table["lead"]
        parts[0] = table.get("dateline", "") + parts[0]
        parts += [table["more"]] if "more" in table else []
        text = ("" if table.get("merge") else "\n").join(parts)
        for old, new in table.get("swap", ()):
            text = text.replace(old, new)
        notes = [table["note"]] if "note" in table else []
        text = "\n".join([*notes, text, *([table["source"]] if "source" in table else [])])
    for other in table.get("also", ()):
        text += f"\n{articles[other].title}。{articles[other].paragraphs[0]}"
    day = table["date"] if of is None else of.date + datetime.timedelta(table["days"])
    return NewsItem(
        id="edit:" + table["key"],
        title=table.get("title") or (of.title if of else ""),
        text=text,
        date=day.isoformat(),
        outlet=table["outlet"],
    )


def labelled_items() -> list[NewsItem]:
    """The sample publications and the written edits."""
    articles = {item.key: item for item in sample_corpus().publications}
    items = [
        NewsItem(
            id="sample:" + item.key,
            title=item.title,
            text=item.text,
            date=item.date.isoformat(),
            outlet=item.outlet,
            source=item.site,
        )
        for item in articles.values()
    ]
    return items + [edited(table, articles) for table in read_edits().values()]


def broadcasts(data: Path = DATA) -> Iterator[NewsItem]:
    """All broadcasts of the evaluation data."""
    with gzip.open(data / "news" / "broadcast.jsonl.gz") as stream:
        for line in stream:
            row = msgspec.json.decode(line)
            yield NewsItem(
                id="broadcast:" + row["id"],
                title=row["title"],
                text=row["text"],
                date=row["date"],
                outlet="央视网",
                level="central",
            )


def is_held(pair: Pair, edits: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a pair is of the half that is measured once: parted by the story it is about."""

    def story(name: str) -> str:
        kind, _, key = name.partition(":")
        if kind == "edit":
            return str(edits[key].get("of") or key)
        if kind == "sample":
            return sample_corpus()[key].story
        return key

    digest = hashlib.blake2b(story(pair.first).encode(), digest_size=2).digest()
    return digest[0] % 2 == 1


def fingerprint(pairs: Sequence[Pair], items: Iterable[NewsItem]) -> str:
    """What a floor is pinned to: the pairs and the words of the items they name."""
    digest = hashlib.blake2b(digest_size=8)
    named = {name for pair in pairs for name in (pair.first, pair.second)}
    words = {item.id: item for item in items if item.id in named}
    missing = named - set(words)
    assert not missing, missing
    for pair in sorted(pairs, key=lambda pair: (pair.first, pair.second)):
        digest.update(f"{pair.first}|{pair.second}|{pair.same}\n".encode())
    for name in sorted(named):
        item = words[name]
        digest.update(f"{name}|{item.title}|{item.date}|{item.text}\n".encode())
    return digest.hexdigest()


def measure(pairs: Iterable[Pair], story_of: Mapping[str, str]) -> tuple[Score, list[Pair]]:
    """The score, and the pairs that came out wrong."""
    cells = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    wrong = []
    for pair in pairs:
        folded = story_of[pair.first] == story_of[pair.second]
        cells[pair.same, folded] += 1
        if folded != pair.same:
            wrong.append(pair)
    return Score(
        cells[True, True], cells[False, True], cells[True, False], cells[False, False]
    ), wrong


def story_of_items(items: Iterable[NewsItem]) -> dict[str, str]:
    """Story id by item id after folding ``items``."""
    return {member.id: story.id for story in fold(items) for member in story.items}


def speed(sizes: Sequence[int]) -> None:
    """Seconds and memory of folding: broadcasts, with a tenth of them reprinted and cut."""
    base = list(broadcasts())
    for size in sizes:
        items = [_copy(base[n % len(base)], n, len(base)) for n in range(size)]
        random.Random(1).shuffle(items)
        start, busy = time.perf_counter(), time.process_time()
        stories = fold(items)
        took, cpu = time.perf_counter() - start, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        each = cpu / size * 1e6
        print(f"{size:>9,} items {took:7.1f} s ({cpu:.1f} s of processor,", end=" ")
        print(f"{each:.0f} us each), peak {peak:,.0f} MiB,", end=" ")
        print(f"{len(stories):,} stories")


def stored_speed(sizes: Sequence[int]) -> None:
    """Seconds of folding in a database: all at once, then a day's 200 new items."""
    from pipeline.store.folding import fold_stored
    from pipeline.store.items import add_items
    from pipeline.store.runs import start_run
    from pipeline.store.store import Store

    base = list(broadcasts())
    base.sort(key=lambda item: item.date or "")
    for size in sizes:
        every = [_copy(base[n % len(base)], n, len(base)) for n in range(size)]
        day = [
            msgspec.structs.replace(
                item, id=f"new-{item.id}", text=item.text[: len(item.text) // 2]
            )
            for item in sorted(every, key=lambda item: item.date or "")[-200:]
        ]
        with (
            tempfile.TemporaryDirectory() as folder,
            Store.open(f"sqlite:///{folder}/t.db") as store,
        ):
            for name, items in ((f"{size:,} items", every), ("200 new ones", day)):
                with store.begin() as session:
                    add_items(session, items, start_run(session, "import", name))
                start, busy = time.perf_counter(), time.process_time()
                with store.begin() as session:
                    changed = fold_stored(session)
                took, cpu = time.perf_counter() - start, time.process_time() - busy
                print(f"{name}: {took:.1f} s ({cpu:.1f} s of processor), {changed:,} stories")


def _copy(item: NewsItem, number: int, count: int) -> NewsItem:
    """The item itself, or its words of another decade, every tenth cut as a reprint would be."""
    age = number // count
    year = int((item.date or "2000")[:4]) - 5 * age
    text = item.text
    if age:
        text = text.replace("的", "之" * (age % 3 + 1))
    if number % 10 == 9:
        text = text[: len(text) * 2 // 3]
    return msgspec.structs.replace(
        item, id=f"{item.id}-{number}", date=f"{year}{(item.date or '')[4:]}", text=text
    )


def main() -> None:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="the half not tuned on")
    parser.add_argument("--speed", nargs="*", type=int, help="sizes to time instead")
    parser.add_argument("--store", nargs="*", type=int, help="sizes to time in a database")
    chosen = parser.parse_args()
    if chosen.speed is not None or chosen.store is not None:
        speed(chosen.speed or ())
        stored_speed(chosen.store or ())
        return
    pairs, edits, items = read_pairs(), read_edits(), labelled_items()
    items += list(broadcasts())
    story_of = story_of_items(items)
    half = [pair for pair in pairs if is_held(pair, edits) == chosen.held]
    score, wrong = measure(half, story_of)
    name = "held back" if chosen.held else "for tuning"
    print(f"{len(half)} pairs {name}, fingerprint {fingerprint(pairs, items)}: {score}")
    print(f"precision {score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f}")
    if not chosen.held:
        for pair in wrong:
            print("missed" if pair.same else "wrong ", pair.first, pair.second, pair.why)


if __name__ == "__main__":
    main()
