"""Which day it is in Beijing, whose days all offices count in; moments are kept in UTC.

Hides: the difference between the two. At seven in the morning of the first of a month the day in UTC
is still the last of the one before, and a period that is over would seem to go on.
"""

from __future__ import annotations

import datetime

__all__ = ["BEIJING", "beijing_day", "beijing_time", "today"]

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
