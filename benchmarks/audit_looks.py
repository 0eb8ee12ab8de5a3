"""Audits as the product makes them: drawn, extended twice, claimed from at every look.

Strata are those of ``sampling.strata_of``, limits those of ``bounds.limits_of`` at a third of the
error, claims those of ``states.decide``; the first sample is what would prove the k of a blank, or a
tenth, and an extension takes what is still needed for k, or as many again as were drawn, as
``xuanjian audit extend`` does. A claim is wrong when the truth is otherwise: *blank* where more true
stories exist than the bound it prints, *thin* where the bar is reached, *covered* where it is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from audit_cells import SCORERS

from pipeline.coverage.bounds import Sampled, limits_of
from pipeline.coverage.report import Tally
from pipeline.coverage.sampling import (
    ALPHA,
    LOOKS,
    Candidate,
    reads_needed,
    sampling_order,
    strata_of,
)
from pipeline.coverage.states import Ground, decide
from pipeline.store.audits import AuditedStory

THEME = "focus-1"


@dataclass(frozen=True)
class LookCell:
    """One kind of audit: ``total`` true stories among ``population``, a blank of at most ``k``, a
    theme covered from ``bar`` on; ``first`` drawn at the first look, 0 for what proves k."""

    population: int
    total: int
    k: int
    bar: int
    first: int
    scores: str

    @property
    def name(self) -> str:
        """What stands before its figures."""
        drawn = f"draws {self.first}" if self.first else f"draws for k = {self.k}"
        return (
            f"{self.scores:<17}N {self.population:>5}  true {self.total:>3}  k {self.k}"
            f"  bar {self.bar:>3}  {drawn:<16}"
        )


@dataclass(frozen=True)
class Claims:
    """Shares of audits with a claim at some look, right or wrong, and with a wrong one."""

    made: float
    blank: float
    thin: float
    covered: float
    any_wrong: float


def cells() -> Iterator[LookCell]:
    """Totals that lie next to what would be claimed: one more than k, one less than the bar, the
    bar itself, and numbers a little further off."""
    for scores in SCORERS:
        for population in (150, 600):
            for k in (0, 1, 5):
                for total in (k + 1, k + 2, 2 * k + 4):
                    yield LookCell(population, total, k, k + 1, 0, scores)
            for bar in (3, 10, 30):
                for total in (bar - 1, bar, bar + 3):
                    yield LookCell(population, total, 0, bar, population // 5, scores)


def seed_of(cell: LookCell) -> int:
    """The seed of a cell, whatever other cells are worked out."""
    return 10_000 + list(cells()).index(cell)


def audit(cell: LookCell, audits: int) -> Claims:
    """Audit ``cell`` ``audits`` times, three looks each."""
    rng = np.random.default_rng(seed_of(cell))
    names = [f"s{n:05d}" for n in range(cell.population)]
    found: Counter[str] = Counter()
    for _ in range(audits):
        truth = rng.permutation(np.arange(cell.population) < cell.total)
        # Another theme of the scheme has stories too: bands go by the highest score of all.
        scores = SCORERS[cell.scores](truth, rng)
        others = SCORERS["informative"](rng.random(cell.population) < 0.2, rng)
        places = ["upper_about_local" if x < 0.1 else "local" for x in rng.random(len(names))]
        strata = strata_of(
            {
                name: Candidate(float(max(one, other)), place)
                for name, one, other, place in zip(names, scores, others, places, strict=True)
            }
        )
        seen = _claims(cell, names, truth, scores, strata, int(rng.integers(2**31)))
        found.update(seen)
        found["any"] += bool(seen - {"made"})
    return Claims(*(found[kind] / audits for kind in ("made", "blank", "thin", "covered", "any")))


def _claims(
    cell: LookCell,
    names: list[str],
    truth: np.ndarray,
    scores: np.ndarray,
    strata: dict[str, str],
    seed: int,
) -> set[str]:
    """Which wrong claims were made at some look, and whether any was ``made``."""
    order = sampling_order(strata, seed)
    place = {name: number for number, name in enumerate(names)}
    needed = reads_needed(strata, cell.k, ALPHA / LOOKS)
    stories = tuple(
        AuditedStory(story=name, item=name, stratum=strata[name], scores={THEME: float(score)})
        for name, score in zip(names, scores, strict=True)
    )
    seen: set[str] = set()
    drawn = cell.first or needed
    for look in range(1, LOOKS + 1):
        labels = {place[name]: bool(truth[place[name]]) for name in order[:drawn]}
        low, high, ceiling = limits_of(stories, THEME, labels)
        sampled = Sampled(
            audit=1,
            read=len(labels),
            low=low,
            high=high,
            ceiling=ceiling,
            at_most=cell.k,
            looks_left=LOOKS - look,
        )
        verified = sum(labels.values())
        ground = Ground(stories=cell.population, sources=1)
        state = decide(Tally(confirmed=verified), cell.bar, len(labels), ground, sampled).state
        if state != "undecided":
            seen.add("made")
        if state == "blank" and cell.total > min(ceiling, cell.population - len(labels)):
            seen.add("blank")
        if (state == "thin" and cell.total >= cell.bar) or (
            state == "covered" and cell.total < cell.bar
        ):
            seen.add(state)
        drawn = min(cell.population, max(needed, drawn + 1) if drawn < needed else 2 * drawn)
    return seen
