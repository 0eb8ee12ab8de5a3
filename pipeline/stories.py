"""Stories 报道: an original and its reprints 转载, folded from items.

Hides: how pairs of the same writing (``pipeline.sameness``) become stories, which member is the
original, and who took it from whom. Items that are linked, directly or through others, are one
story; an item without a date joins the story of the most senior item it is linked to and links
nothing else, or it would join two years. So the stories depend on which items there are and on
nothing else, and a later import changes only stories that its items are linked to.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.news import LEVEL_NAMES, Level, NewsItem, parse_day
from pipeline.outlets import same_outlet
from pipeline.sameness import (
    MIN_CAPTION,
    MIN_TITLE,
    WITHIN_DAYS,
    Piece,
    likely_pairs,
    read_piece,
    same,
    shared,
)

__all__ = [
    "Archive",
    "Days",
    "Edit",
    "Member",
    "Role",
    "Story",
    "fold",
    "fold_into",
    "keep_ids",
    "same_story",
]

Role = Literal["original", "reprint"]
"""首发 or 转载."""

Edit = Literal["title", "cut", "added", "reworded"]
"""What a reprint changed 同稿修改: 改题, 删节, 增补, 改写."""

Days = tuple[datetime.date, datetime.date]
"""First and last day, both inclusive."""


class Archive(Protocol):
    """What ``fold_into`` asks of the stored items and of the last folding."""

    def by_id(self, ids: Iterable[str]) -> Iterable[NewsItem]:
        """The items with these ids."""
        ...

    def within(self, days: Days | None) -> Iterable[NewsItem]:
        """The items of these days and all undated ones; of None: all items."""
        ...

    def together(self, ids: Iterable[str]) -> Iterable[str]:
        """Ids of all items of the stories that these items were in."""
        ...


KEPT = 0.93
"""Share of the original's runs below which a reprint counts as cut or reworded."""

OWN = 0.05
"""Share of a reprint's runs that are not the original's, above which words were added."""

_LEVEL_ORDER: list[str] = list(LEVEL_NAMES)
_SOURCE_LINE = re.compile(
    r"(?:转自|转载自|来源|稿源|摘自)\s*[:：]?\s*(?P<outlet>[^\s：:）)，。；;|]{2,20})"
)
_SITE_WORD = re.compile(r"(?:门户)?(?:网站|官网|客户端|微信公众号|公众号)$")
_LINE = 60
"""Characters a line that names a source has at most."""


@dataclass(frozen=True)
class Member:
    """What folding keeps of an item: no text, so that an archive fits into memory."""

    id: str
    title: str
    date: str | None
    level: Level
    length: int
    outlet: str = ""
    """The printed 来源."""
    site: str = ""
    """Name of the source it was found on; '' for a plain import, whose outlet it stood in."""
    role: Role = "original"
    reprint_of: str = ""
    """The outlet a reprint says it took the text from; '' where it says nothing."""
    taken_from: str = ""
    """Id of the member published by that outlet; '' where none is known."""
    edits: tuple[Edit, ...] = ()
    """What a reprint changed of that member, else of the original."""

    @property
    def day(self) -> datetime.date | None:
        """The day it was published; None where that is unknown."""
        return parse_day(self.date)

    @property
    def publisher(self) -> str:
        """Where it stood."""
        return self.site or self.outlet


@dataclass(frozen=True)
class Story:
    """Items that tell one story; ``items[0]`` is the original, the others follow by day."""

    id: str
    items: tuple[Member, ...]

    @property
    def original(self) -> Member:
        """The item the others repeat: that on the site of the outlet which the others name as
        their 来源, else the earliest, else the fullest."""
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


@dataclass(frozen=True)
class _Read:
    """An item as folding reads it."""

    member: Member
    piece: Piece
    said: str
    """The outlet that a line of the text names as its source."""


