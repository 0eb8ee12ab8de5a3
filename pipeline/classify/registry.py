"""Which trained model of a workspace is in use for a plan and scheme, since when, and before it.

Hides: how that is written down (``in-use.json`` beside the model folders), that nothing is ever
erased from it, and how the base model a trained one lies on is found. A model folder by itself
decides nothing; it does once it is promoted, for its plan and scheme only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.classify.bundle import BaseModel, open_bundle
from pipeline.classify.hierarchy import parents_of
from pipeline.classify.layer import TrainedLayer
from pipeline.classify.learned_names import save_learned_names
from pipeline.classify.model_folder import MANIFEST
from pipeline.classify.trained_bundle import (
    Description,
    TrainedModel,
    describe,
    open_trained,
    save_trained,
)
from pipeline.config import writing
from pipeline.errors import BadInput, DiskTrouble
from pipeline.plan.model import Plan
from pipeline.plan.schemes import choose_scheme

__all__ = ["InForce", "ModelRegistry", "Shelved", "Use", "base_beside", "schemes_above"]

REGISTER = "in-use.json"


class Use(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model taken into use for the themes of one scheme of one plan."""

    plan: str
    """The name the plan is stored under."""
    scheme: str
    model: str
    """Name of the model's folder."""
    fingerprint: str
    """Of its layer."""
    since: str
    """ISO 8601."""
    rolled_back: str = ""
    """When it was taken out of use again by a rollback; '' where it was not."""


class _Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal[1] = 1
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Shelved:
    """A trained model in the workspace, or why its folder cannot be used."""

    name: str
    described: Description | None
    trouble: str = ""


@dataclass(frozen=True, eq=False)
class InForce:
    """What decides a scheme: the base model and, by scheme, the layers in use.

    ``uses`` are the entries of the register the layers come from.
    """

    base: BaseModel
    layers: dict[str, TrainedLayer]
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class ModelRegistry:
    """The trained models of a workspace.

    Args:
        folder: where the model folders are, ``models/`` of a workspace; need not exist.
    """

    folder: Path

    def models(self) -> tuple[Shelved, ...]:
        """Every trained model there is, by name; base models that lie there too are left out."""
        found = []
        for folder in _folders(self.folder):
            try:
                found.append(Shelved(folder.name, describe(folder)))
            except BadInput as error:
                if not _is_base(folder):
                    found.append(Shelved(folder.name, None, str(error)))
        return tuple(found)

    def next_version(self, name: str) -> tuple[str, int]:
        """The name for the next model called ``name``, made fit for a folder, and its number."""
        stem = re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"
        taken = [
            int(match[1])
            for folder in _folders(self.folder)
            if (match := re.fullmatch(re.escape(stem) + r"-(\d+)", folder.name))
        ]
        return stem, max(taken, default=0) + 1

    def add(self, trained: TrainedModel, learned: frozenset[str]) -> Path:
        """Keep a model under its name and version; it is not in use by that.

        Args:
            learned: every name of every item it learned from (``LearningSet.names``).
        """
        folder = self.folder / f"{trained.described.name}-{trained.described.version}"
        save_trained(trained, folder)
        save_learned_names(folder, trained.layer.fingerprint, learned)
        return folder

    def uses(self) -> tuple[Use, ...]:
        """Everything that was ever promoted, oldest first.

        Raises:
            BadInput: ``models-register`` when the register cannot be read.
        """
        path = self.folder / REGISTER
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Register).uses
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "reading", path) from error
        except msgspec.DecodeError as error:
            raise BadInput(
                f"{path} does not tell which models are in use: {error}",
                "models-register",
                "Restore it, or remove it and promote the models again.",
            ) from error

    def in_use(self, plan: str, scheme: str) -> Use | None:
        """The model in use for a scheme of the plan stored as ``plan``; None for profiles alone."""
        for use in reversed(self.uses()):
            if (use.plan, use.scheme) == (plan, scheme) and not use.rolled_back:
                return use
        return None

    def promote(self, model: str, plan_name: str, plan: Plan, base: BaseModel, at: str) -> Use:
        """Take a model into use for its scheme of ``plan``; the one before stays in the register,
        and a model that is in use already stays so since when it was.

        Args:
            model: name of its folder.
            plan_name: what the plan is stored under.
            base: the workspace's base model; one that lies beside the model does as well.
            at: the moment, ISO 8601.

        Raises:
            BadInput: whatever ``open_trained`` refuses the folder for, ``model-other-plan`` and
                ``model-other-base`` among it.
        """
        folder = self.folder / model
        fitting = base_beside(folder, base)
        trained = open_trained(folder, plan, fitting)
        present = self.in_use(plan_name, trained.described.scheme)
        if present and (present.model, present.fingerprint) == (
            folder.name,
            trained.layer.fingerprint,
        ):
            return present
        use = Use(
            plan=plan_name,
            scheme=trained.described.scheme,
            model=folder.name,
            fingerprint=trained.layer.fingerprint,
            since=at,
        )
        self._write((*self.uses(), use))
        return use

    def roll_back(self, plan: str, scheme: str, at: str) -> tuple[Use, Use | None]:
        """Take the model in use out of use; gives it, and the one in use now (None: profiles).

        Raises:
            BadInput: ``model-not-in-use`` when the profiles decide alone already.
        """
        present = self.in_use(plan, scheme)
        if present is None:
            raise BadInput(
                f"no trained model is in use for {plan} ({scheme})",
                "model-not-in-use",
                "Nothing to take back: its profiles decide alone.",
            )
        ended = msgspec.structs.replace(present, rolled_back=at)
        self._write(tuple(ended if use == present else use for use in self.uses()))
        return ended, self.in_use(plan, scheme)

    def in_force(self, plan_name: str, plan: Plan, scheme: str, base: BaseModel) -> InForce:
        """What decides ``scheme`` of ``plan``: its own layer and those of the schemes above it.

        Raises:
            BadInput: ``model-other-plan``, ``model-other-profiles`` or ``model-other-base`` when
                a model in use does not fit any more; ``model-changed`` when its folder holds
                another model than was promoted.
        """
        chosen, _ = choose_scheme(plan, scheme)
        uses = tuple(
            use
            for one in (chosen, *schemes_above(plan, chosen))
            if (use := self.in_use(plan_name, one)) is not None
        )
        if uses:
            base = base_beside(self.folder / uses[0].model, base)
        opened = [_opened(self.folder, use, plan, base) for use in uses]
        layers = {one.described.scheme: one.layer for one in opened}
        return InForce(base, layers, uses)

    def _write(self, uses: tuple[Use, ...]) -> None:
        raw = msgspec.json.format(msgspec.json.encode(_Register(uses=uses)), indent=1)
        with writing(self.folder / REGISTER) as out:
            out.write(raw.decode() + "\n")


