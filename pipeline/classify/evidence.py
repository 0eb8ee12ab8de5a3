"""Which stretches of an item spoke for a theme.

Hides: how a linear score is told in words. Every gram found in an item adds a known part
to the log-odds; that part is dealt out evenly over the places where the gram stands and
over its characters. Within each clause the stretch with the largest sum is kept (Kadane's
scan over what exceeds the clause's even share) and grown to whole words; the five heaviest
are shown. Terms and names of units are found by an automaton; what they add to the log-odds
is dealt to their characters in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.assignment import Evidence
from pipeline.classify.features import (
    TITLE_WEIGHT,
    Item,
    Vocabulary,
    fold,
    gram_slots,
    read_parts,
)
from pipeline.text import segment

__all__ = ["MAX_STRETCHES", "ItemGrams", "TermFinder", "stretches"]

MAX_STRETCHES = 5
_MAX_LENGTH = 40
_SHORT_CLAUSE = 18
_NEAR = 6
"""Words are looked for this many characters around an edge: most of a clause need not be cut."""
_CLAUSE = re.compile(r"[^，。；：！？!?;,\n（）()“”\"《》、【】\s]+")


@dataclass(frozen=True, eq=False)
class ItemGrams:
    """Where each known gram of one item stands, in ``title + "\\n" + text``."""

    joined: str
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    features: NDArray[np.int64]
    values: NDArray[np.float64]
    """Each place's share of its gram's TF-IDF value; they sum to the item's row."""

    @classmethod
    def of(cls, item: Item, vocabulary: Vocabulary) -> ItemGrams:
        """Look the item's grams up again, this time keeping their places."""
        title, body, lead = read_parts(item)
        joined = f"{title}\n{body}"
        codes = fold(joined).copy()
        codes[len(title) + 1 : len(title) + 1 + lead] = 0
        starts, lengths, features = [], [], []
        for n, places, slots in gram_slots(codes):
            found = vocabulary.lookup[slots]
            known = found >= 0
            starts.append(places[known])
            lengths.append(np.full(int(known.sum()), n, dtype=np.int64))
            features.append(found[known].astype(np.int64))
        start = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)
        feature = np.concatenate(features) if features else np.zeros(0, dtype=np.int64)
        length = np.concatenate(lengths) if lengths else np.zeros(0, dtype=np.int64)
        share = np.where(start < len(title), float(TITLE_WEIGHT), 1.0)
        distinct, place = np.unique(feature, return_inverse=True)
        count = np.bincount(place, weights=share, minlength=len(distinct))
        value = (1.0 + np.log(np.maximum(count, 1.0))) * vocabulary.idf[distinct]
        value /= max(1e-12, float(np.sqrt((value**2).sum())))
        return cls(joined, start, length, feature, value[place] * share / count[place])

    def by_character(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds added by each character; ``weights`` has one entry per place."""
        added = np.zeros(len(self.joined))
        share = self.values * weights / np.maximum(self.lengths, 1)
        for n in range(1, int(self.lengths.max(initial=0)) + 1):
            chosen = self.lengths == n
            for step in range(n):
                added += np.bincount(
                    self.starts[chosen] + step, weights=share[chosen], minlength=len(added)
                )
        return added


def stretches(
    grams: ItemGrams,
    weights: NDArray[np.float64],
    terms: Sequence[tuple[int, int, float]] = (),
) -> tuple[Evidence, ...]:
    """The heaviest stretches for a theme, heaviest first, none overlapping.

    Args:
        grams: the item's grams and their places.
        weights: log-odds per unit of TF-IDF for each place, shape (places,).
        terms: start, end and log-odds of the theme's own terms and units found there.
    """
    added = grams.by_character(weights)
    for start, end, weight in terms:
        added[start:end] += weight / (end - start)
    found = []
    for clause in _CLAUSE.finditer(grams.joined):
        start, end = _best_run(added[clause.start() : clause.end()])
        if end - start >= 2:
            start, end = start + clause.start(), end + clause.start()
            found.append((float(added[start:end].sum()), start, end, *clause.span()))
    chosen: list[Evidence] = []
    for weight, *run in sorted(found, key=lambda run: (-run[0], run[1])):
        start, end = _whole_words(grams.joined, *run)
        text = grams.joined[start:end]
        if weight <= 0 or any(
            (start < kept.end and kept.start < end) or text == kept.text for kept in chosen
        ):
            continue
        chosen.append(Evidence(start=start, end=end, text=text, weight=round(weight, 4)))
        if len(chosen) == MAX_STRETCHES:
            break
    return tuple(chosen)


def _whole_words(joined: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """The stretch grown to whole words of its clause; a short clause is shown whole."""
    if last - first <= _SHORT_CLAUSE:
        return first, last
    for place, word in _words(joined, max(first, start - _NEAR), min(last, start + _NEAR)):
        if place <= start < place + len(word):
            start = place
            break
    for place, word in _words(joined, max(first, end - _NEAR), min(last, end + _NEAR)):
        if place < end <= place + len(word):
            end = place + len(word)
            break
    return start, end


def _words(joined: str, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The words of a window and where they start."""
    place = first
    for word in segment(joined[first:last]):
        place = joined.index(word, place, last)
        yield place, word
        place += len(word)


def _best_run(added: NDArray[np.float64]) -> tuple[int, int]:
    """Start and end of the run with the largest sum above half the clause's mean gain."""
    toll = max(0.0, float(np.maximum(added, 0.0).mean()) / 2)
    best, best_run = 0.0, (0, 0)
    total, start = 0.0, 0
    for place, gain in enumerate((added - toll).tolist()):
        if total <= 0.0:
            total, start = 0.0, place
        total += gain
        if total > best and place + 1 - start <= _MAX_LENGTH:
            best, best_run = total, (start, place + 1)
    return best_run


class TermFinder:
    """Finds names and terms in items: an Aho-Corasick automaton over all themes at once."""

    def __init__(self, terms: Sequence[tuple[str, int, float]]) -> None:
        """``terms``: the term, the theme's place in the scheme, log-odds when present."""
        self.terms = tuple(terms)

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        meanings: dict[str, list[tuple[int, float]]] = {}
        for term, theme, weight in self.terms:
            meanings.setdefault(term, []).append((theme, weight))
        automaton = ahocorasick.Automaton()
        for term, themes in meanings.items():
            automaton.add_word(term, (len(term), tuple(themes)))
        automaton.make_automaton()
        return automaton

    def find(self, joined: str) -> list[tuple[int, int, int, float]]:
        """Theme, start, end, log-odds of every term found in ``joined``."""
        if not self.terms:
            return []
        return [
            (theme, last + 1 - length, last + 1, weight)
            for last, (length, themes) in self._automaton.iter(joined)
            for theme, weight in themes
        ]
