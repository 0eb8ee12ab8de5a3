"""The sheet on which offices are asked about gaps 宣传空白核实单, before a gap is called.

Hides: who is asked about a theme (who the plan says answers for it; where it says nobody, the office
whose own focus shares words with the theme is proposed, and marked as proposed) and by when.
A gap is a theme that is not covered. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from pipeline.clock import beijing_day
from pipeline.coverage.report import CoverageReport, CoverageState, Period, ThemeLine
from pipeline.errors import BadInput
from pipeline.inquiry import ThemeAnswer
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import Plan, PlanNode, schemes
from pipeline.plan.schemes import choose_scheme
from pipeline.text import comparable

__all__ = [
    "Inquiry",
    "InquiryItem",
    "InquiryKey",
    "inquiry_of",
    "newest_answers",
    "offices_of",
    "proposed_offices",
    "settled_answers",
]

DAYS_TO_ANSWER = 7
_MARK_PARTS = 5
_PARTS = re.compile(r"[、，,；;\n和与及]")
_SHORTEST = 2
"""Characters a part of an office's focus needs to be looked for in a theme."""


class InquiryItem(msgspec.Struct, frozen=True, kw_only=True):
    """One gap and who is asked about it."""

    theme: str
    number: str
    title: str
    state: CoverageState
    offices: tuple[str, ...]
    """Lead offices first; () where the plan names none and none can be proposed."""
    proposed: bool = False
    """Whether the offices are a proposal by words, not the plan's own."""
    reason: str = ""
    """What was checked and found, as the report says it."""
    verified: int = 0
    machine: int = 0
    bar: int = 0
    at_most: int | None = None
    """High limit of the audit's estimate; None without one."""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """The gaps of a plan's period, to be asked about."""

    plan: str
    title: str
    scheme: str
    scheme_fingerprint: str
    period: Period
    answer_by: str
    items: tuple[InquiryItem, ...]

    @property
    def mark(self) -> str:
        """核实单编号: what the answers are about. The plan's name is last, it may hold anything."""
        span = f"{self.period.first}/{self.period.last}"
        return f"{span}/{self.scheme}/{self.scheme_fingerprint}/{self.plan}"


def inquiry_of(plan: Plan, report: CoverageReport, answer_by: str = "") -> Inquiry:
    """The sheet about the gaps of ``report``, worst first.

    Args:
        answer_by: ISO 8601; by default a week after the report was made.
    """
    _, themes = choose_scheme(plan, report.plan.scheme)
    nodes = {node.id: node for node in themes}
    gaps = [theme for theme in report.worst_first() if theme.state != "covered"]
    return Inquiry(
        plan=report.plan.name,
        title=report.plan.title,
        scheme=report.plan.scheme,
        scheme_fingerprint=scheme_fingerprint(plan, report.plan.scheme),
        period=report.period,
        answer_by=answer_by or _week_after(report.generated_at),
        items=tuple(_item(plan, nodes[theme.id], theme) for theme in gaps if theme.id in nodes),
    )


def _item(plan: Plan, node: PlanNode, theme: ThemeLine) -> InquiryItem:
    offices = offices_of(plan, node)
    return InquiryItem(
        theme=theme.id,
        number=theme.number,
        title=theme.title,
        state=theme.state,
        offices=offices or proposed_offices(plan, node),
        proposed=not offices,
        reason=theme.reason,
        verified=theme.tally.verified,
        machine=theme.tally.machine,
        bar=theme.bar,
        at_most=theme.estimate.high if theme.estimate else None,
    )


def offices_of(plan: Plan, theme: PlanNode) -> tuple[str, ...]:
    """Lead offices, responsible ones, and those whose row of the task table names the theme."""
    title = comparable(theme.title)
    named = [office.name for office in plan.offices if title and comparable(office.focus) == title]
    return tuple(dict.fromkeys((*theme.lead_offices, *theme.offices, *named)))


def proposed_offices(plan: Plan, theme: PlanNode) -> tuple[str, ...]:
    """The office whose focus shares most of its words with the theme, its title first."""
    title, text = comparable(theme.title), comparable(theme.text)
    best: tuple[int, int] = (0, 0)
    found: list[str] = []
    for office in plan.offices:
        parts = [comparable(part) for part in _PARTS.split(office.focus)]
        parts = [part for part in parts if len(part) >= _SHORTEST]
        score = (sum(part in title for part in parts), sum(part in text for part in parts))
        if score > best:
            best, found = score, [office.name]
        elif score == best and any(score):
            found.append(office.name)
    return tuple(found)


def _week_after(stamp: str) -> str:
    try:
        return (date.fromisoformat(beijing_day(stamp)) + timedelta(days=DAYS_TO_ANSWER)).isoformat()
    except (ValueError, OverflowError):
        return ""


@dataclass(frozen=True)
class InquiryKey:
    """What a filled sheet is about."""

    plan: str
    scheme: str
    scheme_fingerprint: str
    period: tuple[str, str]

    @classmethod
    def of(cls, mark: str, file: str) -> InquiryKey:
        """The key a sheet's mark stands for.

        Raises:
            BadInput: ``inquiry-unmarked``.
        """
        parts = mark.split("/", 4)
        if len(parts) != _MARK_PARTS or not all(parts):
            raise BadInput(
                f"{file} does not say which inquiry it answers",
                "inquiry-unmarked",
                "Keep the line 核实单编号 that xuanjian inquiry export wrote above the table.",
            )
        first, last, scheme, fingerprint, plan = parts
        return cls(plan, scheme, fingerprint, (first, last))


def settled_answers(
    plan: Plan, key: InquiryKey, answers: Sequence[ThemeAnswer], file: str
) -> tuple[ThemeAnswer, ...]:
    """The answers with offices as the plan calls them.

    Raises:
        BadInput: ``inquiry-plan-changed`` when the plan's themes are not those that were asked about;
            ``inquiry-theme`` for an answer about a theme it does not have.
    """
    held = schemes(plan).get(key.scheme, ())
    if not held or scheme_fingerprint(plan, key.scheme) != key.scheme_fingerprint:
        raise BadInput(
            f"{file} asks about other themes than {key.plan} has now",
            "inquiry-plan-changed",
            "Export the sheet again: the plan was revised after it was sent out.",
        )
    known = {node.id for node in held}
    if strange := sorted({answer.theme for answer in answers} - known):
        raise BadInput(
            f"{file} answers about {', '.join(strange[:5])}, which {key.plan} does not have",
            "inquiry-theme",
            "Leave the column 条目编号 as it was exported.",
        )
    called = {
        comparable(name): office.name
        for office in reversed(plan.offices)
        for name in (*office.aliases, office.name)
    }
    return tuple(
        msgspec.structs.replace(answer, office=called.get(comparable(answer.office), answer.office))
        for answer in answers
    )


def newest_answers(answers: Sequence[ThemeAnswer]) -> tuple[ThemeAnswer, ...]:
    """Of every theme and office the answer that was taken in last, by theme.

    Args:
        answers: oldest first.
    """
    newest = {(answer.theme, comparable(answer.office)): answer for answer in answers}
    return tuple(sorted(newest.values(), key=lambda answer: (answer.theme, answer.office)))
