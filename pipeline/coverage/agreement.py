"""How far two people who read the same stories independently agree, theme by theme.

Hides: which decisions are compared: a second, blind reading with the newest decision that somebody else
had made before it. Agreement beyond chance is Cohen's kappa (Cohen 1960).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.store.assignments import Review

__all__ = ["BLIND", "Agreement", "Pair", "agreement_of", "pairs_of"]

BLIND = "blind"
"""How a second reading was chosen, as its review says."""


@dataclass(frozen=True)
class Pair:
    """One story and theme that two people decided independently.

    ``settled`` is the number of a later decision about both, 0 where there is none.
    """

    story: str
    theme: str
    first: Review
    second: Review
    settled: int = 0

    @property
    def said(self) -> tuple[bool, bool]:
        """Whether the first and the second say that it belongs."""
        return self.theme in self.first.themes, self.theme in self.second.themes


@dataclass(frozen=True)
class Agreement:
    """Pairs counted by what was said: both yes, only the first, only the second, both no."""

    both: int = 0
    first: int = 0
    second: int = 0
    neither: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.both + other.both,
            self.first + other.first,
            self.second + other.second,
            self.neither + other.neither,
        )

    @property
    def count(self) -> int:
        """All pairs."""
        return self.both + self.first + self.second + self.neither

    @property
    def agreed(self) -> int:
        """Pairs about which both say the same."""
        return self.both + self.neither

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where nothing but one answer was ever given, or there is no pair.

        >>> Agreement(both=20, first=5, second=10, neither=15).kappa
        0.4
        """
        count = self.count
        if not count:
            return None
        yes = (self.both + self.first) * (self.both + self.second)
        no = (self.second + self.neither) * (self.first + self.neither)
        by_chance = (yes + no) / count**2
        if by_chance == 1:
            return None
        return round((self.agreed / count - by_chance) / (1 - by_chance), 6)


def pairs_of(
    reviews: Sequence[tuple[int, Review]], story_of: Mapping[str, str], themes: Sequence[str]
) -> tuple[Pair, ...]:
    """The pairs to compare, by story and in the order of ``themes``.

    Args:
        reviews: decisions that stand, by moment, with their numbers.
        story_of: story by item; what is of no story is left out.
    """
    by_story: dict[str, list[tuple[int, Review]]] = {}
    for number, review in reviews:
        if review.item in story_of:
            by_story.setdefault(story_of[review.item], []).append((number, review))
    found = []
    for story in sorted(by_story):
        held = by_story[story]
        compared = _compared(held)
        if compared is None:
            continue
        first, second = compared
        for theme in themes:
            if _decides(first[1], theme) and _decides(second[1], theme):
                later = [
                    number
                    for number, review in held
                    if number > max(first[0], second[0]) and _decides(review, theme)
                ]
                found.append(Pair(story, theme, first[1], second[1], max(later, default=0)))
    return tuple(found)


def agreement_of(pairs: Iterable[Pair]) -> Agreement:
    """The pairs counted."""
    total = Agreement()
    for pair in pairs:
        said = pair.said
        total += Agreement(
            both=int(said == (True, True)),
            first=int(said == (True, False)),
            second=int(said == (False, True)),
            neither=int(said == (False, False)),
        )
    return total


def _compared(
    held: Sequence[tuple[int, Review]],
) -> tuple[tuple[int, Review], tuple[int, Review]] | None:
    """The newest blind reading and what somebody else had said last before it; None without."""
    for place in range(len(held) - 1, -1, -1):
        if held[place][1].chosen_by != BLIND:
            continue
        reviewer = held[place][1].reviewer
        before = [one for one in held[:place] if one[1].reviewer != reviewer]
        if before:
            return before[-1], held[place]
    return None


def _decides(review: Review, theme: str) -> bool:
    return theme in review.themes or theme in review.not_themes
