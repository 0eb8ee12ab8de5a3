"""Stories 报道: an original and its reprints 转载, folded from items.

Hides: when two publications are the same story. Exact duplicates share a fingerprint; near
duplicates are proposed by MinHash (datasketch's signatures, banded) and *verified*: one
text must contain most of the other's character n-grams, within a month, and title and text must
not carry different figures, so that two notices cut from one template stay two stories.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.news import LEVEL_NAMES, Level, NewsItem, parse_day
from pipeline.text import comparable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Member", "Story", "fold", "keep_ids", "same_story"]

SHINGLE = 5
"""Characters per shingle: long enough that ordinary phrases do not repeat across stories."""

CONTAINED = 0.8
"""Share of the shorter text's shingles that the longer one must hold."""

SAME_FIGURES = 0.95
"""The same where titles carry different figures: only all but identical texts."""

SHARED_NUMBERS = 0.6
"""Share of the numbers in the text with fewer that both must give."""

WITHIN_DAYS = 31
MIN_TEXT = 40
"""Comparable characters below which a text says too little to be matched by its shingles."""

MIN_EQUAL = 15
"""Comparable characters from which two equal texts are the same words, not a phrase."""

_LEVEL_ORDER: list[str] = list(LEVEL_NAMES)
_FIGURES = re.compile(r"\d+|[一二三四五六七八九十百千]+(?=[批届次期轮号项家名])")
_MEDIA_MARK = re.compile(r"[（(\[【](?:组?图|多图|图文|视频|音频|转载|转)[）)\]】]")
_NUMBER = re.compile(r"\d+")
_BANDS, _ROWS = 21, 3
"""A pair with Jaccard index 0.5, such as a reprint that dropped half its paragraphs, shares a
band with probability 0.94."""

_ALL_PAIRS = 12


@dataclass(frozen=True)
class Member:
    """What folding keeps of an item: no text, so that an archive fits into memory."""

    id: str
    title: str
    date: str | None
    level: Level
    length: int

    @property
    def day(self) -> datetime.date | None:
        """The day it was published; None where that is unknown."""
        return parse_day(self.date)


@dataclass(frozen=True)
class Story:
    """Items that tell one story; ``items[0]`` is the original (earliest, then fullest)."""

    id: str
    items: tuple[Member, ...]

    @property
    def original(self) -> Member:
        """The item the others repeat."""
        return self.items[0]

    @property
    def day(self) -> datetime.date | None:
        """The earliest day; None when no item is dated."""
        days = [item.day for item in self.items if item.day]
        return min(days) if days else None

    @property
    def level(self) -> Level:
        """The highest level of any outlet: central before regional, municipal, district."""
        return min((item.level for item in self.items), key=_LEVEL_ORDER.index)


