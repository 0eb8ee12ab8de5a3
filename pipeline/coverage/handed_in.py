"""What every office handed in, as a 通报 tells it: figures, ranks, who is at zero, who is behind.

Hides: how a period is set beside the one before it and the year so far, and how months at zero
are counted back. All figures are counts of the register and totals of the ``Scorecard``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from pipeline.coverage.periods import make_period, parse_period, previous_period
from pipeline.coverage.quotas import PER_NAMES, QuotaTime, dues_of, times_of
from pipeline.coverage.readings import Readings
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import Scorecard
from pipeline.coverage.scoring import Counting, term_of
from pipeline.news import Level
from pipeline.plan.model import Plan
from pipeline.register import Register, Submission

__all__ = [
    "QUOTA_STATE_NAMES",
    "Counts",
    "HandedIn",
    "OfficeHandedIn",
    "QuotaLine",
    "QuotaState",
    "handed_in",
    "handed_in_of",
]

QuotaState = Literal["done", "over", "short", "open"]
QUOTA_STATE_NAMES: dict[QuotaState, str] = {
    "done": "完成",
    "over": "超额完成",
    "short": "未完成",
    "open": "未到期",
}
"""States of a quota as officers read them; ``open``: its time is not over and it is not yet met."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one span of time. Counts of different offices add."""

    handed_in: int = 0
    """报送: pieces handed in, those of a shared byline with the office named first."""
    adopted: int = 0
    """采用: pieces whose first use lies in the time, whenever they were handed in."""
    central: int = 0
    """Uses 采用次数 by level of who used the piece; a piece used twice is two uses."""
    regional: int = 0
    municipal: int = 0
    district: int = 0
    other: int = 0
    commissioned: int = 0
    """约稿 done."""
    instructed: int = 0
    """批示."""
    points: Decimal = Decimal(0)

    def __add__(self, other: Counts) -> Counts:
        names = self.__struct_fields__
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def uses(self) -> int:
        """采用次数 of all levels."""
        return self.central + self.regional + self.municipal + self.district + self.other


class QuotaLine(msgspec.Struct, frozen=True, kw_only=True):
    """One quota whose time ends in the period, or runs on after it."""

    channel: str
    """'' where the plan asks for pieces of any kind."""
    per: str
    """周, 月 and so on."""
    time: str
    """2017年3月, or its two days."""
    due: Decimal
    handed_in: int
    """Pieces that count towards it; of a quota that says 采用, those that were used."""
    state: QuotaState
    person: str = ""
    """Who owes it 个人任务; '' for the office itself."""

    @property
    def missing(self) -> Decimal:
        """Pieces short so far."""
        return max(self.due - self.handed_in, Decimal(0))


class OfficeHandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """One office's line of a 通报."""

    office: str
    group: str
    """Its class 单位类别; '' where the plan has no classes."""
    rank: int
    """By the period's points among its class; equal points share a rank."""
    year_rank: int
    counts: Counts
    year: Counts
    """From the beginning of the year to the end of the period."""
    previous: Counts | None
    """Of the period before; None where nothing was registered yet, or the plan did not hold."""
    quotas: tuple[QuotaLine, ...]
    months_silent: int
    """Months in a row, the period's last included, in which it handed in nothing 连续零报送."""
    months_unused: int
    """The same for months in which nothing of it was used 连续零采用."""


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the offices of a plan handed in during a period 报送采用情况."""

    period: Period
    year: Period
    """The year so far: what ``OfficeHandedIn.year`` is counted over."""
    previous_period: Period
    since: str
    """Day of the first registered submission; months at zero are not counted back beyond it."""
    offices: tuple[OfficeHandedIn, ...]
    """In the plan's order."""
    counts: Counts
    year_counts: Counts
    previous: Counts | None

    @property
    def groups(self) -> tuple[str, ...]:
        """The classes in the plan's order; one '' where there are none."""
        return tuple(dict.fromkeys(office.group for office in self.offices))

    def ranked(self, group: str = "") -> tuple[OfficeHandedIn, ...]:
        """The offices of a class, the first rank first."""
        return tuple(sorted((o for o in self.offices if o.group == group), key=lambda o: o.rank))

    @property
    def silent(self) -> tuple[str, ...]:
        """零报送: offices that handed in nothing in the period."""
        return tuple(o.office for o in self.offices if not o.counts.handed_in)

    @property
    def unused(self) -> tuple[str, ...]:
        """零采用: offices of which nothing was used in the period, the silent among them."""
        return tuple(o.office for o in self.offices if not o.counts.adopted)

    @property
    def silent_before(self) -> tuple[str, ...]:
        """零报送 of the period before; empty also where nothing was registered then."""
        return tuple(o.office for o in self.offices if o.previous and not o.previous.handed_in)


def handed_in(
    plan: Plan, register: Register, period: Period, readings: Readings | None = None
) -> HandedIn:
    """The figures of ``period``, from the same register and readings as its scorecard; arguments and
    errors are those of ``pipeline.coverage.scoring.Counting``."""
    return handed_in_of(Counting(plan, register, term_of(plan, period), readings), period)


