"""补录 and 更正: what a report tells of earlier, issued periods.

Hides: what counts as late and what as a correction. A story is late when it is dated in an issued
period and no issued report of the same kind counted any of its publications; a reprint of an issued
story that came later is listed, not counted. A correction is a person's decision, a withdrawal, a
date, or a word 确认齐全 taken back, that makes an issued line say something else than it does now. What
a later issued report told of is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES, Period

__all__ = [
    "LISTED",
    "Correction",
    "CorrectionKind",
    "LateFind",
    "Supplement",
    "Unproven",
    "VouchedColumn",
    "correction_about",
    "correction_words",
]

LISTED = 500
"""Late finds and corrections listed in a report; the counts are of all."""

CorrectionKind = Literal["decision", "withdrawn", "date", "vouch"]


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


class Unproven(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of an issued report that was proven then and is 待核实 without the days now missing."""

    theme: str
    title: str
    """With its number."""
    state: Literal["blank", "thin"]
    """As issued."""
    term: Period | None = None
    """None for the theme over the whole period."""


class VouchedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column some of whose days an issued report called whole on a person's word 确认齐全."""

    source: str
    column: str
    missing: tuple[tuple[str, str], ...] = ()
    """Those of the days for which nothing stands since the word was taken back, as spans; () where they
    are whole again."""
    vouched_by: tuple[str, ...] = ()
    """Whose word was taken back; where the days are whole again, who vouches for them now, if
    anybody: a crawl may have read them."""
    why: str = ""
    """Why it was taken back, or how it was checked anew."""
    unproven: tuple[Unproven, ...] = ()
    """Claims of the report that rested on the missing days, in its order."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an issued report that is otherwise now. ``old`` and ``new`` are assignment states
    ('' for none), days, '' for what is no longer stored, or of a ``vouch`` the days of the period that
    are known to be whole, as spans ``2025-01-01/2025-01-31`` with a blank between them."""

    kind: CorrectionKind
    period: Period
    version: int
    """Of the issued report that said ``old``."""
    item: str
    """'' of a ``vouch``."""
    title: str
    """Of the publication; of a ``vouch`` what officers call the column."""
    theme: str = ""
    theme_title: str = ""
    old: str = ""
    new: str = ""
    by: str = ""
    at: str = ""
    vouched: VouchedColumn | None = None
    """None of other kinds than ``vouch``."""

    @property
    def about(self) -> tuple[str, ...]:
        """What it corrects; a later correction of the same takes its place."""
        column = (self.vouched.source, self.vouched.column) if self.vouched else ()
        return (self.kind, self.item, self.theme, *column)


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
    if correction.vouched is not None:
        return _vouched_words(correction, correction.vouched)
    return (
        ASSIGNMENT_NAMES.get(correction.old, "未归入"),
        ASSIGNMENT_NAMES.get(correction.new, "未归入"),
    )


def correction_about(correction: Correction) -> str:
    """The theme it is about; of a word taken back those that are no longer proven, by state."""
    if correction.vouched is None:
        return correction.theme_title
    by_state: dict[str, dict[tuple[str, str], list[str]]] = {"blank": {}, "thin": {}}
    for one in correction.vouched.unproven:
        spans = by_state[one.state].setdefault((one.theme, one.title), [])
        spans.append(_span_words(one.term) if one.term else "全期")
    return "；".join(
        f"{STATE_NAMES[state]} → {STATE_NAMES['undecided']} {len(themes)} 条："
        + "、".join(
            title if spans == ["全期"] else f"{title}（{'、'.join(spans)}）"
            for (_, title), spans in themes.items()
        )
        for state, themes in by_state.items()
        if themes
    )


def _vouched_words(correction: Correction, column: VouchedColumn) -> tuple[str, str]:
    said = f"（{'、'.join(column.vouched_by)}确认齐全）" if column.vouched_by else ""
    old = f"无漏采：{_days_words(correction.old.split())}"
    if not column.missing:
        return old, f"无漏采：{_days_words(correction.new.split())}{said}"
    spans = [
        (date.fromisoformat(first), date.fromisoformat(last)) for first, last in column.missing
    ]
    count = sum((last - first).days + 1 for first, last in spans)
    new = f"确认已撤回，缺 {count} 天：{_days_words(map('/'.join, column.missing))}"
    return f"{old}{said}", new + (f"；理由：{column.why}" if column.why else "")


def _days_words(spans: Iterable[str]) -> str:
    """Spans ``2025-01-01/2025-01-31`` as officers read them."""
    return "、".join(" 至 ".join(dict.fromkeys(span.split("/"))) for span in spans) or "无"


def _span_words(period: Period) -> str:
    return period.label or f"{period.first} 至 {period.last}"
