"""Units 采访单位 in the news: interviewed 已专访, mentioned 已提及, or 未见报道.

Hides: how a unit is recognised (its name or an alias, anywhere in title or text) and what
counts as an interview (the unit named in the title of a story told as a visit or interview).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.coverage.report import StoryLine, UnitLine, UnitState
from pipeline.plan.model import Unit

__all__ = ["unit_lines", "units_named"]

_INTERVIEW = re.compile(r"专访|访谈|对话|记者.{0,8}(?:走进|来到|走访|采访)|接受.{0,6}采访")


def units_named(units: Sequence[Unit], text: str) -> tuple[str, ...]:
    """Names of the units that ``text`` names, in the plan's order."""
    found = []
    for unit in units:
        names = (unit.name, *(alias for alias in unit.aliases if len(alias) >= 3))
        if any(name in text for name in names):
            found.append(unit.name)
    return tuple(found)


def unit_lines(
    units: Sequence[Unit], stories: Sequence[StoryLine], texts: Mapping[str, str]
) -> tuple[UnitLine, ...]:
    """One line per unit of the plan.

    Args:
        stories: counted stories with their ``units`` filled in.
        texts: full text by story id.
    """
    lines = []
    for unit in units:
        named = [story for story in stories if unit.name in story.units]
        state: UnitState = "unseen"
        if named:
            state = "mentioned"
        if any(
            units_named((unit,), story.title) and _INTERVIEW.search(texts.get(story.id, ""))
            for story in named
        ):
            state = "interviewed"
        lines.append(
            UnitLine(
                name=unit.name,
                theme=unit.theme,
                note=unit.note,
                state=state,
                stories=tuple(story.id for story in named),
            )
        )
    return tuple(lines)
