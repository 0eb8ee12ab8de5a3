"""Points of offices from their submissions, under the plan's own rules 考核计分.

Hides: how the parts of a sheet are put together: single pieces (``piece_points``), quotas
(``quota_rules``), the readings of what the plan leaves open, and the period that is printed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pipeline.coverage.periods import make_period, written_period
from pipeline.coverage.piece_points import PiecePoints
from pipeline.coverage.piece_rules import PieceRules, shown_points
from pipeline.coverage.quota_rules import quota_lines
from pipeline.coverage.readings import Readings, open_questions
from pipeline.coverage.report import Period
from pipeline.coverage.scorecard import Scorecard, ScoreLine, office_cards
from pipeline.errors import BadInput
from pipeline.plan.in_force import check_in_force
from pipeline.plan.model import Plan
from pipeline.register import Register, Submission

__all__ = ["Counting", "score", "span_of", "term_of"]

_LARGEST = 1_000_000
"""Points or pieces; the largest figure of the 44 plans read here is 1 000."""


def term_of(plan: Plan, period: Period) -> Period:
    """The plan's term; the calendar years of ``period`` where the plan gives none.

    Raises:
        BadInput: ``period-unreadable`` where a plan file's period is not two days in order.
    """
    if plan.period is not None:
        return written_period(plan.period)
    first, last = date.fromisoformat(period.first), date.fromisoformat(period.last)
    return make_period(date(first.year, 1, 1), date(last.year, 12, 31))


def span_of(plan: Plan, submissions: Iterable[Submission]) -> Period | None:
    """The whole months from the first submission to the last in the plan's term; None for none.

    Raises:
        BadInput: as ``term_of``.
    """
    days = [submission.day for submission in submissions]
    if plan.period is not None:
        term = written_period(plan.period)
        days = [day for day in days if term.first <= day <= term.last]
    if not days:
        return None
    begin, end = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    return make_period(begin.replace(day=1), end.replace(day=monthrange(end.year, end.month)[1]))


def score(
    plan: Plan,
    register: Register,
    period: Period,
    readings: Readings | None = None,
    *,
    today: str = "",
) -> Scorecard:
    """The scorecard of ``period``; arguments and errors are those of ``Counting``."""
    return Counting(plan, register, term_of(plan, period), readings, today=today).sheet(period)


class Counting:
    """Points of a whole term, counted once; ``sheet`` prints any period of it.

    Args:
        register: offices as the plan calls them (``pipeline.register.with_plan_offices``). Give
            what was handed in since the beginning of the term: caps and offsets are counted from
            there. The order does not matter.
        today: quotas whose time is not over before this day are not settled yet; '' where all are.

    Raises:
        BadInput: ``period-unreadable``, ``rule-dates``, ``rules-overlap``, ``rule-figures``: what is
            wrong in a plan file.
    """

    def __init__(
        self,
        plan: Plan,
        register: Register,
        term: Period,
        readings: Readings | None = None,
        *,
        today: str = "",
    ) -> None:
        check_in_force(plan.scoring)
        _check_figures(plan)
        self.plan = plan
        self.register = register
        self.term = term
        self.today = today
        self._readings = readings or Readings()
        self._rules = PieceRules(plan.scoring, self._readings.code("contribution"))
        self._points = PiecePoints(plan, self._rules, self._readings, term)
        self._kept = self._points.take(register.submissions)

    def sheet(self, period: Period) -> Scorecard:
        """The scorecard of ``period``."""
        plan, chosen, points = self.plan, self._readings, self._points
        owed, unapplied = quota_lines(plan, self._kept, period, self.term, chosen)
        settled = [line for line in owed if not self.today or line.day < self.today]
        if len(settled) < len(owed):
            unapplied.append(
                f"到{self.today}尚未到期的报送任务{len(owed) - len(settled)}项，到期再计"
            )
        lines = [line for line in points.lines if period.first <= line.day <= period.last]
        lines = sorted(
            lines + settled, key=lambda line: (line.day, line.note, line.item, line.title)
        )
        if chosen.code("deduction-floor") == "zero":
            lines += _floors(lines, period)
        cards = office_cards(plan.offices, lines, self._kept, period)
        said = [f"计分说明{note}：{words}" for note, words in self._rules.unapplied] + unapplied
        return Scorecard(
            plan=plan.title,
            period=period,
            offices=cards,
            total=sum((card.total for card in cards), Decimal(0)),
            notes=tuple(note.text for note in plan.scoring),
            questions=open_questions(plan.scoring, chosen, points.raised()),
            unapplied=tuple(said),
            not_counted=tuple(
                note for day, note in points.not_counted if period.first <= day <= period.last
            ),
            left_out=self.register.troubles,
        )


def _check_figures(plan: Plan) -> None:
    """Refuse figures no plan has: TOML lets nan, inf and 1e300 in."""
    figures: list[tuple[str, float | None]] = [
        (f"{figure} of “{points.item}”", getattr(points, figure))
        for note in plan.scoring
        for points in note.rule.points
        for figure in ("points", "cap", "multiplier")
    ]
    for office in plan.offices:
        figures.append((f"target of {office.name}", office.target_points))
        figures += [(f"quota of {office.name}", n) for n in office.monthly_quotas.values()]
        owed = (*office.quotas, *(quota for person in office.people for quota in person.quotas))
        figures += [(f"quota of {office.name}", quota.count) for quota in owed]
    figures += [(f"quota of {g.name}", q.count) for g in plan.groups for q in g.quotas]
    for what, value in figures:
        if value is not None and not abs(value) <= _LARGEST:
            raise BadInput(
                f"the plan gives {value} as the {what}",
                "rule-figures",
                f"Write a number of at most {_LARGEST:,} in the plan file.",
            )


def _floors(lines: Sequence[ScoreLine], period: Period) -> list[ScoreLine]:
    """Adjustments that leave no office below zero."""
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line.office] = totals.get(line.office, Decimal(0)) + line.points
    return [
        ScoreLine(
            office=office,
            day=period.last,
            kind="adjustment",
            points=-total,
            derivation=f"扣分以扣完本期得分为止：合计{shown_points(total)}分，补回{shown_points(-total)}分",
            note=0,
            item="扣分下限",
        )
        for office, total in totals.items()
        if total < 0
    ]
