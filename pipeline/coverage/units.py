"""Units 采访单位 in the news: interviewed 已专访, mentioned 已提及, or 未见报道.

Hides: the ways a unit is written. News drops the place before a name (鄂尔多斯市科技创业服务中心
is 市科技创业服务中心 at home), the legal form after it, and writes 园 for 园区. A name without its
place counts only when no other place stands right before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.coverage.report import StoryLine, UnitLine, UnitState
from pipeline.places import PlaceFinder, divisions, nested, short_name
from pipeline.plan.model import Unit

__all__ = ["UnitFinder", "unit_lines"]

SHORTEST = 4
"""Characters a whole name or alias must have to be looked for."""

SHORTEST_CORE = 6
"""Characters a name without its place must have: 高新区 alone could be any city's."""

_LEGAL = re.compile(r"(?:股份|有限|责任|集团|总)*公司$")
_INTERVIEW = re.compile(r"专访|访谈|对话|采访|走进|记者|告诉|介绍说|[他她]说|坦言")


class UnitFinder:
    """Finds a plan's units in text.

    Args:
        units: the plan's units, in its order.
        home: code of the plan's place ('' when unknown): a core after another place is not it.
    """

    def __init__(self, units: Sequence[Unit], home: str = "") -> None:
        import ahocorasick

        self._home = home
        self._places = PlaceFinder(home)
        self._order = [unit.name for unit in units]
        surfaces: dict[str, tuple[set[str], bool]] = {}
        for unit in units:
            for surface, is_core in _surfaces(unit, home):
                names, core = surfaces.setdefault(surface, (set(), is_core))
                surfaces[surface] = (names | {unit.name}, core and is_core)
        self._automaton: Any = ahocorasick.Automaton()
        for surface, (names, is_core) in surfaces.items():
            # A core that several units share says nothing about any of them.
            if not is_core or len(names) == 1:
                self._automaton.add_word(surface, (surface, tuple(names), is_core))
        self._automaton.make_automaton()

    def named_in(self, text: str) -> tuple[str, ...]:
        """Names of the units that ``text`` names, in the plan's order."""
        if not len(self._automaton):
            return ()
        found: set[str] = set()
        for end, (surface, names, is_core) in self._automaton.iter(text):
            start = end - len(surface) + 1
            if not is_core or self._may_be_home(text[max(0, start - 12) : start]):
                found.update(names)
        return tuple(name for name in self._order if name in found)

    def _may_be_home(self, before: str) -> bool:
        """Whether the words right before a core name no place outside home."""
        for start, surface, code in self._places.mentions(before):
            if start + len(surface) == len(before):
                return nested(code, self._home) or nested(self._home, code)
        return True


def _surfaces(unit: Unit, home: str) -> list[tuple[str, bool]]:
    """The ways a unit may be written, and whether each is a core without its place."""
    whole = {name for name in (unit.name, *unit.aliases) if len(name) >= SHORTEST}
    whole |= {bare for name in whole if len(bare := _LEGAL.sub("", name)) >= SHORTEST + 1}
    whole |= {name.removesuffix("区") for name in whole if name.endswith("园区")}
    cores = set()
    for name in whole:
        core = _without_place(name, home)
        if core != name and len(core) >= SHORTEST_CORE:
            cores.add(core)
    return [(name, False) for name in sorted(whole)] + [
        (core, True) for core in sorted(cores - whole)
    ]


def _without_place(name: str, home: str) -> str:
    """``name`` without the divisions of home's line (region, city, county) at its start."""
    line = [d for d in divisions().values() if home and (nested(d.code, home[:2]))]
    names = sorted({n for d in line for n in (d.name, short_name(d))}, key=len, reverse=True)
    stripped = True
    while stripped:
        stripped = False
        for place in names:
            if name.startswith(place) and len(name) - len(place) >= SHORTEST:
                name, stripped = name.removeprefix(place), True
                break
    return name.removeprefix("国家") if name.startswith("国家") else name


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
