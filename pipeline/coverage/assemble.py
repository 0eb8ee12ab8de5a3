"""Puts together everything that is reported of one plan and period.

Hides: which parts a ``PeriodReport`` has and where each comes from. A new part is a frozen record
in a module of its own, a field with a default in ``PeriodReport``, and a line here.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.judging import Progress, silent
from pipeline.coverage.period_report import PeriodReport
from pipeline.store.plans import StoredPlan

__all__ = ["period_report"]


def period_report(
    session: Session, stored: StoredPlan, options: AuditOptions, progress: Progress = silent
) -> PeriodReport:
    """The whole report of one stored plan as things stand now; raises what ``known_of`` does."""
    coverage = coverage_report(session, stored, options, progress)
    return PeriodReport.of(coverage)
