"""Learning from labels, on top of the profiles, as a scikit-learn estimator.

Hides: how a few dozen labels correct a profile without forgetting it. Each theme is a logistic
regression on the profile's log-odds, the base model's topic odds and its latent coordinates,
with Gaussian priors centred on the profile: slope 1, every other weight 0 (maximum a
posteriori, by Newton's method; the linear-kernel case of Rasmussen & Williams 2006, alg. 3.1).
Without labels a theme is exactly its profile; labels move it as far as they carry.

The scores a theme's labels get from models that did not see them (folds by the item's id) give
its calibration and its threshold, where at least ``ENOUGH`` positives make that worth while.
Class imbalance needs no weights of its own: the probabilities stay those of the stream, and
half the best F1 is the threshold that rare themes need.
"""

# ruff: noqa: N803 (the contract names its arguments X and Y)

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier, log_odds
from pipeline.classify.features import Item
from pipeline.classify.layer import TrainedLayer, latent_coordinates
from pipeline.classify.stream import f1
from pipeline.plan.profile import ThemeProfile

__all__ = ["ENOUGH", "UNKNOWN", "ThemeRegression"]

UNKNOWN = -1
"""In ``Y``: nobody decided this theme for this item (scikit-learn's code for unlabelled)."""

ENOUGH = 10
"""Positives from which a theme's own calibration and threshold are steadier than those it
inherits."""


PLATT_VARIANCE = (0.02, 0.1)
"""Prior variance of the slope (around 1) and the offset (around 0) of a theme's calibration."""


class ThemeRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Profiles corrected by labels: items to one decision per theme.

    Args:
        model: the base topic model.
        profiles: one per theme, as ``profiles_of`` gives them.
        slope_variance: prior variance of the slope on the profile's log-odds, around 1.
        offset_variance: of the offset, around 0.
        topic_variance: of the weights on the topics' odds, each scaled to unit variance over
            the items learned from; all topics together.
        latent_variance: of the weights on the latent coordinates, each less its mean over the items learned
            from.
        folds: into how many parts the items are cut for calibration and thresholds, 2 or more.

    Attributes:
        layer_: what was learned, a ``TrainedLayer``.
        cross_fitted_: shape (items, themes), the probability of each decided pair by what the
            other folds teach, NaN where nobody decided: what a label can be doubted by.
        classes_: the themes' ids.
    """

    def __init__(
        self,
        model: BaseModel,
        profiles: Sequence[ThemeProfile],
        slope_variance: float = 0.02,
        offset_variance: float = 0.1,
        topic_variance: float = 1.0,
        latent_variance: float = 30.0,
        folds: int = 5,
    ) -> None:
        self.model = model
        self.profiles = profiles
        self.slope_variance = slope_variance
        self.offset_variance = offset_variance
        self.topic_variance = topic_variance
        self.latent_variance = latent_variance
        self.folds = folds

    def fit(
        self,
        X: Sequence[Item],
        Y: NDArray[np.int_],
        sample_weight: NDArray[np.float64] | None = None,
    ) -> Self:
        """Learn from decided pairs of item and theme.

        Args:
            X: items.
            Y: shape (items, themes): 1 belongs, 0 does not, ``UNKNOWN`` (-1) not decided.
            sample_weight: shape (items,), how much each item counts; all alike if None.

        Raises:
            ValueError: shapes or values are others than these, or ``folds`` is below 2.
        """
        if self.folds < 2:
            raise ValueError(f"folds must be at least 2, got {self.folds} instead")
        labels = _checked(X, Y, len(self.profiles))
        weight = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, float)
        if weight.shape != (len(labels),) or not (np.isfinite(weight) & (weight >= 0)).all():
            raise ValueError(
                f"sample_weight must be {len(labels)} numbers from 0 on, got {sample_weight!r} instead"
            )
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # Two threads take nine times the processor time of one on matrices as small as these.
        with threadpool_limits(1):
            return self._fit(self._columns(X), labels, weight)

    def decision_function(self, X: Sequence[Item]) -> NDArray[np.float64]:
        """Calibrated log-odds, shape (items, themes)."""
        return log_odds(self.predict_proba(X))

    def predict_proba(self, X: Sequence[Item]) -> NDArray[np.float64]:
        """Probability of each theme by itself, shape (items, themes)."""
        return self.classifier().decide(X)[0]

    def predict(self, X: Sequence[Item]) -> NDArray[np.bool_]:
        """Which themes are assigned, shape (items, themes)."""
        return self.classifier().decide(X)[1]

    def score(
        self,
        X: Sequence[Item],
        Y: NDArray[np.int_],
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        """Micro-F1 over the decided pairs."""
        labels = _checked(X, Y, len(self.profiles))
        heavy = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, float)
        return f1(self.predict(X), labels == 1, (labels != UNKNOWN) * heavy[:, None])

    def classifier(self) -> ThemeClassifier:
        """What was learned, as the product uses it."""
        check_is_fitted(self)
        return ThemeClassifier(self.model, self.profiles, layer=self.layer_)

    def _columns(self, items: Sequence[Item]) -> _Columns:
        rows = self.model.vocabulary.matrix(items)
        heard = np.diff(rows.indptr) > 0
        profile = ThemeClassifier(self.model, self.profiles)
        return _Columns(
            heard,
            np.array([_fold(item.id, self.folds) for item in items], dtype=np.int64),
            log_odds(profile.decide(items)[0]),
            self.model.log_odds(rows).astype(np.float64),
            latent_coordinates(self.model, rows),
            profile.thresholds,
        )

    def _fit(
        self, columns: _Columns, labels: NDArray[np.int_], weight: NDArray[np.float64]
    ) -> Self:
        """``fit`` on items already read."""
        themes = tuple(profile.theme for profile in self.profiles)
        usable = columns.heard & (weight > 0)
        mean, spread = _moments(columns.topics[usable])
        centre = _moments(columns.latent[usable])[0]
        design = np.hstack(
            [
                (columns.topics - mean) / spread,
                columns.latent - centre,
                np.ones((len(labels), 1)),
            ]
        )
        topics, dimensions = columns.topics.shape[1], columns.latent.shape[1]
        variance = np.concatenate(
            [
                np.full(topics, self.topic_variance / topics),
                np.full(dimensions, self.latent_variance),
                [self.offset_variance, self.slope_variance],
            ]
        )
        coefficients = np.zeros((len(variance), len(themes)))
        slopes, offsets = np.ones(len(themes)), np.zeros(len(themes))
        thresholds = columns.thresholds.copy()
        unseen = np.full(labels.shape, np.nan)
        for place in range(len(themes)):
            known = np.flatnonzero(usable & (labels[:, place] != UNKNOWN))
            if not len(known):
                continue
            profile = columns.profile[known, place]
            inner = np.column_stack([design[known], profile])
            truth, heavy, folds = labels[known, place] == 1, weight[known], columns.folds[known]
            found = _posterior_mode(inner, profile, truth, heavy, variance)
            coefficients[:, place] = found
            scores = np.zeros(len(known))
            for held in (folds == fold for fold in np.unique(folds)):
                others = (inner[~held], profile[~held], truth[~held], heavy[~held], variance)
                scores[held] = profile[held] + inner[held] @ _posterior_mode(*others, near=found)
            if int(truth.sum()) >= ENOUGH:
                slopes[place], offsets[place] = _platt(scores, truth, heavy)
                scores = _cross_calibrated(scores, truth, heavy, folds)
                thresholds[place] = _half_best_f1(_chance(scores), truth, heavy)
            unseen[known, place] = _chance(scores)
        per_topic = coefficients[:topics] / spread[:, None]
        per_dimension = coefficients[topics : topics + dimensions]
        self.layer_ = TrainedLayer(
            themes=themes,
            base_fingerprint=self.model.fingerprint,
            slopes=slopes * (1.0 + coefficients[-1]),
            topic_weights=slopes * per_topic,
            latent_weights=slopes * per_dimension,
            offsets=slopes * (coefficients[-2] - mean @ per_topic - centre @ per_dimension)
            + offsets,
            thresholds=thresholds,
        )
        self.classes_ = np.array(themes)
        self.cross_fitted_ = unseen
        return self


@dataclass(frozen=True, eq=False)
class _Columns:
    """Items as the numbers a theme's regression reads."""

    heard: NDArray[np.bool_]
    """Shape (items,): False where not one gram is known; nothing is learned from those."""
    folds: NDArray[np.int64]
    """Shape (items,)."""
    profile: NDArray[np.float64]
    """Log-odds by the profiles, shape (items, themes)."""
    topics: NDArray[np.float64]
    """Log-odds, shape (items, topics)."""
    latent: NDArray[np.float64]
    """Shape (items, dimensions)."""
    thresholds: NDArray[np.float64]
    """The profiles' own, shape (themes,)."""


