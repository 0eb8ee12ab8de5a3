"""Handing in a plan: read first, looked at beside its document, stored when somebody says so.

Hides: that a plan of a known name becomes its next version, with the work people did on the last one.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.datastructures import UploadFile

from console.desk import Asked, Desk
from console.language import _
from console.pages import Changed, change, page
from console.plan_files import PURPOSE, SAVING, HandedIn, handed_in, keep_version, take_in
from console.rooms.plan_tree import Document, kind_names, tree_of
from console.rooms.plans import PlanFacts, facts_of, plan_address
from console.uploads import drop_upload
from pipeline.errors import BadInput
from pipeline.plan.difference import PlanDifference, compare
from pipeline.plan.model import Plan, schemes
from pipeline.plan.revising import with_earlier_work
from pipeline.store.plans import LONGEST_NAME, StoredPlan, list_plans

__all__ = ["ROUTES"]

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Address = Annotated[str, msgspec.Meta(max_length=200)]


class PlanUpload(msgspec.Struct, frozen=True, kw_only=True):
    """A document; ``name`` is the plan it is to be the next version of, '' for a new plan."""

    file: UploadFile
    name: Name = ""
    to: Address = ""
    """Where to lead when it is stored."""


class StoreUpload(msgspec.Struct, frozen=True, kw_only=True):
    """What to store a document under."""

    name: Name
    carry: bool = False
    """Keep profiles, aliases and what was switched off of the version before."""
    to: Address = ""


class DropUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Give a document up."""

    to: Address = ""


class UploadPage(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was read and is not stored yet."""

    mark: str
    file: str
    name: str
    """The name proposed for it."""
    known: tuple[str, ...]
    """Names of the stored plans."""
    version: int
    """The version it would be."""
    facts: PlanFacts
    themes: bool
    """Whether there is anything to map news to; without, it cannot be stored."""
    document: Document
    difference: PlanDifference | None
    """From the version in use to this one; None where it is the first."""
    same: bool
    to: str
    kind_names: dict[str, str]


@change("/plan-upload", role="editor", upload=True)
def upload(desk: Desk, given: PlanUpload) -> Changed:
    """Hand a plan document in: Word, PDF, web page, text, older office files, or a plan file.

    It is read and kept for a day, for the page that shows it; nothing is stored yet.
    """
    held = take_in(desk, given.file)
    query = Asked().query(name=given.name, to=given.to)
    return Changed(said="", to=f"/plan-upload/{held.upload.mark}{query}")


@page("/plan-upload/{mark:str}", "plan_upload.html.j2", role="editor")
def uploaded(desk: Desk, mark: str, name: str = "", to: str = "") -> UploadPage:
    """What was read from a document that was handed in, and what it changes where the work on the
    version before is kept."""
    held = handed_in(desk, mark)
    with desk.begin() as session:
        known = {stored.name: stored for stored in list_plans(session)}
    name = name or _proposed(held, known)
    before = known.get(name)
    read = with_earlier_work(held.reading.plan, before.plan) if before else held.reading.plan
    found = compare(before.plan, read) if before else None
    return UploadPage(
        mark=mark,
        file=held.upload.name,
        name=name,
        known=tuple(known),
        version=before.version + 1 if before else 1,
        facts=facts_of(read),
        themes=bool(schemes(read)),
        document=tree_of(read, held.text_after(before)),
        difference=found,
        same=found is not None and not found,
        to=to,
        kind_names=kind_names(),
    )


@change("/plan-upload/{mark:str}/store", role="editor")
def store_upload(desk: Desk, mark: str, given: StoreUpload) -> Changed:
    """Store a document that was handed in, as a new plan or as the next version of one."""
    name = given.name.strip()
    if not name:
        raise BadInput(_("请给方案起一个名称"), "plan-name", _("例如：2026。"))
    held = handed_in(desk, mark)
    with SAVING, desk.begin() as session:
        before = next((one for one in list_plans(session) if one.name == name), None)
        read = held.reading.plan
        if before is not None and given.carry:
            read = with_earlier_work(read, before.plan)
        text = held.text_after(before)
        stored = keep_version(desk, session, name, read, text, held.upload)
        desk.record(
            session,
            "plan.store",
            name,
            before={"version": before.version} if before else None,
            after={"version": stored.version, "file": held.upload.name, "title": read.title},
        )
    drop_upload(desk, PURPOSE, mark)
    said = _("%(name)s 第 %(n)s 版已存入并启用") % {"name": name, "n": stored.version}
    return Changed(said=said, to=given.to or plan_address(name))


@change("/plan-upload/{mark:str}/drop", role="editor")
def give_up(desk: Desk, mark: str, given: DropUpload) -> Changed:
    """Give a document up that was handed in; nothing of it was stored."""
    drop_upload(desk, PURPOSE, mark)
    return Changed(said=_("已放弃，没有存入任何内容"), to=given.to or "/plans", tone="note")


def _proposed(held: HandedIn, known: dict[str, StoredPlan]) -> str:
    """The name of the plan of the same title, else its year, else its file's name."""
    plan: Plan = held.reading.plan
    for name, stored in known.items():
        if stored.plan.title == plan.title:
            return name
    if plan.period is not None:
        first, last = plan.period[0][:4], plan.period[1][:4]
        year = first if first == last else f"{first}-{last}"
        if year not in known:
            return year
    return held.upload.path.stem


ROUTES = [upload, uploaded, store_upload, give_up]
