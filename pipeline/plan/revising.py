"""A plan with what a person corrected in it, and a new reading with what was corrected before.

Hides: which parts of a plan hang together: a node keeps its id whatever is mended in it, a doubt ends
when what it asks for is filled in, an office keeps its targets when it is renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from pipeline.errors import BadInput
from pipeline.plan.difference import paired
from pipeline.plan.model import (
    SCHEME_KINDS,
    NodeKind,
    Office,
    Plan,
    PlanNode,
    Unit,
    walk,
)
from pipeline.plan.profile import ThemeProfile
from pipeline.text import comparable

__all__ = [
    "Head",
    "NodeChange",
    "OfficeChange",
    "revised_head",
    "revised_nodes",
    "revised_offices",
    "revised_profiles",
    "revised_units",
    "with_earlier_work",
]

_OF_TERM = frozenset({"term-missing", "term-inferred"})


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a node is to be; its id says which."""

    id: str
    kind: NodeKind
    number: str = ""
    title: str = ""
    auditable: bool = True
    lead_offices: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()


class OfficeChange(msgspec.Struct, frozen=True, kw_only=True):
    """What an office is to be; ``was`` is its name so far, '' for a new one."""

    was: str = ""
    name: str
    aliases: tuple[str, ...] = ()


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says of itself."""

    title: str
    issuer: str = ""
    number: str = ""
    date: str | None = None
    period: tuple[str, str] | None = None


def revised_nodes(plan: Plan, changes: Sequence[NodeChange]) -> Plan:
    """``plan`` with its nodes changed; nodes not named stay as they are.

    Raises:
        BadInput: ``plan-node-unknown``.
    """
    wanted = {change.id: change for change in changes}
    if strange := set(wanted) - {node.id for node in walk(plan.nodes)}:
        raise _unknown("piece", min(strange))
    return replace(plan, nodes=_revised(plan.nodes, wanted))


def _revised(nodes: Sequence[PlanNode], wanted: Mapping[str, NodeChange]) -> tuple[PlanNode, ...]:
    made = []
    for node in nodes:
        below = _revised(node.children, wanted)
        change = wanted.get(node.id)
        if change is None:
            made.append(replace(node, children=below))
            continue
        made.append(
            replace(
                node,
                kind=change.kind,
                number=change.number,
                title=change.title,
                auditable=change.auditable,
                lead_offices=change.lead_offices,
                offices=change.offices,
                children=below,
            )
        )
    return tuple(made)


def revised_units(plan: Plan, units: Sequence[Unit]) -> Plan:
    """``plan`` with these interview units 采访单位.

    Raises:
        BadInput: ``plan-node-unknown`` for a theme the plan lacks.
    """
    ids = {node.id for node in walk(plan.nodes)}
    for unit in units:
        if unit.theme and unit.theme not in ids:
            raise _unknown("piece", unit.theme)
    return replace(plan, units=tuple(units))


def revised_offices(plan: Plan, changes: Sequence[OfficeChange]) -> Plan:
    """``plan`` with these offices 责任科室, which keep their targets and quotas under a new name.

    Raises:
        BadInput: ``plan-node-unknown`` for an office the plan lacks.
    """
    there = {office.name: office for office in plan.offices}
    made = []
    for change in changes:
        if change.was and change.was not in there:
            raise _unknown("office", change.was)
        known = there[change.was] if change.was else Office(name=change.name)
        made.append(replace(known, name=change.name, aliases=change.aliases))
    return replace(plan, offices=tuple(made))


def revised_head(plan: Plan, head: Head) -> Plan:
    """``plan`` with another title, issuer, number, date and term; with a term given nothing is in
    doubt about it."""
    changed = replace(
        plan,
        title=head.title,
        issuer=head.issuer,
        number=head.number,
        date=head.date,
        period=head.period,
    )
    if head.period is None or head.period == plan.period:
        return changed
    left = tuple(doubt for doubt in plan.doubts if doubt.slug not in _OF_TERM)
    return replace(changed, doubts=left)


def revised_profiles(plan: Plan, profiles: Sequence[ThemeProfile]) -> Plan:
    """``plan`` with these profiles in place of those of the same themes."""
    new = {profile.theme: profile for profile in profiles}
    kept = tuple(new.pop(profile.theme, profile) for profile in plan.profiles)
    return replace(plan, profiles=(*kept, *new.values()))


def with_earlier_work(plan: Plan, before: Plan) -> Plan:
    """A new reading with what people did to the version before it, where it is about the same thing.

    A theme that stayed keeps its profile, which has to be confirmed anew where title or text changed,
    and stays switched off; units and offices of the same name keep the aliases they were given.
    """
    themes = [node for node in walk(before.nodes) if node.kind in SCHEME_KINDS]
    pairs = paired(themes, [node for node in walk(plan.nodes) if node.kind in SCHEME_KINDS])
    profiles = {profile.theme: profile for profile in before.profiles}
    own = {profile.theme for profile in plan.profiles}
    carried = []
    off = set()
    for old, new in pairs:
        same = comparable(old.title) == comparable(new.title)
        if same and not old.auditable:
            off.add(new.id)
        if old.id in profiles and new.id not in own:
            sure = same and comparable(old.text) == comparable(new.text)
            profile = replace(profiles[old.id], theme=new.id, title=new.title)
            carried.append(profile if sure else replace(profile, confirmed_by=""))
    units = {unit.name: unit for unit in before.units}
    offices = {office.name: office for office in before.offices}
    return replace(
        plan,
        nodes=_switched_off(plan.nodes, off),
        profiles=(*plan.profiles, *carried),
        units=tuple(
            replace(unit, aliases=unit.aliases or units[unit.name].aliases)
            if unit.name in units
            else unit
            for unit in plan.units
        ),
        offices=tuple(
            replace(office, aliases=office.aliases or offices[office.name].aliases)
            if office.name in offices
            else office
            for office in plan.offices
        ),
    )


def _switched_off(nodes: Sequence[PlanNode], off: set[str]) -> tuple[PlanNode, ...]:
    return tuple(
        replace(
            node,
            auditable=node.auditable and node.id not in off,
            children=_switched_off(node.children, off),
        )
        for node in nodes
    )


def _unknown(what: str, name: str) -> BadInput:
    return BadInput(
        f"the plan has no {what} {name[:80]}",
        "plan-node-unknown",
        "Open the page again: the plan may have another version by now.",
    )
