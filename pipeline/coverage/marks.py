"""Which stories stand under a theme and by whose word, and how they are counted.

Hides: the one place where assignments and decisions meet. Where both say yes a story is confirmed,
where only a person does corrected, where only the machine does machine, and where a person denied
what the machine assigned, rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.coverage.known import Known
from pipeline.coverage.report import AssignmentState, Tally
from pipeline.store.assignments import Decision

__all__ = ["STATES", "Marks", "mark_state", "marks_of", "tallies"]

STATES: tuple[AssignmentState, ...] = ("machine", "confirmed", "corrected", "rejected")
_MACHINE, _CONFIRMED, _CORRECTED, _REJECTED = range(4)


@dataclass(frozen=True, eq=False)
class Marks:
    """The stories of one theme; arrays have shape (m,).

    Args:
        rows: rows of the stories, each once, in no order.
        states: places among ``STATES``.
        probabilities: what the machine says, in [0, 1].
    """

    rows: NDArray[np.int32]
    states: NDArray[np.int8]
    probabilities: NDArray[np.float64]

    def where(self, rows: NDArray[np.bool_]) -> Marks:
        """Those of the rows for which ``rows``, of shape (n,), says so."""
        kept = rows[self.rows]
        return Marks(self.rows[kept], self.states[kept], self.probabilities[kept])

    @property
    def standing(self) -> Marks:
        """Without those a person took away."""
        kept = self.states != _REJECTED
        return Marks(self.rows[kept], self.states[kept], self.probabilities[kept])

    @property
    def tally(self) -> Tally:
        """How many there are of each state."""
        return tallies(self, np.zeros(int(self.rows.max(initial=0)) + 1, dtype=np.int8), 1)[0]


def mark_state(assigned: bool, decision: Decision | None) -> AssignmentState | None:
    """The state of one story under one theme; None where it does not stand there."""
    if decision is None:
        return "machine" if assigned else None
    if decision.belongs:
        return "confirmed" if assigned else "corrected"
    return "rejected" if assigned else None


def marks_of(known: Known, place: int) -> Marks:
    """The stories of the theme or group at ``place`` of the lines, whether they count or not."""
    mine = known.assigned.themes == place
    rows = known.assigned.rows[mine]
    probabilities = known.assigned.probabilities[mine]
    said = known.said(known.lines[place].id)
    of_row = np.full(len(known.columns.ids), _MACHINE, dtype=np.int8)
    of_row[said.rows] = np.where(said.belongs, _CONFIRMED, _REJECTED)
    states = of_row[rows]
    of_row[rows] = _MACHINE
    own = np.flatnonzero(of_row == _CONFIRMED)
    chances = [known.chances.get((int(row), place), 0.0) for row in own]
    return Marks(
        rows=np.concatenate([rows, own]).astype(np.int32),
        states=np.concatenate([states, np.full(len(own), _CORRECTED, dtype=np.int8)]),
        probabilities=np.concatenate([probabilities, np.array(chances, dtype=np.float64)]),
    )


def tallies(marks: Marks, cells: NDArray[np.integer], count: int) -> tuple[Tally, ...]:
    """The marks counted by cell.

    Args:
        cells: shape (n,), for every row the place of its cell, from 0; a negative one is in none.
        count: cells there are.
    """
    at = cells[marks.rows].astype(np.int64)
    inside = at >= 0
    numbers = np.bincount(
        at[inside] * len(STATES) + marks.states[inside], minlength=count * len(STATES)
    )
    return tuple(tally_of(row) for row in numbers.reshape(count, len(STATES)).tolist())


def tally_of(numbers: Sequence[int]) -> Tally:
    """The tally of numbers in the order of ``STATES``."""
    return Tally(**dict(zip(STATES, numbers, strict=True)))
