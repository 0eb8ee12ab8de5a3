"""Which names of offices 科室 mean the same office, and whom 各科室 means.

Hides: how an office is renamed inside one plan (知识产权管理科, 知识产权科; two offices in one row).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pipeline.plan.model import Obligation, Office, PlanNode, walk
from pipeline.plan.quotas import is_inside
from pipeline.plan.responsibility import is_everyone

__all__ = ["addressed", "all_offices"]

_FILLING = re.compile(r"管理|工作|服务|综合(?=.{2})|[和与及]")
_ENDING = re.compile(r"(?:科室|科|处|室|股|办公室|办|部|中心|站|所|队)$")


def all_offices(rows: Sequence[Office], nodes: Sequence[PlanNode]) -> tuple[Office, ...]:
    """The offices of the task table with the other names the plan calls them by; an office that
    is only named behind a form or a focus area stands behind them, without targets."""
    offices = [replace(row, aliases=_parts(row.name)) for row in rows]
    for name in dict.fromkeys(_named(nodes)):
        if is_everyone(name) or name.startswith("各"):
            continue
        if any(name == office.name or name in office.aliases for office in offices):
            continue
        same = next((i for i, office in enumerate(offices) if _is_same(office, name)), None)
        if same is None:
            offices.append(Office(name=name))
        else:
            offices[same] = replace(offices[same], aliases=(*offices[same].aliases, name))
    return tuple(offices)


def addressed(
    obligations: Iterable[Obligation], offices: Sequence[Office]
) -> tuple[Obligation, ...]:
    """The obligations with 各科室 spelt out as the offices of the plan."""
    everyone = [
        part
        for office in offices
        if is_inside(office.name)
        for part in _parts(office.name) or (office.name,)
    ]
    found = []
    for duty in obligations:
        names: list[str] = []
        for name in duty.offices:
            names += everyone if everyone and is_everyone(name) else [name]
        found.append(replace(duty, offices=tuple(dict.fromkeys(names))))
    return tuple(found)


def _named(nodes: Sequence[PlanNode]) -> Iterable[str]:
    for node in walk(tuple(nodes)):
        yield from node.lead_offices
        yield from node.offices


def _parts(name: str) -> tuple[str, ...]:
    """Two offices in one row are one row of points, and each is called by its own name."""
    return tuple(name.split("、")) if "、" in name else ()


def _is_same(office: Office, name: str) -> bool:
    core = _core(name)
    return len(core) > 1 and any(
        core == _core(called) and name[-1:] == called[-1:]
        for called in (office.name, *office.aliases)
    )


def _core(name: str) -> str:
    return _FILLING.sub("", _ENDING.sub("", name))
