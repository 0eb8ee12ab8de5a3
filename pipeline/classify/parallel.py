"""Classification in several processes, in the order of the items.

Hides: how work is spread over processes: chunks go to joblib's workers, the model's arrays reach
them as memory maps (of the model folder, or of a temporary file for a model trained in this
process), so that the weights stand in memory once.

A worker keeps the memory it freed: handing some megabytes back to the system after every batch and
asking for them again took 6 of 110 microseconds an item.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator
from functools import cache

import joblib

from pipeline.assignment import ItemAssignments
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item
from pipeline.classify.sending import CHUNK_BATCHES, Recipe, bare_model, chunks, unpacked, work

__all__ = ["classify_in_processes"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of mallopt(3)."""
_KEPT = 128 << 20
"""Bytes of freed memory a worker keeps at most."""
_FROM_HEAP = 32 << 20
"""Bytes up to which memory comes from what is kept; the largest value glibc takes."""


def classify_in_processes(
    classifier: ThemeClassifier, items: Iterable[Item], jobs: int
) -> Iterator[ItemAssignments]:
    """What ``classifier.classify(items)`` gives, computed by ``jobs`` processes."""
    recipe, model = Recipe.of(classifier), bare_model(classifier.model)
    size = classifier.batch_size * CHUNK_BATCHES
    results = joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch=f"2*{jobs}")(
        joblib.delayed(_work)(recipe, model, chunk) for chunk in chunks(items, size)
    )
    for packed in results:
        yield from unpacked(packed)


def _work(recipe: Recipe, model: BaseModel, chunk: bytes) -> bytes:
    _keep_freed_memory()
    return work(recipe, model, chunk)


@cache
def _keep_freed_memory() -> None:
    """Once in a worker; where the C library is another than glibc nothing happens."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(_TRIM_THRESHOLD, _KEPT)
        library.mallopt(_MMAP_THRESHOLD, _FROM_HEAP)
