"""Stored plans and their themes.

Hides: versions. A plan keeps its name; storing a changed one makes the next version, storing
the same again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import XuanjianError
from pipeline.plan.model import Plan, schemes
from pipeline.plan.schemes import choose_scheme
from pipeline.store.store import now
from pipeline.store.tables import PlanRow, ThemeRow

__all__ = ["StoredPlan", "get_plan", "list_plans", "save_plan"]


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
    fingerprint = plan.fingerprint()
    newest = session.scalars(
        select(PlanRow).where(PlanRow.name == name).order_by(PlanRow.version.desc()).limit(1)
    ).first()
    if newest is not None and newest.fingerprint == fingerprint:
        return _stored(newest)
    row = PlanRow(
        name=name,
        version=(newest.version if newest else 0) + 1,
        fingerprint=fingerprint,
        title=plan.title,
        kind=plan.kind,
        period_from=plan.period[0] if plan.period else None,
        period_to=plan.period[1] if plan.period else None,
        body=plan.to_json().decode(),
        text=text,
        stored_at=now(),
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
    """The newest version of the plan ``name``.

    Raises:
        XuanjianError: ``plan-missing``; the hint names the plans there are.
    """
    row = session.scalars(
        select(PlanRow).where(PlanRow.name == name).order_by(PlanRow.version.desc()).limit(1)
    ).first()
    if row is None:
        there = ", ".join(plan.name for plan in list_plans(session)) or "none yet"
        raise XuanjianError(
            f"no plan named {name}",
            "plan-missing",
            f"Stored plans: {there}. Store one with: xuanjian plan use FILE.",
        )
    return _stored(row)


def list_plans(session: Session) -> tuple[StoredPlan, ...]:
    """The newest version of every plan, by name."""
    newest = (
        select(PlanRow.name, func.max(PlanRow.version).label("version"))
        .group_by(PlanRow.name)
        .subquery()
    )
    rows = session.scalars(
        select(PlanRow)
        .join(newest, (PlanRow.name == newest.c.name) & (PlanRow.version == newest.c.version))
        .order_by(PlanRow.name)
    )
    return tuple(_stored(row) for row in rows)


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
