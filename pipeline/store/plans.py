"""Stored plans and their themes.

Hides: versions. A plan keeps its name; storing a changed one makes the next version, storing
a reading it had before takes that version into use again.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.plan.fingerprint import plan_fingerprint
from pipeline.plan.model import Plan, schemes
from pipeline.plan.schemes import choose_scheme
from pipeline.store.store import now, precise_now
from pipeline.store.tables import PlanRow, ThemeRow

__all__ = ["StoredPlan", "get_plan", "list_plans", "save_plan", "use_plan"]


@dataclass(frozen=True)
class StoredPlan:
    """A plan with its place in the store; ``text`` is what the plan's spans point into."""

    id: int
    name: str
    version: int
    plan: Plan
    text: str


def save_plan(session: Session, name: str, plan: Plan, text: str) -> StoredPlan:
    """Store ``plan`` under ``name``; the same reading again gives the version there is.

    Raises:
        BadInput: ``plan-without-themes`` when nothing in the plan can be audited.
    """
    choose_scheme(plan)
    found = schemes(plan)
    fingerprint = plan_fingerprint(plan)
    versions = session.scalars(
        select(PlanRow).where(PlanRow.name == name).order_by(PlanRow.version)
    ).all()
    for known in versions:
        if known.fingerprint == fingerprint:
            known.used_at = precise_now()
            return _stored(known)
    row = PlanRow(
        name=name,
        version=versions[-1].version + 1 if versions else 1,
        fingerprint=fingerprint,
        title=plan.title,
        kind=plan.kind,
        period_from=plan.period[0] if plan.period else None,
        period_to=plan.period[1] if plan.period else None,
        body=plan.to_json().decode(),
        text=text,
        stored_at=now(),
        used_at=precise_now(),
    )
    session.add(row)
    session.flush()
    position = 0
    for scheme, nodes in found.items():
        for node in nodes:
            position += 1
            session.add(
                ThemeRow(
                    plan_id=row.id,
                    theme_id=node.id,
                    scheme=scheme,
                    position=position,
                    number=node.number,
                    title=node.title,
                )
            )
    session.flush()
    return _stored(row)


def get_plan(session: Session, name: str) -> StoredPlan:
    """The version of the plan ``name`` that is in use.

    Raises:
        XuanjianError: ``plan-missing``; the hint names the plans there are.
    """
    for stored in list_plans(session):
        if stored.name == name:
            return stored
    there = ", ".join(plan.name for plan in list_plans(session)) or "none yet"
    raise XuanjianError(
        f"no plan named {name}",
        "plan-missing",
        f"Stored plans: {there}. Store one with: xuanjian plan use FILE.",
    )


def use_plan(session: Session, name: str) -> StoredPlan:
    """Take a stored plan into use: it is what verbs work on when none is named."""
    stored = get_plan(session, name)
    session.get_one(PlanRow, stored.id).used_at = precise_now()
    return stored


def list_plans(session: Session) -> tuple[StoredPlan, ...]:
    """Every plan in the version that is in use, the plan last taken into use first."""
    newest: dict[str, PlanRow] = {}
    rows = session.scalars(select(PlanRow).order_by(PlanRow.used_at.desc(), PlanRow.id.desc()))
    for row in rows:
        newest.setdefault(row.name, row)
    return tuple(_stored(row) for row in newest.values())


def _stored(row: PlanRow) -> StoredPlan:
    try:
        plan = Plan.from_json(row.body.encode())
    except msgspec.ValidationError as error:
        raise XuanjianError(
            f"the stored plan {row.name} is of another format: {error}",
            "plan-format",
            "Store it again from its document with: xuanjian plan use FILE.",
        ) from error
    return StoredPlan(row.id, row.name, row.version, plan, row.text)
