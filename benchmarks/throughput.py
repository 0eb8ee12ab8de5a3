"""How fast news is mapped: ``OMP_NUM_THREADS=1 python benchmarks/throughput.py DATA_DIR``.

Both sides read the same broadcasts, in one run, on one core, turn and turn about, and the
median of the turns is kept:

- *ours*: title and text to assignments with evidence, the plan's clauses and the units named,
  for the themes of seed 000;
- *plain*: what one writes first: jieba, ``TfidfVectorizer`` and ``LinearSVC`` per theme,
  already fitted (fitting is not timed), from raw text to decisions, no evidence.

Then ours in one process and in two, turn and turn about as well, by the clock on the wall and by
processor time (of the process and its workers together). Between the pairs plain arithmetic is
spread over two processes: what that gains is what the machine, busy as it is, has to give. Then the peak memory of a stream of 20 000
and of 200 000 items, each in a process of its own (the broadcasts repeated under new ids).
"""

from __future__ import annotations

import gzip
import logging
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import joblib
import msgspec

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.hierarchy import classifier_of
from pipeline.plan.reading import read_plan

MODEL = Path(__file__).resolve().parent.parent / "models" / "base"
PLAIN_ITEMS, OUR_ITEMS, TURNS = 600, 4_000, 5
MANY, PAIRS = 16_000, 5
"""Items of a run with one or two processes, and how many pairs of runs."""


def read_items(data: Path) -> list[TrainingItem]:
    """All broadcasts."""
    decoder = msgspec.json.Decoder(TrainingItem)
    lines = gzip.decompress((data / "news" / "broadcast.jsonl.gz").read_bytes()).splitlines()
    return [decoder.decode(line) for line in lines]


def our_classifier(data: Path) -> ThemeClassifier:
    """The shipped model on seed 000."""
    (seed,) = sorted((data / "seeds").glob("000_*.txt"))
    model = open_bundle(MODEL)
    return classifier_of(read_plan(seed).plan, "focus_area", model)


def plain_pipeline(
    items: Sequence[TrainingItem], classifier: ThemeClassifier
) -> Callable[[Sequence[TrainingItem]], object]:
    """jieba + TfidfVectorizer + LinearSVC, fitted to our own decisions on 3 000 items."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    jieba.setLogLevel(logging.WARNING)
    some = items[:3_000]
    truth = classifier.probabilities(some) >= classifier.thresholds
    vectorizer = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False)
    rows = vectorizer.fit_transform(f"{item.title}\n{item.text}" for item in some)
    machine = OneVsRestClassifier(LinearSVC()).fit(rows, truth)
    return lambda chosen: machine.predict(
        vectorizer.transform(f"{item.title}\n{item.text}" for item in chosen)
    )


def rate(work: Callable[[], object], items: int) -> float:
    """Items per second of this process's own work, so that a busy machine harms neither side."""
    started = time.process_time()
    work()
    return items / (time.process_time() - started)


@dataclass(frozen=True)
class Cost:
    """What an item costs, in microseconds."""

    wall: float
    processor: float
    """Of this process and its children."""


def cost(work: Callable[[], object], items: int) -> Cost:
    """Run ``work`` once."""
    wall, processor = time.perf_counter(), processor_seconds()
    work()
    passed = time.perf_counter() - wall, processor_seconds() - processor
    return Cost(*(seconds / items * 1e6 for seconds in passed))


def arithmetic(steps: int) -> int:
    """Work that needs a core and nothing else."""
    total = 0
    for step in range(steps):
        total += step * step
    return total


def possible_gain() -> float:
    """What a second process gains now where nothing is shared: 2 on two idle cores."""
    steps = 4_000_000
    alone = cost(lambda: arithmetic(steps), steps)
    both = cost(
        lambda: joblib.Parallel(n_jobs=2)(joblib.delayed(arithmetic)(steps) for _ in range(2)),
        2 * steps,
    )
    return alone.wall / both.wall


def processor_seconds() -> float:
    """Of this process and the processes it started that live; Linux only."""
    used = time.process_time()
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = process.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[1]) == os.getpid():
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def repeated(items: Sequence[TrainingItem], number: int) -> Iterator[TrainingItem]:
    """A stream of ``number`` items, made as it is read."""
    for place in range(number):
        item = items[place % len(items)]
        yield msgspec.structs.replace(item, id=f"{item.id}:{place}")


def count(stream: Iterable[object]) -> int:
    """How many there are; none is kept, as none is when they are written to a file."""
    return sum(1 for _ in stream)


def peak(data: Path, number: int) -> int:
    """Classify a stream and return this process's peak memory, MiB."""
    items = read_items(data)[:2_000]
    for _ in our_classifier(data).classify(repeated(items, number)):
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def peak_apart(data: Path, number: int) -> int:
    """The same in a fresh process."""
    command = [sys.executable, __file__, str(data), "--peak", str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def main(arguments: Sequence[str]) -> int:
    """Print the table; exit 1 without a data folder."""
    if not arguments:
        sys.stderr.write("usage: python benchmarks/throughput.py DATA_DIR [--peak N]\n")
        return 1
    data = Path(arguments[0])
    if "--peak" in arguments:
        sys.stdout.write(f"{peak(data, int(arguments[-1]))}\n")
        return 0
    items = read_items(data)
    ours = our_classifier(data)
    plain = plain_pipeline(items, ours)
    fresh = items[3_000:]
    plain_rates, our_rates = [], []
    list(ours.classify(fresh[:500]))
    plain(fresh[:50])
    for turn in range(TURNS):
        chosen = fresh[turn * OUR_ITEMS : (turn + 1) * OUR_ITEMS]
        sample = chosen[:: len(chosen) // PLAIN_ITEMS]
        plain_rates.append(rate(lambda part=sample: plain(part), len(sample)))  # type: ignore[misc]
        our_rates.append(rate(lambda part=chosen: list(ours.classify(part)), len(chosen)))  # type: ignore[misc]
    many = list(islice(fresh, MANY))
    list(ours.classify(fresh[:4_000], jobs=2))
    pairs, idle = [], []
    for _ in range(PAIRS):
        idle.append(possible_gain())
        alone = cost(lambda: count(ours.classify(many)), MANY)
        pairs.append((alone, cost(lambda: count(ours.classify(many, jobs=2)), MANY)))
    single, double = ([pair[side] for pair in pairs] for side in (0, 1))
    gain = statistics.median(one.wall / two.wall for one, two in pairs)
    plain_rate, our_rate = statistics.median(plain_rates), statistics.median(our_rates)
    out = sys.stdout
    out.write(f"threads per process: {os.environ.get('OMP_NUM_THREADS', 'not set')}\n")
    out.write(f"plain pipeline     {plain_rate:8.0f} items/s\n")
    out.write(f"ours, evidence     {our_rate:8.0f} items/s   {our_rate / plain_rate:.1f} x plain\n")
    for name, costs in (("one process", single), ("two processes", double)):
        wall = statistics.median(one.wall for one in costs)
        processor = statistics.median(one.processor for one in costs)
        out.write(f"ours, {name:13} {1e6 / wall:8.0f} items/s   {wall:.0f} us an item by the wall,")
        out.write(f" {processor:.0f} us of processor time\n")
    best = min(one.wall for one in single) / min(one.wall for one in double)
    out.write(f"two processes      {gain:.2f} x one (median of pairs), {best:.2f} x (best runs)")
    out.write(f"; plain arithmetic {statistics.median(idle):.2f} x")
    out.write(f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    for number in (20_000, 200_000):
        out.write(f"peak memory at {number:7d} items: {peak_apart(data, number)} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
