"""Sign-off, comparison, 补录 and 更正 on the terminal.

Hides: that only what an officer has to act on is printed: themes that changed, at most ten late
finds and corrections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.coverage.report import CoverageReport
from pipeline.reports.period_wording import (
    change_lines,
    comparison_note,
    correction_lines,
    late_lines,
    period_parts,
    sign_off_words,
    supplement_note,
)
from pipeline.reports.screen import heading, say

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_period_parts"]

_SHOWN = 10
_SAME = "持平"


def print_period_parts(report: CoverageReport, console: Console) -> None:
    """Print what the report says beside its coverage; nothing where it says no more."""
    parts = period_parts(report)
    if parts is None:
        return
    if parts.sign_off is not None:
        heading(console, "签批")
        say(console, sign_off_words(report), indent=2)
    if parts.comparison is not None:
        heading(console, "对比")
        say(console, comparison_note(parts.comparison), indent=2)
        for line in change_lines(parts.comparison):
            title, change, state, before, verified, before_verified, *_ = line.cells
            if change != _SAME:
                words = (
                    f"{change}  {title}：{before} → {state}，已核实 {before_verified} → {verified}"
                )
                say(console, words, "bold" if line.alarm else "", indent=2, hang=6)
    if parts.supplement is not None:
        heading(console, "补录与更正")
        say(console, supplement_note(parts.supplement), indent=2)
        for line in [*late_lines(report, parts.supplement)][:_SHOWN]:
            title, day, outlet, _, period, counted, themes, _ = line.cells
            words = f"{counted}（{period}）  {title}，{day}，{outlet}；{themes}"
            say(console, words, indent=2, hang=6)
        for line in [*correction_lines(parts.supplement)][:_SHOWN]:
            period, _, title, theme, old, new, by, _ = line.cells
            about = f"［{theme}］" if theme else ""
            words = f"更正（{period}）  {title}{about}：{old} → {new}"
            say(console, f"{words}（{by}）" if by else words, indent=2, hang=6)
