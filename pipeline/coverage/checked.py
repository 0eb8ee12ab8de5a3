"""What was looked at, and what was not 未查范围: sources, their columns, the plan's media.

Hides: when a source counts as complete for a period, which source stands for a medium the plan
names, and how the holes are worded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.alarms import ALARM_NAMES
from pipeline.coverage.known import Known
from pipeline.coverage.periods import days_missing
from pipeline.coverage.report import (
    ColumnLine,
    MediumLine,
    MediumState,
    Period,
    SourceLine,
    Totals,
)
from pipeline.store.runs import LedgerEntry, SourceRecord
from pipeline.text import comparable

__all__ = ["holes_in", "holes_of", "media_lines", "source_lines", "unchecked_lines"]

_NOTE = re.compile(r"[（(][^（）()]*[）)]")
_CHANNELS: dict[str, frozenset[str]] = {
    "paper": frozenset({"newspaper", "website"}),
    "broadcaster": frozenset({"broadcast"}),
    "site": frozenset({"website"}),
    "wechat": frozenset({"wechat"}),
    "other": frozenset({"website", "newspaper", "other"}),
    "": frozenset({"website", "newspaper", "other"}),
}
"""Kind of a medium -> channels of a source that may be it; none may be an app or a bulletin."""

_MEDIUM_KIND = re.compile(
    r"(?:官方)?(?:门户|政务)?(?:网站|官网|微信公众号|公众号|订阅号|服务号|微信|微博|客户端|APP|视频号)+$",
    re.I,
)


def source_lines(known: Known) -> tuple[SourceLine, ...]:
    """Every source by id, also those that only items name, with its columns of the ledger and
    what it published of the period's stories."""
    items: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    for line in known.published:
        items[line.source] += line.items
        stories[line.source] += line.stories
    records = {source.id: source for source in known.sources}
    for source in sorted(set(items) - set(records)):
        records[source] = SourceRecord(
            id=source, name=source or "导入文件", channel="import", address=""
        )
    found = []
    for source in sorted(records):
        columns = tuple(
            _column_line(entry, known) for entry in known.ledger if entry.source == source
        )
        record = records[source]
        found.append(
            SourceLine(
                id=source,
                name=record.name,
                level=record.level,
                channel=record.channel,
                items=items[source],
                stories=stories[source],
                complete=bool(columns) and all(column.complete for column in columns),
                columns=columns,
            )
        )
    return tuple(found)


def _column_line(entry: LedgerEntry, known: Known) -> ColumnLine:
    windows = known.windows.get((entry.source, entry.column), ())
    missing = days_missing(known.period, windows)
    run = known.runs.get((entry.source, entry.column))
    return ColumnLine(
        column=entry.column,
        list_pages=entry.list_pages,
        links_found=entry.links_found,
        fetched=entry.fetched,
        extracted=entry.extracted,
        dated=entry.dated,
        known=entry.known,
        refused=entry.refused,
        blocked=entry.blocked,
        failed=entry.failed,
        duplicates=entry.duplicates,
        windows=tuple((first.isoformat(), last.isoformat()) for first, last in windows),
        complete=missing == 0,
        missing_days=missing,
        alarms=entry.alarms,
        read_at=run.started_at if run else "",
        vouched_by=_vouchers(known, entry),
    )


def _vouchers(known: Known, entry: LedgerEntry) -> tuple[str, ...]:
    """Who vouches for days of the period, in the order of the days."""
    said = known.vouched.get((entry.source, entry.column), ())
    first, last = known.period.first, known.period.last
    names = (
        one.by
        for one in said
        if one.window[0].isoformat() <= last and one.window[1].isoformat() >= first
    )
    return tuple(dict.fromkeys(names))


def holes_of(sources: Sequence[SourceLine], *, alarms: bool = False) -> tuple[str, ...]:
    """What is not known to be complete, the alarms first.

    Args:
        alarms: also those of columns all whose days earlier runs observed, or a person vouches for:
            they are no holes, and stand all the same.
    """
    alarmed, partial = [], []
    for source in sources:
        if not source.columns:
            never = "没有采集台账" if source.channel == "import" else "已声明而从未采集"
            partial.append(f"{source.name}{never}")
        for column in source.columns:
            name = f"{source.name}“{column.column}”" if column.column else source.name
            if column.alarms and (alarms or not column.complete):
                words = "、".join(ALARM_NAMES.get(alarm, alarm) for alarm in column.alarms)
                alarmed.append(f"{name}{words}")
            elif not column.complete:
                partial.append(f"{name}缺 {column.missing_days} 天")
    return (*alarmed, *partial)


