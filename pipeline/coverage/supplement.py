"""补录 and 更正: what a report tells of earlier, issued periods.

Hides: what counts as late and what as a correction. A story is late when it is dated in an issued
period and no issued report of the same kind counted any of its publications; a reprint of an issued
story that came later is listed, not counted. A correction is a person's decision, a withdrawal or a
date that makes an issued line say something else than it does now. What a later issued report told
of is not told again.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.coverage.report import ASSIGNMENT_NAMES, Period

__all__ = [
    "LISTED",
    "Correction",
    "CorrectionKind",
    "LateFind",
    "Supplement",
    "correction_words",
]

LISTED = 500
"""Late finds and corrections listed in a report; the counts are of all."""

CorrectionKind = Literal["decision", "withdrawn", "date"]


class LateFind(msgspec.Struct, frozen=True, kw_only=True):
    """A publication dated in an issued period that came after its issue."""

    item: str
    story: str
    title: str
    day: str
    outlet: str
    level: str
    url: str
    period: Period
    """The issued period it is dated in."""
    counts: bool
    """Whether it makes a story more; else it is a reprint."""
    themes: dict[str, str] = {}
    """Theme id to assignment state."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an issued report that is otherwise now. ``old`` and ``new`` are assignment states
    ('' for none), days, or '' for what is no longer stored."""

    kind: CorrectionKind
    period: Period
    version: int
    """Of the issued report that said ``old``."""
    item: str
    title: str
    theme: str = ""
    theme_title: str = ""
    old: str = ""
    new: str = ""
    by: str = ""
    at: str = ""


class Supplement(msgspec.Struct, frozen=True, kw_only=True):
    """What came to earlier periods since they were issued; apart from the period's own counts."""

    late_stories: int = 0
    late_reprints: int = 0
    late: tuple[LateFind, ...] = ()
    """Stories first, then reprints, by day; at most ``LISTED``."""
    late_by_theme: dict[str, int] = {}
    """Late stories standing under each theme, by theme id."""
    told_elsewhere: int = 0
    """Own stories of a corrected version that another issued report told as 补录 already."""
    corrections_total: int = 0
    corrections: tuple[Correction, ...] = ()
    """At most ``LISTED``."""


def correction_words(correction: Correction) -> tuple[str, str]:
    """Old and new value as officers read them."""
    if correction.kind == "withdrawn":
        return "已计入", "已撤下"
    if correction.kind == "date":
        return correction.old or "日期不明", correction.new or "日期不明"
    return (
        ASSIGNMENT_NAMES.get(correction.old, "未归入"),
        ASSIGNMENT_NAMES.get(correction.new, "未归入"),
    )
