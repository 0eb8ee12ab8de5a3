"""Character n-grams of many items at once, as a sparse TF-IDF matrix.

Hides: how text becomes numbers. Characters are folded (width, case, any digit to ``0``),
signs and spaces break the text into runs, and every 1- to 4-gram inside a run is looked
up in a fixed vocabulary by a rolling 32-bit hash. All of it is array work on the whole
batch; no Python runs per character. Folding never changes the length of a text, so the
position of a gram in the array is its character offset in ``title + "\\n" + text``.

The vocabulary is kept as hash slots, never as strings: the words shown as evidence come
from the item read, and a model folder holds no text of its training corpus. Two grams
that share a slot share a feature; with 2**22 slots for some 130 000 grams a foreign gram
meets a taken slot once in about 32, and nearly always with little weight.

Source of the weighting: Salton & Buckley (1988), term weighting ``ltc``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

__all__ = [
    "MAX_GRAM",
    "SLOT_BITS",
    "TITLE_WEIGHT",
    "Batch",
    "Item",
    "Vocabulary",
    "fold",
    "gram_slots",
    "lead_length",
    "read_parts",
]

MAX_GRAM = 4
"""Longest gram. On the labelled topics 1-4 beats 1-3 by about 0.01 micro-F1."""

SLOT_BITS = 22
TITLE_WEIGHT = 3
"""A gram of the title counts as often as this many in the body."""

MAX_CHARACTERS = 4000
"""The body is read up to here: what an item is about is said early, and one huge file
must not change the memory needed."""

_MULTIPLIER = np.uint32(0x9E3779B1)
_FINAL = np.uint32(0x85EBCA77)
_SALTS = tuple(np.uint32(salt) for salt in (0, 0x1B873593, 0xCC9E2D51, 0x38B34AE5, 0x85EBCA6B))

# "央视网消息（新闻联播）：", "新华社北京5月1日电（记者 某某）", "本报讯": who sends the item, not what it says.
_LEAD = re.compile(
    r"\s*(?:[^，。；：:\n（(]{2,16}(?:消息|讯)\s*(?:[（(][^）)\n]{1,30}[）)])?\s*[：:]"
    r"|[^，。；：:\n（(]{0,6}(?:社|报|网|台|客户端)[^，。；：:\n（(]{0,16}[电讯]"
    r"(?:\s*[（(][^）)\n]{0,40}[）)]|\s*[：:]|\s)\s*[：:]?)\s*"
)


class Item(Protocol):
    """What is classified: any record with these three."""

    @property
    def id(self) -> str:
        """What it is called by in results."""
        ...

    @property
    def title(self) -> str:
        """Its headline."""
        ...

    @property
    def text(self) -> str:
        """Its body; may be empty."""
        ...


def lead_length(text: str) -> int:
    """How many characters at the start of ``text`` only say who sends it.

    >>> lead_length("央视网消息（新闻联播）：今天，")
    12
    >>> lead_length("今天的会议提出，")
    0
    """
    match = _LEAD.match(text, 0, 80)
    return match.end() if match else 0


@lru_cache(maxsize=1)
def _fold_table() -> NDArray[np.uint16]:
    """Code point (first plane) to folded code point, 0 for what is not a letter or digit."""
    table = np.zeros(0x10000, dtype=np.uint16)
    for code in range(0x10000):
        character = chr(code)
        category = unicodedata.category(character)
        if category[0] == "N":
            table[code] = ord("0")
        elif category[0] == "L":
            folded = unicodedata.normalize("NFKC", character).lower()
            table[code] = ord(folded) if len(folded) == 1 and ord(folded) < 0x10000 else code
    return table


def fold(text: str) -> NDArray[np.uint16]:
    """The folded characters of ``text``, one entry per character."""
    raw = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    folded = _fold_table()[np.minimum(raw, 0xFFFF)]
    return np.asarray(folded, dtype=np.uint16)


def gram_slots(
    codes: NDArray[np.uint16],
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.uint32]]]:
    """For n = 1 .. ``MAX_GRAM``: n, where the n-grams start, and their hash slots.

    Args:
        codes: shape (length,), folded characters, 0 where a run breaks.
    """
    whole = codes != 0
    inside = whole
    wide = codes.astype(np.uint32)
    rolling = wide
    for n in range(1, MAX_GRAM + 1):
        if n > 1:
            if len(codes) < n:
                return
            rolling = rolling[:-1] * _MULTIPLIER + wide[n - 1 :]
            inside = inside[:-1] & whole[n - 1 :]
        starts = np.flatnonzero(inside)
        mixed = rolling[starts]
        mixed ^= _SALTS[n]
        mixed *= _MULTIPLIER
        mixed ^= mixed >> np.uint32(15)
        mixed *= _FINAL
        mixed >>= np.uint32(32 - SLOT_BITS)
        yield n, starts, mixed


def read_parts(item: Item) -> tuple[str, str, int]:
    """Title, the part of the body that is read, and how long the body's lead is."""
    body = item.text[:MAX_CHARACTERS]
    return item.title, body, lead_length(body)