def holes_in(known: Known, term: Period) -> tuple[str, ...]:
    """What is not known to be complete in one term of the period. An alarm of the newest run is no
    hole of a term whose days earlier runs observed."""
    names = {source.id: source.name for source in known.sources}
    read = {entry.source for entry in known.ledger}
    found = []
    for source in dict.fromkeys([*names, *(line.source for line in known.published)]):
        if source not in read:
            never = "已声明而从未采集" if source in names else "没有采集台账"
            found.append(f"{names.get(source, source) or '导入文件'}{never}")
    for entry in known.ledger:
        missing = days_missing(term, known.windows.get((entry.source, entry.column), ()))
        if missing:
            name = names.get(entry.source, entry.source)
            column = f"“{entry.column}”" if entry.column else ""
            found.append(f"{name}{column}缺 {missing} 天")
    return tuple(found)


def media_lines(known: Known) -> tuple[MediumLine, ...]:
    """The plan's media, each with the source that is it, and what came in of it elsewhere.

    A source is a medium when their names are equal but for a note in brackets, the words for
    what it is (网站, 公众号) and the plan's own place; a website never stands for the account of
    the same office, nor a paper for one whose name it ends.
    """
    read = {entry.source for entry in known.ledger if entry.list_pages or entry.extracted}
    # A month signed off as empty is as much looked at as one with items.
    read |= {source for (source, _), windows in known.windows.items() if windows}
    sources = [source for source in known.sources if source.id in read]
    home = known.note.home
    outlets: Counter[str] = Counter()
    published: Counter[str] = Counter()
    for line in known.published:
        outlets[_medium_key(line.outlet, home)] += line.items
        published[line.source] += line.items
    lines = []
    for medium in known.plan.media:
        name = _medium_key(medium.name, home)
        channels = _CHANNELS.get(medium.kind, frozenset())
        source = next(
            (
                source
                for source in sources
                if name
                and name == _medium_key(source.name, home)
                and (source.channel == "register" or source.channel in channels)
            ),
            None,
        )
        items = outlets[name] if name else 0
        state: MediumState = "seen" if items else "unchecked"
        if source is not None:
            state = "registered" if source.channel == "register" else "crawled"
        lines.append(
            MediumLine(
                name=medium.name,
                kind=medium.kind,
                state=state,
                source=source.name if source else "",
                # What a site carries is printed under many outlets' names.
                items=published[source.id] if source else items,
                vouched_by=tuple(
                    dict.fromkeys(
                        name
                        for entry in known.ledger
                        if source is not None and entry.source == source.id
                        for name in _vouchers(known, entry)
                    )
                ),
            )
        )
    return tuple(lines)


def _medium_key(name: str, home: str) -> str:
    """A medium's name without notes, what it is, and the plan's own place."""
    bare = comparable(_MEDIUM_KIND.sub("", _NOTE.sub("", name)))
    for place in (home, home[:-1]):
        if place and bare.startswith(place) and len(bare) > len(place) + 1:
            bare = bare.removeprefix(place)
            break
    return bare.removeprefix("市") if home.endswith("市") else bare


def unchecked_lines(
    known: Known,
    sources: Sequence[SourceLine],
    media: Sequence[MediumLine],
    totals: Totals,
) -> tuple[str, ...]:
    """未查范围: one sentence for each thing that was not, or not completely, looked at."""
    said = [f"{hole}。" for hole in holes_of(sources, alarms=True)]
    if not sources:
        said.append("没有采集或导入任何来源。")
    names = [line.name for line in media if line.state == "unchecked"]
    if names:
        said.append(f"方案点名的媒体未查 {len(names)} 家：{'、'.join(names)}。")
    partly = [f"{line.name} {line.items} 条" for line in media if line.state == "seen"]
    if partly:
        said.append(f"方案点名的媒体只见零星收录、是否收全不明：{'、'.join(partly)}。")
    if totals.undated:
        said.append(f"{totals.undated} 条没有发布日期，未计入任何统计周期。")
    if totals.unclassified:
        said.append(f"{totals.unclassified} 篇报道尚未归类（先运行 xuanjian classify）。")
    unread = totals.counted - totals.reviewed
    if unread:
        by = "" if totals.unclassified else "，其归类为机器判断"
        said.append(f"{unread} 篇计入报道未经人工复核{by}。")
    if not known.home:
        said.append("方案未写明地域，属地未判定，全部计入。")
    elif totals.stories and not totals.counted:
        said.append(
            f"没有一篇报道属地符合（属地：{known.note.home}；如不对，在 xuanjian.toml 设 plan.home）。"
        )
    return tuple(said)
