"""Points for quotas: too few or too many pieces, a time that was met 按时 or missed 漏报.

Hides: what offsets what, and how a rule's cap runs. A time is settled on its last day, so that a
sheet for a month holds the quotas that fall due in it; offsets and caps are counted from the
beginning of the plan's term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.coverage.piece_rules import quota_act, shown_points
from pipeline.coverage.quotas import PER_NAMES, Due, QuotaTime, dues_of, times_of
from pipeline.coverage.readings import Readings
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import ScoreLine
from pipeline.plan.in_force import holds_on, in_force_words
from pipeline.plan.model import Plan, Points, ScoringRule
from pipeline.register import Submission
from pipeline.text import comparable

__all__ = ["quota_lines"]

_PERSONAL = "个人"
_ZERO = Decimal(0)


def quota_lines(
    plan: Plan,
    submissions: Sequence[Submission],
    period: Period,
    term: Period,
    readings: Readings,
) -> tuple[list[ScoreLine], list[str]]:
    """Lines for the quotas that fall due in ``period``, also where nothing is taken off; and in
    words the rules and quotas that were not computed.

    A rule that names 个人 is about what persons owe, any other about what offices owe.

    Args:
        term: the plan's term; nothing before it is owed.
    """
    lines: list[ScoreLine] = []
    unapplied: list[str] = []
    everything = dues_of(plan)
    for number, note in enumerate(plan.scoring, 1):
        for points in note.rule.points:
            item, act = quota_act(points.item)
            if not act:
                continue
            dues = [due for due in everything if bool(due.person) == (_PERSONAL in item)]
            if not dues:
                whose = "个人" if _PERSONAL in item else "各科室"
                unapplied.append(f"计分说明{number}“{points.item}”：方案没有写{whose}应报多少")
                continue
            meant = _meant(dues, item.replace(_PERSONAL, ""))
            rule = _Rule(number, note, points, act, readings)
            if points.bonus and points.cap is None and readings.bonus_cap is not None:
                unapplied.append(f"计分说明{number}「{points.item}」的加分另计，不受选定的加分上限")
            owners: dict[tuple[str, str, str], list[Due]] = {}
            for due in meant:
                owners.setdefault((due.office, due.person, due.per), []).append(due)
            for (_, _, per), owed in owners.items():
                if per not in PER_NAMES:
                    unapplied.append(f"计分说明{number}：{owed[0].whose}按学期的任务没有计入")
                    continue
                lines += rule.lines(owed, submissions, period, term)
    return lines, list(dict.fromkeys(unapplied))


def _meant(dues: list[Due], item: str) -> list[Due]:
    """The quotas a rule is about: of each channel it names those called so, else those whose name
    holds it or is held by it; all where it names none of them."""
    found: list[Due] = []
    for name in filter(None, map(comparable, item.split("、"))):
        named = {comparable(due.channel) for due in dues}
        held = {name} if name in named else {c for c in named if c and (name in c or c in name)}
        found += [due for due in dues if comparable(due.channel) in held and due not in found]
    return found or dues


@dataclass(frozen=True)
class _Settled:
    """How one time of a quota came out."""

    time: QuotaTime
    pieces: Decimal
    """Pieces (or times) that the rule's points are for; negative where some are given back."""
    said: str


