"""Sources 采集来源: what is read, whether it is complete, what is wrong and what to do about it.

Hides: which days of a year count as read whole, and what a person can have done to a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated

import msgspec

from console.calendar import MARKS, CalendarMonth, DayState, calendar_of
from console.days import day_of
from console.declarations import (
    declared,
    declared_as,
    pause_in,
    previous_text,
    save_text,
    text_of,
)
from console.desk import Desk
from console.jobs import start_job
from console.language import N_, _
from console.pages import Changed, change, page
from console.rooms.vouching import VouchForm, vouch_form
from console.source_states import STATES, SourceNote, SourceState, running_crawls, source_notes
from pipeline.clock import today
from pipeline.coverage.gather import period_of
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.crawled import (
    Observed,
    columns_read,
    items_by_day,
    observed_days,
    runs_of_source,
)
from pipeline.store.runs import (
    LedgerEntry,
    RunRecord,
    Window,
    join_windows,
)
from pipeline.store.vouching import Vouch, vouches

__all__ = ["ROUTES"]

DAY_STATES: dict[DayState, str] = {
    "observed": N_("采集完整"),
    "vouched": N_("有人确认齐全"),
    "partly": N_("部分栏目完整"),
    "missing": N_("未采全"),
    "future": N_("还没过完"),
}


class SourcesPage(msgspec.Struct, frozen=True, kw_only=True):
    """All sources, what is wrong first."""

    sources: tuple[SourceNote, ...]
    states: dict[str, str]
    counts: dict[str, int]


class ColumnNote(msgspec.Struct, frozen=True, kw_only=True):
    """The newest ledger line of a column, and since when it is read."""

    line: LedgerEntry
    run: RunRecord


class SourcePage(msgspec.Struct, frozen=True, kw_only=True):
    """One source with its calendar."""

    source: SourceNote
    addresses: tuple[str, ...]
    schedule: str
    schedule_words: str
    """When it is read by itself, as officers say it; '' for by hand only."""
    declared: bool
    may_undo: bool
    columns: tuple[str, ...]
    column: str
    year: int
    years: tuple[int, int]
    """The year before and the year after."""
    months: tuple[CalendarMonth, ...]
    missing: int
    """Days of the period in this year that were not observed whole."""
    marks: dict[str, str]
    day_states: dict[str, str]
    states: dict[str, str]
    lines: tuple[ColumnNote, ...]
    history: tuple[ColumnNote, ...]
    words: tuple[Vouch, ...]
    """People's words that days of a column are stored whole, those taken back among them."""
    form: VouchForm
    """Of the columns crawls were to read."""


class RunNow(msgspec.Struct, frozen=True, kw_only=True):
    """Read it now; ``since`` reads lists back to that day."""

    since: Annotated[str, msgspec.Meta(max_length=10)] = ""


@page("/sources", "sources.html.j2")
def sources_page(desk: Desk) -> SourcesPage:
    """Every source with its state, its last run, and when it is read next."""
    found = source_notes(desk)
    counts: dict[str, int] = {}
    for one in found:
        counts[one.state] = counts.get(one.state, 0) + 1
    return SourcesPage(sources=found, states=_translated(STATES), counts=counts)


@page("/sources/{source:str}", "source.html.j2")
def source_page(desk: Desk, source: str, year: int = 0, column: str = "") -> SourcePage:
    """One source: alarms, the completeness calendar of a year, what its last runs saw."""
    note = next((one for one in source_notes(desk) if one.id == source and source), None)
    if note is None:
        raise XuanjianError(
            _("没有这个来源：%(id)s") % {"id": source[:80]},
            "source-missing",
            _("请从采集来源的列表里选择。"),
        )
    mine = next((one for one in declared(desk) if one.id == source), None)
    period = _period(desk, today())
    year = year if 1990 <= year <= today().year + 1 else min(period[1], today()).year
    with desk.begin() as session:
        history = tuple(ColumnNote(line=a, run=b) for a, b in runs_of_source(session, source, 60))
        windows = observed_days(session, source, date(year, 1, 1), date(year, 12, 31))
        items = items_by_day(session, source, date(year, 1, 1), date(year, 12, 31))
        read = columns_read(session, source)
        words = vouches(session, source=source, withdrawn=True)
    seen = tuple(dict.fromkeys(note.line.column for note in history))
    columns = mine.columns if mine else seen
    months = calendar_of(
        year,
        [column] if column in columns and column else columns,
        windows,
        items,
        period=period,
        today=today(),
    )
    newest: dict[str, ColumnNote] = {}
    for one in history:
        newest.setdefault(one.line.column, one)
    return SourcePage(
        source=note,
        addresses=mine.addresses if mine else (),
        schedule=mine.schedule if mine else "",
        schedule_words=_schedule_words(mine.schedule if mine else ""),
        declared=mine is not None,
        may_undo=bool(mine and previous_text(desk.workspace, mine.file)),
        columns=columns,
        column=column if column in columns else "",
        year=year,
        years=(year - 1, year + 1),
        months=months,
        missing=sum(month.missing for month in months),
        marks={str(state): mark for state, mark in MARKS.items()},
        day_states=_translated(DAY_STATES),
        states=_translated(STATES),
        lines=tuple(newest[name] for name in sorted(newest)),
        history=history[:20],
        words=words,
        form=vouch_form(source, read, column or _least_observed(read, windows)),
    )


