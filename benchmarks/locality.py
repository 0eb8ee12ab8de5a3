"""How well items are told to be of a plan's own place 属地, on items read by hand.

    python benchmarks/locality.py           # the half for tuning: figures and every wrong item
    python benchmarks/locality.py --held    # the other half: figures only

``tests/locality/labels.tsv`` holds the labels and the rule they were read by. What matters most is
*counted* (本地工作, 上级涉本地) against *not counted*: it decides what enters a report. The sample
articles are judged a second time as a table has them that names no outlets, imported as one local medium's.
"""

# ruff: noqa: T201 (it prints)

from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.locality import LocalityCode, LocalityJudge, home_of  # noqa: E402
from pipeline.news import NewsItem  # noqa: E402
from pipeline.outlets import outlet_level  # noqa: E402
from pipeline.plan.reading import read_plan  # noqa: E402
from samples.articles import PLAN_PATH, sample_corpus  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "tests" / "locality" / "labels.tsv"
CODES: tuple[LocalityCode, ...] = ("local", "upper_about_local", "upper_general", "elsewhere")
COUNTED = frozenset(CODES[:2])
MEDIUM = "鄂尔多斯样例日报"


@dataclass(frozen=True)
class Judged:
    """An item, the place it is judged for, what a reader says and what the judge says."""

    home: str
    item: NewsItem
    label: str
    code: str
    reason: str

    @property
    def is_held(self) -> bool:
        """Whether it is of the half that is measured once."""
        digest = hashlib.blake2b(f"{self.item.id}".encode(), digest_size=2).digest()
        return digest[0] % 2 == 1


@dataclass(frozen=True)
class Score:
    """Of four classes, and of counted against not counted."""

    items: int
    accuracy: float
    precision: float
    recall: float
    f1: float


def score(judged: Sequence[Judged]) -> Score:
    """The figures of some items."""
    right = sum(one.label == one.code for one in judged)
    said = [one.code in COUNTED for one in judged]
    true = [one.label in COUNTED for one in judged]
    hit = sum(a and b for a, b in zip(said, true, strict=True))
    return Score(
        items=len(judged),
        accuracy=right / len(judged),
        precision=hit / max(sum(said), 1),
        recall=hit / max(sum(true), 1),
        f1=2 * hit / max(sum(said) + sum(true), 1),
    )


def read_labels(path: Path = LABELS) -> tuple[tuple[str, str, str], ...]:
    """(home, item, locality), as read by hand."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return tuple((row[0], row[1], row[2]) for row in rows if not row[0].startswith("#"))


@cache
def items(data: Path = DATA) -> dict[str, NewsItem]:
    """Every item a label may name."""
    found = {one.id: one for one in [*sample_items(), *written_items()]}
    for line in (data / "news" / "local_gists.jsonl").read_text(encoding="utf-8").splitlines():
        row = msgspec.json.decode(line)
        outlet = row["source"] or ""
        name = "gist:" + row["id"]
        found[name] = NewsItem(
            id=name, title=row["gist"], outlet=outlet, level=outlet_level(outlet)
        )
    with gzip.open(data / "news" / "broadcast.jsonl.gz") as stream:
        for line in stream:
            row = msgspec.json.decode(line)
            name = "broadcast:" + row["id"]
            found[name] = NewsItem(
                id=name, title=row["title"], text=row["text"], outlet="央视网", level="central"
            )
    return found


def written_items() -> list[NewsItem]:
    """The items written for the labels."""
    tables = tomllib.loads(LABELS.with_name("written.toml").read_text(encoding="utf-8"))["item"]
    return [
        NewsItem(
            id="written:" + table["key"],
            title=table["title"],
            text=table["text"],
            outlet=table["outlet"],
            level=outlet_level(table["outlet"]),
        )
        for table in tables
    ]


def sample_items() -> list[NewsItem]:
    """The sample articles as a table with their outlets has them."""
    return [
        NewsItem(
            id="sample:" + item.key,
            title=item.title,
            text=item.text,
            outlet=item.outlet,
            level=outlet_level(item.outlet),
        )
        for item in sample_corpus().originals
    ]


def judge_all(data: Path = DATA) -> tuple[Judged, ...]:
    """Every labelled item, judged."""
    judges: dict[str, LocalityJudge] = {}
    found = []
    for home, name, label in read_labels():
        judge = judges.setdefault(home, LocalityJudge(home, _units() if home == "1506" else ()))
        item = items(data)[name]
        said = judge.judge(item, item.level)
        found.append(Judged(home, item, label, said.code, said.reason))
    return tuple(found)


def judge_as_one_medium(medium: str = MEDIUM) -> tuple[Judged, ...]:
    """The sample articles without their outlets, imported as those of ``medium``; '' for none."""
    judge = LocalityJudge("1506", _units())
    labels = {item.key: item.locality for item in sample_corpus().originals}
    found = []
    for item in sample_items():
        bare = msgspec.structs.replace(item, outlet=medium, level=outlet_level(medium))
        said = judge.judge(bare, bare.level)
        label = labels[item.id.removeprefix("sample:")]
        found.append(Judged("1506", bare, label, said.code, said.reason))
    return tuple(found)


@cache
def _units() -> tuple[str, ...]:
    plan = read_plan(PLAN_PATH).plan
    assert home_of(plan) == "1506"
    return tuple(unit.name for unit in plan.units)


def fingerprint(judged: Iterable[Judged]) -> str:
    """What a floor is pinned to: the labels and the words they were read on."""
    digest = hashlib.blake2b(digest_size=8)
    for one in judged:
        item = one.item
        words = f"{one.home}|{item.id}|{one.label}|{item.title}|{item.text}|{item.outlet}\n"
        digest.update(words.encode())
    return digest.hexdigest()


def show(name: str, judged: Sequence[Judged]) -> None:
    """The confusion and the figures of some items."""
    cells = Counter((one.label, one.code) for one in judged)
    print(f"{name}: {len(judged)} items")
    print(f"{'read / judged':<20}" + "".join(f"{code:>20}" for code in CODES))
    for label in CODES:
        print(f"{label:<20}" + "".join(f"{cells[label, code]:>20}" for code in CODES))
    made = score(judged)
    print(f"accuracy {made.accuracy:.3f}; counted: precision {made.precision:.3f},", end=" ")
    print(f"recall {made.recall:.3f}, F1 {made.f1:.3f}\n")


def main() -> None:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="the half not tuned on")
    held = parser.parse_args().held
    judged = judge_all()
    half = [one for one in judged if one.is_held == held]
    print(f"fingerprint {fingerprint(judged)}")
    show("held back" if held else "for tuning", half)
    for home in sorted({one.home for one in half}):
        its = score([one for one in half if one.home == home])
        print(f"{home:<8} {its.items:>4} items  accuracy {its.accuracy:.3f}  F1 {its.f1:.3f}")
    medium: list[Judged] = []
    for name in (MEDIUM, "科技之窗", ""):
        made = [one for one in judge_as_one_medium(name) if one.is_held == held]
        show(f"\nsample articles as a table without outlets, of {name or 'no medium'}", made)
        medium += made
    if not held:
        for one in [*half, *medium]:
            if one.label != one.code:
                mark = "!!" if (one.label in COUNTED) != (one.code in COUNTED) else "  "
                print(mark, one.home, one.label, "->", one.code, one.reason, "|", one.item.id)
                print("      ", one.item.outlet, "|", one.item.title[:60])


if __name__ == "__main__":
    main()
