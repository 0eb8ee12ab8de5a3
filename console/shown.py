"""What pages of figures say alike: of when they are, how sure a number is, what to do next.

Hides: how a report's records become what officers see: commands are left out of its sentences, since
who reads a page has buttons instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from console.problem import Trouble
from console.standing import Standing
from pipeline.coverage.report import (
    CoverageReport,
    CoverageState,
    StoryLine,
    Tally,
    TermLine,
    ThemeLine,
    UnitLine,
    UnitState,
)
from pipeline.coverage.supplement import Correction
from pipeline.reports.wording import full_title

__all__ = [
    "Interval",
    "NamedStory",
    "StandingNote",
    "ThemeRow",
    "UnitRow",
    "interval_of",
    "named_stories",
    "plainly",
    "row_of",
    "said_of",
    "unit_row",
]

_COMMAND = re.compile(r"（[^（）]*(?:xuanjian |--)[^（）]*）|：xuanjian [a-z ]+")

_STORIES = 5

How = Literal["read", "audit", "population"]
"""Everything was read 通读; a random sample stands for the rest 抽查; only the number of stories nobody
read bounds it 总数."""


class StandingNote(msgspec.Struct, frozen=True, kw_only=True):
    """Of when a page's figures are."""

    made_at: str
    fresh: bool
    working: bool
    """Whether newer ones are being worked out."""
    trouble: Trouble | None = None
    """Why they could not be."""
    issued_version: int = 0
    """Of the locked record that is shown; 0 for the figures as they stand."""
    issued_by: str = ""
    live: bool = False
    """Whether they were asked for as they stand."""
    taken_back: tuple[Correction, ...] = ()
    """Words 确认齐全 the locked record rests on that were taken back since."""


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """How many stories of a theme there truly are: from ``low`` to ``high``, and how that is known."""

    low: int
    high: int
    how: How
    at_most: int | None = None
    """The bound k of an audit that found none; None where some are verified, or without an audit."""
    audit: int = 0
    unread: int = 0
    """Counted stories that ``high`` allows for because nobody decided them for every theme."""
    undated: int = 0
    """Items without a day that it allows for besides: they may belong to the period."""


class ThemeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One theme on a line."""

    id: str
    title: str
    """With its number."""
    state: CoverageState
    reason: str
    next_step: str
    bar: int
    tally: Tally
    interval: Interval


class NamedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story by name."""

    id: str
    title: str
    """'' where the report does not list it."""
    day: str = ""


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit 采访单位 and the stories that name it."""

    name: str
    note: str
    state: UnitState
    count: int
    stories: tuple[NamedStory, ...]
    """The first of them."""


def said_of(standing: Standing, *, live: bool = False) -> StandingNote:
    """The note of a report."""
    issued, trouble = standing.issued, standing.trouble
    return StandingNote(
        made_at=standing.made_at,
        fresh=standing.fresh,
        working=standing.working,
        trouble=Trouble(message=trouble.message, slug=trouble.slug, hint=trouble.hint)
        if trouble
        else None,
        issued_version=issued.version if issued else 0,
        issued_by=issued.issued_by if issued else "",
        live=live,
        taken_back=standing.taken_back,
    )


def plainly(text: str) -> str:
    """A sentence of a report without the commands it names.

    >>> plainly("抽查（xuanjian audit sample）或通读本期报道"), plainly("先归类：xuanjian classify")
    ('抽查或通读本期报道', '先归类')
    """
    return _COMMAND.sub("", text)


def interval_of(report: CoverageReport, line: ThemeLine | TermLine) -> Interval:
    """What is known of a theme's true number of stories in the period."""
    verified = line.tally.verified
    if line.estimate is not None:
        one = line.estimate
        return Interval(
            low=one.low,
            high=one.high,
            how="audit",
            at_most=None if verified else one.high,
            audit=one.audit,
        )
    totals = report.totals
    unread = totals.counted - totals.reviewed
    if not unread + totals.undated:
        return Interval(low=verified, high=verified, how="read")
    return Interval(
        low=verified,
        high=verified + unread + totals.undated,
        how="population",
        unread=unread,
        undated=totals.undated,
    )


def row_of(report: CoverageReport, line: ThemeLine) -> ThemeRow:
    """A theme's line."""
    return ThemeRow(
        id=line.id,
        title=full_title(line),
        state=line.state,
        reason=plainly(line.reason),
        next_step=plainly(line.next_step),
        bar=line.bar,
        tally=line.tally,
        interval=interval_of(report, line),
    )


def named_stories(ids: Iterable[str], listed: Mapping[str, StoryLine]) -> tuple[NamedStory, ...]:
    """Stories by their ids, with their titles where the report lists them."""
    return tuple(
        NamedStory(
            id=story,
            title=listed[story].title if story in listed else "",
            day=(listed[story].day or "") if story in listed else "",
        )
        for story in ids
    )


def unit_row(one: UnitLine, listed: Mapping[str, StoryLine]) -> UnitRow:
    """A unit's line."""
    return UnitRow(
        name=one.name,
        note=one.note,
        state=one.state,
        count=one.count,
        stories=named_stories(one.stories[:_STORIES], listed),
    )
