"""Which items a trained model learned from, so that none of them is ever measured on.

Hides: how that is kept: ``learned.json`` in the model's folder, with every name of every item
(``LabelledItem.names``: ids and fingerprints of words, no text), bound to the layer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from pipeline.classify.trained_bundle import describe
from pipeline.config import writing
from pipeline.errors import BadInput, DiskTrouble

__all__ = ["read_learned_names", "save_learned_names"]

_FILE = "learned.json"


class _Learned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal[1] = 1
    layer_fingerprint: str
    names: tuple[str, ...]


def save_learned_names(folder: Path, layer_fingerprint: str, names: frozenset[str]) -> None:
    """Write beside the model in ``folder`` what it learned from."""
    learned = _Learned(layer_fingerprint=layer_fingerprint, names=tuple(sorted(names)))
    with writing(folder / _FILE) as out:
        out.write(msgspec.json.encode(learned).decode() + "\n")


def read_learned_names(folder: Path) -> frozenset[str]:
    """Every name of every item the model in ``folder`` learned from.

    Raises:
        BadInput: ``model-unaccounted`` when that is not known, as a figure might then be of items
            the model has seen; what ``describe`` raises.
    """
    path = folder / _FILE
    try:
        learned = msgspec.json.decode(path.read_bytes(), type=_Learned)
    except FileNotFoundError as error:
        raise _unaccounted(folder, f"{_FILE} is missing") from error
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    except msgspec.DecodeError as error:
        raise _unaccounted(folder, str(error)) from error
    if learned.layer_fingerprint != describe(folder).layer_fingerprint:
        raise _unaccounted(folder, f"{_FILE} is another model's")
    return frozenset(learned.names)


def _unaccounted(folder: Path, why: str) -> BadInput:
    return BadInput(
        f"the model in {folder} does not tell which items it learned from: {why}",
        "model-unaccounted",
        "Train it again: xuanjian train.",
    )
