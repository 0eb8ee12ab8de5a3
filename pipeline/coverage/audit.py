"""The audit itself: from what is known to one frozen ``CoverageReport``.

Hides: how stories, assignments, reviews and the ledger are tallied by theme and month. Pure:
it reads no store, no clock and no settings; everything comes in through ``Known``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.coverage.periods import days_missing, months_of
from pipeline.coverage.report import (
    ALARM_NAMES,
    LOCALITY_NAMES,
    AssignmentState,
    ColumnLine,
    CoverageReport,
    ItemLine,
    LocalityCode,
    MediumLine,
    ModelNote,
    Period,
    PlanNote,
    SourceLine,
    StoryLine,
    StoryTheme,
    Tally,
    ThemeLine,
    Totals,
)
from pipeline.coverage.states import Ground, decide
from pipeline.coverage.units import unit_lines, units_named
from pipeline.locality import LocalityJudge
from pipeline.news import LEVEL_NAMES, NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.runs import LedgerEntry, SourceRecord, Window
from pipeline.text import comparable, squeeze

__all__ = ["Known", "KnownStory", "audit"]

EXCERPT = 220
"""Characters of the original's text a story line carries."""

QUEUE = 10
"""Stories proposed for review per theme, at most."""


@dataclass(frozen=True)
class KnownStory:
    """A story with its items, the original first."""

    id: str
    day: str | None
    level: str
    items: tuple[NewsItem, ...]

    @property
    def text(self) -> str:
        """The fullest text any of its items has."""
        return max((item.text for item in self.items), key=len)


@dataclass(frozen=True)
class Known:
    """Everything an audit rests on.

    Args:
        stories: stories whose day lies in the period, and the undated ones.
        assignments: by story id; a story without an entry was not classified.
        decisions: by story id and theme id.
        windows: by (source id, column): days known to be complete.
    """

    plan: Plan
    note: PlanNote
    themes: tuple[PlanNode, ...]
    period: Period
    bar: int
    localities: frozenset[str]
    model: ModelNote
    generated_at: str
    judge: LocalityJudge
    stories: tuple[KnownStory, ...]
    assignments: Mapping[str, tuple[StoredAssignment, ...]] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, Decision]] = field(default_factory=dict)
    sources: tuple[SourceRecord, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    windows: Mapping[tuple[str, str], tuple[Window, ...]] = field(default_factory=dict)


def audit(known: Known) -> CoverageReport:
    """Tally, decide and word one report."""
    lines = tuple(_story_line(story, known) for story in known.stories)
    dated = tuple(line for line in lines if line.day)
    counted = tuple(line for line in dated if line.counted)
    undated = tuple(line for line in lines if not line.day)
    texts = {story.id: f"{story.items[0].title}\n{story.text}" for story in known.stories}
    sources = _source_lines(known, dated)
    media = _media_lines(known)
    ground = Ground(
        stories=len(counted),
        undated=sum(line.counted for line in undated),
        sources=len(sources),
        holes=_holes(sources),
        media_unchecked=tuple(line.name for line in media if line.state == "unchecked"),
    )
    months = months_of(known.period)
    to_read = [line.id for line in lines if line.counted]
    totals = Totals(
        items=sum(len(line.items) for line in dated),
        stories=len(dated),
        reprints=sum(len(line.items) - 1 for line in dated),
        counted=len(counted),
        reviewed=sum(1 for line in counted if known.decisions.get(line.id)),
        by_locality={code: sum(x.locality == code for x in dated) for code in LOCALITY_NAMES},
        undated=sum(len(line.items) for line in undated),
        themeless=sum(not _standing(line) for line in counted),
    )
    return CoverageReport(
        generated_at=known.generated_at,
        plan=known.note,
        period=known.period,
        model=known.model,
        months=months,
        themes=tuple(
            _theme_line(theme, known, counted, months, ground, to_read) for theme in known.themes
        ),
        stories=dated,
        units=unit_lines(known.plan.units, counted, texts),
        sources=sources,
        media=media,
        totals=totals,
        unchecked=_unchecked(known, sources, media, totals, counted),
    )


def _story_line(story: KnownStory, known: Known) -> StoryLine:
    original = story.items[0]
    locality = known.judge.judge(original, original.level)
    internal = all("internal" in item.flags for item in story.items)
    reason = "内部简报，不计为媒体报道" if internal else locality.reason
    held = known.decisions.get(story.id, {})
    named = {assignment.theme: assignment for assignment in known.assignments.get(story.id, ())}
    themes = []
    for theme in known.themes:
        said = named.get(theme.id)
        state = _state(said is not None and said.assigned, held.get(theme.id))
        if state is not None:
            themes.append(
                StoryTheme(
                    theme=theme.id,
                    probability=said.probability if said else 0.0,
                    state=state,
                    evidence=said.evidence if said else (),
                )
            )
    names = {source.id: source.name for source in known.sources}
    reviewers = sorted({decision.reviewer for decision in held.values()})
    code: LocalityCode = locality.code
    return StoryLine(
        id=story.id,
        title=original.title,
        day=story.day,
        outlet=original.outlet,
        level=story.level,
        locality=code,
        locality_reason=reason,
        counted=code in known.localities and not internal,
        excerpt=squeeze(story.text)[:EXCERPT],
        items=tuple(
            ItemLine(
                id=item.id,
                title=item.title,
                day=(item.date or "")[:10] or None,
                outlet=item.outlet,
                source=names.get(item.source, item.source),
                url=item.url,
                level=item.level,
                original=index == 0,
            )
            for index, item in enumerate(story.items)
        ),
        themes=tuple(themes),
        units=units_named(known.plan.units, f"{original.title}\n{story.text}"),
        reviewer="、".join(reviewers),
        flags=tuple(sorted({flag for item in story.items for flag in item.flags})),
    )


def _state(assigned: bool, decision: Decision | None) -> AssignmentState | None:
    if decision is None:
        return "machine" if assigned else None
    if decision.belongs:
        return "confirmed" if assigned else "corrected"
    return "rejected" if assigned else None


def _standing(line: StoryLine) -> bool:
    return any(theme.state != "rejected" for theme in line.themes)


def _tally(states: Sequence[AssignmentState]) -> Tally:
    counts = Counter(states)
    return Tally(
        machine=counts["machine"],
        confirmed=counts["confirmed"],
        corrected=counts["corrected"],
        rejected=counts["rejected"],
    )


def _theme_line(
    theme: PlanNode,
    known: Known,
    counted: Sequence[StoryLine],
    months: tuple[str, ...],
    ground: Ground,
    to_read: Sequence[str],
) -> ThemeLine:
    found = [(line, mark) for line in counted for mark in line.themes if mark.theme == theme.id]
    by_month = tuple(
        _tally([mark.state for line, mark in found if (line.day or "")[:7] == month])
        for month in months
    )
    by_level = {
        level: _tally([mark.state for line, mark in found if line.level == level])
        for level in LEVEL_NAMES
    }
    tally = sum(by_month, Tally())
    decided = sum(theme.id in known.decisions.get(story, {}) for story in to_read)
    verdict = decide(tally, known.bar, decided, ground)
    ranked = sorted(
        (pair for pair in found if pair[1].state != "rejected"),
        key=lambda pair: (
            pair[1].state == "machine",
            -pair[1].probability,
            pair[0].day,
            pair[0].id,
        ),
    )
    return ThemeLine(
        id=theme.id,
        number=theme.number,
        title=theme.title,
        text=theme.text,
        state=verdict.state,
        reason=verdict.reason,
        next_step=verdict.next_step,
        bar=known.bar,
        tally=tally,
        by_month=by_month,
        by_level=by_level,
        stories=tuple(line.id for line, _ in ranked),
        queue=tuple(line.id for line, mark in ranked if mark.state == "machine")[:QUEUE],
    )


def _source_lines(known: Known, lines: Sequence[StoryLine]) -> tuple[SourceLine, ...]:
    items: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    dated = {line.id for line in lines}
    for story in known.stories:
        if story.id in dated:
            items.update(item.source for item in story.items)
            stories.update({item.source for item in story.items})
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
    )


