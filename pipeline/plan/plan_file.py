"""Plan files: a plan as TOML that a person can edit and keep in git.

Hides: the file's layout. It carries the Plan JSON, defaults left out; reading what was
written gives the same plan.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from pipeline.config import writing
from pipeline.documents import read_whole
from pipeline.errors import BadInput
from pipeline.plan.fingerprint import bare_tree
from pipeline.plan.model import Plan

__all__ = ["is_plan_file", "read_plan_toml", "write_plan_file"]

MAX_BYTES = 20 * 2**20
"""The largest plan file read here has 60 kB."""


def is_plan_file(path: Path) -> bool:
    """Whether ``path`` is a plan file by its ending."""
    return path.suffix.lower() == ".toml"


def write_plan_file(plan: Plan, path: Path) -> None:
    """Write ``plan`` whole or not at all; raises ``DiskTrouble``."""
    import tomli_w

    with writing(path) as out:
        out.write(tomli_w.dumps(bare_tree(plan), multiline_strings=False))


def read_plan_toml(path: Path) -> Plan:
    """The plan of a plan file.

    Raises:
        BadInput: ``plan-file-unreadable`` naming the key or line that is wrong.
        BadInput: ``document-unreadable`` for a folder, a pipe, or more than ``MAX_BYTES``.
        DiskTrouble: the file cannot be read.
    """
    try:
        tree = tomllib.loads(read_whole(path, MAX_BYTES).decode("utf-8-sig"))
        return msgspec.convert(tree, type=Plan, strict=True)
    except RecursionError as error:
        raise _unreadable(path, "it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not UTF-8 text", "plan-file-unreadable", "Save the file as UTF-8."
        ) from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path} is not a plan file: {why}",
        "plan-file-unreadable",
        "Mend that place, or write it again with: xuanjian plan read FILE -o PLAN.toml.",
    )
