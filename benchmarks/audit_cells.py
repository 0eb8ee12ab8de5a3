"""Made-up populations whose truth is known, audited cell by cell; ``proof.py`` prints them.

A cell is one rate of true stories, size of the sample, size of the population, kind of scores and
way of drawing. Scores:

- *informative*: true stories score higher by 2.5 standard deviations,
- *uninformative*: drawn without looking at the truth,
- *badly calibrated*: informative, but nearly all close to 1,
- *nearly right*: wrong about one true story in 50 and one false story in 500, and sure of all;
  the hard case, since a sample may show none of those misjudged.

Ways of drawing: a simple random sample, or two strata (the fifth with the highest scores, and the
rest) read half and half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.coverage.estimate import estimate_positives, hypergeometric_limits

RATES = (0.0, 0.005, 0.01, 0.05, 0.2)
SAMPLES = (20, 50, 100, 200, 400)
POPULATIONS = (200, 1000, 5000)
BLANKS = (0, 1, 5)
Scorer = Callable[[NDArray[np.bool_], np.random.Generator], NDArray[np.float64]]


def informative(truth: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores of a useful model."""
    return np.asarray(1 / (1 + np.exp(-1.5 * (rng.normal(size=len(truth)) + 2.5 * truth - 2.5))))


def uninformative(truth: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores that know nothing."""
    return rng.beta(1, 4, size=len(truth))


def badly_calibrated(truth: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores of a useful model that is far too sure."""
    return np.asarray(1 / (1 + np.exp(-4 * (rng.normal(size=len(truth)) + 2 * truth - 1) - 3)))


def nearly_right(truth: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Scores of a model that is hardly ever wrong, and does not know when."""
    right = rng.random(len(truth)) > np.where(truth, 0.02, 0.002)
    noise = rng.normal(scale=0.01, size=len(truth))
    return np.asarray(np.clip(np.where(right == truth, 0.95, 0.02) + noise, 0, 1))


SCORERS: dict[str, Scorer] = {
    "informative": informative,
    "uninformative": uninformative,
    "badly calibrated": badly_calibrated,
    "nearly right": nearly_right,
}


@dataclass(frozen=True)
class Cell:
    """One kind of audit."""

    rate: float
    sample: int
    population: int
    scores: str
    stratified: bool

    @property
    def name(self) -> str:
        """What stands before its figures."""
        way = "two strata" if self.stratified else "simple"
        return (
            f"{way:<11}{self.scores:<17}N {self.population:>5}  n {self.sample:>4}"
            f"  rate {self.rate:>6.1%}"
        )

    @property
    def total(self) -> int:
        """True stories."""
        return round(self.rate * self.population)


@dataclass(frozen=True)
class Held:
    """What came of auditing a cell again and again."""

    share: float
    """Of the audits whose limits held the true number."""
    width: float
    plain: float
    """Mean width of the hypergeometric limits of a simple random sample without scores."""
    blank_wrongly: tuple[float, ...]
    """Share of audits that claimed at most 0, 1 and 5 where there were more; 0 where not."""


def cells(stratified: bool) -> Iterator[Cell]:
    """All cells of one way of drawing with samples smaller than their population."""
    for scores in SCORERS:
        for population in POPULATIONS:
            for sample in SAMPLES:
                for rate in RATES:
                    if sample < population:
                        yield Cell(rate, sample, population, scores, stratified)


def seed_of(cell: Cell) -> int:
    """The seed of a cell, whatever other cells are worked out."""
    return list(cells(cell.stratified)).index(cell)


@dataclass(frozen=True)
class Drawn:
    """One audit of a cell, read to its end."""

    truth: NDArray[np.bool_]
    scores: NDArray[np.float64]
    strata: NDArray[np.int64] | None
    chances: Mapping[int, float]

    @property
    def labels(self) -> dict[int, bool]:
        """What the reviewer decided: the truth."""
        return {story: bool(self.truth[story]) for story in self.chances}


def draw(cell: Cell, rng: np.random.Generator) -> Drawn:
    """A population of the cell, in no order, and a sample of it."""
    truth = rng.permutation(np.arange(cell.population) < cell.total)
    scores = SCORERS[cell.scores](truth, rng)
    if not cell.stratified:
        drawn = rng.choice(cell.population, cell.sample, replace=False).tolist()
        return Drawn(truth, scores, None, dict.fromkeys(drawn, cell.sample / cell.population))
    strata = (np.argsort(np.argsort(-scores)) >= cell.population // 5).astype(np.int64)
    chances: dict[int, float] = {}
    for stratum in (0, 1):
        members = np.flatnonzero(strata == stratum)
        size = min(cell.sample // 2, len(members))
        share = size / len(members)
        chances.update(dict.fromkeys(rng.choice(members, size, replace=False).tolist(), share))
    return Drawn(truth, scores, strata, chances)


def audit(cell: Cell, audits: int) -> Held:
    """Audit ``cell`` ``audits`` times."""
    rng = np.random.default_rng(seed_of(cell))
    held = 0
    width = plain = 0.0
    claimed = np.zeros(len(BLANKS))
    for _ in range(audits):
        one = draw(cell, rng)
        labels = one.labels
        found = estimate_positives(one.scores, labels, one.chances, strata=one.strata)
        held += found.low <= cell.total <= found.high
        width += found.high - found.low
        alike = int(rng.hypergeometric(cell.total, cell.population - cell.total, cell.sample))
        low, high = hypergeometric_limits(cell.population, cell.sample, alike)
        plain += high - low
        if sum(labels.values()) <= max(BLANKS):
            sure = estimate_positives(
                one.scores, labels, one.chances, strata=one.strata, confidence=0.9
            ).high
            claimed += [cell.total > k >= sure for k in BLANKS]
    wrongly = tuple(float(share) for share in claimed / audits)
    return Held(held / audits, width / audits, plain / audits, wrongly)
