"""A trained layer with what it was learned from, and its folder.

Hides: what makes a layer fit a plan and a base model, and how it is kept. A layer corrects the
profiles of one scheme on one base model; on any other it would be nonsense that looks like an
answer, so that opening it checks all three: the base model, the scheme's themes as the plan words
them, and the topics of their profiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.bundle import BaseModel
from pipeline.classify.features import Item
from pipeline.classify.layer import TrainedLayer
from pipeline.classify.measuring import Figures, cross_validated
from pipeline.classify.model_folder import (
    check_arrays,
    foreign,
    read_arrays,
    read_manifest,
    write_folder,
)
from pipeline.classify.profiles import profiles_of
from pipeline.errors import BadInput
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import Plan
from pipeline.plan.profile import ThemeProfile
from pipeline.plan.schemes import choose_scheme

__all__ = [
    "LAYER_FORMAT",
    "Description",
    "TrainedModel",
    "describe",
    "open_trained",
    "save_trained",
    "train",
]

LAYER_FORMAT = 1
"""1: first version."""

_ARRAYS = ("slopes", "topic_weights", "latent_weights", "offsets", "thresholds")


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a trained model is; all of its ``model.json`` but the files."""

    name: str
    version: int
    created: str
    """ISO 8601, as given by who trained it."""
    plan: str
    """The plan's title."""
    scheme: str
    scheme_fingerprint: str
    profiles_fingerprint: str
    base_name: str
    base_fingerprint: str
    label_fingerprint: str
    """Of items, labels and weights, whatever their order."""
    layer_fingerprint: str
    themes: tuple[str, ...]
    by_profiles: Figures
    """What the profiles alone reach on the labelled items."""
    by_labels: Figures
    """What the layer reaches on them by cross-validation."""


class _Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    kind: str
    described: Description
    files: dict[str, str]


