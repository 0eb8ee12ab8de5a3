"""What refers to the publications of a story: decisions ever made, submissions, proofs, issued reports,
and the runs that brought them.

Hides: which tables these stand in. Every question is about a handful of items.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.register import Submission
from pipeline.store.register_tables import RegisterRunRow, SubmissionLinkRow, SubmissionRow
from pipeline.store.report_tables import IssuedPublicationRow, IssuedReportRow
from pipeline.store.tables import NewsItemRow, PlanRow, ProofRow, ReviewRow, RunRow, ThemeRow

__all__ = [
    "CameBy",
    "IssuedIn",
    "LinkedSubmission",
    "PastReview",
    "ProofOf",
    "came_by",
    "issues_with",
    "past_reviews",
    "proofs_with",
    "submissions_with",
]


class PastReview(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it was made, on whatever version of the plan; ``withdrawn_by`` took it back."""

    id: int
    item: str
    themes: tuple[str, ...]
    """Titles, as the plan had them then."""
    not_themes: tuple[str, ...]
    reviewer: str
    at: str
    chosen_by: str
    comment: str
    version: int
    withdrawn_by: str = ""
    withdrawn_at: str = ""


class LinkedSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word whether a publication is one of what an office handed in."""

    id: int
    item: str
    same: bool
    offices: tuple[str, ...]
    day: str
    title: str
    column: str
    withdrawn: bool
    by: str
    at: str


class ProofOf(msgspec.Struct, frozen=True, kw_only=True):
    """A proof 佐证 of an obligation that the story is, or is said not to be."""

    id: int
    obligation: str
    what: str
    counts: bool
    by: str
    at: str
    withdrawn: bool


class IssuedIn(msgspec.Struct, frozen=True, kw_only=True):
    """An issued report that counts a publication; ``late`` as 补录."""

    plan: str
    scheme: str
    first: str
    last: str
    version: int
    issued_at: str
    late: bool


class CameBy(msgspec.Struct, frozen=True, kw_only=True):
    """Which run brought an item, and when; the run that changed it last, 0 for none."""

    run: int
    kind: str
    detail: str
    at: str
    changed_run: int


def past_reviews(session: Session, plan_name: str, items: Sequence[str]) -> tuple[PastReview, ...]:
    """All decisions about the items for any version of the plan, the newest first."""
    rows = session.execute(
        select(ReviewRow.__table__, PlanRow.version)
        .join(PlanRow, PlanRow.id == ReviewRow.plan_id)
        .where(ReviewRow.item_id.in_(list(items)), PlanRow.name == plan_name)
        .order_by(ReviewRow.decided_at.desc(), ReviewRow.id.desc())
    ).all()
    gone = {row.withdraws: row for row in rows if row.withdraws is not None}
    titles = {plan: _titles(session, plan) for plan in {row.plan_id for row in rows}}
    decoder = msgspec.json.Decoder(tuple[str, ...])
    found = []
    for row in rows:
        if row.withdraws is not None:
            continue
        named = titles[row.plan_id]
        taken_back = gone.get(row.id)
        found.append(
            PastReview(
                id=row.id,
                item=row.item_id,
                themes=tuple(named.get(one, one) for one in decoder.decode(row.themes)),
                not_themes=tuple(named.get(one, one) for one in decoder.decode(row.not_themes)),
                reviewer=row.reviewer,
                at=row.decided_at,
                chosen_by=row.chosen_by,
                comment=row.comment,
                version=row.version,
                withdrawn_by=taken_back.reviewer if taken_back else "",
                withdrawn_at=taken_back.decided_at if taken_back else "",
            )
        )
    return tuple(found)


def _titles(session: Session, plan_id: int) -> dict[str, str]:
    rows = session.scalars(select(ThemeRow).where(ThemeRow.plan_id == plan_id))
    return {row.theme_id: f"{row.number}{row.title}" for row in rows}


def submissions_with(session: Session, items: Sequence[str]) -> tuple[LinkedSubmission, ...]:
    """Submissions that somebody linked to one of the items, by day."""
    rows = session.execute(
        select(
            SubmissionLinkRow.item_id,
            SubmissionLinkRow.same,
            SubmissionRow.id,
            SubmissionRow.body,
            SubmissionRow.withdrawn,
            RegisterRunRow.made_by,
            RegisterRunRow.made_at,
        )
        .join(SubmissionRow, SubmissionRow.id == SubmissionLinkRow.submission_id)
        .join(RegisterRunRow, RegisterRunRow.id == SubmissionLinkRow.run_id)
        .where(SubmissionLinkRow.item_id.in_(list(items)))
        .order_by(SubmissionRow.day, SubmissionRow.id)
    )
    found = []
    for item, same, number, body, withdrawn, by, at in rows:
        told = msgspec.json.decode(body, type=Submission)
        found.append(
            LinkedSubmission(
                id=number,
                item=item,
                same=same,
                offices=told.offices,
                day=told.day,
                title=told.title,
                column=told.column,
                withdrawn=withdrawn,
                by=by,
                at=at,
            )
        )
    return tuple(found)


def proofs_with(session: Session, plan_name: str, items: Sequence[str]) -> tuple[ProofOf, ...]:
    """Proofs of the plan's obligations that refer to one of the items."""
    rows = session.scalars(
        select(ProofRow)
        .join(PlanRow, PlanRow.id == ProofRow.plan_id)
        .where(
            PlanRow.name == plan_name,
            ProofRow.kind == "story",
            ProofRow.reference.in_(list(items)),
        )
        .order_by(ProofRow.id)
    )
    return tuple(
        ProofOf(
            id=row.id,
            obligation=row.obligation,
            what=row.what,
            counts=row.counts,
            by=row.added_by,
            at=row.added_at,
            withdrawn=row.withdrawn_at is not None,
        )
        for row in rows
    )


def issues_with(session: Session, items: Sequence[str]) -> tuple[IssuedIn, ...]:
    """Issued reports that count one of the items, the newest first."""
    rows = session.execute(
        select(
            IssuedReportRow.plan_name,
            IssuedReportRow.scheme,
            IssuedReportRow.period_from,
            IssuedReportRow.period_to,
            IssuedReportRow.version,
            IssuedReportRow.issued_at,
            IssuedPublicationRow.late,
        )
        .join(IssuedReportRow, IssuedReportRow.id == IssuedPublicationRow.report_id)
        .where(IssuedPublicationRow.item_id.in_(list(items)))
        .order_by(IssuedReportRow.id.desc(), IssuedPublicationRow.position)
    )
    found = (
        IssuedIn(
            plan=plan,
            scheme=scheme,
            first=first,
            last=last,
            version=version,
            issued_at=at,
            late=late,
        )
        for plan, scheme, first, last, version, at, late in rows
    )
    return tuple(dict.fromkeys(found))


def came_by(session: Session, items: Sequence[str]) -> dict[str, CameBy]:
    """By item what brought it."""
    rows = session.execute(
        select(
            NewsItemRow.id,
            NewsItemRow.run_id,
            RunRow.kind,
            RunRow.detail,
            NewsItemRow.added_at,
            NewsItemRow.changed_run_id,
        )
        .join(RunRow, RunRow.id == NewsItemRow.run_id)
        .where(NewsItemRow.id.in_(list(items)))
    )
    return {
        item: CameBy(run=run, kind=kind, detail=detail, at=at, changed_run=changed or 0)
        for item, run, kind, detail, at, changed in rows
    }
