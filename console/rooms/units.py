"""The page of units 采访单位: who was interviewed, who was only mentioned, who was not seen."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from console.desk import Desk
from console.pages import page
from console.period_choice import Choice, Option, choice_of
from console.shown import StandingNote, UnitRow, plainly, said_of, unit_row
from console.standing import shown_report
from pipeline.coverage.report import CoverageReport, UnitState
from pipeline.plan.model import Plan, walk
from pipeline.reports.wording import full_title, unchecked_note, unit_counts

__all__ = ["ROUTES"]

Short = Annotated[str, msgspec.Meta(max_length=64)]


class UnitGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The units of one theme; '' for those of none."""

    theme: str
    title: str
    units: tuple[UnitRow, ...]


class UnitsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The units of a plan's period, by theme in the plan's order."""

    choice: Choice
    standing: StandingNote
    groups: tuple[UnitGroup, ...]
    counts: dict[UnitState, int]
    """Of all of them."""
    state: str
    theme: str
    themes: tuple[Option, ...]
    unchecked: tuple[str, ...]
    unchecked_note: str


@page("/units", "units.html.j2")
def units(
    desk: Desk,
    state: Literal["", "interviewed", "mentioned", "unseen"] = "",
    theme: Short = "",
    live: bool = False,
) -> UnitsPage:
    """Units the plan wants interviewed, by theme: interviewed, mentioned or unseen, with the stories.

    Narrowed by ``state`` and ``theme``; a locked period is its record unless ``live``.
    """
    standing = shown_report(desk, live=live)
    report = standing.report
    listed = {story.id: story for story in report.stories}
    above = _theme_of(report, standing.stored.plan)
    rows: dict[str, list[UnitRow]] = {line.id: [] for line in report.themes}
    for one in report.units:
        if state in ("", one.state):
            rows.setdefault(above.get(one.theme, ""), []).append(unit_row(one, listed))
    titles = {line.id: full_title(line) for line in report.themes}
    return UnitsPage(
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        groups=tuple(
            UnitGroup(theme=name, title=titles.get(name, ""), units=tuple(held))
            for name, held in rows.items()
            if held and theme in ("", name)
        ),
        counts=unit_counts(report),
        state=state,
        theme=theme,
        themes=tuple(
            Option(value=line.id, words=titles[line.id], chosen=line.id == theme)
            for line in report.themes
        ),
        unchecked=tuple(map(plainly, report.unchecked)),
        unchecked_note=plainly(unchecked_note(report)),
    )


def _theme_of(report: CoverageReport, plan: Plan) -> dict[str, str]:
    """By node of the plan the theme it stands under, itself where it is one."""
    nodes = {node.id: node for node in walk(plan.nodes)}
    found: dict[str, str] = {}
    for line in report.themes:
        below = walk((nodes[line.id],)) if line.id in nodes else ()
        found.update({node.id: line.id for node in below})
        found[line.id] = line.id
    return found


ROUTES = [units]
