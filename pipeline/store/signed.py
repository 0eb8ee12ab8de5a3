"""Signatures on reports and issued reports, as stored: only ever added to.

Hides: how an issued report is kept whole beside every publication it counted, and how anything that
was changed behind its back is found. Each signature is sealed together with the one before it; the
last of an issued version also seals the fingerprints of the report and of its publications.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.store.plans import StoredPlan
from pipeline.store.report_tables import (
    IssuedCorrectionRow,
    IssuedPublicationRow,
    IssuedReportRow,
    SignStepRow,
)
from pipeline.store.store import precise_now
from pipeline.store.tables import ReviewRow

__all__ = [
    "ISSUED",
    "Issued",
    "IssuedPublication",
    "ReportKey",
    "SignStep",
    "StoredCorrection",
    "add_step",
    "issue_report",
    "issued_body",
    "issued_publications",
    "issued_reports",
    "newest_review",
    "publication_of",
    "signed_keys",
    "steps_of",
]

ISSUED = "issued"
"""The stage that locks."""
_CHUNK = 500
_Value = TypeVar("_Value")


class ReportKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Which report: of which plan (in any of its versions), scheme and period."""

    plan: str
    scheme: str
    first: str
    last: str

    @classmethod
    def of(cls, stored: StoredPlan, scheme: str, period: tuple[str, str]) -> ReportKey:
        """The key of a stored plan's report."""
        return cls(plan=stored.name, scheme=scheme, first=period[0], last=period[1])

    def words(self) -> str:
        """The period, for messages."""
        return f"{self.plan} {self.first} to {self.last}"


class SignStep(msgspec.Struct, frozen=True, kw_only=True):
    """One signature: a report reached ``stage`` of ``version``, with these figures."""

    version: int
    stage: str
    by: str
    note: str = ""
    at: str = ""
    figures: str = ""
    """Fingerprint of the figures that were signed."""
    account: int = 0
    """Number of the account that signed; 0 where a name was given at the command line."""


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """An issued version, without its body."""

    id: int
    key: ReportKey
    version: int
    issued_at: str
    issued_by: str
    replaces: str
    fingerprint: str
    publications: str
    last_review: int


class IssuedPublication(msgspec.Struct, frozen=True, kw_only=True):
    """A publication on its way into an issued report, or out of it; ``body`` is its JSON."""

    item: str
    story: str
    original: bool
    late: bool
    body: bytes


@dataclass(frozen=True)
class StoredCorrection:
    """A correction as JSON, and the issued report it corrects."""

    corrected: int
    body: bytes


def steps_of(session: Session, key: ReportKey) -> tuple[SignStep, ...]:
    """All signatures on a report, oldest first.

    Raises:
        XuanjianError: ``report-tampered`` where one was changed or taken away afterwards.
    """
    rows = session.scalars(
        select(SignStepRow).where(*_same(SignStepRow, key)).order_by(SignStepRow.id)
    ).all()
    issued = {found.version: found for found in issued_reports(session, key)}
    steps = []
    seal = ""
    for row in rows:
        step = SignStep(
            version=row.version,
            stage=row.stage,
            by=row.signed_by,
            note=row.note,
            at=row.at,
            figures=row.figures,
            account=row.account,
        )
        seal = _seal(seal, key, step, issued.get(row.version))
        if seal != row.seal:
            raise _tampered(key, f"the signature of {row.at} is not what was signed")
        steps.append(step)
    locked = {step.version for step in steps if step.stage == ISSUED}
    if locked != set(issued):
        raise _tampered(key, "signatures and issued versions do not match")
    return tuple(steps)


def add_step(session: Session, key: ReportKey, step: SignStep) -> SignStep:
    """Append a signature, which gets its time; ``issue_report`` appends the last."""
    return _append(session, key, step, None)


