"""Single-label topics from names alone and from few examples: FewCLUE.

``python benchmarks/fewclue.py DATA_DIR [--task csldcp|tnews|iflytek] [--split dev]`` prints
accuracy on ``test_public`` under the published table (Xu et al., 2021, arXiv:2107.07498,
table 3): with no label, and with each of the five training sets of 8 (tnews: 16) texts a
label. How it is done is in ``label_names.py`` beside this file: no pretrained weights, no
network, one core. What was tried, and how far it went, is in ``docs/fewclue.md``.

Background, always without labels: all training texts of the three tasks, the unlabelled texts
of tnews (with their keywords), the titles and the broadcasts. A text of the background that is
nearly one of the evaluated texts (``overlapping``) is left out before anything is learned;
what stands in a training set stays in it. No evaluated text enters a fit. Dev texts enter none
either: they served to choose the constants (their labels were used for that, also for the rows
without labels).

Rows: *names* knows the label names as the task gives them. *terms* adds, per label, the words
of ``fewclue_terms.tsv``, written from the names as one writes a codebook, before any figure with
them was seen: they bring in knowledge from outside the data, so that this is no zero-label row
in the sense of the published table. tnews reads the title only; *keywords* adds the keywords
that come with it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import scipy.sparse as sp
from label_names import LabelNameClassifier, TextRows, WordSpace, learn_word_space, words
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

TASKS = ("csldcp", "tnews", "iflytek")
SETS = range(5)
TERMS = Path(__file__).with_name("fewclue_terms.tsv")

PUBLISHED = (
    ("zero-label, best", (26.2, 37.0, 27.7)),
    ("few-shot, RoBERTa fine-tuned", (35.5, 49.0, 32.8)),
    ("few-shot, best of all", (59.9, 56.4, 57.6)),
)
"""Accuracy in per cent on csldcp, tnews, iflytek."""

OWN_WEIGHT = 3.0
"""How much a meeting of words in the texts of the tasks counts, one in other text being 1."""

UNLABELLED = 3_000
"""Unlabelled titles of tnews that the classifier sees; the word space sees all."""

_FIELD = re.compile(r"科学与工程|科学与技术|工程|[/、与]")
"""What in the name of a discipline only says that it is one."""

_SHINGLE, _SHARED = 5, 0.5


class Row(msgspec.Struct, frozen=True):
    """A line of any of the three tasks."""

    content: str = ""
    sentence: str = ""
    keywords: str = ""
    label: str | int = ""
    label_desc: str = ""
    label_des: str = ""

    @property
    def text(self) -> str:
        """What is classified."""
        return self.content or self.sentence

    @property
    def with_keywords(self) -> str:
        """The text and the keywords that come with it, where there are any."""
        return f"{self.text} {self.keywords.replace(',', ' ')}"

    @property
    def label_name(self) -> str:
        """The label in words."""
        return self.label_desc or self.label_des or str(self.label)


@dataclass(frozen=True)
class Task:
    """One task as read; labels are places in ``labels``."""

    name: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    """What the label is called in Chinese, one per label."""
    pool: tuple[Row, ...]
    """All training texts, each once, then unlabelled texts."""
    trained: int
    """How many of them are training texts."""
    training: tuple[NDArray[np.int64], ...]
    """Per training set, shape (pool,): the label, -1 for rows that are not in the set."""
    evaluated: tuple[Row, ...]
    truth: NDArray[np.int64]


@dataclass(frozen=True)
class Background:
    """What the word space is learned from."""

    counts: tuple[tuple[str, int, int], ...]
    """Source, texts used, texts left out because they overlap with evaluated ones."""
    space: WordSpace


@dataclass(frozen=True)
class Outcome:
    """Accuracies in per cent."""

    task: str
    variant: str
    zero_label: float
    few_shot: tuple[float, ...]
    seconds: float

    @property
    def mean(self) -> float:
        """Of the five training sets."""
        return sum(self.few_shot) / len(self.few_shot)


def read_rows(path: Path) -> tuple[Row, ...]:
    """The lines of one split."""
    decoder = msgspec.json.Decoder(Row)
    return tuple(map(decoder.decode, gzip.decompress(path.read_bytes()).splitlines()))


def read_task(data: Path, name: str, split: str = "test") -> Task:
    """A task with the evaluated rows of ``split``: test, or dev (all five dev sets)."""
    folder = data / "fewclue" / name
    pool = read_rows(folder / "train_few_all.json.gz")
    labels, names = _labels(folder, pool)
    trained = len(pool)
    places = {label: place for place, label in enumerate(labels)}
    if (folder / "unlabeled.json.gz").exists():
        pool += read_rows(folder / "unlabeled.json.gz")
    training = []
    for number in SETS:
        chosen = {
            row.text: places[row.label_name]
            for row in read_rows(folder / f"train_{number}.json.gz")
        }
        training.append(np.array([chosen.get(row.text, -1) for row in pool]))
    if split == "test":
        evaluated = read_rows(folder / "test_public.json.gz")
    else:
        every = (row for k in SETS for row in read_rows(folder / f"dev_{k}.json.gz"))
        evaluated = tuple({row.text: row for row in every}.values())
    truth = np.array([places[row.label_name] for row in evaluated])
    return Task(name, labels, names, pool, trained, tuple(training), evaluated, truth)


def _labels(folder: Path, training: Sequence[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and what they are called; iflytek names them in its rows only."""
    if (folder / "labels.txt").exists():
        plain = tuple((folder / "labels.txt").read_text(encoding="utf-8").split())
        return plain, plain
    if (folder / "labels.jsonl").exists():
        lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        read = [msgspec.json.decode(line, type=dict[str, str]) for line in lines if line.strip()]
        return tuple(r["label_desc"] for r in read), tuple(r["label_zh"] for r in read)
    found = tuple(sorted({row.label_name for row in training}))
    return found, found