def handed_in_of(counting: Counting, period: Period) -> HandedIn:
    """The figures of ``period`` where the points of its term are counted already."""
    plan, register, term = counting.plan, counting.register, counting.term
    year = _year_so_far(term, period)
    before = previous_period(period)
    pieces = [one for one in register.submissions if _in(one.day, term)]
    since = min((one.day for one in pieces), default=period.first)
    sheets = {span: counting.sheet(span) for span in (period, year)}
    known = since <= before.last and before.first >= term.first
    if known:
        sheets[before] = counting.sheet(before)
    groups = {office.name: office.group for office in plan.offices}
    lines = []
    for card in sheets[period].offices:
        name = card.office
        own = [one for one in pieces if one.offices[0] == name]
        points, year_points = (_points(sheets[span]) for span in (period, year))
        lines.append(
            OfficeHandedIn(
                office=name,
                group=groups.get(name, ""),
                rank=_rank(name, points, groups),
                year_rank=_rank(name, year_points, groups),
                counts=_counts(own, period, points[name]),
                year=_counts(own, year, year_points.get(name, Decimal(0))),
                previous=(
                    _counts(own, before, _points(sheets[before]).get(name, Decimal(0)))
                    if known
                    else None
                ),
                quotas=_quota_lines(plan, name, pieces, period, term, counting.today),
                months_silent=_months(own, period, since, term, _handed_in_days),
                months_unused=_months(own, period, since, term, _used_days),
            )
        )
    return HandedIn(
        period=period,
        year=year,
        previous_period=before,
        since=since,
        offices=tuple(lines),
        counts=_sum(line.counts for line in lines),
        year_counts=_sum(line.year for line in lines),
        previous=_sum(line.previous for line in lines if line.previous) if known else None,
    )


def _year_so_far(term: Period, period: Period) -> Period:
    """The plan's year, which need not be the calendar's; of a longer term the calendar's."""
    first, last = date.fromisoformat(term.first), date.fromisoformat(term.last)
    end = date.fromisoformat(period.last)
    begin = first if (last - first).days <= 366 else max(first, date(end.year, 1, 1))
    return make_period(min(begin, date.fromisoformat(period.first)), end)


def _points(sheet: Scorecard) -> dict[str, Decimal]:
    return {card.office: card.total for card in sheet.offices}


def _rank(name: str, points: dict[str, Decimal], groups: dict[str, str]) -> int:
    same = (total for other, total in points.items() if groups.get(other) == groups.get(name))
    return 1 + sum(total > points.get(name, Decimal(0)) for total in same)


def _counts(own: Sequence[Submission], span: Period, points: Decimal) -> Counts:
    levels: dict[Level, int] = dict.fromkeys(
        ("central", "regional", "municipal", "district", "other"), 0
    )
    for one in own:
        for use in one.adopted:
            levels[use.level] += _in(use.day or one.day, span)
    events = [e.what for one in own for e in one.events if _in(e.day or one.day, span)]
    return Counts(
        handed_in=sum(_in(one.day, span) for one in own),
        adopted=sum(_in(one.first_used, span) for one in own),
        **levels,
        commissioned=sum("约稿" in what and "不报" not in what for what in events),
        instructed=sum("批示" in what for what in events),
        points=points,
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


def _in(day: str, span: Period) -> bool:
    return span.first <= day <= span.last


def _quota_lines(
    plan: Plan,
    office: str,
    pieces: Sequence[Submission],
    period: Period,
    term: Period,
    today: str,
) -> tuple[QuotaLine, ...]:
    begin, end = date.fromisoformat(period.first), date.fromisoformat(period.last)
    lines = []
    for due in dues_of(plan):
        if due.office != office or due.per not in PER_NAMES:
            continue
        taken = due.taken(pieces)
        for time in times_of(due.per, term):
            if time.last < begin or time.first > end:
                continue
            over = time.last <= end and (not today or time.last.isoformat() < today)
            came = taken.came(QuotaTime(time.first, min(time.last, end)))
            lines.append(
                QuotaLine(
                    channel=due.channel,
                    per=PER_NAMES[due.per],
                    time=str(time),
                    due=due.count,
                    handed_in=came,
                    state=_state(due.count, came, over=over),
                    person=due.person,
                )
            )
    return tuple(lines)


def _state(due: Decimal, came: int, *, over: bool) -> QuotaState:
    if came > due:
        return "over"
    if came == due:
        return "done"
    return "short" if over else "open"


def _handed_in_days(one: Submission) -> list[str]:
    return [one.day]


def _used_days(one: Submission) -> list[str]:
    return [use.day or one.day for use in one.adopted]


def _months(
    own: Sequence[Submission],
    period: Period,
    since: str,
    term: Period,
    days_of: Callable[[Submission], list[str]],
) -> int:
    """Months in a row without such a day, back from the period's last; a month that began before
    the register or the plan's term is not counted."""
    days = [day for one in own for day in days_of(one)]
    begin = max(min(since[:7] + "-01", period.first), term.first)
    month, count = _last_month(period), 0
    while month.first >= begin and not any(_in(day, month) for day in days):
        month, count = previous_period(month), count + 1
    return count


def _last_month(period: Period) -> Period:
    """The period itself where it is a month (from the 26th to the 25th too), else the calendar
    month it ends in."""
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    if 28 <= (last - first).days + 1 <= 31:
        return period
    return parse_period(period.last[:7])
