"""Collects from the store what the table of obligations rests on.

Hides: which stories are proposed as proof: those that name a duty near its days and are counted
as local; news from elsewhere about the same national day shows nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from pipeline.coverage.duties import duties_of, words_of
from pipeline.coverage.obligations import ObligationLine, Proposal, obligation_lines, search_windows
from pipeline.coverage.report import Period
from pipeline.locality import LocalityJudge, home_of
from pipeline.register import Submission, with_plan_offices
from pipeline.store.mentions import stories_naming
from pipeline.store.plans import StoredPlan
from pipeline.store.proofs import proofs_of
from pipeline.store.register import register_of
from pipeline.text import comparable

__all__ = ["obligations_of", "registered_of"]


def obligations_of(
    session: Session,
    stored: StoredPlan,
    period: Period,
    today: str,
    *,
    localities: frozenset[str],
    home: str = "",
    submissions: Sequence[Submission] = (),
) -> tuple[ObligationLine, ...]:
    """The obligations of a stored plan over a period.

    Args:
        today: ISO 8601.
        localities: which localities count.
        home: name of the plan's place; '' for what the plan says.
        submissions: the register's, with offices as the plan calls them.

    Raises:
        BadInput: ``place-unknown``.
    """
    plan = stored.plan
    units = tuple(unit.name for unit in plan.units)
    judge = LocalityJudge(home_of(plan, stored.text, home), units)
    naming = []
    for found in stories_naming(session, search_windows(plan, period)):
        if judge.judge(found.item, found.item.level).code not in localities:
            continue
        outlet = comparable(found.item.outlet)
        media = (m.name for m in plan.media if outlet and comparable(m.name) == outlet)
        naming.append(
            Proposal(
                story=found.story,
                title=found.item.title,
                day=found.day,
                outlet=found.item.outlet,
                term=found.term,
                medium=next(media, ""),
            )
        )
    return obligation_lines(
        plan,
        period,
        today,
        proofs=proofs_of(session, stored, words_of(duties_of(plan))),
        naming=naming,
        submissions=submissions,
    )


def registered_of(session: Session, stored: StoredPlan) -> tuple[Submission, ...]:
    """The register's submissions, with offices as the plan calls them; who it does not know is
    left out, as in the scorecard, which says so."""
    return with_plan_offices(register_of(session), stored.plan.offices).submissions
