"""Which plan, themes and period a page of figures shows, and where its neighbours are.

Hides: how the period before and after is written (in the words of ``parse_period``), and which month
is meant by somebody who looks at a whole year and asks for its months.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from console.desk import Desk
from console.language import _
from console.standing import Standing
from pipeline.clock import today
from pipeline.coverage.gather import SCHEME_NAMES
from pipeline.coverage.periods import month_starts, parse_period
from pipeline.coverage.report import Period
from pipeline.errors import BadInput
from pipeline.plan.model import schemes
from pipeline.reports.wording import days_words
from pipeline.store.plans import plans_in_use

__all__ = ["Choice", "Option", "choice_of", "last_month", "period_words", "stepped"]

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"\d{4}")


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One of several values a person may ask for."""

    value: str
    words: str
    chosen: bool = False


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, and what else may be."""

    period: Period
    words: str
    """The period in Chinese."""
    asked: str
    """The period as the address has it; '' for the plan's own."""
    spans: tuple[Option, ...]
    """The whole plan, and the year, quarter and month around its last days."""
    before: str
    """The period before, as the address would have it; '' for none."""
    after: str
    plans: tuple[Option, ...]
    schemes: tuple[Option, ...]


def choice_of(desk: Desk, standing: Standing) -> Choice:
    """What ``standing`` is of, and its neighbours."""
    asked, report = desk.asked, standing.report
    month = last_month(desk, report.period)
    year, number = month.split("-")
    quarter = f"{year}Q{(int(number) + 2) // 3}"
    known = {month, quarter, year, ""}
    spans = [("", _("整个方案")), (year, _("全年")), (quarter, _("季度")), (month, _("月度"))]
    if asked.period not in known:
        spans = [(_like(asked.period, value), words) for value, words in spans]
    with desk.begin() as session:
        plans = [(version.name, version.title) for version in plans_in_use(session)]
    found = schemes(standing.stored.plan)
    return Choice(
        period=report.period,
        words=period_words(report.period),
        asked=asked.period,
        spans=tuple(
            Option(value=value, words=words, chosen=value == asked.period) for value, words in spans
        ),
        before=stepped(asked.period, -1),
        after=stepped(asked.period, 1),
        plans=tuple(
            Option(value=name, words=title or name, chosen=name == standing.stored.name)
            for name, title in plans
        ),
        schemes=tuple(
            Option(value=name, words=SCHEME_NAMES[name], chosen=name == report.plan.scheme)
            for name in found
        ),
    )


def period_words(period: Period) -> str:
    """A period as officers name it."""
    return period.label or days_words(period.first, period.last)


def last_month(desk: Desk, period: Period) -> str:
    """The last month of ``period`` that has begun, as the address would have it."""
    day = min(today().isoformat(), period.last)
    day = max(day, period.first)
    at = date.fromisoformat(day)
    starts = month_starts(desk.workspace.settings)
    step = 1 if starts > 1 and at.day >= starts else 0
    return stepped(f"{at.year}-{at.month:02d}", step) if step else f"{at.year}-{at.month:02d}"


def stepped(asked: str, by: int) -> str:
    """The period so many steps after one of the same kind; '' where there is none or no steps.

    >>> stepped("2025-01", -1), stepped("2025Q4", 1), stepped("2025", 1), stepped("", 1)
    ('2024-12', '2026Q1', '2026', '')
    """
    written = ""
    if found := _MONTH.fullmatch(asked):
        number = int(found[1]) * 12 + int(found[2]) - 1 + by
        written = f"{number // 12}-{number % 12 + 1:02d}"
    elif found := _QUARTER.fullmatch(asked):
        number = int(found[1]) * 4 + int(found[2]) - 1 + by
        written = f"{number // 4}Q{number % 4 + 1}"
    elif _YEAR.fullmatch(asked):
        written = str(int(asked) + by)
    if not written:
        return ""
    try:
        parse_period(written)
    except BadInput:  # of a year nobody reports on
        return ""
    return written


def _like(asked: str, value: str) -> str:
    """``value`` itself, but what is asked where both are of one kind."""
    for kind in (_MONTH, _QUARTER, _YEAR):
        if kind.fullmatch(asked) and kind.fullmatch(value):
            return asked
    return value
