"""What is kept of the register of submissions: how each stands, what it was, who changed it.

Hides: the records that the store gives and reporters print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from pipeline.register import Submission

__all__ = ["RUN_NAMES", "Before", "RegisterRun", "Registered", "RunKind", "Taken"]

RunKind = Literal["import", "add", "adopt", "event", "correct", "remove", "restore", "link"]
RUN_NAMES: dict[RunKind, str] = {
    "import": "导入",
    "add": "录入",
    "adopt": "补记采用",
    "event": "补记批示约稿",
    "correct": "更正",
    "remove": "撤回",
    "restore": "恢复",
    "link": "核对刊发",
}
"""Changes of the register as officers read them."""


class RegisterRun(msgspec.Struct, frozen=True, kw_only=True):
    """One time that somebody changed the register."""

    id: int
    kind: RunKind
    by: str
    at: str
    """UTC, ISO 8601."""
    number: int = 0
    """The submission that was changed by hand; 0 for those that were handed in."""
    detail: str


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A stored submission, and who changed it last."""

    id: int
    submission: Submission
    withdrawn: bool
    by: str
    at: str


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission was before a run."""

    submission: Submission
    withdrawn: bool
    run: RegisterRun


@dataclass(frozen=True)
class Taken:
    """What became of submissions handed to the store; the parts add up to all of them."""

    new: tuple[Submission, ...] = ()
    known: tuple[Submission, ...] = ()
    changed: tuple[tuple[Submission, Submission], ...] = ()
    """What is registered, and what it becomes."""
    withdrawn: tuple[Submission, ...] = ()
    """Of pieces that were withdrawn: they stay so."""
    alike: tuple[tuple[Submission, Submission], ...] = ()
    """New, and registered by the same office with the same title and column on another day."""
