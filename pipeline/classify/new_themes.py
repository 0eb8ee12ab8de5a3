"""Themes the plan lacks: what science news no theme takes, in clusters named by their terms.

Hides: which items are looked at and how they are grouped. An item is science news when one of the
base model's topics of science work or of a field of technology reaches its own threshold, and
what science does (research, talent, platforms, popularisation ..) speaks in it; it is unmapped
when no theme is assigned. Unmapped items are laid out in the model's latent space and joined
bottom up by the mean cosine distance (average linkage); groups of fewer than ``smallest`` stay
loose. A group is named by c-TF-IDF (Grootendorst 2022): words that many of its items hold and few
others.

The same items give the same answer in whatever order they come. Memory is bounded: of more than
``MOST`` unmapped items those with the smallest hash of their id stand for all.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item, lead_length
from pipeline.classify.layer import latent_coordinates
from pipeline.text import segment

__all__ = ["NewTheme", "NewThemes", "Sample", "find_new_themes"]

MOST = 4_000
"""Items clustered at most: all their distances take 64 MB and some seconds."""
DISTANCE = 0.55
"""Mean cosine distance up to which groups are joined. Read by eye on seed 000 and 1 433 unmapped
broadcasts: at 0.65 power stations and solar farms fall in with the whole of energy, at 0.45 each
event stands alone."""
SCIENCE = 0.25
"""Probability of any activity of science work from which an item counts as science news: without
it, holiday tourism and box office figures fill the clusters."""
READ = 400
"""Characters of the text whose words may name a group."""
TERMS, SAMPLES = 6, 3
TITLE_COUNTS = 2
"""A word of the title counts as often as this many in the text."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """An item near the middle of its group."""

    id: str
    title: str


class NewTheme(msgspec.Struct, frozen=True, kw_only=True):
    """A group of unmapped science news: what a further theme of the plan could be about."""

    terms: tuple[str, ...]
    """Most telling first."""
    items: tuple[str, ...]
    """Ids of all its items, the most typical first."""
    samples: tuple[Sample, ...]
    topics: tuple[str, ...]
    """Names of the general topics that half of its items or more are about."""
    cohesion: float
    """Mean cosine of its items to their middle, 0 to 1."""


class NewThemes(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and the groups found, the largest first."""

    format: Literal[1] = 1
    read: int
    science: int
    """Science news among what was read."""
    unmapped: int
    """Science news no theme takes."""
    clustered: int
    """Of those, how many were compared: all, or ``MOST``."""
    loose: int
    """Of those, how many are in no group."""
    smallest: int
    themes: tuple[NewTheme, ...]

    @property
    def too_few(self) -> bool:
        """Whether there is too little unmapped news to speak of groups at all."""
        return self.clustered < 2 * self.smallest


@dataclass(frozen=True, order=True)
class _Held:
    """An unmapped item; the largest hash sorts first, so that a heap drops it first."""

    rank: int
    id: str
    title: str
    text: str
    topics: tuple[int, ...]
    place: tuple[float, ...]
    """Unit vector in the latent space."""


def find_new_themes(
    classifier: ThemeClassifier,
    items: Iterable[Item],
    *,
    smallest: int = 5,
    taken: frozenset[str] = frozenset(),
) -> NewThemes:
    """Group the science news among ``items`` that no theme of ``classifier`` takes.

    Args:
        items: read as a stream, once.
        smallest: items a group must have.
        taken: ids that count as mapped whatever the classifier says, as people decided.
    """
    if smallest < 2:
        raise ValueError(f"smallest must be at least 2, got {smallest} instead")
    held: list[_Held] = []
    read = science = unmapped = 0
    stream = iter(items)
    while batch := list(islice(stream, classifier.batch_size)):
        read += len(batch)
        topics, places = _placed(classifier, batch)
        relevant = _science(classifier, topics)
        mapped = classifier.decide(batch)[1].any(axis=1)
        science += int(relevant.sum())
        for row in np.flatnonzero(relevant & ~mapped).tolist():
            if batch[row].id in taken:
                continue
            unmapped += 1
            one = _hold(classifier, batch[row], topics[row], places[row])
            if len(held) < MOST:
                heapq.heappush(held, one)
            else:
                heapq.heappushpop(held, one)
    held.sort(key=lambda one: one.id)
    groups = _groups(held, smallest)
    return NewThemes(
        read=read,
        science=science,
        unmapped=unmapped,
        clustered=len(held),
        loose=len(held) - sum(len(group) for group in groups),
        smallest=smallest,
        themes=_named(classifier, held, groups),
    )


