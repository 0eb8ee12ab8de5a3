"""How days and periods are written in an official paper."""

from __future__ import annotations

from datetime import date

from pipeline.coverage.report import CoverageReport
from pipeline.reports.wording import clean

__all__ = ["day_words", "period_days", "period_words"]


def day_words(day: str) -> str:
    """A day as official papers write it; what is no day stands as it was written.

    >>> day_words("2025-03-01")
    '2025年3月1日'
    """
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return clean(day, 20)
    return f"{found.year}年{found.month}月{found.day}日"


def period_days(report: CoverageReport) -> str:
    """The period by its first and last day."""
    return f"{day_words(report.period.first)}至{day_words(report.period.last)}"


def period_words(report: CoverageReport) -> str:
    """The period by its name, or by its days."""
    return clean(report.period.label, 40).replace(" ", "") or period_days(report)