def fold(items: Iterable[NewsItem], sites: Mapping[str, str] | None = None) -> tuple[Story, ...]:
    """Fold ``items`` into stories, ordered by day and id.

    The result does not depend on the order of the items. Every item is in one story. Of each
    item its comparable text (about 2 bytes a character) and half a kilobyte are held.

    Args:
        sites: names of sources by id: an item whose 来源 is another name is a reprint of it.
    """
    read = _by_seniority(_read(item, sites or {}) for item in items)
    return _ordered(_story([read[n] for n in group]) for group in _groups(read))


def fold_into(
    new: Iterable[str], archive: Archive, sites: Mapping[str, str] | None = None
) -> tuple[Story, ...]:
    """The stories that change when the items ``new`` come in or are edited; all others of the
    archive are what ``fold`` would make of it, and stay.

    Reads what lies within ``WITHIN_DAYS`` of the new items and of what these are linked to;
    all items only where an undated one is concerned, which may repeat any day's words.
    """
    wanted = set(new)
    cache: dict[str, _Read] = {}

    def read(items: Iterable[NewsItem]) -> list[_Read]:
        found = [cache.get(item.id) or _read(item, sites or {}) for item in items]
        cache.update((one.member.id, one) for one in found)
        return found

    concerned = [one.member.day for one in read(archive.by_id(wanted))]
    while wanted:
        window = _around(concerned)
        near = _by_seniority(read(archive.within(window)))
        groups = [[near[n] for n in group] for group in _groups(near)]
        touched = [group for group in groups if any(one.member.id in wanted for one in group)]
        concerned = [one.member.day for group in touched for one in group]
        ids = {one.member.id for group in touched for one in group}
        left = set(archive.together(ids)) - ids
        if not left and _covers(window, _around(concerned)):
            return _ordered(_story(group) for group in touched)
        wanted |= left
        concerned += [one.member.day for one in read(archive.by_id(left))]
    return ()


def _around(days: Iterable[datetime.date | None]) -> Days | None:
    """The days on which an item may repeat one of ``days``; None for any."""
    given = list(days)
    known = [day for day in given if day]
    if len(known) < len(given):
        return None
    margin = datetime.timedelta(WITHIN_DAYS)
    return min(known) - margin, max(known) + margin


def _covers(window: Days | None, needed: Days | None) -> bool:
    if window is None or needed is None:
        return window is None
    return window[0] <= needed[0] and needed[1] <= window[1]


def keep_ids(
    stories: Iterable[Story], before: Mapping[str, str], others: Iterable[str] = ()
) -> tuple[Story, ...]:
    """``stories`` under the ids they had: a story is known by its members, not by its original,
    so that one found earlier does not rename it.

    Args:
        before: story id by item id, as folded last. Of several old ids a story takes that of
            most of its members; an id goes to one story only.
        others: ids of stories that stay as they are, which none of these may take.
    """
    made = sorted(stories, key=lambda story: (-len(story.items), story.id))
    taken = set(others)
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
    """Whether two items are one piece of writing; symmetric."""
    return same(read_piece(a), read_piece(b))


def _read(item: NewsItem, sites: Mapping[str, str]) -> _Read:
    member = Member(
        id=item.id,
        title=item.title,
        date=item.date,
        level=item.level,
        length=len(item.text),
        outlet=item.outlet,
        site=sites.get(item.source, ""),
    )
    return _Read(member, read_piece(item), _named_source(item.text))


def _by_seniority(read: Iterable[_Read]) -> list[_Read]:
    """Dated before undated, earlier, fuller, then by id."""
    return sorted(read, key=lambda one: _seniority(one.member))


def _seniority(item: Member) -> tuple[bool, str, int, str]:
    return (item.date is None, item.date or "", -item.length, item.id)