def base_beside(folder: Path, base: BaseModel) -> BaseModel:
    """The base model that the trained model in ``folder`` lies on: ``base``, or one in a folder
    beside it; ``base`` where there is none, for ``open_trained`` to refuse in its words."""
    wanted = describe(folder).base_fingerprint
    if base.fingerprint == wanted:
        return base
    for beside in _folders(folder.parent):
        if _is_base(beside):
            model = open_bundle(beside)
            if model.fingerprint == wanted:
                return model
    return base


def schemes_above(plan: Plan, scheme: str) -> tuple[str, ...]:
    """The schemes that bound ``scheme``, nearest first."""
    kinds: dict[str, None] = {one.kind: None for one in parents_of(plan, scheme) if one is not None}
    for kind in tuple(kinds):
        kinds.update(dict.fromkeys(schemes_above(plan, kind)))
    return tuple(kinds)


def _opened(shelf: Path, use: Use, plan: Plan, base: BaseModel) -> TrainedModel:
    trained = open_trained(shelf / use.model, plan, base)
    if trained.layer.fingerprint != use.fingerprint:
        raise BadInput(
            f"{shelf / use.model} holds another model than the one promoted at {use.since}",
            "model-changed",
            "Look at it with 'xuanjian models show', then promote it again or roll back.",
        )
    return trained


def _folders(shelf: Path) -> Iterator[Path]:
    if shelf.is_dir():
        yield from sorted(p for p in shelf.iterdir() if (p / MANIFEST).is_file())


class _Kind(msgspec.Struct, frozen=True):
    topics: tuple[msgspec.Raw, ...] = ()
    """A base model names its topics in its description; a trained layer has none."""


def _is_base(folder: Path) -> bool:
    try:
        return bool(msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Kind).topics)
    except msgspec.DecodeError:
        return False
