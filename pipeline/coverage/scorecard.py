"""The scorecard 考核计分表: points by office under the plan's own rules, as one frozen result.

Hides: the shape of the result and its public JSON (``"format": 1``). Every line tells in words how
its points came about; a total is the sum of the lines that are printed, and of nothing else.
Points are decimals with two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from pipeline.coverage.readings import OpenQuestion
from pipeline.coverage.report import Period
from pipeline.plan.model import Office
from pipeline.register import RowTrouble, Submission

__all__ = [
    "LINE_NAMES",
    "LineKind",
    "NotCounted",
    "OfficeCard",
    "ScoreLine",
    "Scorecard",
    "office_cards",
]

LineKind = Literal["points", "bonus", "deduction", "adjustment"]
LINE_NAMES: dict[LineKind, str] = {
    "points": "得分",
    "bonus": "加分",
    "deduction": "扣分",
    "adjustment": "调整",
}
"""Kinds of line as officers read them."""


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """Points given or taken, and why."""

    office: str
    day: str
    """ISO 8601; of a quota the last day of its time."""
    kind: LineKind
    points: Decimal
    derivation: str
    """推导 in words, complete: rule, facts, arithmetic."""
    note: int
    """Number of the plan's scoring note, from 1; 0 for an adjustment by a reading alone."""
    item: str
    title: str = ""
    """Of the submission; '' for what is about none."""
    place: str = ""
    """File and row of the submission."""


class NotCounted(msgspec.Struct, frozen=True, kw_only=True):
    """A submission, or a use of one, that earned nothing, and why 未计分."""

    place: str
    offices: tuple[str, ...]
    title: str
    why: str


class OfficeCard(msgspec.Struct, frozen=True, kw_only=True):
    """One office's lines and their sums."""

    office: str
    rank: int
    target_points: float | None
    """分解分值 of the task table: a target, not points granted."""
    handed_in: int
    """Submissions of the period, those of a shared byline with the office named first."""
    adopted: int
    """Pieces first printed or used in the period, whenever they were handed in."""
    lines: tuple[ScoreLine, ...]
    points: Decimal
    bonus: Decimal
    deductions: Decimal
    adjustments: Decimal
    total: Decimal


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """Points of all offices of a plan for a period."""

    format: Literal[1] = 1
    plan: str
    period: Period
    offices: tuple[OfficeCard, ...]
    total: Decimal
    notes: tuple[str, ...]
    """The scoring notes as the plan has them."""
    questions: tuple[OpenQuestion, ...]
    """方案未明确，待定口径, each with the reading taken."""
    unapplied: tuple[str, ...]
    """Rules of the plan that this sheet does not compute."""
    not_counted: tuple[NotCounted, ...]
    left_out: tuple[RowTrouble, ...] = ()
    """Rows of the register that could not be read and were left out on request."""

    def to_json(self) -> bytes:
        """Indented UTF-8 JSON, ending in a newline; points are numbers."""
        raw = msgspec.json.Encoder(decimal_format="number").encode(self)
        return msgspec.json.format(raw, indent=1) + b"\n"

    @classmethod
    def from_json(cls, raw: bytes) -> Scorecard:
        """The scorecard of ``to_json``; raises ``msgspec.ValidationError`` on anything else."""
        return msgspec.json.decode(raw, type=cls)


def office_cards(
    offices: Sequence[Office],
    lines: Iterable[ScoreLine],
    submissions: Sequence[Submission],
    period: Period,
) -> tuple[OfficeCard, ...]:
    """Cards in the plan's order of offices; equal totals share a rank.

    Args:
        submissions: all pieces, each once; those of ``period`` are counted.
    """
    by_office: dict[str, list[ScoreLine]] = {office.name: [] for office in offices}
    targets = {office.name: office.target_points for office in offices}
    by_now = (one for one in submissions if one.day <= period.last)
    for name in sorted({name for one in by_now for name in one.offices}):
        by_office.setdefault(name, [])
    for line in lines:
        by_office.setdefault(line.office, []).append(line)
    totals = {name: _sum(found) for name, found in by_office.items()}
    cards = []
    for name, found in by_office.items():
        own = [submission for submission in submissions if submission.offices[0] == name]
        cards.append(
            OfficeCard(
                office=name,
                rank=1 + sum(total > totals[name] for total in totals.values()),
                target_points=targets.get(name),
                handed_in=sum(period.first <= one.day <= period.last for one in own),
                adopted=sum(period.first <= one.first_used <= period.last for one in own),
                lines=tuple(found),
                points=_sum(line for line in found if line.kind == "points"),
                bonus=_sum(line for line in found if line.kind == "bonus"),
                deductions=_sum(line for line in found if line.kind == "deduction"),
                adjustments=_sum(line for line in found if line.kind == "adjustment"),
                total=totals[name],
            )
        )
    return tuple(cards)


def _sum(lines: Iterable[ScoreLine]) -> Decimal:
    return sum((line.points for line in lines), Decimal(0))
