"""The audit itself: from what is known to one frozen ``CoverageReport``.

Hides: how stories, assignments, reviews and the ledger are tallied by theme and month. Pure:
it reads no store, no clock and no settings; everything comes in through ``Known``. What is counted
is counted over all stories; what is listed are those ``known.stories`` holds in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.clock import beijing_day
from pipeline.coverage.bounds import Frame, Sampled
from pipeline.coverage.checked import holes_of, media_lines, source_lines, unchecked_lines
from pipeline.coverage.known import Known, KnownStory
from pipeline.coverage.listing import queue_of, rows_to_list, standing_order
from pipeline.coverage.marks import Marks, mark_state, marks_of, tallies
from pipeline.coverage.offices import office_lines, theme_offices
from pipeline.coverage.parts import Part, decided_of, estimate_of
from pipeline.coverage.periods import months_of
from pipeline.coverage.report import (
    CoverageReport,
    ItemLine,
    StoryLine,
    StoryTheme,
    Tally,
    TermLine,
    ThemeLine,
    Totals,
)
from pipeline.coverage.states import Ground, Verdict, decide, over_terms
from pipeline.coverage.terms import terms_of
from pipeline.coverage.units import Sighting, unit_lines
from pipeline.genre import CARRIERS, GENRES
from pipeline.news import NewsItem
from pipeline.plan.model import PlanNode
from pipeline.store.columns import LEVELS, LOCALITIES
from pipeline.store.folding import Reprint, publisher_of
from pipeline.text import squeeze

__all__ = ["audit", "stories_to_list"]

EXCERPT = 220
"""Characters of the original's text a story line carries."""


def stories_to_list(known: Known) -> tuple[str, ...]:
    """Ids of the stories the report on ``known`` lists, by day and id."""
    marks = [marks_of(known, place) for place in range(len(known.themes))]
    return tuple(known.columns.ids[row] for row in rows_to_list(known, marks))


