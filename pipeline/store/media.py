"""Media no crawler reaches: their months signed off by a person 登记完毕.

Hides: that a signed month is a run with one line of the ledger, so that it counts as every other
observed window does, and that a sign-off taken back leaves a trace and no window.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.news import source_id
from pipeline.outlets import outlet_level
from pipeline.store.media_tables import SignOffRow
from pipeline.store.runs import (
    REGISTER_COLUMN,
    LedgerEntry,
    SourceRecord,
    finish_run,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import now
from pipeline.store.tables import LedgerRow, NewsItemRow, SourceRow

__all__ = [
    "SignOff",
    "refuse_empty_months",
    "sign_month",
    "sign_offs",
    "withdraw_sign_off",
]


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that all a medium published in a month is registered."""

    source: str
    month: str
    """Such as 2025-03."""
    empty: bool
    """Whether nothing was published in it."""
    by: str
    at: str
    withdrawn_by: str = ""
    withdrawn_at: str | None = None
    withdrawn_why: str = ""


def sign_month(
    session: Session, medium: str, month: str, by: str, *, empty: bool, today: date
) -> tuple[SignOff, int]:
    """Sign a medium's month off; gives the sign-off and how many items it vouches for.

    Raises:
        BadInput: ``media-month`` (no month, or one that is not over), ``media-signed`` (it is),
            ``media-empty`` (no item is registered and nobody says that there was none),
            ``media-not-empty`` (somebody says so, and there are items).
    """
    first, last = _days(month)
    if last >= today:
        raise BadInput(
            f"{month} is not over", "media-month", "Sign a month off when its last day has passed."
        )
    source = source_id(medium)
    if _standing(session, source, month):
        raise BadInput(
            f"{medium} is signed off for {month} already",
            "media-signed",
            "See: xuanjian media list. Take it back first: xuanjian media unsign.",
        )
    count = _registered(session, source, first, last)
    if empty and count:
        raise BadInput(
            f"{count} items of {medium} are registered for {month}",
            "media-not-empty",
            "Sign it off without --none.",
        )
    if not (count or empty):
        raise BadInput(
            f"no item of {medium} is registered for {month}",
            "media-empty",
            "Import its items first, or say that there were none: --none.",
        )
    if session.get(SourceRow, source) is None:
        level = outlet_level(medium)
        record_source(
            session, SourceRecord(id=source, name=medium, level=level, channel="register")
        )
    run = start_run(session, "sign", f"{medium} {month}")
    window = (first.isoformat(), last.isoformat())
    entry = LedgerEntry(
        source=source, column=REGISTER_COLUMN, extracted=count, dated=count, window=window,
        vouched_by=by,
    )  # fmt: skip
    record_ledger(session, run, [entry])
    finish_run(session, run, "finished")
    row = SignOffRow(
        source_id=source, month=month, empty=empty, run_id=run, signed_by=by, signed_at=now()
    )
    session.add(row)
    session.flush()
    return _sign_off(row), count


def withdraw_sign_off(session: Session, medium: str, month: str, by: str, why: str) -> SignOff:
    """Take a sign-off back; it is kept with the reason, its days no longer count as complete.

    Raises:
        BadInput: ``media-month``, ``media-unsigned``.
    """
    _days(month)
    row = _standing(session, source_id(medium), month)
    if row is None:
        raise BadInput(
            f"{medium} is not signed off for {month}", "media-unsigned", "See: xuanjian media list."
        )
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = by, now(), why
    line = session.get_one(LedgerRow, (row.run_id, row.source_id, REGISTER_COLUMN))
    line.window_from = line.window_to = None
    session.flush()
    return _sign_off(row)


def refuse_empty_months(session: Session, medium: str, dates: Iterable[str]) -> None:
    """Refuse items of months that a person signed off as having none.

    Raises:
        BadInput: ``media-signed-empty``; names the month and the person.
    """
    empty = {one.month: one for one in sign_offs(session).get(source_id(medium), ()) if one.empty}
    for month in sorted({day[:7] for day in dates}):
        if month in empty:
            raise BadInput(
                f"{empty[month].by} signed off that {medium} published nothing in {month}",
                "media-signed-empty",
                f"Take that back first: xuanjian media unsign {medium} --month {month} --why ..",
            )


def sign_offs(session: Session, *, withdrawn: bool = False) -> dict[str, tuple[SignOff, ...]]:
    """By source id: its months, by month; with ``withdrawn`` also those taken back."""
    found: dict[str, list[SignOff]] = {}
    query = select(SignOffRow).order_by(SignOffRow.source_id, SignOffRow.month, SignOffRow.id)
    for row in session.scalars(query):
        if withdrawn or row.withdrawn_at is None:
            found.setdefault(row.source_id, []).append(_sign_off(row))
    return {source: tuple(rows) for source, rows in found.items()}


def _days(month: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise BadInput(f"{month!r} is no month", "media-month", "Write it as 2025-03.") from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _standing(session: Session, source: str, month: str) -> SignOffRow | None:
    query = select(SignOffRow).where(
        SignOffRow.source_id == source,
        SignOffRow.month == month,
        SignOffRow.withdrawn_at.is_(None),
    )
    return session.scalars(query).first()


def _registered(session: Session, source: str, first: date, last: date) -> int:
    query = select(func.count()).select_from(NewsItemRow)
    return (
        session.scalar(
            query.where(
                NewsItemRow.source_id == source,
                NewsItemRow.day >= first.isoformat(),
                NewsItemRow.day <= last.isoformat(),
            )
        )
        or 0
    )


def _sign_off(row: SignOffRow) -> SignOff:
    return SignOff(
        source=row.source_id,
        month=row.month,
        empty=row.empty,
        by=row.signed_by,
        at=row.signed_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_why=row.withdrawn_why,
    )
