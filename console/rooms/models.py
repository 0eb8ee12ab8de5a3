"""Models 模型: what decides now, what was learned from people's decisions, and what it would change.

Hides: that training and classifying are processes of their own, and that promoting is written to the
workspace's register, from which nothing is ever erased.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from console.desk import Desk
from console.jobs import start_job
from console.language import _
from console.model_changes import Changes, changes_of
from console.pages import Changed, change, page
from console.problem import without_folders
from console.shown import plainly
from pipeline.classify.measuring import Figures
from pipeline.classify.registry import ModelRegistry, Use
from pipeline.classify.trained_bundle import Description, describe
from pipeline.deciding import base_folder
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.plan.schemes import choose_scheme
from pipeline.shelf import FITNESS_NAMES, ModelLine, fits, model_folder, promote, shelf
from pipeline.store.assignments import model_used
from pipeline.store.jobs import jobs_of
from pipeline.store.plans import StoredPlan, list_plans
from pipeline.store.store import now

__all__ = ["ROUTES"]

_Name = Annotated[str, Meta(max_length=200)]


class ModelsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Trained models of the workspace, and what decides the themes asked about."""

    plan: str
    scheme: str
    models: tuple[ModelLine, ...]
    uses: tuple[Use, ...]
    """Everything that was ever promoted, the newest first."""
    in_use: Use | None
    """None where the profiles decide alone."""
    used: str
    """Name of the model behind the assignments that are stored; '' before any."""
    outdated: bool
    """Whether they were made by another model than the one in use."""
    base: str
    """Card of the base model below all trained ones."""
    jobs: tuple[int, ...]
    """Numbers of training and classifying at present."""
    fitness_names: dict[str, str]


class ThemeFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One theme's F1 by the profiles alone, by the model, and by the model in use."""

    theme: str
    title: str
    positives: int
    negatives: int
    profile: float | None
    learned: float | None
    present: float | None


class ModelPage(msgspec.Struct, frozen=True, kw_only=True):
    """One trained model: before and after, its card, and its history."""

    model: ModelLine
    described: Description
    card: str
    themes: tuple[ThemeFigure, ...]
    present: str
    """Name of the model in use for the same themes, where it is another one; else ''."""
    present_figures: Figures | None
    """What that one reached on its own labels, cross-validated as well."""
    uses: tuple[Use, ...]
    plan: str
    """Stored plan it fits; '' for none."""


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a model would change if it were promoted."""

    model: str
    plan: str
    changes: Changes


class Train(msgspec.Struct, frozen=True, kw_only=True):
    """Learn from the decisions about the plan asked about; ``name`` '' for one made of the plan's."""

    name: Annotated[str, Meta(max_length=60)] = ""


@page("/models", "models.html.j2")
def models_page(desk: Desk) -> ModelsPage:
    """Which trained models there are, their figures, and which decides since when."""
    stored = desk.plan()
    scheme, _themes = choose_scheme(stored.plan, desk.asked.scheme)
    registry = ModelRegistry(desk.workspace.models)
    with desk.begin() as session:
        plans = list_plans(session)
        used = model_used(session, stored.id)
        jobs = (
            *jobs_of(session, "train", running=True),
            *jobs_of(session, "classify", running=True),
        )
    lines = shelf(desk.workspace, plans)
    in_use = registry.in_use(stored.name, scheme)
    trained = {line.name for line in lines}
    parts = set(used[0].split("+")) if used else set()
    return ModelsPage(
        plan=stored.name,
        scheme=scheme,
        models=tuple(sorted((_plain(desk, line) for line in lines), key=lambda line: line.name)),
        uses=tuple(reversed(registry.uses())),
        in_use=in_use,
        used=used[0] if used else "",
        outdated=bool(used) and ((in_use.model not in parts) if in_use else bool(parts & trained)),
        base=_card(base_folder(desk.workspace)),
        jobs=tuple(job.id for job in jobs),
        fitness_names={code: _(words) for code, words in FITNESS_NAMES.items()},
    )


@page("/models/{name:str}", "model.html.j2")
def model_page(desk: Desk, name: str) -> ModelPage:
    """A model's figures before and after learning, what it learned from, its card and history."""
    line, described, stored = _model(desk, name)
    registry = ModelRegistry(desk.workspace.models)
    plan = stored or desk.plan()
    use = registry.in_use(plan.name, described.scheme)
    lines = {} if use is None or use.model == name else _figures(desk)
    present = lines.get(use.model) if use else None
    titles = _titles(plan, described)
    own = {one.theme: one.f1 for one in present.themes} if present else {}
    before = {one.theme: one.f1 for one in described.by_profiles.themes}
    return ModelPage(
        model=line,
        described=described,
        card=_card(model_folder(desk.workspace, name)),
        themes=tuple(
            ThemeFigure(
                theme=one.theme,
                title=titles.get(one.theme, one.theme),
                positives=one.positives,
                negatives=one.negatives,
                profile=before.get(one.theme),
                learned=one.f1,
                present=own.get(one.theme),
            )
            for one in described.by_labels.themes
        ),
        present=use.model if use and present else "",
        present_figures=present,
        uses=tuple(one for one in reversed(registry.uses()) if one.model == name),
        plan=stored.name if stored else "",
    )


