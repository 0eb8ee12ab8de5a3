"""What a list of stories is asked about, and which stories fit its filters.

Hides: what filters mean of a story that its own columns do not tell: how it stands under a theme or a
group, whether somebody decided about it, where it belongs, who published it, whether its text is there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.orm import Session

from console.decided import Decided, decided, decided_about
from console.desk import Desk
from console.story_filters import Filters
from pipeline.coverage.marks import mark_state
from pipeline.coverage.report import AssignmentState
from pipeline.coverage.unions import Union, unions_of
from pipeline.locality import LocalityCode
from pipeline.plan.model import PlanNode
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Decision
from pipeline.store.facts import localities_of
from pipeline.store.plans import StoredPlan
from pipeline.store.since_issue import assigned_themes
from pipeline.store.stories import StoredStory
from pipeline.store.story_list import (
    StoryHead,
    known_judge,
    published_by,
    stories_under,
    texts_missing,
)

__all__ = ["Asking", "stories_fitting"]


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
        return decided_about(self.session, self.stored.id, self.unions, stories)

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

    def parts_of(self, theme: str) -> tuple[str, ...]:
        """What a theme's stories stand under: itself, or the parts of a group."""
        return next((one.parts for one in self.unions if one.theme.id == theme), (theme,))

    def counted(self, head: StoryHead, locality: LocalityCode | None) -> bool:
        """Whether a story counts for the plan, wherever its day lies; ``locality`` is None where it
        was not judged yet."""
        return not head.internal and locality in self.localities


def stories_fitting(asking: Asking, filters: Filters, heads: Sequence[StoryHead]) -> set[str]:
    """Those of ``heads``, by id, that fit what their own columns do not tell."""
    session = asking.session
    left = [head.id for head in heads]
    if filters.source or filters.outlet:
        left = [*published_by(session, left, filters.source, filters.outlet)]
    if filters.reviewed:
        wanted = filters.reviewed == "yes"
        left = [story for story in left if (story in asking.decided.by_story) == wanted]
    if filters.theme and left:  # of a page of stories few are left, about which the rest is asked
        left = _under_theme(asking, filters, left)
    elif filters.state and left:
        states = asking.states_of(left, asking.decided.by_story)
        left = [story for story in left if _stands(states[story].values(), filters.state)]
    if filters.locality and left:
        localities = localities_of(session, asking.judge, left)
        fits = _locality_test(asking, filters.locality)
        by_id = {head.id: head for head in heads}
        left = [story for story in left if fits(by_id[story], localities.get(story))]
    if filters.text and left:
        kept = set(left)
        missing = texts_missing(session, [head for head in heads if head.id in kept])
        left = [story for story in left if (story in missing) == (filters.text == "no")]
    return set(left)


def _under_theme(asking: Asking, filters: Filters, stories: Sequence[str]) -> list[str]:
    theme = filters.theme
    assigned = stories_under(asking.session, asking.stored.id, asking.parts_of(theme), stories)
    said = asking.decided.by_story
    states = {
        story: mark_state(story in assigned, said[story].get(theme) if story in said else None)
        for story in stories
    }
    return [
        story
        for story, state in states.items()
        if _stands([state] if state is not None else [], filters.state)
    ]


def _locality_test(asking: Asking, wanted: str) -> Callable[[StoryHead, LocalityCode | None], bool]:
    if wanted == "counted":
        return asking.counted
    if wanted == "not_counted":
        return lambda head, locality: not asking.counted(head, locality)
    code: LocalityCode = msgspec.convert(wanted, LocalityCode)
    return lambda _head, locality: locality == code


def _stands(states: Collection[AssignmentState], wanted: str) -> bool:
    """Whether the states of a story are as wanted; where none is, it stands under something."""
    if not wanted:
        return any(state != "rejected" for state in states)
    return not states if wanted == "none" else wanted in states
