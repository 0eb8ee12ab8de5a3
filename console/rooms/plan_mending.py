"""Mending a plan in place: titles, kinds, numbers, offices of its pieces, its units, offices, and term.

Hides: that every save makes the next version, and that two people who mend one plan do not undo each
other's work: whoever saves second is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.pages import BLANKS_COUNT, Changed, change, page
from console.plan_files import SAVING, keep_version
from console.rooms.plan_tree import Document, kind_names, tree_of
from console.rooms.plans import PlanFacts, facts_of, plan_address
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import NodeKind, Office, Plan, Unit, walk
from pipeline.plan.revising import (
    Head,
    NodeChange,
    OfficeChange,
    revised_head,
    revised_nodes,
    revised_offices,
    revised_units,
)
from pipeline.store.plans import StoredPlan, get_plan

__all__ = ["ROUTES", "store_revision", "told_names"]

_BETWEEN = re.compile(r"[、，,；;\n\r]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Version = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Words = Annotated[str, msgspec.Meta(max_length=4000)]
Id = Annotated[str, msgspec.Meta(max_length=64)]
Rows = Annotated[tuple[Words, ...], msgspec.Meta(max_length=5000, extra={BLANKS_COUNT: True})]
"""One value for every row of a form; names in one are divided by 、."""


class MendPage(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in use, to be mended beside its document."""

    name: str
    version: int
    facts: PlanFacts
    document: Document
    titles: dict[str, str]
    """Title of every node as it stands, by id."""
    kind_names: dict[str, str]


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan is to say of itself (days are ISO 8601, '' for none), and what its pieces are to
    be, one row each; ``auditable`` lists the ids that news is mapped to."""

    version: Version
    title: Words
    issuer: Words = ""
    number: Words = ""
    date: Words = ""
    first: Words = ""
    last: Words = ""
    ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=5000)]
    numbers: Rows
    titles: Rows
    kinds: Annotated[tuple[NodeKind, ...], msgspec.Meta(max_length=5000)]
    leads: Rows
    offices: Rows
    auditable: Annotated[tuple[Id, ...], msgspec.Meta(max_length=5000)] = ()


class UnitsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Interview units 采访单位 of the plan in use."""

    name: str
    version: int
    units: tuple[Unit, ...]
    themes: tuple[tuple[str, str], ...]
    """Id and words of pieces a unit may belong to."""


class MendUnits(msgspec.Struct, frozen=True, kw_only=True):
    """The units there are to be, one row each; a row without a name is left out."""

    version: Version
    names: Rows
    aliases: Rows
    notes: Rows
    themes: Rows


class OfficesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Responsible offices 责任科室 of the plan in use."""

    name: str
    version: int
    offices: tuple[Office, ...]


class MendOffices(msgspec.Struct, frozen=True, kw_only=True):
    """The offices there are to be, one row each; ``was`` is a row's name so far."""

    version: Version
    was: Rows
    names: Rows
    aliases: Rows


@page("/plans/{name:str}/mend", "plan_mend.html.j2", role="editor")
def mend(desk: Desk, name: str) -> MendPage:
    """The pieces of the plan in use, each to be mended on its line, beside the document."""
    stored = _present(desk, name)
    return MendPage(
        name=name,
        version=stored.version,
        facts=facts_of(stored.plan),
        document=tree_of(stored.plan, stored.text),
        titles={node.id: node.title for node in walk(stored.plan.nodes)},
        kind_names=kind_names(),
    )


@change("/plans/{name:str}/mend", role="editor")
def store_mended(desk: Desk, name: str, given: Mended) -> Changed:
    """Store the plan with its title, issuer, term and pieces mended, as its next version."""
    head, pieces = _head(given), _pieces(given)
    return store_revision(
        desk,
        name,
        given.version,
        lambda plan: revised_nodes(revised_head(plan, head), pieces),
        "plan.mend",
    )


def _pieces(given: Mended) -> list[NodeChange]:
    on = set(given.auditable)
    rows = _rows(given.ids, given.numbers, given.titles, given.leads, given.offices)
    if len(given.kinds) != len(rows):
        raise _uneven()
    return [
        NodeChange(
            id=node,
            kind=kind,
            number=number.strip(),
            title=title.strip(),
            auditable=node in on,
            lead_offices=told_names(leads),
            offices=told_names(offices),
        )
        for kind, (node, number, title, leads, offices) in zip(given.kinds, rows, strict=True)
    ]


def _head(given: Mended) -> Head:
    if bool(given.first) != bool(given.last) or given.first > given.last:
        raise BadInput(
            _("执行时间要有开始和结束，开始不晚于结束"),
            "plan-term",
            _("例如：2026-01-01 至 2026-12-31。"),
        )
    return Head(
        title=given.title.strip(),
        issuer=given.issuer.strip(),
        number=given.number.strip(),
        date=_day(given.date) or None,
        period=(_day(given.first), _day(given.last)) if given.first else None,
    )


