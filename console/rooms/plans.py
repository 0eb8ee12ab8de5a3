"""Plans: the versions there are, each beside its document, what changed, and which is in use.

Hides: that a correction is a version of its own, so that taking an earlier one into use undoes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar.response import Stream

from console.desk import Desk
from console.downloads import download
from console.language import _
from console.pages import Changed, change, page
from console.plan_files import ENDINGS, kept_document
from console.problem import Trouble
from console.rooms.plan_tree import KIND_NAMES, PLAN_KIND_NAMES, Document, kind_names, tree_of
from pipeline import steps
from pipeline.config import writing
from pipeline.deciding import deciding
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.checking import Remark, check_plan
from pipeline.plan.difference import PlanDifference, compare
from pipeline.plan.model import (
    Medium,
    Obligation,
    Office,
    Plan,
    PlanEvent,
    Target,
    Unit,
    schemes,
    walk,
)
from pipeline.settings_file import change_settings
from pipeline.store.assignments import model_used
from pipeline.store.plans import (
    PlanVersion,
    StoredPlan,
    get_plan,
    get_version,
    list_plans,
    plan_versions,
    use_version,
)

__all__ = ["ROUTES", "PlanFacts", "facts_of", "model_trouble", "plan_address", "version_asked"]


class PlanFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says of itself, and how much it holds."""

    title: str
    kind: str
    kind_name: str
    issuer: str
    number: str
    date: str | None
    period: tuple[str, str] | None
    schemes: tuple[tuple[str, str, int], ...]
    """Kind of theme, its name, how many; the main one first."""
    units: int
    offices: int
    obligations: int
    media: int
    doubts: int
    confirmed: int
    """Themes of the main scheme whose profile a person confirmed."""


class PlanCard(msgspec.Struct, frozen=True, kw_only=True):
    """A stored plan in the list."""

    name: str
    version: int
    versions: int
    stored_at: str
    in_use: bool
    facts: PlanFacts


class PlansPage(msgspec.Struct, frozen=True, kw_only=True):
    """The stored plans, the one in use first."""

    plans: tuple[PlanCard, ...]
    endings: tuple[str, ...]
    """Kinds of document that can be handed in."""


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a plan, beside its document."""

    name: str
    version: int
    present: int
    """The version in use."""
    facts: PlanFacts
    document: Document
    units: tuple[Unit, ...]
    offices: tuple[Office, ...]
    obligations: tuple[Obligation, ...]
    media: tuple[Medium, ...]
    events: tuple[PlanEvent, ...]
    targets: tuple[Target, ...]
    scoring: tuple[str, ...]
    titles: dict[str, str]
    """Title of every node, by id."""
    kind_names: dict[str, str]
    versions: tuple[PlanVersion, ...]
    classified: bool
    """Whether news was mapped to the themes of the version in use."""
    model_trouble: Trouble | None
    """Why the model in use does not fit this version; None where it does."""
    file: str
    """Ending of the document it was read from; '' where none was handed in here."""
    endings: tuple[str, ...]


class DifferencePage(msgspec.Struct, frozen=True, kw_only=True):
    """What changed between two versions."""

    name: str
    old: int
    new: int
    versions: tuple[PlanVersion, ...]
    difference: PlanDifference
    same: bool


class CheckPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a person should look at in a plan, the most important first."""

    name: str
    version: int
    remarks: tuple[Remark, ...]


class UseVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Which version to take into use."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


Kind = Literal["toml", "json"]


@page("/plans", "plans.html.j2")
def plans(desk: Desk) -> PlansPage:
    """Stored plans in the version that is in use, and the way to hand another in."""
    with desk.begin() as session:
        stored = list_plans(session)
        counts: dict[str, int] = {}
        times = {}
        for version in plan_versions(session):
            counts[version.name] = counts.get(version.name, 0) + 1
            times[version.id] = version.stored_at
    present = steps.resolve_plan(desk.store, desk.workspace, "").name if stored else ""
    cards = [
        PlanCard(
            name=one.name,
            version=one.version,
            versions=counts[one.name],
            stored_at=times[one.id],
            in_use=one.name == present,
            facts=facts_of(one.plan),
        )
        for one in stored
    ]
    cards.sort(key=lambda card: not card.in_use)
    return PlansPage(plans=tuple(cards), endings=ENDINGS)


@page("/plans/{name:str}", "plan.html.j2")
def plan(desk: Desk, name: str, version: int = 0) -> PlanPage:
    """A plan's tree beside its document, its doubts, units, offices, media and obligations;
    ``version`` 0 is the one in use."""
    with desk.begin() as session:
        present = get_plan(session, name)
        stored = version_asked(desk, name, version) if version else present
        versions = plan_versions(session, name)
        classified = bool(model_used(session, present.id))
    read = stored.plan
    files = kept_document(desk, name, stored.version)
    return PlanPage(
        name=name,
        version=stored.version,
        present=present.version,
        facts=facts_of(read),
        document=tree_of(read, stored.text),
        units=read.units,
        offices=read.offices,
        obligations=read.obligations,
        media=read.media,
        events=read.events,
        targets=read.targets,
        scoring=tuple(rule.text for rule in read.scoring),
        titles={node.id: node.label for node in walk(read.nodes)},
        kind_names=kind_names(),
        versions=versions,
        classified=classified,
        model_trouble=model_trouble(desk, present) if stored.id == present.id else None,
        file=files[0].suffix if files else "",
        endings=ENDINGS,
    )


