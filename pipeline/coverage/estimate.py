"""How many stories of a theme there are, from a random sample a person decided.

Hides: how an interval is found. In every stratum the audited stories are a simple random
sample, so that the number of true ones follows a hypergeometric distribution whatever the
scores say: inverting its tails gives limits that hold for any finite population (Clopper &
Pearson 1934; Wright 1991). Scores of a model that never saw the audited labels may narrow
them: the difference estimator (Särndal, Swensson & Wretman 1992, ch. 6)

    T = sum over strata of  lambda * sum m_i  +  (N_h / n_h) * sum over the sample (y_i - lambda m_i)

with lambda fitted on other folds of the sample has a smaller variance, and its limits are those
of a binomial sample of the size that would have had that variance (Korn & Graubard 1998). It is
used only in strata with enough audited stories of both kinds, and only where it helps. A sample
may show by chance none of the few stories that scores misjudge, and its variance then says
nothing of them: one surprise of each kind more than it holds, a true story with the sample's
lowest score and a false one with its highest, is added to every stratum's variance. Without them
scores that are nearly always right held the truth in as few as 62 of 100 audits, with them in 95
and more; whether the limits hold at the promised rate is simulated by ``benchmarks/proof.py``.

Several strata are melded (Fay, Proschan & Brittain 2015): the tails seen as functions of the
unknown number are distributions, one for the low limits and one for the high, and those of the
sum are their convolutions. For one stratum nothing changes; for several it is far narrower than
sharing the error among them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import BadInput

__all__ = ["Estimate", "estimate_positives", "hypergeometric_limits"]

FOLDS = 5
"""Parts of the sample: lambda of each is fitted on the others."""
ENOUGH = 5
"""Audited stories of either kind from which scores may narrow a stratum's limits."""
_SHORT = 200
"""Candidates up to which convolving directly is quicker."""
_NOISE = 1e-12
"""What rounding in the convolutions may add."""


@dataclass(frozen=True)
class Estimate:
    """Number of true stories: limits and point, in stories; with what they rest on."""

    low: int
    point: float
    high: int
    audited: int
    population: int


