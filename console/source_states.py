"""In which state a source 采集来源 is, and what a person can do about it.

Hides: how declarations, the newest ledger lines, alarms, the schedule and what runs now become one
state.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from console.declarations import declared
from console.desk import Desk
from console.jobs import settle_jobs
from console.language import N_, _
from pipeline.alarms import ALARM_NAMES
from pipeline.declared import Declared, Mistake
from pipeline.store.alarms import standing_alarms
from pipeline.store.crawled import newest_lines
from pipeline.store.jobs import jobs_of
from pipeline.store.runs import LedgerEntry, RunRecord, SourceRecord, known_sources, last_crawls
from pipeline.timing import LastRun, Timed, next_read, retry_of

__all__ = ["STATES", "AlarmNote", "SourceNote", "SourceState", "running_crawls", "source_notes"]

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


def source_notes(desk: Desk) -> tuple[SourceNote, ...]:
    """Every source, declared or only known from its runs; the worst state first, then by name."""
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
        running = running_crawls(session)
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


def running_crawls(session: Session) -> dict[str, int]:
    """By source: the crawl of the console's that reads it now; '' is that of all."""
    found: dict[str, int] = {}
    for job in jobs_of(session, "crawl", running=True):
        named = [word for word in job.arguments[1:] if not word.startswith("-")]
        for word in named or [""]:
            found[word] = job.id
    return found