def _holes(sources: Sequence[SourceLine]) -> tuple[str, ...]:
    """What is not known to be complete, the alarms first."""
    alarmed, partial = [], []
    for source in sources:
        if not source.columns:
            partial.append(f"{source.name}没有采集台账")
        for column in source.columns:
            name = f"{source.name}“{column.column}”" if column.column else source.name
            if column.alarms:
                words = "、".join(ALARM_NAMES.get(alarm, alarm) for alarm in column.alarms)
                alarmed.append(f"{name}{words}")
            elif not column.complete:
                partial.append(f"{name}缺 {column.missing_days} 天")
    return (*alarmed, *partial)


def _media_lines(known: Known) -> tuple[MediumLine, ...]:
    """The plan's media; one is crawled when a source that was read completely carries its name."""
    read = {entry.source for entry in known.ledger if entry.extracted or entry.known}
    lines = []
    for medium in known.plan.media:
        name = comparable(medium.name)
        source = next(
            (s for s in known.sources if s.id in read and name in comparable(s.name)), None
        )
        lines.append(
            MediumLine(
                name=medium.name,
                kind=medium.kind,
                state="crawled" if source else "unchecked",
                source=source.name if source else "",
            )
        )
    return tuple(lines)


def _unchecked(
    known: Known,
    sources: Sequence[SourceLine],
    media: Sequence[MediumLine],
    totals: Totals,
    counted: Sequence[StoryLine],
) -> tuple[str, ...]:
    """未查范围: one sentence for each thing that was not, or not completely, looked at."""
    said = [f"{hole}。" for hole in _holes(sources)]
    if not sources:
        said.append("没有采集或导入任何来源。")
    names = [line.name for line in media if line.state == "unchecked"]
    if names:
        said.append(f"方案点名的媒体未采集、未登记 {len(names)} 家：{'、'.join(names)}。")
    if totals.undated:
        said.append(f"{totals.undated} 条没有发布日期，未计入任何统计周期。")
    unclassified = sum(line.id not in known.assignments for line in counted)
    if unclassified:
        said.append(f"{unclassified} 篇报道尚未归类（先运行 xuanjian classify）。")
    unread = totals.counted - totals.reviewed
    if unread:
        said.append(f"{unread} 篇计入报道未经人工复核，其归类为机器判断。")
    if not known.judge.home:
        said.append("方案未写明地域，属地未判定，全部计入。")
    return tuple(said)
