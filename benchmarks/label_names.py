"""Texts to one of many labels, from the labels' names and few or no examples.

Hides: how a text that shares no word with a label's name comes near it. Three steps, each
linear, on one core in seconds, with no weights but those learned here from plain text:

- ``learn_word_space``: words that stand in the same stretches of text lie near each other
  (positive pointwise mutual information, truncated by a singular value decomposition);
- ``TextRows``: a text is the weighted mean of its words there, beside its place in a latent
  space of character n-grams;
- ``LabelNameClassifier``: unlabelled texts are dealt out over the labels by their likeness
  to the names, and a ridge regression learns from that, the names and the labelled texts.

The estimators keep scikit-learn's contract; ``LabelNameClassifier`` takes -1 for "no label"
as ``sklearn.semi_supervised`` does.
"""

# ruff: noqa: N803, N806, ARG002 (the contract names its arguments X, y, and y when unused)

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from sklearn.utils.validation import check_array, check_is_fitted

from pipeline.classify.estimators import LatentSpace
from pipeline.text import segment

__all__ = ["LabelNameClassifier", "TextRows", "WordSpace", "deal_out", "learn_word_space", "words"]

Rows = NDArray[np.float32]

BLOCK = 64
"""Words of a stretch of text within which all pairs count as met: one title, or a few
sentences. 32 and 20 are worse by half a point on the dev splits of FewCLUE."""

SMOOTHING = 0.75
"""Exponent of the context counts, which keeps rare words from seeming telling (Levy,
Goldberg & Dagan, 2015)."""


def words(text: str) -> list[str]:
    """The words of ``text``, width and case folded, without signs."""
    return segment(unicodedata.normalize("NFKC", text).lower())


@dataclass(frozen=True, eq=False)
class WordSpace:
    """Words and where they lie."""

    index: dict[str, int]
    vectors: Rows
    """Shape (words, dimensions), rows of unit length."""

    def counts(self, documents: Sequence[Sequence[str]]) -> sp.csr_matrix:
        """How often each known word stands in each document, shape (documents, words)."""
        rows: list[int] = []
        columns: list[int] = []
        for row, document in enumerate(documents):
            known = [self.index[word] for word in document if word in self.index]
            columns += known
            rows += [row] * len(known)
        ones = np.ones(len(rows), dtype=np.float32)
        return sp.csr_matrix((ones, (rows, columns)), shape=(len(documents), len(self.index)))


def _blocks(document: Sequence[str]) -> Iterator[Sequence[str]]:
    return (document[start : start + BLOCK] for start in range(0, len(document), BLOCK))


def learn_word_space(
    sources: Iterable[tuple[Sequence[Sequence[str]], float]],
    n_components: int = 300,
    min_count: int = 3,
    max_words: int = 50_000,
    random_state: int = 0,
) -> WordSpace:
    """Word vectors from what stands together: PPMI, then a truncated SVD.

    Bullinaria & Levy (2007); the square root of the singular values and the smoothing are
    Levy, Goldberg & Dagan (2015), the SVD Halko et al. (2011).

    Args:
        sources: documents as lists of words, and how much a meeting in them counts.
        min_count: a word enters when it stands at least this often in all sources together.
        max_words: and only the most frequent; ties go to the word met first.

    Raises:
        ValueError: fewer words than ``n_components`` are left.
    """
    sources = list(sources)
    found: Counter[str] = Counter()
    for documents, _ in sources:
        for document in documents:
            found.update(document)
    kept = [word for word, count in found.most_common(max_words) if count >= min_count]
    if len(kept) < n_components:
        raise ValueError(
            f"sources must hold at least {n_components} words that stand {min_count} times,"
            f" got {len(kept)} instead"
        )
    space = WordSpace({word: place for place, word in enumerate(kept)}, np.zeros((0, 0), "f4"))
    parts = []
    for documents, weight in sources:
        blocks = [block for document in documents for block in _blocks(document)]
        once = space.counts(blocks).sign()
        parts.append(once * np.sqrt(np.float32(weight)))
    stands = sp.csr_matrix(sp.vstack(parts))
    met = sp.csr_matrix(stands.T @ stands)
    met.setdiag(0)
    pairs = met.tocoo()
    margin = np.maximum(np.bincount(pairs.row, pairs.data, len(kept)), np.finfo("f4").tiny)
    context = margin**SMOOTHING
    context /= context.sum()
    with np.errstate(divide="ignore"):  # the emptied diagonal
        telling = np.log(pairs.data / (margin[pairs.row] * context[pairs.col]))
    above = telling > 0
    association = sp.csr_matrix(
        (telling[above].astype(np.float32), (pairs.row[above], pairs.col[above])), shape=met.shape
    )
    left, values, _ = randomized_svd(association, n_components, n_iter=2, random_state=random_state)
    return WordSpace(space.index, normalize(left * np.sqrt(values)).astype(np.float32))


