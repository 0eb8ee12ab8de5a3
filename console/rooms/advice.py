"""The page of advice 选题建议: what to report on next, and from what that follows."""

from __future__ import annotations

from typing import Literal

import msgspec

from console.desk import Desk
from console.language import _
from console.pages import page
from console.period_choice import Choice, Option, choice_of
from console.shown import StandingNote, plainly, said_of
from console.standing import standing_report
from pipeline.clock import beijing_day
from pipeline.coverage.advice import ADVICE_KIND_NAMES, Advice, Suggestion
from pipeline.reports.duties_wording import advice_note
from pipeline.reports.wording import unchecked_note

__all__ = ["ROUTES"]


class AdvicePage(msgspec.Struct, frozen=True, kw_only=True):
    """Suggestions of a plan's period, what comes first first."""

    choice: Choice
    standing: StandingNote
    note: str
    """As of when, and what was left out."""
    suggestions: tuple[Suggestion, ...]
    kind: str
    kinds: tuple[Option, ...]
    kind_names: dict[str, str]
    unchecked: tuple[str, ...]
    unchecked_note: str


@page("/advice", "advice.html.j2")
def advice(
    desk: Desk,
    kind: Literal["", "obligation", "blank", "thin", "event", "unseen", "sentence", "unit"] = "",
) -> AdvicePage:
    """What to report on next: from what is blank or thin, unsaid, unvisited or coming due.

    Always as things stand, also of an issued period; narrowed by ``kind``.
    """
    standing = standing_report(desk)
    report = standing.report
    found = report.advice or Advice(today=beijing_day(report.generated_at))
    there = {one.kind for one in found.suggestions}
    return AdvicePage(
        choice=choice_of(desk, standing),
        standing=said_of(standing),
        note=advice_note(found),
        suggestions=tuple(
            msgspec.structs.replace(one, reason=plainly(one.reason))
            for one in found.suggestions
            if kind in ("", one.kind)
        ),
        kind=kind,
        kinds=tuple(
            Option(value=name, words=_(words), chosen=name == kind)
            for name, words in ADVICE_KIND_NAMES.items()
            if name in there
        ),
        kind_names=ADVICE_KIND_NAMES,
        unchecked=tuple(map(plainly, report.unchecked)),
        unchecked_note=plainly(unchecked_note(report)),
    )


ROUTES = [advice]
