"""What the base model learns from, and in which shapes it is shown.

Hides: which texts are read, which are held out, and how a long national broadcast is made
to teach about short local news. Five kinds of rows are learned from:

- labelled broadcasts, whole, and again as a *brief* (title and first sentences) and as a
  *title* alone, at less weight: local items are a third as long;
- local *gists*: local science news told in one sentence, topics in ``local_topics.tsv``
  (read once from the sentences; ``T07?`` counts neither way);
- *generated* items (``generated_items.tsv``): short and longer local news as counties and bureaus
  tell it, and some as national television does, written for this model by a language model, which
  labelled them as it wrote; side topics that it may have left out count neither way;
- the *dictionary*: every term that names a topic (``pipeline.classify.topics``) as an item
  of its own, which teaches words that the broadcasts hardly use (众创空间, 孵化器).

Paragraphs of plans and the generated items serve as background beside the unlabelled broadcasts:
they hold the words of local science work. Whatever also stands in the evaluation set (by id, address,
title or text) is left out of everything.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.features import lead_length
from pipeline.classify.topics import TOPICS
from pipeline.errors import BadInput

__all__ = [
    "TrainingItem",
    "TrainingSet",
    "as_brief",
    "as_title",
    "dictionary",
    "local_truth",
    "read_training_set",
    "truth_of",
]

BRIEF = 150
"""Characters of the body that a brief keeps: about what a local item's first half says."""

LOCAL_TOPICS = Path(__file__).with_name("local_topics.tsv")
GENERATED_ITEMS = Path(__file__).with_name("generated_items.tsv")

_Record = TypeVar("_Record")

_HEADING = 30
"""A line of a plan up to this length is a heading; longer ones are paragraphs."""


class TrainingItem(msgspec.Struct, frozen=True):
    """A broadcast, labelled or not."""

    id: str
    title: str
    text: str
    date: str = ""
    url: str | None = ""
    topics: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    """Topics the reader was not sure of: they count neither way."""


class TrainingSet(msgspec.Struct, frozen=True):
    """What the base model learns from."""

    labelled: tuple[TrainingItem, ...]
    unlabelled: tuple[TrainingItem, ...]
    gists: tuple[TrainingItem, ...]
    """Local items of one sentence, labelled; no title."""
    generated: tuple[TrainingItem, ...]
    """Local items generated for this model, labelled; never measured on."""
    paragraphs: tuple[TrainingItem, ...]
    """Paragraphs of plans, unlabelled."""
    excluded: int
    fingerprint: str


class _Gist(msgspec.Struct, frozen=True):
    id: str
    gist: str


def read_training_set(data: Path) -> TrainingSet:
    """Read labelled and unlabelled broadcasts, local gists and plans under ``data``.

    Raises:
        BadInput: ``training-data`` when a file is missing or a line cannot be read.
    """
    held_out: set[str] = set()
    for item in _read(data / "news" / "gold.jsonl", TrainingItem):
        held_out |= _marks(item)
    labelled = _read(data / "topics" / "labelled.jsonl.gz", TrainingItem)
    unlabelled = _read(data / "news" / "broadcast.jsonl.gz", TrainingItem)
    kept = tuple(item for item in labelled if not _marks(item) & held_out)
    background = tuple(item for item in unlabelled if not _marks(item) & held_out)
    topics = _local_topics()
    gists = tuple(
        TrainingItem(id=one.id, title="", text=one.gist, topics=sure, perhaps=perhaps)
        for one in _read(data / "news" / "local_gists.jsonl", _Gist)
        if one.id in topics
        for sure, perhaps in (_labels(topics[one.id]),)
    )
    paragraphs = _plan_paragraphs(data / "plans")
    digest = hashlib.sha256()
    generated = _generated_items()
    for item in (*kept, *background, *gists, *generated, *paragraphs):
        digest.update(msgspec.json.encode(item))
    excluded = len(labelled) + len(unlabelled) - len(kept) - len(background)
    return TrainingSet(
        kept, background, gists, generated, paragraphs, excluded, digest.hexdigest()[:16]
    )


def truth_of(items: Sequence[TrainingItem]) -> NDArray[np.bool_]:
    """Shape (items, topics): what each item is about."""
    return np.array([[topic.id in item.topics for topic in TOPICS] for item in items])


def local_truth(items: Sequence[TrainingItem]) -> NDArray[np.bool_]:
    """Shape (items, topics): where the label counts, that is, the reader was sure."""
    return np.array([[topic.id not in item.perhaps for topic in TOPICS] for item in items])


def as_brief(item: TrainingItem) -> TrainingItem:
    """The item as a short one: its title and the first ``BRIEF`` characters of news."""
    lead = lead_length(item.text)
    return msgspec.structs.replace(item, text=item.text[lead : lead + BRIEF])


def as_title(item: TrainingItem) -> TrainingItem:
    """The item's title alone."""
    return msgspec.structs.replace(item, text="")


def dictionary() -> tuple[TrainingItem, ...]:
    """Every naming term as an item, with all the topics it names.

    >>> next(item.topics for item in dictionary() if item.text == "众创空间")
    ('T01',)
    """
    meanings: dict[str, list[str]] = {}
    for topic in TOPICS:
        for term in topic.strong:
            meanings.setdefault(term, []).append(topic.id)
    return tuple(
        TrainingItem(id=f"term {term}", title="", text=term, topics=tuple(topics))
        for term, topics in meanings.items()
    )


def _marks(item: TrainingItem) -> set[str]:
    marks = {f"id {item.id}", f"title {item.title}", f"text {item.text[:200]}"}
    return marks | ({f"url {item.url}"} if item.url else set())


def _local_topics() -> dict[str, Sequence[str]]:
    rows = (line.partition("\t") for line in _lines(LOCAL_TOPICS))
    return {name: codes.split() for name, _, codes in rows}


def _generated_items() -> tuple[TrainingItem, ...]:
    found = []
    for number, line in enumerate(_lines(GENERATED_ITEMS), start=1):
        codes, title, text = line.split("\t")
        sure, perhaps = _labels(codes.replace("-", "").split())
        found.append(
            TrainingItem(
                id=f"generated {number}", title=title, text=text, topics=sure, perhaps=perhaps
            )
        )
    return tuple(found)


def _labels(codes: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The topics that are sure, and those that may be (``T07?``)."""
    sure = tuple(code for code in codes if not code.endswith("?"))
    return sure, tuple(code[:-1] for code in codes if code.endswith("?"))


def _lines(path: Path) -> list[str]:
    """Of a file beside this one, less its remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _plan_paragraphs(folder: Path) -> tuple[TrainingItem, ...]:
    found = []
    for path in sorted(folder.glob("p*.txt")):
        heading = ""
        for number, raw in enumerate(_text(path).splitlines()):
            line = raw.strip().strip("*# \u3000")
            if not line or "http" in line or line.startswith(("发布", "检索", "原文")):
                continue
            if len(line) <= _HEADING:
                heading = line
            else:
                found.append(TrainingItem(id=f"{path.stem}:{number}", title=heading, text=line))
    return tuple(found)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _read(path: Path, kind: type[_Record]) -> list[_Record]:
    decoder = msgspec.json.Decoder(kind)
    try:
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
        return [decoder.decode(line) for line in lines if line.strip()]
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise BadInput(
            f"cannot read the training data {path}: {error}",
            "training-data",
            "Give the folder that holds topics/, news/ and plans/.",
        ) from error
