"""Stories and what is known of them as columns, for counting a million at a time.

Hides: how the questions a report counts by are asked without loading any news. One row a story;
every column is an array over the same rows. A category is a small number: its place among
``LEVELS``, ``CARRIERS``, ``GENRES`` or ``LOCALITIES``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Executable, Select, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.genre import CARRIERS, GENRES
from pipeline.locality import LocalityCode
from pipeline.news import LEVEL_NAMES
from pipeline.store.facts import names_of
from pipeline.store.tables import ASSIGNED, AssignmentRow, StoryFactRow, StoryItemRow, StoryRow

__all__ = [
    "LEVELS",
    "LOCALITIES",
    "UNDATED",
    "Assigned",
    "Published",
    "RowFinder",
    "StoryColumns",
    "assigned_columns",
    "chances_of",
    "hashes_of",
    "published_between",
    "raw_parts",
    "story_columns",
]

LEVELS: tuple[str, ...] = tuple(LEVEL_NAMES)
LOCALITIES: tuple[LocalityCode, ...] = get_args(LocalityCode)
UNDATED = 0
"""The day of a story without one; other days are ordinals of the calendar."""
UNKNOWN = -1
"""The place of a category nobody worked out yet."""

_PART = 1_000
"""Rows taken from the database at a time: so many stay in the cache (1.5 s a million rows of seven
columns, where parts of 50 000 took 2.4)."""
_NO_HASH = np.zeros(0, dtype=np.int64)
_NO_NUMBER = np.zeros(0, dtype=np.int32)
_MANY = 30_000
"""Stories from which all that was said is read, and not what was said of the period's stories."""
_FEW = 500
_Name = TypeVar("_Name", str, bool)
"""Names in one question."""


class RowFinder:
    """Row by id, for one id or a million at a time.

    Ids are compared by their 64-bit hash: sorted arrays of those find a million rows in a third of a
    second and 16 MB, where a dictionary of strings takes two seconds and 150 MB. Two of a million
    ids share a hash with a chance of 3e-8, in one process.

    Args:
        hashes: ``hashes_of`` the ids, row by row.
    """

    def __init__(self, hashes: NDArray[np.int64]) -> None:
        self._order = np.argsort(hashes).astype(np.int32)
        self._sorted = hashes[self._order]

    def __len__(self) -> int:
        return len(self._order)

    def find(self, ids: Sequence[str]) -> NDArray[np.int32]:
        """Rows of ``ids``, -1 for one that has none; shape (m,)."""
        return self.find_hashes(hashes_of(ids))

    def find_hashes(self, hashes: NDArray[np.int64]) -> NDArray[np.int32]:
        """The same by ``hashes_of`` the ids."""
        found = np.full(len(hashes), -1, dtype=np.int32)
        if not len(self._sorted):
            return found
        order = np.argsort(hashes)  # asked in order, neighbours are in the cache
        asked = hashes[order]
        at = np.searchsorted(self._sorted, asked)
        at[at == len(self._sorted)] = 0
        there = self._sorted[at] == asked
        found[order[there]] = self._order[at[there]]
        return found

    def get(self, story: str) -> int | None:
        """The row of one id; None where it has none."""
        row = int(self.find([story])[0])
        return row if row >= 0 else None

    def of(self, ids: Iterable[str]) -> dict[str, int]:
        """Row by id for a few ids; those that have none are left out."""
        asked = list(ids)
        rows = self.find(asked).tolist()
        return {story: row for story, row in zip(asked, rows, strict=True) if row >= 0}


def hashes_of(ids: Sequence[str]) -> NDArray[np.int64]:
    """What ids are compared by, in one process; shape (m,)."""
    return np.fromiter(map(hash, ids), np.int64, len(ids))


