"""Model folders: ``model.json`` and plain arrays, checked before use.

Hides: how a model lies on disk. A folder holds ``model.json`` (format version, topics,
threshold, data fingerprint, measurements, SHA-256 of every other file), the arrays as
``.npy``, and ``card.md``. Opening one reads numbers and JSON and runs no code from it
(``allow_pickle=False``). Large arrays stay memory-mapped. A folder is written beside its
final place and moved there in one step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify.features import Item, Vocabulary
from pipeline.classify.topics import Topic
from pipeline.errors import BadInput, DiskTrouble

__all__ = ["MODEL_FORMAT", "BaseModel", "Measurements", "SourceScore", "open_bundle", "save_bundle"]

MODEL_FORMAT = 1
"""1: first version."""

_MANIFEST = "model.json"
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
    """Shape (frequent grams, dimensions); times ``latent_scale`` gives the directions."""
    latent_features: NDArray[np.int32]
    """Shape (frequent grams,): which features the latent space is laid over, ascending."""
    latent_scale: NDArray[np.float32]
    """Shape (dimensions,)."""
    data_fingerprint: str
    measured: Measurements

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything a prediction depends on: which model this is."""
        digest = hashlib.sha256(msgspec.json.encode((self.topics, self.thresholds)))
        for array in (self.vocabulary.slots, self.vocabulary.idf, self.weights, self.offsets):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def dense_weights(self) -> NDArray[np.float32]:
        """``weights`` in the precision they are multiplied in."""
        return np.ascontiguousarray(self.weights, dtype=np.float32)

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
    manifest = _read_manifest(folder)
    for name, expected in manifest.files.items():
        if Path(name).name != name:
            raise _foreign(folder, f"lists a file outside itself, {name!r}")
        if _sha256(folder / name, folder) != expected:
            raise BadInput(
                f"{folder / name} is not the file the model was saved with",
                "model-tampered",
                "Restore the model folder from where it came from, or train it again.",
            )
    arrays = {}
    for name in _ARRAYS:
        if f"{name}.npy" not in manifest.files:
            raise _foreign(folder, f"does not list {name}.npy")
        try:
            arrays[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _foreign(folder, f"holds no readable {name}.npy") from error
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
    """Refuse arrays of other kinds, sizes or values than a model's: hashes prove who wrote
    them, not that they make sense."""
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
    for name, (kinds, shape) in wanted.items():
        array = arrays[name]
        if array.dtype.kind not in kinds or array.shape != shape:
            raise _foreign(folder, f"holds {name} of shape {array.shape} and type {array.dtype}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _foreign(folder, f"holds numbers in {name} that are not finite")
    chosen = arrays["latent_features"]
    if chosen.size and not 0 <= int(chosen.min()) <= int(chosen.max()) < features:
        raise _foreign(folder, "has a latent space over features it does not have")
    for name, values in (("thresholds", manifest.thresholds), ("priors", manifest.priors)):
        if len(values) != topics or not all(0 <= value <= 1 for value in values):
            raise _foreign(folder, f"has no sound {name} for its {topics} topics")


def save_bundle(model: BaseModel, folder: Path, card: str) -> None:
    """Write ``model`` to ``folder``, replacing what is there, whole or not at all.

    Raises:
        DiskTrouble: the folder cannot be written; what was there before still is.
    """
    arrays = {
        "slots": model.vocabulary.slots,
        "idf": model.vocabulary.idf,
        "weights": model.weights,
        "offsets": model.offsets,
        "latent": model.latent,
        "latent_features": model.latent_features,
        "latent_scale": model.latent_scale,
    }
    staging: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        staging.chmod(0o755)
        for name, array in arrays.items():
            np.save(staging / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        (staging / "card.md").write_text(card, encoding="utf-8")
        files = {path.name: _sha256(path, staging) for path in sorted(staging.iterdir())}
        manifest = _Manifest(
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
        raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        (staging / _MANIFEST).write_bytes(raw + b"\n")
        _put_in_place(staging, folder)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing the model folder", folder) from error
    finally:
        if staging is not None and staging.exists():
            shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, folder: Path) -> None:
    if not folder.exists():
        os.replace(staging, folder)  # noqa: PTH105 (a folder, not a file)
        return
    previous = staging.with_name(staging.name + ".previous")
    os.replace(folder, previous)  # noqa: PTH105
    try:
        os.replace(staging, folder)  # noqa: PTH105
    except OSError:
        os.replace(previous, folder)  # noqa: PTH105
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _read_manifest(folder: Path) -> _Manifest:
    path = folder / _MANIFEST
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(
            f"no model at {folder}: {_MANIFEST} is missing",
            "model-missing",
            "Name a model folder, or train one: python -m pipeline.classify.base_training.",
        ) from error
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading the model", path) from error
    try:
        version = msgspec.json.decode(raw, type=_Version).format
    except msgspec.DecodeError as error:
        raise _foreign(folder, f"has a {_MANIFEST} that is not a model description") from error
    if version != MODEL_FORMAT:
        raise _foreign(folder, f"is of format {version}, this program reads {MODEL_FORMAT}")
    try:
        return msgspec.json.decode(raw, type=_Manifest)
    except msgspec.DecodeError as error:
        raise _foreign(folder, f"has a {_MANIFEST} that cannot be read ({error})") from error


class _Version(msgspec.Struct, frozen=True):
    format: int


def _foreign(folder: Path, what: str) -> BadInput:
    return BadInput(
        f"the model folder {folder} {what}",
        "model-format",
        "Use the model shipped with this version, or train it again.",
    )


def _sha256(path: Path, folder: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise BadInput(
            f"the model folder {folder} lacks {path.name}",
            "model-missing",
            "Restore the model folder from where it came from, or train it again.",
        ) from error
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading the model", path) from error
