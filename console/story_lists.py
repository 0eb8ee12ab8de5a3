"""Lists of stories by what officers ask for: by filters, by words, or both, the newest first.

Hides: how a page is filled among a million stories. Where few come into question (those people decided,
those of a small theme, source or outlet) these are looked through; else stories are taken by day, or
as the index of words gives them, in parts. A list never looks for longer than ``SECONDS``: then it says
how far it came, and goes on from there when asked to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.orm import Session

from console.decided import Decided, decided
from console.desk import Desk
from console.language import _
from console.story_filters import Filters, is_day
from pipeline.coverage.marks import mark_state
from pipeline.coverage.report import AssignmentState
from pipeline.coverage.unions import Union, joined_decisions, unions_of
from pipeline.errors import BadInput
from pipeline.locality import LocalityCode
from pipeline.news import NewsItem
from pipeline.plan.model import PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.search_words import SearchWords, search_words
from pipeline.store.assignments import Decision, decisions, numbered_reviews
from pipeline.store.facts import StoryFact, facts_of
from pipeline.store.items import StoredStory, items_by_id, stories_by_id, story_of
from pipeline.store.plans import StoredPlan
from pipeline.store.search import hits
from pipeline.store.since_issue import assigned_themes
from pipeline.store.story_list import (
    Narrow,
    StoryHead,
    heads_of,
    known_judge,
    newest_publication,
    next_stories,
    published_by,
    stories_assigned,
    stories_published,
    texts_missing,
)

__all__ = ["SECONDS", "Asking", "Filters", "Found", "FoundStory", "find_stories"]

SECONDS = 0.1
"""How long one page is looked for."""
FEW = 2_000
"""Stories that are looked through one and all rather than by day."""
_PART = 400
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


@dataclass(frozen=True, eq=False)
class Asking:
    """What a list is asked about: a plan's scheme, and who may have said what of it."""

    session: Session
    stored: StoredPlan
    scheme: str
    themes: tuple[PlanNode, ...]
    unions: tuple[Union, ...]
    judge: int
    localities: frozenset[str]
    place: str
    _decided: list[Decided] = field(default_factory=list)

    @classmethod
    def of(cls, desk: Desk, session: Session, stored: StoredPlan) -> Asking:
        """As the desk is asked."""
        scheme, themes = choose_scheme(stored.plan, desk.asked.scheme)
        return cls(
            session=session,
            stored=stored,
            scheme=scheme,
            themes=themes,
            unions=unions_of(stored.plan, themes),
            judge=known_judge(session, stored.name),
            localities=desk.options(session, stored).localities,
            place=desk.workspace.database_url,
        )

    @property
    def decided(self) -> Decided:
        """What people decided, read when it is first asked for."""
        if not self._decided:
            self._decided.append(
                decided(self.session, self.place, self.stored.id, self.scheme, self.unions)
            )
        return self._decided[0]

    def decided_about(self, stories: Sequence[StoredStory]) -> dict[str, dict[str, Decision]]:
        """What people decided about a few stories, without reading all else they decided."""
        member_of = {item: story.id for story in stories for item in story.items}
        reviews = numbered_reviews(self.session, self.stored.id, member_of)
        held = decisions((review for _number, review in reviews), member_of)
        return joined_decisions(held, self.unions)

    def states_of(
        self, stories: Sequence[str], decided: Mapping[str, Mapping[str, Decision]]
    ) -> dict[str, dict[str, AssignmentState]]:
        """By story the state of every theme and group that it has one under."""
        assigned = assigned_themes(self.session, self.stored.id, stories)
        found: dict[str, dict[str, AssignmentState]] = {}
        for story in stories:
            said = assigned.get(story, frozenset())
            held = decided.get(story, {})
            own = found[story] = {}
            for union in self.unions:
                by_machine = not said.isdisjoint(union.parts)
                state = mark_state(by_machine, held.get(union.theme.id))
                if state is not None:
                    own[union.theme.id] = state
        return found

    def counted(self, head: StoryHead, fact: StoryFact | None) -> bool:
        """Whether a story counts for the plan, wherever its day lies."""
        return not head.internal and fact is not None and fact.locality in self.localities


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
    for part in _parts_by_day(asking, filters, _place(after)):
        fitting = _fitting(asking, filters, part)
        having = _having(asking.session, words, fitting) if words.words else {}
        for head in part:
            if head.id not in fitting or (words.words and head.id not in having):
                continue
            if len(found) == count:
                return Found(tuple(found), _written(found[-1].head))
            found.append(FoundStory(head, having.get(head.id, "")))
        if time.monotonic() > until:
            return Found(tuple(found), _written(part[-1]), part[-1].day or _("日期不明的"))
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
) -> Iterator[Sequence[StoryHead]]:
    """The stories that may fit, in the order of the list: at first by day, as most pages are full
    soon; then, where that is not so, from what names the fewest."""
    narrow = _narrow(filters)
    few: Sequence[StoryHead] | None = None
    if _of_decided(filters):
        few = [head for head in _decided_heads(asking, filters) if narrow.fits(head)]
    for _part in range(_PATIENCE if few is None else 0):
        part = next_stories(asking.session, narrow, place, _PART)
        if not part:
            return
        yield part
        place = part[-1].place
    if few is None:
        few = _few(asking, filters, narrow)
    if few is not None:
        rest = [head for head in few if place is None or head.place < place]
        yield from (rest[at : at + _PART] for at in range(0, len(rest), _PART))
        return
    while part := next_stories(asking.session, narrow, place, _PART):
        yield part
        place = part[-1].place


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
    parts = next((one.parts for one in asking.unions if one.theme.id == theme), (theme,))
    found: dict[str, None] = {}
    for part in parts:
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
        fitting = _fitting(asking, filters, list(heads.values()))
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