def _posterior_mode(
    design: NDArray[np.float64],
    start: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    variance: NDArray[np.float64],
    near: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Coefficients with the highest posterior density, shape (columns,).

    Log-odds are ``start + design @ coefficients``; each coefficient has a normal prior around
    0 with its ``variance``. Newton's method, halving a step that does not gain; with fewer items
    than columns in the space the items span, which holds the answer and is smaller. ``near`` is
    where to begin; it changes the time, not the answer.
    """
    if not len(design):
        return np.zeros(len(variance))
    scale = np.sqrt(variance)
    columns, basis = design * scale, None
    if len(design) < design.shape[1]:
        basis, turned = np.linalg.qr(columns.T)
        columns = turned.T
    sign = np.where(truth, 1.0, -1.0)

    def loss(found: NDArray[np.float64]) -> float:
        margin = sign * (start + columns @ found)
        return float(weight @ np.logaddexp(0.0, -margin) + found @ found / 2)

    found = np.zeros(columns.shape[1])
    if near is not None and basis is None:
        found = np.divide(near, scale, out=np.zeros_like(near), where=scale > 0)
    now = loss(found)
    for _ in range(50):
        chance = _chance(start + columns @ found)
        gradient = columns.T @ (weight * (chance - truth)) + found
        curved = columns * (weight * chance * (1 - chance))[:, None]
        hessian = columns.T @ curved + np.eye(len(found))
        step = np.linalg.solve(hessian, gradient)
        while (after := loss(found - step)) > now and np.abs(step).max() > 1e-12:
            step = step / 2
        found, now = found - step, min(after, now)
        if np.abs(step).max() < 1e-8:
            break
    return scale * (found if basis is None else basis @ found)


def _platt(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """Slope and offset that make scores probabilities (Platt 1999), with a prior around leaving
    them as they are: a dozen positives that happen to be separable prove no certainty."""
    design = np.column_stack([scores, np.ones(len(scores))])
    slope, offset = _posterior_mode(design, scores, truth, weight, np.array(PLATT_VARIANCE))
    return 1.0 + float(slope), float(offset)


def _cross_calibrated(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    folds: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Scores calibrated by what the other folds teach, shape (items,)."""
    calibrated = scores.copy()
    for fold in np.unique(folds):
        held = folds == fold
        slope, offset = _platt(scores[~held], truth[~held], weight[~held])
        calibrated[held] = slope * scores[held] + offset
    return calibrated


def _half_best_f1(
    chances: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """The best threshold where chances are calibrated (Lipton et al. 2014)."""
    return max(f1(chances >= step / 50, truth, weight) for step in range(3, 40)) / 2


def _moments(topics: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and spread of each topic's odds; 0 and 1 where there is nothing to go by."""
    if len(topics) < 2:
        return np.zeros(topics.shape[1]), np.ones(topics.shape[1])
    return topics.mean(axis=0), np.maximum(topics.std(axis=0), 0.1)


def _chance(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -500, 500))))


def _fold(name: str, folds: int) -> int:
    """The same on every machine and in every order."""
    return hashlib.sha256(name.encode()).digest()[0] % folds


def _checked(items: Sequence[Item], labels: NDArray[np.int_], themes: int) -> NDArray[np.int64]:
    found = np.asarray(labels)
    if found.shape != (len(items), themes):
        raise ValueError(f"Y must be of shape ({len(items)}, {themes}), got {found.shape} instead")
    if not np.isin(found, (UNKNOWN, 0, 1)).all():
        raise ValueError(f"Y must hold 1, 0 and {UNKNOWN} only, got other values instead")
    return found.astype(np.int64)
