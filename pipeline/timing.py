"""When a source is read: its schedule, and the hours in which its site is left alone.

Hides: the notation of schedules (five cron fields, in the source's own time zone) and of off
hours, and what makes a source due: its time came since its last run began (many missed times are
one), it never ran, or its last run did not finish and some time has passed since.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.errors import BadInput

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

__all__ = [
    "Due",
    "LastRun",
    "OffHours",
    "Timed",
    "due_among",
    "next_read",
    "next_time",
    "off_hours_of",
    "read_off_hours",
    "retry_of",
    "schedule_of",
]

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_TOLERANCE = datetime.timedelta(minutes=5)
"""By so much clocks of two machines may differ."""
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class OffHours:
    """Hours of every day in which nothing is asked of a site, in its own time; they may pass
    midnight. The first minute is within, the last is not."""

    start: datetime.time
    end: datetime.time

    def __contains__(self, at: datetime.time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def read_off_hours(written: str) -> OffHours:
    """The span a person wrote.

    >>> datetime.time(23, 30) in read_off_hours("22:00-06:00")
    True

    Raises:
        ValueError: it is none.
    """
    match = _SPAN.fullmatch(written.strip())
    if not match:
        raise ValueError(f"off hours must be a span such as 08:00-18:00, got {written!r} instead")
    first, minute, last, other = map(int, match.groups())
    midnight = (last, other) == (24, 0)
    start, end = datetime.time(first, minute), datetime.time(0 if midnight else last, other)
    if start == end:
        raise ValueError(f"off hours must have a length and leave some hours, got {written!r}")
    return OffHours(start, end)


@dataclass(frozen=True)
class Timed:
    """A source as far as time goes; ``schedule`` '' is read by hand only."""

    id: str
    schedule: str
    timezone: str
    off_hours: tuple[OffHours, ...] = ()

    def rests(self, now: datetime.datetime) -> bool:
        """Whether the site is to be left alone at ``now`` (with a time zone)."""
        local = now.astimezone(ZoneInfo(self.timezone)).time()
        return any(local in span for span in self.off_hours)


@dataclass(frozen=True)
class LastRun:
    """When a source's last run began (with a time zone), and whether it finished."""

    started: datetime.datetime
    finished: bool

    @classmethod
    def of(cls, started_at: str, outcome: str) -> LastRun:
        """As the store's records say it (ISO 8601, UTC)."""
        started = datetime.datetime.fromisoformat(started_at).replace(tzinfo=datetime.UTC)
        return cls(started, outcome == "finished")


@dataclass(frozen=True)
class Due:
    """A source to be read now, and since when it should have been."""

    id: str
    since: datetime.datetime
    why: str
    """``never-read``, ``schedule``, ``not-finished`` or ``clock-set-back``."""


def next_time(
    schedule: str, timezone: str, after: datetime.datetime
) -> datetime.datetime | tuple[()]:
    """The first time of ``schedule`` after ``after``; () where there is none any more.

    Raises:
        ValueError: the schedule is none.
    """
    found = _cron(schedule, timezone).get_next_fire_time(after, after)
    return found or ()


def next_read(
    source: Timed, last: LastRun | None, now: datetime.datetime, retry: datetime.timedelta
) -> datetime.datetime | tuple[()]:
    """When a source is read next, past for one that is due; () for one read by hand only. Off hours
    are not minded: a source that is due in them is read when they end."""
    if not source.schedule:
        return ()
    if last is None or last.started > now + _TOLERANCE:
        return now
    when = next_time(source.schedule, source.timezone, last.started)
    if last.finished:
        return when
    again = last.started + retry
    return min(when, again) if when else again


def off_hours_of(settings: Settings) -> tuple[OffHours, ...]:
    """The workspace's own off hours.

    Raises:
        BadInput: ``settings-bad-value``.
    """
    written = settings.get("crawl.off_hours", str)
    try:
        return tuple(read_off_hours(part) for part in written.split(",") if part.strip())
    except ValueError as error:
        raise BadInput(
            f"crawl.off_hours: {error}", "settings-bad-value", "Write 08:00-18:00,20:00-21:00."
        ) from error


def schedule_of(settings: Settings) -> str:
    """The workspace's own schedule: five cron fields, '' for none.

    Raises:
        BadInput: ``settings-bad-value``.
    """
    written = settings.get("schedule.cron", str)
    try:
        if written:
            next_time(written, "UTC", datetime.datetime.now(datetime.UTC))
    except ValueError as error:
        raise BadInput(
            f"schedule.cron must be five cron fields, got {written!r} instead: {error}",
            "settings-bad-value",
            'Write minute, hour, day, month and weekday, such as "30 6 * * *".',
        ) from error
    return written


def retry_of(settings: Settings) -> datetime.timedelta:
    """How long after its start a run that did not finish is tried again."""
    return datetime.timedelta(minutes=settings.get("schedule.retry_minutes", int))


def _cron(schedule: str, timezone: str) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger

    fields = schedule.split()
    if len(fields) == 5:
        fields[4] = ",".join(map(_weekdays, fields[4].split(",")))
    return CronTrigger.from_crontab(" ".join(fields), ZoneInfo(timezone))


def _weekdays(part: str) -> str:
    """Numbers of weekdays as cron counts them (0 and 7 are Sunday), by name: APScheduler counts
    from Monday."""
    match = re.fullmatch(r"([0-7])(?:-([0-7]))?", part)
    if not match:
        return part
    first, last = int(match[1]), int(match[2] or match[1])
    return ",".join(_WEEKDAYS[day % 7] for day in range(first, last + 1)) or part


def due_among(
    sources: Iterable[Timed],
    last: Mapping[str, LastRun],
    now: datetime.datetime,
    retry: datetime.timedelta,
) -> tuple[Due, ...]:
    """The sources to be read at ``now``, those that wait longest first.

    A last run in the future tells of a clock that was set back: nobody knows when the next was
    due, so it is due now, once, as the run that follows is the last one then.
    """
    found = []
    for source in sources:
        if not source.schedule or source.rests(now):
            continue
        run = last.get(source.id)
        if run is None:
            found.append(Due(source.id, now, "never-read"))
            continue
        when = next_time(source.schedule, source.timezone, run.started)
        if run.started > now + _TOLERANCE:
            found.append(Due(source.id, now, "clock-set-back"))
        elif when and when <= now:
            found.append(Due(source.id, when, "schedule"))
        elif not run.finished and run.started + retry <= now:
            found.append(Due(source.id, run.started + retry, "not-finished"))
    return tuple(sorted(found, key=lambda due: (due.since, due.id)))
