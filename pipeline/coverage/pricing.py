"""What it costs to decide the undecided themes of a period, and which sample is worth drawing.

Hides: the forecast of an audit. It takes the machine's probabilities at their word: each story not
read yet belongs to a theme with its probability, whatever the others do. A sample of n of N stories
holds each with the chance n / N, so that the number of true ones it finds follows a Poisson
binomial distribution, worked out in closed form. For every number found it is known beforehand
what would be claimed: covered from the bar on, or by the low limit; thin by the high limit; blank by
the bound of ``most_unseen``. Limits are those of one stratum, which a proportional draw comes close
to, at the error of one look. Nothing here enters a proof: a forecast that is wrong costs reading, no
truth.

Sources not observed without a hole and media not checked are taken as mended: that is work of
another kind, and a sample drawn before it stays valid.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from pipeline.coverage.sampling import (
    ALPHA,
    LOOKS,
    READ,
    most_unseen,
    reads_needed,
    strata_in_order,
)

__all__ = [
    "PRICED",
    "AuditOffer",
    "BoundPrice",
    "CoverPrice",
    "OpenTheme",
    "Proposal",
    "ThemePrice",
    "make_offer",
]

PRICED = (0, 1, 5)
"""The bounds k a price is named for."""
LIKELY = 0.8
"""The chance from which something is called likely."""
EVERYTHING = 0.9
"""A sample of this part of what is not read yet saves too little: reading everything is offered."""


@dataclass(frozen=True)
class OpenTheme:
    """An undecided theme; where a plan is held to terms, in the term it is furthest from decided.

    Args:
        bar: stories it needs, more than ``verified``.
        term: what officers call the term; '' where the period is one.
        verified: stories a person said belong to it.
        chances: probability of each counted story nobody decided for it; those of 0 left out.
        assigned: of these the ones the machine assigned.
    """

    id: str
    number: str
    title: str
    verified: int
    chances: tuple[float, ...]
    assigned: tuple[float, ...]
    bar: int
    term: str = ""


class BoundPrice(msgspec.Struct, frozen=True, kw_only=True):
    """Stories to draw so that none found among them means at most ``at_most`` more; ``reads`` is
    None where that many would reach the bar and decide nothing."""

    at_most: int
    reads: int | None


class CoverPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What takes a theme to the bar: ``missing`` confirmations, likely found among the ``reads``
    stories the machine put first; None where all it assigned are not likely to do, and ``chance``
    that they do."""

    missing: int
    assigned: int
    reads: int | None
    chance: float


