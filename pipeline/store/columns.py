"""Stories and what is known of them as columns, for counting a million at a time.

Hides: how the questions a report counts by are asked without loading any news. One row a story;
every column is an array over the same rows. A category is a small number: its place among
``LEVELS``, ``CARRIERS``, ``GENRES`` or ``LOCALITIES``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from pipeline.genre import CARRIERS, GENRES
from pipeline.locality import LocalityCode
from pipeline.news import LEVEL_NAMES
from pipeline.store.facts import names_of
from pipeline.store.tables import AssignmentRow, StoryFactRow, StoryItemRow, StoryRow

__all__ = [
    "LEVELS",
    "LOCALITIES",
    "UNDATED",
    "Assigned",
    "Published",
    "StoryColumns",
    "assigned_columns",
    "chances_of",
    "published_between",
    "story_columns",
]

LEVELS: tuple[str, ...] = tuple(LEVEL_NAMES)
LOCALITIES: tuple[LocalityCode, ...] = get_args(LocalityCode)
UNDATED = 0
"""The day of a story without one; other days are ordinals of the calendar."""
UNKNOWN = -1
"""The place of a category nobody worked out yet."""

_PART = 50_000
"""Rows taken from the database at a time."""
_FEW = 500
"""Names in one question."""


@dataclass(frozen=True, eq=False)
class StoryColumns:
    """Stories, one row each; arrays have shape (n,).

    Args:
        ids: their ids.
        days: earliest day as an ordinal; ``UNDATED`` where there is none.
        levels, carriers, genres, localities: places among the names of their kind; a locality is
            ``UNKNOWN`` where it was not judged.
        internal: whether all of it stood in internal bulletins.
        sizes: publications, at least 1.
        classified: whether a model was asked about the scheme's themes.
        named: by row the units a story names, and those of them it talks to; rows of stories that
            name none are left out.
    """

    ids: tuple[str, ...]
    days: NDArray[np.int32]
    levels: NDArray[np.int8]
    carriers: NDArray[np.int8]
    genres: NDArray[np.int8]
    localities: NDArray[np.int8]
    internal: NDArray[np.bool_]
    sizes: NDArray[np.int32]
    classified: NDArray[np.bool_]
    named: Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row by id."""
        return {story: row for row, story in enumerate(self.ids)}

    @property
    def judged(self) -> bool:
        """Whether every locality is known."""
        return not (self.localities == UNKNOWN).any()


@dataclass(frozen=True, eq=False)
class Assigned:
    """Themes the machine assigned: story row, place of the theme, probability; shape (m,) each."""

    rows: NDArray[np.int32]
    themes: NDArray[np.int16]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class Published:
    """Publications of a period's stories by one source under one outlet's name.

    ``stories`` counts a story under the first outlet only that the source published it for, so that
    the lines of a source add up.
    """

    source: str
    outlet: str
    items: int
    stories: int


def story_columns(
    session: Session, judge: int, probe: tuple[int, str], first: date, last: date
) -> StoryColumns:
    """The stories of a period and those without a date.

    Args:
        judge: number of the plan's judge.
        probe: plan id and any theme of the scheme: a model that was asked about a scheme said
            something of every theme.
        first, last: days of the period, inclusive.
    """
    ids: list[str] = []
    parts: list[tuple[NDArray[np.int32], ...]] = []
    days = _Days()
    query = select(
        StoryRow.id,
        StoryRow.day,
        StoryRow.level,
        StoryRow.carrier,
        StoryRow.genre,
        StoryRow.internal,
        StoryRow.size,
    ).where(
        or_(
            StoryRow.day.between(first.isoformat(), last.isoformat()),
            StoryRow.day.is_(None),
        )
    )
    levels, carriers, genres = _places(LEVELS), _places(CARRIERS), _places(GENRES)
    for part in session.execute(query.execution_options(yield_per=_PART)).partitions():
        names, when, level, carrier, genre, internal, size = zip(*part, strict=True)
        ids.extend(names)
        coded = (
            [days[day] for day in when],
            [levels.get(one, UNKNOWN) for one in level],
            [carriers.get(one, UNKNOWN) for one in carrier],
            [genres.get(one, UNKNOWN) for one in genre],
            internal,
            size,
        )
        parts.append(tuple(np.array(column, dtype=np.int32) for column in coded))
    columns = [np.concatenate([part[n] for part in parts]) for n in range(6)] if parts else []
    when_, level_, carrier_, genre_, internal_, size_ = columns or [np.zeros(0, np.int32)] * 6
    rows = {story: row for row, story in enumerate(ids)}
    localities, named = _judged(session, judge, rows)
    plan, theme = probe
    said = select(AssignmentRow.story_id).where(
        AssignmentRow.plan_id == plan, AssignmentRow.theme_id == theme
    )
    classified = np.zeros(len(ids), dtype=np.bool_)
    asked = session.scalars(said.execution_options(yield_per=_PART))
    for stories in asked.partitions():
        classified[[row for story in stories if (row := rows.get(story)) is not None]] = True
    columns_of = StoryColumns(
        ids=tuple(ids),
        days=when_,
        levels=level_.astype(np.int8),
        carriers=carrier_.astype(np.int8),
        genres=genre_.astype(np.int8),
        localities=localities,
        internal=internal_.astype(np.bool_),
        sizes=size_,
        classified=classified,
        named=named,
    )
    columns_of.__dict__["rows"] = rows  # what the property would work out again
    return columns_of


