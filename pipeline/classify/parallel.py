"""Classification in several processes, in the order of the items.

Hides: how work is spread over processes: chunks go to joblib's workers, the model's arrays reach
them as memory maps (of the model folder, or of a temporary file for a model trained in this
process), so that the weights stand in memory once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import joblib

from pipeline.assignment import ItemAssignments
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item
from pipeline.classify.sending import CHUNK_BATCHES, Recipe, bare_model, chunks, unpacked, work

__all__ = ["classify_in_processes"]


def classify_in_processes(
    classifier: ThemeClassifier, items: Iterable[Item], jobs: int
) -> Iterator[ItemAssignments]:
    """What ``classifier.classify(items)`` gives, computed by ``jobs`` processes."""
    recipe, model = Recipe.of(classifier), bare_model(classifier.model)
    size = classifier.batch_size * CHUNK_BATCHES
    results = joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch=f"2*{jobs}")(
        joblib.delayed(work)(recipe, model, chunk) for chunk in chunks(items, size)
    )
    for packed in results:
        yield from unpacked(packed)