def _least_observed(columns: Sequence[str], windows: Iterable[Observed]) -> str:
    """The column that has the fewest observed days of the year shown."""
    spans: dict[str, list[Window]] = {}
    for one in windows:
        spans.setdefault(one.column, []).append(one.window)

    def days(column: str) -> int:
        joined = join_windows(spans.get(column, ()))
        return sum((last - first).days + 1 for first, last in joined)

    return min(columns, key=days, default="")


@change("/sources/{source:str}/run", role="editor")
def run_now(desk: Desk, source: str, given: RunNow) -> Changed:
    """Read one source now, whatever its schedule says."""
    mine = declared_as(desk, source)
    words = ["crawl", mine.id]
    if given.since:
        words += ["--since", day_of(given.since).isoformat()]
    if running := _crawl_of(desk, mine.id):
        return Changed(said=_("这个来源正在采集，没有另外开始"), to=f"/jobs/{running}", tone="note")
    job = start_job(desk, "crawl", *words, alone=False)
    return Changed(said=_("采集已开始"), to=f"/jobs/{job.id}")


@change("/sources/run", role="editor")
def run_all(desk: Desk, given: RunNow) -> Changed:
    """Read every source that is not paused."""
    words = ["crawl", *(["--since", day_of(given.since).isoformat()] if given.since else [])]
    job = start_job(desk, "crawl", *words)
    return Changed(said=_("采集已开始"), to=f"/jobs/{job.id}")


@change("/sources/{source:str}/pause", role="editor")
def pause(desk: Desk, source: str) -> Changed:
    """Leave a source out of the schedule until it is taken up again."""
    return _set_paused(desk, source, True)


@change("/sources/{source:str}/resume", role="editor")
def resume(desk: Desk, source: str) -> Changed:
    """Take a paused source up again."""
    return _set_paused(desk, source, False)


@change("/sources/{source:str}/undo", role="editor")
def undo(desk: Desk, source: str) -> Changed:
    """Put the declaration back that stood there before the last change of the console's."""
    mine = declared_as(desk, source)
    before = text_of(desk.workspace, mine.file)
    after = previous_text(desk.workspace, mine.file)
    if not after:
        raise BadInput(_("没有更早的声明可以恢复"), "source-previous", _("它还没有在这里改过。"))
    with desk.begin() as session:
        desk.record(session, "source.undo", source, before=before, after=after)
        save_text(desk.workspace, mine.file, after)
    return Changed(said=_("已恢复上一份声明"), to=f"/sources/{source}")


def _set_paused(desk: Desk, source: str, paused: bool) -> Changed:
    mine = declared_as(desk, source)
    if mine.paused != paused:
        text = text_of(desk.workspace, mine.file)
        with desk.begin() as session:
            verb = "source.pause" if paused else "source.resume"
            desk.record(session, verb, source, before=mine.paused, after=paused)
            save_text(desk.workspace, mine.file, pause_in(text, paused))
    said = _("已暂停：不再按时采集，这些天算作未采全") if paused else _("已恢复按时采集")
    return Changed(said=said, to=f"/sources/{source}")


def _crawl_of(desk: Desk, source: str) -> int:
    with desk.begin() as session:
        return running_crawls(session).get(source, 0)


def _period(desk: Desk, day: date) -> tuple[date, date]:
    """The period asked about; the last year where there is no plan."""
    try:
        stored = desk.plan()
        with desk.begin() as session:
            period = period_of(stored, desk.options(session, stored))
    except XuanjianError:
        return day - timedelta(days=365), day
    return date.fromisoformat(period.first), date.fromisoformat(period.last)


def _translated(words: dict[SourceState, str] | dict[DayState, str]) -> dict[str, str]:
    return {str(key): _(word) for key, word in words.items()}


_DAILY = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* \*")


def _schedule_words(schedule: str) -> str:
    """A schedule in words where it is that of every day; others as they are written."""
    if found := _DAILY.fullmatch(schedule.strip()):
        return _("每天 %(time)s") % {"time": f"{int(found[2]):02}:{int(found[1]):02}"}
    return _("按时间表 %(cron)s") % {"cron": schedule} if schedule else ""


ROUTES = [sources_page, run_all, source_page, run_now, pause, resume, undo]
