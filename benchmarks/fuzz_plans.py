"""Mutations of plans read one after another: every one must end in a plan or an error in words.

Usage: ``python benchmarks/fuzz_plans.py [COUNT] [--data DATA_DIR] [--seed N] [--jobs N]``. Without
DATA_DIR the sample plan and the plan files' titles are mutated. Three mutations in four are of a
piece of a document, the fourth of a whole one: pieces are read ten times as fast and meet the same
grammar. A reading that raises anything else, takes more than 2 s per 10 000 characters, or gives a
plan that is not sound, is written to ``fuzz-failures/`` and counted; the exit code is then 1. The
mutations of a seed are the same whatever the number of jobs.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import XuanjianError
from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import PlanReading, read_plan_text

ROOT = Path(__file__).resolve().parents[1]
FAILURES = Path("fuzz-failures")
LIMIT = 2.0
"""Seconds per 10 000 characters, and the least allowed for short texts."""
BATCH = 250
HANG = 180
"""Seconds a batch may take; it takes two to five. Nothing else ends a regular expression."""
WHOLE = 0.25
PIECE = (200, 4000)
"""Characters of a piece."""
PIECES = (
    *(
        "一、",
        "二、",
        "（一）",
        "(二)",
        "1.",
        "2．",
        "3、",
        "第一章",
        "第二节",
        "第三条",
        "①",
        "—、",
    ),
    *(
        "专栏1",
        "目录",
        "附件：",
        "宣传重点",
        "报道安排",
        "采访单位",
        "任务分解表",
        "注释：",
        "合计",
    ),
    *(
        "\t",
        "\n",
        "\n\n",
        "\u3000\u3000",
        "\x00",
        "\u202e",
        "\ufeff",
        "“",
        "”",
        "（",
        "）",
        "《",
        "》",
    ),
    *("<p>", "</p>", "**", "[bookmark: x]", "?", "\ue40c", "365bet", "與這個為國會學"),
    *(
        "2025年",
        "6月3日",
        "12分",
        "1条/月",
        "100字以下计0.5分；",
        "达到2.2%以上",
        "3-5个",
        "每月不少于两次",
    ),
    *(
        "机密★",
        "内部资料",
        "责任科室：甲科、各科室",
        "【要闻】",
        "第3期",
        "科普简报",
        "第一阶段（6月）",
    ),
)


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(line + "\n")


def seed_text(texts: list[str], chance: random.Random) -> str:
    """A whole document, or a run of lines of one."""
    text = chance.choice(texts)
    if chance.random() < WHOLE:
        return text
    start = chance.randrange(max(1, len(text) - PIECE[0]))
    start = text.rfind("\n", 0, start) + 1
    return text[start : start + chance.randint(*PIECE)]


def mutate(text: str, others: list[str], chance: random.Random) -> str:
    """``text`` with one to eight changes."""
    for _ in range(chance.randint(1, 8)):
        text = chance.choice(CHANGES)(text, others, chance)[:40_000]
    return text


def _insert(text: str, _others: list[str], chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 50, 400)) + text[at:]


def _delete(text: str, _others: list[str], chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + text[at + chance.choice((1, 1, 3, 40, 900)) :]


def _double(text: str, _others: list[str], chance: random.Random) -> str:
    at, length = chance.randint(0, len(text)), chance.choice((5, 80, 2000))
    return text[:at] + text[at : at + length] * 2 + text[at + length :]


def _splice(text: str, others: list[str], chance: random.Random) -> str:
    other = chance.choice(others)
    at, start = chance.randint(0, len(text)), chance.randint(0, len(other))
    return text[:at] + other[start : start + chance.choice((30, 500, 5000))] + text[at:]


def _glue(text: str, _others: list[str], chance: random.Random) -> str:
    share = chance.choice((0.05, 0.5, 1.0))
    return "".join("" if c == "\n" and chance.random() < share else c for c in text)


def _reorder(text: str, _others: list[str], chance: random.Random) -> str:
    lines = text.split("\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def _replace(text: str, _others: list[str], chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.choice((1, 5, 60))):
        if letters:
            letters[chance.randrange(len(letters))] = chr(
                chance.choice((chance.randint(1, 127), chance.randint(0x3000, 0x9FFF)))
            )
    return "".join(letters)


def _misdecode(text: str, _others: list[str], chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    part = text[at : at + 200]
    wrong = chance.choice(("mac_cyrillic", "latin-1", "gb18030"))
    return text[:at] + part.encode().decode(wrong, errors="replace") + text[at + 200 :]


CHANGES: tuple[Callable[[str, list[str], random.Random], str], ...] = (
    *(_insert, _insert, _delete, _double, _splice, _glue, _reorder, _replace, _misdecode),
)


def unsound(reading: PlanReading) -> str:
    """What is wrong with a reading; '' when nothing is."""
    plan = reading.plan
    if Plan.from_json(plan.to_json()) != plan:
        return "its JSON reads back differently"
    ids = [node.id for node in walk(plan.nodes)]
    if len(ids) != len(set(ids)):
        return "two nodes share an id"
    for node in walk(plan.nodes):
        if not 0 <= node.span[0] <= node.span[1] <= len(reading.text):
            return f"the span of {node.id} is outside the text"
    return ""


def sources(data: Path | None) -> list[str]:
    """The texts that are mutated."""
    paths = [ROOT / "samples" / "plan.txt", *sorted((ROOT / "plans").glob("*.toml"))]
    if data is not None:
        paths = [*sorted((data / "seeds").glob("*.txt")), *sorted((data / "plans").glob("p*.txt"))]
    return [path.read_text(encoding="utf-8", errors="replace")[:30_000] for path in paths]


@dataclass
class Ends:
    """How the mutations of a batch ended; failures are lines of what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)