def _judged(
    session: Session, judge: int, rows: Mapping[str, int]
) -> tuple[NDArray[np.int8], dict[int, tuple[tuple[str, ...], tuple[str, ...]]]]:
    localities = np.full(len(rows), UNKNOWN, dtype=np.int8)
    places = _places(LOCALITIES)
    named = {}
    query: Select[str, str, str, str] = select(
        StoryFactRow.story_id, StoryFactRow.locality, StoryFactRow.units, StoryFactRow.interviewed
    ).where(StoryFactRow.judge_id == judge)
    for part in session.execute(query.execution_options(yield_per=_PART)).partitions():
        stories, codes, units, interviewed = zip(*part, strict=True)
        at = [rows.get(story, -1) for story in stories]
        where = np.array(at, dtype=np.int64)
        code = np.array([places[one] for one in codes], dtype=np.int8)
        localities[where[where >= 0]] = code[where >= 0]
        for row, some, spoken in zip(at, units, interviewed, strict=True):
            if some and row >= 0:
                named[row] = (names_of(some), names_of(spoken))
    return localities, named


def assigned_columns(
    session: Session, plan_id: int, themes: Sequence[str], rows: Mapping[str, int]
) -> Assigned:
    """What the machine assigned to ``themes``, by their place, for the stories of ``rows``."""
    found: list[tuple[list[int], list[int], list[float]]] = []
    for place, theme in enumerate(themes):
        query = select(AssignmentRow.story_id, AssignmentRow.probability).where(
            AssignmentRow.plan_id == plan_id,
            AssignmentRow.theme_id == theme,
            AssignmentRow.assigned,
        )
        pairs = [
            (row, probability)
            for story, probability in session.execute(query)
            if (row := rows.get(story)) is not None
        ]
        if pairs:
            at, probabilities = zip(*pairs, strict=True)
            found.append((list(at), [place] * len(at), list(probabilities)))
    return Assigned(
        rows=np.array([row for part in found for row in part[0]], dtype=np.int32),
        themes=np.array([theme for part in found for theme in part[1]], dtype=np.int16),
        probabilities=np.array([one for part in found for one in part[2]], dtype=np.float64),
    )


def chances_of(
    session: Session, plan_id: int, themes: Sequence[str], rows: Mapping[str, int]
) -> dict[tuple[int, int], float]:
    """Probabilities by row and place of a theme, assigned or not, for the few stories of ``rows``."""
    places = _places(themes)
    found = {}
    stories = list(rows)
    for start in range(0, len(stories), _FEW):
        query = select(
            AssignmentRow.story_id, AssignmentRow.theme_id, AssignmentRow.probability
        ).where(
            AssignmentRow.plan_id == plan_id,
            AssignmentRow.story_id.in_(stories[start : start + _FEW]),
        )
        for story, theme, probability in session.execute(query):
            if theme in places:
                found[rows[story], places[theme]] = probability
    return found


def published_between(session: Session, first: date, last: date) -> tuple[Published, ...]:
    """Publications of the stories of these days, by source and outlet."""
    firsts = func.sum(case((StoryItemRow.first_of_source, 1), else_=0))
    query = (
        select(StoryItemRow.source_id, StoryItemRow.outlet, func.count(), firsts)
        .where(StoryItemRow.day.between(first.isoformat(), last.isoformat()))
        .group_by(StoryItemRow.source_id, StoryItemRow.outlet)
        .order_by(StoryItemRow.source_id, StoryItemRow.outlet)
    )
    return tuple(Published(*row) for row in session.execute(query))


class _Days(dict[str | None, int]):
    """Ordinal by written day, worked out once for each."""

    def __missing__(self, written: str | None) -> int:
        ordinal = date.fromisoformat(written).toordinal() if written else UNDATED
        self[written] = ordinal
        return ordinal


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
