"""Train the base topic model: ``python -m pipeline.classify.base_training DATA_DIR``.

Hides: how the shipped model comes about. The vocabulary and the latent spaces are learned
from the unlabelled broadcasts and the paragraphs of plans, the topics from the rows that
``pipeline.classify.training_data`` describes: once by logistic regression, once by least
squares, which err on different items; the model is the mean of both, each calibrated by
itself, and as linear in the grams as either. Every score that is calibrated, and every
figure in the card, comes from a model that did not see the item: broadcasts are cut into
folds by day, since one day's broadcast often tells a story twice, gists by their id.

**The stream that probabilities are made for** is fixed and known: one third whole
broadcasts, one third their briefs, one third local gists. A science bureau's columns hold
far more of incubators, patents and parks than national television does, so that chances
calibrated on television alone are several times too low for them. A decision never
depends on the batch it is made in.

Two runs on the same data give the same model: fixed seeds, fixed order, one thread a topic.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify.bundle import BaseModel, save_bundle
from pipeline.classify.classifier import log_odds
from pipeline.classify.estimators import GramVectorizer, TopicLeastSquares, TopicRegression
from pipeline.classify.latent_spaces import frequent_space, word_space
from pipeline.classify.model_card import write_card
from pipeline.classify.stream import Stream
from pipeline.classify.topics import TOPICS
from pipeline.classify.training_data import (
    TrainingItem,
    TrainingSet,
    as_brief,
    as_title,
    dictionary,
    local_truth,
    read_training_set,
    truth_of,
)
from pipeline.errors import XuanjianError

__all__ = ["TrainingItem", "TrainingSet", "read_training_set", "train_base_model"]

FOLDS = 4
LOGISTIC_SHARE = 0.6
"""Of the logistic regressions in the log-odds, the least squares have the rest. Held-out micro-F1
of whole broadcasts: 0.783 logistic, 0.791 least squares, 0.797 to 0.799 with shares of 0.4 to 0.6;
on plans more of the one helps confirmed profiles, more of the other labels (``docs/mapping.md``)."""

BRIEF_WEIGHT = 0.5
"""A brief beside its whole broadcast. Held-out micro-F1 of briefs 0.749 -> 0.768 (with terms)."""
TITLE_ALONE_WEIGHT = 0.3
"""A title alone. Held-out micro-F1 of titles 0.642 -> 0.698."""
GIST_WEIGHT = 3.0
"""A local gist beside a broadcast, in training: best F1 of gists in other folds 0.52 -> 0.66."""
TERM_WEIGHT = 3.0
"""A dictionary term beside a broadcast: alone it lifts gists in other folds from 0.52 to
0.67 and whole broadcasts from 0.768 to 0.777. Generated items count as a broadcast does: 0.5, 1 and 2
give the same (whole broadcasts 0.800 to 0.801, gists 0.762 to 0.766, without them 0.797, 0.751)."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """Items as numbers, with their labels."""

    rows: sp.csr_matrix
    """Shape (items, features)."""
    truth: NDArray[np.bool_]
    """Shape (items, topics)."""
    counts: NDArray[np.bool_]
    """Shape (items, topics): False where the label counts neither way."""
    folds: NDArray[np.int64]
    """Shape (items,); -1 for rows that are learned from in every fold."""
    weight: float
    """Of each item in training."""


def train_base_model(training: TrainingSet) -> BaseModel:
    """Vocabulary, latent spaces, two regressions a topic, calibration; deterministic."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        return _train(training)


