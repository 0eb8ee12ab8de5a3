"""The base topic model, and its folder.

Hides: what a base model consists of, and which arrays and figures its folder holds. How a
folder is written and checked is the business of ``pipeline.classify.model_folder``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify.features import Item, Vocabulary
from pipeline.classify.model_folder import (
    check_arrays,
    foreign,
    read_arrays,
    read_manifest,
    write_folder,
)
from pipeline.classify.topics import Topic

__all__ = ["MODEL_FORMAT", "BaseModel", "Measurements", "SourceScore", "open_bundle", "save_bundle"]

MODEL_FORMAT = 1
"""1: first version."""

_ARRAYS = ("slots", "idf", "weights", "offsets", "latent", "latent_features", "latent_scale")


class SourceScore(msgspec.Struct, frozen=True, kw_only=True):
    """Held-out figures on one source, with each topic's own threshold."""

    name: str
    items: int
    precision: float
    recall: float
    micro_f1: float


class Measurements(msgspec.Struct, frozen=True, kw_only=True):
    """Cross-validated figures on the labelled topics."""

    folds: int
    labelled: int
    unlabelled: int
    micro_f1: float
    macro_f1: float
    mean_average_precision: float
    calibration_error: float
    sources: tuple[SourceScore, ...] = ()


class _Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    name: str
    topics: tuple[Topic, ...]
    threshold: float
    thresholds: tuple[float, ...]
    priors: tuple[float, ...]
    data_fingerprint: str
    measured: Measurements
    files: dict[str, str]


@dataclass(frozen=True, eq=False)
class BaseModel:
    """The base topic model: calibrated log-odds of each topic, linear in an item's grams."""

    name: str
    topics: tuple[Topic, ...]
    threshold: float
    """Probability from which any topic counts, the best single one in cross-validation."""
    thresholds: tuple[float, ...]
    """The same for each topic: half its best F1, as cross-validation measured it."""
    priors: tuple[float, ...]
    """Share of each topic among the labelled items."""
    vocabulary: Vocabulary
    weights: NDArray[np.float16]
    """Shape (features, topics), Platt's slope included."""
    offsets: NDArray[np.float32]
    """Shape (topics,)."""
    latent: NDArray[np.int8]
    """Shape (grams that are words, dimensions); times ``latent_scale`` gives the directions."""
    latent_features: NDArray[np.int32]
    """Shape (grams that are words,): which features the latent space is laid over, ascending."""
    latent_scale: NDArray[np.float32]
    """Shape (dimensions,)."""
    data_fingerprint: str
    measured: Measurements

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything a prediction depends on: which model this is."""
        digest = hashlib.sha256(msgspec.json.encode((self.topics, self.thresholds)))
        for array in (
            *(self.vocabulary.slots, self.vocabulary.idf, self.weights, self.offsets),
            *(self.latent, self.latent_features, self.latent_scale),
        ):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def dense_weights(self) -> NDArray[np.float32]:
        """``weights`` in the precision they are multiplied in."""
        return np.ascontiguousarray(self.weights, dtype=np.float32)

    @cached_property
    def latent_directions(self) -> NDArray[np.float32]:
        """Shape (grams that are words, dimensions), scaled."""
        return np.asarray(self.latent, dtype=np.float32) * self.latent_scale

    def __deepcopy__(self, memo: dict[int, object]) -> BaseModel:
        """Itself: nothing in it changes, and ``sklearn.base.clone`` copies every parameter."""
        return self

    def log_odds(self, rows: sp.csr_matrix) -> NDArray[np.float32]:
        """Calibrated log-odds, shape (items, topics)."""
        return np.asarray(rows @ self.dense_weights + self.offsets, dtype=np.float32)

    def probabilities(self, items: Sequence[Item]) -> NDArray[np.float32]:
        """Shape (items, topics), 0 to 1."""
        odds = self.log_odds(self.vocabulary.matrix(items))
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)


def open_bundle(folder: Path) -> BaseModel:
    """Check and open a model folder.

    Raises:
        BadInput: ``model-missing`` when the folder or a file of it is not there,
            ``model-format`` when it is of another version or not a model at all,
            ``model-tampered`` when a file is not the one that was written.
    """
    manifest = read_manifest(folder, _Manifest, MODEL_FORMAT)
    arrays: dict[str, Any] = read_arrays(folder, manifest, _ARRAYS)
    _check_arrays(folder, arrays, manifest)
    return BaseModel(
        name=manifest.name,
        topics=manifest.topics,
        threshold=manifest.threshold,
        thresholds=manifest.thresholds,
        priors=manifest.priors,
        vocabulary=Vocabulary(np.asarray(arrays["slots"]), np.asarray(arrays["idf"])),
        weights=arrays["weights"],
        offsets=arrays["offsets"],
        latent=arrays["latent"],
        latent_features=arrays["latent_features"],
        latent_scale=arrays["latent_scale"],
        data_fingerprint=manifest.data_fingerprint,
        measured=manifest.measured,
    )


def _check_arrays(
    folder: Path, arrays: dict[str, NDArray[np.generic]], manifest: _Manifest
) -> None:
    topics, features = len(manifest.topics), arrays["slots"].size
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {
        "slots": ("u", (features,)),
        "idf": ("f", (features,)),
        "weights": ("f", (features, topics)),
        "offsets": ("f", (topics,)),
        "latent_features": ("iu", (arrays["latent_features"].size,)),
        "latent_scale": ("f", (arrays["latent_scale"].size,)),
        "latent": ("i", (arrays["latent_features"].size, arrays["latent_scale"].size)),
    }
    check_arrays(folder, arrays, wanted)
    chosen = arrays["latent_features"]
    if chosen.size and not 0 <= int(chosen.min()) <= int(chosen.max()) < features:
        raise foreign(folder, "has a latent space over features it does not have")
    for name, values in (("thresholds", manifest.thresholds), ("priors", manifest.priors)):
        if len(values) != topics or not all(0 <= value <= 1 for value in values):
            raise foreign(folder, f"has no sound {name} for its {topics} topics")


def save_bundle(model: BaseModel, folder: Path, card: str) -> None:
    """Write ``model`` to ``folder``, replacing what is there, whole or not at all.

    Raises:
        DiskTrouble: the folder cannot be written; what was there before still is.
    """
    arrays: dict[str, NDArray[Any]] = {
        "slots": model.vocabulary.slots,
        "idf": model.vocabulary.idf,
        "weights": model.weights,
        "offsets": model.offsets,
        "latent": model.latent,
        "latent_features": model.latent_features,
        "latent_scale": model.latent_scale,
    }

    def describe(files: dict[str, str]) -> _Manifest:
        return _Manifest(
            format=MODEL_FORMAT,
            name=model.name,
            topics=model.topics,
            threshold=model.threshold,
            thresholds=model.thresholds,
            priors=model.priors,
            data_fingerprint=model.data_fingerprint,
            measured=model.measured,
            files=files,
        )

    write_folder(folder, arrays, card, describe)