@dataclass(frozen=True, eq=False)
class StoryColumns:
    """Stories, one row each; arrays have shape (n,).

    Args:
        ids: their ids.
        originals: ``hashes_of`` the ids of their originals.
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
    originals: NDArray[np.int64]
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
    def rows(self) -> RowFinder:
        """Row by id."""
        return RowFinder(hashes_of(self.ids))

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
    of_period = or_(
        StoryRow.day.between(first.isoformat(), last.isoformat()), StoryRow.day.is_(None)
    )
    kinds = (
        (StoryRow.level, LEVELS),
        (StoryRow.carrier, CARRIERS),
        (StoryRow.genre, GENRES),
        (StoryRow.internal, (False, True)),
    )
    query = select(StoryRow.id, StoryRow.original_id, StoryRow.day, StoryRow.size, _packed(kinds))
    ids: list[str] = []
    originals = [_NO_HASH]
    days, sizes, packed = [_NO_NUMBER], [_NO_NUMBER], [_NO_NUMBER]
    ordinals = _Days()
    for part in raw_parts(session, query.where(of_period)):
        names, firsts, when, size, kind = zip(*part, strict=True)
        ids.extend(names)
        originals.append(hashes_of(firsts))
        days.append(_numbers([ordinals[day] for day in when]))
        sizes.append(_numbers(size))
        packed.append(_numbers(kind))
    levels, carriers, genres, internal = _unpacked(np.concatenate(packed), kinds)
    found = StoryColumns(
        ids=tuple(ids),
        originals=np.concatenate(originals),
        days=np.concatenate(days),
        levels=levels,
        carriers=carriers,
        genres=genres,
        localities=np.full(len(ids), UNKNOWN, dtype=np.int8),
        internal=internal == 1,
        sizes=np.concatenate(sizes),
        classified=np.zeros(len(ids), dtype=np.bool_),
        named={},
    )
    inside = select(StoryRow.id).where(of_period) if len(ids) < _MANY else None
    localities, named = _judged(session, judge, found.rows, inside)
    return replace(
        found,
        localities=localities,
        classified=_classified(session, probe, found.rows, inside),
        named=named,
    )


def _classified(
    session: Session, probe: tuple[int, str], rows: RowFinder, inside: Select[str] | None
) -> NDArray[np.bool_]:
    plan, theme = probe
    said_of = (AssignmentRow.plan_id == plan, AssignmentRow.theme_id == theme)
    query = select(AssignmentRow.story_id).where(*said_of)
    if inside is None:
        # Something is said of a story and theme once: as many as there are stories, of all of them.
        # Counting an index is ten times quicker than reading it.
        count = select(func.count()).select_from(AssignmentRow).where(*said_of)
        if session.scalar(count) == session.scalar(select(func.count()).select_from(StoryRow)):
            return np.ones(len(rows), dtype=np.bool_)
    if inside is not None:
        query = query.where(AssignmentRow.story_id.in_(inside))
    said = [hashes_of([story for (story,) in part]) for part in raw_parts(session, query)]
    at = rows.find_hashes(np.concatenate([_NO_HASH, *said]))
    classified = np.zeros(len(rows), dtype=np.bool_)
    classified[at[at >= 0]] = True
    return classified


def _judged(
    session: Session, judge: int, rows: RowFinder, inside: Select[str] | None
) -> tuple[NDArray[np.int8], dict[int, tuple[tuple[str, ...], tuple[str, ...]]]]:
    of_judge = [StoryFactRow.judge_id == judge]
    if inside is not None:
        of_judge.append(StoryFactRow.story_id.in_(inside))
    kinds = ((StoryFactRow.locality, LOCALITIES),)
    hashes, packed = [_NO_HASH], [_NO_NUMBER]
    for part in raw_parts(session, select(StoryFactRow.story_id, _packed(kinds)).where(*of_judge)):
        stories, said = zip(*part, strict=True)
        hashes.append(hashes_of(stories))
        packed.append(_numbers(said))
    at = rows.find_hashes(np.concatenate(hashes))
    localities = np.full(len(rows), UNKNOWN, dtype=np.int8)
    localities[at[at >= 0]] = _unpacked(np.concatenate(packed), kinds)[0][at >= 0]
    named = {}
    query = select(StoryFactRow.story_id, StoryFactRow.units, StoryFactRow.interviewed)
    for part in raw_parts(session, query.where(*of_judge, StoryFactRow.units != "")):
        stories, units, interviewed = zip(*part, strict=True)
        for row, some, spoken in zip(rows.find(stories), units, interviewed, strict=True):
            if row >= 0:
                named[int(row)] = (names_of(some), names_of(spoken))
    return localities, named


_Kinds = Sequence[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], Sequence[str | bool]]]
"""Columns of categories, each with all it may hold."""


def _packed(kinds: _Kinds) -> ColumnElement[int]:
    """The places of all categories of a row as one number, said by the database: 900 000 rows of
    five columns are read in 1.2 s, where eight columns and looking up words took 1.6."""
    number: ColumnElement[int] = literal(0)
    for column, names in kinds:
        number = number * (len(names) + 1) + case(_places(names), value=column, else_=len(names))
    return number


def _unpacked(numbers: NDArray[np.int32], kinds: _Kinds) -> list[NDArray[np.int8]]:
    """The places that ``_packed`` made ``numbers`` of, column by column."""
    found: list[NDArray[np.int8]] = []
    for _, names in reversed(kinds):
        numbers, places = np.divmod(numbers, len(names) + 1)
        found.append(np.where(places < len(names), places, UNKNOWN).astype(np.int8))
    return found[::-1]


def _numbers(column: Sequence[int]) -> NDArray[np.int32]:
    return np.fromiter(column, np.int32, len(column))


def assigned_columns(
    session: Session, plan_id: int, themes: Sequence[str], rows: RowFinder
) -> Assigned:
    """What the machine assigned to ``themes``, by their place, for the stories of ``rows``."""
    found = [(np.zeros(0, np.int32), np.zeros(0, np.int16), np.zeros(0, np.float64))]
    for place, theme in enumerate(themes):
        query = select(AssignmentRow.story_id, AssignmentRow.probability).where(
            AssignmentRow.plan_id == plan_id,
            AssignmentRow.theme_id == theme,
            ASSIGNED,
        )
        hashes, chances = [_NO_HASH], [np.zeros(0, np.float64)]
        for part in raw_parts(session, query):
            stories, probabilities = zip(*part, strict=True)
            hashes.append(hashes_of(stories))
            chances.append(np.array(probabilities, dtype=np.float64))
        at = rows.find_hashes(np.concatenate(hashes))
        there = at >= 0
        places = np.full(int(there.sum()), place, dtype=np.int16)
        found.append((at[there], places, np.concatenate(chances)[there]))
    at_, places_, chances_ = (np.concatenate(column) for column in zip(*found, strict=True))
    return Assigned(at_, places_, chances_)


def chances_of(
    session: Session, plan_id: int, themes: Sequence[str], rows: Mapping[str, Mapping[str, int]]
) -> dict[tuple[int, int], float]:
    """Probabilities by row and place among ``themes``, assigned or not.

    Args:
        rows: by theme the few stories asked about, each with its row.
    """
    found = {}
    for place, theme in enumerate(themes):
        asked = rows.get(theme, {})
        stories = list(asked)
        for start in range(0, len(stories), _FEW):
            query = select(AssignmentRow.story_id, AssignmentRow.probability).where(
                AssignmentRow.plan_id == plan_id,
                AssignmentRow.theme_id == theme,
                AssignmentRow.story_id.in_(stories[start : start + _FEW]),
            )
            for story, probability in session.execute(query):
                found[asked[story], place] = probability
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


def raw_parts(session: Session, query: Executable) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows of a question as the driver gives them, a part at a time: wrapping each of a million
    costs five times what reading it does (2.3 s against 0.4 s for 90 000 stories). SQLite reads on as
    it goes; PostgreSQL's driver holds all of one question's rows."""
    with session.connection().execute(query) as result:
        while result.cursor is not None and (part := result.cursor.fetchmany(_PART)):
            yield part


class _Days(dict[str | None, int]):
    """Ordinal by written day, worked out once for each."""

    def __missing__(self, written: str | None) -> int:
        ordinal = date.fromisoformat(written).toordinal() if written else UNDATED
        self[written] = ordinal
        return ordinal


def _places(names: Iterable[_Name]) -> dict[_Name, int]:
    return {name: place for place, name in enumerate(names)}
