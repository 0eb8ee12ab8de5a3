"""``--compare`` and ``--against``: which report a period's is set beside.

Hides: how one word may mean the period before, another period or another plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
import msgspec
from sqlalchemy.orm import Session

from pipeline.coverage.assemble import period_report
from pipeline.coverage.comparison import compare_reports
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import key_of, locked_report
from pipeline.coverage.judging import Progress
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period, previous_period, starts_of, written_period
from pipeline.coverage.report import Period
from pipeline.errors import BadInput
from pipeline.plan.model import schemes
from pipeline.store.plans import StoredPlan, get_plan, list_plans

__all__ = ["compare_options", "with_comparison"]

Opened = tuple[Session, StoredPlan, AuditOptions]
"""A transaction, a plan and the options of its report."""


def compare_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options."""
    command = click.option(
        "--against", default="", help="Compare with another stored plan, theme by theme."
    )(command)
    return click.option(
        "--compare",
        default="",
        help="Compare with: previous (the period before), a period, or a stored plan.",
    )(command)


def with_comparison(
    report: PeriodReport, opened: Opened, compare: str, against: str, progress: Progress
) -> PeriodReport:
    """``report`` with the comparison asked for; as it is where none is.

    A period that is issued is compared by its locked record.

    Raises:
        BadInput: ``compare-unknown`` when the word is neither ``previous``, a period nor a plan.
        XuanjianError: ``plan-missing``.
    """
    if not (compare or against):
        return report
    session, stored, options = opened
    if compare and compare != "previous" and not against:
        names = [plan.name for plan in list_plans(session)]
        compare, against = ("", compare) if compare in names else (compare, "")
    other = get_plan(session, against) if against else stored
    span = _period(compare, report, other if against else None)
    scheme = report.plan.scheme
    if scheme not in schemes(other.plan):
        scheme = ""  # the other plan's main one: its focus areas beside our chapters
    wanted = replace(options, period=span, scheme=scheme)
    locked = locked_report(session, key_of(other, wanted))
    before = locked.report if locked else period_report(session, other, wanted, progress)
    version = locked.issued.version if locked else 0
    comparison = compare_reports(report, before, issued_version=version)
    return msgspec.structs.replace(report, comparison=comparison)


def _period(compare: str, report: PeriodReport, other: StoredPlan | None) -> Period:
    """The other side's period: as asked; for another plan the same days where they lie in its
    term, else its whole term."""
    if compare == "previous":
        return previous_period(report.period)
    if compare:
        try:
            return parse_period(compare, starts_of(report.period))
        except BadInput as error:
            raise BadInput(
                f"nothing called {compare!r} to compare with",
                "compare-unknown",
                "Give previous, a period such as 2025-02, or the name of a stored plan.",
            ) from error
    if other is not None and other.plan.period is not None:
        term = written_period(other.plan.period)
        if report.period.last < term.first or report.period.first > term.last:
            return term
    return report.period
