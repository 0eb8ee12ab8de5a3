"""Publications of counted stories, one by one: what a ledger 工作台账 lists and an issue keeps.

Hides: how they are streamed from the store in the ledger's order (by day of the story, the original
before its reprints), and that their number has no bound: only a month's stories are held at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from sqlalchemy.orm import Session

from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.judging import judge_number, judge_stories
from pipeline.coverage.marks import mark_state
from pipeline.coverage.periods import months_of
from pipeline.coverage.report import AssignmentState, Period
from pipeline.genre import carrier_of
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Decision, decisions, reviews_of
from pipeline.store.facts import facts_of
from pipeline.store.folding import Reprint, publisher_of, reprints_of
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan
from pipeline.store.runs import known_sources
from pipeline.store.since_issue import assigned_themes
from pipeline.store.stories import StoredStory, stories_between, stories_by_id, story_of
from pipeline.stories import Edit
from pipeline.text import comparable, count_characters

__all__ = ["Counting", "Publication", "evidence_number", "standing"]


class Publication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One publication of a counted story 刊发记录 as a ledger lists it."""

    item: str
    story: str
    original: bool
    reprint_of: str = ""
    """The outlet a reprint 转载 says it took the text from; '' where it says nothing."""
    edits: tuple[Edit, ...] = ()
    """What a reprint changed 同稿修改."""
    title: str
    day: str = ""
    """When it was published (ISO 8601); '' where unknown."""
    story_day: str = ""
    """The earliest day of its story, which says which period it belongs to."""
    outlet: str = ""
    level: str = "other"
    carrier: str = "other"
    column: str = ""
    words: int | None = None
    """As an office suite counts; None without text and figure."""
    author: str = ""
    url: str = ""
    themes: dict[str, AssignmentState] = {}
    """Theme id to state, rejected ones too."""
    offices: tuple[str, ...] = ()
    """Offices that answer for the themes it stands under, lead offices first."""
    late: str = ""
    """First day of the issued period a 补录 belongs to; '' for the period's own."""


def standing(publication: Publication) -> tuple[str, ...]:
    """Themes it stands under: verified or by the machine, not rejected."""
    return tuple(theme for theme, state in publication.themes.items() if state != "rejected")


def evidence_number(period: Period, place: int) -> str:
    """佐证编号 of the ``place``-th line of a ledger, from 1.

    >>> evidence_number(Period(first="2025-03-01", last="2025-03-31"), 7)
    '202503-0007'
    """
    return f"{period.first[:7].replace('-', '')}-{place:04d}"


@dataclass(frozen=True)
class Counting:
    """How publications of one plan are counted, and where from."""

    session: Session
    stored: StoredPlan
    scheme: str
    themes: tuple[PlanNode, ...]
    judge: int
    localities: frozenset[str]
    offices: Mapping[str, tuple[str, ...]]
    sites: Mapping[str, str]
    """Names of sources by id."""

    @classmethod
    def of(cls, session: Session, stored: StoredPlan, options: AuditOptions) -> Counting:
        """As the audit with these options counts."""
        plan = stored.plan
        scheme, themes = choose_scheme(plan, options.scheme)
        judge_stories(session, stored, options.home)
        return cls(
            session=session,
            stored=stored,
            scheme=scheme,
            themes=themes,
            judge=judge_number(session, stored, options.home),
            localities=options.localities,
            offices={theme.id: _offices(plan, theme) for theme in themes},
            sites={source.id: source.name for source in known_sources(session)},
        )

    def between(self, period: Period) -> Iterator[Publication]:
        """Publications of the stories counted in ``period``, in the ledger's order."""
        for first, last in _months(period):
            yield from self._counted(stories_between(self.session, first, last))

    def of_stories(self, ids: Iterable[str]) -> Iterator[Publication]:
        """Publications of those of these stories that count, whenever dated."""
        found = stories_by_id(self.session, ids)
        yield from self._counted(sorted(found, key=lambda story: (story.day or "", story.id)))

    def states_of(self, ids: Iterable[str]) -> dict[str, dict[str, AssignmentState]]:
        """By story id, the state of each theme that anybody named."""
        return self._states(stories_by_id(self.session, ids))

    def _counted(self, stories: Iterable[StoredStory]) -> Iterator[Publication]:
        held = list(stories)
        states = self._states(held)
        facts = facts_of(self.session, self.judge, (story.id for story in held))
        items = items_by_id(self.session, (item for story in held for item in story.items))
        reprints = reprints_of(self.session, (item for story in held for item in story.items[1:]))
        for story in held:
            members = [items[item] for item in story.items]
            original = members[0]
            if all("internal" in item.flags for item in members):
                continue
            if facts[story.id].locality not in self.localities:
                continue
            rest = sorted(members[1:], key=lambda item: (item.date or "9", item.id))
            for item in (original, *rest):
                reprint = None if item is original else reprints.get(item.id)
                yield self._publication(story, item, reprint, states[story.id])

    def _publication(
        self,
        story: StoredStory,
        item: NewsItem,
        reprint: Reprint | None,
        states: dict[str, AssignmentState],
    ) -> Publication:
        offices = [
            office
            for theme, state in states.items()
            if state != "rejected"
            for office in self.offices[theme]
        ]
        words = item.words
        if words is None and item.text.strip():
            words = count_characters(item.text)
        return Publication(
            item=item.id,
            story=story.id,
            original=item.id == story.items[0],
            reprint_of=reprint.outlet if reprint else "",
            edits=reprint.edits if reprint else (),
            title=item.title,
            day=(item.date or "")[:10],
            story_day=story.day or "",
            outlet=publisher_of(item, reprint, self.sites),
            level=item.level,
            carrier=carrier_of(item),
            column=" ".join(filter(None, (item.page, item.column))),
            words=words,
            author=item.author,
            url=item.url,
            themes=states,
            offices=tuple(dict.fromkeys(offices)),
        )

    def _states(self, stories: Iterable[StoredStory]) -> dict[str, dict[str, AssignmentState]]:
        ids = [story.id for story in stories]
        assigned = assigned_themes(self.session, self.stored.id, ids)
        held = self._decisions()
        states: dict[str, dict[str, AssignmentState]] = {}
        for story in ids:
            said, decided = assigned.get(story, frozenset()), held.get(story, {})
            own = states[story] = {}
            for theme in self.themes:
                state = mark_state(theme.id in said, decided.get(theme.id))
                if state is not None:
                    own[theme.id] = state
        return states

    def _decisions(self) -> dict[str, dict[str, Decision]]:
        reviews = reviews_of(self.session, self.stored.id)
        return decisions(reviews, story_of(self.session, {review.item for review in reviews}))


def _offices(plan: Plan, theme: PlanNode) -> tuple[str, ...]:
    """Lead offices, responsible ones, and those whose row of the task table names the theme."""
    title = comparable(theme.title)
    named = [office.name for office in plan.offices if title and comparable(office.focus) == title]
    return tuple(dict.fromkeys((*theme.lead_offices, *theme.offices, *named)))


def _months(period: Period) -> Iterator[tuple[date, date]]:
    """The period month by month."""
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    begins = [date.fromisoformat(f"{month}-01") for month in months_of(period)]
    for begin, following in zip(begins, [*begins[1:], None], strict=True):
        end = following - timedelta(days=1) if following else last
        yield max(begin, first), min(end, last)
