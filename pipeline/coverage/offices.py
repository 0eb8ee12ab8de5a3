"""Offices 责任科室 beside the themes they answer for: who has none, and which theme has nobody.

Hides: who answers for a theme (lead, responsible, or a row of the task table whose focus it is), one
office under its several names, and that an office's stories are the union of its themes'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.coverage.inquiry import offices_of
from pipeline.coverage.marks import STATES, Marks
from pipeline.coverage.report import OfficeLine
from pipeline.plan.model import Plan, PlanNode
from pipeline.text import comparable

__all__ = ["office_lines", "theme_offices"]

_FOREMOST = tuple(
    STATES.index(state) for state in ("confirmed", "corrected", "machine", "rejected")
)


def theme_offices(plan: Plan, theme: PlanNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The offices that lead a theme, and the others that answer for it, as the plan calls them."""
    called = _called(plan)
    lead = _named(theme.lead_offices, called)
    every = _named(offices_of(plan, theme), called)
    return lead, tuple(name for name in every if name not in lead)


def office_lines(
    plan: Plan, themes: Sequence[PlanNode], marks: Sequence[Marks]
) -> tuple[OfficeLine, ...]:
    """One line per office: those of the plan's table in its order, then those only themes name.

    Args:
        marks: the counted stories of each of ``themes``.
    """
    lead: dict[str, list[str]] = {office.name: [] for office in plan.offices}
    others: dict[str, list[str]] = {office.name: [] for office in plan.offices}
    under: dict[str, list[Marks]] = {office.name: [] for office in plan.offices}
    for theme, found in zip(themes, marks, strict=True):
        leading, answering = theme_offices(plan, theme)
        for name in (*leading, *answering):
            (lead if name in leading else others).setdefault(name, []).append(theme.id)
            under.setdefault(name, []).append(found)
    focus = {office.name: office.focus for office in plan.offices}
    return tuple(
        OfficeLine(
            name=name,
            focus=focus.get(name, ""),
            lead=tuple(lead.get(name, ())),
            themes=tuple(others.get(name, ())),
            tally=_together(found).tally,
        )
        for name, found in under.items()
    )


def _together(marks: Sequence[Marks]) -> Marks:
    """The stories of several themes, each once, in its foremost state: what one theme's reviewer
    confirmed is confirmed, what was taken away from all of them is rejected."""
    if not marks:
        return Marks(np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0))
    rows = np.concatenate([one.rows for one in marks])
    states = np.concatenate([one.states for one in marks])
    chances = np.concatenate([one.probabilities for one in marks])
    order = np.lexsort((np.argsort(_FOREMOST)[states], rows))
    once, first = np.unique(rows[order], return_index=True)
    return Marks(once, states[order][first], chances[order][first])


def _called(plan: Plan) -> Mapping[str, str]:
    return {
        comparable(name): office.name
        for office in reversed(plan.offices)
        for name in (*office.aliases, office.name)
    }


def _named(names: Sequence[str], called: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(called.get(comparable(name), name) for name in names))
