"""A story's words with what spoke for its themes marked in them.

Hides: how stretches that overlap are cut apart, and how strong a mark is shown. A stretch's strength
is its share of the strongest one's weight, in three steps, so that a page needs no inline style.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from pipeline.assignment import Evidence

__all__ = ["MarkedStretch", "marked"]


class MarkedStretch(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text; ``themes`` are those it spoke for, none where it is unmarked.

    ``weight`` is their sum in log-odds, ``strength`` from 0 (unmarked) to 3.
    """

    words: str
    themes: tuple[str, ...] = ()
    weight: float = 0.0
    strength: int = 0


def marked(
    text: str, evidence: Mapping[str, Sequence[Evidence]], start: int = 0, end: int | None = None
) -> tuple[MarkedStretch, ...]:
    """``text[start:end]`` in pieces that, put together, are the same again.

    Args:
        text: what the offsets of the evidence point into.
        evidence: by theme what spoke for it; what reaches beyond the text is cut.

    >>> one = Evidence(start=1, end=3, text="技局", weight=2.0)
    >>> [(piece.words, piece.strength) for piece in marked("科技局长", {"focus-1": [one]})]
    [('科', 0), ('技局', 3), ('长', 0)]
    """
    last = len(text) if end is None else min(end, len(text))
    spans = [
        (max(start, one.start), min(last, one.end), theme, one.weight)
        for theme, ones in evidence.items()
        for one in ones
        if max(start, one.start) < min(last, one.end)
    ]
    cuts = sorted({start, last, *(at for span in spans for at in span[:2])})
    pieces = []
    for left, right in pairwise(cuts):
        over = [span for span in spans if span[0] <= left and right <= span[1]]
        weight = sum(span[3] for span in over)
        themes = tuple(dict.fromkeys(span[2] for span in over))
        pieces.append((text[left:right], themes, weight))
    strongest = max((weight for _, _, weight in pieces), default=0.0)
    return tuple(
        MarkedStretch(
            words=words,
            themes=themes,
            weight=round(weight, 2),
            strength=_strength(weight, strongest) if themes else 0,
        )
        for words, themes, weight in pieces
    )


def _strength(weight: float, strongest: float) -> int:
    if strongest <= 0:
        return 1
    return 3 if weight > strongest * 2 / 3 else 2 if weight > strongest / 3 else 1