def audit(known: Known) -> CoverageReport:
    """Tally, decide and word one report."""
    columns = known.columns
    lines = tuple(_story_line(story, known) for story in known.stories)
    sources = source_lines(known)
    media = media_lines(known)
    counted = int(known.counted.sum())
    dated = int(known.dated.sum())
    ground = Ground(
        stories=counted,
        undated=int((known.counts & ~known.dated).sum()),
        not_counted=dated - counted,
        unclassified=int((known.counted & ~columns.classified).sum()),
        sources=len(sources),
        holes=holes_of(sources),
        media_unchecked=tuple(line.name for line in media if line.state in ("unchecked", "seen")),
        begun=known.period.first <= beijing_day(known.generated_at),
    )
    months = months_of(known.period)
    cells = _Cells.of(known, months)
    listed = np.zeros(len(columns.ids), dtype=np.bool_)
    listed[list(columns.rows.of(line.id for line in lines).values())] = True
    marks = [marks_of(known, place).where(known.counted) for place in range(len(known.lines))]
    of_themes = marks[: len(known.themes)]
    frame = Frame.of(known)
    sampled = {theme.id: frame.sampled(theme.id) for theme in known.lines} if frame else {}
    terms = terms_of(known.plan, known.note.scheme, known.period)
    parts = [Part.of(known, term, ground, frame) for term in terms] if len(terms) > 1 else []
    totals = _totals(known, of_themes, ground, len(lines))
    found = tuple(
        _over_terms(
            _theme_line(theme, known, mine, cells, listed, ground, sampled.get(theme.id)),
            [part.line(known, theme, mine) for part in parts],
            parts,
        )
        for theme, mine in zip(known.lines, marks, strict=True)
    )
    return CoverageReport(
        generated_at=known.generated_at,
        plan=known.note,
        period=known.period,
        model=known.model,
        months=months,
        terms=terms if parts else (),
        themes=found[: len(known.themes)],
        groups=found[len(known.themes) :],
        offices=office_lines(known.plan, known.themes, of_themes),
        stories=lines,
        units=unit_lines(known.plan.units, _sightings(known), (line.id for line in lines)),
        sources=sources,
        media=media,
        totals=totals,
        unchecked=(
            *unchecked_lines(known, sources, media, totals),
            *_audit_lines(known, tuple(sampled.values())),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    """By row the place of its cell in each of a theme's tables; arrays have shape (n,)."""

    months: NDArray[np.int64]
    month_count: int
    levels: NDArray[np.int8]
    carriers: NDArray[np.int8]
    genres: NDArray[np.int8]

    @classmethod
    def of(cls, known: Known, months: Sequence[str]) -> _Cells:
        firsts = [date.fromisoformat(f"{month}-01").toordinal() for month in months]
        at = np.searchsorted(np.array(firsts), known.columns.days, side="right") - 1
        columns = known.columns
        # Stories folded before there were carriers and genres have none till they are folded anew.
        carriers = np.where(columns.carriers < 0, CARRIERS.index("other"), columns.carriers)
        genres = np.where(columns.genres < 0, GENRES.index("unknown"), columns.genres)
        return cls(at, len(months), columns.levels, carriers, genres)


def _totals(known: Known, marks: Sequence[Marks], ground: Ground, listed: int) -> Totals:
    columns = known.columns
    standing = np.zeros(len(columns.ids), dtype=np.bool_)
    for one in marks:
        standing[one.standing.rows] = True
    dated = int(known.dated.sum())
    items = int(columns.sizes[known.dated].sum())
    themes = {theme.id for theme in known.themes}
    return Totals(
        items=items,
        stories=dated,
        reprints=items - dated,
        counted=ground.stories,
        reviewed=sum(
            bool(known.counted[row]) and themes <= held.keys()
            for row, held in known.decided.items()
        ),
        by_locality=_localities(known, known.dated),
        not_counted=_localities(known, known.dated & ~known.counted),
        undated=int(columns.sizes[~known.dated].sum()),
        themeless=int((known.counted & ~standing).sum()),
        unclassified=ground.unclassified,
        unlisted=dated - listed,
    )


def _localities(known: Known, rows: NDArray[np.bool_]) -> dict[str, int]:
    where = np.bincount(known.columns.localities[rows], minlength=len(LOCALITIES)).tolist()
    return dict(zip(LOCALITIES, where, strict=True))


def _sightings(known: Known) -> list[Sighting]:
    return [
        Sighting(known.columns.ids[row], named, interviewed)
        for row, (named, interviewed) in known.columns.named.items()
        if known.counted[row]
    ]


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


def _over_terms(whole: ThemeLine, lines: Sequence[TermLine], parts: Sequence[Part]) -> ThemeLine:
    if not parts:
        return whole
    verdict = over_terms(
        Verdict(whole.state, whole.reason, whole.next_step),
        whole.tally.verified,
        [
            (
                part.name,
                Verdict(line.state, line.reason, line.next_step),
                part.ground.begun,
            )
            for part, line in zip(parts, lines, strict=True)
        ],
    )
    return msgspec.structs.replace(
        whole,
        state=verdict.state,
        reason=verdict.reason,
        next_step=verdict.next_step,
        by_term=tuple(lines),
    )


def _story_line(story: KnownStory, known: Known) -> StoryLine:
    original = story.items[0]
    internal = all("internal" in item.flags for item in story.items)
    held = known.decisions.get(story.id, {})
    named = {assignment.theme: assignment for assignment in story.assignments}
    themes = []
    for theme in known.themes:
        said = named.get(theme.id)
        state = mark_state(said is not None and said.assigned, held.get(theme.id))
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
    return StoryLine(
        id=story.id,
        title=original.title,
        day=story.day,
        outlet=original.outlet,
        level=story.level,
        locality=story.fact.locality,
        locality_reason="内部简报，不计为媒体报道" if internal else story.fact.reason,
        counted=story.fact.locality in known.localities and not internal,
        excerpt=squeeze(story.text)[:EXCERPT],
        items=tuple(
            _item_line(item, names, story.reprints.get(item.id), original=index == 0)
            for index, item in enumerate(story.items)
        ),
        themes=tuple(themes),
        units=story.fact.units,
        reviewer="、".join(reviewers),
        flags=tuple(sorted({flag for item in story.items for flag in item.flags})),
    )


def _item_line(
    item: NewsItem, names: Mapping[str, str], reprint: Reprint | None, *, original: bool
) -> ItemLine:
    return ItemLine(
        id=item.id,
        title=item.title,
        day=(item.date or "")[:10] or None,
        outlet=publisher_of(item, reprint, names),
        source=names.get(item.source, item.source),
        url=item.url,
        level=item.level,
        original=original,
        reprint_of=reprint.outlet if reprint else "",
        edits=reprint.edits if reprint else (),
    )


def _theme_line(
    theme: PlanNode,
    known: Known,
    marks: Marks,
    cells: _Cells,
    listed: NDArray[np.bool_],
    ground: Ground,
    sampled: Sampled | None,
) -> ThemeLine:
    ids = known.columns.ids
    by_month = tallies(marks, cells.months, cells.month_count)
    by_level = dict(zip(LEVELS, tallies(marks, cells.levels, len(LEVELS)), strict=True))
    by_carrier: dict[str, Tally] = dict(
        zip(CARRIERS, tallies(marks, cells.carriers, len(CARRIERS)), strict=True)
    )
    by_genre: dict[str, Tally] = dict(
        zip(GENRES, tallies(marks, cells.genres, len(GENRES)), strict=True)
    )
    lead, offices = theme_offices(known.plan, theme)
    tally = sum(by_month, Tally())
    decided = decided_of(known, theme.id, known.counts)
    verdict = decide(tally, known.bar_of(theme.id), decided, ground, sampled)
    return ThemeLine(
        id=theme.id,
        number=theme.number,
        title=theme.label,
        text=theme.text,
        state=verdict.state,
        reason=verdict.reason,
        next_step=verdict.next_step,
        bar=known.bar_of(theme.id),
        tally=tally,
        by_month=by_month,
        by_level=by_level,
        by_carrier=by_carrier,
        by_genre=by_genre,
        lead_offices=lead,
        offices=offices,
        stories=tuple(ids[row] for row in standing_order(known, marks.where(listed))),
        queue=tuple(ids[row] for row in queue_of(known, marks)),
        estimate=estimate_of(sampled, known, ground, tally, decided),
    )
