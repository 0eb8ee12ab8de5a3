"""Signing a period's report, locking it, and getting the locked one back.

Hides: what a signature is put under: the report as it stands at that moment, and at issue its whole
record with every publication it counted. A locked period is answered from that record alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy.orm import Session

from pipeline.clock import beijing_day
from pipeline.coverage.assemble import period_report, report_key
from pipeline.coverage.gather import AuditOptions, period_of
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.publications import Counting, Publication
from pipeline.coverage.report import Period
from pipeline.coverage.sign_off import figures_fingerprint, next_step, sign_off_of
from pipeline.coverage.since_issue import Since, since_issue
from pipeline.errors import BadInput
from pipeline.plan.schemes import choose_scheme
from pipeline.store.accounts import accounts
from pipeline.store.plans import StoredPlan
from pipeline.store.signed import (
    ISSUED,
    Issued,
    IssuedPublication,
    ReportKey,
    SignStep,
    add_step,
    issue_report,
    issued_body,
    issued_publications,
    issued_reports,
    steps_of,
)
from pipeline.store.store import precise_now

__all__ = ["Locked", "is_alone", "key_of", "locked_report", "publications_now", "sign_report"]


@dataclass(frozen=True)
class Locked:
    """An issued report: its record, and its JSON byte for byte."""

    issued: Issued
    report: PeriodReport
    body: bytes

    def publications(self, session: Session) -> Iterator[Publication]:
        """What it counted, in the order of its ledger; streamed."""
        decoder = msgspec.json.Decoder(Publication)
        for one in issued_publications(session, self.issued):
            yield decoder.decode(one.body)


def key_of(stored: StoredPlan, options: AuditOptions) -> ReportKey:
    """Which report the options mean; raises what ``period_of`` and ``choose_scheme`` do."""
    period = period_of(stored, options)
    scheme, _ = choose_scheme(stored.plan, options.scheme)
    return ReportKey.of(stored, scheme, (period.first, period.last))


def locked_report(session: Session, key: ReportKey, version: int | None = None) -> Locked | None:
    """The newest issued version of a report, or the one asked for; None before any issue.

    Raises:
        BadInput: ``report-version`` when there is no such version.
        XuanjianError: ``report-tampered`` when the record is not what was issued.
    """
    found = {one.version: one for one in issued_reports(session, key)}
    if version is not None and version not in found:
        raise BadInput(
            f"{key.words()} has no issued version {version}",
            "report-version",
            f"Issued: {', '.join(map(str, found)) or 'none yet'}. See: xuanjian report list.",
        )
    if not found:
        return None
    steps_of(session, key)  # the seals hold
    issued = found[max(found) if version is None else version]
    body = issued_body(session, issued)
    return Locked(issued, PeriodReport.from_json(body), body)


def sign_report(
    session: Session,
    stored: StoredPlan,
    options: AuditOptions,
    *,
    to: str,
    by: str,
    account: int = 0,
    note: str = "",
    compared: Callable[[PeriodReport], PeriodReport] = lambda report: report,
) -> tuple[SignStep, PeriodReport]:
    """Take the report of a period to stage ``to``; gives the signature and what was signed.

    Args:
        account: number of the account whose name ``by`` is, 0 at the command line.
        compared: puts a comparison into the report, which is issued with it.

    Raises:
        BadInput: what ``period_report`` and ``next_step`` raise; ``sign-off-period`` when a period
            that is not over would be issued.
        XuanjianError: ``sign-off-same-person``.
    """
    report = period_report(session, stored, options)
    key = report_key(stored, report)
    steps = steps_of(session, key)
    figures = figures_fingerprint(report)
    step = next_step(steps, to, by, note, figures, account=account, alone=is_alone(session))
    if to != ISSUED:
        signed = add_step(session, key, step)
        signed_off = sign_off_of((*steps, signed), issued_reports(session, key))
        return signed, msgspec.structs.replace(report, sign_off=signed_off)
    if report.period.last >= beijing_day(report.generated_at):
        raise BadInput(
            f"the period lasts until {report.period.last} and cannot be issued yet",
            "sign-off-period",
            "Issue it when it is over.",
        )
    step = msgspec.structs.replace(step, at=precise_now())
    sign_off = sign_off_of((*steps, step), issued_reports(session, key))
    final = msgspec.structs.replace(compared(report), sign_off=sign_off)
    counting = Counting.of(session, stored, options)
    since = since_issue(session, stored, options, counting.scheme, report.period)
    issue_report(
        session,
        key,
        step,
        final.to_json(),
        _kept(_publications(counting, report.period, since)),
        since.stored_corrections(),
    )
    return step, final


def is_alone(session: Session) -> bool:
    """Whether there are no two people who have an account, so that one must sign every stage."""
    return sum(not one.disabled for one in accounts(session)) < 2


def publications_now(
    session: Session, stored: StoredPlan, options: AuditOptions, period: Period
) -> Iterator[Publication]:
    """What a report of ``period`` counts as things stand now: its own publications, then 补录."""
    counting = Counting.of(session, stored, options)
    since = since_issue(session, stored, options, counting.scheme, period)
    yield from _publications(counting, period, since)


def _publications(counting: Counting, period: Period, since: Since) -> Iterator[Publication]:
    yield from counting.between(period)
    for late in since.late:
        yield late.publication


def _kept(publications: Iterator[Publication]) -> Iterator[IssuedPublication]:
    for one in publications:
        yield IssuedPublication(
            item=one.item,
            story=one.story,
            original=one.original,
            late=bool(one.late),
            body=msgspec.json.encode(one),
        )
