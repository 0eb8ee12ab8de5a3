"""The audit itself: from what is known to one frozen ``CoverageReport``.

Hides: how stories, assignments, reviews and the ledger are tallied by theme and month. Pure:
it reads no store, no clock and no settings; everything comes in through ``Known``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.coverage.bounds import Frame, Sampled
from pipeline.coverage.checked import holes_of, media_lines, source_lines, unchecked_lines
from pipeline.coverage.known import Known, KnownStory
from pipeline.coverage.periods import months_of
from pipeline.coverage.report import (
    LOCALITY_NAMES,
    AssignmentState,
    CoverageReport,
    ItemLine,
    SampleEstimate,
    StoryLine,
    StoryTheme,
    Tally,
    ThemeLine,
    Totals,
)
from pipeline.coverage.states import Ground, decide
from pipeline.coverage.units import UnitFinder, unit_lines
from pipeline.news import LEVEL_NAMES
from pipeline.plan.model import PlanNode
from pipeline.store.assignments import Decision
from pipeline.text import squeeze

__all__ = ["audit"]

EXCERPT = 220
"""Characters of the original's text a story line carries."""

QUEUE = 10
"""Stories proposed for review per theme, at most."""


def audit(known: Known) -> CoverageReport:
    """Tally, decide and word one report."""
    finder = UnitFinder(known.plan.units, known.judge.home)
    lines = tuple(_story_line(story, known, finder) for story in known.stories)
    dated = tuple(line for line in lines if line.day)
    counted = tuple(line for line in dated if line.counted)
    undated = tuple(line for line in lines if not line.day)
    texts = {story.id: f"{story.items[0].title}\n{story.text}" for story in known.stories}
    sources = source_lines(known, dated)
    media = media_lines(known, dated)
    unclassified = sum(line.id not in known.assignments for line in counted)
    ground = Ground(
        stories=len(counted),
        undated=sum(line.counted for line in undated),
        not_counted=len(dated) - len(counted),
        unclassified=unclassified,
        sources=len(sources),
        holes=holes_of(sources),
        media_unchecked=tuple(line.name for line in media if line.state in ("unchecked", "seen")),
        begun=known.period.first <= known.generated_at[:10],
    )
    months = months_of(known.period)
    frame = Frame.of(known, [line.id for line in counted], [x.id for x in undated if x.counted])
    sampled = {theme.id: frame.sampled(theme.id) for theme in known.themes} if frame else {}
    totals = Totals(
        items=sum(len(line.items) for line in dated),
        stories=len(dated),
        reprints=sum(len(line.items) - 1 for line in dated),
        counted=len(counted),
        reviewed=sum(_read_through(line.id, known) for line in counted),
        by_locality={code: sum(x.locality == code for x in dated) for code in LOCALITY_NAMES},
        undated=sum(len(line.items) for line in undated),
        themeless=sum(not _standing(line) for line in counted),
        unclassified=unclassified,
    )
    return CoverageReport(
        generated_at=known.generated_at,
        plan=known.note,
        period=known.period,
        model=known.model,
        months=months,
        themes=tuple(
            _theme_line(theme, known, counted, undated, months, ground, sampled.get(theme.id))
            for theme in known.themes
        ),
        stories=dated,
        units=unit_lines(known.plan.units, counted, texts, finder),
        sources=sources,
        media=media,
        totals=totals,
        unchecked=(
            *unchecked_lines(known, sources, media, totals),
            *_audit_lines(known, tuple(sampled.values())),
        ),
    )


def _audit_lines(known: Known, sampled: Sequence[Sampled]) -> list[str]:
    """What must be said of the period's audits."""
    said = [f"抽查 {number} 按方案修订前的条目抽取，未用于推算。" for number in known.stale_audits]
    changed = sum(one.changed for one in sampled)
    if changed:
        said.append(
            f"抽查 {sampled[0].audit} 判完后又有 {changed} 处改判，推算按前后两种判定取宽。"
        )
    late = max((one.late for one in sampled), default=0)
    if late:
        said.append(
            f"抽查 {sampled[0].audit} 抽取之后新入 {late} 篇未判，推算时按可能属实计入上限。"
        )
    return said


def _story_line(story: KnownStory, known: Known, finder: UnitFinder) -> StoryLine:
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
    code = locality.code
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
        units=finder.named_in(f"{original.title}\n{story.text}"),
        reviewer="、".join(reviewers),
        flags=tuple(sorted({flag for item in story.items for flag in item.flags})),
    )


def _state(assigned: bool, decision: Decision | None) -> AssignmentState | None:
    if decision is None:
        return "machine" if assigned else None
    if decision.belongs:
        return "confirmed" if assigned else "corrected"
    return "rejected" if assigned else None


def _read_through(story: str, known: Known) -> bool:
    """Whether a person decided every theme of the scheme for a story."""
    held = known.decisions.get(story, {})
    return all(theme.id in held for theme in known.themes)


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
    undated: Sequence[StoryLine],
    months: tuple[str, ...],
    ground: Ground,
    sampled: Sampled | None,
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
    said = [known.decisions.get(line.id, {}).get(theme.id) for line in counted]
    decided = sum(decision is not None for decision in said)
    # A confirmed story without a date may belong to the period: only a denied one is settled.
    for line in undated:
        decision = known.decisions.get(line.id, {}).get(theme.id)
        decided += line.counted and decision is not None and not decision.belongs
    verdict = decide(tally, known.bar, decided, ground, sampled)
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
        estimate=_estimate(sampled, known, ground, tally, decided),
    )


def _estimate(
    sampled: Sampled | None, known: Known, ground: Ground, tally: Tally, decided: int
) -> SampleEstimate | None:
    if sampled is None or sampled.missing or known.audit is None:
        return None
    possible = tally.verified + ground.to_read - decided
    low, high, ceiling = sampled.limits(tally.verified, possible)
    return SampleEstimate(
        audit=sampled.audit,
        read=sampled.read,
        low=low,
        high=high if tally.verified else ceiling,
        population=ground.stories,
        model=known.audit.model[1],
    )