_KIND = "trained layer"


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A layer and what it is."""

    layer: TrainedLayer
    described: Description


def train(
    plan: Plan,
    scheme: str,
    model: BaseModel,
    items: Sequence[Item],
    labels: NDArray[np.int_],
    *,
    name: str,
    version: int,
    created: str,
    sample_weight: NDArray[np.float64] | None = None,
) -> TrainedModel:
    """Learn a scheme's layer and measure it by cross-validation; a second per hundred labels.

    Args:
        scheme: its name, or "" for the plan's main one.
        items: each once; what several people said of one is for the caller to settle.
        labels: shape (items, themes), themes in the scheme's order: 1 belongs, 0 does not,
            -1 not decided.
        sample_weight: shape (items,), how much each item counts; all alike if None.

    Raises:
        BadInput: ``labels-too-few`` when nothing belongs to any theme, and what
            ``profiles_of`` raises.
        ValueError: shapes or values are others than these.
    """
    from pipeline.classify.trained import ThemeRegression  # loads scikit-learn

    chosen, _ = choose_scheme(plan, scheme)
    profiles = profiles_of(plan, chosen, model)
    if not (np.asarray(labels) == 1).any():
        raise BadInput(
            f"no label says that an item belongs to a theme of {chosen}",
            "labels-too-few",
            "Confirm or correct some stories first: xuanjian review queue.",
        )
    regression = ThemeRegression(model, profiles).fit(items, labels, sample_weight)
    by_profiles, by_labels = cross_validated(regression, items, labels, sample_weight)
    layer = regression.layer_
    return TrainedModel(
        layer,
        Description(
            name=name,
            version=version,
            created=created,
            plan=plan.title,
            scheme=chosen,
            scheme_fingerprint=scheme_fingerprint(plan, chosen),
            profiles_fingerprint=_profiles_fingerprint(profiles),
            base_name=model.name,
            base_fingerprint=model.fingerprint,
            label_fingerprint=_label_fingerprint(items, labels, sample_weight),
            layer_fingerprint=layer.fingerprint,
            themes=layer.themes,
            by_profiles=by_profiles,
            by_labels=by_labels,
        ),
    )


def save_trained(trained: TrainedModel, folder: Path) -> None:
    """Write to ``folder``, replacing what is there, whole or not at all.

    Raises:
        DiskTrouble: the folder cannot be written; what was there before still is.
    """
    layer = trained.layer
    arrays: dict[str, NDArray[Any]] = {name: getattr(layer, name) for name in _ARRAYS}

    def manifest(files: dict[str, str]) -> _Manifest:
        return _Manifest(format=LAYER_FORMAT, kind=_KIND, described=trained.described, files=files)

    write_folder(folder, arrays, _card(trained.described), manifest)


def describe(folder: Path) -> Description:
    """What the trained model in ``folder`` is, its files proved to be those written.

    Raises:
        BadInput: ``model-missing``, ``model-format``, ``model-tampered``.
    """
    return _read(folder).described


def open_trained(folder: Path, plan: Plan, model: BaseModel) -> TrainedModel:
    """The trained model in ``folder``, for use with ``plan`` on ``model``.

    Raises:
        BadInput: ``model-missing``, ``model-format``, ``model-tampered``; ``model-other-base``,
            ``model-other-plan`` or ``model-other-profiles`` when it was trained for another base
            model, for other themes, or on profiles of other topics.
    """
    manifest = _read(folder)
    described = manifest.described
    if described.base_fingerprint != model.fingerprint:
        raise BadInput(
            f"the model in {folder} was trained on the base model {described.base_name}"
            f" {described.base_fingerprint}, not on {model.name} {model.fingerprint}",
            "model-other-base",
            "Train it again, on this base model: xuanjian train.",
        )
    _check_plan(folder, described, plan, model)
    arrays: dict[str, Any] = read_arrays(folder, manifest, _ARRAYS)
    themes, topics = len(described.themes), len(model.topics)
    check_arrays(
        folder,
        arrays,
        {
            "slopes": ("f", (themes,)),
            "topic_weights": ("f", (topics, themes)),
            "latent_weights": ("f", (len(model.latent_scale), themes)),
            "offsets": ("f", (themes,)),
            "thresholds": ("f", (themes,)),
        },
    )
    layer = TrainedLayer(
        themes=described.themes,
        base_fingerprint=described.base_fingerprint,
        **{name: np.asarray(array) for name, array in arrays.items()},
    )
    if not ((layer.thresholds >= 0) & (layer.thresholds <= 1)).all():
        raise foreign(folder, "has thresholds that are no probabilities")
    return TrainedModel(layer, described)


def _check_plan(folder: Path, described: Description, plan: Plan, model: BaseModel) -> None:
    found = scheme_fingerprint(plan, described.scheme)
    if found != described.scheme_fingerprint:
        raise BadInput(
            f"the model in {folder} was trained for other themes ({described.plan},"
            f" {described.scheme} {described.scheme_fingerprint}) than those of"
            f" {plan.title} ({found})",
            "model-other-plan",
            "Train it again for this plan: xuanjian train. Decisions that still hold are kept.",
        )
    profiles = profiles_of(plan, described.scheme, model)
    if _profiles_fingerprint(profiles) != described.profiles_fingerprint:
        raise BadInput(
            f"the profiles of {plan.title} ({described.scheme}) name other topics than when the"
            f" model in {folder} was trained",
            "model-other-profiles",
            "Train it again on the profiles as they are now: xuanjian train.",
        )


def _read(folder: Path) -> _Manifest:
    manifest = read_manifest(folder, _Manifest, LAYER_FORMAT)
    if manifest.kind != _KIND:
        raise foreign(folder, f"holds a {manifest.kind}, not a {_KIND}")
    return manifest


def _profiles_fingerprint(profiles: Sequence[ThemeProfile]) -> str:
    """Of what the learned numbers correct: the topics and their weights. Terms and units may
    change, as they only add to the odds that are corrected."""
    said = [
        (one.theme, sorted((link.topic, round(link.weight, 6)) for link in one.topics))
        for one in profiles
    ]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]


def _label_fingerprint(
    items: Sequence[Item], labels: NDArray[np.int_], weight: NDArray[np.float64] | None
) -> str:
    heavy = np.ones(len(items)) if weight is None else np.asarray(weight, dtype=float)
    said = sorted(
        (item.id, item.title, item.text, row, share)
        for item, row, share in zip(items, np.asarray(labels).tolist(), heavy.tolist(), strict=True)
    )
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]


def _card(described: Description) -> str:
    """The model card, in Markdown."""
    before, after = described.by_profiles, described.by_labels
    known = {one.theme: one for one in before.themes}
    rows = "\n".join(
        f"| {one.theme} | {one.positives} | {one.negatives} | {_figure(known[one.theme].f1)}"
        f" | {_figure(one.f1)} | {_figure(one.average_precision)} |"
        for one in after.themes
    )
    return f"""# {described.name}, version {described.version}

**What it is.** What people's decisions taught about the themes of {described.plan}
({described.scheme}, {described.scheme_fingerprint}), laid over their profiles and the base model
{described.base_name} {described.base_fingerprint}. A theme nobody decided is left to its profile.

**Learned from.** {after.items} items, {after.pairs} decided pairs of item and theme,
{after.positives} of them positive; fingerprint `{described.label_fingerprint}`. Made {described.created}.
The folder holds numbers only, no text.

**Measured** on the same items, the layer by five-fold cross-validation. Items that were asked for
because they were hard make both columns look worse than a month's news would be.

| | profiles alone | with labels |
|---|---|---|
| micro-F1 | {before.micro_f1:.3f} | {after.micro_f1:.3f} |
| macro-F1 | {before.macro_f1:.3f} | {after.macro_f1:.3f} |
| average precision | {_figure(before.average_precision)} | {_figure(after.average_precision)} |
| expected calibration error | {before.calibration_error:.3f} | {after.calibration_error:.3f} |

| theme | belongs | does not | F1, profile alone | F1, with labels | average precision |
|---|---|---|---|---|---|
{rows}

**Limits.** It holds for these themes, these profiles and this base model only, and is refused on
any other. Themes with fewer than ten positives keep their profile's threshold.
"""


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
