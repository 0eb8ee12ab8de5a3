"""Micro-F1 of the headings found in real plans, and the time each takes.

Usage: ``python benchmarks/plans.py DATA_DIR [--misses]``. DATA_DIR holds ``plans/gold.jsonl`` and
the texts it names. A heading counts as found when its level and title are right; punctuation,
width and white space are ignored. With ``--misses`` the differences are printed.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

from pipeline.plan.model import walk
from pipeline.plan.reading import read_plan, read_plan_text
from pipeline.text import comparable


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(line + "\n")


Headings = Counter[tuple[int, str]]


def gold_headings(nodes: list[dict[str, object]]) -> Headings:
    """(level, title) of every node below and including ``nodes``."""
    found: Headings = Counter()
    for node in nodes:
        found[int(str(node["level"])), comparable(str(node["title"]))] += 1
        children = node.get("children")
        if isinstance(children, list):
            found += gold_headings(children)
    return found


def read_headings(path: Path) -> tuple[Headings, float]:
    """The headings of the plan in ``path``, and the seconds it took."""
    started = time.perf_counter()
    plan = read_plan(path).plan
    seconds = time.perf_counter() - started
    return Counter((node.level, comparable(node.title)) for node in walk(plan.nodes)), seconds


def main(arguments: list[str]) -> int:
    """Print one line a document and the total."""
    folder = Path(arguments[0]) / "plans"
    right = wanted = given = 0
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        gold = gold_headings(entry["expected"])
        read, seconds = read_headings(folder / f"{entry['id']}.txt")
        common = (gold & read).total()
        right, wanted, given = right + common, wanted + gold.total(), given + read.total()
        score = 2 * common / max(gold.total() + read.total(), 1)
        say(
            f"{entry['id']}  F1 {score:.3f}  right {common:3d}  gold {gold.total():3d}"
            f"  read {read.total():3d}  {seconds:.3f} s"
        )
        if "--misses" in arguments:
            for level, title in (gold - read).elements():
                say(f"    missed {level} {title}")
            for level, title in (read - gold).elements():
                say(f"    extra  {level} {title}")
    say(
        f"micro-F1 {2 * right / (wanted + given):.4f}"
        f"  precision {right / given:.4f}  recall {right / wanted:.4f}  headings {wanted}"
    )
    say(f"60 000 characters: {_seconds_of_long_text(folder):.3f} s")
    return 0


def _seconds_of_long_text(folder: Path) -> float:
    text = ""
    for path in sorted(folder.glob("p*.txt")):
        text += path.read_text(encoding="utf-8") + "\n"
        if len(text) > 60_000:
            break
    started = time.perf_counter()
    read_plan_text(text[:60_000])
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
