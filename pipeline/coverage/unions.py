"""A theme that holds others: a story of a section is a story of its chapter, once.

Hides: what of the parts holds for the whole. What the machine assigned to a part is assigned to the
whole, with the greatest of their probabilities; what a person confirmed for a part is confirmed for
the whole. Denied for the whole is what was denied for itself. For a group, a chapter above the
sections that are audited, what was denied for all of its sections is denied too: its stories are
those of its sections. Nothing is ever summed over parts that share stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.plan.model import SCHEME_KINDS, Plan, PlanNode, walk
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.columns import Assigned
from pipeline.store.populations import Population

__all__ = [
    "Union",
    "confirmed_parts",
    "joined_assigned",
    "joined_assignments",
    "joined_chances",
    "joined_decisions",
    "joined_population",
    "unions_of",
]


@dataclass(frozen=True)
class Union:
    """A theme and what its stories come from.

    Args:
        parts: ids of the themes whose stories are its own: itself, and all below it.
        members: of a group the audited themes below it; () for an audited theme.
    """

    theme: PlanNode
    parts: tuple[str, ...]
    members: tuple[str, ...] = ()


def unions_of(plan: Plan, themes: Sequence[PlanNode]) -> tuple[Union, ...]:
    """The audited themes in their order, then the groups above them in the plan's."""
    audited = {theme.id for theme in themes}
    found = [Union(theme, (theme.id, *_below(theme))) for theme in themes]
    for node in walk(plan.nodes):
        below = _below(node)
        members = tuple(theme for theme in below if theme in audited)
        if members and node.auditable and node.kind in SCHEME_KINDS:
            found.append(Union(node, (node.id, *below), members))
    return tuple(found)


def _below(node: PlanNode) -> tuple[str, ...]:
    return tuple(
        one.id for one in walk(node.children) if one.auditable and one.kind in SCHEME_KINDS
    )


def joined_decisions(
    decisions: Mapping[str, Mapping[str, Decision]], unions: Sequence[Union]
) -> dict[str, dict[str, Decision]]:
    """By story the decisions about every theme and group, from those about their parts."""
    return {story: _decided(held, unions) for story, held in decisions.items()}


def _decided(held: Mapping[str, Decision], unions: Sequence[Union]) -> dict[str, Decision]:
    found = dict(held)
    for union in unions:
        said = [held[part] for part in union.parts if part in held]
        confirmed = next((one for one in said if one.belongs), None)
        if confirmed is not None:
            found[union.theme.id] = confirmed
        elif union.theme.id not in held and union.members:
            denied = [found[member] for member in union.members if member in found]
            if len(denied) == len(union.members):
                found[union.theme.id] = denied[-1]
    return found


def confirmed_parts(
    decisions: Mapping[str, Mapping[str, Decision]], unions: Sequence[Union]
) -> dict[str, list[str]]:
    """By part the stories that people confirmed for what it is part of.

    Args:
        decisions: those of ``joined_decisions``.
    """
    found: dict[str, dict[str, None]] = {}
    for union in unions:
        said = ((story, held.get(union.theme.id)) for story, held in decisions.items())
        confirmed = dict.fromkeys(story for story, one in said if one is not None and one.belongs)
        for part in union.parts:
            found.setdefault(part, {}).update(confirmed)
    return {part: list(stories) for part, stories in found.items()}


def joined_assigned(
    assigned: Assigned, places: Mapping[str, int], unions: Sequence[Union]
) -> Assigned:
    """What was assigned to the parts as what is assigned to the unions, by their place.

    Args:
        places: by id of a part its place in ``assigned``.
    """
    found = []
    for place, union in enumerate(unions):
        mine = np.isin(assigned.themes, [places[part] for part in union.parts])
        rows, chances = assigned.rows[mine], assigned.probabilities[mine]
        if len(union.parts) > 1:
            rows, chances = _greatest(rows, chances)
        found.append((rows, np.full(len(rows), place, dtype=np.int16), chances))
    rows_, places_, chances_ = (np.concatenate(column) for column in zip(*found, strict=True))
    return Assigned(rows_, places_, chances_)


def _greatest(
    rows: NDArray[np.int32], chances: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Every row once, with the greatest of its probabilities."""
    order = np.lexsort((-chances, rows))
    once, first = np.unique(rows[order], return_index=True)
    return once, chances[order][first]


def joined_chances(
    chances: Mapping[tuple[int, int], float], places: Mapping[str, int], unions: Sequence[Union]
) -> dict[tuple[int, int], float]:
    """By row and place of a union the greatest probability of its parts."""
    of_part: dict[int, list[int]] = {}
    for place, union in enumerate(unions):
        for part in union.parts:
            of_part.setdefault(places[part], []).append(place)
    found: dict[tuple[int, int], float] = {}
    for (row, at), chance in chances.items():
        for place in of_part.get(at, []):
            found[row, place] = max(chance, found.get((row, place), 0.0))
    return found


def joined_population(population: Population, unions: Sequence[Union]) -> Population:
    """An audited population with the groups beside the audited themes: a group's score is the
    greatest of its members', and it belonged at the closing where one of them did."""
    places = {union.theme.id: place for place, union in enumerate(unions) if not union.members}
    groups = [union for union in unions if union.members]
    if not groups:
        return population
    scores = [
        population.scores[:, [places[member] for member in group.members]].max(axis=1)
        for group in groups
    ]
    return replace(
        population,
        scores=np.column_stack([population.scores, *scores]),
        closed={
            place: (
                *themes,
                *(group.theme.id for group in groups if not set(group.members).isdisjoint(themes)),
            )
            for place, themes in population.closed.items()
        },
    )


def joined_assignments(
    said: Iterable[StoredAssignment], unions: Sequence[Union]
) -> tuple[StoredAssignment, ...]:
    """What the machine said of one story, theme by theme and group by group: the words of the part
    it is surest of."""
    by_theme = {one.theme: one for one in said}
    found = []
    for union in unions:
        parts = [by_theme[part] for part in union.parts if part in by_theme]
        if parts:
            best = max(parts, key=lambda one: (one.assigned, one.probability))
            found.append(msgspec.structs.replace(best, theme=union.theme.id))
    return tuple(found)