def estimate_positives(
    scores: ArrayLike,
    audited: Mapping[int, bool],
    inclusion_probability: Mapping[int, float],
    *,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate how many of n stories are true, from those audited.

    Args:
        scores: shape (n,), any numbers that tend to be higher for true stories, from a model
            that has not seen the audited labels.
        audited: story (0 to n - 1) to what the reviewer decided; every story of the sample.
        inclusion_probability: story of the sample to the probability, in (0, 1], with which it
            was drawn; within a stratum n_h / N_h for all.
        strata: shape (n,) integers; None for one stratum.
        confidence: rate at which the two limits shall hold the true number, in (0, 1).

    Returns:
        an ``Estimate`` in rows of ``scores``; low is never below the audited true stories, high
        never above n less the audited false ones.

    Raises:
        BadInput: ``audit-sample`` when labels, probabilities and strata do not describe one
            stratified random sample.
    """
    chances = np.asarray(scores, dtype=np.float64)
    if chances.ndim != 1 or not np.isfinite(chances).all():
        raise _wrong("scores must be one finite number a story")
    if not 0.0 < confidence < 1.0:
        raise _wrong(f"confidence must be between 0 and 1, got {confidence} instead")
    groups = np.zeros(len(chances), dtype=np.int64) if strata is None else np.asarray(strata)
    if groups.shape != chances.shape:
        raise _wrong(f"strata must be one number a story, got {groups.shape} instead")
    sample = _checked_sample(audited, inclusion_probability, groups)
    truth = np.array([bool(audited[int(story)]) for story in sample], dtype=bool)
    found = [_Stratum.of(chances, groups == group, sample, truth) for group in np.unique(groups)]
    low, point, high = _combine(found, 1.0 - confidence)
    positives = int(truth.sum())
    most = len(chances) - (len(sample) - positives)
    below = int(min(max(low, positives), most))
    above = int(max(min(high, most), positives))
    return Estimate(
        low=below,
        point=float(min(max(point, below), above)),
        high=above,
        audited=len(sample),
        population=len(chances),
    )


@dataclass(frozen=True)
class _Stratum:
    """One stratum's population size, scores, and audited sample."""

    size: int
    mean_score: float
    scores: NDArray[np.float64]
    """Shape (n_h,), of the audited stories."""
    truth: NDArray[np.bool_]
    """Shape (n_h,)."""

    @classmethod
    def of(
        cls,
        chances: NDArray[np.float64],
        members: NDArray[np.bool_],
        sample: NDArray[np.int64],
        truth: NDArray[np.bool_],
    ) -> _Stratum:
        inside = members[sample]
        return cls(
            int(members.sum()),
            float(chances[members].mean()),
            chances[sample[inside]],
            truth[inside],
        )

    @property
    def read(self) -> int:
        return len(self.truth)

    @property
    def positives(self) -> int:
        return int(self.truth.sum())

    @property
    def guess(self) -> float:
        """The expanded sample; half of a stratum nobody read."""
        return self.size * (self.positives / self.read if self.read else 0.5)

    @property
    def narrows(self) -> bool:
        """Whether scores may narrow its limits."""
        rare = min(self.positives, self.read - self.positives)
        return rare >= ENOUGH and self.read < self.size and bool(np.ptp(self.scores) > 0.0)


def hypergeometric_limits(
    size: int, read: int, seen: int, *, confidence: float = 0.95
) -> tuple[int, int]:
    """Low and high limits of the true stories among ``size``, of which ``read`` were drawn at
    random and ``seen`` of these are true; without any score.

    >>> hypergeometric_limits(400, 100, 0, confidence=0.9)
    (0, 10)
    """
    return _exact_limits(((size, read, seen),), (1.0 - confidence) / 2)


def _combine(strata: Sequence[_Stratum], error: float) -> tuple[float, float, float]:
    """Low, point, high over all strata, each limit with half the error."""
    if not strata:
        return 0.0, 0.0, 0.0
    exact = tuple((one.size, one.read, one.positives) for one in strata)
    scored = [place for place, stratum in enumerate(strata) if stratum.narrows]
    point = sum(stratum.guess for stratum in strata)
    low, high = _exact_limits(exact, error / 2)
    if scored:
        difference = _difference([strata[place] for place in scored])
        kept = [_exact_tails(*one) for place, one in enumerate(exact) if place not in scored]
        narrow = (
            _meld([*kept, difference.tails(error / 2)], error / 2)
            if kept
            else difference.limits(error / 2)
        )
        if narrow[1] - narrow[0] < high - low:
            low, high = narrow
            point = difference.total + sum(
                stratum.guess for stratum in strata if not stratum.narrows
            )
    return low, point, high


@dataclass(frozen=True)
class _Tails:
    """How surely the true number lies beyond each candidate, first + 0, first + 1 ...

    ``below`` is the chance that a low limit set at random would reach the candidate, ``above``
    that a high limit would; both fall from 1. Shape (candidates,).
    """

    first: int
    below: NDArray[np.float64]
    above: NDArray[np.float64]


def _meld(tails: Sequence[_Tails], tail: float) -> tuple[int, int]:
    """Limits of the sum, each with the error ``tail``."""

    first = sum(one.first for one in tails)
    low = _reaching([one.below for one in tails]) >= 1.0 - tail - _NOISE
    high = _reaching([one.above for one in tails]) > tail + _NOISE
    return first + int(np.flatnonzero(low)[-1]), first + int(np.flatnonzero(high)[-1])


def _reaching(tails: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The chance that the sum of independent limits reaches each candidate."""
    if len(tails) == 1:
        return tails[0]
    mass = np.ones(1)
    for reached in tails:
        mass = _convolved(mass, reached - np.append(reached[1:], 0.0))
    return np.asarray(np.cumsum(mass[::-1])[::-1])


def _convolved(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Their convolution; long ones by Fourier transform. (``scipy.signal`` does the same, and takes
    a second to import.)"""
    if min(len(one), len(other)) < _SHORT:
        return np.convolve(one, other)
    from scipy.fft import irfft, next_fast_len, rfft

    length = len(one) + len(other) - 1
    size = next_fast_len(length, real=True)
    return np.asarray(irfft(rfft(one, size) * rfft(other, size), size)[:length])


@lru_cache(maxsize=1024)
def _exact_limits(strata: tuple[tuple[int, int, int], ...], tail: float) -> tuple[int, int]:
    """Limits of the true stories in strata of which size, read and seen are given, without any
    score. Kept, as they are the same for all themes of an audit that were found as often."""
    return _meld([_exact_tails(*one) for one in strata], tail)


@lru_cache(maxsize=64)
def _exact_tails(size: int, read: int, seen: int) -> _Tails:
    """Of ``seen`` true stories among ``read`` drawn from ``size``: hypergeometric tails. Kept, as
    the themes of one audit share samples: so many of a quarter million stories are 256 MiB.

    With T true stories, P(at most x seen) - P(at most x seen with T + 1) is the share of samples
    that hold x of the T and the next one too: a sum along T takes the place of one along x.
    """
    if read == size:
        return _Tails(seen, np.ones(1), np.ones(1))
    if not read:
        return _Tails(0, np.append(1.0, np.zeros(size)), np.ones(size + 1))
    most = size - (read - seen)
    above = np.cumsum(_next_too(size, read, seen, seen, most)[::-1])[::-1]
    # A low limit reaches a total when one fewer would show as many with less than the tail.
    below = np.ones(len(above))
    if seen:
        fewer = np.cumsum(_next_too(size, read, seen - 1, seen - 1, most - 1))
        below[1:] = 1.0 - fewer[: len(above) - 1]
    else:
        below[1:] = 0.0
    return _Tails(seen, np.clip(below, 0.0, 1.0), np.clip(above / above[0], 0.0, 1.0))


def _next_too(size: int, read: int, seen: int, first: int, last: int) -> NDArray[np.float64]:
    """For T from ``first`` to ``last``: chance that a sample holds ``seen`` of T true stories and,
    beside them, one more given story."""
    from scipy.special import gammaln

    totals = np.arange(first, last + 1, dtype=np.float64)
    rest, missing = size - totals - 1, read - seen - 1
    if missing < 0:
        return np.where(totals == last, 1.0, 0.0)
    able = rest >= missing
    rest = np.where(able, rest, missing)
    chance = (
        gammaln(totals + 1) - gammaln(seen + 1) - gammaln(totals - seen + 1)
        + gammaln(rest + 1) - gammaln(missing + 1) - gammaln(rest - missing + 1)
        - gammaln(size + 1) + gammaln(read + 1) + gammaln(size - read + 1)
    )  # fmt: skip
    return np.where(able, np.exp(chance), 0.0)


@dataclass(frozen=True)
class _Difference:
    """The difference estimator over some strata: total and variance in stories."""

    total: float
    variance: float
    size: int
    positives: int
    negatives: int

    def limits(self, tail: float) -> tuple[int, int]:
        """Low and high, each with the error ``tail``: where the survivals of ``tails`` cross it,
        worked out at once."""
        from scipy.special import betaincinv

        shapes = self._shapes(tail)
        if shapes is None:
            return self.positives, self.size - self.negatives
        below, above = shapes
        low = math.ceil(self.size * float(betaincinv(*below, tail)))
        high = math.floor(self.size * float(betaincinv(*above, 1.0 - tail)))
        return max(low, self.positives), min(high, self.size - self.negatives)

    def tails(self, tail: float) -> _Tails:
        """The same as functions of the unknown number, to be melded with other strata."""
        totals = np.arange(self.positives, self.size - self.negatives + 1)
        shapes = self._shapes(tail)
        if shapes is None:
            nothing = np.append(1.0, np.zeros(len(totals) - 1))
            return _Tails(self.positives, nothing, np.ones(len(totals)))
        (hits, _), (_, misses) = shapes
        shares = np.arange(self.positives - 1, self.size - self.negatives + 1) / self.size
        below, above = _survivals(hits, misses, shares)
        below, above = below[:-1], above[1:]
        below[0] = above[0] = 1.0
        return _Tails(self.positives, below, above)

    def _shapes(self, tail: float) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Of the beta distributions whose quantiles are Korn and Graubard's limits at error
        ``tail``, with as many degrees of freedom as the rarer kind of story gives; None where the
        variance says nothing."""
        from scipy.special import ndtri, stdtrit

        share = self.total / self.size
        if self.variance <= 0.0 or not 0.0 < share < 1.0:
            return None
        freedom = max(1, min(self.positives, self.negatives) - 1)
        shrink = float(ndtri(tail) / stdtrit(freedom, tail)) ** 2
        reads = shrink * share * (1 - share) * self.size**2 / self.variance
        hits = share * reads
        return (hits, reads - hits + 1), (hits + 1, reads - hits)


def _survivals(
    hits: float, misses: float, shares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The chances that beta distributions of the shapes (hits, misses + 1) and (hits + 1, misses)
    exceed each of the ``shares``, in (0, 1), worked out where they are neither 0 nor 1 to ten places.

    The second is the first and a binomial term more (DLMF 8.17.20 and 21), which takes a tenth of
    the time.
    """
    from scipy.special import betaincc, betaincinv, gammaln

    first = int(np.searchsorted(shares, betaincinv(hits, misses + 1, 1e-10)))
    last = int(np.searchsorted(shares, betaincinv(hits + 1, misses, 1 - 1e-10)))
    below, above = np.zeros(len(shares)), np.zeros(len(shares))
    below[:first] = above[:first] = 1.0
    inside = slice(first, last + 1)
    ways = gammaln(hits + misses + 1) - gammaln(hits + 1) - gammaln(misses + 1)
    within = shares[inside]
    below[inside] = betaincc(hits, misses + 1, within)
    above[inside] = np.exp(ways + hits * np.log(within) + misses * np.log1p(-within))
    above[inside] += below[inside]
    return below, above


def _difference(strata: Sequence[_Stratum]) -> _Difference:
    folds = [np.arange(stratum.read) % FOLDS for stratum in strata]
    slopes = [_slope(strata, folds, fold) for fold in range(FOLDS)]
    total = variance = 0.0
    for stratum, fold in zip(strata, folds, strict=True):
        slope = np.array(slopes)[fold]
        residual = stratum.truth - slope * (stratum.scores - stratum.mean_score)
        total += stratum.size * float(residual.mean())
        spread = float(residual.var(ddof=min(2, stratum.read - 1)))
        spread += _surprises(stratum, float(slope.mean()), float(residual.mean())) / stratum.read
        unread = 1.0 - stratum.read / stratum.size
        variance += stratum.size**2 * unread * spread / stratum.read
    size = sum(stratum.size for stratum in strata)
    positives = sum(stratum.positives for stratum in strata)
    negatives = sum(stratum.read for stratum in strata) - positives
    return _Difference(
        min(max(total, positives), size - negatives), variance, size, positives, negatives
    )


def _surprises(stratum: _Stratum, slope: float, middle: float) -> float:
    """Squared residuals of a true story scored lowest and of a false one scored highest."""
    missed = 1.0 - slope * (float(stratum.scores.min()) - stratum.mean_score)
    false = -slope * (float(stratum.scores.max()) - stratum.mean_score)
    return (missed - middle) ** 2 + (false - middle) ** 2


def _slope(strata: Sequence[_Stratum], folds: Sequence[NDArray[np.int64]], without: int) -> float:
    """Lambda: least squares of truth on score within strata, weighed as the strata's variances."""
    above = below = 0.0
    for stratum, fold in zip(strata, folds, strict=True):
        kept = fold != without
        scores, truth = stratum.scores[kept], stratum.truth[kept].astype(np.float64)
        weight = stratum.size**2 * (1.0 - stratum.read / stratum.size) / max(1, len(scores)) ** 2
        centred = scores - scores.mean()
        above += weight * float(centred @ (truth - truth.mean()))
        below += weight * float(centred @ centred)
    return above / below if below > 1e-12 else 0.0


def _checked_sample(
    audited: Mapping[int, bool],
    inclusion_probability: Mapping[int, float],
    groups: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The stories of the sample, shape (n,), in order."""
    outside = sorted(set(audited) - set(inclusion_probability))
    if outside:
        raise _wrong(f"story {outside[0]} has an audit label but is not in the sample")
    open_ones = sorted(set(inclusion_probability) - set(audited))
    if open_ones:
        raise _wrong(f"story {open_ones[0]} is in the sample but has no audit label")
    sample = np.array(sorted(inclusion_probability), dtype=np.int64)
    if len(sample) and (sample[0] < 0 or sample[-1] >= len(groups)):
        wrong = sample[0] if sample[0] < 0 else sample[-1]
        raise _wrong(f"story {wrong} of the sample is not among the {len(groups)} scored")
    given = np.array([float(inclusion_probability[int(story)]) for story in sample])
    possible = (given > 0.0) & (given <= 1.0)
    if not possible.all():
        first = int(np.flatnonzero(~possible)[0])
        raise _wrong(
            f"the inclusion probability of story {sample[first]} must be in (0, 1],"
            f" got {given[first]}"
        )
    for group in np.unique(groups[sample]) if len(sample) else ():
        inside = groups[sample] == group
        read, size = int(inside.sum()), int((groups == group).sum())
        strange = inside & (np.abs(given - read / size) > 1e-6)
        if strange.any():
            first = int(np.flatnonzero(strange)[0])
            raise _wrong(
                f"the inclusion probability of story {sample[first]} is {given[first]}, but"
                f" stratum {group} was sampled at {read}/{size}"
            )
    return sample


def _wrong(what: str) -> BadInput:
    return BadInput(
        what,
        "audit-sample",
        "Give exactly the stories drawn by 'xuanjian audit sample', each with its probability.",
    )
