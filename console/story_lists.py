"""Lists of stories by what officers ask for: by filters, by words, or both, the newest first.

Hides: how a page is filled among a million stories. Where few come into question (those people decided,
those of a small theme, source or outlet) these are looked through; else stories are taken by day, or
as the index of words gives them, in parts. A list never looks for longer than ``SECONDS``: then it says
how far it came, and goes on from there when asked to.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

import msgspec
from sqlalchemy.orm import Session

from console.language import _
from console.story_asking import Asking, stories_fitting
from console.story_filters import Filters, is_day
from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.search_words import SearchWords, search_words
from pipeline.store.items import items_by_id
from pipeline.store.search import hits
from pipeline.store.stories import stories_by_id, story_of
from pipeline.store.story_list import (
    Narrow,
    StoryHead,
    Under,
    heads_of,
    newest_publication,
    next_stories,
    next_under,
    stories_assigned,
    stories_published,
)

__all__ = ["SECONDS", "Found", "FoundStory", "find_stories"]

SECONDS = 0.1
"""How long one page is looked for."""
FEW = 2_000
"""Stories that are looked through one and all rather than by day."""
_PART = 400
_LARGE_PART = 1_600
"""Where the database itself leaves out those not of a theme."""
_HITS = 60
_DECIDED = {"confirmed", "corrected", "rejected"}
_PATIENCE = 3
"""Parts taken by day before it is asked what names fewer."""


@dataclass(frozen=True)
class FoundStory:
    """A story of a list; ``item`` is the publication whose words were found, '' without words."""

    head: StoryHead
    item: str = ""


@dataclass(frozen=True)
class Found:
    """A page of a list."""

    stories: tuple[FoundStory, ...]
    after: str = ""
    """What to ask for to go on; '' at the end."""
    reached: str = ""
    """The day that was come to when the time was up; '' where the page is full or the list ends."""


def find_stories(asking: Asking, filters: Filters, after: str, count: int) -> Found:
    """The next ``count`` stories after the place ``after`` of an earlier ``Found``, '' to begin.

    Raises:
        BadInput: ``filter-unknown``, ``list-place``.
    """
    filters = filters.checked()
    until = time.monotonic() + SECONDS
    words = search_words(filters.words)
    if words.words and not _of_decided(filters):
        return _by_words(asking, filters, words, after, count, until)
    return _by_day(asking, filters, words, after, count, until)


def _by_day(
    asking: Asking, filters: Filters, words: SearchWords, after: str, count: int, until: float
) -> Found:
    found: list[FoundStory] = []
    for part, place in _parts_by_day(asking, filters, _place(after)):
        fitting = stories_fitting(asking, filters, part)
        having = _having(asking.session, words, fitting) if words.words else {}
        for head in part:
            if head.id not in fitting or (words.words and head.id not in having):
                continue
            if len(found) == count:
                return Found(tuple(found), _written(found[-1].head.place))
            found.append(FoundStory(head, having.get(head.id, "")))
        if time.monotonic() > until:
            return Found(tuple(found), _written(place), place[0] or _("日期不明的"))
    return Found(tuple(found))


def _having(session: Session, words: SearchWords, stories: Collection[str]) -> dict[str, str]:
    """By story a publication of it that has the words; stories without one are left out."""
    found: dict[str, str] = {}
    members = stories_by_id(session, stories)
    items = items_by_id(session, (item for story in members for item in story.items))
    for story in members:
        for item in story.items:
            if words.stand_in(items[item].title, items[item].text):
                found.setdefault(story.id, item)
    return found


def _parts_by_day(
    asking: Asking, filters: Filters, place: tuple[str, str] | None
) -> Iterator[tuple[Sequence[StoryHead], tuple[str, str]]]:
    """The stories that may fit, in the order of the list, each part with the place that was come to:
    at first by day, as most pages are full soon; then, where that is not so, from what names the
    fewest."""
    narrow = _narrow(filters)
    few: Sequence[StoryHead] | None = None
    if _of_decided(filters):
        few = [head for head in _decided_heads(asking, filters) if narrow.fits(head)]
    for taken in count() if few is None else ():
        if taken == _PATIENCE and (few := _few(asking, filters, narrow)) is not None:
            break
        most = _PART if taken < _PATIENCE else _LARGE_PART
        part, reached = _next_part(asking, filters, narrow, place, most)
        if reached is None:
            return
        yield part, reached
        place = reached
    rest = [head for head in few or () if place is None or head.place < place]
    for at in range(0, len(rest), _PART):
        part = rest[at : at + _PART]
        yield part, part[-1].place


def _next_part(
    asking: Asking, filters: Filters, narrow: Narrow, place: tuple[str, str] | None, most: int
) -> tuple[Sequence[StoryHead], tuple[str, str] | None]:
    """The next stories by day, those that cannot stand under the theme asked for left out, and the
    place that was come to; None at the end."""
    theme = filters.theme
    if not theme or filters.state == "none":
        part = next_stories(asking.session, narrow, place, min(most, _PART))
        return part, part[-1].place if part else None
    assigned, reached = next_under(asking.session, narrow, place, most, _under(asking, filters))
    if reached is None:
        return (), None
    held = asking.decided
    added = {
        head
        for head in takewhile(lambda head: head.place >= reached, held.heads)
        if (place is None or head.place < place)
        and theme in held.by_story[head.id]
        and narrow.fits(head)
    }
    return sorted(added.union(assigned), reverse=True), reached


def _under(asking: Asking, filters: Filters) -> Under:
    """What of a theme and a place the database can tell."""
    localities = asking.localities if filters.locality == "counted" else {filters.locality}
    return Under(
        asking.stored.id,
        asking.parts_of(filters.theme),
        asking.judge,
        () if filters.locality in {"", "not_counted"} else tuple(sorted(localities)),
    )


def _of_decided(filters: Filters) -> bool:
    """Whether only stories that somebody decided about come into question."""
    return filters.state in _DECIDED or filters.reviewed == "yes"


def _decided_heads(asking: Asking, filters: Filters) -> Iterator[StoryHead]:
    held = asking.decided
    for head in held.heads:
        said = held.by_story[head.id]
        if filters.state in _DECIDED:
            wanted = filters.state != "rejected"
            ones = [said[filters.theme]] if filters.theme in said else []
            ones = ones if filters.theme else list(said.values())
            if not any(one.belongs == wanted for one in ones):
                continue
        yield head


def _few(asking: Asking, filters: Filters, narrow: Narrow) -> tuple[StoryHead, ...] | None:
    """All stories that come into question, where they are few; None where they are not."""
    session = asking.session
    ids: Sequence[str] | None = None
    if filters.theme and filters.state != "none":
        ids = _of_theme(asking, filters.theme)
    if ids is None and (filters.source or filters.outlet):
        ids = stories_published(session, filters.source, filters.outlet, narrow, FEW)
    return None if ids is None else heads_of(session, ids, narrow)


def _of_theme(asking: Asking, theme: str) -> list[str] | None:
    found: dict[str, None] = {}
    for part in asking.parts_of(theme):
        most = FEW - len(found)
        assigned = stories_assigned(asking.session, asking.stored.id, part, max(most, 0))
        if assigned is None:
            return None
        found.update(dict.fromkeys(assigned))
    found.update(
        (story, None)
        for story, held in asking.decided.by_story.items()
        if theme in held and held[theme].belongs
    )
    return list(found)


def _by_words(
    asking: Asking, filters: Filters, words: SearchWords, after: str, count: int, until: float
) -> Found:
    """The days asked for are those of the publication that has the words, by which it is found."""
    session = asking.session
    before = _number(after)
    narrow = msgspec.structs.replace(filters, since="", until="")
    days = {"first": filters.since, "last": filters.until}
    found: list[FoundStory] = []
    while True:
        part = hits(session, words, before=before, most=_HITS, **days)
        stories = story_of(session, [hit.item for hit in part if hit.item])
        heads = {head.id: head for head in heads_of(session, stories.values(), _narrow(narrow))}
        fitting = stories_fitting(asking, filters, list(heads.values()))
        day = ""
        wanted = {item: story for item, story in stories.items() if story in fitting}
        items = items_by_id(session, wanted)
        for hit in part:
            item = items.get(hit.item)
            if item is not None:
                day = (item.date or "")[:10]
                head = heads[wanted[item.id]]
                if words.stand_in(item.title, item.text) and _first(
                    session, filters, words, head, item
                ):
                    found.append(FoundStory(head, item.id))
            before = hit.number
            if len(found) == count:
                return Found(tuple(found), str(before))
        if len(part) < _HITS:
            return Found(tuple(found))
        if time.monotonic() > until:
            return Found(tuple(found), str(before), day or _day_of(session, part[-1].item))


def _first(
    session: Session, filters: Filters, words: SearchWords, head: StoryHead, item: NewsItem
) -> bool:
    """Whether ``item`` is the publication of its story that a search meets first: a story stands in
    a list once, however many of its reprints have the words."""
    if head.size == 1:
        return True
    (story,) = stories_by_id(session, [head.id])
    have = [
        one.id
        for one in items_by_id(session, story.items).values()
        if words.stand_in(one.title, one.text)
        and (not filters.since or (one.date or "")[:10] >= filters.since)
        and (not filters.until or (one.date or "~")[:10] <= filters.until)
    ]
    return newest_publication(session, have) in {item.id, ""}


def _narrow(filters: Filters) -> Narrow:
    return Narrow(
        first=filters.since,
        last=filters.until,
        level=filters.level,
        carrier=filters.carrier,
        genre=filters.genre,
    )


def _written(place: tuple[str, str]) -> str:
    return "~".join(place)


def _place(after: str) -> tuple[str, str] | None:
    if not after:
        return None
    day, mark, story = after.partition("~")
    if not mark or (day and not is_day(day)):
        raise _no_place()
    return day, story[:64]


def _number(after: str) -> int | None:
    if not after:
        return None
    if not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise _no_place()
    return int(after)


def _no_place() -> BadInput:
    return BadInput(_("列表的位置读不懂"), "list-place", _("请从第一页重新查看。"))


def _day_of(session: Session, item: str) -> str:
    found = items_by_id(session, [item]) if item else {}
    return (found[item].date or "")[:10] if item in found else _("较早的")
