"""Trained models of a workspace beside the plans they fit: what can be used, and what is.

Hides: when a model fits a stored plan (its themes are those the model was trained for), and that a model
in use may be gone from its folder or not fit any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.classify.registry import ModelRegistry, Shelved, Use
from pipeline.classify.trained_bundle import Description, describe
from pipeline.config import Workspace
from pipeline.deciding import base_folder
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import schemes
from pipeline.store.store import now

if TYPE_CHECKING:
    from pipeline.store.plans import StoredPlan

__all__ = ["FITNESS_NAMES", "Fitness", "ModelLine", "fits", "model_folder", "promote", "shelf"]

Fitness = Literal["in_use", "fits", "plan_changed", "unusable"]
FITNESS_NAMES: dict[str, str] = {
    "in_use": "使用中",
    "fits": "可启用",
    "plan_changed": "条目已变，须重新训练",
    "unusable": "不能用",
}
"""Whether a model can be used, as officers read it."""


class ModelLine(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model of the workspace."""

    name: str
    fitness: Fitness
    plans: tuple[str, ...]
    """Stored plans whose themes it was trained for."""
    since: str
    """When it was taken into use; '' where it is not."""
    trouble: str
    described: Description | None


def shelf(workspace: Workspace, plans: Sequence[StoredPlan]) -> tuple[ModelLine, ...]:
    """Every trained model, by name, those that are in use and gone at the end.

    Raises:
        BadInput: ``models-register``.
    """
    registry = ModelRegistry(workspace.models)
    uses = registry.uses()
    shelved = registry.models()
    gone = {use.model: use for use in uses if registry.in_use(use.plan, use.scheme) == use}
    for one in shelved:
        gone.pop(one.name, None)
    lines = [_line(one, registry, plans) for one in shelved]
    return (*lines, *(_missing(use) for use in gone.values()))


def model_folder(workspace: Workspace, name: str) -> Path:
    """The model's folder in the workspace, from its name or its path there."""
    return workspace.models / Path(name).name


def fits(described: Description, stored: StoredPlan) -> bool:
    """Whether the plan's themes are those a model was trained for."""
    if described.scheme not in schemes(stored.plan):
        return False
    return scheme_fingerprint(stored.plan, described.scheme) == described.scheme_fingerprint


def promote(workspace: Workspace, name: str, stored: StoredPlan) -> tuple[Use, Use | None]:
    """Take a model into use for a plan; gives its entry in the register, and the one that was in use
    before.

    Raises:
        BadInput: what ``ModelRegistry.promote`` raises.
    """
    from pipeline.classify.bundle import open_bundle

    folder = model_folder(workspace, name)
    registry = ModelRegistry(workspace.models)
    before = registry.in_use(stored.name, describe(folder).scheme)
    base = open_bundle(base_folder(workspace))
    return registry.promote(folder.name, stored.name, stored.plan, base, now()), before


def _line(one: Shelved, registry: ModelRegistry, plans: Sequence[StoredPlan]) -> ModelLine:
    described = one.described
    fitting = [stored.name for stored in plans if described and fits(described, stored)]
    used = [
        use
        for stored in plans
        if described and (use := registry.in_use(stored.name, described.scheme))
        if use.model == one.name
    ]
    fitness: Fitness = "fits" if fitting else "plan_changed"
    if described is None:
        fitness = "unusable"
    elif used and {use.plan for use in used} <= {*fitting}:
        fitness = "in_use"
    return ModelLine(
        name=one.name,
        fitness=fitness,
        plans=tuple(fitting),
        since=used[-1].since if used else "",
        trouble=one.trouble,
        described=described,
    )


def _missing(use: Use) -> ModelLine:
    return ModelLine(
        name=use.model,
        fitness="unusable",
        plans=(use.plan,),
        since=use.since,
        trouble="文件夹不在：请放回原处，或退回上一个模型（xuanjian models rollback）",
        described=None,
    )
