"""QuaPy's quantifiers beside our limits, on some cells of ``audit_cells``.

QuaPy (Moreo, Esuli & Sebastiani 2021; extra ``quantification``) estimates the share of a class
in a set of items from a classifier's scores and some labelled items. Here the audited sample is
what it learns its correction from, the whole population is the set, and its share times the
population is compared with the number of true stories. ACC, PACC and EMQ are taken, with intervals
at 95 % in two ways: *as shipped*, QuaPy's ``AggregativeBootstrap`` at its defaults, which resamples
the population only; and *learned anew*, where the audited sample is resampled too and the
correction fitted on each. QuaPy 0.2.3 offers the second as ``n_train_samples``, but stops there on
arrays, so that the loop stands here around its own public steps.

QuaPy answers another question: its intervals are about a share in a stream of items like these, and
its aim is a share that shifted since the labels were made. An audit has labels of the very
population. Simple random samples only: it knows no strata.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from audit_cells import Cell, Drawn, draw, seed_of
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.coverage.estimate import estimate_positives

QUANTIFIERS = ("ACC", "PACC", "EMQ")
RESAMPLED = 200
"""Resamplings of a bootstrap; EMQ takes milliseconds for each."""
CORRECTIONS = 40
"""Times the correction is learned anew; each meets its part of the resamplings."""


class GivenScores(ClassifierMixin, BaseEstimator):
    """A classifier whose one feature is the score of being true."""

    def fit(self, _rows: NDArray[np.float64], _labels: NDArray[np.int64]) -> GivenScores:
        """Nothing is learned but which classes there are."""
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape (n, 2)."""
        return np.column_stack([1 - rows[:, 0], rows[:, 0]])

    def predict(self, rows: NDArray[np.float64]) -> NDArray[np.int64]:
        """Shape (n,)."""
        return (rows[:, 0] > 0.5).astype(np.int64)


@dataclass
class Score:
    """Audits of a cell by one method: how many held, and their widths together."""

    held: int = 0
    width: float = 0.0

    def add(self, low: float, high: float, total: int) -> None:
        """One audit's limits, in stories."""
        self.held += low <= total <= high
        self.width += high - low


def cells() -> Iterator[Cell]:
    """The middle population at rates of 5 % and more, all kinds of scores."""
    for scores in ("informative", "uninformative", "badly calibrated", "nearly right"):
        for rate in (0.05, 0.2):
            yield Cell(rate, 200, 1000, scores, stratified=False)


def compare(say: Callable[[str], None], audits: int) -> None:
    """Print coverage and width of all methods, or why not."""
    try:
        import quapy
    except ImportError as error:
        say(f"\nquapy: skipped, not installed ({error}): pip install '.[quantification]'")
        return
    say(f"\nQuaPy {quapy.__version__} beside ours, {audits} audits a cell: share held / mean width")
    ways = [f"{name} {how}" for name in QUANTIFIERS for how in ("as shipped", "learned anew")]
    say(f"{'':<56}  {'ours':>12}  " + "  ".join(f"{way:>17}" for way in ways))
    for cell in cells():
        found = {way: Score() for way in ("ours", *ways)}
        failed = 0
        rng = np.random.default_rng(seed_of(cell))
        for _ in range(audits):
            one = draw(cell, rng)
            ours = estimate_positives(one.scores, one.labels, one.chances)
            if not 0 < sum(one.labels.values()) < cell.sample:
                failed += 1
                continue
            found["ours"].add(ours.low, ours.high, cell.total)
            for name in QUANTIFIERS:
                for how, low, high in _intervals(name, one):
                    found[f"{name} {how}"].add(low, high, cell.total)
        count = audits - failed
        shown = [f"{x.held / count:.3f} / {x.width / count:5.1f}" for x in found.values()]
        say(
            f"{cell.name}  "
            + "  ".join(
                f"{one:>{width}}"
                for one, width in zip(shown, (12, *(17 for _ in ways)), strict=True)
            )
        )


def _intervals(name: str, one: Drawn) -> Iterator[tuple[str, float, float]]:
    """QuaPy's intervals for one audit, in stories."""
    import joblib
    from quapy.method import aggregative
    from quapy.method.confidence import AggregativeBootstrap, WithConfidenceABC

    drawn = np.array(list(one.chances))
    known = one.scores[drawn][:, None], one.truth[drawn].astype(np.int64)
    size = len(one.scores)

    def quantifier() -> aggregative.AggregativeQuantifier:
        # Nothing is fitted in the folds QuaPy makes: they give back the scores. EMQ as its authors
        # advise, calibrated on the sample.
        if name == "EMQ":
            return aggregative.EMQ.EMQ_BCTS(GivenScores(), on_calib_error="backup")
        # For two classes the matrix is inverted at once; the default searches for the same share.
        return getattr(aggregative, name)(GivenScores(), solver="exact-cc")

    with warnings.catch_warnings(), joblib.parallel_config(backend="sequential"):
        warnings.simplefilter("ignore")
        shipped = AggregativeBootstrap(quantifier(), n_test_samples=RESAMPLED, random_state=0)
        shipped.fit(*known)
        _, region = shipped.predict_conf(one.scores[:, None])
        yield "as shipped", size * region.I_low[1], size * region.I_high[1]
        rng = np.random.default_rng(0)
        base = quantifier()
        predicted, labels = base.classifier_fit_predict(*known)
        everything = base.classify(one.scores[:, None])
        shares = []
        while len(shares) < RESAMPLED:
            again = rng.integers(len(labels), size=len(labels))
            if len(set(labels[again].tolist())) < 2:
                continue
            learned = copy.deepcopy(base)
            learned.aggregation_fit(predicted[again], labels[again])
            shares.extend(
                learned.aggregate(everything[rng.integers(size, size=size)])
                for _ in range(RESAMPLED // CORRECTIONS)
            )
        region = WithConfidenceABC.construct_region(np.array(shares), 0.95, method="intervals")
        yield "learned anew", size * region.I_low[1], size * region.I_high[1]
