"""Reporting periods 统计周期: how a person writes one, and the months it has.

Hides: the notation. ``2025`` is a year, ``2025Q2`` a quarter, ``2025-03`` a month; other spans,
such as weeks, are two days: ``2025-03-03..2025-03-09``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from pipeline.config import Settings
from pipeline.coverage.report import Period
from pipeline.errors import BadInput

__all__ = [
    "OWN_TERM",
    "days_missing",
    "make_period",
    "month_starts",
    "months_of",
    "notation_of",
    "parse_period",
    "previous_period",
    "same_length",
    "starts_of",
    "written_period",
]

_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_YEAR = re.compile(r"(\d{4})年?")
_QUARTER = re.compile(r"(\d{4})年?[-]?(?:[Qq]([1-4])|第?([一二三四])季度)")
_MONTH = re.compile(r"(\d{4})[-年/.](\d{1,2})月?")
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\s?(?:\.\.|至|~)\s?(\d{4}-\d\d-\d\d)", re.ASCII)


OWN_TERM = ("plan", "全期")
"""How a person asks for the plan's own term."""


def month_starts(settings: Settings) -> int:
    """The day reporting months begin.

    Raises:
        BadInput: ``settings-bad-value``.
    """
    day = settings.get("period.month_starts", int)
    if day > 28:
        raise BadInput(
            f"period.month_starts must be a day every month has, 1 to 28, got {day} instead",
            "settings-bad-value",
            "Months from the 26th to the 25th are written 26.",
        )
    return day


def parse_period(written: str, month_starts: int = 1) -> Period:
    """The period a person wrote.

    >>> parse_period("2025Q2").first, parse_period("2025年3月").last
    ('2025-04-01', '2025-03-31')
    >>> parse_period("2025-03", month_starts=26).first, parse_period("2025", 26).last
    ('2025-02-26', '2025-12-25')
    >>> parse_period("2025-03-03..2025-03-09").last
    '2025-03-09'

    Args:
        month_starts: the day on which a month of reports begins, 1 to 28. From 2 on it is one of
            the calendar month before: March from the 26th is 26 February to 25 March.

    Raises:
        BadInput: ``period-unreadable``.
    """
    written = written.strip()
    if match := _YEAR.fullmatch(written):
        return _span(int(match[1]), 1, 12, f"{match[1]}年", month_starts)
    if match := _QUARTER.fullmatch(written):
        quarter = int(match[2]) if match[2] else "一二三四".index(match[3]) + 1
        label = f"{match[1]}年第{'一二三四'[quarter - 1]}季度"
        return _span(int(match[1]), 3 * quarter - 2, 3 * quarter, label, month_starts)
    match = _MONTH.fullmatch(written)
    if match and 1 <= int(match[2]) <= 12:
        month = int(match[2])
        return _span(int(match[1]), month, month, f"{match[1]}年{month}月", month_starts)
    if match := _DAYS.fullmatch(written):
        try:
            first, last = map(date.fromisoformat, match.groups())
        except ValueError as error:
            raise BadInput(
                f"{written} names a day that does not exist", "period-unreadable", "Mend it."
            ) from error
        return make_period(first, last)
    raise BadInput(
        f"a period must be a year, quarter or month, got {written!r} instead",
        "period-unreadable",
        "Write 2025, 2025Q2 or 2025-03, or give --from and --to.",
    )


def notation_of(period: Period, month_starts: int = 1) -> str:
    """How a person asks for the period: ``parse_period`` gives it back.

    >>> notation_of(parse_period("2025Q1")), notation_of(parse_period("2025-03", 26), 26)
    ('2025Q1', '2025-03')
    >>> notation_of(make_period(date(2025, 3, 3), date(2025, 3, 9)))
    '2025-03-03..2025-03-09'
    """
    last = date.fromisoformat(period.last)
    month = f"{last.year}-{last.month:02}"
    for written in (month, f"{last.year}Q{(last.month + 2) // 3}", str(last.year)):
        found = parse_period(written, month_starts)
        if (found.first, found.last) == (period.first, period.last):
            return written
    return f"{period.first}..{period.last}"


def starts_of(period: Period) -> int:
    """The day months begin for whoever asked for ``period``: its own first day where it has not
    whole calendar months."""
    first = date.fromisoformat(period.first)
    following = date.fromisoformat(period.last) + timedelta(days=1)
    return first.day if first.day == following.day and first.day <= 28 else 1


