"""Folders of a description, plain arrays and a card, checked before use.

Hides: how a model lies on disk, whatever it models. A folder holds ``model.json`` (format
version, what the model is, SHA-256 of every other file), arrays as ``.npy``, and ``card.md``.
Opening one reads numbers and JSON and runs no code from it (``allow_pickle=False``). Arrays
stay memory-mapped. A folder is written beside its final place and moved there in one step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput, DiskTrouble

__all__ = [
    "MANIFEST",
    "Manifest",
    "check_arrays",
    "foreign",
    "read_arrays",
    "read_manifest",
    "write_folder",
]

MANIFEST = "model.json"


class Manifest(Protocol):
    """What every ``model.json`` tells."""

    @property
    def format(self) -> int:
        """Version of the folder's layout."""
        ...

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of every other file, by name."""
        ...


_Kind = TypeVar("_Kind", bound=Manifest)


class _Version(msgspec.Struct, frozen=True):
    format: int


def read_manifest(folder: Path, kind: type[_Kind], version: int) -> _Kind:
    """The description in ``folder``, once every file has proved to be the one written.

    Raises:
        BadInput: ``model-missing`` when the folder or a file of it is not there,
            ``model-format`` when it is of another version or not such a model at all,
            ``model-tampered`` when a file is not the one that was written.
    """
    manifest = _decode(folder, kind, version)
    for name, expected in manifest.files.items():
        if Path(name).name != name:
            raise foreign(folder, f"lists a file outside itself, {name!r}")
        if _sha256(folder / name, folder) != expected:
            raise BadInput(
                f"{folder / name} is not the file the model was saved with",
                "model-tampered",
                "Restore the model folder from where it came from, or train it again.",
            )
    return manifest


def read_arrays(
    folder: Path, manifest: Manifest, names: Sequence[str]
) -> dict[str, NDArray[np.generic]]:
    """The arrays called ``names``, memory-mapped.

    Raises:
        BadInput: ``model-format`` when one is not listed, or is no array.
    """
    arrays = {}
    for name in names:
        if f"{name}.npy" not in manifest.files:
            raise foreign(folder, f"does not list {name}.npy")
        try:
            arrays[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise foreign(folder, f"holds no readable {name}.npy") from error
    return arrays


def check_arrays(
    folder: Path,
    arrays: Mapping[str, NDArray[np.generic]],
    wanted: Mapping[str, tuple[str, tuple[int, ...]]],
) -> None:
    """Refuse arrays of other kinds, sizes or values than a model's: hashes prove who wrote
    them, not that they make sense.

    Args:
        wanted: for each array the letters of its permitted kinds (``dtype.kind``) and its shape.
    """
    for name, (kinds, shape) in wanted.items():
        array = arrays[name]
        if array.dtype.kind not in kinds or array.shape != shape:
            raise foreign(folder, f"holds {name} of shape {array.shape} and type {array.dtype}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise foreign(folder, f"holds numbers in {name} that are not finite")


def write_folder(
    folder: Path,
    arrays: Mapping[str, NDArray[np.generic]],
    card: str,
    describe: Callable[[dict[str, str]], Manifest],
) -> None:
    """Write a model to ``folder``, replacing what is there, whole or not at all.

    Args:
        describe: gives the description, from the SHA-256 of every other file by name.

    Raises:
        DiskTrouble: the folder cannot be written; what was there before still is.
    """
    staging: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        staging.chmod(0o755)
        for name, array in arrays.items():
            np.save(staging / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
        (staging / "card.md").write_text(card, encoding="utf-8")
        manifest = describe(
            {path.name: _sha256(path, staging) for path in sorted(staging.iterdir())}
        )
        raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        (staging / MANIFEST).write_bytes(raw + b"\n")
        _put_in_place(staging, folder)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing the model folder", folder) from error
    finally:
        if staging is not None and staging.exists():
            shutil.rmtree(staging, ignore_errors=True)


def foreign(folder: Path, what: str) -> BadInput:
    """The refusal of a folder that ``what``."""
    return BadInput(
        f"the model folder {folder} {what}",
        "model-format",
        "Use a model made with this version, or train it again.",
    )


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


def _decode(folder: Path, kind: type[_Kind], version: int) -> _Kind:
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(
            f"no model at {folder}: {MANIFEST} is missing",
            "model-missing",
            "Name a model folder, or train one.",
        ) from error
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading the model", path) from error
    try:
        found = msgspec.json.decode(raw, type=_Version).format
    except msgspec.DecodeError as error:
        raise foreign(folder, f"has a {MANIFEST} that is not a model description") from error
    if found != version:
        raise foreign(folder, f"is of format {found}, this program reads {version}")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as error:
        raise foreign(folder, f"has a {MANIFEST} that cannot be read ({error})") from error


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
