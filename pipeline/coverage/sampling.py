"""Which stories an audit 抽查 draws, and what a draw can prove.

Hides: strata, the order of the draw, and the bound when nothing is found. Every story of the
audited population has a permanent random number hash(seed, story) (Ohlsson 1995), and so a place
in one fixed order; a sample is the beginning of that order and an extension the next stories in
it. Within every stratum the drawn are those with the smallest numbers, a simple random sample, of
which each story had the probability n_h / N_h. The order goes through the strata in proportion to
their sizes, so that a larger sample is never smaller in any stratum.

Stories read through before the draw are a stratum of their own (``READ``), all of them in the
sample with probability 1: what is known of them is exact and says nothing about the others.

Looking at results and extending is allowed, ``LOOKS`` times in all: each look spends its equal
part of the error (Bonferroni), so that all of them together keep the promised rate.

No store, no clock, no heavy import.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log

from pipeline.errors import BadInput

__all__ = [
    "ALPHA",
    "LOOKS",
    "READ",
    "Candidate",
    "draws_needed",
    "most_unseen",
    "permanent_number",
    "reads_needed",
    "sampling_order",
    "strata_in_order",
    "strata_of",
]

ALPHA = 0.05
"""Error of all looks together: of the two limits, or of the one-sided bound of a blank."""
LOOKS = 3
"""How often the results of one audit may be looked at; each look is a draw read to its end."""
READ = "read"
"""The stratum of stories that were read through before the draw."""
BAND = 0.5
"""From this highest probability over the scheme's themes on, a story is in the high band."""
SMALL = 20
"""A stratum of fewer stories is pooled with the largest: every stratum widens the limits."""


@dataclass(frozen=True)
class Candidate:
    """A story of the audited population: its highest score, in [0, 1], and its locality."""

    score: float
    locality: str


def strata_of(population: Mapping[str, Candidate]) -> dict[str, str]:
    """By story its stratum, locality and score band; ``local:high``."""
    named = {
        story: f"{one.locality}:{'high' if one.score >= BAND else 'low'}"
        for story, one in population.items()
    }
    sizes = Counter(named.values())
    if not sizes:
        return {}
    largest = min(sizes, key=lambda stratum: (-sizes[stratum], stratum))
    return {
        story: stratum if sizes[stratum] >= SMALL else largest for story, stratum in named.items()
    }


def permanent_number(seed: int, story: str) -> float:
    """A story's permanent random number in [0, 1)."""
    digest = hashlib.sha256(f"{seed}:{story}".encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56


def sampling_order(strata: Mapping[str, str], seed: int) -> tuple[str, ...]:
    """All stories of ``strata`` (story to stratum) in the order they are drawn.

    The first of every stratum come first; after them the j-th of a stratum of N stands at
    (j - 1/2) / N. The order of the mapping does not matter.
    """
    members: dict[str, list[tuple[float, str]]] = {}
    for story, stratum in strata.items():
        members.setdefault(stratum, []).append((permanent_number(seed, story), story))
    placed = []
    for stratum, numbered in members.items():
        shares = _shares(len(numbered))
        for place, (_, story) in enumerate(sorted(numbered)):
            placed.append((shares[place], stratum, place, story))
    return tuple(story for *_, story in sorted(placed))


def strata_in_order(sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Of which stratum each story of the order of the draw is, whatever the seed.

    >>> strata_in_order({"high": 2, "low": 4})
    ('high', 'low', 'low', 'low', 'high', 'low')
    """
    placed = [(share, name) for name, size in sizes.items() for share in _shares(size)]
    return tuple(name for _, name in sorted(placed))


def _shares(size: int) -> list[float]:
    """Where the stories of a stratum stand in the order of all, by their places in it."""
    return [(place + 0.5) / size if place else 0.0 for place in range(size)]


def most_unseen(sizes: Sequence[int], read: Sequence[int], tail: float) -> int:
    """How many true stories there are at most, when none was among those read at random.

    The largest T whose samples hold none of the T with a chance above ``tail``, however the T lie
    among the strata; the chance is a product of hypergeometric ones. Its logarithm is concave in
    each stratum's part, so that putting each further story where it is missed most easily finds
    the greatest. For one stratum it is the exact hypergeometric limit (Wright 1991).

    Args:
        sizes: stories of each stratum.
        read: of these, drawn at random and read.
        tail: error of the bound, in (0, 1).
    """
    import numpy as np

    parts = [(size, done) for size, done in zip(sizes, read, strict=True) if size > done]
    easiest = max(((size - done) / size for size, done in parts), default=0.0)
    # None is missed more easily than the easiest, which bounds how many are.
    most = ceil(log(tail) / log(easiest)) + 1 if 0.0 < easiest < 1.0 else sum(sizes)
    missed = [np.zeros(0)]
    for size, done in parts:
        left = size - np.arange(min(size - done, most), dtype=np.float64)
        missed.append((left - done) / left)
    # In each stratum every further story is missed less easily: the easiest first are the sorted.
    chances = np.cumprod(-np.sort(-np.concatenate(missed)))
    # Rounding must not turn a chance that equals the tail into one above it.
    return int((chances > tail * (1 + 1e-12)).sum())


def reads_needed(strata: Mapping[str, str], k: int, tail: float) -> int:
    """How many stories to draw so that none found among them means at most ``k`` in all.

    Args:
        strata: story to stratum, of all stories not read yet; those of ``READ`` are left out.
        k: stories that may stay unseen, from 0 on.
        tail: error of the bound, in (0, 1).

    Raises:
        BadInput: ``audit-bound`` when ``k`` is negative.
    """
    return draws_needed(Counter(strata.values()), k, tail)


def draws_needed(sizes: Mapping[str, int], k: int, tail: float) -> int:
    """``reads_needed`` by the size of every stratum."""
    if k < 0:
        raise BadInput(
            f"an audit can prove at most 0 or more stories, got {k} instead",
            "audit-bound",
            "Ask for --k 0, 1 or 5.",
        )
    import numpy as np

    names = sorted(name for name in sizes if name != READ)
    counts = [sizes[name] for name in names]
    shares = [np.where(np.arange(n), (np.arange(n) + 0.5) / n, 0.0) for n in counts]
    strata = np.repeat(np.arange(len(names)), counts)
    order = strata[np.lexsort((strata, np.concatenate([np.zeros(0), *shares])))]

    def proved(count: int) -> bool:
        drawn = np.bincount(order[:count], minlength=len(names)).tolist()
        return _at_most(counts, drawn, k, tail)

    return bisect_left(range(len(order)), True, key=proved)


def _at_most(sizes: Sequence[int], read: Sequence[int], k: int, tail: float) -> bool:
    if sum(sizes) <= k:
        return True
    return most_unseen(sizes, read, tail) <= k