@dataclass(frozen=True, eq=False)
class Batch:
    """The characters of several items laid end to end, a break after each piece."""

    codes: NDArray[np.uint16]
    """Shape (characters,)."""
    rows: NDArray[np.uint32]
    """Shape (characters,): which item a character belongs to."""
    size: int
    """Number of items."""

    @classmethod
    def lay_out(cls, items: Sequence[Item]) -> Batch:
        """Titles stand ``TITLE_WEIGHT`` times before their bodies; leads are left out."""
        pieces = []
        for item in items:
            title, body, lead = read_parts(item)
            pieces.append(f"{title}\n" * TITLE_WEIGHT + body[lead:] + "\n")
        lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
        rows = np.repeat(np.arange(len(pieces), dtype=np.uint32), lengths)
        return cls(fold("".join(pieces)), rows, len(pieces))


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The grams a model knows: their slots, ascending, and how telling each is.

    Feature ``i`` is the gram of slot ``slots[i]``.
    """

    slots: NDArray[np.uint32]
    """Shape (features,), strictly ascending, below ``2**SLOT_BITS``."""
    idf: NDArray[np.float32]
    """Shape (features,): inverse document frequency, ln((1 + n) / (1 + df)) + 1."""

    @property
    def size(self) -> int:
        """How many features there are."""
        return len(self.slots)

    @cached_property
    def lookup(self) -> NDArray[np.int32]:
        """Slot to feature, -1 for unknown; shape (2**SLOT_BITS,)."""
        table = np.full(1 << SLOT_BITS, -1, dtype=np.int32)
        table[self.slots] = np.arange(self.size, dtype=np.int32)
        return table

    def matrix(self, items: Sequence[Item]) -> sp.csr_matrix:
        """TF-IDF rows of unit length, float32, shape (items, features).

        A row depends on its item alone, never on the batch it stands in. An item without
        a known gram is a row of zeros.
        """
        batch = Batch.lay_out(items)
        return self.weigh(*self._counts(batch), batch.size)

    def _counts(
        self, batch: Batch
    ) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.float32]]:
        """Rows, features and counts of the distinct grams, ordered by row, then feature."""
        if batch.size * self.size >= 1 << 32:
            raise ValueError("batch must hold fewer than 2**32 / features items")
        lookup, width = self.lookup, np.uint32(self.size)
        first_key = batch.rows * width
        keys = [np.zeros(0, dtype=np.uint32)]
        for _, starts, slots in gram_slots(batch.codes):
            # ``take`` with indices of the machine's own size: a third less than ``[]`` here.
            features = lookup.take(slots.astype(np.intp))
            known = np.flatnonzero(features >= 0)
            keys.append(first_key.take(starts.take(known)) + features.take(known).view(np.uint32))
        every = np.concatenate(keys)
        every.sort()
        new = np.ones(len(every), dtype=bool)
        np.not_equal(every[1:], every[:-1], out=new[1:])
        first = np.flatnonzero(new)
        counts = np.diff(first, append=len(every)).astype(np.float32)
        distinct = every.take(first)
        rows = distinct // width
        return rows, (distinct - rows * width).astype(np.int32), counts

    def weigh(
        self,
        rows: NDArray[np.uint32],
        features: NDArray[np.int32],
        counts: NDArray[np.float32],
        size: int,
    ) -> sp.csr_matrix:
        """(1 + ln count) * idf, each row scaled to unit length."""
        values = (np.log(counts) + np.float32(1.0)) * self.idf[features]
        pointers = np.searchsorted(rows, np.arange(size + 1)).astype(np.int32)
        matrix = sp.csr_matrix((values, features, pointers), shape=(size, self.size))
        filled = np.flatnonzero(np.diff(pointers))
        norms = (
            np.sqrt(np.add.reduceat(values * values, pointers[filled])) if len(filled) else values
        )
        scale = np.repeat(np.float32(1.0) / norms, np.diff(pointers)[filled])
        matrix.data *= scale
        return matrix
