"""The matrix beyond months: which columns of carrier, genre and level have anything to show.

Hides: the names and the order of those columns, and that one in which no theme has a story is left
out. The page and the workbook share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.coverage.report import CoverageReport, OfficeLine, Period, Tally, ThemeLine
from pipeline.genre import CARRIER_NAMES, GENRE_NAMES
from pipeline.news import LEVEL_NAMES
from pipeline.reports.wording import days_words, full_title

__all__ = [
    "Dimension",
    "dimensions",
    "idle_note",
    "idle_offices",
    "led_words",
    "term_name",
    "unanswered_themes",
]

_KINDS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("by_level", "级别", LEVEL_NAMES),
    ("by_carrier", "载体", CARRIER_NAMES),
    ("by_genre", "体裁", GENRE_NAMES),
)


@dataclass(frozen=True)
class Dimension:
    """One way of dividing a theme's stories; its columns are code and name."""

    field: str
    name: str
    columns: tuple[tuple[str, str], ...]

    def tally(self, theme: ThemeLine, code: str) -> Tally:
        """The theme's stories in one column; stories are in one column each, so they add up."""
        found: Mapping[str, Tally] = getattr(theme, self.field)
        return found.get(code, Tally())


def dimensions(report: CoverageReport) -> tuple[Dimension, ...]:
    """The dimensions in which there is anything, with the columns in which there is."""
    found = []
    for field, name, names in _KINDS:
        every = (getattr(theme, field) for theme in report.themes)
        there = {code for of_theme in every for code, tally in of_theme.items() if tally.shown}
        columns = tuple((code, said) for code, said in names.items() if code in there)
        if columns:
            found.append(Dimension(field, name, columns))
    return tuple(found)


def unanswered_themes(report: CoverageReport) -> tuple[ThemeLine, ...]:
    """Themes for which the plan names no office."""
    return tuple(line for line in report.themes if not (line.lead_offices or line.offices))


def idle_note(report: CoverageReport) -> str:
    """That offices without a theme are given a focus in other words; '' where they are not."""
    if not any(line.focus for line in idle_offices(report)):
        return ""
    return "其中任务表写有重点、但措辞与条目不同的，请在方案文件中写明对应的条目。"


def idle_offices(report: CoverageReport) -> tuple[OfficeLine, ...]:
    """Offices the plan names and gives no theme."""
    return tuple(line for line in report.offices if not (line.lead or line.themes))


def led_words(report: CoverageReport, ids: tuple[str, ...]) -> str:
    """The titles of some themes in a row."""
    titles = {theme.id: full_title(theme) for theme in report.themes}
    return "；".join(titles[theme] for theme in ids if theme in titles)


def term_name(term: Period) -> str:
    """What officers call a term."""
    return term.label or days_words(term.first, term.last)
