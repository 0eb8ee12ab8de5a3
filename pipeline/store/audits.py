"""Audits 抽查 as stored: what was drawn from what, and what it was closed with.

Hides: that the population and its scores are frozen at the draw, how a story of the draw is found
again after stories were folded anew (by its original), and when a sample is closed: as soon as a
person has decided every theme of every drawn story, what they said is kept beside the sample, so
that a decision changed later is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import schemes
from pipeline.store.assignments import decisions, numbered_reviews
from pipeline.store.plans import StoredPlan
from pipeline.store.store import now
from pipeline.store.tables import AuditRow, AuditStoryRow, PlanRow, StoryItemRow

__all__ = [
    "AuditedStory",
    "StoredAudit",
    "audits_of",
    "close_about",
    "close_complete",
    "extend_audit",
    "get_audit",
    "save_audit",
    "undecided_sample",
]

_CHUNK = 500
_Row = TypeVar("_Row")


class AuditedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story of the population, as it was at the draw.

    ``look`` is the look that drew it, from 1; 0 where none did. ``closed_themes`` are the themes
    it belonged to when the sample was closed, None before that.
    """

    story: str
    item: str
    stratum: str
    look: int = 0
    scores: Mapping[str, float] = {}
    closed_themes: tuple[str, ...] | None = None


class StoredAudit(msgspec.Struct, frozen=True, kw_only=True):
    """One audit with its population, by story id. ``id`` is 0 before it is stored."""

    id: int = 0
    scheme: str
    scheme_fingerprint: str
    period: tuple[str, str]
    seed: int
    at_most: int
    model: tuple[str, str]
    """Name and fingerprint of the model whose scores were frozen."""
    looks: int = 1
    drawn_at: str = ""
    closed_at: str | None = None
    stories: tuple[AuditedStory, ...]

    @property
    def drawn(self) -> tuple[AuditedStory, ...]:
        """The sample."""
        return tuple(story for story in self.stories if story.look)

    def shares(self, looks: int) -> dict[str, float]:
        """By stratum n_h / N_h, what the first ``looks`` looks drew of it."""
        sizes = Counter(story.stratum for story in self.stories)
        drawn = Counter(story.stratum for story in self.stories if 0 < story.look <= looks)
        return {stratum: drawn[stratum] / size for stratum, size in sizes.items()}


def save_audit(session: Session, stored: StoredPlan, audit: StoredAudit) -> StoredAudit:
    """Store a draw.

    Raises:
        BadInput: ``audit-exists`` when the same themes and period have one: a second sample would
            be a fourth look.
    """
    for other in audits_of(session, stored, audit.scheme, audit.period, stories=False):
        if other.scheme_fingerprint == audit.scheme_fingerprint:
            raise BadInput(
                f"audit {other.id} of {stored.name} was drawn for this period on {other.drawn_at}",
                "audit-exists",
                "See: xuanjian audit status. More stories come from: xuanjian audit extend.",
            )
    row = AuditRow(
        plan_id=stored.id,
        scheme=audit.scheme,
        scheme_fingerprint=audit.scheme_fingerprint,
        period_from=audit.period[0],
        period_to=audit.period[1],
        seed=audit.seed,
        at_most=audit.at_most,
        model_name=audit.model[0],
        model_fingerprint=audit.model[1],
        looks=audit.looks,
        drawn_at=now(),
        closed_at=None,
    )
    session.add(row)
    session.flush()
    for part in _parts(audit.stories):
        session.execute(
            insert(AuditStoryRow),
            [
                {
                    "audit_id": row.id,
                    "story_id": story.story,
                    "item_id": story.item,
                    "stratum": story.stratum,
                    "look": story.look,
                    "scores": msgspec.json.encode(story.scores).decode(),
                    "closed_themes": None,
                }
                for story in part
            ],
        )
    return msgspec.structs.replace(audit, id=row.id, drawn_at=row.drawn_at)


def audits_of(
    session: Session,
    stored: StoredPlan,
    scheme: str = "",
    period: tuple[str, str] | None = None,
    *,
    stories: bool = True,
) -> tuple[StoredAudit, ...]:
    """The audits of a plan in any of its versions, oldest first; of one scheme and period where
    they are given. Without ``stories`` their populations are left out."""
    query = select(AuditRow).join(PlanRow, PlanRow.id == AuditRow.plan_id)
    query = query.where(PlanRow.name == stored.name).order_by(AuditRow.id)
    if scheme:
        query = query.where(AuditRow.scheme == scheme)
    if period:
        query = query.where(AuditRow.period_from == period[0], AuditRow.period_to == period[1])
    return tuple(_audit(session, row, stories) for row in session.scalars(query).all())