class TextRows(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Texts to dense rows: latent character n-grams beside the mean of the text's words.

    Both halves have unit length (zero for a text with nothing known), the second times
    ``word_weight``. The mean is weighted by TF-IDF and the mean of all fitted texts is taken
    away from it, the simple form of Arora, Liang & Ma (2017).

    Args:
        space: word vectors, learned from this and other text.
        n_components: dimensions of the latent space of character 1- to 3-grams.
        word_weight: length of the second half. 0.8 and 2 are worse on the dev splits.
        min_df: a gram enters the latent space when at least this many fitted texts hold it.
    """

    def __init__(
        self, space: WordSpace, n_components: int = 300, word_weight: float = 1.2, min_df: int = 2
    ) -> None:
        self.space = space
        self.n_components = n_components
        self.word_weight = word_weight
        self.min_df = min_df

    def fit(self, X: Sequence[str], y: object = None) -> Self:
        """Learn from texts of the kind to be classified, labelled or not."""
        self.grams_ = TfidfVectorizer(
            analyzer="char",
            ngram_range=(1, 3),
            min_df=self.min_df,
            sublinear_tf=True,
            dtype=np.float32,
        )
        self.latent_ = LatentSpace(self.n_components).fit(self.grams_.fit_transform(X))
        counts = self._counts(X)
        self.idf_ = np.log((1 + len(X)) / (1 + counts.getnnz(axis=0))).astype(np.float32) + 1
        self.mean_ = self._word_means(counts).mean(axis=0)
        return self

    def transform(self, X: Sequence[str]) -> Rows:
        """Shape (texts, n_components + dimensions of the word space)."""
        check_is_fitted(self)
        latent = normalize(self.latent_.transform(self.grams_.transform(X)))
        counts = self._counts(X)
        means = self._word_means(counts)
        means[counts.getnnz(axis=1) > 0] -= self.mean_
        return np.hstack([latent, self.word_weight * normalize(means)]).astype(np.float32)

    def _counts(self, texts: Sequence[str]) -> sp.csr_matrix:
        counts = self.space.counts([words(text) for text in texts])
        counts.sum_duplicates()
        return counts

    def _word_means(self, counts: sp.csr_matrix) -> Rows:
        weights = counts.copy()
        weights.data = 1 + np.log(weights.data)
        weights.data *= self.idf_[weights.indices]
        return np.asarray(normalize(weights @ self.space.vectors), dtype=np.float32)


def deal_out(likeness: Rows, temperature: float, rounds: int = 30) -> Rows:
    """Shares of each text over the labels, so that every label gets about equally much.

    Softmax, then columns and rows scaled in turn (Sinkhorn & Knopp, 1967; for labels as in
    Asano, Rupprecht & Vedaldi, 2020). Rows of the result sum to one, columns nearly to the
    number of rows by the number of columns.

    >>> even = deal_out(np.array([[2.0, 0.0], [1.0, 0.0]]), 1.0)
    >>> even.sum(axis=0).round(2).tolist()
    [1.0, 1.0]
    """
    shares = np.exp((likeness - likeness.max(axis=1, keepdims=True)) / temperature)
    rows, columns = shares.shape
    for _ in range(rounds):
        shares /= shares.sum(axis=0) * (columns / rows)
        shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares)


class LabelNameClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One of many labels from their names, unlabelled and, if there are any, labelled rows.

    First scores: the inner product of rows and names or, with labelled rows, a ridge regression
    on these and the names. Standardised per label over the fitted rows (a name that lies near
    everything wins nothing by it), they deal the unlabelled rows out as soft labels, and a
    ridge regression on names, labelled and unlabelled rows decides: self-training (Scudder,
    1965), once, with balanced labels. A second round gains nothing on the dev splits.

    Args:
        names: shape (labels, features), the rows of the labels' names or descriptions.
        penalty: of the ridge regressions; 1 is worse by half a point.
        name_weight: how many labelled rows a name is worth.
        unlabelled_weight: how much of a labelled row an unlabelled one is worth, when there
            are labelled rows.
        temperature: how sharply unlabelled rows are dealt out.
    """

    def __init__(
        self,
        names: Rows,
        penalty: float = 3.0,
        name_weight: float = 3.0,
        unlabelled_weight: float = 0.3,
        temperature: float = 0.4,
    ) -> None:
        self.names = names
        self.penalty = penalty
        self.name_weight = name_weight
        self.unlabelled_weight = unlabelled_weight
        self.temperature = temperature

    def fit(self, X: Rows, y: NDArray[np.int64]) -> Self:
        """Learn from rows.

        Args:
            X: shape (rows, features).
            y: shape (rows,), which row of ``names`` is the label, -1 where unknown. All may
                be unknown.

        Raises:
            ValueError: a label without a name, or no row at all.
        """
        X = check_array(X, dtype=np.float32)
        y = np.asarray(y)
        self.classes_ = np.arange(len(self.names))
        if len(y) != len(X) or y.min() < -1 or y.max() >= len(self.names):
            raise ValueError(
                f"y must hold {len(X)} places in names, or -1, got {len(y)} from {y.min()}"
                f" to {y.max()} instead"
            )
        self.n_features_in_ = X.shape[1]
        one_of = np.eye(len(self.names), dtype=np.float32)
        known = y >= 0
        rows = np.vstack([self.names, X[known]])
        targets = np.vstack([one_of, one_of[y[known]]])
        weights = np.r_[np.full(len(self.names), self.name_weight), np.ones(known.sum())]
        likeness = X @ self.names.T
        scores, worth = _Scale.of(likeness)(likeness), 1.0
        if known.any():
            first = _Ridge.fit(rows, targets, weights, self.penalty)(X)
            scores = _Scale.of(first)(first)
            worth = self.unlabelled_weight
        if not known.all():
            dealt = deal_out(scores[~known], self.temperature)
            rows, targets = np.vstack([rows, X[~known]]), np.vstack([targets, dealt])
            weights = np.r_[weights, np.full(len(dealt), worth)]
        self.regression_ = _Ridge.fit(rows, targets, weights, self.penalty)
        self.scores_ = _Scale.of(self.regression_(X))
        return self

    def decision_function(self, X: Rows) -> Rows:
        """Shape (rows, labels), in standard deviations of the label's score."""
        check_is_fitted(self)
        X = check_array(X, dtype=np.float32)
        return self.scores_(self.regression_(X))

    def predict(self, X: Rows) -> NDArray[np.int64]:
        """Which row of ``names`` is the label, shape (rows,)."""
        best: NDArray[np.int64] = self.decision_function(X).argmax(axis=1)
        return best


@dataclass(frozen=True, eq=False)
class _Scale:
    """Mean and spread of each label's scores over some rows."""

    mean: Rows
    spread: Rows

    @classmethod
    def of(cls, scores: Rows) -> _Scale:
        return cls(scores.mean(axis=0), scores.std(axis=0) + np.float32(1e-6))

    def __call__(self, scores: Rows) -> Rows:
        return (scores - self.mean) / self.spread


@dataclass(frozen=True, eq=False)
class _Ridge:
    """Weighted ridge regression on several targets, the targets' mean unpenalised."""

    coefficients: Rows
    offsets: Rows

    @classmethod
    def fit(cls, X: Rows, targets: Rows, weights: NDArray[np.float64], penalty: float) -> _Ridge:
        offsets = np.average(targets, axis=0, weights=weights)
        weighted = X * weights[:, None]
        covariance = weighted.T @ X + penalty * np.eye(X.shape[1])
        return cls(
            scipy.linalg.solve(covariance, weighted.T @ (targets - offsets), assume_a="pos").astype(
                np.float32
            ),
            offsets.astype(np.float32),
        )

    def __call__(self, X: Rows) -> Rows:
        return X @ self.coefficients + self.offsets
