"""The stream that probabilities are made for, and what is measured on it.

Hides: how held-out scores become calibrated chances, thresholds and figures. The stream
is a mixture of sources (whole broadcasts, their briefs, local gists) of equal weight,
whatever the number of items each has; see ``pipeline.classify.base_training`` for why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.bundle import Measurements, SourceScore

__all__ = ["FEW_LOCAL", "Heard", "Stream", "calibration_error", "f1"]

FEW_LOCAL = 3
"""A topic with fewer local positives is calibrated on the broadcasts: where the few gists
hold none, that tells how they were collected, not how rare the topic is."""

SLIGHT = 0.02
"""What the local source then still weighs, so that it is not unheard of."""


class Heard(Protocol):
    """A source of labelled rows."""

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Shape (items, topics)."""
        ...

    @property
    def counts(self) -> NDArray[np.bool_]:
        """Shape (items, topics): False where the label counts neither way."""
        ...

    @property
    def folds(self) -> NDArray[np.int64]:
        """Shape (items,)."""
        ...


@dataclass(frozen=True, eq=False)
class Stream:
    """Scores of models that did not see the item, with labels and weights; n items, k topics."""

    names: tuple[str, ...]
    source: NDArray[np.int64]
    """Shape (n,): which source an item comes from."""
    scores: NDArray[np.float64]
    """Shape (n, k), before calibration."""
    truth: NDArray[np.bool_]
    """Shape (n, k)."""
    weight: NDArray[np.float64]
    """Shape (n, k): 0 where a label counts neither way."""
    folds: NDArray[np.int64]
    """Shape (n,)."""

    @classmethod
    def mix(
        cls,
        names: Sequence[str],
        scores: Sequence[NDArray[np.float64]],
        sources: Sequence[Heard],
    ) -> Stream:
        """Sources of equal weight; the last one is local."""
        largest = max(len(one.truth) for one in sources)
        weights = [one.counts * (largest / len(one.truth)) for one in sources]
        few = (sources[-1].truth.sum(axis=0) < FEW_LOCAL)[None, :]
        weights[-1] = np.where(few, weights[-1] * SLIGHT, weights[-1])
        return cls(
            tuple(names),
            np.repeat(np.arange(len(sources)), [len(one.truth) for one in sources]),
            np.vstack(scores),
            np.vstack([one.truth for one in sources]),
            np.vstack(weights),
            np.concatenate([one.folds for one in sources]),
        )

    def priors(self) -> NDArray[np.float64]:
        """Shape (k,): each topic's share of the stream."""
        return np.asarray((self.weight * self.truth).sum(axis=0) / self.weight.sum(axis=0))

    def platt(self, topic: int, rows: NDArray[np.bool_] | None = None) -> tuple[float, float]:
        """Slope and offset of one topic, from all items or some ``rows``."""
        from pipeline.classify.estimators import fit_platt  # loads scikit-learn

        use = self.weight[:, topic] > 0
        if rows is not None:
            use &= rows
        return fit_platt(self.scores[use, topic], self.truth[use, topic], self.weight[use, topic])

    def cross_calibrated(self) -> NDArray[np.float64]:
        """Probabilities (n, k) whose calibration did not see the item either."""
        chances = np.zeros(self.scores.shape)
        for fold in np.unique(self.folds):
            inside = self.folds == fold
            for topic in range(self.scores.shape[1]):
                slope, offset = self.platt(topic, ~inside)
                odds = slope * self.scores[inside, topic] + offset
                chances[inside, topic] = 1 / (1 + np.exp(-odds))
        return chances

    def best_threshold(self, chances: NDArray[np.float64]) -> float:
        """The one threshold for all topics with the best micro-F1 on the stream."""
        candidates = [step / 100 for step in range(20, 61, 5)]
        return max(candidates, key=lambda t: (f1(chances >= t, self.truth, self.weight), t))

    def thresholds(self, chances: NDArray[np.float64]) -> tuple[float, ...]:
        """Half of each topic's best F1 (Lipton, Elkan & Naryanaswamy 2014): the best threshold
        where probabilities are calibrated, and steadier than searching for it."""
        steps = [step / 50 for step in range(3, 40)]
        best = [
            max(f1(chances[:, k] >= s, self.truth[:, k], self.weight[:, k]) for s in steps)
            for k in range(chances.shape[1])
        ]
        return tuple(round(score / 2, 4) for score in best)

    def measure(
        self, chances: NDArray[np.float64], thresholds: NDArray[np.float64]
    ) -> tuple[SourceScore, ...]:
        """What the thresholds give on each source, each item counting once."""
        found = []
        for place, name in enumerate(self.names):
            rows = self.source == place
            said, truth = chances[rows] >= thresholds, self.truth[rows]
            counts = (self.weight[rows] > 0).astype(float)
            right = float((counts * (said & truth)).sum())
            found.append(
                SourceScore(
                    name=name,
                    items=int(rows.sum()),
                    precision=round(right / max(1.0, float((counts * said).sum())), 4),
                    recall=round(right / max(1.0, float((counts * truth).sum())), 4),
                    micro_f1=round(f1(said, truth, counts), 4),
                )
            )
        return tuple(found)

    def figures(
        self, chances: NDArray[np.float64], thresholds: NDArray[np.float64], unlabelled: int
    ) -> Measurements:
        """The card's figures: over whole broadcasts, and by source."""
        from sklearn.metrics import average_precision_score

        rows = self.source == 0
        seen, truth = chances[rows], self.truth[rows]
        said, once = seen >= thresholds, np.ones(truth.shape)
        each = [f1(said[:, k], truth[:, k], once[:, k]) for k in range(truth.shape[1])]
        return Measurements(
            folds=len(np.unique(self.folds)),
            labelled=int(rows.sum()),
            unlabelled=unlabelled,
            micro_f1=round(f1(said, truth, once), 4),
            macro_f1=round(float(np.mean(each)), 4),
            mean_average_precision=round(
                float(average_precision_score(truth, seen, average="macro")), 4
            ),
            calibration_error=round(calibration_error(chances, self.truth, self.weight), 4),
            sources=self.measure(chances, thresholds),
        )


def f1(said: NDArray[np.bool_], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """Weighted F1 over all decisions."""
    right = (weight * (said & truth)).sum()
    return float(2 * right / max(1e-12, (weight * said).sum() + (weight * truth).sum()))


def calibration_error(
    chances: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((chances * 10).astype(int), 9)
    error = 0.0
    for b in range(10):
        inside = weight * (bins == b)
        if inside.sum() > 0:
            error += abs(float((inside * chances).sum() - (inside * truth).sum()))
    return error / float(weight.sum())