@page("/plans/{name:str}/diff", "plan_diff.html.j2")
def difference(desk: Desk, name: str, old: int = 0, new: int = 0) -> DifferencePage:
    """What changed between two versions; by default from the one before the one in use to that."""
    with desk.begin() as session:
        present = get_plan(session, name).version
        versions = plan_versions(session, name)
    new = new or present
    old = old or max((one.version for one in versions if one.version < new), default=new)
    found = compare(version_asked(desk, name, old).plan, version_asked(desk, name, new).plan)
    return DifferencePage(
        name=name, old=old, new=new, versions=versions, difference=found, same=not found
    )


@page("/plans/{name:str}/check", "plan_check.html.j2")
def check(desk: Desk, name: str, version: int = 0) -> CheckPage:
    """What a person should look at first in a plan: doubts of its reading, and what is suspicious."""
    stored = version_asked(desk, name, version)
    return CheckPage(
        name=name, version=stored.version, remarks=check_plan(stored.plan, stored.text)
    )


@page("/plans/{name:str}/download", "", api=False)
def download_plan(desk: Desk, name: str, version: int = 0, kind: Kind = "toml") -> Stream:
    """A version as a plan file to mend and keep, or as JSON."""
    from pipeline.plan.plan_file import write_plan_file

    stored = version_asked(desk, name, version)

    def write(folder: Path) -> Path:
        path = folder / f"plan.{kind}"
        if kind == "json":
            with writing(path) as out:
                out.write(stored.plan.to_json().decode())
        else:
            write_plan_file(stored.plan, path)
        return path

    return download(desk, f"{name} v{stored.version}", write)


@page("/plans/{name:str}/document", "", api=False)
def download_document(desk: Desk, name: str, version: int = 0) -> Stream:
    """The document a version was read from, as it was handed in."""
    stored = version_asked(desk, name, version)
    files = kept_document(desk, name, stored.version)
    if not files:
        raise XuanjianError(
            _("这一版没有上传的原文件"),
            "plan-document-missing",
            _("在线修改的版本，原文件在它之前上传的版本里。"),
        )

    def write(folder: Path) -> Path:
        path = folder / f"document{files[0].suffix}"
        path.write_bytes(files[0].read_bytes())
        return path

    return download(desk, f"{name} v{stored.version}", write)


@change("/plans/{name:str}/use", role="editor")
def use(desk: Desk, name: str, given: UseVersion) -> Changed:
    """Take a version of a plan into use, and make this the plan pages are about."""
    present = steps.resolve_plan(desk.store, desk.workspace, "")
    with desk.begin() as session:
        before = get_plan(session, name)
        stored = use_version(session, name, given.version)
        desk.record(
            session,
            "plan.use",
            name,
            before={"plan": present.name, "version": before.version},
            after={"plan": name, "version": stored.version},
        )
    if desk.workspace.settings.get("plan.default", str) not in ("", name):
        change_settings(desk.workspace, {"plan.default": name})
    said = _("%(name)s 第 %(n)s 版已启用") % {"name": name, "n": stored.version}
    return Changed(said=said, to="")


def version_asked(desk: Desk, name: str, version: int) -> StoredPlan:
    """One version of a plan; 0 is the one in use; raises ``plan-missing``."""
    with desk.begin() as session:
        return get_version(session, name, version) if version else get_plan(session, name)


def plan_address(name: str) -> str:
    """The address of a plan's page."""
    return f"/plans/{quote(name, safe='')}"


def facts_of(plan: Plan) -> PlanFacts:
    """The head of a plan's page."""
    found = schemes(plan)
    main = {node.id for node in next(iter(found.values()), ())}
    return PlanFacts(
        title=plan.title,
        kind=plan.kind,
        kind_name=_(PLAN_KIND_NAMES[plan.kind]),
        issuer=plan.issuer,
        number=plan.number,
        date=plan.date,
        period=plan.period,
        schemes=tuple((kind, _(KIND_NAMES[kind]), len(nodes)) for kind, nodes in found.items()),
        units=len(plan.units),
        offices=len(plan.offices),
        obligations=len(plan.obligations),
        media=len(plan.media),
        doubts=len(plan.doubts),
        confirmed=sum(1 for one in plan.profiles if one.theme in main and one.confirmed_by),
    )


def model_trouble(desk: Desk, stored: StoredPlan) -> Trouble | None:
    """What the model in use for the plan's themes is refused for; None where it is not."""
    if not desk.workspace.models.is_dir():
        return None
    try:
        deciding(desk.workspace, stored.plan, stored.name, "")
    except BadInput as error:
        return Trouble.of(error, desk.workspace.path)
    return None


ROUTES = [plans, plan, difference, check, download_plan, download_document, use]