def _placed(
    classifier: ThemeClassifier, batch: Sequence[Item]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Topic probabilities, and unit vectors in the latent space (zero where nothing is known)."""
    model = classifier.model
    rows = model.vocabulary.matrix(batch)
    places = latent_coordinates(model, rows)
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    chances = 1 / (1 + np.exp(-model.log_odds(rows).astype(np.float64)))
    return chances * (lengths > 0), np.asarray(places / np.maximum(lengths, 1e-12))


def _science(classifier: ThemeClassifier, topics: NDArray[np.float64]) -> NDArray[np.bool_]:
    kinds = np.array([topic.kind for topic in classifier.model.topics])
    reached = topics >= np.asarray(classifier.model.thresholds)
    does = 1 - np.prod(1 - topics[:, kinds == "activity"], axis=1)
    return np.asarray(reached[:, kinds != "outside"].any(axis=1) & (does >= SCIENCE))


def _hold(
    classifier: ThemeClassifier,
    item: Item,
    topics: NDArray[np.float64],
    place: NDArray[np.float64],
) -> _Held:
    start = lead_length(item.text)
    return _Held(
        rank=-int.from_bytes(hashlib.sha256(item.id.encode()).digest()[:8], "big"),
        id=item.id,
        title=item.title,
        text=item.text[start : start + READ],
        topics=tuple(np.flatnonzero(topics >= np.asarray(classifier.model.thresholds)).tolist()),
        place=tuple(place.astype(np.float32).tolist()),
    )


def _groups(held: Sequence[_Held], smallest: int) -> list[list[int]]:
    """Places in ``held``, by group; the largest group first, then by its first item."""
    if len(held) < 2 * smallest:
        return []
    from sklearn.cluster import AgglomerativeClustering

    joined = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=DISTANCE
    )
    labels = joined.fit_predict(np.array([one.place for one in held]))
    found: dict[int, list[int]] = {}
    for place, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(place)
    large = [group for group in found.values() if len(group) >= smallest]
    return sorted(large, key=lambda group: (-len(group), group[0]))


def _named(
    classifier: ThemeClassifier, held: Sequence[_Held], groups: Sequence[Sequence[int]]
) -> tuple[NewTheme, ...]:
    words = [_words(one) for one in held]
    everywhere: Counter[str] = Counter()
    for counted in words:
        everywhere.update(counted)
    each = [sum((words[place] for place in group), Counter()) for group in groups]
    average = sum(counts.total() for counts in each) / max(1, len(each))
    themes = []
    for group, counts in zip(groups, each, strict=True):
        places = np.array([held[place].place for place in group])
        middle = places.mean(axis=0)
        near = places @ (middle / max(float(np.linalg.norm(middle)), 1e-12))
        order = [group[place] for place in np.argsort(-near.round(6), kind="stable")]
        shared = Counter(topic for place in group for topic in held[place].topics)
        themes.append(
            NewTheme(
                terms=_terms(counts, everywhere, average, len(group)),
                items=tuple(held[place].id for place in order),
                samples=tuple(
                    Sample(id=held[place].id, title=held[place].title) for place in order[:SAMPLES]
                ),
                topics=tuple(
                    classifier.model.topics[topic].name
                    for topic, count in sorted(shared.items(), key=lambda one: (-one[1], one[0]))
                    if 2 * count >= len(group)
                ),
                cohesion=round(float(near.mean()), 3),
            )
        )
    return tuple(themes)


def _words(one: _Held) -> Counter[str]:
    """Each word of two characters or more once, those of the title ``TITLE_COUNTS`` times."""
    said = dict.fromkeys(segment(one.text), 1) | dict.fromkeys(segment(one.title), TITLE_COUNTS)
    return Counter({word: count for word, count in said.items() if _may_name(word)})


def _may_name(word: str) -> bool:
    return len(word) > 1 and not any(sign.isdigit() for sign in word)


def _terms(
    counts: Counter[str], everywhere: Counter[str], average: float, items: int
) -> tuple[str, ...]:
    """The heaviest words of a group that a fifth of its items hold, none inside another."""
    weights = {
        word: count * float(np.log1p(average / everywhere[word]))
        for word, count in counts.items()
        if 5 * count >= items and count > 1
    }
    chosen: list[str] = []
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if len(chosen) < TERMS and not any(word in other or other in word for other in chosen):
            chosen.append(word)
    return tuple(chosen)
