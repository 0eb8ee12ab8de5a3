"""Micro-F1 of the headings found in real plans, and the time and memory each takes.

Usage: ``python benchmarks/plans.py DATA_DIR [--misses]``. DATA_DIR holds ``plans/gold.jsonl`` and
the texts it names. A heading counts as found when its level and title are right; punctuation,
width and white space are ignored. With ``--misses`` the differences are printed. Time is the best
of three readings; memory is the most Python held at once while reading.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.plan.model import walk
from pipeline.plan.reading import read_plan, read_plan_text
from pipeline.text import comparable

Headings = Counter[tuple[int, str]]


@dataclass(frozen=True)
class Score:
    """How one document was read."""

    document: str
    right: int
    gold: int
    read: int
    missed: tuple[tuple[int, str], ...]
    extra: tuple[tuple[int, str], ...]

    @property
    def f1(self) -> float:
        """1 when both have no heading at all."""
        return 2 * self.right / (self.gold + self.read) if self.gold + self.read else 1.0


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(line + "\n")


def gold_headings(nodes: list[dict[str, object]]) -> Headings:
    """(level, title) of every node below and including ``nodes``."""
    found: Headings = Counter()
    for node in nodes:
        found[int(str(node["level"])), comparable(str(node["title"]))] += 1
        children = node.get("children")
        if isinstance(children, list):
            found += gold_headings(children)
    return found


def score_documents(folder: Path) -> tuple[list[Score], str]:
    """The score of every document with gold, and a fingerprint of gold and texts."""
    raw = (folder / "gold.jsonl").read_bytes()
    digest = hashlib.sha256(raw)
    scores = []
    for line in raw.decode("utf-8").splitlines():
        entry = json.loads(line)
        path = folder / f"{entry['id']}.txt"
        digest.update(path.read_bytes())
        gold = gold_headings(entry["expected"])
        plan = read_plan(path).plan
        read = Counter((node.level, comparable(node.title)) for node in walk(plan.nodes))
        scores.append(
            Score(
                document=entry["id"],
                right=(gold & read).total(),
                gold=gold.total(),
                read=read.total(),
                missed=tuple((gold - read).elements()),
                extra=tuple((read - gold).elements()),
            )
        )
    return scores, digest.hexdigest()[:16]


def micro_f1(scores: list[Score]) -> float:
    """F1 over all headings of all documents together."""
    right = sum(score.right for score in scores)
    return 2 * right / sum(score.gold + score.read for score in scores)


def cost_of(path: Path) -> tuple[float, float]:
    """Seconds and MiB to read ``path``."""
    best = min(_seconds(path) for _ in range(3))
    tracemalloc.start()
    read_plan(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return best, peak / 2**20


def _seconds(path: Path) -> float:
    started = time.perf_counter()
    read_plan(path)
    return time.perf_counter() - started


def main(arguments: list[str]) -> int:
    """Print one line a document and the total."""
    folder = Path(arguments[0]) / "plans"
    scores, corpus = score_documents(folder)
    for score in scores:
        seconds, megabytes = cost_of(folder / f"{score.document}.txt")
        say(
            f"{score.document}  F1 {score.f1:.3f}  right {score.right:3d}  gold {score.gold:3d}"
            f"  read {score.read:3d}  {seconds:.3f} s  {megabytes:5.1f} MiB"
        )
        if "--misses" in arguments:
            for level, title in score.missed:
                say(f"    missed {level} {title}")
            for level, title in score.extra:
                say(f"    extra  {level} {title}")
    headings = sum(score.gold for score in scores)
    say(f"micro-F1 {micro_f1(scores):.4f}  headings {headings}  corpus {corpus}")
    with_gold = {score.document for score in scores}
    for path in sorted(folder.glob("p*.txt")):
        if path.stem not in with_gold:
            seconds, megabytes = cost_of(path)
            read = sum(1 for _ in walk(read_plan(path).plan.nodes))
            say(f"{path.stem}  no gold  read {read:3d}  {seconds:.3f} s  {megabytes:5.1f} MiB")
    for length in (60_000, 120_000, 240_000):
        say(f"{length} characters: {_seconds_of_long_text(folder, length):.3f} s")
    return 0


def _seconds_of_long_text(folder: Path, length: int) -> float:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("p*.txt")))
    started = time.perf_counter()
    read_plan_text(text[:length])
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