@dataclass(frozen=True)
class _Rule:
    note: int
    rule: ScoringRule
    points: Points
    act: str
    """少报, 超报, 按时 or 漏报."""
    readings: Readings

    def lines(
        self, owed: list[Due], submissions: Sequence[Submission], period: Period, term: Period
    ) -> Iterator[ScoreLine]:
        """The lines of one owner for quotas of one length of time."""
        columns = self.readings.code("surplus") == "columns"
        for group in [owed] if columns else [[due] for due in owed]:
            raw: dict[str, Decimal] = {}
            for settled in self._settle(group, submissions, period, term):
                day = settled.time.last.isoformat()
                if not holds_on(self.rule, day):
                    continue
                amount = Decimal(str(self.points.points)) * settled.pieces
                granted, said = self._capped(amount, day, raw)
                if day >= period.first:
                    yield self._line(group, settled, amount, granted, said)

    def _settle(
        self, group: list[Due], submissions: Sequence[Submission], period: Period, term: Period
    ) -> Iterator[_Settled]:
        """Every time that ended by the end of ``period``, from the beginning of the term."""
        per_piece = self.act in ("少报", "超报")
        yearly = per_piece and self.readings.code("deduction-time") == "year"
        offset = per_piece and self.readings.code("surplus") == "months"
        owed = handed = missing = _ZERO
        times = list(times_of(group[0].per, term))
        taken = [one.taken(submissions) for one in group]
        for time in times:
            if time.last.isoformat() > period.last:
                return
            due = sum((one.count for one in group), _ZERO)
            came = Decimal(sum(one.came(time) for one in taken))
            owed, handed = owed + due, handed + came
            verb = "采用" if all(one.used for one in group) else "报"
            said = _sums(due, came, verb)
            if yearly:
                over = handed - owed if self.act == "超报" else owed - handed
                if time == times[-1]:
                    said = f"自{term.first}全年合并：{_sums(owed, handed, verb)}"
                    yield _Settled(time, max(over, _ZERO), said)
            elif self.act == "超报":
                yield _Settled(time, max(came - due, _ZERO), said)
            elif self.act == "按时":
                yield _Settled(time, Decimal(came >= due), said)
            elif self.act == "漏报":
                yield _Settled(time, Decimal(came < due), said)
            elif offset:
                before, missing = missing, max(owed - handed, _ZERO)
                said += f"，自{term.first}累计应{verb}{shown_points(owed)}条、实{verb}{shown_points(handed)}条"
                said += f"，累计缺额由{shown_points(before)}条变为{shown_points(missing)}条"
                yield _Settled(time, missing - before, said)
            else:
                yield _Settled(time, max(due - came, _ZERO), said)

    def _capped(self, amount: Decimal, day: str, raw: dict[str, Decimal]) -> tuple[Decimal, str]:
        """What of the points lies within the rule's cap, counted up over the year or month."""
        if self.points.cap is None:
            return amount, ""
        span = day[:7] if self.readings.code("cap-span") == "month" else day[:4]
        cap = Decimal(str(self.points.cap))
        before = raw.get(span, _ZERO)
        raw[span] = before + amount
        granted = _within(raw[span], cap) - _within(before, cap)
        if granted == amount:
            return amount, ""
        return granted, f"；{span}至多{shown_points(cap)}分，只计{shown_points(granted)}分"

    def _line(
        self, group: list[Due], settled: _Settled, amount: Decimal, granted: Decimal, said: str
    ) -> ScoreLine:
        each = shown_points(Decimal(str(self.points.points)))
        points = granted.quantize(Decimal("0.01")) + 0  # no minus before a zero
        channel = "、".join(due.channel or "报送" for due in group)
        verb = "加" if self.points.points > 0 else "扣"
        pieces = settled.pieces
        if pieces < 0:
            done = f"抵补前期少报{shown_points(-pieces)}条，退回{shown_points(amount)}分"
        elif not pieces:
            done = f"不{verb}分"
        elif self.act in ("按时", "漏报"):
            done = f"{self.act}，{verb}{shown_points(abs(amount))}分"
        else:
            done = f"{shown_points(pieces)}×{each}={shown_points(amount)}分"
        whose = f"{group[0].person}个人" if group[0].person else ""
        task = f"{PER_NAMES[group[0].per]}任务"
        return ScoreLine(
            office=group[0].office,
            day=settled.time.last.isoformat(),
            kind="bonus" if self.points.points > 0 else "deduction",
            points=points,
            derivation=f"计分说明{self.note}{in_force_words(self.rule)}：{whose}{settled.time}{channel}（{task}）{settled.said}；{done}{said}",
            note=self.note,
            item=self.points.item,
        )


def _sums(due: Decimal, came: Decimal, verb: str) -> str:
    said = f"应{verb}{shown_points(due)}条，实{verb}{shown_points(came)}条"
    if came > due:
        return f"{said}，超{verb}{shown_points(came - due)}条"
    return f"{said}，少{verb}{shown_points(due - came)}条" if came < due else said


def _within(amount: Decimal, cap: Decimal) -> Decimal:
    return max(-cap, min(cap, amount))
