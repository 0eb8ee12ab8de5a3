"""A classifier and its work as they travel to other processes and machines.

Hides: the packing. Items travel as id, title and text alone, in chunks, both ways as one string
of bytes: pickling each record would cost a quarter of what a second process gains. The model
travels by itself (as a memory map, or once to each machine); what else a classifier is made of
is small and goes with every chunk. A worker builds its classifier for the first chunk and keeps it.
"""

from __future__ import annotations

import dataclasses
import pickle
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import msgspec

from pipeline.assignment import ItemAssignments
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item

__all__ = ["CHUNK_BATCHES", "Recipe", "bare_model", "chunks", "unpacked", "work"]

CHUNK_BATCHES = 2
"""Batches a process is given at once: sending costs little beside the work."""


class _Plain(msgspec.Struct, frozen=True, array_like=True):
    """An item as it is sent to a worker."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Recipe:
    """What a classifier is made of, but for its model."""

    fingerprint: str
    parts: bytes
    """Arguments of ``ThemeClassifier``, pickled: they come from this program alone."""

    @classmethod
    def of(cls, classifier: ThemeClassifier) -> Recipe:
        """How to build ``classifier`` again."""
        return cls(classifier.fingerprint, pickle.dumps(classifier.parts))


def bare_model(model: BaseModel) -> BaseModel:
    """The model without what was derived from it in this process."""
    return dataclasses.replace(model, vocabulary=dataclasses.replace(model.vocabulary))


def chunks(items: Iterable[Item], size: int) -> Iterator[bytes]:
    """The items, ``size`` together."""
    stream = iter(items)
    while chunk := [_Plain(item.id, item.title, item.text) for item in islice(stream, size)]:
        yield msgspec.msgpack.encode(chunk)


def unpacked(results: bytes) -> list[ItemAssignments]:
    """The assignments of a chunk."""
    return msgspec.msgpack.decode(results, type=list[ItemAssignments])


_kept: list[tuple[str, ThemeClassifier]] = []
"""The classifier of this worker, if it has one."""
_building = threading.Lock()
"""A worker may work in several threads."""


def work(recipe: Recipe, model: BaseModel | bytes, chunk: bytes) -> bytes:
    """Classify a chunk, in a worker; ``model`` as it is, or pickled for another machine."""
    classifier = _classifier(recipe, model)
    items = msgspec.msgpack.decode(chunk, type=list[_Plain])
    return msgspec.msgpack.encode(list(classifier.classify(items)))


def _classifier(recipe: Recipe, model: BaseModel | bytes) -> ThemeClassifier:
    with _building:
        if not _kept or _kept[0][0] != recipe.fingerprint:
            made = ThemeClassifier(
                pickle.loads(model) if isinstance(model, bytes) else model,
                **pickle.loads(recipe.parts),
            )
            _kept[:] = [(recipe.fingerprint, made)]
        return _kept[0][1]
