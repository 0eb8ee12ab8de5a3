"""What people say of media: that a registered medium's days, mostly months, are whole 登记完毕, or a crawled
source's column that no crawl can read.

Hides: which days of which source such a word is about, and when nobody may say it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.news import source_id
from pipeline.outlets import outlet_level
from pipeline.store.runs import (
    REGISTER_COLUMN,
    LedgerEntry,
    SourceRecord,
    Window,
    record_source,
)
from pipeline.store.tables import NewsItemRow, SourceRow
from pipeline.store.vouching import (
    Vouch,
    crawled_source,
    give_word,
    refuse_word,
    take_back,
    vouches,
)

__all__ = [
    "refuse_empty_days",
    "sign_days",
    "sign_month",
    "signed_months",
    "vouch_for_column",
    "withdraw_sign_off",
]


def sign_month(
    session: Session, medium: str, month: str, by: str, *, empty: bool, today: date
) -> tuple[Vouch, int]:
    """Sign a registered medium's month off, as ``sign_days`` does.

    Raises:
        BadInput: ``media-month``; what ``sign_days`` raises.
    """
    return sign_days(session, medium, _days(month), by, empty=empty, today=today)


def sign_days(
    session: Session,
    medium: str,
    window: Window,
    by: str,
    *,
    empty: bool,
    note: str = "",
    today: date,
) -> tuple[Vouch, int]:
    """Vouch for days of a registered medium; gives the word and how many items it vouches for.

    Raises:
        BadInput: ``media-empty`` (no item is registered and nobody says that there was none),
            ``media-not-empty`` (somebody says so, and there are items); ``vouch-days``,
            ``vouch-not-over``, ``vouch-already``.
    """
    source = source_id(medium)
    refuse_word(session, source, REGISTER_COLUMN, window, today)
    first, last = (day.isoformat() for day in window)
    count = _registered(session, source, window)
    if empty and count:
        raise BadInput(
            f"{count} items of {medium} are registered from {first} to {last}",
            "media-not-empty",
            "Sign it off without --none.",
        )
    if not (count or empty):
        raise BadInput(
            f"no item of {medium} is registered from {first} to {last}",
            "media-empty",
            "Import its items first, or say that there were none: --none.",
        )
    record = SourceRecord(id=source, name=medium, level=outlet_level(medium), channel="register")
    if session.get(SourceRow, source) is None:
        record_source(session, record)
    entry = LedgerEntry(
        source=source, column=REGISTER_COLUMN, extracted=count, dated=count, window=(first, last),
        vouched_by=by,
    )  # fmt: skip
    return give_word(session, record, entry, note=note, empty=empty, today=today), count


def vouch_for_column(
    session: Session, name: str, column: str, window: Window, by: str, *, note: str, today: date
) -> Vouch:
    """Vouch for days of a column that crawls were to read, looked at by hand.

    Raises:
        BadInput: ``column-not-crawled``, ``vouch-days``, ``vouch-not-over``, ``vouch-already``.
    """
    source = crawled_source(session, name, column)
    first, last = (day.isoformat() for day in window)
    entry = LedgerEntry(source=source.id, column=column, window=(first, last), vouched_by=by)
    return give_word(session, source, entry, note=note, today=today)


def withdraw_sign_off(session: Session, medium: str, month: str, by: str, why: str) -> Vouch:
    """Take back the word for a registered medium's month.

    Raises:
        BadInput: ``media-month``, ``vouch-missing``.
    """
    _days(month)
    signed = signed_months(vouches(session, source=source_id(medium))).get(month)
    if signed is None:
        raise BadInput(
            f"{medium} is not signed off for {month}",
            "vouch-missing",
            "See: xuanjian media vouched. Words for other days: xuanjian media unvouch NUMBER.",
        )
    return take_back(session, signed.number, by, why)


def signed_months(words: Iterable[Vouch]) -> dict[str, Vouch]:
    """By month (2025-03) the word for exactly its days; months without one are absent.

    Args:
        words: of one column.
    """
    months = {}
    for one in words:
        first, last = one.window
        if (first.year, first.month, first.day) == (last.year, last.month, 1) and (
            last.day == monthrange(last.year, last.month)[1]
        ):
            months[one.first[:7]] = one
    return months


def refuse_empty_days(session: Session, medium: str, days: Iterable[str]) -> None:
    """Refuse items of days on which, a person said, nothing was published.

    Args:
        days: ISO 8601, with a time or without.

    Raises:
        BadInput: ``media-signed-empty``; names the days and the person.
    """
    empty = [one for one in vouches(session, source=source_id(medium)) if one.empty]
    for day in sorted({day[:10] for day in days}) if empty else ():
        for one in empty:
            if one.first <= day <= one.last:
                raise BadInput(
                    f"{one.by} said that {medium} published nothing from {one.first} to {one.last}",
                    "media-signed-empty",
                    f"Take that back first: xuanjian media unvouch {one.number} --why ..",
                )


def _days(month: str) -> Window:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise BadInput(f"{month!r} is no month", "media-month", "Write it as 2025-03.") from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _registered(session: Session, source: str, window: Window) -> int:
    query = select(func.count()).select_from(NewsItemRow)
    return (
        session.scalar(
            query.where(
                NewsItemRow.source_id == source,
                NewsItemRow.day >= window[0].isoformat(),
                NewsItemRow.day <= window[1].isoformat(),
            )
        )
        or 0
    )
