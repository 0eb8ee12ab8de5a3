"""Stories 报道: an original and its reprints 转载, folded from items.

Hides: when two publications are the same story. Exact duplicates share a fingerprint; near
duplicates are proposed by MinHash (Broder 1997; datasketch's LSH index) and *verified*: one
text must contain most of the other's character n-grams, within a month, and title and text must
not carry different figures, so that two notices cut from one template stay two stories.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.news import LEVEL_NAMES, NewsItem, content_fingerprint
from pipeline.text import comparable

__all__ = ["Story", "fold", "same_story"]

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

_LEVEL_ORDER = list(LEVEL_NAMES)
_FIGURES = re.compile(r"\d+|[一二三四五六七八九十百千]+(?=[批届次期轮号项家名])")
_MEDIA_MARK = re.compile(r"[（(\[【](?:组?图|多图|图文|视频|音频|转载|转)[）)\]】]")
_NUMBER = re.compile(r"\d+")
_PERMUTATIONS = 64
_LSH_THRESHOLD = 0.4
"""Low on purpose: a reprint that dropped half its paragraphs has a Jaccard index near 0.5."""


@dataclass(frozen=True)
class Story:
    """Items that tell one story; ``items[0]`` is the original (earliest, then fullest)."""

    id: str
    items: tuple[NewsItem, ...]

    @property
    def original(self) -> NewsItem:
        return self.items[0]

    @property
    def day(self) -> date | None:
        """The earliest day; None when no item is dated."""
        days = [item.day for item in self.items if item.day]
        return min(days) if days else None

    @property
    def level(self) -> str:
        """The highest level of any outlet: central before regional, municipal, district."""
        return min((item.level for item in self.items), key=_LEVEL_ORDER.index)


def fold(items: Sequence[NewsItem]) -> tuple[Story, ...]:
    """Fold ``items`` into stories, ordered by day and id.

    The result does not depend on the order of the items. Every item is in one story.
    """
    ordered = sorted(items, key=_seniority)
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(a: int, b: int) -> None:
        low, high = sorted((root(a), root(b)))
        parent[high] = low

    bodies = [comparable(item.text) for item in ordered]
    shingles = [_shingles(body) for body in bodies]
    for a, b in _candidates(ordered, bodies, shingles):
        if root(a) != root(b) and _same(
            ordered[a], ordered[b], bodies[a], bodies[b], shingles[a], shingles[b]
        ):
            join(a, b)
    clusters: dict[int, list[NewsItem]] = defaultdict(list)
    for index, item in enumerate(ordered):
        clusters[root(index)].append(item)
    stories = [_story(cluster) for cluster in clusters.values()]
    return tuple(sorted(stories, key=lambda s: (s.day is None, s.day or date.min, s.id)))


def same_story(a: NewsItem, b: NewsItem) -> bool:
    """Whether two items tell one story; symmetric."""
    a, b = sorted((a, b), key=_seniority)
    bodies = comparable(a.text), comparable(b.text)
    return _same(a, b, *bodies, _shingles(bodies[0]), _shingles(bodies[1]))


def _seniority(item: NewsItem) -> tuple[bool, str, int, str]:
    """Originals first: dated before undated, earlier, fuller, then by id."""
    return (item.date is None, item.date or "", -len(item.text), item.id)


def _story(cluster: list[NewsItem]) -> Story:
    original = cluster[0]
    key = hashlib.blake2b(original.id.encode(), digest_size=8).hexdigest()
    return Story("s" + key, tuple(cluster))


def _shingles(body: str) -> frozenset[int]:
    return frozenset(
        zlib.crc32(body[i : i + SHINGLE].encode()) for i in range(max(len(body) - SHINGLE + 1, 0))
    )


def _candidates(
    items: Sequence[NewsItem], bodies: Sequence[str], shingles: Sequence[frozenset[int]]
) -> Iterable[tuple[int, int]]:
    """Pairs worth verifying: same fingerprint, same title, or close in the LSH index."""
    import numpy as np
    from datasketch import MinHash, MinHashLSH

    for key in (_fingerprint_key, _title_key):
        groups: dict[str, list[int]] = defaultdict(list)
        for index, item in enumerate(items):
            word = key(item, bodies[index])
            if word:
                groups[word].append(index)
        for group in groups.values():
            yield from itertools.pairwise(group)
            yield from ((group[0], index) for index in group[2:])
    index_of = MinHashLSH(threshold=_LSH_THRESHOLD, num_perm=_PERMUTATIONS)
    for index, grams in enumerate(shingles):
        if len(bodies[index]) < MIN_TEXT:
            continue
        sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=_identity, seed=1)
        sketch.update_batch(np.fromiter(grams, dtype=np.uint64, count=len(grams)))
        for other in sorted(index_of.query(sketch)):
            yield other, index
        index_of.insert(index, sketch)


def _identity(value: int) -> int:
    return value


def _fingerprint_key(item: NewsItem, body: str) -> str:
    return content_fingerprint(item.title, item.text) if len(body) >= MIN_EQUAL else ""


def _title_key(item: NewsItem, _body: str) -> str:
    title = comparable(_MEDIA_MARK.sub("", item.title))
    return title if len(title) >= 8 else ""


def _same(
    a: NewsItem,
    b: NewsItem,
    body_a: str,
    body_b: str,
    grams_a: frozenset[int],
    grams_b: frozenset[int],
) -> bool:
    if a.day and b.day and abs((a.day - b.day).days) > WITHIN_DAYS:
        return False
    same_title = _title_key(a, body_a) != "" and _title_key(a, body_a) == _title_key(b, body_b)
    if body_a == body_b and len(body_a) >= MIN_EQUAL:
        return True
    if min(len(body_a), len(body_b)) < MIN_TEXT:
        # Paper, television and picture news have next to no text: the title must carry it.
        return same_title and (a.day is None or b.day is None or abs((a.day - b.day).days) <= 7)
    smaller, larger = sorted((grams_a, grams_b), key=len)
    contained = len(smaller & larger) / len(smaller)
    if _figures(a.title) != _figures(b.title):
        return contained >= SAME_FIGURES
    if _different_numbers(body_a, body_b):
        return False  # the same daily notice with today's numbers
    # The same title with half the text in common is a shortened or updated version.
    return contained >= (0.5 if same_title else CONTAINED)


def _different_numbers(body_a: str, body_b: str) -> bool:
    smaller, larger = sorted((set(_NUMBER.findall(b)) for b in (body_a, body_b)), key=len)
    return len(smaller) >= 2 and len(smaller & larger) / len(smaller) < SHARED_NUMBERS


def _figures(title: str) -> frozenset[str]:
    return frozenset(_FIGURES.findall(title))
