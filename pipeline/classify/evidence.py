"""Which stretches of an item spoke for a theme.

Hides: how a linear score is told in words. Every gram found in an item adds a known part
to the log-odds; that part is dealt out evenly over the places where the gram stands and
over its characters. Within each clause the stretch with the largest sum is kept (Kadane's
scan over what exceeds the clause's even share) and grown to whole words; the five heaviest
are shown. What a theme's own terms and units add to the log-odds (``pipeline.classify.terms``)
is dealt to their characters in the same way.

Speed: the grams of all items that need evidence are looked up in one pass; a clause is
scanned only while what it could give at most reaches what is shown already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import Evidence
from pipeline.classify.features import (
    TITLE_WEIGHT,
    Item,
    Vocabulary,
    fold,
    gram_slots,
    read_parts,
)
from pipeline.text import cut

__all__ = [
    "MAX_STRETCHES",
    "ItemGrams",
    "stretches",
]

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
    features: NDArray[np.int32]
    """Shape (grams,): the distinct grams, ascending."""
    place: NDArray[np.int64]
    """Shape (occurrences,): which of ``features`` stands there."""
    starts: NDArray[np.int64]
    """Shape (occurrences,)."""
    ends: NDArray[np.int64]
    """Shape (occurrences,)."""
    values: NDArray[np.float64]
    """Shape (occurrences,): each one's share of its gram's TF-IDF value, by character; times
    the gram's length they sum to the item's row."""

    @classmethod
    def of_all(
        cls, items: Sequence[Item], rows: sp.csr_matrix, vocabulary: Vocabulary
    ) -> list[ItemGrams]:
        """Look the items' grams up again, this time keeping their places.

        Args:
            items: any number of items.
            rows: their TF-IDF rows, shape (items, features), as ``Vocabulary.matrix`` gives.
        """
        if not items:
            return []
        parts = [read_parts(item) for item in items]
        whole = [f"{title}\n{body}" for title, body, _ in parts]
        first = np.concatenate([[0], np.cumsum([len(one) + 1 for one in whole])])
        codes = fold("\n".join(whole)).copy()
        worth = np.ones(len(codes))
        for start, (title, _, lead) in zip(first.tolist(), parts, strict=False):
            body = start + len(title) + 1
            codes[body : body + lead] = 0
            worth[start : start + len(title)] = TITLE_WEIGHT
        found = []
        for n, starts, slots in gram_slots(codes):
            features = vocabulary.lookup.take(slots.astype(np.intp))
            known = np.flatnonzero(features >= 0)
            found.append((starts.take(known), np.full(len(known), n), features.take(known)))
        start = np.concatenate([one[0] for one in found])
        length = np.concatenate([one[1] for one in found])
        feature = np.concatenate([one[2] for one in found])
        owner = np.repeat(np.arange(len(items), dtype=np.uint16), np.diff(first))[start]
        order = np.argsort(owner, kind="stable")
        start, length, feature = start[order], length[order], feature[order]
        cuts = np.searchsorted(owner[order], np.arange(len(items) + 1))
        scratch = np.zeros(vocabulary.size, dtype=np.int64)
        result = []
        for row, text in enumerate(whole):
            mine = slice(cuts[row], cuts[row + 1])
            inside = slice(rows.indptr[row], rows.indptr[row + 1])
            distinct = rows.indices[inside]
            scratch[distinct] = np.arange(len(distinct))
            place = scratch[feature[mine]]
            share = worth[start[mine]]
            count = np.bincount(place, weights=share, minlength=len(distinct))
            values = (rows.data[inside] / count)[place] * share / length[mine]
            begin = start[mine] - first[row]
            result.append(cls(text, distinct, place, begin, begin + length[mine], values))
        return result

    @cached_property
    def clauses(self) -> NDArray[np.int64]:
        """Start and end of every clause, shape (clauses, 2)."""
        spans = [one.span() for one in _CLAUSE.finditer(self.joined)]
        return np.array(spans, dtype=np.int64).reshape(-1, 2)

    def by_character(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds added by each character; ``weights`` has one entry per distinct gram."""
        each = self.values * weights[self.place]
        size = len(self.joined) + 1
        begun = np.bincount(self.starts, weights=each, minlength=size)
        ended = np.bincount(self.ends, weights=each, minlength=size)
        return np.asarray(np.cumsum(begun - ended)[:-1])


def stretches(
    grams: ItemGrams,
    weights: NDArray[np.float64],
    terms: Sequence[tuple[int, int, float]] = (),
) -> tuple[Evidence, ...]:
    """The heaviest stretches for a theme, heaviest first, none overlapping.

    Args:
        grams: the item's grams and their places.
        weights: log-odds per unit of TF-IDF for each distinct gram, shape (grams,).
        terms: start, end and log-odds of the theme's own terms and units found there.
    """
    added = grams.by_character(weights)
    for start, end, weight in terms:
        added[start:end] += weight / (end - start)
    spans = grams.clauses
    if not len(spans):
        return ()
    above = np.concatenate([[0.0], np.cumsum(np.maximum(added, 0.0))])
    most = above[spans[:, 1]] - above[spans[:, 0]]
    chosen: list[Evidence] = []
    waiting: list[tuple[float, int, int, int, int]] = []
    for clause in [*np.argsort(-most, kind="stable").tolist(), -1]:
        bound = float(most[clause]) if clause >= 0 else 0.0
        waiting.sort(reverse=True)
        while waiting and waiting[0][0] >= bound:
            weight, begin, end, first, last = waiting.pop(0)
            _show(grams.joined, chosen, weight, (-begin, end, first, last))
            if len(chosen) == MAX_STRETCHES:
                return tuple(chosen)
        if clause < 0 or bound <= 0.0:
            break
        first, last = spans[clause].tolist()
        inside = added[first:last].tolist()
        start, end = _best_run(inside, bound)
        if end - start >= 2 and (weight := sum(inside[start:end])) > 0:
            waiting.append((weight, -(start + first), end + first, first, last))
    for weight, begin, end, first, last in sorted(waiting, reverse=True):
        if len(chosen) < MAX_STRETCHES:
            _show(grams.joined, chosen, weight, (-begin, end, first, last))
    return tuple(chosen)


def _show(
    joined: str, chosen: list[Evidence], weight: float, run: tuple[int, int, int, int]
) -> None:
    """Add a stretch, grown to whole words, unless what it says is shown already."""
    start, end = _whole_words(joined, *run)
    text = joined[start:end]
    if not any((start < one.end and one.start < end) or text == one.text for one in chosen):
        chosen.append(Evidence(start=start, end=end, text=text, weight=round(weight, 4)))


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
    for word in cut(joined[first:last]):
        yield place, word
        place += len(word)


def _best_run(added: list[float], positive: float) -> tuple[int, int]:
    """Start and end of the run with the largest sum above half the clause's mean gain.

    ``positive`` is the sum of the gains above zero.
    """
    toll = positive / len(added) / 2
    best, best_run = 0.0, (0, 0)
    total, start = 0.0, 0
    for place, gain in enumerate(added):
        if total <= 0.0:
            total, start = 0.0, place
        total += gain - toll
        if total > best and place + 1 - start <= _MAX_LENGTH:
            best, best_run = total, (start, place + 1)
    return best_run
