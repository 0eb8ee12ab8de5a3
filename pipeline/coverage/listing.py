"""Which of a period's stories a report lists, when there are more than it may list.

Hides: their order of importance. A report counts all stories and lists at most so many: first those
a reviewer is asked about next and a few of every unit, then those people decided, then what the
machine assigned, fairly over the themes (the first of every theme before the second of any), then
counted stories under no theme, then those that do not count. What is listed does not depend on the
order in which the database gives stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.coverage.known import Known
from pipeline.coverage.marks import STATES, Marks
from pipeline.store.columns import UNDATED

__all__ = ["QUEUE", "queue_of", "rows_to_list", "standing_order"]

QUEUE = 10
"""Stories proposed for review per theme, at most."""
OF_A_UNIT = 3
"""Stories of a unit that are always listed: its earliest."""

_MACHINE = STATES.index("machine")
_NEXT, _DECIDED, _ASSIGNED, _THEMELESS, _NOT_COUNTED = range(5)


def rows_to_list(known: Known, marks: Sequence[Marks]) -> tuple[int, ...]:
    """Rows of the stories to list, by day and id: all dated ones if no more than ``known.most``.

    Args:
        marks: of every theme, by its place.
    """
    rows = np.flatnonzero(known.dated)
    if len(rows) > known.most:
        rows = _foremost(known, marks, rows)
    ids, days = known.columns.ids, known.columns.days
    return tuple(sorted(rows.tolist(), key=lambda row: (days[row], ids[row])))


def standing_order(known: Known, marks: Marks) -> list[int]:
    """Rows standing under a theme: verified ones first, then by probability, day and id."""
    standing = marks.standing
    days, ids = known.columns.days, known.columns.ids
    order = sorted(
        zip(
            (standing.states == _MACHINE).tolist(),
            (-standing.probabilities).tolist(),
            days[standing.rows].tolist(),
            [ids[row] for row in standing.rows.tolist()],
            standing.rows.tolist(),
            strict=True,
        )
    )
    return [row for *_, row in order]


def queue_of(known: Known, marks: Marks) -> list[int]:
    """Rows of the stories whose review would decide a theme most cheaply, the first one first."""
    waiting = marks.states == _MACHINE
    found = Marks(marks.rows[waiting], marks.states[waiting], marks.probabilities[waiting])
    if len(found.rows) > QUEUE:
        # The least probable that may still be among them, with all its equals.
        least = np.partition(found.probabilities, -QUEUE)[-QUEUE]
        kept = found.probabilities >= least
        found = Marks(found.rows[kept], found.states[kept], found.probabilities[kept])
    return standing_order(known, found)[:QUEUE]


def _foremost(known: Known, marks: Sequence[Marks], dated: NDArray[np.int64]) -> NDArray[np.int64]:
    kinds = np.where(known.counted, _THEMELESS, _NOT_COUNTED).astype(np.int64)
    places = np.zeros(len(kinds), dtype=np.int64)
    best = np.full(len(kinds), len(kinds), dtype=np.int64)
    for one in marks:
        counted = one.where(known.counted)
        best[counted.rows] = np.minimum(best[counted.rows], _ranks(counted.probabilities))
    assigned = best < len(kinds)
    places[assigned] = best[assigned]
    kinds[assigned] = _ASSIGNED
    kinds[[row for row in known.decided if known.counted[row]]] = _DECIDED
    kinds[[row for one in marks for row in queue_of(known, one.where(known.counted))]] = _NEXT
    kinds[list(_of_units(known))] = _NEXT
    # By kind, place and day, as one number: places are below 2**32, days of the calendar 2**22.
    weights = (kinds << 54 | places << 22 | known.columns.days)[dated]
    last = np.partition(weights, known.most - 1)[known.most - 1]
    sure = dated[weights < last]
    ties = sorted(dated[weights == last].tolist(), key=known.columns.ids.__getitem__)
    return np.concatenate([sure, np.array(ties[: known.most - len(sure)], dtype=np.int64)])


def _ranks(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many are more probable, for each."""
    ordered = np.sort(-probabilities)
    return np.searchsorted(ordered, -probabilities)


def _of_units(known: Known) -> Iterable[int]:
    columns = known.columns
    seen: dict[str, list[tuple[int, str, int]]] = {}
    for row, (named, _) in columns.named.items():
        if known.counted[row] and columns.days[row] != UNDATED:
            for name in named:
                at = (int(columns.days[row]), columns.ids[row], row)
                seen.setdefault(name, []).append(at)
    return (row for ones in seen.values() for *_, row in sorted(ones)[:OF_A_UNIT])