def sample_sizes(session: Session, audit: int, read: str) -> tuple[int, int, int]:
    """Of an audit how many stories there were at the draw, how many were drawn, and how many it took
    as they were: those of the stratum ``read``."""
    taken = (AuditStoryRow.stratum == read).label("taken")
    drawn = (AuditStoryRow.look > 0).label("drawn")
    query = (
        select(taken, drawn, func.count())
        .where(AuditStoryRow.audit_id == audit)
        .group_by(taken, drawn)
    )
    counts = {(bool(one), bool(two)): count for one, two, count in session.execute(query)}
    before = counts.get((True, True), 0) + counts.get((True, False), 0)
    return sum(counts.values()), counts.get((False, True), 0), before


def get_audit(session: Session, stored: StoredPlan, number: int | None = None) -> StoredAudit:
    """The audit with this number, or the newest of the plan.

    Raises:
        BadInput: ``audit-missing``; ``audit-plan-changed`` when the themes it was drawn for are
            not those of the plan's version in use.
    """
    found = {audit.id: audit for audit in audits_of(session, stored)}
    if number is None:
        number = max(found, default=0)
    if number not in found:
        there = ", ".join(map(str, found)) or "none yet"
        raise BadInput(
            f"the plan {stored.name} has no audit" + (f" {number}" if found else ""),
            "audit-missing",
            f"Audits: {there}. Draw one with: xuanjian audit sample --draw -o QUEUE.",
        )
    audit = found[number]
    if not _holds_for(audit, stored):
        raise BadInput(
            f"audit {audit.id} was drawn for other themes of {stored.name} than those now in use",
            "audit-plan-changed",
            "Take that version of the plan into use again, or draw a new audit.",
        )
    return audit


def extend_audit(session: Session, audit: StoredAudit, stories: Collection[str]) -> StoredAudit:
    """Mark ``stories`` as drawn by the next look, which opens the sample again."""
    look = audit.looks + 1
    for part in _parts(sorted(stories)):
        session.execute(
            update(AuditStoryRow)
            .where(AuditStoryRow.audit_id == audit.id, AuditStoryRow.story_id.in_(part))
            .values(look=look)
        )
    row = session.get_one(AuditRow, audit.id)
    row.looks, row.closed_at = look, None
    session.flush()
    return _audit(session, row)


def close_complete(session: Session, stored: StoredPlan) -> tuple[int, ...]:
    """Close every audit of the plan whose sample is read to the end; gives their numbers.

    What was decided at an earlier closing stays as it was kept then. Audits drawn for other
    themes than those in use stay open.
    """
    closed = []
    themes = {name: [node.id for node in nodes] for name, nodes in schemes(stored.plan).items()}
    for audit in audits_of(session, stored, stories=False):
        if audit.closed_at or not _holds_for(audit, stored):
            continue
        drawn = tuple(_stories(session, audit.id, drawn=True))
        held = _decided(session, stored, [story.item for story in drawn])
        every = themes[audit.scheme]
        if not all(theme in held.get(story.item, {}) for story in drawn for theme in every):
            continue
        for story in drawn:
            if story.closed_themes is None:
                belongs = [theme for theme in every if held[story.item][theme]]
                session.execute(
                    update(AuditStoryRow)
                    .where(
                        AuditStoryRow.audit_id == audit.id, AuditStoryRow.story_id == story.story
                    )
                    .values(closed_themes=msgspec.json.encode(belongs).decode())
                )
        session.get_one(AuditRow, audit.id).closed_at = now()
        closed.append(audit.id)
    session.flush()
    return tuple(closed)


def close_about(session: Session, stored: StoredPlan, items: Collection[str]) -> tuple[int, ...]:
    """``close_complete`` where one of ``items``, just decided, is of the sample of an open audit:
    most decisions need not look at any sample."""
    drawn = (
        select(AuditStoryRow.audit_id)
        .join(AuditRow, AuditRow.id == AuditStoryRow.audit_id)
        .join(PlanRow, PlanRow.id == AuditRow.plan_id)
        .where(
            AuditStoryRow.look > 0,
            AuditStoryRow.item_id.in_(list(items)),
            AuditRow.closed_at.is_(None),
            PlanRow.name == stored.name,
        )
        .limit(1)
    )
    if session.scalar(drawn) is None:
        return ()
    return close_complete(session, stored)


