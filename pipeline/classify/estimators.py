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

import joblib
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.classify.features import SLOT_BITS, Batch, Item, Vocabulary, gram_slots

__all__ = ["GramVectorizer", "LatentSpace", "TopicLeastSquares", "TopicRegression", "fit_platt"]

CHUNK = 512
"""Items laid out at once; a working size, results do not depend on it."""


LOCAL_DF, LOCAL_WORTH = 4, 20
"""See ``GramVectorizer``: 1 500 paragraphs of plans beside 29 000 broadcasts."""

RAREST = 5
"""A required gram is weighed as if it stood in this many items at least."""


class GramVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Items (anything with ``id``, ``title``, ``text``) to TF-IDF rows over n-grams.

    Args:
        min_df: a gram enters the vocabulary when at least this many items hold it.
        max_df: and at most this share of the items.
        max_features: and, of those, only the most frequent; ties go to the lower slot.
        local: further items in the language of local work, counted ``LOCAL_WORTH`` times:
            their grams enter from ``LOCAL_DF`` of them on, if the items fitted hold them
            as often.
        required: items (such as the terms of a dictionary) whose grams always enter.
    """

    def __init__(
        self,
        min_df: int = 20,
        max_df: float = 0.3,
        max_features: int = 1 << 17,
        local: Sequence[Item] = (),
        required: Sequence[Item] = (),
    ) -> None:
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.local = local
        self.required = required

    def fit(self, items: Sequence[Item], y: object = None) -> Self:
        """Count in how many items each gram stands and keep the useful ones."""
        if not items:
            raise ValueError("items must hold at least one item, got none instead")
        found = _document_frequencies(items)
        local, required = _document_frequencies(self.local), _document_frequencies(self.required)
        telling = (found >= self.min_df) | ((local >= LOCAL_DF) & (found >= LOCAL_DF))
        kept = np.flatnonzero((telling & (found <= self.max_df * len(items))) | (required > 0))
        if not len(kept):
            raise ValueError(f"no gram stands in {self.min_df} items; lower min_df")
        worth = found + LOCAL_WORTH * local + len(items) * (required > 0)
        order = np.argsort(-worth[kept], kind="stable")[: self.max_features]
        slots = np.sort(kept[order])
        counted = np.maximum(found[slots], min(RAREST, self.min_df))
        idf = np.log((1 + len(items)) / (1 + counted)) + 1
        self.vocabulary_ = Vocabulary(slots.astype(np.uint32), idf.astype(np.float32))
        self.document_frequency_ = worth[slots]
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
        tol: when the solver stops.
        latent: components, shape (dimensions, features), or None.
        latent_scale: how much a latent coordinate counts beside a gram.
    """

    def __init__(
        self,
        C: float = 10.0,
        latent: NDArray[np.float32] | None = None,
        latent_scale: float = 2.0,
        tol: float = 1e-4,
    ) -> None:
        self.C = C
        self.tol = tol
        self.latent = latent
        self.latent_scale = latent_scale

    def fit(
        self,
        X: sp.csr_matrix,
        Y: NDArray[np.bool_],
        sample_weight: NDArray[np.float64] | None = None,
        counts: NDArray[np.bool_] | None = None,
    ) -> Self:
        """Learn from items of known topics.

        Args:
            X: shape (items, features).
            Y: shape (items, topics).
            sample_weight: shape (items,), how much each item counts; all alike if None.
            counts: shape (items, topics), False where a label counts neither way.
        """
        Y = np.asarray(Y, dtype=bool)
        features = X.shape[1]
        weight = np.ones(len(Y)) if sample_weight is None else np.asarray(sample_weight, float)
        sure = np.ones(Y.shape, dtype=bool) if counts is None else np.asarray(counts, dtype=bool)
        inner: Any = X
        if self.latent is not None:
            latent = sp.csr_matrix(X @ (self.latent.T * self.latent_scale))
            inner = sp.csr_matrix(sp.hstack([X, latent]))
        fitted = joblib.Parallel(n_jobs=-1, prefer="threads")(
            joblib.delayed(self._fit_topic)(inner, Y[:, topic], weight, sure[:, topic])
            for topic in range(Y.shape[1])
        )
        rows = []
        for coefficients, _ in fitted:
            direct, beyond = coefficients[:features], coefficients[features:]
            if self.latent is not None:
                direct = direct + self.latent_scale * (beyond @ self.latent)
            rows.append(direct)
        self.coef_ = np.asarray(rows, dtype=np.float64)
        self.intercept_ = np.asarray([offset for _, offset in fitted])
        self.classes_ = np.arange(Y.shape[1])
        self.n_features_in_ = features
        return self

    def _fit_topic(
        self,
        inner: Any,
        truth: NDArray[np.bool_],
        weight: NDArray[np.float64],
        sure: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float64], float]:
        from sklearn.linear_model import LogisticRegression

        if not sure.all():
            inner, truth, weight = inner[sure], truth[sure], weight[sure]
        model = LogisticRegression(C=self.C, solver="liblinear", random_state=0, tol=self.tol)
        model.fit(inner, truth, sample_weight=weight)
        return model.coef_[0], float(model.intercept_[0])

    def decision_function(self, X: sp.csr_matrix) -> NDArray[np.float64]:
        """Log-odds before calibration, shape (items, topics)."""
        check_is_fitted(self)
        return np.asarray(X @ self.coef_.T + self.intercept_, dtype=np.float64)

    def predict(self, X: sp.csr_matrix) -> NDArray[np.bool_]:
        """Shape (items, topics)."""
        return np.asarray(self.decision_function(X) >= 0.0)


