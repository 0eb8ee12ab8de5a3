"""Chosen readings 选定口径 of what a plan's scoring notes leave open.

Hides: that a choice belongs to a plan by name and outlives its versions, and that earlier choices
are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.plan.openquestions import ChosenReading
from pipeline.store.register_tables import ChosenReadingRow
from pipeline.store.store import now

__all__ = ["choose_readings", "chosen_readings"]


def choose_readings(
    session: Session, plan: str, choices: Mapping[str, str], by: str, why: str = ""
) -> None:
    """Choose readings for the plan of this name; '' takes a choice back."""
    present = {one.question: one.choice for one in chosen_readings(session, plan)}
    session.add_all(
        ChosenReadingRow(
            plan_name=plan, question=question, choice=choice, made_by=by, made_at=now(), why=why
        )
        for question, choice in choices.items()
        if present.get(question, "") != choice
    )
    session.flush()


def chosen_readings(
    session: Session, plan: str, *, earlier: bool = False
) -> tuple[ChosenReading, ...]:
    """What holds now, by question; with ``earlier`` every choice ever made, the newest first."""
    query = select(ChosenReadingRow).where(ChosenReadingRow.plan_name == plan)
    rows = session.scalars(query.order_by(ChosenReadingRow.id.desc())).all()
    told = [
        ChosenReading(question=r.question, choice=r.choice, by=r.made_by, at=r.made_at, why=r.why)
        for r in rows
    ]
    if earlier:
        return tuple(told)
    newest: dict[str, ChosenReading] = {}
    for one in told:
        newest.setdefault(one.question, one)
    return tuple(newest[q] for q in sorted(newest) if newest[q].choice)