def undecided_sample(
    session: Session, stored: StoredPlan, number: int
) -> tuple[tuple[AuditedStory, float], ...]:
    """The drawn stories of an audit that lack a decision on some theme, each with the probability
    it was drawn with.

    Raises:
        BadInput: ``audit-missing``, ``audit-plan-changed``.
    """
    audit = next((x for x in audits_of(session, stored, stories=False) if x.id == number), None)
    if audit is None or not _holds_for(audit, stored):
        get_audit(session, stored, number)  # says which of the two
        raise AssertionError("an audit that is there and holds was not found")
    drawn = tuple(_stories(session, audit.id, drawn=True))
    counted = select(AuditStoryRow.stratum, func.count()).where(AuditStoryRow.audit_id == audit.id)
    sizes = {row[0]: row[1] for row in session.execute(counted.group_by(AuditStoryRow.stratum))}
    read = Counter(story.stratum for story in drawn)
    every = [node.id for node in schemes(stored.plan)[audit.scheme]]
    held = _decided(session, stored, [story.item for story in drawn])
    return tuple(
        (story, read[story.stratum] / sizes[story.stratum])
        for story in drawn
        if not all(theme in held.get(story.item, {}) for theme in every)
    )


def _parts(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """At most as many at a time as one statement takes."""
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _holds_for(audit: StoredAudit, stored: StoredPlan) -> bool:
    """Whether the plan's version in use has the themes the audit was drawn for."""
    if audit.scheme not in schemes(stored.plan):
        return False
    return audit.scheme_fingerprint == scheme_fingerprint(stored.plan, audit.scheme)


def _decided(
    session: Session, stored: StoredPlan, items: Sequence[str]
) -> dict[str, dict[str, bool]]:
    """By item: theme to what was decided about the story it is part of now."""
    story_of: dict[str, str] = {}
    for part in _parts(items):
        stories = select(StoryItemRow.story_id).where(StoryItemRow.item_id.in_(part))
        rows = session.execute(
            select(StoryItemRow.item_id, StoryItemRow.story_id).where(
                StoryItemRow.story_id.in_(stories)
            )
        )
        story_of.update({row.item_id: row.story_id for row in rows})
    reviews = [
        one
        for part in _parts(sorted(story_of))
        for one in numbered_reviews(session, stored.id, part)
    ]
    reviews.sort(key=lambda one: (one[1].at, one[0]))
    held = decisions((review for _, review in reviews), story_of)
    return {
        item: {theme: said.belongs for theme, said in held.get(story, {}).items()}
        for item, story in story_of.items()
    }


def _audit(session: Session, row: AuditRow, stories: bool = True) -> StoredAudit:
    return StoredAudit(
        id=row.id,
        scheme=row.scheme,
        scheme_fingerprint=row.scheme_fingerprint,
        period=(row.period_from, row.period_to),
        seed=row.seed,
        at_most=row.at_most,
        model=(row.model_name, row.model_fingerprint),
        looks=row.looks,
        drawn_at=row.drawn_at,
        closed_at=row.closed_at,
        stories=tuple(_stories(session, row.id)) if stories else (),
    )


def _stories(session: Session, audit: int, *, drawn: bool = False) -> Iterator[AuditedStory]:
    query = select(
        AuditStoryRow.story_id,
        AuditStoryRow.item_id,
        AuditStoryRow.stratum,
        AuditStoryRow.look,
        AuditStoryRow.scores,
        AuditStoryRow.closed_themes,
    ).where(AuditStoryRow.audit_id == audit)
    if drawn:
        query = query.where(AuditStoryRow.look > 0)
    decoder = msgspec.json.Decoder(dict[str, float])
    names = msgspec.json.Decoder(tuple[str, ...])
    rows = session.execute(query.order_by(AuditStoryRow.story_id))
    for story, item, stratum, look, scores, closed in rows:
        yield AuditedStory(
            story=story,
            item=item,
            stratum=stratum,
            look=look,
            scores=decoder.decode(scores),
            closed_themes=None if closed is None else names.decode(closed),
        )
