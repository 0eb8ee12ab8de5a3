"""From a drawn and read sample 抽查 to what it says of one theme.

Hides: how an audit's frozen population is brought together with what is known now, and why the
limits stay valid.

- The estimate rests on the random sample alone. Stories read through *before* the draw are in it
  as a stratum that was taken whole, with probability 1; decisions made otherwise since (a queue, a
  search) never enter it. They only bound it: the true number is at least what is verified and at
  most the population less what is denied, which is certain, so that cutting the limits to that
  range loses no truth they held.
- A story that no longer counts (folded into another, another place) is a false one: the true
  stories of the population that still count are estimated. Stories that came in after the draw
  were never drawn; each not decided adds one to the high limit, as does each without a date.
- A decision changed after the sample was read to the end might answer to the result. Limits are
  worked out with what was said then and with what is said now, and the wider ones hold.
- When no drawn story is true, the plain bound of ``most_unseen`` takes the place of the estimate's
  melded high limit where it is lower. Outcomes with true stories give higher limits than the one
  without, so that a true number above the bound is missed by that outcome only, whose chance the
  bound keeps within the error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.coverage.known import Known, Said
from pipeline.coverage.sampling import ALPHA, LOOKS, READ, draws_needed, most_unseen
from pipeline.store.audits import AuditedStory, StoredAudit
from pipeline.store.populations import Population

__all__ = ["Frame", "Sampled", "limits_of"]


@dataclass(frozen=True)
class Sampled:
    """What one audit says of one theme.

    Args:
        audit: its number.
        read: stories of the sample.
        missing: of these, not decided for the theme; above 0 there are no limits.
        low: true stories of the period, at least.
        high: at most, at two-sided 95 % over all looks.
        ceiling: at most, at one-sided 95 % over all looks; ``high`` where any was found.
        at_most: the k with which a blank shall be claimed.
        more: stories to draw beside the sample so that none found proves ``at_most``; 0 where
            drawing alone cannot.
        looks_left: extensions that may still be drawn.
        changed: stories of the sample decided otherwise since it was read to the end.
        late: counted stories that came in after the draw and are not decided for the theme.
    """

    audit: int
    read: int
    missing: int = 0
    low: int = 0
    high: int = 0
    ceiling: int = 0
    at_most: int = 0
    more: int = 0
    looks_left: int = 0
    changed: int = 0
    late: int = 0

    def limits(self, verified: int, possible: int) -> tuple[int, int, int]:
        """Low, high, ceiling, cut to what people's decisions leave: at least ``verified`` and at
        most ``possible``."""
        high = max(verified, min(self.high, possible))
        ceiling = max(verified, min(self.ceiling, possible))
        return min(max(self.low, verified), high), high, ceiling


@dataclass(frozen=True, eq=False)
class Frame:
    """An audit's population with the story each of its rows is today.

    Args:
        themes: by id the place of a theme's scores.
        stands: by row of the population the row of the counted story it is now; -1 where it does
            not count any more.
        late: by row of today's stories whether it counts and was never drawn from.
        undated: by row of today's stories whether it counts and has no date.
        said: what people said of a theme, by row of today's stories.
    """

    audit: StoredAudit
    population: Population
    themes: Mapping[str, int]
    stands: NDArray[np.int32]
    late: NDArray[np.bool_]
    undated: NDArray[np.bool_]
    said: Callable[[str], Said]

    @classmethod
    def of(cls, known: Known) -> Frame | None:
        """The frame of the period's audit; None where none was drawn."""
        if known.audit is None or known.population is None:
            return None
        population, left = known.population, known.counted.copy()
        stands = np.full(len(population.today), -1, dtype=np.int32)
        found = np.flatnonzero(population.today >= 0)
        found = found[left[population.today[found]]]
        # Rows stand by id: which of two that were folded into one keeps it must not depend on
        # the draw.
        _, first = np.unique(population.today[found], return_index=True)
        stands[found[first]] = population.today[found[first]]
        left[stands[stands >= 0]] = False
        return cls(
            audit=known.audit,
            population=population,
            themes={theme.id: place for place, theme in enumerate(known.lines)},
            stands=stands,
            late=left,
            undated=known.counts & ~known.dated,
            said=known.said,
        )

    def within(self, inside: NDArray[np.bool_]) -> Frame:
        """The frame of a part of the period. The part is made of stories that count today, whose
        place in it is known for all rows: within a stratum its sample is a simple random one of it.

        Args:
            inside: by row of today's stories whether it lies in the part.
        """
        kept = self.stands >= 0
        kept[kept] = inside[self.stands[kept]]
        return replace(
            self,
            population=self.population.where(kept),
            stands=self.stands[kept],
            late=self.late & inside,
        )

    @cached_property
    def drawn(self) -> tuple[int, ...]:
        """Rows of the population that are the sample."""
        return tuple(np.flatnonzero(self.population.looks).tolist())

    @cached_property
    def more(self) -> int:
        """Stories to draw beside the sample so that none found proves the audit's k."""
        needed = draws_needed(self.population.sizes(), self.audit.at_most, ALPHA / LOOKS)
        drawn = self.population.where(self.population.looks > 0).sizes()
        return max(0, needed - sum(count for name, count in drawn.items() if name != READ))

    def sampled(self, theme: str) -> Sampled:
        """What the audit says of ``theme``, or how many decisions it lacks."""
        audit = self.audit
        rows = self.drawn
        now = self._now(theme)
        missing = sum(said is None for said in now.values())
        read = len(rows)
        if missing:
            return Sampled(audit=audit.id, read=read, missing=missing, at_most=audit.at_most)
        said_now = {place: bool(said) for place, said in now.items()}
        said_then = {place: self._said_then(place, theme, said) for place, said in said_now.items()}
        changed = sum(said_now[place] != said_then[place] for place in rows)
        found = [self._limits(theme, said_now)]
        if changed:
            found.append(self._limits(theme, said_then))
        later, undated = self.said(theme).where(self.late), self.said(theme).where(self.undated)
        sure = int(later.belongs.sum())
        open_ones = int(self.late.sum()) - len(later.rows)
        unknown = open_ones + int(self.undated.sum()) - int((~undated.belongs).sum())
        return Sampled(
            audit=audit.id,
            read=read,
            low=min(low for low, _, _ in found) + sure,
            high=max(high for _, high, _ in found) + sure + unknown,
            ceiling=max(ceiling for _, _, ceiling in found) + sure + unknown,
            at_most=audit.at_most,
            more=0 if unknown or any(said_now.values()) else self.more,
            looks_left=LOOKS - audit.looks,
            changed=changed,
            late=open_ones,
        )

    def _limits(self, theme: str, truth: Mapping[int, bool]) -> tuple[int, int, int]:
        population = self.population
        scores = population.scores[:, self.themes[theme]]
        return _limits(scores, population.strata, population.names, truth)

    def _now(self, theme: str) -> dict[int, bool | None]:
        """By place of a drawn story what people say of it, None where nothing; what does not count
        today is no story of the theme."""
        said = self.said(theme)
        belongs: dict[int, bool] = dict(zip(said.rows.tolist(), said.belongs.tolist(), strict=True))
        stands = self.stands[list(self.drawn)].tolist()
        return {
            place: belongs.get(row) if row >= 0 else False
            for place, row in zip(self.drawn, stands, strict=True)
        }

    def _said_then(self, place: int, theme: str, otherwise: bool) -> bool:
        """What the sample was closed with, where it was and the story still counts."""
        closed = self.population.closed.get(place)
        return otherwise if closed is None or self.stands[place] < 0 else theme in closed


