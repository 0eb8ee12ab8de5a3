"""Which day it is in Beijing, whose days all offices count in; moments are kept in UTC.

Hides: the difference between the two. At seven in the morning of the first of a month the day in UTC
is still the last of the one before, and a period that is over would seem to go on.
"""

from __future__ import annotations

import datetime

__all__ = ["BEIJING", "beijing_day", "beijing_time", "day_span", "today"]

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def today() -> datetime.date:
    """The day that it is."""
    return datetime.datetime.now(BEIJING).date()


def beijing_time(moment: str) -> datetime.datetime:
    """An ISO 8601 moment in Beijing; one without a zone is UTC.

    >>> beijing_time("2026-11-22T05:05:30+00:00").isoformat()
    '2026-11-22T13:05:30+08:00'

    Raises:
        ValueError: it is no moment.
    """
    read = datetime.datetime.fromisoformat(moment)
    try:
        return (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).astimezone(BEIJING)
    except OverflowError as error:
        raise ValueError(f"no day in Beijing: {moment}") from error


def beijing_day(moment: str) -> str:
    """The day of an ISO 8601 moment, as ISO 8601.

    >>> beijing_day("2026-04-30T23:10:00+00:00")
    '2026-05-01'

    Raises:
        ValueError: it is no moment.
    """
    return beijing_time(moment).date().isoformat()


def day_span(day: str) -> tuple[str, str]:
    """The moments at which a day (ISO 8601) begins in Beijing and at which the next one does, as
    ``pipeline.store.store.now`` writes moments.

    >>> day_span("2026-05-01")
    ('2026-04-30T16:00:00+00:00', '2026-05-01T16:00:00+00:00')

    Raises:
        ValueError: it is no day.
    """
    first = datetime.datetime.combine(
        datetime.date.fromisoformat(day), datetime.time(), tzinfo=BEIJING
    )
    try:
        ends = (first, first + datetime.timedelta(days=1))
        begun, over = (end.astimezone(datetime.UTC).isoformat(timespec="seconds") for end in ends)
    except OverflowError as error:
        raise ValueError(f"no day of the calendar: {day}") from error
    return begun, over
