"""Points of single pieces 每件计分, one after the other by day.

Hides: in which order rules act on a piece: points by band of length, multiples, highest only,
sharing among offices, caps. What has a limit (a cap, the highest use of a story) is counted up
from the beginning of the plan's term: what a later piece earns is what it adds, so that a month's
sheet, once printed, is not changed by what is handed in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from pipeline.coverage.piece_rules import (
    PieceRule,
    PieceRules,
    Use,
    shown_points,
    uses_of,
)
from pipeline.coverage.quotas import dues_of
from pipeline.coverage.readings import Readings, asked_by
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import NotCounted, ScoreLine
from pipeline.plan.in_force import holds_on, in_force_words
from pipeline.plan.model import Plan, Points, ScoringRule
from pipeline.register import Submission

__all__ = ["PiecePoints"]

_CENT = Decimal("0.01")


@dataclass
class PiecePoints:
    """What has been counted so far, piece by piece."""

    plan: Plan
    rules: PieceRules
    readings: Readings
    term: Period
    lines: list[ScoreLine] = field(default_factory=list)
    not_counted: list[tuple[str, NotCounted]] = field(default_factory=list)
    used: dict[tuple[str, ...], Decimal] = field(default_factory=dict)
    """Points granted under each limit: a cap, a target, the highest use of a story."""
    joint: bool = False
    several_multiples: bool = False
    several_uses: bool = False

    def __post_init__(self) -> None:
        notes = self.plan.scoring
        self.dues = dues_of(self.plan)
        self.asked = {number: "".join(asked_by(note)) for number, note in enumerate(notes, 1)}
        own = {rule.note for rule in self.rules.rules}
        highest = [n for n, note in enumerate(notes, 1) if note.rule.highest_only]
        # 就高不重复 in a note without points of its own speaks of all the plan's points.
        self.highest_for_all = [notes[n - 1] for n in highest if n not in own]
        self.shared_by_plan = [
            note
            for number, note in enumerate(notes, 1)
            if note.rule.shared and "按人数分摊" not in self.asked[number]
        ]
        self.highest_notes = frozenset(highest)
        self.special = _specials(self.plan)

    def raised(self) -> tuple[str, ...]:
        """Questions no note asks but the submissions or the rules' words raise."""
        found = []
        if self.rules.asks_about_contributions:
            found.append("contribution")
        if self.rules.asks_about_stages:
            found.append("stages")
        if self.joint and not self.shared_by_plan:
            found.append("joint")
        if self.several_multiples:
            found.append("multipliers")
        if self.several_uses:
            found.append("several-uses")
        return tuple(found)

    def take(self, submissions: Iterable[Submission]) -> list[Submission]:
        """Count everything by its day; returns the submissions that are no repetition and were
        handed in during the term."""
        kept = []
        uses: list[Use] = []
        seen: dict[tuple[object, ...], Submission] = {}
        for submission in sorted(submissions, key=_order):
            first = seen.setdefault(_facts(submission), submission)
            if first is not submission:
                self._leave(submission, submission.day, f"与{first.place}完全相同，不重复计")
                continue
            self.joint |= len(submission.offices) > 1
            uses += uses_of(submission)
            if self._is_in_term(submission.day):
                kept.append(submission)
        for use in sorted(uses, key=lambda use: use.day):  # stable: else as sorted before
            self._count(use)
        return kept

    def _is_in_term(self, day: str) -> bool:
        return self.term.first <= day <= self.term.last

    def _leave(self, submission: Submission, day: str, why: str) -> None:
        note = NotCounted(
            place=submission.place, offices=submission.offices, title=submission.title, why=why
        )
        self.not_counted.append((day, note))

    def _count(self, use: Use) -> None:
        """Lines for one use, or a note why there are none."""
        submission = use.submission
        if not self._is_in_term(use.day):
            why = f"{use.day}不在方案期内（{self.term.first}至{self.term.last}）"
        else:
            why = self._lines_for(use)
            if why and self._is_owed(submission) and use.name == submission.column:
                return  # it counts towards a quota
            if why and not (use.printed or use.event):
                why = "登记中没有采用，报送本身不计分"
        handed_in = not (use.printed or use.event)
        # Where there are printings or notes, they say for themselves what they did not earn.
        if why and not (handed_in and (submission.adopted or submission.events)):
            self._leave(submission, use.day, why)

    def _is_owed(self, submission: Submission) -> bool:
        """Whether it counts towards a quota of its office."""
        return any(due.channel and not due.used and due.takes(submission) for due in self.dues)

    def _lines_for(self, use: Use) -> str:
        """Lines for one use; in words why there are none."""
        rule = self.rules.rule_for(use)
        if isinstance(rule, str):
            return rule
        fitting = [rule]
        other = self.special.get(rule.item)
        if other and self.readings.code("special") == "both":
            fitting += [r for r in self.rules.rules if r.item == other and r.note == rule.note]
        for each in fitting:
            if why := self._grant(use, each):
                return why
        return ""

    def _grant(self, use: Use, rule: PieceRule) -> str:
        submission = use.submission
        points, said = rule.points_for(submission.words, higher=self._higher(rule))
        if points is None:
            return said
        since = in_force_words(self.plan.scoring[rule.note - 1])
        steps = [f"计分说明{rule.note}「{rule.item}」{since}：{use.words}，{said}"]
        amount = Decimal(str(points.points))
        if amount > 0:
            amount = self._multiplied(use, rule, amount, steps)
            amount = self._highest(use, rule, amount, steps)
            amount = self._beyond_handing_in(use, rule, amount, steps)
        for office, share in self._shares(use, amount, steps):
            told = list(steps)
            granted = share
            if share > 0:
                granted = self._capped(office, rule, points, use.day, share, told)
            self.lines.append(
                ScoreLine(
                    office=office,
                    day=use.day,
                    kind="deduction" if granted < 0 else "bonus" if rule.bonus else "points",
                    points=granted.quantize(_CENT),
                    derivation="；".join(told) + f"；计{shown_points(granted)}分",
                    note=rule.note,
                    item=rule.item,
                    title=submission.title,
                    place=submission.place,
                )
            )
        return ""

    def _higher(self, rule: PieceRule) -> bool:
        """Whether a piece of just the bound's length belongs to the higher band."""
        note = self.plan.scoring[rule.note - 1]
        if "计入哪一档" in self.asked[rule.note]:
            return self.readings.code("boundary") == "higher"
        return "及以上" in note.text or "以上（含" in note.text or "以上(含" in note.text

    def _multiplied(self, use: Use, rule: PieceRule, amount: Decimal, steps: list[str]) -> Decimal:
        met = self.rules.multiples_for(use, rule)
        if len(met) > 1:
            self.several_multiples = True
            if self.readings.code("multipliers") == "highest":
                met = met[:1]
        for multiple in met:
            factor = Decimal(str(multiple.factor))
            steps.append(
                f"“{multiple.item}”{shown_points(amount)}×{shown_points(factor)}={shown_points(amount * factor)}分"
            )
            amount *= factor
        return amount.quantize(_CENT, ROUND_HALF_UP)

    def _highest(self, use: Use, rule: PieceRule, amount: Decimal, steps: list[str]) -> Decimal:
        """What the use adds to the highest use of its story before it."""
        if not (use.printed or use.event):
            return amount  # handed in: see _beyond_handing_in
        once = rule.bonus and self.readings.code("repeat") == "once"
        held = [note for note in self.highest_for_all if holds_on(note, use.day)]
        # 就高 is about media; about 批示 only where it says so.
        if any(use.printed or "批示" in note.text for note in held):
            scope = "all"
        elif rule.note in self.highest_notes or once:
            scope = str(rule.note)
        elif use.printed and not rule.bonus:
            self.several_uses |= ("use", use.submission.story_key) in self.used
            self.used["use", use.submission.story_key] = Decimal(1)
            if self.readings.code("several-uses") == "each":
                return amount
            scope = "all"
        else:
            return amount
        key = ("story", scope, use.submission.offices[0], use.submission.story_key)
        before = self.used.get(key, Decimal(0))
        self.used[key] = max(before, amount)
        if before == 0:
            return amount
        added = max(amount - before, Decimal(0))
        steps.append(
            f"同一稿件就高不重复，前已计{shown_points(before)}分，补{shown_points(added)}分"
        )
        return added

    def _beyond_handing_in(
        self, use: Use, rule: PieceRule, amount: Decimal, steps: list[str]
    ) -> Decimal:
        """What the first use of a piece adds to the points it had for being handed in."""
        if use.event or rule.bonus or self.readings.code("stages") == "both":
            return amount
        key = ("handed in", use.submission.offices[0], use.submission.story_key)
        if not use.printed:
            self.used[key] = max(amount, self.used.get(key, Decimal(0)))
            return amount
        before = self.used.pop(key, Decimal(0))
        if not before:
            return amount
        added = max(amount - before, Decimal(0))
        steps.append(f"报送时已计{shown_points(before)}分，补{shown_points(added)}分")
        return added

    def _shares(self, use: Use, amount: Decimal, steps: list[str]) -> list[tuple[str, Decimal]]:
        """Points by office; cents that do not divide go to those named first."""
        submission = use.submission
        offices = submission.offices
        shared = [note for note in self.shared_by_plan if holds_on(note, use.day)]
        how = "split" if shared else self.readings.code("joint")
        if len(offices) == 1:
            return [(offices[0], amount)]
        if how == "each":
            steps.append(f"{len(offices)}个科室合写，各计全分")
            return [(office, amount) for office in offices]
        if how == "first":
            steps.append(f"{'、'.join(offices)}合写，计入首位")
            return [(offices[0], amount)]
        parts, said = self._parts(submission, shared)
        steps.append(f"{'、'.join(offices)}合写，{shown_points(amount)}分由{said}")
        cents = int((amount / _CENT).to_integral_value(ROUND_HALF_UP))
        sign, cents = (-1 if cents < 0 else 1), abs(cents)
        shares = [cents * part // sum(parts) for part in parts]
        rest = cents - sum(shares)
        return [
            (o, sign * (s + (i < rest)) * _CENT)
            for i, (o, s) in enumerate(zip(offices, shares, strict=True))
        ]

    def _parts(self, submission: Submission, shared: list[ScoringRule]) -> tuple[list[int], str]:
        """In which parts a shared byline is divided: by persons where the plan says so and the
        register and the plan tell whose they are, else evenly."""
        offices = submission.offices
        if any("人数" in note.text for note in shared):
            theirs = {o.name: {person.name for person in o.people} for o in self.plan.offices}
            parts = [
                sum(author in theirs.get(office, ()) for author in submission.authors)
                for office in offices
            ]
            if all(parts) and sum(parts) == len(submission.authors):
                return parts, "各科室按" + "、".join(f"{part}人" for part in parts) + "分摊"
            return [1] * len(offices), f"{len(offices)}个科室均分（登记中分不清各科室几人）"
        return [1] * len(offices), f"{len(offices)}个科室均分"

    def _capped(
        self,
        office: str,
        rule: PieceRule,
        points: Points,
        day: str,
        amount: Decimal,
        steps: list[str],
    ) -> Decimal:
        """What is left of the points under the rule's cap, the bonus cap and the target."""
        year = day[:4]
        limits: list[tuple[tuple[str, ...], Decimal, str]] = []
        if points.cap is not None:
            whose = "全局" if self._is_bureau_cap(rule) else office
            span = day[:7] if self.readings.code("cap-span") == "month" else year
            cap = Decimal(str(points.cap))
            limits.append(
                (("cap", str(rule.note), rule.item, whose, span), cap, f"{whose}{span}上限")
            )
        elif rule.bonus and (most := self.readings.bonus_cap) is not None:
            limits.append((("bonus", office, year), most, f"{office}{year}加分上限"))
        target = _target(self.plan, office)
        limited = self.readings.code("over-target") == "limited"
        if limited and target is not None and not rule.bonus:
            limits.append((("target", office), Decimal(str(target)), f"{office}分解分值"))
        for key, most, called in limits:
            before = self.used.get(key, Decimal(0))
            granted = min(amount, max(most - before, Decimal(0)))
            self.used[key] = before + granted
            if granted < amount:
                steps.append(
                    f"{called}{shown_points(most)}分，前已计{shown_points(before)}分，"
                    f"只计{shown_points(granted)}分"
                )
            amount = granted
        return amount

    def _is_bureau_cap(self, rule: PieceRule) -> bool:
        if "上限按科室" in self.asked[rule.note]:
            return self.readings.code("cap-scope") == "bureau"
        return "全局" in self.plan.scoring[rule.note - 1].text


def _target(plan: Plan, office: str) -> float | None:
    return next((o.target_points for o in plan.offices if o.name == office), None)


def _specials(plan: Plan) -> dict[str, str]:
    """机关内网专期是否另计机关内网科技动态信息的分: the special item -> the general one."""
    found = {}
    for note in plan.scoring:
        for question in asked_by(note):
            special, asked, general = question.partition("是否另计")
            if asked:
                found[special] = general.removesuffix("的分")
    return found


def _facts(submission: Submission) -> tuple[object, ...]:
    """All of a submission but where it is registered."""
    return (
        submission.day,
        submission.offices,
        submission.title,
        submission.column,
        -1 if submission.words is None else submission.words,
        submission.story,
        tuple((event.what, event.day, event.proof) for event in submission.events),
        submission.authors,
        tuple((u.outlet, u.level, u.position, u.day, u.proof) for u in submission.adopted),
    )


def _order(submission: Submission) -> tuple[object, ...]:
    return (*_facts(submission), submission.file, submission.row)
