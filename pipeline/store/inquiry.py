"""Answers about gaps, as stored: who answered what, who took it in and when.

Hides: that answers are only added, and belong to a plan's name, scheme and period: answers given
for themes of other words are left where they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.inquiry import ThemeAnswer
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.store.inquiry_tables import InquiryAnswerRow
from pipeline.store.plans import StoredPlan
from pipeline.store.store import now

__all__ = ["add_answers", "answers_about"]


def add_answers(
    session: Session,
    stored: StoredPlan,
    scheme: str,
    period: tuple[str, str],
    answers: Iterable[ThemeAnswer],
    *,
    by: str,
    file: str,
) -> int:
    """Store what a sheet answers; ``by`` took it in. Gives how many."""
    at = now()
    fingerprint = scheme_fingerprint(stored.plan, scheme)
    rows = [
        InquiryAnswerRow(
            plan_name=stored.name,
            scheme=scheme,
            scheme_fingerprint=fingerprint,
            period_from=period[0],
            period_to=period[1],
            theme_id=answer.theme,
            choice=answer.choice,
            office=answer.office,
            proof=answer.proof,
            note=answer.note,
            answered_by=answer.by,
            answered_on=answer.day,
            file=file,
            taken_in_by=by,
            taken_in_at=at,
        )
        for answer in answers
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def answers_about(
    session: Session, stored: StoredPlan, scheme: str, period: tuple[str, str]
) -> tuple[ThemeAnswer, ...]:
    """All answers about the plan's themes and exactly this period, oldest first."""
    query = (
        select(InquiryAnswerRow)
        .where(
            InquiryAnswerRow.plan_name == stored.name,
            InquiryAnswerRow.scheme == scheme,
            InquiryAnswerRow.scheme_fingerprint == scheme_fingerprint(stored.plan, scheme),
            InquiryAnswerRow.period_from == period[0],
            InquiryAnswerRow.period_to == period[1],
        )
        .order_by(InquiryAnswerRow.id)
    )
    return tuple(
        ThemeAnswer(
            theme=row.theme_id,
            choice=row.choice,  # type: ignore[arg-type]  # only choices are ever written
            office=row.office,
            proof=row.proof,
            note=row.note,
            by=row.answered_by,
            day=row.answered_on,
            taken_in_by=row.taken_in_by,
            taken_in_at=row.taken_in_at,
        )
        for row in session.scalars(query)
    )
