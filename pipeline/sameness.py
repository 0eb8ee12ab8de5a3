"""When two publications are the same piece of writing: a text and its reprint 转载.

Hides: how likely pairs are found without comparing all (MinHash), and by which evidence a pair
is decided. ``same`` looks at two items only and is symmetric, and so is being found: that makes a
folding independent of the order in which items come in.

Text in common is not enough, because officials write from forms. A reprint keeps long runs of the
original, also where its first paragraph was rewritten; a form filled in for another place, person or
batch has short runs, other figures, or a name in its title that the other text does not have. A
follow-up that repeats what it follows is much longer and has a title of its own.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.news import NewsItem, parse_day
from pipeline.places import PlaceFinder, nested
from pipeline.text import comparable, fold_width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "MIN_CAPTION",
    "MIN_TITLE",
    "WITHIN_DAYS",
    "Piece",
    "Shared",
    "likely_pairs",
    "read_piece",
    "same",
    "shared",
]

SHINGLE = 5
"""Characters per shingle: long enough that ordinary phrases do not repeat across stories."""

RUN = 30
"""Characters in a row that both texts have, from which they count as copied."""

COPIED = 0.55
"""Share of the shorter text that must lie in such runs: a rewritten first paragraph leaves 0.6."""

LIKE = 0.38
"""Jaccard index of the shingles that two texts under different titles must reach: half a text
cut away leaves 0.5, an obituary in the report of the funeral 0.3."""

WHOLE = 0.75
"""The same where one title only says that it is an echo or a reading of something."""

LIKE_TITLED = 0.1
"""The same under the same title: one paragraph of a long report."""

CAPTION = 0.9
"""Share of a short text's shingles that the other must have."""

AGREEING = 0.6
"""Share of the figures in the text with fewer that both must give."""

ALIKE = 0.6
"""Likeness (2 M / T of difflib) of two titles from which what differs in them is looked at."""

UNCUT = 0.7
"""Length, as a share of the other's, from which a text may be asked for a name it lacks."""

WITHIN_DAYS = 31
WITHIN_DAYS_BY_TITLE = 7
MIN_TEXT = 40
"""Comparable characters below which a text says too little to be matched by its runs."""

MIN_CAPTION = 15
"""Comparable characters below which a text says nothing."""

MIN_TITLE = 8
"""Comparable characters from which a title names one event and not a column."""

BINS = 126
ROWS = 3
"""42 bands of 3: a pair with Jaccard index 0.4 shares a band with probability 0.94, one with
0.02, as unrelated news has, with 0.0003."""

_MARK = re.compile(
    r"[（(\[【](?:组?图|多图|图文|视频|音频|转载|转)[）)\]】]|^[\[【][^\]】]{2,14}[\]】]|^转发(?=[《“])|^转发"
)
_NOTE_LINE = re.compile(
    r"^[（(]?\s*(?:转自|转载自|来源|稿源|摘自|责任编辑|责编|编辑|校对|初审|复审|终审|编者按)\s*[:：]?.{0,60}$"
)
_DATELINE = re.compile(r"^[^\n。，]{0,16}(?:讯|消息)(?:[（(][^）)\n]{0,24}[）)])?[:：]?")
_UNITS = "批届次期轮号项家名集季月日年个件支场篇户亩套台辆列吨元度级岁条种倍人天"
_CHINESE = "零〇一二两三四五六七八九十百千"
_FIGURE = re.compile(
    rf"(第?)(\d+(?:\.\d+)?|[{_CHINESE}]+)[多余]?([万亿]?)([{_UNITS}%℃]?)|首(?=([批届次期轮集季]))"
)
_KIND = re.compile("反响|解读|综述|述评|侧记|评论员|快评|答记者问|回访|追踪")
"""Kinds of piece that are written about another."""

_ORDINAL_UNITS = frozenset("批届次期轮集季")
_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, eq=False)
class Piece:
    """What sameness is decided on; made by ``read_piece``."""

    id: str
    day: datetime.date | None
    title: str
    """Comparable, without marks such as （图） and the name of a programme before it."""

    body: str
    """Comparable, without datelines, editor's notes and lines that name a source."""

    title_figures: frozenset[str]
    figures: frozenset[str]
    where: str
    """Code of the place the outlet is named after, for items without text; '' for others."""

    author: str