def fold(items: Iterable[NewsItem]) -> tuple[Story, ...]:
    """Fold ``items`` into stories, ordered by day and id.

    The result does not depend on the order of the items. Every item is in one story. Of each
    item only its comparable text (about 2 bytes a character) and 64 numbers are held.
    """
    corpus = _Corpus(items)
    parent = list(range(len(corpus.members)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    tested: set[tuple[int, int]] = set()
    for a, b in corpus.candidates():
        low, high = sorted((root(a), root(b)))
        if low == high or (a, b) in tested:
            continue
        tested.add((a, b))
        if corpus.same(a, b):
            parent[high] = low
    clusters: dict[int, list[Member]] = defaultdict(list)
    for index, member in enumerate(corpus.members):
        clusters[root(index)].append(member)
    stories = [_story(cluster) for cluster in clusters.values()]
    return tuple(sorted(stories, key=lambda s: (s.day is None, s.day or datetime.date.min, s.id)))


def keep_ids(stories: Iterable[Story], before: Mapping[str, str]) -> tuple[Story, ...]:
    """``stories`` under the ids they had: a story is known by its members, not by its original,
    so that one found earlier does not rename it.

    Args:
        before: story id by item id, as folded last. Of several old ids a story takes that of
            most of its members; an id goes to one story only.
    """
    made = sorted(stories, key=lambda story: (-len(story.items), story.id))
    taken: set[str] = set()
    named = []
    for story in made:
        votes = Counter(before[item.id] for item in story.items if item.id in before)
        free = [(-count, old) for old, count in votes.items() if old not in taken]
        chosen = min(free)[1] if free else story.id
        while chosen in taken:
            chosen += "x"
        taken.add(chosen)
        named.append(dataclasses.replace(story, id=chosen))
    return tuple(named)


def same_story(a: NewsItem, b: NewsItem) -> bool:
    """Whether two items tell one story; symmetric."""
    return _Corpus((a, b)).same(0, 1)


def _story(cluster: list[Member]) -> Story:
    cluster.sort(key=_seniority)
    key = hashlib.blake2b(cluster[0].id.encode(), digest_size=8).hexdigest()
    return Story("s" + key, tuple(cluster))


def _seniority(item: Member) -> tuple[bool, str, int, str]:
    """Originals first: dated before undated, earlier, fuller, then by id."""
    return (item.date is None, item.date or "", -item.length, item.id)


class _Corpus:
    """Items in order of seniority with what is needed to propose and verify pairs of them."""

    def __init__(self, items: Iterable[NewsItem]) -> None:
        read = [
            (Member(i.id, i.title, i.date, i.level, len(i.text)), comparable(i.text)) for i in items
        ]
        read.sort(key=lambda pair: _seniority(pair[0]))
        self.members = [member for member, _ in read]
        self._bodies = [body for _, body in read]
        self._shingles = lru_cache(maxsize=2048)(self._shingles_of)

    def candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs worth verifying: equal words, equal titles, or close by MinHash."""
        for key in (self._word_key, self._title_key):
            groups: dict[str, list[int]] = defaultdict(list)
            for index in range(len(self.members)):
                if word := key(index):
                    groups[word].append(index)
            for group in groups.values():
                yield from _pairs(group)
        yield from self._near()

    def _near(self) -> Iterator[tuple[int, int]]:
        """Pairs that share a band of their MinHash signatures (Broder 1997; bands as in
        Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4)."""
        import numpy as np
        from datasketch import MinHash

        long = [n for n, body in enumerate(self._bodies) if len(body) >= MIN_TEXT]
        signatures = np.empty((len(long), _BANDS * _ROWS), dtype=np.uint64)
        for row, index in enumerate(long):
            sketch = MinHash(num_perm=_BANDS * _ROWS, hashfunc=_identity, seed=1)
            sketch.update_batch(self._shingles_of(index).tolist())
            signatures[row] = sketch.hashvalues
        mixed = signatures.reshape(len(long), _BANDS, _ROWS)
        for band in range(_BANDS):
            keys = mixed[:, band, 0]
            for row in range(1, _ROWS):
                keys = keys * np.uint64(0x9E3779B97F4A7C15) ^ mixed[:, band, row]
            order = np.argsort(keys, kind="stable")
            cuts = np.flatnonzero(np.diff(keys[order])) + 1
            for group in np.split(order, cuts) if len(order) else ():
                if len(group) > 1:
                    yield from _pairs([long[int(n)] for n in group])

    def same(self, a: int, b: int) -> bool:
        """Whether the items at ``a`` and ``b`` tell one story."""
        one, other = self.members[a], self.members[b]
        body_a, body_b = self._bodies[a], self._bodies[b]
        apart = abs((one.day - other.day).days) if one.day and other.day else 0
        if apart > WITHIN_DAYS:
            return False
        if body_a == body_b and len(body_a) >= MIN_EQUAL:
            return True
        same_title = self._title_key(a) != "" and self._title_key(a) == self._title_key(b)
        if min(len(body_a), len(body_b)) < MIN_TEXT:
            # Paper, television and picture news have next to no text: the title must carry it.
            return same_title and apart <= 7
        smaller, larger = sorted((self._shingles(a), self._shingles(b)), key=len)
        contained = _shared(smaller, larger) / len(smaller)
        if _figures(one.title) != _figures(other.title):
            return contained >= SAME_FIGURES
        if _different_numbers(body_a, body_b):
            return False  # the same daily notice with today's numbers
        # The same title with half the text in common is a shortened or updated version.
        return contained >= (0.5 if same_title else CONTAINED)

    def _word_key(self, index: int) -> str:
        body = self._bodies[index]
        return body if len(body) >= MIN_EQUAL else ""

    def _title_key(self, index: int) -> str:
        title = comparable(_MEDIA_MARK.sub("", self.members[index].title))
        return title if len(title) >= 8 else ""

    def _shingles_of(self, index: int) -> NDArray[np.uint32]:
        """Distinct hashes of the body's runs of ``SHINGLE`` characters, ascending."""
        import numpy as np

        codes = np.frombuffer(self._bodies[index].encode("utf-32-le"), dtype=np.uint32)
        count = max(len(codes) - SHINGLE + 1, 0)
        hashes = np.zeros(count, dtype=np.uint32)
        for offset in range(SHINGLE):
            hashes = hashes * np.uint32(0x01000193) ^ codes[offset : offset + count]
        mixed = hashes * np.uint32(0x85EBCA6B)
        return np.unique(mixed ^ (mixed >> np.uint32(15)))


def _pairs(group: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs of a small group; of a large one each with its neighbour and with the first."""
    ordered = sorted(group)
    if len(ordered) <= _ALL_PAIRS:
        yield from itertools.combinations(ordered, 2)
        return
    yield from itertools.pairwise(ordered)
    yield from ((ordered[0], index) for index in ordered[2:])


def _shared(smaller: NDArray[np.uint32], larger: NDArray[np.uint32]) -> int:
    import numpy as np

    return len(np.intersect1d(smaller, larger, assume_unique=True))


def _identity(value: int) -> int:
    return value


def _different_numbers(body_a: str, body_b: str) -> bool:
    smaller, larger = sorted((set(_NUMBER.findall(b)) for b in (body_a, body_b)), key=len)
    return len(smaller) >= 2 and len(smaller & larger) / len(smaller) < SHARED_NUMBERS


def _figures(title: str) -> frozenset[str]:
    return frozenset(_FIGURES.findall(title))
