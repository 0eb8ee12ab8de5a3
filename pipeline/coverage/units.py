"""Units 采访单位 in the news: interviewed 已专访, mentioned 已提及, or 未见报道.

Hides: what makes a story an interview with a unit. How a unit's name is recognised is the
business of ``pipeline.classify.names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.classify.names import NameFinder
from pipeline.coverage.report import UnitLine, UnitState
from pipeline.plan.model import Unit

__all__ = ["Sighting", "UnitFinder", "unit_lines"]

_INTERVIEW = re.compile(r"专访|访谈|对话|采访|走进|记者|告诉|介绍说|[他她]说|坦言")


class Sighting(NamedTuple):
    """A counted story that names units, and those of them it talks to."""

    story: str
    named: tuple[str, ...]
    interviewed: tuple[str, ...]


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

    def interviewed(self, title: str, text: str) -> tuple[str, ...]:
        """Names of the units a story talks to: its title names them, and it tells of talking."""
        if not _INTERVIEW.search(f"{title}\n{text}"):
            return ()
        return self.named_in(title)


def unit_lines(
    units: Sequence[Unit], sightings: Iterable[Sighting], listed: Iterable[str]
) -> tuple[UnitLine, ...]:
    """One line per unit of the plan.

    Args:
        sightings: every counted story that names a unit.
        listed: ids of the stories the report lists, in its order.
    """
    named: dict[str, set[str]] = {}
    interviewed: set[str] = set()
    for one in sightings:
        interviewed.update(one.interviewed)
        for name in one.named:
            named.setdefault(name, set()).add(one.story)
    shown = tuple(listed)
    lines = []
    for unit in units:
        where = named.get(unit.name, set())
        state: UnitState = "mentioned" if where else "unseen"
        if unit.name in interviewed:
            state = "interviewed"
        lines.append(
            UnitLine(
                name=unit.name,
                theme=unit.theme,
                note=unit.note,
                state=state,
                count=len(where),
                stories=tuple(story for story in shown if story in where),
            )
        )
    return tuple(lines)