def read_piece(item: NewsItem) -> Piece:
    """``item`` made comparable."""
    lines = [line.strip() for line in item.text.splitlines()]
    kept = [line for line in lines if line and not _NOTE_LINE.match(line)] or lines
    text = fold_width(_DATELINE.sub("", "\n".join(kept)))
    body = comparable(text)
    title = _MARK.sub("", fold_width(item.title).replace("(", "（").replace(")", "）"))
    bare = len(body) < MIN_CAPTION
    return Piece(
        id=item.id,
        day=parse_day(item.date),
        title=comparable(title),
        body=body,
        title_figures=_figures(title),
        figures=_figures(text),
        where=_place_of(item.outlet) if bare else "",
        author=comparable(item.author) if bare else "",
    )


@dataclass(frozen=True)
class Shared:
    """How much two texts have in common, of their runs of ``SHINGLE`` characters."""

    of_first: float
    """Share of the first text's shingles that the second has."""

    of_second: float
    like: float
    """Jaccard index."""

    copied: float
    """Share of the shorter text that lies in runs of ``RUN`` characters both have."""


def shared(a: Piece, b: Piece) -> Shared:
    """What two texts have in common; nothing where one has less than ``SHINGLE`` characters."""
    import numpy as np

    rows_a, rows_b = _row(a.body), _row(b.body)
    if not len(rows_a) or not len(rows_b):
        return Shared(0.0, 0.0, 0.0, 0.0)
    set_a, set_b = _distinct(a.body), _distinct(b.body)
    common = len(np.intersect1d(set_a, set_b, assume_unique=True))
    shorter, other = (rows_a, set_b) if len(a.body) <= len(b.body) else (rows_b, set_a)
    place = np.minimum(np.searchsorted(other, shorter), len(other) - 1)
    found = np.concatenate(([False], other[place] == shorter, [False]))
    turns = np.flatnonzero(found[1:] != found[:-1])
    lengths = turns[1::2] - turns[::2] + SHINGLE - 1
    copied = int(lengths[lengths >= RUN].sum()) / (len(shorter) + SHINGLE - 1)
    union = len(set_a) + len(set_b) - common
    return Shared(common / len(set_a), common / len(set_b), common / union, min(copied, 1.0))


def same(a: Piece, b: Piece) -> bool:
    """Whether two publications are one piece of writing; symmetric."""
    apart = abs((a.day - b.day).days) if a.day and b.day else 0
    if apart > WITHIN_DAYS:
        return False
    titled = a.title == b.title and len(a.title) >= MIN_TITLE
    if min(len(a.body), len(b.body)) < MIN_CAPTION:
        return titled and apart <= WITHIN_DAYS_BY_TITLE and not _other_hand(a, b)
    if a.body == b.body:
        return True
    if _other_number(a, b):
        return False
    common = shared(a, b)
    if min(len(a.body), len(b.body)) < MIN_TEXT:
        return titled and max(common.of_first, common.of_second) >= CAPTION
    if common.copied < COPIED or common.like < (LIKE_TITLED if titled else LIKE):
        return False
    if titled:
        return True
    if bool(_KIND.search(a.title)) != bool(_KIND.search(b.title)):
        return common.like >= WHOLE
    return not _other_day(a, b) and not _other_name(a, b)


