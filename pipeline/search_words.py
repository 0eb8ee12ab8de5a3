"""What somebody searches news for, and where it stands in a text.

Hides: how a line of words is read, and that Chinese is not cut into words to be found. Width, case,
blanks and signs make no difference (``pipeline.text.comparable``); what is looked up are pairs of
neighbouring characters, so that a word of two is found as it is and a longer one by its pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import add

import msgspec

from pipeline.text import comparable

__all__ = ["LONGEST", "SearchWords", "Stretch", "excerpt", "pairs_of", "search_words", "stretches"]

LONGEST = 200
"""Characters of a search that are read."""

_MOST_WORDS = 12
_PIECES = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]|「([^」]*)」|(\S+)")
_LEAD = 40
"""Characters an excerpt shows before the first word found."""


class SearchWords(msgspec.Struct, frozen=True):
    """Words that must all stand in an item, each in one piece."""

    words: tuple[str, ...]
    """As ``comparable`` gives them."""

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of characters an item must have; () where every word is a single character."""
        return tuple(dict.fromkeys(pair for word in self.words for pair in _pairs(word)))

    @property
    def single(self) -> bool:
        """Whether some word is a single character, which no pair finds."""
        return any(len(word) == 1 for word in self.words)

    def stand_in(self, title: str, text: str) -> bool:
        """Whether all of them stand in the title or the text."""
        told = f"{comparable(title)}\n{comparable(text)}"
        return all(word in told for word in self.words)


class Stretch(msgspec.Struct, frozen=True):
    """A piece of a text; ``found`` where it is what was looked for."""

    words: str
    found: bool = False


def search_words(line: str) -> SearchWords:
    """The words of a search: parted by blanks, but for what stands in quotes.

    >>> search_words('科技创新  “5G 基站”')
    SearchWords(words=('科技创新', '5g基站'))
    """
    found = (
        comparable(next(filter(None, match.groups()), ""))
        for match in _PIECES.finditer(line[:LONGEST])
    )
    return SearchWords(tuple(dict.fromkeys(word for word in found if word))[:_MOST_WORDS])


def pairs_of(title: str, text: str) -> set[str]:
    """All pairs of neighbouring characters of an item.

    >>> sorted(pairs_of("科技局", "Ａ。1"))
    ['a1', '技局', '科技']
    """
    return {*_pairs(comparable(title)), *_pairs(comparable(text))}


def stretches(text: str, words: SearchWords) -> tuple[Stretch, ...]:
    """``text`` in pieces, those that were looked for marked; the pieces join to ``text``.

    >>> stretches("到科 技局去", search_words("科技"))
    (Stretch(words='到', found=False), Stretch(words='科 技', found=True), Stretch(words='局去', found=False))
    """
    spots = _spots(text, words)
    pieces: list[Stretch] = []
    at = 0
    for start, end in spots:
        if start > at:
            pieces.append(Stretch(text[at:start]))
        pieces.append(Stretch(text[start:end], found=True))
        at = end
    if at < len(text):
        pieces.append(Stretch(text[at:]))
    return tuple(pieces)


def excerpt(text: str, words: SearchWords, length: int = 160) -> tuple[Stretch, ...]:
    """About ``length`` characters of ``text`` around the first word found, else its beginning."""
    spots = _spots(text, words)
    start = max(0, spots[0][0] - _LEAD) if spots else 0
    end = start + length
    shown = " ".join(text[start:end].split())
    cut = ("…" if start else "") + shown + ("…" if end < len(text) else "")
    return stretches(cut, words)


def _pairs(word: str) -> Iterator[str]:
    return map(add, word, word[1:])


@lru_cache(20_000)
def _marks(character: str) -> str:
    """What is compared of one character; kept, since a page of a search compares a million."""
    return comparable(character)


def _spots(text: str, words: SearchWords) -> list[tuple[int, int]]:
    """Where the words stand, start and end, ascending and apart from each other."""
    if not words.words:
        return []
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for mark in _marks(character):
            plain.append(mark)
            places.append(place)
    told = "".join(plain)
    found = sorted(
        (places[match.start()], places[match.end() - 1] + 1)
        for word in words.words
        for match in re.finditer(re.escape(word), told)
    )
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
