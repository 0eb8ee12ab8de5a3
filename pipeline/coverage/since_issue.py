"""Finds 补录 and 更正: what happened to issued periods since, and was not told yet.

Hides: how what is stored now is held against what was issued. A report tells of the issued reports
before it that are of its own kind (months of months); those of its own period say nothing about it,
since a corrected version replaces them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import msgspec
from sqlalchemy.orm import Session

from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.periods import make_period, same_length
from pipeline.coverage.publications import Counting, Publication, standing
from pipeline.coverage.report import CoverageReport, Period
from pipeline.coverage.supplement import (
    LISTED,
    Correction,
    CorrectionKind,
    LateFind,
    Supplement,
)
from pipeline.coverage.taken_back import words_taken_back
from pipeline.store.assignments import Review, reviews_of
from pipeline.store.plans import StoredPlan
from pipeline.store.signed import Issued, StoredCorrection, issued_body, issued_reports
from pipeline.store.since_issue import (
    corrections_told,
    gone_or_moved,
    issued_items,
    issued_originals,
    not_issued,
    reviewed_items_since,
    told_late,
)
from pipeline.store.stories import stories_by_id, story_of
from pipeline.text import comparable

__all__ = ["Late", "Since", "corrections_of", "since_issue"]


@dataclass(frozen=True)
class Late:
    """A publication that came after its period was issued. It is ``original`` where it is the first
    of a story that was not counted before."""

    publication: Publication
    period: Period


@dataclass(frozen=True)
class Since:
    """All that a report has to tell of earlier periods."""

    late: tuple[Late, ...] = ()
    corrections: tuple[tuple[int, Correction], ...] = ()
    """Each with the number of the issued report it corrects."""
    told_elsewhere: int = 0

    def stored_corrections(self) -> Iterator[StoredCorrection]:
        """For an issue to keep."""
        for corrected, one in self.corrections:
            yield StoredCorrection(corrected, msgspec.json.encode(one))

    def supplement(self) -> Supplement | None:
        """For a report to show; None where there is nothing to tell."""
        if not (self.late or self.corrections or self.told_elsewhere):
            return None
        originals = [one for one in self.late if one.publication.original]
        reprints = [one for one in self.late if not one.publication.original]
        by_theme = Counter(theme for one in originals for theme in standing(one.publication))
        return Supplement(
            late_stories=len(originals),
            late_reprints=len(reprints),
            late=tuple(_late_find(one) for one in (originals + reprints)[:LISTED]),
            late_by_theme=dict(sorted(by_theme.items())),
            told_elsewhere=self.told_elsewhere,
            corrections_total=len(self.corrections),
            corrections=tuple(one for _, one in self.corrections[:LISTED]),
        )


def since_issue(
    session: Session, stored: StoredPlan, options: AuditOptions, scheme: str, period: Period
) -> Since:
    """What the report of ``scheme`` over ``period`` has to tell of issued periods before it."""
    reports = issued_reports(session, plan=stored.name, scheme=scheme)
    series = [one for one in reports if same_length(_period(one), period)]
    others = [one for one in series if _period(one) != period]
    if not others:
        return Since()
    counting = Counting.of(session, stored, options)
    earlier = {one.key: one for one in others if one.key.last < period.first}
    told = [one.id for one in others]
    late = [one for found in earlier.values() for one in _late(counting, found, told)]
    corrections = [
        (found.id, one)
        for found in earlier.values()
        for one in corrections_of(counting, found, telling=told)
    ]
    return Since(
        late=tuple(
            sorted(late, key=lambda one: (one.publication.story_day, one.publication.story))
        ),
        corrections=tuple(corrections),
        told_elsewhere=told_late(session, told, period.first, period.last),
    )


def corrections_of(
    counting: Counting, issued: Issued, *, telling: Iterable[int] = ()
) -> tuple[Correction, ...]:
    """How an issued report differs from what is stored now, by its order of publications.

    Args:
        telling: issued reports whose own corrections count as told; what changed again since
            they told of it is told again, from the value they gave.
    """
    session = counting.session
    knows = {(theme.id, comparable(theme.title)) for theme in counting.themes}
    told = _told(session, issued, telling)
    found: list[Correction] = []

    def tell(correction: Correction) -> None:
        before = told.get(correction.about, correction.old)
        if _meaning(correction.kind, before) != _meaning(correction.kind, correction.new):
            found.append(msgspec.structs.replace(correction, old=before))

    @cache
    def recorded() -> CoverageReport:
        return msgspec.json.decode(issued_body(session, issued), type=CoverageReport)

    for row, is_stored, day in gone_or_moved(session, issued):
        publication = _decoded(row.body)
        if not is_stored:
            tell(_correction("withdrawn", issued, publication, old="counted", new="withdrawn"))
        elif row.original:
            old, new = publication.story_day, day or ""
            tell(_correction("date", issued, publication, old=old, new=new))
    for taken in words_taken_back(session, issued, recorded):
        tell(taken)
    changed = reviewed_items_since(session, issued.key.plan, issued.last_review)
    if not changed:
        return tuple(found)
    reviews = _newest(reviews_of(session, counting.stored.id), frozenset(changed))
    stories = stories_by_id(session, sorted(set(story_of(session, changed).values())))
    rows = issued_originals(session, issued, sorted({x for one in stories for x in one.items}))
    now_in = story_of(session, [row.item for row in rows])
    states = counting.states_of(sorted(set(now_in.values())))
    members = {item: one.items for one in stories for item in one.items}
    themes = [line for line in recorded().themes if (line.id, comparable(line.title)) in knows]
    for row in rows:
        publication = _decoded(row.body)
        held = states.get(now_in.get(row.item, ""), {})
        review = next(
            (reviews[item] for item in members.get(row.item, ()) if item in reviews), None
        )
        for theme in themes:
            tell(
                _correction(
                    "decision",
                    issued,
                    publication,
                    theme=theme.id,
                    theme_title=f"{theme.number}{theme.title}",
                    old=publication.themes.get(theme.id, ""),
                    new=held.get(theme.id, ""),
                    by=review.reviewer if review else "",
                    at=review.at if review else "",
                )
            )
    return tuple(found)


def _late(counting: Counting, issued: Issued, told: Sequence[int]) -> Iterator[Late]:
    """Publications dated in an issued period that none of the reports ``told`` counted."""
    session, key = counting.session, issued.key
    items = frozenset(not_issued(session, told, key.first, key.last))
    stories = stories_by_id(session, sorted(set(story_of(session, items).values())))
    known = issued_items(session, told, (item for story in stories for item in story.items))
    counted = {story.id for story in stories if known.intersection(story.items)}
    period = _period(issued)
    for publication in counting.of_stories(story.id for story in stories):
        if publication.item in items:
            late = msgspec.structs.replace(
                publication,
                late=period.first,
                original=publication.original and publication.story not in counted,
            )
            yield Late(late, period)


def _late_find(late: Late) -> LateFind:
    one = late.publication
    return LateFind(
        item=one.item,
        story=one.story,
        title=one.title,
        day=one.day,
        outlet=one.outlet,
        level=one.level,
        url=one.url,
        period=late.period,
        counts=one.original,
        themes={**one.themes},
    )


def _correction(
    kind: CorrectionKind,
    issued: Issued,
    publication: Publication,
    *,
    old: str,
    new: str,
    theme: str = "",
    theme_title: str = "",
    by: str = "",
    at: str = "",
) -> Correction:
    return Correction(
        kind=kind,
        period=_period(issued),
        version=issued.version,
        item=publication.item,
        title=publication.title,
        theme=theme,
        theme_title=theme_title,
        old=old,
        new=new,
        by=by,
        at=at,
    )


def _told(session: Session, issued: Issued, telling: Iterable[int]) -> dict[tuple[str, ...], str]:
    """By what it is about: the newest value a later report gave."""
    decoder = msgspec.json.Decoder(Correction)
    told: dict[tuple[str, ...], str] = {}
    for stored in corrections_told(session, [issued.id], frozenset(telling)):
        one = decoder.decode(stored.body)
        told[one.about] = one.new
    return told


def _meaning(kind: CorrectionKind, value: str) -> str:
    """What makes two values differ: of an assignment what people decided, not what a model did."""
    if kind != "decision":
        return value
    return {"confirmed": "yes", "corrected": "yes", "rejected": "no"}.get(value, "")


def _newest(reviews: Iterable[Review], items: frozenset[str]) -> dict[str, Review]:
    return {review.item: review for review in reviews if review.item in items}


def _period(issued: Issued) -> Period:
    first, last = map(date.fromisoformat, (issued.key.first, issued.key.last))
    return make_period(first, last)


def _decoded(body: bytes) -> Publication:
    return msgspec.json.decode(body, type=Publication)
