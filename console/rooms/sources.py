"""Sources 采集来源: what is read, whether it is complete, what is wrong and what to do about it.

Hides: how declarations, the ledger and alarms become one state a person can act on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from sqlalchemy.orm import Session

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
from console.jobs import settle_jobs, start_job
from console.language import N_, _
from console.pages import Changed, change, page
from console.rooms.vouching import VouchForm, vouch_form
from pipeline.alarms import ALARM_NAMES
from pipeline.clock import today
from pipeline.coverage.gather import period_of
from pipeline.declared import Declared, Mistake
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.alarms import standing_alarms
from pipeline.store.crawled import (
    Observed,
    columns_read,
    items_by_day,
    newest_lines,
    observed_days,
    runs_of_source,
)
from pipeline.store.jobs import jobs_of
from pipeline.store.runs import (
    LedgerEntry,
    RunRecord,
    SourceRecord,
    Window,
    join_windows,
    known_sources,
    last_crawls,
)
from pipeline.store.vouching import Vouch, vouches
from pipeline.timing import LastRun, Timed, next_read, retry_of

__all__ = ["ROUTES", "SourceState"]

SourceState = Literal["broken", "alarm", "reading", "paused", "never", "good", "undeclared"]

STATES: dict[SourceState, str] = {
    "broken": N_("声明有误"),
    "alarm": N_("有告警"),
    "reading": N_("正在采集"),
    "paused": N_("已暂停"),
    "never": N_("从未采集"),
    "good": N_("正常"),
    "undeclared": N_("不再声明"),
}
"""The worst first: the order of the list."""

WHAT_TO_DO: dict[str, str] = {
    "blocked": N_(
        "网站拒绝了采集。稍后再采；一直如此，请用浏览器人工核对，在来源的页面上确认齐全，或与网站联系。"
    ),
    "refused": N_("robots.txt 或声明中的 hosts 不许读取。请核对声明，或征得网站同意。"),
    "robots-unreachable": N_(
        "robots.txt 没有取到，按规定什么也不能读。请核对网址能否打开，稍后再采。"
    ),
    "list-failed": N_("列表页没有取到。请核对声明里的列表网址能否打开。"),
    "pages-failed": N_("有文章页没有取到。请再采集一次；仍失败，请打开原网址核对。"),
    "empty-list": N_("列表页里读不到链接，多半是改版。请修改声明，试采后保存。"),
    "extraction-collapsed": N_("多数文章读不出正文，多半是改版。请核对声明里的正文规则。"),
    "interrupted": N_("采集中途停了。请再采集一次。"),
    "stale": "",  # its name says what to do
    "clock-skew": N_("请校准本机时间。"),
}
DAY_STATES: dict[DayState, str] = {
    "observed": N_("采集完整"),
    "vouched": N_("有人确认齐全"),
    "partly": N_("部分栏目完整"),
    "missing": N_("未采全"),
    "future": N_("还没过完"),
}


class AlarmNote(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that stands, and what a person can do."""

    column: str
    name: str
    detail: str
    since: str
    what_to_do: str


class SourceNote(msgspec.Struct, frozen=True, kw_only=True):
    """A source in the list; ``next_at`` '' is read by hand only."""

    id: str
    name: str
    level: str
    channel: str
    state: SourceState
    columns: int
    alarms: tuple[AlarmNote, ...]
    read_at: str
    run: int
    brought: int
    """Articles its last run read anew."""
    next_at: str
    due: bool
    file: str
    mistake: Mistake | None = None


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
    found = _notes(desk)
    counts: dict[str, int] = {}
    for one in found:
        counts[one.state] = counts.get(one.state, 0) + 1
    return SourcesPage(sources=found, states=_translated(STATES), counts=counts)


@page("/sources/{source:str}", "source.html.j2")
def source_page(desk: Desk, source: str, year: int = 0, column: str = "") -> SourcePage:
    """One source: alarms, the completeness calendar of a year, what its last runs saw."""
    note = next((one for one in _notes(desk) if one.id == source and source), None)
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


