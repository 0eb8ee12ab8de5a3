"""A plan without its defaults, and the fingerprints taken of it.

Hides: what makes two readings the same. Spans and doubts tell where and how surely something
was read, not what; white space and character width tell nothing. Fields at their default are
left out, so that a field added later changes no fingerprint.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

import msgspec

from pipeline.plan.model import Plan
from pipeline.plan.schemes import choose_scheme
from pipeline.text import fold_width

__all__ = ["bare_tree", "plan_fingerprint", "scheme_fingerprint"]

_SPACE = re.compile(r"\s|\\[nrt]")


def bare_tree(value: object, *, leave_out: frozenset[str] = frozenset()) -> Any:
    """What TOML and JSON can hold of a record: no nulls, no fields at their default, none of the
    fields named in ``leave_out``."""
    if isinstance(value, msgspec.Struct):
        return {
            field.encode_name: bare_tree(part, leave_out=leave_out)
            for field in _fields(type(value))
            if (part := getattr(value, field.name)) is not None
            and field.name not in leave_out
            and (field.name == "format" or field.required or part != _default(field))
        }
    if isinstance(value, dict):
        return {key: bare_tree(part, leave_out=leave_out) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [bare_tree(part, leave_out=leave_out) for part in value]
    return value


def plan_fingerprint(plan: Plan) -> str:
    """16 hexadecimal digits; equal for two readings that say the same."""
    return _hash(bare_tree(plan, leave_out=frozenset({"span", "doubts"})))


def scheme_fingerprint(plan: Plan, scheme: str) -> str:
    """16 hexadecimal digits; equal when the themes of ``scheme`` are the same: what labels given
    for them, and a model trained on those, hold for.

    Raises:
        BadInput: ``scheme-missing``, ``plan-without-themes``.
    """
    _, nodes = choose_scheme(plan, scheme)
    leave = frozenset({"span", "inferred", "lead_offices", "offices", "date"})
    return _hash(bare_tree(nodes, leave_out=leave))


def _hash(tree: Any) -> str:
    said = _SPACE.sub("", fold_width(msgspec.json.encode(tree).decode()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Fields of a record's kind; finding them reads its annotations anew each time."""
    return msgspec.structs.fields(kind)


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default