@page("/models/{name:str}/changes", "model_changes.html.j2")
def model_changes(desk: Desk, name: str) -> ChangesPage:
    """Which stories of the period would come and go if the model decided."""
    _line, described, stored = _model(desk, name)
    if stored is None:
        raise _unfitting(name)
    folder = model_folder(desk.workspace, name)
    changes = changes_of(desk, stored, described.scheme, folder)
    return ChangesPage(model=name, plan=stored.name, changes=changes)


@change("/models/train", role="editor")
def train(desk: Desk, given: Train) -> Changed:
    """Learn from people's decisions, by a process of its own; nothing is promoted by that."""
    stored = desk.plan()
    scheme, _themes = choose_scheme(stored.plan, desk.asked.scheme)
    words = ["--plan", stored.name, "--scheme", scheme]
    words += ["--name", given.name.strip()] if given.name.strip() else []
    job = start_job(desk, "train", "train", *words)
    return Changed(said=_("训练已开始；学完并不启用"), to=f"/jobs/{job.id}")


@change("/models/{name:str}/promote", role="admin")
def promote_model(desk: Desk, name: str) -> Changed:
    """Take a model into use for the plan it fits; assignments change at the next classification."""
    _line, described, stored = _model(desk, name)
    if stored is None:
        raise _unfitting(name)
    with desk.begin() as session:
        registry = ModelRegistry(desk.workspace.models)
        before = registry.in_use(stored.name, described.scheme)
        desk.record(
            session,
            "models.promote",
            f"{stored.name} {described.scheme}",
            before=before.model if before else "",
            after=name,
        )
        session.flush()  # a model that cannot be promoted takes its line back with it
        promote(desk.workspace, name, stored)
    said = _("已启用 %(name)s；重新归类后生效") % {"name": name}
    return Changed(said=said, to="/models" + desk.asked.query())


@change("/models/rollback", role="admin")
def roll_back(desk: Desk) -> Changed:
    """Go back to the model in use before, or to the profiles."""
    stored = desk.plan()
    scheme, _themes = choose_scheme(stored.plan, desk.asked.scheme)
    registry = ModelRegistry(desk.workspace.models)
    with desk.begin() as session:
        present = registry.in_use(stored.name, scheme)
        desk.record(
            session,
            "models.rollback",
            f"{stored.name} {scheme}",
            before=present.model if present else "",
        )
        session.flush()
        ended, left = registry.roll_back(stored.name, scheme, now())
    instead = _("现用 %(name)s") % {"name": left.model} if left else _("现由条目画像判定")
    said = _("已撤回 %(name)s，%(instead)s；重新归类后生效")
    return Changed(
        said=said % {"name": ended.model, "instead": instead}, to="/models" + desk.asked.query()
    )


def _plain(desk: Desk, line: ModelLine) -> ModelLine:
    """A line without the commands and folders its trouble names."""
    trouble = plainly(without_folders(line.trouble, desk.workspace.path))
    return msgspec.structs.replace(line, trouble=trouble)


def _model(desk: Desk, name: str) -> tuple[ModelLine, Description, StoredPlan | None]:
    """A model that can be read, and the stored plan it fits: the one asked about before others."""
    with desk.begin() as session:
        plans = list_plans(session)
    line = next((one for one in shelf(desk.workspace, plans) if one.name == name), None)
    if line is None:
        raise XuanjianError(
            f"there is no trained model {name[:200]}",
            "model-missing",
            "Look at the list of models again.",
        )
    described = line.described
    if described is None:
        described = describe(model_folder(desk.workspace, name))  # says what is wrong with it
    fitting = [one for one in plans if fits(described, one)]
    asked = desk.asked.plan or (desk.plan().name if plans else "")
    stored = next((one for one in fitting if one.name == asked), fitting[0] if fitting else None)
    return line, described, stored


def _unfitting(name: str) -> BadInput:
    return BadInput(
        _("模型 %(name)s 是为别的条目训练的") % {"name": name},
        "model-other-plan",
        _("条目改过以后要重新训练；仍成立的判定都会用上。"),
    )


def _figures(desk: Desk) -> dict[str, Figures]:
    """What every model that can be read reached by cross-validation, by name."""
    found = ModelRegistry(desk.workspace.models).models()
    return {one.name: one.described.by_labels for one in found if one.described}


def _titles(stored: StoredPlan, described: Description) -> dict[str, str]:
    try:
        _scheme, nodes = choose_scheme(stored.plan, described.scheme)
    except BadInput:
        return {}
    return {node.id: f"{node.number}{node.title}" for node in nodes}


def _card(folder: Path) -> str:
    path = folder / "card.md"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error


ROUTES = [models_page, model_page, model_changes, train, promote_model, roll_back]