class ThemePrice(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs to decide one theme. ``cover`` is None where the machine assigned nothing."""

    theme: str
    number: str
    title: str
    verified: int
    bar: int
    term: str = ""
    bounds: tuple[BoundPrice, ...]
    cover: CoverPrice | None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest sample that is expected to decide most themes, with a blank of at most ``k``.

    ``decided`` is the expected number of themes; ``everything`` says that the sample is all that
    is not read yet 全部通读认定.
    """

    at_most: int
    reads: int
    decided: float
    everything: bool


class AuditOffer(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit of a period would cost; its JSON is public.

    ``counted``, ``read`` and ``unread`` are counted dated stories, ``undated`` those without a day,
    which must be decided one by one; ``audit`` is the one drawn already.
    """

    format: int = 1
    period: tuple[str, str]
    scheme: str
    bar: int
    counted: int
    read: int
    unread: int
    undated: int = 0
    audit: int | None = None
    themes: tuple[ThemePrice, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    """For every bound below the bar; empty where nothing is open."""

    def proposed(self, at_most: int = 0) -> Proposal | None:
        """The proposal for a bound; None where nothing is left to decide or to read."""
        return next((one for one in self.proposals if one.at_most == at_most), None)


def make_offer(
    strata: Mapping[str, str],
    themes: Sequence[OpenTheme],
    *,
    period: tuple[str, str],
    scheme: str,
    bar: int,
    undated: int = 0,
    audit: int | None = None,
) -> AuditOffer:
    """The prices of a period.

    Args:
        strata: stratum of every counted story; ``READ`` for those read through.
        themes: those not decided yet.
    """
    sizes = Counter(stratum for stratum in strata.values() if stratum != READ)
    unread = sum(sizes.values())
    # The blank's bound is one-sided, the high limit of thin is not.
    priced = {
        (k, sides): reads_needed(strata, k, ALPHA / LOOKS / sides)
        for k in PRICED
        for sides in (1, 2)
    }
    proposals: tuple[Proposal, ...] = ()
    if themes and unread:
        forecast = _Forecast(sizes, tuple(themes))
        proposals = tuple(
            forecast.proposal(k) for k in PRICED if k < max(theme.bar for theme in themes)
        )
    return AuditOffer(
        period=period,
        scheme=scheme,
        bar=bar,
        counted=len(strata),
        read=len(strata) - unread,
        unread=unread,
        undated=undated,
        audit=audit,
        themes=tuple(
            ThemePrice(
                theme=theme.id,
                number=theme.number,
                title=theme.title,
                verified=theme.verified,
                bar=theme.bar,
                term=theme.term,
                bounds=tuple(
                    BoundPrice(
                        at_most=k,
                        reads=priced[k, 2 if theme.verified else 1]
                        if theme.verified + k < theme.bar
                        else None,
                    )
                    for k in PRICED
                ),
                cover=_cover(theme, theme.bar - theme.verified),
            )
            for theme in themes
        ),
        proposals=proposals,
    )


def _cover(theme: OpenTheme, missing: int) -> CoverPrice | None:
    if not theme.assigned or missing < 1:
        return None
    first = sorted(theme.assigned, reverse=True)
    if _reaches(first, missing) < LIKELY:
        reads = None
    else:
        reads = bisect_left(
            range(len(first)),
            True,
            lo=missing,
            key=lambda count: _reaches(first[:count], missing) >= LIKELY,
        )
    return CoverPrice(
        missing=missing,
        assigned=len(first),
        reads=reads,
        chance=round(_reaches(first, missing), 3),
    )


def _reaches(chances: Sequence[float], missing: int) -> float:
    """Chance that at least ``missing`` of stories with these probabilities are true."""
    return max(0.0, 1.0 - sum(_found(chances, 1.0, missing)))


def _found(chances: Sequence[float], share: float, below: int) -> list[float]:
    """Chances that 0, 1 .. ``below`` - 1 true stories are found when each is drawn with ``share``.

    Probabilities are taken to three places, so that the work does not grow with the stories.
    """
    import numpy as np
    from scipy.stats import binom

    ways = np.zeros(below)
    ways[0] = 1.0
    for chance, count in sorted(Counter(round(one, 3) for one in chances).items()):
        one = binom.pmf(np.arange(min(count + 1, below)), count, chance * share)
        ways = np.convolve(ways, one)[:below]
    return [float(way) for way in ways]


@dataclass(frozen=True)
class _Forecast:
    """How many of ``themes`` a sample of a population with strata of these sizes decides."""

    sizes: Mapping[str, int]
    themes: tuple[OpenTheme, ...]

    @cached_property
    def order(self) -> tuple[str, ...]:
        return strata_in_order(self.sizes)

    def proposal(self, k: int) -> Proposal:
        """The smallest sample expected to decide more than half of the themes."""
        unread = len(self.order)
        reads = bisect_left(
            range(unread),
            True,
            lo=1,
            key=lambda count: self.decided(count, k) > len(self.themes) / 2,
        )
        everything = reads >= EVERYTHING * unread
        if everything:
            reads = unread
        return Proposal(
            at_most=k,
            reads=reads,
            decided=round(self.decided(reads, k), 1),
            everything=everything,
        )

    def decided(self, reads: int, k: int) -> float:
        """Expected number of themes decided by ``reads`` stories, a blank being at most ``k``."""
        from pipeline.coverage.estimate import hypergeometric_limits

        unread = len(self.order)
        drawn = Counter(self.order[:reads])
        names = sorted(self.sizes)
        parts = [self.sizes[name] for name in names], [drawn[name] for name in names]
        unseen = most_unseen(*parts, ALPHA / LOOKS)
        expected = 0.0
        for theme in self.themes:
            missing = theme.bar - theme.verified
            blank = unseen <= min(k, theme.bar - 1)
            chances = _found(theme.chances, reads / unread, missing)
            expected += 1.0 - sum(chances)
            for new, chance in enumerate(chances[: reads + 1]):
                if not new + theme.verified:
                    expected += chance * blank
                    continue
                low, high = hypergeometric_limits(unread, reads, new, confidence=1 - ALPHA / LOOKS)
                expected += chance * (low >= missing or high < missing)
        return expected