def written_period(written: tuple[str, str]) -> Period:
    """The period a plan or plan file gives by two days.

    Raises:
        BadInput: ``period-unreadable`` where they are not two days in order.
    """
    try:
        first, last = map(date.fromisoformat, written)
    except ValueError as error:
        raise BadInput(
            f"the plan's period must be two days, got {' and '.join(written)} instead",
            "period-unreadable",
            'Write it in the plan file as period = ["2017-01-01", "2017-12-31"].',
        ) from error
    return make_period(first, last)


def make_period(first: date, last: date) -> Period:
    """The period from ``first`` to ``last``, both inclusive.

    Raises:
        BadInput: ``period-unreadable`` when ``last`` lies before ``first``, or nobody reports on it.
    """
    _refuse_other_ages(first.year, last.year)
    if last < first:
        raise BadInput(
            f"the period ends ({last}) before it begins ({first})",
            "period-unreadable",
            "Swap --from and --to.",
        )
    return Period(first=first.isoformat(), last=last.isoformat(), label=_label(first, last))


def previous_period(period: Period) -> Period:
    """The period of the same length just before: of whole months (from the 26th to the 25th too) as
    many months, of any other span as many days.

    >>> before = previous_period(parse_period("2025Q1"))
    >>> before.first, before.last
    ('2024-10-01', '2024-12-31')
    """
    first = date.fromisoformat(period.first)
    months, days = _length(period)
    if months:
        number = first.year * 12 + first.month - 1 - months
        begin = first.replace(year=number // 12, month=number % 12 + 1)
    else:
        begin = first - timedelta(days=days)
    return make_period(begin, first - timedelta(days=1))


def same_length(first: Period, second: Period) -> bool:
    """Whether two periods are of one kind, such as months: their reports make one series.

    >>> same_length(parse_period("2025-02"), parse_period("2025-03"))
    True
    """
    return _length(first) == _length(second)


def _length(period: Period) -> tuple[int, int]:
    """Whole months from whatever day but the last of a month, or else days."""
    first = date.fromisoformat(period.first)
    after = date.fromisoformat(period.last) + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if after.day == first.day <= 28 and months:
        return months, 0
    return 0, (after - first).days


def months_of(period: Period) -> tuple[str, ...]:
    """The calendar months the period touches, as YYYY-MM."""
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(
        f"{first.year + (first.month - 1 + i) // 12}-{(first.month - 1 + i) % 12 + 1:02d}"
        for i in range(count)
    )


def days_missing(period: Period, windows: tuple[tuple[date, date], ...]) -> int:
    """Days of the period that lie in none of the disjoint ``windows``."""
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    seen = 0
    for start, end in windows:
        low, high = max(start, first), min(end, last)
        if low <= high:
            seen += (high - low + timedelta(days=1)).days
    return (last - first).days + 1 - seen


def _refuse_other_ages(first: int, last: int) -> None:
    """What is set beside a period (the one before, the day after) must be a date too."""
    if first < _FIRST_YEAR or last > _LAST_YEAR:
        raise BadInput(
            f"a period must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}, got {first} to {last}",
            "period-unreadable",
            "Write 2025, 2025Q2 or 2025-03, or give --from and --to.",
        )


def _span(year: int, first_month: int, last_month: int, label: str, starts: int) -> Period:
    _refuse_other_ages(year, year)
    first = date(year, first_month, 1)
    last = date(year, last_month, monthrange(year, last_month)[1])
    if starts > 1:
        first = (first - timedelta(days=1)).replace(day=starts)
        last = last.replace(day=starts - 1)
    return Period(first=first.isoformat(), last=last.isoformat(), label=label)


def _label(first: date, last: date) -> str:
    """What officers call a span of whole months or years; '' for any other span."""
    if first.day != 1 or last.day != monthrange(last.year, last.month)[1]:
        return ""
    if (first.month, last.month) == (1, 12):
        return f"{first.year}年" if first.year == last.year else f"{first.year}—{last.year}年"
    if first.year != last.year:
        return f"{first.year}年{first.month}月—{last.year}年{last.month}月"
    if first.month == last.month:
        return f"{first.year}年{first.month}月"
    return f"{first.year}年{first.month}—{last.month}月"
