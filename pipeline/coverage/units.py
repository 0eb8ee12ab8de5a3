"""Units 采访单位 in the news: interviewed 已专访, mentioned 已提及, or 未见报道.

Hides: what makes a story an interview with a unit. How a unit's name is recognised is the
business of ``pipeline.classify.names``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.classify.names import NameFinder
from pipeline.coverage.report import StoryLine, UnitLine, UnitState
from pipeline.plan.model import Unit

__all__ = ["UnitFinder", "unit_lines"]

_INTERVIEW = re.compile(r"专访|访谈|对话|采访|走进|记者|告诉|介绍说|[他她]说|坦言")


class UnitFinder:
    """Finds a plan's units in text.

    Args:
        units: the plan's units, in its order.
        home: code of the plan's place ('' when unknown).
    """

    def __init__(self, units: Sequence[Unit], home: str = "") -> None:
        self._order = [unit.name for unit in units]
        self._names = NameFinder([(unit.name, (unit.name, *unit.aliases)) for unit in units], home)

    def named_in(self, text: str) -> tuple[str, ...]:
        """Names of the units that ``text`` names, in the plan's order."""
        found = {mention.key for mention in self._names.mentions(text)}
        return tuple(name for name in self._order if name in found)


def unit_lines(
    units: Sequence[Unit],
    stories: Sequence[StoryLine],
    texts: Mapping[str, str],
    finder: UnitFinder,
) -> tuple[UnitLine, ...]:
    """One line per unit of the plan.

    A unit is interviewed when a story's title names it and its text tells of talking to people;
    it is mentioned when any counted story names it.

    Args:
        stories: counted stories with their ``units`` filled in.
        texts: full text by story id.
    """
    lines = []
    for unit in units:
        named = [story for story in stories if unit.name in story.units]
        state: UnitState = "mentioned" if named else "unseen"
        if any(
            unit.name in finder.named_in(story.title) and _INTERVIEW.search(texts.get(story.id, ""))
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