def read_batch(texts: list[str], seed: int, batch: int, count: int) -> Ends:
    """Read ``count`` mutations; those of a batch do not depend on other batches."""
    chance = random.Random(f"{seed}-{batch}")
    ends = Ends()
    faulthandler.dump_traceback_later(HANG, exit=True)
    for number in range(count):
        text = mutate(seed_text(texts, chance), texts, chance)
        begun = time.perf_counter()
        wrong = ""
        try:
            wrong = unsound(read_plan_text(text))
            ends.counts["plan"] += 1
        except XuanjianError as error:
            ends.counts[error.slug] += 1
        except Exception:  # the very thing that is looked for
            wrong = traceback.format_exc()
        share = (time.perf_counter() - begun) / max(len(text), 10_000) * 10_000
        ends.slowest = max(ends.slowest, share)
        if share > LIMIT:
            wrong = f"{share:.1f} s per 10 000 characters"
        if wrong:
            ends.counts["failed"] += 1
            FAILURES.mkdir(exist_ok=True)
            name = f"{seed}-{batch}-{number}"
            raw = text.encode("utf-8", errors="surrogatepass")
            (FAILURES / f"{name}.txt").write_bytes(raw)
            ends.failures.append(f"{name}: {wrong.strip().splitlines()[-1]}")
    faulthandler.cancel_dump_traceback_later()
    return ends


def main(arguments: list[str]) -> int:
    """Read COUNT mutations and say how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=2000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    texts = sources(options.data)
    counts: Counter[str] = Counter()
    slowest = 0.0
    started = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        batches = {
            pool.submit(
                read_batch, texts, options.seed, batch, min(BATCH, options.count - batch * BATCH)
            ): batch
            for batch in range(-(-options.count // BATCH))
        }
        for done in as_completed(batches):
            try:
                ends = done.result()
            except BrokenProcessPool:
                say(f"batch {batches[done]} of seed {options.seed}, or one beside it, hung or died")
                return 1
            counts += ends.counts
            slowest = max(slowest, ends.slowest)
            for failure in ends.failures:
                say(failure)
    rate = options.count / (time.perf_counter() - started)
    told = ", ".join(f"{end} {count}" for end, count in counts.most_common())
    say(
        f"{options.count} mutations, {rate:.0f} a second: {told}; slowest {slowest:.2f} s per 10 000"
    )
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
