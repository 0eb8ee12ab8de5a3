"""How days and periods are written in an official paper."""

from __future__ import annotations

import re
from datetime import date

from pipeline.coverage.report import CoverageReport
from pipeline.reports.wording import clean

__all__ = ["day_words", "period_days", "period_words", "without_commands"]

_COMMAND = re.compile(r"（[^（）]*(?:xuanjian |--)[^（）]*）|：xuanjian [a-z ]+")


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


def without_commands(text: str) -> str:
    """``text`` without the commands in brackets that an officer types and a director does not read.

    >>> without_commands("抽查（xuanjian audit sample）或通读本期报道（共 5 篇）。")
    '抽查或通读本期报道（共 5 篇）。'
    """
    return _COMMAND.sub("", text)
