"""Points and figures of a period from the register that is stored.

Hides: how the register, the offices of a plan and the readings chosen for it come together.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from pipeline.coverage.handed_in import HandedIn, handed_in_of
from pipeline.coverage.readings import Readings
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import Scorecard
from pipeline.coverage.scoring import Counting, term_of
from pipeline.pieces import one_row_a_piece
from pipeline.plan.model import Plan
from pipeline.register import Register, with_plan_offices
from pipeline.store.plans import StoredPlan
from pipeline.store.readings import chosen_readings
from pipeline.store.register import register_of

__all__ = ["points_of_period", "readings_for", "register_for"]


def points_of_period(
    session: Session, stored: StoredPlan, period: Period, today: str = ""
) -> tuple[Scorecard | None, HandedIn | None]:
    """The scorecard (None where the plan scores nothing) and what was handed in, both None where no
    submission is registered. ``today`` as for ``pipeline.coverage.scoring.Counting``."""
    register = register_for(session, stored.plan)
    if not register.submissions:
        return None, None
    readings = readings_for(session, stored.name)
    term = term_of(stored.plan, period)
    counting = Counting(stored.plan, register, term, readings, today=today)
    sheet = counting.sheet(period) if stored.plan.scoring else None
    return sheet, handed_in_of(counting, period)


def register_for(session: Session, plan: Plan) -> Register:
    """Everything registered, offices as the plan calls them; whom it does not name is a trouble."""
    return one_row_a_piece(with_plan_offices(register_of(session), plan.offices))


def readings_for(session: Session, plan: str, written: Iterable[str] = ()) -> Readings:
    """The readings chosen for the plan of this name, those of one sheet before them.

    Raises:
        BadInput: ``reading-unknown``.
    """
    return Readings.stored(chosen_readings(session, plan), written)
