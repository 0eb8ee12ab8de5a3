"""How fast news is mapped: ``OMP_NUM_THREADS=1 python benchmarks/throughput.py DATA_DIR``.

Both sides read the same broadcasts, in one run, on one core, turn and turn about, and the
median of the turns is kept:

- *ours*: title and text to assignments with evidence, for the themes of seed 000;
- *plain*: what one writes first: jieba, ``TfidfVectorizer`` and ``LinearSVC`` per theme,
  already fitted (fitting is not timed), from raw text to decisions, no evidence.

Then ours with two processes, and the peak memory of a stream of 20 000 and of 200 000
items, each in a process of its own (the broadcasts repeated under new ids).
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
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.profiles import propose_profiles
from pipeline.plan.reading import read_plan

MODEL = Path(__file__).resolve().parent.parent / "models" / "base"
PLAIN_ITEMS, OUR_ITEMS, TURNS = 600, 4_000, 5
MANY = 12_000
"""Items for the run with two processes."""


def read_items(data: Path) -> list[TrainingItem]:
    """All broadcasts."""
    decoder = msgspec.json.Decoder(TrainingItem)
    lines = gzip.decompress((data / "news" / "broadcast.jsonl.gz").read_bytes()).splitlines()
    return [decoder.decode(line) for line in lines]


def our_classifier(data: Path) -> ThemeClassifier:
    """The shipped model on seed 000."""
    (seed,) = sorted((data / "seeds").glob("000_*.txt"))
    model = open_bundle(MODEL)
    return ThemeClassifier(model, propose_profiles(read_plan(seed).plan, "focus_area", model))


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


def clock_rate(work: Callable[[], object], items: int) -> float:
    """Items per second by the clock on the wall, for work in several processes."""
    started = time.perf_counter()
    work()
    return items / (time.perf_counter() - started)


def repeated(items: Sequence[TrainingItem], number: int) -> Iterator[TrainingItem]:
    """A stream of ``number`` items, made as it is read."""
    for place in range(number):
        item = items[place % len(items)]
        yield msgspec.structs.replace(item, id=f"{item.id}:{place}")


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
    list(ours.classify(fresh[:2_000], jobs=2))
    single = clock_rate(lambda: list(ours.classify(many)), len(many))
    double = clock_rate(lambda: list(ours.classify(many, jobs=2)), len(many))
    plain_rate, our_rate = statistics.median(plain_rates), statistics.median(our_rates)
    out = sys.stdout
    out.write(f"threads per process: {os.environ.get('OMP_NUM_THREADS', 'not set')}\n")
    out.write(f"plain pipeline     {plain_rate:8.0f} items/s\n")
    out.write(f"ours, evidence     {our_rate:8.0f} items/s   {our_rate / plain_rate:.1f} x plain\n")
    out.write(f"ours, one process  {single:8.0f} items/s\n")
    out.write(f"ours, two          {double:8.0f} items/s   {double / single:.2f} x one process\n")
    for number in (20_000, 200_000):
        out.write(f"peak memory at {number:7d} items: {peak_apart(data, number)} MiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