def _train(training: TrainingSet) -> BaseModel:
    terms = dictionary()
    local = (*training.paragraphs, *training.generated)
    vectorizer = GramVectorizer(local=local, required=terms)
    vectorizer.fit(training.unlabelled)
    background = (*training.unlabelled, *local)
    rows = vectorizer.transform(background)
    components = word_space(vectorizer, background, rows)
    broadcasts = training.labelled
    days = _folds([item.date for item in broadcasts])
    sources = (
        _source(vectorizer, broadcasts, days, 1.0),
        _source(vectorizer, [as_brief(item) for item in broadcasts], days, BRIEF_WEIGHT),
        _source(
            vectorizer, training.gists, _folds([item.id for item in training.gists]), GIST_WEIGHT
        ),
        _source(vectorizer, [as_title(item) for item in broadcasts], days, TITLE_ALONE_WEIGHT),
        _source(vectorizer, terms, np.full(len(terms), -1), TERM_WEIGHT),
        _source(vectorizer, training.generated, np.full(len(training.generated), -1), 1.0),
    )
    whole, _, gists, _, words, generated = sources
    logistic = _part(
        TopicRegression(latent=frequent_space(vectorizer, rows), tol=1e-3), sources, sources[:3]
    )
    squares = _part(
        TopicLeastSquares(latent=components), (whole, gists, words, generated), sources[:3]
    )
    share = LOGISTIC_SHARE
    odds = share * logistic.unseen + (1 - share) * squares.unseen
    stream, probabilities = replace(logistic.stream, scores=odds), 1 / (1 + np.exp(-odds))
    thresholds = stream.thresholds(probabilities)
    scale = np.abs(components).max(axis=1) / 127
    spanned = np.flatnonzero(np.abs(components).max(axis=0) > 0)
    return BaseModel(
        name="base",
        topics=TOPICS,
        threshold=stream.best_threshold(probabilities),
        thresholds=thresholds,
        priors=tuple(round(float(prior), 6) for prior in stream.priors()),
        vocabulary=vectorizer.vocabulary_,
        weights=(share * logistic.weights + (1 - share) * squares.weights).T.astype(np.float16),
        offsets=(share * logistic.offsets + (1 - share) * squares.offsets).astype(np.float32),
        latent=np.rint(components[:, spanned] / scale[:, None]).T.astype(np.int8),
        latent_features=spanned.astype(np.int32),
        latent_scale=scale.astype(np.float32),
        data_fingerprint=training.fingerprint,
        measured=stream.figures(probabilities, np.asarray(thresholds), len(training.unlabelled)),
    )


def _source(
    vectorizer: GramVectorizer,
    items: Sequence[TrainingItem],
    folds: NDArray[np.int64],
    weight: float,
) -> _Rows:
    return _Rows(vectorizer.transform(items), truth_of(items), local_truth(items), folds, weight)


@dataclass(frozen=True, eq=False)
class _Part:
    """A regression calibrated by itself."""

    stream: Stream
    """Its scores of items it did not see."""
    unseen: NDArray[np.float64]
    """The same as log-odds whose calibration did not see the item either, shape (n, topics)."""
    weights: NDArray[np.float64]
    """Shape (topics, features), Platt's slope included."""
    offsets: NDArray[np.float64]
    """Shape (topics,)."""


def _part(
    regression: TopicRegression | TopicLeastSquares,
    learned: Sequence[_Rows],
    heard: Sequence[_Rows],
) -> _Part:
    """One regression over the sources it learns from, calibrated on those that are heard."""
    scores = [np.zeros(source.truth.shape) for source in heard]
    for fold in range(FOLDS):
        inner = _fit(regression, learned, leaving_out=fold)
        for of_source, source in zip(scores, heard, strict=True):
            held = source.folds == fold
            of_source[held] = inner.decision_function(source.rows[held])
    stream = Stream.mix(("whole broadcasts", "briefs", "local gists"), scores, heard)
    whole = _fit(regression, learned, leaving_out=None)
    slopes, offsets = np.array([stream.platt(topic) for topic in range(len(TOPICS))]).T
    return _Part(
        stream,
        log_odds(stream.cross_calibrated()),
        whole.coef_ * slopes[:, None],
        whole.intercept_ * slopes + offsets,
    )


def _fit(
    regression: TopicRegression | TopicLeastSquares,
    sources: Sequence[_Rows],
    *,
    leaving_out: int | None,
) -> TopicRegression | TopicLeastSquares:
    """One regression over all sources, or over all but one fold of each."""
    from sklearn.base import clone

    kept = [
        np.flatnonzero(source.folds != leaving_out)
        if leaving_out is not None
        else np.arange(len(source.folds))
        for source in sources
    ]
    pairs = list(zip(sources, kept, strict=True))
    fresh: TopicRegression | TopicLeastSquares = clone(regression)
    return fresh.fit(
        sp.csr_matrix(sp.vstack([source.rows[rows] for source, rows in pairs])),
        np.vstack([source.truth[rows] for source, rows in pairs]),
        sample_weight=np.concatenate([np.full(len(rows), s.weight) for s, rows in pairs]),
        counts=np.vstack([source.counts[rows] for source, rows in pairs]),
    )


def _folds(names: Sequence[str]) -> NDArray[np.int64]:
    """A fold for each name (a day, an id), the same on every machine."""
    first = [hashlib.sha256(name.encode()).digest()[0] for name in names]
    return np.array([byte % FOLDS for byte in first], dtype=np.int64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: train, save, and say what was measured."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m pipeline.classify.base_training")
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("-o", "--output", type=Path, default=Path("models/base"))
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        training = read_training_set(chosen.data)
        model = train_base_model(training)
        save_bundle(model, chosen.output, write_card(model, training))
    except XuanjianError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    measured = msgspec.json.encode(model.measured).decode()
    sys.stdout.write(f"{chosen.output}: {time.monotonic() - started:.0f} s, {measured}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