def issue_report(
    session: Session,
    key: ReportKey,
    step: SignStep,
    body: bytes,
    publications: Iterable[IssuedPublication],
    corrections: Iterable[StoredCorrection] = (),
) -> Issued:
    """Lock a report: store it whole with its last signature.

    Args:
        step: the signature, its time given: the body tells of it.
        publications: of every story it counted, in the order of its ledger; streamed.

    Raises:
        BadInput: ``sign-off-locked`` when somebody else issued this version meanwhile.
    """
    before = issued_reports(session, key)
    row = IssuedReportRow(
        plan_name=key.plan,
        scheme=key.scheme,
        period_from=key.first,
        period_to=key.last,
        version=step.version,
        issued_at=step.at,
        issued_by=step.by,
        replaces=before[-1].fingerprint if before else "",
        fingerprint=hashlib.sha256(body).hexdigest(),
        publications="",
        last_review=newest_review(session),
        body=body.decode(),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise BadInput(
            f"{key.words()} was issued by somebody else at the same moment",
            "sign-off-locked",
            "See it: xuanjian report stages. A corrected version is opened with --to draft.",
        ) from error
    digest = hashlib.sha256()
    position = 0
    for part in _parts(publications):
        rows = []
        for one in part:
            position += 1
            digest.update(_publication_words(one))
            rows.append(
                {
                    "report_id": row.id,
                    "position": position,
                    "item_id": one.item,
                    "story_id": one.story,
                    "original": one.original,
                    "late": one.late,
                    "body": one.body.decode(),
                }
            )
        session.execute(insert(IssuedPublicationRow), rows)
    row.publications = digest.hexdigest()
    told = [
        {
            "report_id": row.id,
            "position": place,
            "corrected_id": one.corrected,
            "body": one.body.decode(),
        }
        for place, one in enumerate(corrections, 1)
    ]
    if told:
        session.execute(insert(IssuedCorrectionRow), told)
    session.flush()
    issued = _issued(row)
    _append(session, key, step, issued)
    return issued


def issued_reports(
    session: Session, key: ReportKey | None = None, *, plan: str = "", scheme: str = ""
) -> tuple[Issued, ...]:
    """Issued versions of one report, or of all reports of a plan and scheme, by period and
    version."""
    columns = [column for column in IssuedReportRow.__table__.columns if column.name != "body"]
    query = select(*columns).order_by(
        IssuedReportRow.period_from, IssuedReportRow.period_to, IssuedReportRow.version
    )
    if key is not None:
        query = query.where(*_same(IssuedReportRow, key))
    if plan:
        query = query.where(IssuedReportRow.plan_name == plan)
    if scheme:
        query = query.where(IssuedReportRow.scheme == scheme)
    return tuple(_issued(row) for row in session.execute(query))


def issued_body(session: Session, issued: Issued) -> bytes:
    """The report's JSON, byte for byte as it was issued.

    Raises:
        XuanjianError: ``report-tampered`` where it is not.
    """
    raw = session.scalars(select(IssuedReportRow.body).where(IssuedReportRow.id == issued.id)).one()
    body = raw.encode()
    if hashlib.sha256(body).hexdigest() != issued.fingerprint:
        raise _tampered(issued.key, f"version {issued.version} is not what was issued")
    return body


def issued_publications(session: Session, issued: Issued) -> Iterator[IssuedPublication]:
    """What the report counted, in order, streamed.

    Raises:
        XuanjianError: ``report-tampered`` at the end, where they are not those of the issue.
    """
    digest = hashlib.sha256()
    query = (
        select(IssuedPublicationRow)
        .where(IssuedPublicationRow.report_id == issued.id)
        .order_by(IssuedPublicationRow.position)
        .execution_options(yield_per=_CHUNK)
    )
    for row in session.scalars(query):
        one = publication_of(row)
        digest.update(_publication_words(one))
        yield one
    if digest.hexdigest() != issued.publications:
        raise _tampered(issued.key, f"the ledger of version {issued.version} was changed")


def newest_review(session: Session) -> int:
    """Number of the newest decision; 0 before any."""
    return session.scalar(select(func.max(ReviewRow.id))) or 0


def signed_keys(session: Session, plan: str = "") -> tuple[ReportKey, ...]:
    """Reports that anybody signed, by plan and period."""
    query = select(
        SignStepRow.plan_name, SignStepRow.scheme, SignStepRow.period_from, SignStepRow.period_to
    ).distinct()
    if plan:
        query = query.where(SignStepRow.plan_name == plan)
    keys = [
        ReportKey(plan=row[0], scheme=row[1], first=row[2], last=row[3])
        for row in session.execute(query)
    ]
    return tuple(sorted(keys, key=lambda key: (key.plan, key.first, key.last, key.scheme)))


def _append(session: Session, key: ReportKey, step: SignStep, issued: Issued | None) -> SignStep:
    dated = step if step.at else msgspec.structs.replace(step, at=precise_now())
    before = session.scalars(
        select(SignStepRow.seal)
        .where(*_same(SignStepRow, key))
        .order_by(SignStepRow.id.desc())
        .limit(1)
    ).first()
    session.add(
        SignStepRow(
            plan_name=key.plan,
            scheme=key.scheme,
            period_from=key.first,
            period_to=key.last,
            version=dated.version,
            stage=dated.stage,
            signed_by=dated.by,
            note=dated.note,
            at=dated.at,
            figures=dated.figures,
            account=dated.account,
            seal=_seal(before or "", key, dated, issued),
        )
    )
    session.flush()
    return dated


def _seal(before: str, key: ReportKey, step: SignStep, issued: Issued | None) -> str:
    sealed = issued if step.stage == ISSUED else None
    signed = msgspec.structs.asdict(step)
    if not step.account:
        del signed["account"]  # seals of before signatures had one still hold
    words = msgspec.json.encode(
        [
            before,
            key,
            signed,
            [sealed.fingerprint, sealed.publications, sealed.replaces] if sealed else [],
        ]
    )
    return hashlib.sha256(words).hexdigest()


def _publication_words(one: IssuedPublication) -> bytes:
    return msgspec.json.encode([one.item, one.story, one.original, one.late]) + one.body + b"\n"


def publication_of(row: IssuedPublicationRow) -> IssuedPublication:
    """The record of a row."""
    return IssuedPublication(
        item=row.item_id,
        story=row.story_id,
        original=row.original,
        late=row.late,
        body=row.body.encode(),
    )


def _issued(row: IssuedReportRow | Row[Any]) -> Issued:
    return Issued(
        id=row.id,
        key=ReportKey(
            plan=row.plan_name, scheme=row.scheme, first=row.period_from, last=row.period_to
        ),
        version=row.version,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        replaces=row.replaces,
        fingerprint=row.fingerprint,
        publications=row.publications,
        last_review=row.last_review,
    )


def _same(
    table: type[SignStepRow] | type[IssuedReportRow], key: ReportKey
) -> tuple[ColumnElement[bool], ...]:
    return (
        table.plan_name == key.plan,
        table.scheme == key.scheme,
        table.period_from == key.first,
        table.period_to == key.last,
    )


def _tampered(key: ReportKey, what: str) -> XuanjianError:
    return XuanjianError(
        f"the signed report of {key.words()} was changed in the database: {what}",
        "report-tampered",
        "Restore the database from a backup, and ask who had access to it.",
    )


def _parts(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    iterator = iter(values)
    while part := list(islice(iterator, _CHUNK)):
        yield part
