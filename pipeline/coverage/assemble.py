"""Puts together everything that is reported of one plan and period.

Hides: which parts a ``PeriodReport`` has and where each comes from. A new part is a frozen record
in a module of its own, a field with a default in ``PeriodReport``, and a line here.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline.clock import beijing_day
from pipeline.coverage.answer_evidence import plan_parts
from pipeline.coverage.from_register import points_of_period
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.inquiry import inquiry_of, newest_answers
from pipeline.coverage.judging import Progress, silent
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport
from pipeline.coverage.sign_off import sign_off_of
from pipeline.coverage.since_issue import since_issue
from pipeline.store.inquiry import answers_about
from pipeline.store.plans import StoredPlan
from pipeline.store.signed import ReportKey, issued_reports, steps_of

__all__ = ["period_report", "report_key"]


def period_report(
    session: Session, stored: StoredPlan, options: AuditOptions, progress: Progress = silent
) -> PeriodReport:
    """The whole report of one stored plan as things stand now; raises what ``known_of`` does."""
    coverage = coverage_report(session, stored, options, progress)
    key = report_key(stored, coverage)
    steps = steps_of(session, key)
    parts = plan_parts(session, stored, options, coverage, beijing_day(coverage.generated_at))
    since = since_issue(session, stored, options, coverage.plan.scheme, coverage.period)
    span = (coverage.period.first, coverage.period.last)
    scorecard, handed_in = points_of_period(
        session, stored, coverage.period, beijing_day(coverage.generated_at)
    )
    return PeriodReport.of(
        coverage,
        scorecard=scorecard,
        handed_in=handed_in,
        inquiry=inquiry_of(stored.plan, coverage),
        answers=newest_answers(answers_about(session, stored, coverage.plan.scheme, span)),
        obligations=parts.obligations,
        sentences=parts.sentences,
        figures=parts.figures,
        advice=parts.advice,
        sign_off=sign_off_of(steps, issued_reports(session, key)) if steps else None,
        supplement=since.supplement(),
    )


def report_key(stored: StoredPlan, report: CoverageReport) -> ReportKey:
    """Under which the report is signed and issued."""
    period = (report.period.first, report.period.last)
    return ReportKey.of(stored, report.plan.scheme, period)
