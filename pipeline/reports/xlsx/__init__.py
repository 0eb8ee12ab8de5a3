"""The report as a workbook, for sorting, filtering and handing in.

Hides: which sheets there are and in what order; ``book`` holds what keeps them safe.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.report import CoverageReport
from pipeline.reports.xlsx.book import Book
from pipeline.reports.xlsx.duties import (
    write_advice,
    write_figures,
    write_obligations,
    write_sentences,
)
from pipeline.reports.xlsx.matrix import write_forms, write_groups, write_offices, write_terms
from pipeline.reports.xlsx.period import (
    write_answers,
    write_comparison,
    write_sign_off,
    write_supplement,
)
from pipeline.reports.xlsx.sources import write_sources, write_unchecked
from pipeline.reports.xlsx.stories import write_not_counted, write_queue, write_story_list
from pipeline.reports.xlsx.themes import write_months, write_overview, write_units

__all__ = ["write_xlsx"]

_SHEETS = (
    write_overview,
    write_queue,
    write_terms,
    write_groups,
    write_months,
    write_forms,
    write_offices,
    write_story_list,
    write_not_counted,
    write_units,
    write_answers,
    write_obligations,
    write_sentences,
    write_figures,
    write_advice,
    write_comparison,
    write_supplement,
    write_sign_off,
    write_sources,
    write_unchecked,
)


def write_xlsx(report: CoverageReport, path: Path) -> None:
    """Write the workbook to ``path``."""
    with Book(report, path) as book:
        for write in _SHEETS:
            write(book)