@page("/plans/{name:str}/units", "plan_units.html.j2", role="editor")
def units(desk: Desk, name: str) -> UnitsPage:
    """Names, aliases and themes of the plan's interview units."""
    stored = _present(desk, name)
    used = {unit.theme for unit in stored.plan.units}
    return UnitsPage(
        name=name,
        version=stored.version,
        units=stored.plan.units,
        themes=tuple(
            (node.id, f"{node.number}{node.label}")
            for node in walk(stored.plan.nodes)
            if node.kind in ("focus_area", "chapter", "section", "measure") or node.id in used
        ),
    )


@change("/plans/{name:str}/units", role="editor")
def mend_units(desk: Desk, name: str, given: MendUnits) -> Changed:
    """Store the plan with these units, as its next version."""
    rows = _rows(given.names, given.aliases, given.notes, given.themes)
    made = [
        Unit(name=unit.strip(), aliases=told_names(aliases), note=note.strip(), theme=theme)
        for unit, aliases, note, theme in rows
        if unit.strip()
    ]
    return store_revision(
        desk, name, given.version, lambda plan: revised_units(plan, made), "plan.units"
    )


@page("/plans/{name:str}/offices", "plan_offices.html.j2", role="editor")
def offices(desk: Desk, name: str) -> OfficesPage:
    """Names and aliases of the plan's offices."""
    stored = _present(desk, name)
    return OfficesPage(name=name, version=stored.version, offices=stored.plan.offices)


@change("/plans/{name:str}/offices", role="editor")
def mend_offices(desk: Desk, name: str, given: MendOffices) -> Changed:
    """Store the plan with these offices, as its next version; targets and quotas stay with them."""
    made = [
        OfficeChange(was=was, name=office.strip(), aliases=told_names(aliases))
        for was, office, aliases in _rows(given.was, given.names, given.aliases)
        if office.strip()
    ]
    return store_revision(
        desk, name, given.version, lambda plan: revised_offices(plan, made), "plan.offices"
    )


def store_revision(
    desk: Desk,
    name: str,
    version: int,
    revise: Callable[[Plan], Plan],
    action: str,
    to: str = "",
) -> Changed:
    """Store what ``revise`` makes of the plan in use.

    Args:
        version: what the page was made from, which must still be in use.
        action: what the audit trail calls it.
        to: where to lead; '' for the plan's page.

    Raises:
        XuanjianError: ``plan-edited-twice``.
        BadInput: what ``revise`` and ``keep_version`` raise.
    """
    with SAVING, desk.begin() as session:
        before = _unchanged(session, name, version)
        stored = keep_version(desk, session, name, revise(before.plan), before.text)
        desk.record(
            session,
            action,
            name,
            before={"version": before.version},
            after={"version": stored.version},
        )
    if stored.version == before.version:
        return Changed(said=_("没有变化"), to=to or plan_address(name), tone="note")
    said = _("已存为第 %(n)s 版并启用，以前的版本都还在") % {"n": stored.version}
    return Changed(said=said, to=to or plan_address(name))


def told_names(words: str) -> tuple[str, ...]:
    """Names as a person lists them.

    >>> told_names("知识产权科、办公室， 办公室")
    ('知识产权科', '办公室')
    """
    return tuple(dict.fromkeys(part.strip() for part in _BETWEEN.split(words) if part.strip()))


def _unchanged(session: Session, name: str, version: int) -> StoredPlan:
    before = get_plan(session, name)
    if before.version != version:
        raise XuanjianError(
            _("您打开页面之后，方案已有第 %(n)s 版") % {"n": before.version},
            "plan-edited-twice",
            _("请重新打开页面，看看变了什么，再修改。"),
        )
    return before


def _present(desk: Desk, name: str) -> StoredPlan:
    with desk.begin() as session:
        return get_plan(session, name)


def _rows(*columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len({len(column) for column in columns}) != 1:
        raise _uneven()
    return list(zip(*columns, strict=True))


def _uneven() -> BadInput:
    return BadInput(_("表单的各行不齐"), "form-value", _("请重新打开页面后再提交。"))


def _day(written: str) -> str:
    if not written:
        return ""
    try:
        if not _DAY.fullmatch(written):
            raise ValueError
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise BadInput(
            _("%(day)s 不是日期") % {"day": written[:20]}, "plan-term", _("例如：2026-01-01。")
        ) from error


ROUTES = [mend, store_mended, units, mend_units, offices, mend_offices]
