"""What a reviewer sees of one story: its words with the evidence marked, and every theme.

Hides: what is shown and what is not. In an audit 抽查 and in a second blind review the machine's opinion
is left out, since it would lead the person whose decision is to check it, and themes stand in the
plan's order; in a blind review what others decided is left out as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from console.evidence import MarkedStretch, marked
from console.known_story import KnownStory, known_story, strongest_words
from pipeline.coverage.marks import mark_state
from pipeline.coverage.report import AssignmentState
from pipeline.plan.model import PlanNode
from pipeline.store.assignments import Review
from pipeline.store.plans import StoredPlan
from pipeline.store.review_tasks import Task, passes_of
from pipeline.store.stories import stories_by_id, story_of

__all__ = ["AskedStory", "AskedTheme", "Earlier", "asked_story", "earlier_of"]

SHOWN = 6_000
"""Characters of a text that are shown; the whole stands on the story's page."""
KEYS = 9
_WORDS = 6
"""Stretches named beside a theme."""


class AskedTheme(msgspec.Struct, frozen=True, kw_only=True):
    """One theme a story may belong to; ``chance`` None where the machine's opinion is left out."""

    id: str
    number: str
    title: str
    key: str
    """The number key that stands for it; '' beyond the ninth."""
    chance: float | None
    suggested: bool
    chosen: bool
    """Whether it is ticked at first."""
    state: AssignmentState | None
    """By whose word the story stands under it; None where it does not."""
    decided_by: str = ""
    clause: str = ""
    """The sentence of the plan the story answers."""
    units: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """What spoke for it, the strongest first."""


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided about a story, or noted without deciding."""

    id: int
    reviewer: str
    at: str
    themes: tuple[str, ...]
    not_themes: tuple[str, ...]
    comment: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody was unsure, and why."""

    account: str
    at: str
    comment: str


class AskedStory(msgspec.Struct, frozen=True, kw_only=True):
    """One story as it is asked about."""

    place: int
    story: str
    name: str
    """Its title in one piece."""
    title: tuple[MarkedStretch, ...]
    text: tuple[MarkedStretch, ...]
    clipped: bool
    text_missing: bool
    day: str | None
    outlet: str
    url: str
    reprints: int
    audit: bool
    """Drawn at random 抽查."""
    blind: bool
    """A second reading 盲审."""
    themes: tuple[AskedTheme, ...]
    earlier: tuple[Earlier, ...]
    notes: tuple[Note, ...]
    seen: int
    """Number of the newest decision about it that is known to the page."""


def asked_story(
    session: Session, stored: StoredPlan, themes: Sequence[PlanNode], task: Task
) -> AskedStory | tuple[()]:
    """The story of a task; () where its news is no longer there."""
    known = _known(session, stored, task)
    if not known:
        return ()
    hidden = task.chosen_by in {"audit", "blind"}
    blind = task.chosen_by == "blind"
    nodes = list(themes)
    if not hidden:
        nodes.sort(key=lambda node: -_chance(known, node.id))
    lines = tuple(
        _theme(known, node, str(place) if place <= KEYS else "", hidden, blind)
        for place, node in enumerate(nodes, start=1)
    )
    title, body = known.told.title, known.told.text
    whole = f"{title}\n{body}"
    evidence = (
        {} if hidden else {theme: one.evidence for theme, one in known.said.items() if one.assigned}
    )
    begin = len(title) + 1
    return AskedStory(
        place=task.place,
        story=known.told.id,
        name=title,
        title=marked(whole, evidence, 0, len(title)),
        text=marked(whole, evidence, begin, begin + SHOWN),
        clipped=len(body) > SHOWN,
        text_missing=not body,
        day=known.original.date,
        outlet=known.original.outlet,
        url=known.original.url,
        reprints=len(known.story.items) - 1,
        audit=task.chosen_by == "audit",
        blind=blind,
        themes=lines,
        earlier=() if blind else earlier_of(known.reviews),
        notes=()
        if blind
        else tuple(
            Note(account=one.account, at=one.at, comment=one.comment)
            for one in passes_of(session, task)
            if one.kind == "unsure"
        ),
        seen=known.seen,
    )


def earlier_of(reviews: Sequence[tuple[int, Review]]) -> tuple[Earlier, ...]:
    """Decisions for people, the newest first."""
    return tuple(
        Earlier(
            id=number,
            reviewer=review.reviewer,
            at=review.at,
            themes=review.themes,
            not_themes=review.not_themes,
            comment=review.comment,
        )
        for number, review in reversed(reviews)
    )


def _known(session: Session, stored: StoredPlan, task: Task) -> KnownStory | tuple[()]:
    name = story_of(session, [task.item]).get(task.item, task.story)
    found = stories_by_id(session, [name])
    return known_story(session, stored.id, found[0]) if found else ()


def _chance(known: KnownStory, theme: str) -> float:
    return known.said[theme].probability if theme in known.said else 0.0


def _theme(known: KnownStory, node: PlanNode, key: str, hidden: bool, blind: bool) -> AskedTheme:
    said = None if hidden else known.said.get(node.id)
    assigned = said is not None and said.assigned
    decision = None if blind else known.decided.get(node.id)
    return AskedTheme(
        id=node.id,
        number=node.number,
        title=node.label,
        key=key,
        chance=said.probability if said else None,
        suggested=assigned,
        chosen=assigned if decision is None else decision.belongs,
        state=mark_state(assigned, decision),
        decided_by=decision.reviewer if decision else "",
        clause=said.answers.text if said and said.answers else "",
        units=said.units if said else (),
        words=strongest_words(said)[:_WORDS] if said and assigned else (),
    )
