"""Stored plans and their themes.

Hides: versions. A plan keeps its name; storing a changed one makes the next version, storing
a reading it had before takes that version into use again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.fingerprint import plan_fingerprint
from pipeline.plan.model import Plan, schemes, walk
from pipeline.plan.schemes import choose_scheme
from pipeline.store.store import now, precise_now
from pipeline.store.tables import PlanRow, ThemeRow

__all__ = [
    "LONGEST_NAME",
    "PlanVersion",
    "StoredPlan",
    "get_plan",
    "get_version",
    "last_plan",
    "list_plans",
    "plan_versions",
    "plans_in_use",
    "save_plan",
    "use_plan",
    "use_version",
]

LONGEST_NAME = 100
_ID, _NUMBER = 64, 32
"""Lengths of the columns of a theme."""
_NEWEST = (PlanRow.used_at.desc(), PlanRow.id.desc())
"""What was taken into use last comes first."""


@dataclass(frozen=True)
class StoredPlan:
    """A plan with its place in the store; ``text`` is what the plan's spans point into."""

    id: int
    name: str
    version: int
    plan: Plan
    text: str


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A stored version without what it says."""

    id: int
    name: str
    version: int
    fingerprint: str
    title: str
    kind: str
    stored_at: str
    used_at: str
    """When it was last taken into use; of the versions of a name the latest is in use."""


def save_plan(session: Session, name: str, plan: Plan, text: str) -> StoredPlan:
    """Store ``plan`` under ``name``; the same reading again gives the version there is.

    Raises:
        BadInput: ``plan-without-themes`` when nothing in the plan can be audited; ``plan-name`` for
            a name that cannot stand in an address; ``plan-ids`` and ``plan-term`` for a plan file
            whose pieces cannot be told apart, or whose term is none.
    """
    _check_name(name)
    choose_scheme(plan)
    _check_ids(plan)
    _check_term(plan)
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
        title=_storable(plan.title),
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
                    number=_storable(node.number)[:_NUMBER],
                    title=_storable(node.title),
                )
            )
    session.flush()
    return _stored(row)


def get_plan(session: Session, name: str) -> StoredPlan:
    """The version of the plan ``name`` that is in use.

    Raises:
        XuanjianError: ``plan-missing``; the hint names the plans there are.
    """
    asked = select(PlanRow).where(PlanRow.name == name).order_by(*_NEWEST).limit(1)
    row = session.scalars(asked).first() if "\0" not in name else None
    if row is not None:
        return _stored(row)
    there = ", ".join(version.name for version in plans_in_use(session)) or "none yet"
    raise XuanjianError(
        f"no plan named {name}",
        "plan-missing",
        f"Stored plans: {there}. Store one with: xuanjian plan use FILE.",
    )


def last_plan(session: Session) -> StoredPlan | tuple[()]:
    """The plan that was taken into use last; () before any."""
    row = session.scalars(select(PlanRow).order_by(*_NEWEST).limit(1)).first()
    return _stored(row) if row is not None else ()


def use_plan(session: Session, name: str) -> StoredPlan:
    """Take a stored plan into use: it is what verbs work on when none is named."""
    stored = get_plan(session, name)
    session.get_one(PlanRow, stored.id).used_at = precise_now()
    return stored


def use_version(session: Session, name: str, version: int) -> StoredPlan:
    """Take a version of a plan into use: an earlier one undoes what came after it.

    Raises:
        XuanjianError: ``plan-missing``.
    """
    row = _version(session, name, version)
    row.used_at = precise_now()
    return _stored(row)


def get_version(session: Session, name: str, version: int) -> StoredPlan:
    """One version of a plan; raises ``plan-missing``."""
    return _stored(_version(session, name, version))


def plan_versions(session: Session, name: str = "") -> tuple[PlanVersion, ...]:
    """Versions of the plan ``name``, or of all plans; what was taken into use last comes first."""
    fields = [getattr(PlanRow, field) for field in PlanVersion.__struct_fields__]
    asked = select(*fields).order_by(*_NEWEST)
    if name:
        asked = asked.where(PlanRow.name == name)
    return tuple(PlanVersion(**row._mapping) for row in session.execute(asked))


def list_plans(session: Session) -> tuple[StoredPlan, ...]:
    """Every plan in the version that is in use, the plan last taken into use first."""
    numbers = [version.id for version in plans_in_use(session)]
    rows = session.scalars(select(PlanRow).where(PlanRow.id.in_(numbers)))
    found = {row.id: _stored(row) for row in rows}
    return tuple(found[number] for number in numbers)


def plans_in_use(session: Session) -> tuple[PlanVersion, ...]:
    """The same without what they say, which takes a hundredth of the time where plans are long."""
    newest: dict[str, PlanVersion] = {}
    for version in plan_versions(session):
        newest.setdefault(version.name, version)
    return tuple(newest.values())


def _version(session: Session, name: str, version: int) -> PlanRow:
    asked = select(PlanRow).where(PlanRow.name == name, PlanRow.version == version)
    possible = 0 < version < 2**31 and "\0" not in name
    row = session.scalars(asked).first() if possible else None
    if row is None:
        raise XuanjianError(
            f"the plan {name} has no version {version}",
            "plan-missing",
            "Look at the list of its versions again.",
        )
    return row


def _check_ids(plan: Plan) -> None:
    seen: set[str] = set()
    for node in walk(plan.nodes):
        if node.id in seen or not 0 < len(node.id) <= _ID or not node.id.isprintable():
            raise BadInput(
                f"pieces of the plan cannot be told apart by their ids: {node.id[:_ID]!r}",
                "plan-ids",
                f"Give each an id of its own, of at most {_ID} characters, such as focus-1.",
            )
        seen.add(node.id)


def _check_term(plan: Plan) -> None:
    for day in plan.period or ():
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise BadInput(
                f"the plan's term has a day that is none: {day[:40]!r}",
                "plan-term",
                "Write it as 2026-01-01.",
            ) from error
    if plan.period is not None and plan.period[0] > plan.period[1]:
        raise BadInput(
            f"the plan's term ends on {plan.period[1]}, before it begins on {plan.period[0]}",
            "plan-term",
            "Give the first day first.",
        )


def _storable(words: str) -> str:
    """Without the one character that PostgreSQL cannot keep."""
    return words.replace("\0", "")


def _check_name(name: str) -> None:
    plain = all(mark.isprintable() and mark != "/" for mark in name)
    if not plain or not 0 < len(name) <= LONGEST_NAME or name.strip(" .") == "":
        raise BadInput(
            f"a plan cannot be named {name[:LONGEST_NAME]!r}",
            "plan-name",
            f"Give it a name of at most {LONGEST_NAME} characters without '/', such as 2026.",
        )


def _stored(row: PlanRow) -> StoredPlan:
    try:
        plan = _decoded(row.body)
    except msgspec.ValidationError as error:
        raise XuanjianError(
            f"the stored plan {row.name} is of another format: {error}",
            "plan-format",
            "Store it again from its document with: xuanjian plan use FILE.",
        ) from error
    return StoredPlan(row.id, row.name, row.version, plan, row.text)


@lru_cache(32)
def _decoded(body: str) -> Plan:
    """A frozen plan, read once for as long as it is asked for."""
    return Plan.from_json(body.encode())
