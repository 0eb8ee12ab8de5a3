"""What is learned from text, as scikit-learn estimators.

Hides: which grams enter the vocabulary, how the latent space is found, and how a score
becomes a probability. The estimators keep scikit-learn's contract (parameters only in
``__init__``, learned attributes end in ``_``) and so work in ``Pipeline``, ``clone`` and
``GridSearchCV``. scikit-learn is needed to fit, never to predict: a trained model leaves
as plain arrays (``pipeline.classify.bundle``).
"""

# ruff: noqa: N803, N806, ARG002 (the contract names its arguments X, Y, C, and y when unused)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.classify.features import SLOT_BITS, Batch, Item, Vocabulary, gram_slots

__all__ = ["GramVectorizer", "LatentSpace", "TopicRegression", "fit_platt"]

CHUNK = 512
"""Items laid out at once; a working size, results do not depend on it."""


class GramVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Items (anything with ``id``, ``title``, ``text``) to TF-IDF rows over n-grams.

    Args:
        min_df: a gram enters the vocabulary when at least this many items hold it.
        max_df: and at most this share of the items.
        max_features: and, of those, only the most frequent; ties go to the lower slot.
    """

    def __init__(self, min_df: int = 20, max_df: float = 0.3, max_features: int = 1 << 17) -> None:
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features

    def fit(self, items: Sequence[Item], y: object = None) -> Self:
        """Count in how many items each gram stands and keep the useful ones."""
        if not items:
            raise ValueError("items must hold at least one item, got none instead")
        found = _document_frequencies(items)
        kept = np.flatnonzero((found >= self.min_df) & (found <= self.max_df * len(items)))
        if not len(kept):
            raise ValueError(f"no gram stands in {self.min_df} items; lower min_df")
        order = np.argsort(-found[kept], kind="stable")[: self.max_features]
        slots = np.sort(kept[order])
        idf = np.log((1 + len(items)) / (1 + found[slots])) + 1
        self.vocabulary_ = Vocabulary(slots.astype(np.uint32), idf.astype(np.float32))
        self.document_frequency_ = found[slots]
        return self

    def transform(self, items: Sequence[Item]) -> sp.csr_matrix:
        """Shape (items, features), float32, rows of unit length."""
        check_is_fitted(self)
        parts = [
            self.vocabulary_.matrix(items[start : start + CHUNK])
            for start in range(0, len(items), CHUNK)
        ]
        return sp.csr_matrix(sp.vstack(parts)) if parts else self.vocabulary_.matrix([])


def _document_frequencies(items: Sequence[Item]) -> NDArray[np.int64]:
    found = np.zeros(1 << SLOT_BITS, dtype=np.int64)
    for start in range(0, len(items), CHUNK):
        batch = Batch.lay_out(items[start : start + CHUNK])
        keys = [
            (batch.rows[starts].astype(np.uint64) << np.uint64(SLOT_BITS)) | slots
            for _, starts, slots in gram_slots(batch.codes)
        ]
        if keys:
            distinct = np.unique(np.concatenate(keys))
            slots = (distinct & np.uint64((1 << SLOT_BITS) - 1)).astype(np.int64)
            found += np.bincount(slots, minlength=1 << SLOT_BITS)
    return found


class LatentSpace(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A truncated singular value decomposition of TF-IDF rows (latent semantic analysis).

    Deerwester et al. (1990). Signs are fixed so that each component's largest entry is
    positive; a seed fixes the random start (Halko et al., 2011).
    """

    def __init__(self, n_components: int = 200, n_iter: int = 3, random_state: int = 0) -> None:
        self.n_components = n_components
        self.n_iter = n_iter
        self.random_state = random_state

    def fit(self, X: sp.csr_matrix, y: object = None) -> Self:
        """Find the directions along which the rows of ``X`` vary most."""
        from sklearn.utils.extmath import randomized_svd

        _, values, directions = randomized_svd(
            X, self.n_components, n_iter=self.n_iter, random_state=self.random_state
        )
        largest = directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)]
        self.components_ = (directions * np.sign(largest)[:, None]).astype(np.float32)
        self.singular_values_ = values
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: sp.csr_matrix) -> NDArray[np.float32]:
        """Shape (rows, components)."""
        check_is_fitted(self)
        return np.asarray(X @ self.components_.T, dtype=np.float32)


class TopicRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One L2 logistic regression per topic over grams and, if given, their latent space.

    As the latent coordinates are themselves linear in the grams, both parts fold into one
    weight per gram and topic: ``coef_`` is exact, and prediction needs no latent step.

    Args:
        C: inverse strength of the penalty.
        latent: components, shape (dimensions, features), or None.
        latent_scale: how much a latent coordinate counts beside a gram.
    """

    def __init__(
        self,
        C: float = 10.0,
        latent: NDArray[np.float32] | None = None,
        latent_scale: float = 2.0,
    ) -> None:
        self.C = C
        self.latent = latent
        self.latent_scale = latent_scale

    def fit(self, X: sp.csr_matrix, Y: NDArray[np.bool_]) -> Self:
        """``X`` of shape (items, features), ``Y`` of shape (items, topics)."""
        from sklearn.linear_model import LogisticRegression

        Y = np.asarray(Y, dtype=bool)
        features = X.shape[1]
        inner: Any = X
        if self.latent is not None:
            latent = sp.csr_matrix(X @ (self.latent.T * self.latent_scale))
            inner = sp.csr_matrix(sp.hstack([X, latent]))
        rows, offsets = [], []
        for topic in range(Y.shape[1]):
            model = LogisticRegression(C=self.C, solver="liblinear", random_state=0, tol=1e-4)
            model.fit(inner, Y[:, topic])
            direct, beyond = model.coef_[0][:features], model.coef_[0][features:]
            if self.latent is not None:
                direct = direct + self.latent_scale * (beyond @ self.latent)
            rows.append(direct)
            offsets.append(float(model.intercept_[0]))
        self.coef_ = np.asarray(rows, dtype=np.float64)
        self.intercept_ = np.asarray(offsets)
        self.classes_ = np.arange(Y.shape[1])
        self.n_features_in_ = features
        return self

    def decision_function(self, X: sp.csr_matrix) -> NDArray[np.float64]:
        """Log-odds before calibration, shape (items, topics)."""
        check_is_fitted(self)
        return np.asarray(X @ self.coef_.T + self.intercept_, dtype=np.float64)

    def predict(self, X: sp.csr_matrix) -> NDArray[np.bool_]:
        """Shape (items, topics)."""
        return np.asarray(self.decision_function(X) >= 0.0)


def fit_platt(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset so that sigmoid(slope * score + offset) is a probability.

    Platt (1999), with his smoothed targets, by Newton's method. ``scores`` must come from
    models that have not seen ``truth``. With fewer than ten positives the slope stays 1
    and only the offset is fitted.
    """
    positives, total = int(truth.sum()), len(truth)
    high, low = (positives + 1) / (positives + 2), 1 / (total - positives + 2)
    target = np.where(truth, high, low)
    free = positives >= 10
    slope, offset = 1.0, 0.0
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(slope * scores + offset)))
        residual, spread = chance - target, chance * (1 - chance) + 1e-12
        if free:
            columns = np.column_stack([scores, np.ones(total)])
            gradient = columns.T @ residual
            hessian = (columns * spread[:, None]).T @ columns + 1e-9 * np.eye(2)
            step = np.linalg.solve(hessian, gradient)
            slope, offset = slope - step[0], offset - step[1]
        else:
            step = np.array([residual.sum() / spread.sum()])
            offset -= step[0]
        if np.abs(step).max() < 1e-10:
            break
    return float(slope), float(offset)
