"""What decides a plan's news, for every verb that classifies or measures.

Hides: how plan and model are chosen. Named with --model, exactly that folder decides: a base model (by
profiles alone) or a trained one. Otherwise the workspace's base model does, corrected by what was
promoted for the plan's themes, unless profiles alone are asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import steps
from pipeline.config import Workspace, shipped
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.plan.model import Plan

if TYPE_CHECKING:
    from pipeline.classify.bundle import BaseModel
    from pipeline.classify.classifier import ThemeClassifier
    from pipeline.classify.layer import TrainedLayer

__all__ = ["Deciding", "NamedPlan", "base_folder", "deciding", "plan_anywhere"]

_UNUSABLE = {
    *("model-other-plan", "model-other-profiles", "model-other-base"),
    *("model-changed", "model-missing", "model-tampered", "model-format"),
}
"""What can be wrong with a promoted model; the verbs go on without it when asked to."""


@dataclass(frozen=True)
class NamedPlan:
    """A plan, and the name it is stored under; '' where it is not stored."""

    plan: Plan
    name: str = ""


def plan_anywhere(path: Path, wanted: str) -> tuple[Workspace | None, NamedPlan]:
    """The plan in the file ``wanted``, which needs no workspace, or stored under that name in the
    workspace at ``path``; '' is the plan in use."""
    if wanted and Path(wanted).is_file():
        try:
            place = Workspace.open(path)
        except XuanjianError as error:
            if error.slug != "workspace-missing":
                raise
            place = None
        return place, NamedPlan(steps.read_plan_file(Path(wanted)).plan)
    if Path(wanted).suffix:
        raise DiskTrouble(f"{wanted} does not exist", "file-missing", "Check the path.")
    with steps.open_store(path) as (found, store):
        stored = steps.resolve_plan(store, found, wanted)
        return found, NamedPlan(stored.plan, stored.name)


@dataclass(frozen=True, eq=False)
class Deciding:
    """A classifier of a scheme's themes, and what it is made of."""

    classifier: ThemeClassifier
    scheme: str
    name: str
    """What it is stored under: the name of the trained model, or of the base model."""
    fingerprint: str
    words: str
    """The same for people, in Chinese."""
    trained: tuple[Path, ...] = ()
    """Folders of the trained models in it."""


def base_folder(workspace: Workspace | None) -> Path:
    """The base model's folder: as set in the workspace, or the shipped one."""
    if workspace is not None and (name := workspace.settings.get("model.folder", str)):
        return workspace.path / name
    return shipped("models") / "base"


def deciding(
    workspace: Workspace | None,
    plan: Plan,
    plan_name: str,
    scheme: str,
    *,
    model: Path | None = None,
    profiles_only: bool = False,
) -> Deciding:
    """Choose and open what decides ``scheme`` of ``plan``.

    Args:
        plan_name: what the plan is stored under; '' for a plan that is not stored, for which
            nothing can have been promoted.
        scheme: '' for the plan's main one; for a trained ``model``, for the one it was trained on.

    Raises:
        BadInput: what opening a model folder refuses; ``model-other-plan`` and its like for a
            promoted model that does not fit any more, with what to do.
    """
    from pipeline.classify.bundle import open_bundle

    if model is not None and _is_trained(model):
        return _by_folder(workspace, plan, scheme, model)
    base = open_bundle(model or base_folder(workspace))
    if model is not None or profiles_only or workspace is None or not plan_name:
        return _by_profiles(plan, scheme, base)
    if not workspace.models.is_dir():  # nothing was trained: spare the second that learning loads
        return _by_profiles(plan, scheme, base)
    from pipeline.classify.registry import ModelRegistry
    from pipeline.reports.wording import made_words

    try:
        force = ModelRegistry(workspace.models).in_force(plan_name, plan, scheme, base)
    except BadInput as error:
        if error.slug not in _UNUSABLE:
            raise
        raise BadInput(
            error.message,
            error.slug,
            f"{error.hint} Until then: --no-model, or xuanjian models rollback.",
        ) from error
    if not force.layers:
        return _by_profiles(plan, scheme, base)
    names = "、".join(f"{use.model}（{made_words(use.since)[:10]} 启用）" for use in force.uses)
    return _with_layers(
        plan,
        scheme,
        force.base,
        force.layers,
        tuple(workspace.models / use.model for use in force.uses),
        f"由训练过的模型判定：{names}",
    )


def _is_trained(folder: Path) -> bool:
    from pipeline.classify.trained_bundle import describe

    try:
        describe(folder)
    except BadInput as error:
        if error.slug != "model-format":
            raise
        return False
    return True


def _by_profiles(plan: Plan, scheme: str, base: BaseModel) -> Deciding:
    from pipeline.classify.hierarchy import classifier_of
    from pipeline.plan.schemes import choose_scheme

    return Deciding(
        classifier=classifier_of(plan, scheme, base),
        scheme=choose_scheme(plan, scheme)[0],
        name=base.name,
        fingerprint=base.fingerprint,
        words="由条目画像判定",
    )


def _by_folder(workspace: Workspace | None, plan: Plan, scheme: str, folder: Path) -> Deciding:
    from pipeline.classify.bundle import open_bundle
    from pipeline.classify.registry import base_beside, schemes_above
    from pipeline.classify.trained_bundle import open_trained
    from pipeline.plan.schemes import choose_scheme

    base = base_beside(folder, open_bundle(base_folder(workspace)))
    trained = open_trained(folder, plan, base)
    own = trained.described.scheme
    chosen, _ = choose_scheme(plan, scheme or own)
    if own not in (chosen, *schemes_above(plan, chosen)):
        raise BadInput(
            f"the model in {folder} decides {own}, not {chosen}",
            "model-other-plan",
            f"Use it with --scheme {own}, or train one: xuanjian train --scheme {chosen}.",
        )
    layers = {own: trained.layer}
    words = f"由训练过的模型判定：{folder.name}"
    return _with_layers(plan, chosen, base, layers, (folder,), words)


def _with_layers(
    plan: Plan,
    scheme: str,
    base: BaseModel,
    layers: dict[str, TrainedLayer],
    folders: tuple[Path, ...],
    words: str,
) -> Deciding:
    from pipeline.classify.hierarchy import classifier_of
    from pipeline.plan.schemes import choose_scheme

    parts = (base.fingerprint, *(layer.fingerprint for layer in layers.values()))
    return Deciding(
        classifier=classifier_of(plan, scheme, base, layers=layers),
        scheme=choose_scheme(plan, scheme)[0],
        name="+".join(folder.name for folder in folders),
        fingerprint=hashlib.sha256("+".join(parts).encode()).hexdigest()[:16],
        words=words,
        trained=folders,
    )
