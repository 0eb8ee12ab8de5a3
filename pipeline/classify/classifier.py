"""Items to assignments: the base model's topics, combined by the themes' profiles and labels.

Hides: how topic probabilities become a theme's. A theme is about any of its topics, so
its probability is that not all of them are absent (noisy-or, Pearl 1988):

    p(theme) = 1 - product over its topics k of (1 - w_k * p_k)

with w_k the profile's weight and p_k the calibrated probability of topic k. The log-odds
of that are raised by the theme's own terms and units found in the item and lowered by its
exclusions (``pipeline.classify.terms``). Where labels were learned from, a
trained layer corrects them (``pipeline.classify.layer``).

A theme is assigned from a threshold that follows from the model alone: the best threshold
for F1 is half the best F1 (Lipton, Elkan & Naryanaswamy 2014), which cross-validation
measured for each topic; a theme takes the mean over its topics by weight. "No theme" is a
normal answer, and the only one for an item without text. A trained layer brings thresholds of its own.

Schemes nest: a section stands under a chapter. A theme's probability is at most that of the
theme it stands under, and it is assigned only where that one is; what is above never depends
on what is below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import msgspec
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import Evidence, ItemAssignments, PlanClause, ThemeScore
from pipeline.classify.answers import PlanIndex, PlanSide
from pipeline.classify.bundle import BaseModel
from pipeline.classify.evidence import ItemGrams, stretches
from pipeline.classify.features import Item
from pipeline.classify.layer import TrainedLayer
from pipeline.classify.terms import ProfileTerms
from pipeline.plan.profile import ThemeProfile

__all__ = ["Above", "ThemeClassifier"]

MOST_THEMES = 3
"""An item answers to at most so many themes of a scheme, those furthest above their threshold:
what touches on everything covers nothing. People were told the same when they labelled."""
CERTAIN = 1e-6
"""Probabilities stay this far from 0 and 1, so that log-odds stay finite."""


@dataclass(frozen=True, eq=False)
class Above:
    """A scheme whose themes stand over those decided, such as chapters over sections."""

    profiles: tuple[ThemeProfile, ...]
    parents: tuple[int, ...]
    """For each theme below the place of the one it stands under, -1 for none."""
    layer: TrainedLayer | None = None
    above: tuple[Above, ...] = ()
    """What stands over this scheme in turn."""


class ThemeClassifier:
    """Decides the themes of one scheme for any number of items, in a stream.

    Args:
        model: the base topic model.
        profiles: one per theme; the order is kept for themes of equal probability.
        layer: what labels taught about these themes; None while there are none.
        above: the schemes that bound this one (``pipeline.classify.hierarchy`` finds them).
        side: the plan's clauses and units that assignments refer to; None to tell of neither.
        batch_size: items read at once; memory grows with it, results do not change.
    """

    def __init__(
        self,
        model: BaseModel,
        profiles: Sequence[ThemeProfile],
        *,
        layer: TrainedLayer | None = None,
        above: Sequence[Above] = (),
        side: PlanSide | None = None,
        batch_size: int = 512,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size} instead")
        self.model = model
        self.profiles = tuple(profiles)
        self.batch_size = batch_size
        self.above = tuple(above)
        self.side = side
        self._above = [
            (
                ThemeClassifier(model, one.profiles, layer=one.layer, above=one.above),
                np.asarray(one.parents, dtype=np.int64),
            )
            for one in self.above
        ]
        places = {topic.id: place for place, topic in enumerate(model.topics)}
        self._weights = np.zeros((len(self.profiles), len(places)))
        for row, profile in enumerate(self.profiles):
            for link in profile.topics:
                if link.topic in places:
                    self._weights[row, places[link.topic]] = min(1.0, max(0.0, link.weight))
        self.layer = layer
        self._check_layer()
        self.thresholds = self._thresholds() if layer is None else layer.thresholds
        """Probability from which each theme is assigned, shape (themes,)."""
        said_of_nothing = 1 / (1 + np.exp(-np.asarray(model.offsets, dtype=np.float64)))
        nothing = self._combine(said_of_nothing[None, :], np.zeros((1, len(self.profiles))))
        self._silence = log_odds(self._correct(nothing, sp.csr_matrix((1, model.vocabulary.size))))
        self._demanded = np.array([profile.minimum_evidence for profile in self.profiles])
        self._terms = ProfileTerms(self.profiles)

    @property
    def parts(self) -> dict[str, object]:
        """The arguments this classifier was made with, all but the model."""
        return {
            "profiles": self.profiles,
            "layer": self.layer,
            "above": self.above,
            "side": self.side,
            "batch_size": self.batch_size,
        }

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits: equal for two classifiers that say the same of every item."""
        layer = "" if self.layer is None else self.layer.fingerprint
        above = [(over.fingerprint, tuple(parents.tolist())) for over, parents in self._above]
        made_of = (self.model.fingerprint, self.profiles, layer, above, self.side)
        return hashlib.sha256(msgspec.json.encode(made_of)).hexdigest()[:16]

    def classify(self, items: Iterable[Item], *, jobs: int = 1) -> Iterator[ItemAssignments]:
        """One result per item, in order; reads no further ahead than one batch.

        With ``jobs`` above 1 batches go to that many processes (see
        ``pipeline.classify.parallel``): the same results in the same order, reading a few
        batches ahead.
        """
        if jobs < 1:
            raise ValueError(f"jobs must be at least 1, got {jobs} instead")
        if jobs > 1:
            from pipeline.classify.parallel import classify_in_processes

            yield from classify_in_processes(self, items, jobs)
            return
        stream = iter(items)
        while batch := list(islice(stream, self.batch_size)):
            yield from self._classify_batch(batch)

    def probabilities(self, items: Sequence[Item]) -> NDArray[np.float64]:
        """Shape (items, themes), for evaluation; the same figures as ``classify`` gives."""
        return self.decide(items)[0]

    def decide(self, items: Sequence[Item]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Probabilities, and which themes are assigned; both of shape (items, themes)."""
        chances = np.zeros((len(items), len(self.profiles)))
        assigned = np.zeros(chances.shape, dtype=bool)
        for start in range(0, len(items), self.batch_size):
            batch = items[start : start + self.batch_size]
            rows = self.model.vocabulary.matrix(batch)
            inside = slice(start, start + len(batch))
            chances[inside], assigned[inside] = self._decide(batch, rows, self._topics(rows))
        return chances, assigned

    def _decide(
        self, items: Sequence[Item], rows: sp.csr_matrix, topics: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        heard = np.diff(rows.indptr) > 0
        chances = self._correct(self._combine(topics, self._terms.odds(items)), rows)
        chances *= heard[:, None]
        gained = log_odds(chances) - self._silence
        able = (gained >= self._demanded) & heard[:, None]
        for classifier, parents in self._above:
            over, allowed = classifier._decide(items, rows, topics)
            below = np.flatnonzero(parents >= 0)
            chances[:, below] = np.minimum(chances[:, below], over[:, parents[below]])
            able[:, below] &= allowed[:, parents[below]]
        return chances, self._furthest(chances, able & (chances >= self.thresholds))

    def _furthest(self, chances: NDArray[np.float64], able: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of the themes an item may be assigned to, those furthest above their threshold."""
        lead = np.where(able, chances / np.maximum(self.thresholds, CERTAIN), 0.0)
        place = np.argsort(np.argsort(-lead, axis=1, kind="stable"), axis=1, kind="stable")
        return np.asarray(able & (place < MOST_THEMES))

    def _check_layer(self) -> None:
        if self.layer is None:
            return
        themes = tuple(profile.theme for profile in self.profiles)
        if self.layer.themes != themes:
            raise ValueError(
                f"layer must be of the themes {themes}, got {self.layer.themes} instead"
            )
        if self.layer.base_fingerprint != self.model.fingerprint:
            raise ValueError(
                f"layer must be trained on the base model {self.model.fingerprint},"
                f" got {self.layer.base_fingerprint} instead"
            )

    @cached_property
    def _layer_grams(self) -> NDArray[np.float32]:
        """What each gram adds beside the profile, shape (features, themes)."""
        if self.layer is None:
            return np.zeros((self.model.vocabulary.size, len(self.profiles)), dtype=np.float32)
        return self.layer.gram_weights(self.model)

    def _correct(self, chances: NDArray[np.float64], rows: sp.csr_matrix) -> NDArray[np.float64]:
        """Probabilities by the profiles to those by profiles and labels."""
        if self.layer is None:
            return chances
        added = np.asarray(rows @ self._layer_grams, dtype=np.float64)
        odds = self.layer.slopes * log_odds(chances) + added + self.layer.silence(self.model)
        return np.asarray(np.where(self.layer.trained, 1 / (1 + np.exp(-odds)), chances))

    def _thresholds(self) -> NDArray[np.float64]:
        own = np.asarray(self.model.thresholds)
        total = self._weights.sum(axis=1)
        mean = (self._weights * own).sum(axis=1) / np.maximum(total, 1e-12)
        return np.where(total > 0, mean, self.model.threshold)

    def _topics(self, rows: sp.csr_matrix) -> NDArray[np.float64]:
        """Topic probabilities, 0 for items without a known gram; shape (items, topics)."""
        heard = np.diff(rows.indptr) > 0
        chances = 1 / (1 + np.exp(-self.model.log_odds(rows).astype(np.float64)))
        return np.asarray(chances * heard[:, None])

    def _combine(
        self, topics: NDArray[np.float64], term_odds: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Theme probabilities, shape (items, themes)."""
        absent = np.ones((len(topics), len(self.profiles)))
        for topic in range(topics.shape[1]):
            if self._weights[:, topic].any():
                absent *= 1.0 - topics[:, [topic]] * self._weights[:, topic]
        chance = 1.0 - absent
        shifted = 1 / (1 + np.exp(-(log_odds(chance) + term_odds)))
        return np.asarray(np.where(term_odds == 0.0, chance, shifted))

    def _classify_batch(self, items: Sequence[Item]) -> Iterator[ItemAssignments]:
        rows = self.model.vocabulary.matrix(items)
        topics = self._topics(rows)
        chances, assigned = self._decide(items, rows, topics)
        shown = self._all_evidence(items, rows, topics, assigned)
        answers, units = self._plan_side(items, rows, assigned)
        order = np.argsort(-chances, axis=1, kind="stable").tolist()
        rounded, said = chances.round(6).tolist(), assigned.tolist()
        themes = [(profile.theme, profile.title) for profile in self.profiles]
        for row, item in enumerate(items):
            scores = []
            for place in order[row]:
                theme, title = themes[place]
                chance = rounded[row][place]
                if said[row][place]:
                    score = ThemeScore(
                        id=theme,
                        title=title,
                        probability=chance,
                        assigned=True,
                        evidence=shown[row, place],
                        answers=answers.get((row, place)),
                        units=units.get((row, place), ()),
                    )
                else:
                    score = ThemeScore(
                        id=theme, title=title, probability=chance, assigned=False, evidence=()
                    )
                scores.append(score)
            yield ItemAssignments(id=item.id, themes=tuple(scores))

    def _all_evidence(
        self,
        items: Sequence[Item],
        rows: sp.csr_matrix,
        topics: NDArray[np.float64],
        assigned: NDArray[np.bool_],
    ) -> dict[tuple[int, int], tuple[Evidence, ...]]:
        """Evidence of every assignment of the batch, by item and theme."""
        wanted = np.flatnonzero(assigned.any(axis=1)).tolist()
        some = rows[wanted]
        grams = ItemGrams.of_all([items[row] for row in wanted], some, self.model.vocabulary)
        hits = self._terms.find([one.joined for one in grams])
        found = {}
        for number, (row, one) in enumerate(zip(wanted, grams, strict=True)):
            for theme in np.flatnonzero(assigned[row]).tolist():
                first: dict[str, tuple[int, int, float]] = {}
                for hit in hits.get(number, ()):
                    if hit.theme == theme:
                        first.setdefault(hit.written, (hit.start, hit.end, hit.odds))
                share = self._share(topics[row], theme)
                told = np.flatnonzero(share)
                pull = self.model.dense_weights[one.features[:, None], told] @ share[told]
                if self.layer is not None:
                    slope = float(self.layer.slopes[theme])
                    pull = slope * pull + self._layer_grams[one.features, theme]
                    first = {text: (*hit[:2], slope * hit[2]) for text, hit in first.items()}
                found[row, theme] = stretches(one, pull, tuple(first.values()))
        return found

    @cached_property
    def _index(self) -> PlanIndex | None:
        return None if self.side is None else PlanIndex(self.side, self.model.vocabulary)

    def _plan_side(
        self, items: Sequence[Item], rows: sp.csr_matrix, assigned: NDArray[np.bool_]
    ) -> tuple[dict[tuple[int, int], PlanClause], dict[tuple[int, int], tuple[str, ...]]]:
        """Clauses of the plan and units of every assignment of the batch, by item and theme."""
        if self._index is None:
            return {}, {}
        wanted = np.flatnonzero(assigned.any(axis=1)).tolist()
        pairs = [(n, theme) for n, theme in np.argwhere(assigned[wanted]).tolist()]
        near = self._index.nearest(rows[wanted], pairs)
        named = self._index.named_in([joined(items[row]) for row in wanted])
        return (
            {(wanted[n], theme): clause for (n, theme), clause in near.items()},
            {(wanted[n], theme): names for (n, theme), names in named.items()},
        )

    def _share(self, topics: NDArray[np.float64], theme: int) -> NDArray[np.float64]:
        """How much each topic speaks in a theme's evidence, shape (topics,): by its share of
        the theme, w_k p_k over their sum; exact where one topic stands for the theme. (The
        gradient of the noisy-or would vanish where it is certain.)"""
        share = self._weights[theme] * topics
        return np.asarray(share / max(float(share.sum()), CERTAIN))


def log_odds(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(chance, CERTAIN, 1.0 - CERTAIN)
    return np.asarray(np.log(inside / (1.0 - inside)))


def joined(item: Item) -> str:
    """Title and text as the offsets of evidence count them."""
    return f"{item.title}\n{item.text}"