def _groups(read: Sequence[_Read]) -> list[list[int]]:
    """Positions of the items of each story, ascending; ``read`` is in order of seniority."""
    pieces = [one.piece for one in read]
    parent = list(range(len(pieces)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(a: int, b: int) -> None:
        low, high = sorted((root(a), root(b)))
        parent[high] = low

    chosen: dict[tuple[object, ...], int] = {}
    twins: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        first = chosen.setdefault(_looks(piece), index)
        if first != index:
            twins[index] = first
    apart = [index for index in range(len(pieces)) if index not in twins]
    senior: dict[int, int] = {}
    for one, other in likely_pairs([pieces[index] for index in apart]):
        a, b = apart[one], apart[other]
        if pieces[b].day is None:
            # Positions ascend by seniority, and so do the pairs: the first found is the one.
            if b not in senior and same(pieces[a], pieces[b]):
                senior[b] = a
        elif root(a) != root(b) and same(pieces[a], pieces[b]):
            join(a, b)
    for pairs in (senior, twins):
        for index, other in pairs.items():
            join(index, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(pieces)):
        groups[root(index)].append(index)
    return list(groups.values())


def _looks(piece: Piece) -> tuple[object, ...]:
    """All that sameness sees of an item; of one that says too little, the item itself. Two
    that look alike are one story and are linked to the same others."""
    if len(piece.body) < MIN_CAPTION and len(piece.title) < MIN_TITLE:
        return (piece.id,)
    return (piece.day, piece.title, piece.body, piece.where, piece.author)


def _ordered(stories: Iterable[Story]) -> tuple[Story, ...]:
    return tuple(sorted(stories, key=lambda s: (s.day is None, s.day or datetime.date.min, s.id)))


def _story(group: Sequence[_Read]) -> Story:
    """``group``, in order of seniority, with the role of each."""
    original = _original([one.member for one in group])
    first, *others = sorted(group, key=lambda one: one.member is not original)
    reprints = [_reprint(one, first, group) for one in others]
    key = hashlib.blake2b(original.id.encode(), digest_size=8).hexdigest()
    return Story("s" + key, (original, *reprints))


def _original(members: Sequence[Member]) -> Member:
    """The most senior of those whose own site the others name as their 来源, else of all."""

    def vouched(member: Member) -> bool:
        own = not member.site or same_outlet(member.outlet or member.site, member.site)
        return own and any(
            other.site
            and same_outlet(other.outlet, member.publisher)
            and not same_outlet(other.site, member.publisher)
            for other in members
        )

    return next((member for member in members if vouched(member)), members[0])


def _reprint(one: _Read, original: _Read, group: Sequence[_Read]) -> Member:
    member = one.member
    printed = member.outlet if member.site and not same_outlet(member.outlet, member.site) else ""
    named = printed or one.said
    if named and same_outlet(named, member.publisher):
        named = ""
    giver = next(
        (
            other
            for other in (original, *group)
            if other is not one and named and same_outlet(named, other.member.publisher)
        ),
        None,
    )
    return dataclasses.replace(
        member,
        role="reprint",
        reprint_of=named,
        taken_from=giver.member.id if giver else "",
        edits=_edits((giver or original).piece, one.piece),
    )


def _edits(before: Piece, after: Piece) -> tuple[Edit, ...]:
    found: list[Edit] = ["title"] if before.title != after.title else []
    if before.body != after.body and before.body and after.body:
        common = shared(before, after)
        lost, own = 1 - common.of_first, 1 - common.of_second
        shorter = len(after.body) < KEPT * len(before.body)
        if lost > 1 - KEPT and shorter:
            found.append("cut")
        if own > OWN and len(after.body) > len(before.body) and lost <= 1 - KEPT:
            found.append("added")
        elif own > OWN or not found or found == ["title"]:
            found.append("reworded")
    return tuple(found)


def _named_source(text: str) -> str:
    """The outlet that the first or one of the last lines names as where the text is from."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in [*lines[-2:], *lines[:1]]:
        match = _SOURCE_LINE.search(line) if len(line) <= _LINE else None
        if match:
            return _SITE_WORD.sub("", match["outlet"])
    return ""
