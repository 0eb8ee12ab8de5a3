"""What an audit rests on, made of stories in memory as the store would give it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from pipeline.coverage.audit import stories_to_list
from pipeline.coverage.known import Known, KnownStory
from pipeline.coverage.unions import (
    joined_assigned,
    joined_assignments,
    joined_chances,
    joined_decisions,
    joined_population,
    unions_of,
)
from pipeline.coverage.units import UnitFinder
from pipeline.genre import CARRIERS, GENRES, carrier_of, genre_of
from pipeline.locality import LocalityJudge
from pipeline.news import NewsItem
from pipeline.plan.model import Plan
from pipeline.store.assignments import StoredAssignment
from pipeline.store.audits import StoredAudit
from pipeline.store.columns import (
    LEVELS,
    LOCALITIES,
    UNDATED,
    Assigned,
    Published,
    StoryColumns,
    hashes_of,
)
from pipeline.store.facts import StoryFact
from pipeline.store.populations import population_of

__all__ = ["MadeStory", "made_known"]


@dataclass(frozen=True)
class MadeStory:
    """A story with its items, the original first."""

    id: str
    day: str | None
    level: str
    items: tuple[NewsItem, ...]

    @property
    def text(self) -> str:
        return self.items[0].text or max((item.text for item in self.items), key=len)


def made_known(
    stories: Sequence[MadeStory],
    assignments: Mapping[str, Sequence[StoredAssignment]],
    judge: LocalityJudge,
    values: Mapping[str, Any],
) -> Known:
    """``values`` are the other fields of ``Known``."""
    plan: Plan = values["plan"]
    period = values["period"]
    sample: StoredAudit | None = values.get("audit")
    finder = UnitFinder(plan.units, judge.home)
    unions = unions_of(plan, values["themes"])
    parts = dict.fromkeys(part for union in unions for part in union.parts)
    places = {part: place for place, part in enumerate(parts)}
    rows = {story.id: row for row, story in enumerate(stories)}
    facts = {story.id: _fact(story, judge, finder) for story in stories}
    inside = [s for s in stories if s.day and period.first <= s.day <= period.last]
    kept = [story for story in stories if story in inside or story.day is None]
    rows = {story.id: row for row, story in enumerate(kept)}
    marks = [
        (rows[story], places[one.theme], one.probability, one.assigned)
        for story, said in assignments.items()
        if story in rows
        for one in said
        if one.theme in places
    ]
    on = [mark for mark in marks if mark[3]]
    values = {**values, "decisions": joined_decisions(values.get("decisions", {}), unions)}
    known = Known(
        **values,
        groups=tuple(union.theme for union in unions if union.members),
        home=judge.home,
        columns=StoryColumns(
            ids=tuple(rows),
            originals=hashes_of([story.items[0].id for story in kept]),
            days=np.array([_ordinal(story.day) for story in kept], dtype=np.int32),
            levels=np.array([LEVELS.index(story.level) for story in kept], dtype=np.int8),
            carriers=_places(CARRIERS, [carrier_of(story.items[0]) for story in kept]),
            genres=_places(GENRES, [genre_of(story.items[0]) for story in kept]),
            localities=_places(LOCALITIES, [facts[story.id].locality for story in kept]),
            internal=np.array(
                [all("internal" in item.flags for item in story.items) for story in kept],
                dtype=np.bool_,
            ),
            sizes=np.array([len(story.items) for story in kept], dtype=np.int32),
            classified=np.array([story.id in assignments for story in kept], dtype=np.bool_),
            named={
                rows[story.id]: (facts[story.id].units, facts[story.id].interviewed)
                for story in kept
                if facts[story.id].units
            },
        ),
        assigned=joined_assigned(
            Assigned(
                rows=np.array([mark[0] for mark in on], dtype=np.int32),
                themes=np.array([mark[1] for mark in on], dtype=np.int16),
                probabilities=np.array([mark[2] for mark in on], dtype=np.float64),
            ),
            places,
            unions,
        ),
        chances=joined_chances(
            {(row, place): chance for row, place, chance, _ in marks}, places, unions
        ),
        published=_published(inside),
        population=None
        if sample is None
        else joined_population(
            population_of(
                sample.stories,
                [theme.id for theme in values["themes"]],
                {item.id: rows[story.id] for story in kept for item in story.items},
            ),
            unions,
        ),
    )
    by_id = {story.id: story for story in stories}
    return replace(
        known,
        stories=tuple(
            KnownStory(
                id=name,
                day=by_id[name].day,
                level=by_id[name].level,
                items=by_id[name].items,
                fact=facts[name],
                assignments=joined_assignments(assignments.get(name, ()), unions),
            )
            for name in stories_to_list(known)
        ),
    )


def _fact(story: MadeStory, judge: LocalityJudge, finder: UnitFinder) -> StoryFact:
    original = story.items[0]
    where = judge.judge(original, original.level)
    named = finder.named_in(f"{original.title}\n{story.text}")
    spoken = finder.interviewed(original.title, story.text)
    return StoryFact(
        story=story.id,
        locality=where.code,
        reason=where.reason,
        units=named,
        interviewed=tuple(name for name in spoken if name in named),
    )


def _published(stories: Sequence[MadeStory]) -> tuple[Published, ...]:
    items: Counter[tuple[str, str]] = Counter()
    firsts: Counter[tuple[str, str]] = Counter()
    for story in stories:
        seen = set()
        for item in story.items:
            items[item.source, item.outlet] += 1
            firsts[item.source, item.outlet] += item.source not in seen
            seen.add(item.source)
    return tuple(Published(*key, count, firsts[key]) for key, count in sorted(items.items()))


def _places(names: Sequence[str], said: Sequence[str]) -> Any:
    return np.array([names.index(one) for one in said], dtype=np.int8)


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day).toordinal() if day else UNDATED