def read_terms(task: Task) -> tuple[str, ...]:
    """The written terms of each label of a task."""
    lines = TERMS.read_text(encoding="utf-8").splitlines()[1:]
    terms = {
        label: text
        for name, label, text in (line.split("\t") for line in lines)
        if name == task.name
    }
    return tuple(terms[label] for label in task.labels)


def read_titles(data: Path) -> tuple[str, ...]:
    """The titles; their labels are not read."""
    lines = gzip.decompress((data / "titles" / "thucnews.tsv.gz").read_bytes()).decode()
    return tuple(line.split("\t")[0] for line in lines.splitlines())


class _Broadcast(msgspec.Struct, frozen=True):
    title: str
    text: str


def read_broadcasts(data: Path) -> tuple[str, ...]:
    """Title and the first 1 500 characters of every broadcast."""
    decoder = msgspec.json.Decoder(_Broadcast)
    lines = gzip.decompress((data / "news" / "broadcast.jsonl.gz").read_bytes()).splitlines()
    return tuple(f"{item.title}\n{item.text}"[:1500] for item in map(decoder.decode, lines))


def overlapping(texts: Sequence[str], evaluated: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts share half of the 5-character shingles of the shorter of the two with an
    evaluated text; shape (texts,). Signs, space and case do not count."""
    shingles = HashingVectorizer(
        analyzer=_shingles, n_features=1 << 24, binary=True, norm=None, alternate_sign=False
    )
    left, right = shingles.transform(texts), shingles.transform(evaluated)
    sizes = np.asarray(left.sum(axis=1)).ravel(), np.asarray(right.sum(axis=1)).ravel()
    found = np.zeros(len(texts), dtype=bool)
    transposed = right.T.tocsr()
    for start in range(0, len(texts), 2_000):
        shared = sp.coo_matrix(left[start : start + 2_000] @ transposed)
        shorter = np.minimum(sizes[0][start + shared.row], sizes[1][shared.col])
        found[start + shared.row[shared.data >= _SHARED * shorter]] = True
    return found


def _shingles(text: str) -> list[str]:
    plain = re.sub(r"\W", "", text).lower()
    return [plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))]


def read_background(data: Path, tasks: Sequence[Task]) -> Background:
    """Learn the word space from everything but what overlaps with the evaluated texts."""
    evaluated = [row.text for task in tasks for row in task.evaluated]
    sources = [(task.name, [row.with_keywords for row in task.pool], OWN_WEIGHT) for task in tasks]
    sources.append(("titles", list(read_titles(data)), 1.0))
    sources.append(("broadcasts", list(read_broadcasts(data)), 1.0))
    counts, kept = [], []
    for name, texts, weight in sources:
        left_out = overlapping(texts, evaluated)
        used = [words(text) for text, out in zip(texts, left_out, strict=True) if not out]
        counts.append((name, len(used), int(left_out.sum())))
        kept.append((used, weight))
    return Background(tuple(counts), learn_word_space(kept))


def score(task: Task, space: WordSpace, variant: str) -> Outcome:
    """Accuracy of one variant: names, terms, or either with keywords."""
    started = time.perf_counter()
    keywords = "keywords" in variant
    own = [row.with_keywords if keywords else row.text for row in task.pool]
    asked = [row.with_keywords if keywords else row.text for row in task.evaluated]
    out = overlapping(own, asked) & np.all([y < 0 for y in task.training], axis=0)
    kept = np.flatnonzero(~out)[: task.trained + UNLABELLED]
    named = [_FIELD.sub(" ", name).strip() or name for name in task.names]
    if "terms" in variant:
        named = [f"{name} {terms}" for name, terms in zip(named, read_terms(task), strict=True)]
    texts = [own[place] for place in kept]
    rows = TextRows(space).fit(texts)
    learned, names, evaluated = rows.transform(texts), rows.transform(named), rows.transform(asked)

    def accuracy(y: NDArray[np.int64]) -> float:
        model = LabelNameClassifier(names).fit(learned, y)
        return 100 * float(np.mean(model.predict(evaluated) == task.truth))

    zero_label = accuracy(np.full(len(kept), -1))
    few_shot = tuple(accuracy(y[kept]) for y in task.training)
    return Outcome(task.name, variant, zero_label, few_shot, time.perf_counter() - started)


def variants(task: str) -> tuple[str, ...]:
    """Which rows a task has."""
    plain = ("names", "terms")
    return (*plain, "names, keywords", "terms, keywords") if task == "tnews" else plain


def fingerprint(tasks: Iterable[Task]) -> str:
    """Of the evaluated texts and their labels."""
    digest = hashlib.sha256()
    for task in tasks:
        for row, label in zip(task.evaluated, task.truth, strict=True):
            digest.update(f"{task.name}\t{task.labels[label]}\t{row.with_keywords}\n".encode())
    return digest.hexdigest()[:16]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print published and own rows."""
    parser = argparse.ArgumentParser(description="Accuracy on FewCLUE's single-label topics.")
    parser.add_argument("data", type=Path, help="the evaluation data folder")
    parser.add_argument("--task", choices=TASKS, action="append", help="only this; repeatable")
    parser.add_argument("--split", choices=("test", "dev"), default="test")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    out = sys.stdout
    tasks = [read_task(given.data, name, given.split) for name in TASKS]
    sizes = ", ".join(f"{task.name} {len(task.evaluated)}" for task in tasks)
    out.write(f"{given.split}: {sizes} texts; corpus {fingerprint(tasks)}\n\n")
    out.write(f"{'published (arXiv:2107.07498, table 3)':<40}")
    out.write("".join(f"{name:>9}" for name in TASKS) + "\n")
    for way, figures in PUBLISHED:
        out.write(f"{way:<40}" + "".join(f"{figure:>9.1f}" for figure in figures) + "\n")
    background = read_background(given.data, tasks)
    out.write("\nbackground, without labels (left out: overlaps with an evaluated text)\n")
    for name, used, left_out in background.counts:
        out.write(f"  {name:<12}{used:>7} texts, {left_out} left out\n")
    seconds = time.perf_counter() - started
    out.write(f"  {len(background.space.index)} words learned in {seconds:.0f} s\n\n")
    out.write(
        f"{'ours':<25}{'zero-label':>11}   few-shot, sets 0 to 4{'':>12}{'mean':>7}{'s':>6}\n"
    )
    for task in tasks:
        if given.task and task.name not in given.task:
            continue
        for variant in variants(task.name):
            outcome = score(task, background.space, variant)
            sets = "".join(f"{figure:>7.1f}" for figure in outcome.few_shot)
            out.write(f"{f'{task.name} ({variant})':<25}{outcome.zero_label:>11.1f}{sets}")
            out.write(f"{outcome.mean:>7.1f}{outcome.seconds:>6.0f}\n")
            out.flush()
    out.write(f"\n{time.perf_counter() - started:.0f} s in all\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