def _fitting(asking: Asking, filters: Filters, heads: Sequence[StoryHead]) -> set[str]:
    """Those of ``heads``, by id, that fit what their own columns do not tell."""
    session = asking.session
    left = [head.id for head in heads]
    if filters.source or filters.outlet:
        left = [*published_by(session, left, filters.source, filters.outlet)]
    if filters.reviewed:
        wanted = filters.reviewed == "yes"
        left = [story for story in left if (story in asking.decided.by_story) == wanted]
    if filters.locality and left:
        facts = facts_of(session, asking.judge, left)
        fits = _locality_test(asking, filters.locality)
        by_id = {head.id: head for head in heads}
        left = [story for story in left if fits(by_id[story], facts.get(story))]
    if (filters.theme or filters.state) and left:
        states = asking.states_of(left, asking.decided.by_story)
        left = [story for story in left if _stands(states[story], filters)]
    if filters.text and left:
        kept = set(left)
        missing = texts_missing(session, [head for head in heads if head.id in kept])
        left = [story for story in left if (story in missing) == (filters.text == "no")]
    return set(left)


def _locality_test(asking: Asking, wanted: str) -> Callable[[StoryHead, StoryFact | None], bool]:
    if wanted == "counted":
        return asking.counted
    if wanted == "not_counted":
        return lambda head, fact: not asking.counted(head, fact)
    code: LocalityCode = msgspec.convert(wanted, LocalityCode)
    return lambda _head, fact: fact is not None and fact.locality == code


def _stands(states: Mapping[str, AssignmentState], filters: Filters) -> bool:
    said = [states[filters.theme]] if filters.theme in states else []
    if not filters.theme:
        said = list(states.values())
    if not filters.state:
        return any(state != "rejected" for state in said)
    return not said if filters.state == "none" else filters.state in said


def _narrow(filters: Filters) -> Narrow:
    return Narrow(
        first=filters.since,
        last=filters.until,
        level=filters.level,
        carrier=filters.carrier,
        genre=filters.genre,
    )


def _written(head: StoryHead) -> str:
    return f"{head.day}~{head.id}"


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