def likely_pairs(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Pairs (of positions) worth deciding, each once: near in time, and with a title, an opening
    or a band of their MinHash signatures in common.

    MinHash as in Broder 1997, one permutation in ``BINS`` bins as in Li, Owen and Zhang 2012 with
    empty bins filled by rotation (Shrivastava and Li 2014), banded as in Leskovec, Rajaraman and
    Ullman, Mining of Massive Datasets, section 3.4. Time is linear in the number of pieces as long
    as they are spread over time; within a month it grows with the square of what looks alike.
    """
    import numpy as np

    days = np.array([p.day.toordinal() if p.day else 0 for p in pieces], dtype=np.int64)
    found = [
        _within(_word_keys(p.title if len(p.title) >= MIN_TITLE else "" for p in pieces), days),
        _within(
            _word_keys(p.body[:24] if len(p.body) >= MIN_CAPTION else "" for p in pieces), days
        ),
    ]
    long = np.array([n for n, p in enumerate(pieces) if len(p.body) >= MIN_TEXT], dtype=np.int64)
    if len(long) > 1:
        signatures = np.stack([_signature(pieces[int(n)].body) for n in long])
        for first in range(0, BINS, ROWS):
            keys = np.zeros(len(long), dtype=np.uint64)
            for row in range(first, first + ROWS):
                keys = (keys ^ signatures[:, row]) * np.uint64(0x9E3779B97F4A7C15)
                keys ^= keys >> np.uint64(29)
            near = _within(keys, days[long])
            found.append(long[near])
    codes = [pairs.min(axis=1) * len(pieces) + pairs.max(axis=1) for pairs in found if len(pairs)]
    if not codes:
        return
    for code in np.unique(np.concatenate(codes)).tolist():
        yield divmod(code, len(pieces))


def _within(keys: NDArray[np.uint64], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of positions with one key (0 is none) and at most ``WITHIN_DAYS`` apart; day 0 is
    unknown and near to all. Shape (pairs, 2)."""
    import numpy as np

    order = np.lexsort((days, keys))
    order = order[keys[order] != 0]
    sorted_keys, sorted_days = keys[order], days[order]
    known = sorted_days > 0
    parts: list[NDArray[np.int64]] = []
    left = np.arange(len(order))
    step = 0
    while len(left):
        step += 1
        left = left[left + step < len(order)]
        left = left[sorted_keys[left] == sorted_keys[left + step]]
        near = sorted_days[left + step] - sorted_days[left] <= WITHIN_DAYS
        left = left[near | ~known[left]]  # days ascend: what is too far now stays so
        parts.append(np.stack((order[left], order[left + step]), axis=1))
    return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.int64)


def _word_keys(words: Iterable[str]) -> NDArray[np.uint64]:
    """A number for each word, the same for equal ones; 0 for ''."""
    import numpy as np

    seen: dict[str, int] = defaultdict(lambda: len(seen) + 1)
    return np.array([seen[word] if word else 0 for word in words], dtype=np.uint64)


def _row(body: str) -> NDArray[np.uint32]:
    """Hashes of the body's shingles as they stand."""
    import numpy as np

    codes = np.frombuffer(body.encode("utf-32-le"), dtype=np.uint32)
    count = max(len(codes) - SHINGLE + 1, 0)
    hashes = np.zeros(count, dtype=np.uint32)
    for offset in range(SHINGLE):
        hashes = hashes * np.uint32(0x01000193) ^ codes[offset : offset + count]
    mixed = hashes * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(15)
    return mixed * np.uint32(0x2C1B3C6D)


