"""The two latent spaces of the base model, learned from unlabelled news.

Hides: which grams a space is laid over and how its directions are scaled. One lies over the most
frequent grams: what the topics' logistic regressions learn from. The other, which the model ships
for themes to learn from, lies over the grams that are words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify.estimators import GramVectorizer, LatentSpace
from pipeline.classify.features import MAX_GRAM, Item, fold, gram_slots
from pipeline.text import cut

__all__ = ["frequent_space", "word_space"]

FREQUENT_DIMENSIONS, FREQUENT_GRAMS = 160, 32_768
"""More add time, not accuracy."""
WORD_DIMENSIONS = 300
LEAST_ITEMS = 8
"""In so many items a gram must stand as a word. A space over the words gives themes with 100 labels
0.784 micro-F1 in a trial, one over the most frequent grams 0.768."""
SPREAD_POWER = 0.5
"""Coordinates are divided by this power of their spread, so that the first few do not drown the
others."""


def frequent_space(vectorizer: GramVectorizer, rows: sp.csr_matrix) -> NDArray[np.float32]:
    """Shape (dimensions, features), zero outside the most frequent grams."""
    order = np.argsort(-vectorizer.document_frequency_, kind="stable")
    frequent = np.sort(order[:FREQUENT_GRAMS])
    space = LatentSpace(n_components=FREQUENT_DIMENSIONS).fit(rows[:, frequent])
    components = np.zeros((FREQUENT_DIMENSIONS, rows.shape[1]), dtype=np.float32)
    components[:, frequent] = space.components_
    return components


def word_space(
    vectorizer: GramVectorizer, background: Sequence[Item], rows: sp.csr_matrix
) -> NDArray[np.float32]:
    """Shape (dimensions, features), zero outside the grams that are words; an item's coordinates
    have a mean square length of 1."""
    words = _words(vectorizer, background)
    rows = rows[:, words]
    space = LatentSpace(n_components=WORD_DIMENSIONS).fit(rows)
    places = space.transform(rows)
    directions = space.components_ / (places.std(axis=0) ** SPREAD_POWER)[:, None]
    length = np.sqrt(((rows @ directions.T) ** 2).sum(axis=1).mean())
    components = np.zeros((WORD_DIMENSIONS, vectorizer.vocabulary_.size), dtype=np.float32)
    components[:, words] = directions / length
    return components


def _words(vectorizer: GramVectorizer, background: Sequence[Item]) -> NDArray[np.int64]:
    """The features whose gram is a word of two characters or more, ascending."""
    items_with = Counter(
        word for item in background for word in set(cut(f"{item.title}\n{item.text}"))
    )
    lookup = vectorizer.vocabulary_.lookup
    found: set[int] = set()
    for word, items in items_with.items():
        if items >= LEAST_ITEMS and 2 <= len(word) <= MAX_GRAM:
            slots = [
                int(slot[0])
                for n, _, slot in gram_slots(fold(word))
                if n == len(word) and len(slot)
            ]
            found.update(int(lookup[slot]) for slot in slots)
    return np.array(sorted(found - {-1}), dtype=np.int64)
