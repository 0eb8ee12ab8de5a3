"""Classification in several processes, in the order of the items.

Hides: how work is spread. Chunks of items go to joblib's worker processes, which keep the
classifier they built for the first chunk. The model's arrays reach them as memory maps (of
the model folder, or of a temporary file for a model trained in this process), so that the
weights stand in memory once. Items travel as id, title and text alone, both ways packed as
one string of bytes a chunk: pickling each record would cost a quarter of the gain.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import islice

import joblib
import msgspec

from pipeline.assignment import ItemAssignments
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item
from pipeline.plan.profile import ThemeProfile

__all__ = ["CHUNK_BATCHES", "classify_in_processes"]

CHUNK_BATCHES = 2
"""Batches a process is given at once: sending costs little beside the work."""


class _Plain(msgspec.Struct, frozen=True, array_like=True):
    """An item as it is sent to a worker."""

    id: str
    title: str
    text: str


def classify_in_processes(
    classifier: ThemeClassifier, items: Iterable[Item], jobs: int
) -> Iterator[ItemAssignments]:
    """What ``classifier.classify(items)`` gives, computed by ``jobs`` processes."""
    model = dataclasses.replace(
        classifier.model, vocabulary=dataclasses.replace(classifier.model.vocabulary)
    )
    key = (classifier.model.fingerprint, classifier.profiles, classifier.batch_size)
    size = classifier.batch_size * CHUNK_BATCHES
    results = joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch=f"2*{jobs}")(
        joblib.delayed(_work)(key, model, chunk) for chunk in _chunks(items, size)
    )
    for packed in results:
        yield from msgspec.msgpack.decode(packed, type=list[ItemAssignments])


def _chunks(items: Iterable[Item], size: int) -> Iterator[bytes]:
    stream = iter(items)
    while chunk := [_Plain(item.id, item.title, item.text) for item in islice(stream, size)]:
        yield msgspec.msgpack.encode(chunk)


_Key = tuple[str, tuple[ThemeProfile, ...], int]
_kept: list[tuple[_Key, ThemeClassifier]] = []
"""The classifier of this worker, if it has one."""


def _work(key: _Key, model: BaseModel, packed: bytes) -> bytes:
    if not _kept or _kept[0][0] != key:
        _, profiles, batch_size = key
        _kept[:] = [(key, ThemeClassifier(model, profiles, batch_size=batch_size))]
    items = msgspec.msgpack.decode(packed, type=list[_Plain])
    return msgspec.msgpack.encode(list(_kept[0][1].classify(items)))
