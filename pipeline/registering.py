"""Entries of the register of submissions: what a person types or hands in becomes a record.

Hides: what is refused at the door, the same for the command line and the console: marked words, the
text of a 批示, days to come, names of offices the plan does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import add
from pathlib import Path
from typing import get_args

from pipeline.errors import BadInput, XuanjianError
from pipeline.news import Level
from pipeline.outlets import level_named, outlet_level
from pipeline.pieces import one_row_a_piece
from pipeline.plan.marks import mark_in_cell
from pipeline.plan.model import Plan
from pipeline.register import (
    Adoption,
    LeaderEvent,
    Register,
    Submission,
    parts_of,
    with_days_checked,
    with_plan_offices,
)
from pipeline.register_files import is_event, read_register
from pipeline.text import squeeze

__all__ = [
    "BY_HAND",
    "checked",
    "entered_event",
    "entered_submission",
    "entered_use",
    "read_registers",
    "settled",
]

BY_HAND = "手工录入"
"""Stands for the file of what was typed."""


def read_registers(files: Sequence[Path], plan: Plan | None, today: str) -> Register:
    """The submissions of tables, one a piece, offices as the plan calls them.

    Raises:
        XuanjianError: what ``read_register`` raises.
    """
    return checked(reduce(add, map(read_register, files)), plan, today)


def checked(register: Register, plan: Plan | None, today: str) -> Register:
    """The register with what cannot be counted among its troubles.

    Args:
        plan: names the offices; None leaves names as they are written.
        today: ISO 8601.
    """
    named = with_plan_offices(register, plan.offices if plan else ())
    return with_days_checked(one_row_a_piece(named), today, plan.period if plan else None)


def settled(submission: Submission, plan: Plan | None, today: str) -> Submission:
    """One submission with its offices as the plan calls them.

    Raises:
        BadInput: ``register-rows`` where it cannot be counted; says why.
    """
    register = checked(Register(submissions=(submission,)), plan, today)
    if register.troubles:
        trouble = register.troubles[0]
        raise BadInput(f"「{trouble.column}」：{trouble.what}", "register-rows", "Mend it.")
    return register.submissions[0]


def entered_submission(
    *,
    offices: Iterable[str],
    day: str,
    title: str,
    column: str,
    words: int | None = None,
    authors: Iterable[str] = (),
    story: str = "",
    today: str,
) -> Submission:
    """A submission as somebody typed it.

    Raises:
        BadInput: ``register-entry`` where something needed is empty or a day cannot be.
        XuanjianError: ``document-secret`` where something bears a mark of secrecy.
    """
    offices, authors = tuple(offices), tuple(authors)
    _refuse_marked(title, column, story, *offices, *authors)
    return Submission(
        file=BY_HAND,
        row=0,
        offices=tuple(name for office in offices for name in parts_of(office)),
        day=_day(_said(day, "day"), today),
        title=_said(title, "title"),
        column=_said(column, "column"),
        words=words,
        authors=tuple(filter(None, map(squeeze, authors))),
        story=squeeze(story),
    )


def entered_use(
    *, outlet: str, level: str = "", position: str = "", day: str = "", proof: str = "", today: str
) -> Adoption:
    """A use 采用 as somebody typed it; errors as ``entered_submission``.

    Args:
        level: 中央, 省级, 市级, 县级 or a code; '' lets the outlet's name say it.
    """
    _refuse_marked(outlet, position, proof)
    return Adoption(
        outlet=_said(outlet, "outlet"),
        level=_level(level, outlet),
        position=squeeze(position),
        day=_day(day, today),
        proof=squeeze(proof),
    )


def entered_event(*, what: str, day: str = "", proof: str = "", today: str) -> LeaderEvent:
    """A 批示 or 约稿 as somebody typed it; errors as ``entered_submission``, and ``register-event``
    for more than level and kind."""
    _refuse_marked(what, proof)
    if not is_event(what):
        raise BadInput(
            "a note is registered by level and kind only",
            "register-event",
            "Write 市领导批示 or 约稿不报; its text does not belong in this system.",
        )
    return LeaderEvent(what=_said(what, "what"), day=_day(day, today), proof=squeeze(proof))


def _said(words: str, field: str) -> str:
    if not squeeze(words):
        raise BadInput(f"{field} is empty", "register-entry", "Fill it in.")
    return squeeze(words)


def _day(written: str, today: str) -> str:
    written = written.strip()
    if not written:
        return ""
    try:
        day = date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise BadInput(
            f"{written[:20]!r} is no day", "register-entry", "Write it as 2025-03-18."
        ) from error
    if day > today:
        raise BadInput(f"day {day} lies in the future", "register-entry", "Give the day it was.")
    return day


def _level(written: str, outlet: str) -> Level:
    if not written.strip():
        return outlet_level(outlet)
    level: Level | None = next((c for c in get_args(Level) if c == written), level_named(written))
    if level is None:
        raise BadInput(
            f"no level {written[:20]!r}", "register-entry", "Write 中央, 省级, 市级 or 县级."
        )
    return level


def _refuse_marked(*words: str) -> None:
    if mark := next(filter(None, map(mark_in_cell, words)), ""):
        raise XuanjianError(
            f"not registered: what was given is marked “{mark}”",
            "document-secret",
            "Marked information does not belong in this system.",
        )
