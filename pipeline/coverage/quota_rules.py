"""Points for too few or too many pieces handed in: 少报 and 超报 against 报送任务.

Hides: over which times a quota runs, and what offsets what. A quota counts what was *handed in*,
printed or not, each piece once. A time is settled on its last day, so that a sheet for a month
holds the quotas that fall due in it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pipeline.coverage.piece_rules import shown_points
from pipeline.coverage.readings import Readings
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import ScoreLine
from pipeline.plan.model import Office, Plan
from pipeline.register import Submission
from pipeline.text import comparable

__all__ = ["counts_towards", "quota_lines"]

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_PER = {
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "half_year": "半年",
    "year": "年",
    "term": "全期",
}
_SHORT, _MORE = " 少报", " 超报"
_SHORTEST = 3


@dataclass(frozen=True)
class _Quota:
    channel: str
    per: str
    count: Decimal


@dataclass(frozen=True)
class _Time:
    """A week, month and so on for which a quota is settled."""

    first: date
    last: date

    def __str__(self) -> str:
        whole = self.first.day == 1 and self.last == _month_end(self.last)
        if whole and (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first}至{self.last}"


def counts_towards(office: Office, column: str) -> str:
    """The quota's channel that a submission's column stands for; '' for none.

    >>> counts_towards(Office(name="甲", monthly_quotas={"园区动态信息": 1}), "园区动态")
    '园区动态信息'
    """
    called = comparable(column)
    channels = {quota.channel for quota in _quotas(office)}
    for channel in sorted(channels, key=lambda name: (comparable(name) != called, -len(name))):
        name = comparable(channel)
        if name and (name in called or (called in name and len(called) >= _SHORTEST)):
            return channel
    return ""


def quota_lines(
    plan: Plan,
    submissions: Sequence[Submission],
    period: Period,
    term: Period,
    readings: Readings,
) -> tuple[list[ScoreLine], list[str]]:
    """Lines for the quotas that fall due in ``period``, also where nothing is taken off; and in
    words the rules and quotas that were not computed.

    Args:
        term: the plan's term; nothing before it is owed.
    """
    lines: list[ScoreLine] = []
    unapplied: list[str] = []
    known = {quota.channel for office in plan.offices for quota in _quotas(office)}
    for number, note in enumerate(plan.scoring, 1):
        for points in note.rule.points:
            if not points.item.endswith((_SHORT, _MORE)):
                continue
            named = points.item.removesuffix(_SHORT).removesuffix(_MORE)
            names = [comparable(name) for name in named.split("、")]
            meant = {channel for channel in known if _named(comparable(channel), names)} or known
            if not known:
                unapplied.append(f"计分说明{number}“{points.item}”：方案没有写各科室应报多少")
            rule = _Rule(number, points.item, Decimal(str(points.points)), readings)
            for office in plan.offices:
                owed = [quota for quota in _quotas(office) if quota.channel in meant]
                for per in dict.fromkeys(quota.per for quota in owed):
                    if per not in _PER:
                        unapplied.append(f"计分说明{number}：{office.name}按学期的任务没有计入")
                        continue
                    same = [quota for quota in owed if quota.per == per]
                    lines += rule.lines(office, same, submissions, period, term)
    return lines, list(dict.fromkeys(unapplied))


@dataclass(frozen=True)
class _Rule:
    note: int
    item: str
    each: Decimal
    """Points for one piece too few (negative) or too many."""
    readings: Readings

    def lines(
        self,
        office: Office,
        quotas: list[_Quota],
        submissions: Sequence[Submission],
        period: Period,
        term: Period,
    ) -> Iterator[ScoreLine]:
        """The lines of one office for quotas of one length of time."""
        surplus = self.readings.code("surplus")
        yearly = self.readings.code("deduction-time") == "year"
        own = [s for s in submissions if s.offices[0] == office.name]
        groups = [quotas] if surplus == "columns" else [[quota] for quota in quotas]
        for group in groups:
            owed, handed, missing = Decimal(0), Decimal(0), Decimal(0)
            times = list(_times(group[0].per, term))
            for time in times:
                if time.last.isoformat() > period.last:
                    break
                due = sum((quota.count for quota in group), Decimal(0))
                came = Decimal(sum(_handed_in(own, office, q.channel, time) for q in group))
                owed, handed = owed + due, handed + came
                last = time.last.isoformat()
                if yearly:
                    over = handed - owed if self.each > 0 else owed - handed
                    if time == times[-1] and last >= period.first:
                        said = f"自{term.first}全年合并：{self._sums(owed, handed)}"
                        yield self._line(office, group, time, max(over, Decimal(0)), said)
                    continue
                before, said = Decimal(0), self._sums(due, came)
                if surplus == "months":
                    before = missing
                    missing = max(owed - handed, Decimal(0))
                    said += f"，自{term.first}累计应报{shown_points(owed)}条、实报{shown_points(handed)}条"
                    said += f"，累计少报由{shown_points(before)}条变为{shown_points(missing)}条"
                else:
                    missing = max(due - came, Decimal(0))
                if self.each > 0:
                    missing, before = max(came - due, Decimal(0)), Decimal(0)
                if last >= period.first:
                    yield self._line(office, group, time, missing - before, said)

    @staticmethod
    def _sums(due: Decimal, came: Decimal) -> str:
        said = f"应报{shown_points(due)}条，实报{shown_points(came)}条"
        if came > due:
            return f"{said}，超报{shown_points(came - due)}条"
        return f"{said}，少报{shown_points(due - came)}条" if came < due else said

    def _line(
        self, office: Office, group: list[_Quota], time: _Time, pieces: Decimal, said: str
    ) -> ScoreLine:
        points = (self.each * pieces).quantize(Decimal("0.01")) + 0  # no minus before a zero
        channel = "、".join(quota.channel or "报送" for quota in group)
        verb = "加" if self.each > 0 else "扣"
        done = (
            f"{shown_points(pieces)}×{shown_points(self.each)}={shown_points(points)}分"
            if pieces
            else f"不{verb}分"
        )
        if pieces < 0:
            done = f"抵补前期少报{shown_points(-pieces)}条，退回{shown_points(points)}分"
        return ScoreLine(
            office=office.name,
            day=time.last.isoformat(),
            kind="bonus" if self.each > 0 else "deduction",
            points=points,
            derivation=f"计分说明{self.note}：{time}{channel}（{_PER[group[0].per]}任务）{said}；{done}",
            note=self.note,
            item=self.item,
        )


def _quotas(office: Office) -> list[_Quota]:
    monthly = [_Quota(c, "month", Decimal(str(n))) for c, n in office.monthly_quotas.items()]
    others = [_Quota(q.channel, q.per, Decimal(str(q.count))) for q in office.quotas]
    return monthly + others


def _named(channel: str, names: Sequence[str]) -> bool:
    return any(name and channel and (name in channel or channel in name) for name in names)


def _handed_in(own: Sequence[Submission], office: Office, channel: str, time: _Time) -> int:
    first, last = time.first.isoformat(), time.last.isoformat()
    return len(
        {
            submission.story_key
            for submission in own
            if first <= submission.day <= last
            and (not channel or counts_towards(office, submission.column) == channel)
        }
    )


def _times(per: str, term: Period) -> Iterator[_Time]:
    """The whole weeks, months .. that lie in the term, in order."""
    first, last = date.fromisoformat(term.first), date.fromisoformat(term.last)
    if per == "term":
        yield _Time(first, last)
        return
    if per == "week":
        start = first + timedelta(days=-first.weekday() % 7)
        while start + timedelta(days=6) <= last:
            yield _Time(start, start + timedelta(days=6))
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
            yield _Time(start, stop)
        number += months


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
