"""What a theme's own terms, units and exclusions add to its log-odds.

Hides: how they are found. Terms are matched as they are written, units by
``pipeline.classify.names``. The texts of a batch are laid end to end and passed through one
automaton: called for every text by itself, it takes four times as long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.features import Item
from pipeline.classify.names import NameFinder
from pipeline.places import LONGEST_SOUGHT
from pipeline.plan.profile import ThemeProfile

__all__ = ["TERM_CEILING", "Hit", "ProfileTerms"]

TERM_CEILING = 1.5
"""Most that a theme's own terms and units can add, in log-odds: they tip, not decide."""
UNIT_WEIGHT = 1.0
EXCLUSION_WEIGHT = 2.0


class Hit(NamedTuple):
    """A term or a unit of a theme (by its place in the scheme), and where it stands."""

    theme: int
    start: int
    end: int
    odds: float
    written: str
    """Each way of writing counts once an item."""


class ProfileTerms:
    """Terms, units and exclusions of the themes of one scheme."""

    def __init__(self, profiles: Sequence[ThemeProfile]) -> None:
        self._themes = len(profiles)
        self._terms = _Automaton(
            (term.term, theme, term.weight)
            for theme, profile in enumerate(profiles)
            for term in profile.terms
        )
        self._exclusions = _Automaton(
            (term, theme, EXCLUSION_WEIGHT)
            for theme, profile in enumerate(profiles)
            for term in profile.exclusions
        )
        self._units = NameFinder(
            [(str(theme), profile.units) for theme, profile in enumerate(profiles)]
        )

    def find(self, texts: Sequence[str]) -> dict[int, list[Hit]]:
        """Terms and units by place in ``texts``, where a text holds any."""
        found: dict[int, list[Hit]] = {}
        for row, hit in self._terms.find(texts):
            found.setdefault(row, []).append(hit)
        for row, mentions in self._units.mentions_in(texts).items():
            found.setdefault(row, []).extend(
                Hit(int(one.key), one.start, one.end, UNIT_WEIGHT, one.written) for one in mentions
            )
        return found

    def odds(self, items: Sequence[Item]) -> NDArray[np.float64]:
        """What terms, units and exclusions add, shape (items, themes)."""
        added = np.zeros((len(items), self._themes))
        for row, hits in self.find([f"{item.title}\n{item.text}" for item in items]).items():
            for (theme, _), odds in {(hit.theme, hit.written): hit.odds for hit in hits}.items():
                added[row, theme] += odds
        np.minimum(added, TERM_CEILING, out=added)
        for row, hit in self._exclusions.find([item.title for item in items]):
            added[row, hit.theme] -= hit.odds
        return added


class _Automaton:
    """Finds terms in many texts in one pass (Aho & Corasick 1975)."""

    def __init__(self, terms: Iterable[tuple[str, int, float]]) -> None:
        import ahocorasick

        meanings: dict[str, list[tuple[int, float]]] = {}
        for term, theme, odds in terms:
            if len(term) > LONGEST_SOUGHT:
                continue
            meanings.setdefault(term, []).append((theme, odds))
        self._automaton: Any = ahocorasick.Automaton()
        for term, themes in meanings.items():
            self._automaton.add_word(term, (term, themes))
        self._automaton.make_automaton()

    def find(self, texts: Sequence[str]) -> Iterator[tuple[int, Hit]]:
        """Place in ``texts`` and hit, in the order of the texts."""
        if not len(self._automaton):
            return
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        for last, (term, themes) in self._automaton.iter("\n".join(texts)):
            row = bisect_right(starts, last) - 1
            end = last + 1 - starts[row]
            for theme, odds in themes:
                yield row, Hit(theme, end - len(term), end, odds, term)
