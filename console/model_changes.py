"""What another model would change: the period's newest stories decided by both.

Hides: that nothing is stored for it. A few hundred stories are read with the model in use and with the
other one; people's decisions are left aside, since no model changes them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import msgspec

from console.desk import Desk
from pipeline import steps
from pipeline.coverage.gather import picking_of
from pipeline.deciding import Deciding, deciding
from pipeline.news import NewsItem
from pipeline.plan.schemes import choose_scheme
from pipeline.store.picking import pick_stories
from pipeline.store.plans import StoredPlan
from pipeline.store.stories import stories_by_id

__all__ = ["Changes", "ThemeChanges", "changes_of"]

READ = 300
"""Stories both models decide: a tenth of a second each."""
_EXAMPLES = 5
_KEPT = 8


class ChangedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story that one of two models maps to a theme; ``before`` and ``after`` are probabilities."""

    story: str
    title: str
    before: float
    after: float


class ThemeChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Of one theme: how many stories come, go and stay."""

    theme: str
    title: str
    kept: int
    gained: int
    lost: int
    came: tuple[ChangedStory, ...]
    went: tuple[ChangedStory, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Of all themes, over the ``stories`` looked at."""

    present: str
    """What decides now, for people."""
    stories: int
    themes: tuple[ThemeChanges, ...]


_held: OrderedDict[tuple[str, ...], Changes] = OrderedDict()
_lock = threading.Lock()


def changes_of(desk: Desk, stored: StoredPlan, scheme: str, folder: Path) -> Changes:
    """What the model in ``folder`` would change for the themes of ``scheme``.

    Raises:
        BadInput: what opening either model raises.
    """
    present = deciding(desk.workspace, stored.plan, stored.name, scheme)
    other = deciding(desk.workspace, stored.plan, stored.name, scheme, model=folder)
    with desk.begin() as session:
        options = desk.options(session, stored)
        picking = replace(picking_of(session, stored, options), undecided=False)
        picked = pick_stories(session, stored, picking, READ, newest=True)
        stories = stories_by_id(session, [one.story for one in picked])
        key = (present.fingerprint, other.fingerprint, *(one.story for one in picked))
        with _lock:
            if key in _held:
                return _held[key]
        items = list(steps.story_items(session, stories, lambda _event, _count: None))
    found = _compared(stored, present, other, items)
    with _lock:
        _held[key] = found
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return found


def _compared(
    stored: StoredPlan, present: Deciding, other: Deciding, items: list[NewsItem]
) -> Changes:
    _scheme, nodes = choose_scheme(stored.plan, present.scheme)
    titles = {node.id: f"{node.number}{node.title}" for node in nodes}
    before, had = present.classifier.decide(items)
    after, has = other.classifier.decide(items)
    lines = []
    for place, profile in enumerate(present.classifier.profiles):
        came = (has[:, place] & ~had[:, place]).nonzero()[0].tolist()
        went = (had[:, place] & ~has[:, place]).nonzero()[0].tolist()

        def told(rows: list[int], place: int = place) -> tuple[ChangedStory, ...]:
            return tuple(
                ChangedStory(
                    story=items[row].id,
                    title=items[row].title,
                    before=round(float(before[row, place]), 3),
                    after=round(float(after[row, place]), 3),
                )
                for row in rows[:_EXAMPLES]
            )

        lines.append(
            ThemeChanges(
                theme=profile.theme,
                title=titles.get(profile.theme, profile.theme),
                kept=int((had[:, place] & has[:, place]).sum()),
                gained=len(came),
                lost=len(went),
                came=told(came),
                went=told(went),
            )
        )
    return Changes(present=present.words, stories=len(items), themes=tuple(lines))