def limits_of(
    stories: Sequence[AuditedStory], theme: str, truth: Mapping[int, bool]
) -> tuple[int, int, int]:
    """Low, high and ceiling of a theme's true stories in a population as it was drawn.

    Args:
        stories: the population.
        truth: by place of a drawn story whether it is true; all of the sample.
    """
    names = sorted({row.stratum for row in stories})
    number = {name: place for place, name in enumerate(names)}
    scores = np.array([row.scores.get(theme, 0.0) for row in stories], dtype=np.float64)
    strata = np.array([number[row.stratum] for row in stories], dtype=np.int16)
    return _limits(scores, strata, names, truth)


def _limits(
    scores: NDArray[np.float64],
    strata: NDArray[np.int16],
    names: Sequence[str],
    truth: Mapping[int, bool],
) -> tuple[int, int, int]:
    from pipeline.coverage.estimate import estimate_positives

    sizes = np.bincount(strata, minlength=len(names)).tolist()
    drawn = Counter(int(strata[place]) for place in truth)
    read = [drawn[place] for place in range(len(names))]
    found = estimate_positives(
        scores,
        truth,
        {place: read[strata[place]] / sizes[strata[place]] for place in truth},
        strata=strata,
        confidence=1 - ALPHA / LOOKS,
    )
    if any(said and names[strata[place]] != READ for place, said in truth.items()):
        return found.low, found.high, found.high
    known = sum(truth.values())
    parts = tuple(sizes), tuple(read)
    high = min(found.high, known + _unseen(*parts, ALPHA / LOOKS / 2))
    return found.low, high, min(high, known + _unseen(*parts, ALPHA / LOOKS))


@lru_cache(maxsize=64)
def _unseen(sizes: tuple[int, ...], read: tuple[int, ...], tail: float) -> int:
    """``most_unseen``, which is the same for every theme that was not found in a sample."""
    return most_unseen(sizes, read, tail)
