"""Quotas 报送任务: who owes how many pieces by when, and how many came.

Hides: over which times a quota runs, which column stands for which channel, and what a class of
offices and a person owe. A quota counts what was *handed in*, printed or not, each piece once.
What that costs or earns is ``quota_rules``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from pipeline.coverage.report import Period
from pipeline.plan.model import Office, Plan, Quota
from pipeline.register import Submission
from pipeline.text import comparable

__all__ = ["PER_NAMES", "Due", "QuotaTime", "Taken", "channel_of", "dues_of", "times_of"]

PER_NAMES: dict[str, str] = {
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "half_year": "半年",
    "year": "年",
    "term": "全期",
}
"""Times a quota is settled for, as officers read them; a quota for another is not computed."""

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_USED = re.compile("采用|录用|刊发|刊登")
_SHORTEST = 3
"""Characters a column's name needs to be found inside a channel's."""


@dataclass(frozen=True)
class QuotaTime:
    """A week, month and so on for which a quota is settled."""

    first: date
    last: date

    def __str__(self) -> str:
        whole = self.first.day == 1 and self.last == _month_end(self.last)
        if whole and (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first}至{self.last}"


@dataclass(frozen=True)
class Taken:
    """Pieces that count towards a quota: day and story, in the order of the days."""

    pieces: list[tuple[str, str]]

    def came(self, time: QuotaTime) -> int:
        """Distinct pieces handed in (or first used) during ``time``."""
        first = bisect_left(self.pieces, (time.first.isoformat(), ""))
        after = bisect_left(self.pieces, ((time.last + timedelta(days=1)).isoformat(), ""))
        return len({story for _, story in self.pieces[first:after]})


@dataclass(frozen=True)
class Due:
    """What an office, or a person of it, owes of one channel each time."""

    office: str
    person: str
    """'' where the office owes it."""
    channel: str
    per: str
    count: Decimal
    channels: tuple[str, ...]
    """All that the same office or person has to hand in: a column stands for one of them."""
    apart: frozenset[str] = frozenset()
    """Persons whose pieces count for themselves alone."""

    @property
    def whose(self) -> str:
        """Office and person, as officers read them."""
        return f"{self.office}{self.person}"

    @property
    def used(self) -> bool:
        """Whether it counts what was used instead of what was handed in."""
        return _USED.search(self.channel) is not None

    def taken(self, submissions: Iterable[Submission]) -> Taken:
        """The pieces that count towards it, whenever they came."""
        used = self.used
        return Taken(
            sorted(
                (one.first_used if used else one.day, one.story_key)
                for one in submissions
                if self.takes(one)
            )
        )

    def takes(self, submission: Submission) -> bool:
        """Whether a piece counts towards it, whenever it was handed in."""
        if self.person:
            if self.person not in submission.authors or self.office not in submission.offices:
                return False
        elif submission.offices[0] != self.office or self.apart.intersection(submission.authors):
            return False
        if self.used:
            kind = _USED.sub("", self.channel)
            return not kind or channel_of([kind], submission.column) == kind
        return not self.channel or channel_of(self.channels, submission.column) == self.channel


def channel_of(channels: Collection[str], column: str) -> str:
    """The channel that a submission's column stands for; '' for none.

    >>> channel_of(["园区动态信息"], "园区动态")
    '园区动态信息'
    """
    return _channel_of(tuple(channels), column)


@lru_cache(4096)  # a register of 30 000 rows names some dozens of columns
def _channel_of(channels: tuple[str, ...], column: str) -> str:
    called = comparable(column)
    for channel in sorted(channels, key=lambda name: (comparable(name) != called, -len(name))):
        name = comparable(channel)
        if name and (name in called or (called in name and len(called) >= _SHORTEST)):
            return channel
    return ""


def dues_of(plan: Plan) -> tuple[Due, ...]:
    """Everything that the offices of a plan and their people owe, in the plan's order."""
    found: list[Due] = []
    for office in plan.offices:
        people = frozenset(person.name for person in office.people if person.quotas)
        apart = frozenset[str]() if plan.personal_for_office else people
        found += _dues(office.name, "", _quotas(plan, office), apart)
        for person in office.people:
            found += _dues(office.name, person.name, person.quotas, frozenset())
    return tuple(found)


def _dues(
    office: str, person: str, quotas: Sequence[Quota], apart: frozenset[str]
) -> Iterator[Due]:
    channels = tuple(dict.fromkeys(q.channel for q in quotas if not _USED.search(q.channel)))
    for quota in quotas:
        count = Decimal(str(quota.count))
        yield Due(office, person, quota.channel, quota.per, count, channels, apart)


def _quotas(plan: Plan, office: Office) -> tuple[Quota, ...]:
    """An office's quotas; those of its class only where it has none of its own for the same."""
    monthly = (
        Quota(channel=c, per="month", count=count) for c, count in office.monthly_quotas.items()
    )
    own = (*monthly, *office.quotas)
    settled = {(comparable(quota.channel), quota.per) for quota in own}
    classes = (group for group in plan.groups if group.name == office.group)
    shared = (quota for group in classes for quota in group.quotas)
    return (*own, *(q for q in shared if (comparable(q.channel), q.per) not in settled))


def times_of(per: str, term: Period) -> Iterator[QuotaTime]:
    """The whole weeks, months .. that lie in the term, in order."""
    first, last = date.fromisoformat(term.first), date.fromisoformat(term.last)
    if per == "term":
        yield QuotaTime(first, last)
        return
    if per == "week":
        start = first + timedelta(days=-first.weekday() % 7)
        while start + timedelta(days=6) <= last:
            yield QuotaTime(start, start + timedelta(days=6))
            start += timedelta(days=7)
        return
    months = _MONTHS[per]
    number = first.year * 12 + first.month - 1
    number += -number % months
    while True:
        start = date(number // 12, number % 12 + 1, 1)
        end = number + months - 1
        stop = _month_end(date(end // 12, end % 12 + 1, 1))
        if stop > last:
            return
        if start >= first:
            yield QuotaTime(start, stop)
        number += months


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