@lru_cache(maxsize=4096)
def _distinct(body: str) -> NDArray[np.uint32]:
    import numpy as np

    hashes = np.sort(_row(body))  # np.unique hashes first, which takes five times as long
    first = np.ones(len(hashes), dtype=np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
    distinct: NDArray[np.uint32] = hashes[first]
    return distinct


def _signature(body: str) -> NDArray[np.uint32]:
    """The smallest hash in each of ``BINS`` equal ranges; sorted hashes hold them in a row."""
    import numpy as np

    hashes = np.sort(_row(body))
    edges = (np.arange(BINS, dtype=np.uint64) * (2**32 // BINS)).astype(np.uint32)
    first = np.searchsorted(hashes, edges)
    last = np.append(first[1:], len(hashes))
    full = np.flatnonzero(first < last)
    # An empty bin takes that of the next full one, marked with how far it is.
    after = np.searchsorted(full, np.arange(BINS))
    donor = full[after % len(full)]
    distance = (donor - np.arange(BINS)) % BINS
    taken: NDArray[np.uint32] = hashes[first[donor]] + distance.astype(np.uint32) * np.uint32(
        2654435761
    )
    return taken


def _other_number(a: Piece, b: Piece) -> bool:
    """Whether figures say that one form was filled in twice."""
    ordinal_a, ordinal_b = _ordinals(a.title_figures), _ordinals(b.title_figures)
    if any(ordinal_a[unit].isdisjoint(ordinal_b[unit]) for unit in ordinal_a.keys() & ordinal_b):
        return True
    only_a = a.title_figures - b.title_figures - b.figures
    only_b = b.title_figures - a.title_figures - a.figures
    if {figure[-1] for figure in only_a} & {figure[-1] for figure in only_b}:
        return True
    fewer = min(len(a.figures), len(b.figures))
    return fewer >= 2 and len(a.figures & b.figures) / fewer < AGREEING


def _other_day(a: Piece, b: Piece) -> bool:
    """Whether both give days of the month, and none in common."""
    days_a, days_b = ({figure for figure in p.figures if figure[-1] == "日"} for p in (a, b))
    return bool(days_a and days_b) and days_a.isdisjoint(days_b)


def _other_name(a: Piece, b: Piece) -> bool:
    """Whether titles are alike but for a name that the other text, though no shorter, lacks."""
    matcher = difflib.SequenceMatcher(None, a.title, b.title, autojunk=False)
    if matcher.ratio() < ALIKE:
        return False
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind != "replace":
            continue
        mine, theirs = _around(a.title, a1, a2), _around(b.title, b1, b2)
        if _lacks(b, a, [mine]) or _lacks(a, b, [theirs]):
            return True
        if _lacks(b, a, _bigrams(mine)) and _lacks(a, b, _bigrams(theirs)):
            return True  # 埃及总统 and 巴林国王 of texts that say 埃及共和国总统, 巴林王国国王
    return False


def _lacks(one: Piece, other: Piece, words: Iterable[str]) -> bool:
    """Whether any of ``words`` stands in the text of ``other`` and not in that of ``one``, uncut."""
    uncut = len(one.body) >= UNCUT * len(other.body)
    return uncut and any(word in other.body and word not in one.body for word in words)


def _bigrams(words: str) -> list[str]:
    return [words[start : start + 2] for start in range(len(words) - 1)]


def _around(title: str, start: int, end: int) -> str:
    """The changed characters, with a neighbour where they are fewer than two."""
    if end - start > 1:
        return title[start:end]
    return title[start : end + 1] if end < len(title) else title[max(start - 1, 0) : end]


def _other_hand(a: Piece, b: Piece) -> bool:
    """Whether two items without text come from different places or people."""
    if a.where and b.where and not nested(a.where, b.where) and not nested(b.where, a.where):
        return True
    return bool(a.author and b.author and a.author != b.author)


def _ordinals(figures: frozenset[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for figure in figures:
        if figure.startswith("第"):
            found.setdefault(figure[-1], set()).add(figure)
    return found


def _figures(text: str) -> frozenset[str]:
    """Figures with their units, Chinese ones as digits: 第3批, 53亿元 is 53亿, 十一个 is 11个."""
    found = set()
    for mark, digits, scale, unit, first_of in _FIGURE.findall(text):
        if not digits:
            found.add(f"第1{first_of}")
            continue
        value = digits
        if not digits[0].isdigit():
            value = str(_value(digits))
            if not (unit or scale) or (not mark and value in {"0", "1"}):
                continue  # 一家, 一批: an article, not a figure
        ordinal = "第" if mark and unit in _ORDINAL_UNITS else ""
        found.add(f"{ordinal}{value}{scale}{unit}")
    return frozenset(found)


def _value(digits: str) -> int:
    """
    >>> _value("一百二十"), _value("十一"), _value("二〇二五")
    (120, 11, 2025)
    """
    if not any(char in _SCALE for char in digits):
        return int("".join(str(_DIGIT[char]) for char in digits))
    total, current = 0, 0
    for char in digits:
        if char in _SCALE:
            total += (current or 1) * _SCALE[char]
            current = 0
        else:
            current = _DIGIT[char]
    return total + current


@lru_cache(maxsize=1)
def _finder() -> PlaceFinder:
    return PlaceFinder()


@lru_cache(maxsize=4096)
def _place_of(outlet: str) -> str:
    codes = [code for _, _, code in _finder().mentions(outlet)]
    return max(codes, key=len) if codes else ""