def _notes(desk: Desk) -> tuple[SourceNote, ...]:
    settle_jobs(desk.store, desk.workspace)
    mine = declared(desk)
    with desk.begin() as session:
        records = {one.id: one for one in known_sources(session) if one.channel != "register"}
        lines: dict[str, list[tuple[LedgerEntry, RunRecord]]] = {}
        for entry, run in newest_lines(session):
            lines.setdefault(entry.source, []).append((entry, run))
        alarms: dict[str, list[AlarmNote]] = {}
        for alarm in standing_alarms(session):
            alarms.setdefault(alarm.source, []).append(
                AlarmNote(
                    column=alarm.column,
                    name=_(ALARM_NAMES.get(alarm.name, alarm.name)),
                    detail=alarm.detail,
                    since=alarm.raised_at,
                    what_to_do=_(WHAT_TO_DO.get(alarm.name, "")),
                )
            )
        running = _running(session)
        crawls = last_crawls(session)
    now, retry = datetime.now(UTC), retry_of(desk.workspace.settings)
    found = [
        _note(
            one,
            lines.get(one.id, []),
            alarms.get(one.id, []),
            one.id in running,
            _next(one, crawls.get(one.id), now, retry),
            now,
        )
        for one in mine
    ]
    known = {one.id for one in mine}
    found += [_gone(one, lines.get(one.id, [])) for one in records.values() if one.id not in known]
    order = list(STATES)
    return tuple(sorted(found, key=lambda one: (order.index(one.state), one.name, one.id)))


def _note(
    one: Declared,
    lines: list[tuple[LedgerEntry, RunRecord]],
    alarms: list[AlarmNote],
    reading: bool,
    next_at: datetime | tuple[()],
    now: datetime,
) -> SourceNote:
    last = max((run for _entry, run in lines), key=lambda run: run.id, default=None)
    state: SourceState = "good" if last else "never"
    if one.mistake:
        state = "broken"
    elif reading or (last and last.outcome == "running" and not alarms):
        state = "reading"
    elif one.paused:
        state = "paused"
    elif alarms:
        state = "alarm"
    return SourceNote(
        id=one.id,
        name=one.name or one.file,
        level=one.level,
        channel=one.channel,
        state=state,
        columns=len(one.columns),
        alarms=tuple(alarms),
        read_at=last.started_at if last else "",
        run=last.id if last else 0,
        brought=sum(entry.extracted for entry, run in lines if last and run.id == last.id),
        next_at=next_at.astimezone(UTC).isoformat(timespec="seconds") if next_at else "",
        due=next_at <= now if next_at else False,
        file=one.file,
        mistake=one.mistake,
    )


def _next(
    one: Declared, last: RunRecord | None, now: datetime, retry: timedelta
) -> datetime | tuple[()]:
    """When a source is read next, past for one that is due; () for none."""
    if one.mistake or one.paused:
        return ()
    began = LastRun.of(last.started_at, last.outcome) if last else None
    return next_read(Timed(one.id, one.schedule, one.timezone), began, now, retry)


def _gone(one: SourceRecord, lines: list[tuple[LedgerEntry, RunRecord]]) -> SourceNote:
    last = max((run for _entry, run in lines), key=lambda run: run.id, default=None)
    return SourceNote(
        id=one.id,
        name=one.name,
        level=one.level,
        channel=one.channel,
        state="undeclared",
        columns=len(lines),
        alarms=(),
        read_at=last.started_at if last else "",
        run=last.id if last else 0,
        brought=sum(entry.extracted for entry, run in lines if last and run.id == last.id),
        next_at="",
        due=False,
        file="",
    )


def _running(session: Session) -> dict[str, int]:
    """By source: the crawl of the console's that reads it now; '' is that of all."""
    found: dict[str, int] = {}
    for job in jobs_of(session, "crawl", running=True):
        named = [word for word in job.arguments[1:] if not word.startswith("-")]
        for word in named or [""]:
            found[word] = job.id
    return found


def _crawl_of(desk: Desk, source: str) -> int:
    with desk.begin() as session:
        return _running(session).get(source, 0)


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