class TopicLeastSquares(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Weighted ridge regression of +1 and -1 for all topics at once, over the same columns.

    Saunders, Gammerman & Vovk (1998): solved in the space of the items, of which there are fewer
    than grams. Beside the logistic regressions it errs elsewhere: their mean maps better.

    Args:
        penalty: on the squared weights, beside a squared error.
        constant: variance of the offset, relative to that of a gram's weight.
        latent: components, shape (dimensions, features), or None.
        latent_scale: how much a latent coordinate counts beside a gram.
        steepness: log-odds of a score of 1, roughly; calibration finds the rest.
    """

    def __init__(
        self,
        penalty: float = 0.75,
        constant: float = 2.5,
        latent: NDArray[np.float32] | None = None,
        latent_scale: float = 1.22,
        steepness: float = 3.0,
    ) -> None:
        self.penalty = penalty
        self.constant = constant
        self.latent = latent
        self.latent_scale = latent_scale
        self.steepness = steepness

    def fit(
        self,
        X: sp.csr_matrix,
        Y: NDArray[np.bool_],
        sample_weight: NDArray[np.float64] | None = None,
        counts: NDArray[np.bool_] | None = None,
    ) -> Self:
        """Learn from items of known topics; arguments as ``TopicRegression.fit`` takes them. A
        label that counts neither way is aimed at 0."""
        from scipy.linalg import cho_factor, cho_solve

        Y = np.asarray(Y, dtype=bool)
        weight = np.ones(len(Y)) if sample_weight is None else np.asarray(sample_weight, float)
        sure = np.ones(Y.shape, dtype=bool) if counts is None else np.asarray(counts, dtype=bool)
        products = np.asarray((X @ X.T).todense(), dtype=np.float64) + self.constant
        if self.latent is not None:
            places = np.asarray(X @ (self.latent.T * self.latent_scale), dtype=np.float64)
            products += places @ places.T
        products[np.diag_indices(len(Y))] += self.penalty / weight
        pulls = cho_solve(
            cho_factor(products, overwrite_a=True), np.where(sure, 2.0 * Y - 1.0, 0.0)
        )
        pulls *= self.steepness
        self.coef_ = np.asarray((X.T @ pulls).T, dtype=np.float64)
        if self.latent is not None:
            self.coef_ += self.latent_scale * (pulls.T @ places) @ self.latent
        self.intercept_ = self.constant * pulls.sum(axis=0)
        self.classes_ = np.arange(Y.shape[1])
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X: sp.csr_matrix) -> NDArray[np.float64]:
        """Scores before calibration, shape (items, topics)."""
        check_is_fitted(self)
        return np.asarray(X @ self.coef_.T + self.intercept_, dtype=np.float64)


def fit_platt(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64] | None = None,
) -> tuple[float, float]:
    """Slope and offset so that sigmoid(slope * score + offset) is a probability.

    Platt (1999), with his smoothed targets, by Newton's method; ``weight`` says how much
    each item counts. ``scores`` must come from models that have not seen ``truth``. With
    fewer than ten positives the slope stays 1 and only the offset is fitted.
    """
    heavy = np.ones(len(truth)) if weight is None else weight
    positives, total = int(truth.sum()), len(truth)
    high, low = (positives + 1) / (positives + 2), 1 / (total - positives + 2)
    target = np.where(truth, high, low)
    free = positives >= 10
    slope, offset = 1.0, 0.0
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(slope * scores + offset)))
        residual = heavy * (chance - target)
        spread = heavy * chance * (1 - chance) + 1e-12
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
