"""Assignments 归类 by the machine and reviews 人工复核 by people.

Hides: which of several decisions about one story and theme holds (the newest that was not taken
back), how a decision about an item reaches its story, and how decisions survive a new version of
their plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from pipeline.assignment import Evidence, Grounds, ItemAssignments, PlanClause
from pipeline.labels import moment
from pipeline.store.changes import count_change
from pipeline.store.console_tables import ChangeCountRow
from pipeline.store.store import now, precise_now
from pipeline.store.tables import (
    AssignmentRow,
    ModelRow,
    PlanRow,
    ReviewRow,
    ThemeRow,
)
from pipeline.text import comparable

__all__ = [
    "Decision",
    "Review",
    "ReviewsStamp",
    "StoredAssignment",
    "add_reviews",
    "append_review",
    "assignments_of",
    "decisions",
    "items_reviewed_since",
    "model_used",
    "numbered_reviews",
    "reviews_of",
    "reviews_stamp",
    "save_assignments",
    "was_classified",
    "withdraw_reviews",
]

_CHUNK = 500
_LATE = 1_000
"""Numbers looked at for one that was committed after a higher one."""


class StoredAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said of one story and theme."""

    theme: str
    probability: float
    assigned: bool
    evidence: tuple[Evidence, ...] = ()
    answers: PlanClause | None = None
    """The clause of the plan the story answers to, where one is near."""
    units: tuple[str, ...] = ()
    """Full names of the theme's units that the story names."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One person's decision about one item: the themes it belongs to, and those it does not.

    ``at`` is ISO 8601 ('' for now); ``comment`` is what the person wrote beside the decision.
    """

    item: str
    themes: tuple[str, ...]
    not_themes: tuple[str, ...]
    reviewer: str
    at: str = ""
    chosen_by: str = "search"
    inclusion_probability: float | None = None
    comment: str = ""


@dataclass(frozen=True)
class Decision:
    """The decision that holds for one item and theme."""

    belongs: bool
    reviewer: str


def register_model(session: Session, name: str, fingerprint: str) -> int:
    """The row id of a model version, making it on first use."""
    row = session.scalars(select(ModelRow).where(ModelRow.fingerprint == fingerprint)).first()
    if row is None:
        row = ModelRow(name=name, fingerprint=fingerprint, used_at=now())
        session.add(row)
        session.flush()
    return row.id


def save_assignments(
    session: Session,
    plan_id: int,
    themes: Iterable[str],
    model: tuple[str, str],
    results: Iterable[ItemAssignments],
) -> int:
    """Replace the assignments of ``plan_id`` for ``themes`` by ``results``.

    Args:
        model: name and fingerprint of the model.
        results: one record per story, its ``id`` the story's. Evidence, clauses and units are
            kept for assigned themes only.

    Returns:
        how many stories were assigned at least one theme.
    """
    model_id = register_model(session, *model)
    session.execute(
        delete(AssignmentRow).where(
            AssignmentRow.plan_id == plan_id, AssignmentRow.theme_id.in_(list(themes))
        )
    )
    hit = 0
    for result in results:
        hit += any(theme.assigned for theme in result.themes)
        session.execute(
            insert(AssignmentRow),
            [
                {
                    "plan_id": plan_id,
                    "story_id": result.id,
                    "theme_id": theme.id,
                    "model_id": model_id,
                    "probability": theme.probability,
                    "assigned": theme.assigned,
                    "evidence": Grounds.of(theme).to_json(),
                    "clause": theme.answers.key if theme.assigned and theme.answers else "",
                    "nearness": theme.answers.similarity
                    if theme.assigned and theme.answers
                    else 0.0,
                }
                for theme in result.themes
            ],
        )
    count_change(session, "assignments")
    return hit


def assignments_of(
    session: Session, plan_id: int, stories: Iterable[str]
) -> dict[str, tuple[StoredAssignment, ...]]:
    """What the model said of ``stories``, by id; those it said nothing of are left out."""
    found: dict[str, list[StoredAssignment]] = {}
    iterator = iter(stories)
    while part := list(islice(iterator, _CHUNK)):
        query = (
            select(
                AssignmentRow.story_id,
                AssignmentRow.theme_id,
                AssignmentRow.probability,
                AssignmentRow.assigned,
                AssignmentRow.evidence,
            )
            .where(AssignmentRow.plan_id == plan_id, AssignmentRow.story_id.in_(part))
            .order_by(AssignmentRow.story_id, AssignmentRow.theme_id)
        )
        for story, theme, probability, assigned, evidence in session.execute(query):
            grounds = Grounds.from_json(evidence)
            found.setdefault(story, []).append(
                StoredAssignment(
                    theme=theme,
                    probability=probability,
                    assigned=assigned,
                    evidence=grounds.evidence,
                    answers=grounds.answers,
                    units=grounds.units,
                )
            )
    return {story: tuple(rows) for story, rows in found.items()}


def model_used(session: Session, plan_id: int) -> tuple[str, str] | tuple[()]:
    """Name and fingerprint of the model behind the plan's assignments; () before any."""
    row = session.scalars(
        select(ModelRow)
        .join(AssignmentRow, AssignmentRow.model_id == ModelRow.id)
        .where(AssignmentRow.plan_id == plan_id)
        .limit(1)
    ).first()
    return (row.name, row.fingerprint) if row else ()


def was_classified(session: Session) -> bool:
    """Whether news was ever mapped to the themes of any plan."""
    return session.scalars(select(AssignmentRow.plan_id).limit(1)).first() is not None


def add_reviews(session: Session, plan_id: int, reviews: Iterable[Review]) -> int:
    """Append decisions; gives how many were new.

    Earlier decisions stay as they were; one that is stored word for word is passed over, with a
    comment only when that is stored too. One that was taken back is not taken in again with its
    old date.
    """
    iterator = iter(reviews)
    count = 0
    while part := list(islice(iterator, _CHUNK)):
        count += _add_part(session, plan_id, part)
    return count


def _add_part(session: Session, plan_id: int, reviews: list[Review]) -> int:
    known: dict[tuple[str, str, str, str, str], set[str]] = {}
    newest: dict[tuple[str, str], tuple[str, str, str]] = {}
    asked = [review.item for review in reviews]
    rows = session.scalars(
        select(ReviewRow)
        .where(ReviewRow.plan_id == plan_id, ReviewRow.item_id.in_(asked))
        .order_by(ReviewRow.decided_at, ReviewRow.id)
    ).all()
    gone = {row.withdraws for row in rows}
    for row in rows:
        if row.withdraws is not None:
            continue
        key = (row.item_id, row.themes, row.not_themes, row.reviewer, row.decided_at)
        known.setdefault(key, {""}).add(row.comment)
        if row.id not in gone:
            newest[row.item_id, row.reviewer] = (row.themes, row.not_themes, row.comment)
    count = 0
    for review in reviews:
        words = (_written(review.themes), _written(review.not_themes))
        at = _moment(review)
        key = (review.item, *words, review.reviewer, at)
        if review.comment in known.get(key, ()):
            continue
        before = newest.get((review.item, review.reviewer), ("", "", ""))
        if not review.at and before[:2] == words and review.comment in ("", before[2]):
            continue
        session.add(_row(plan_id, review, at))
        known.setdefault(key, {""}).add(review.comment)
        newest[review.item, review.reviewer] = (*words, review.comment)
        count += 1
    session.flush()
    return count


def append_review(session: Session, plan_id: int, review: Review, bulk: int | None = None) -> int:
    """Append one decision as it is, also the same again; gives its number.

    Args:
        bulk: number of the decision in bulk it is part of.
    """
    row = _row(plan_id, review, _moment(review))
    row.bulk_id = bulk
    session.add(row)
    session.flush()
    return row.id


def withdraw_reviews(session: Session, numbers: Iterable[int], reviewer: str) -> int:
    """Take decisions back by rows of their own, so that what was decided before holds again; gives
    how many were not taken back yet."""
    count = 0
    iterator = iter(numbers)
    while part := list(islice(iterator, _CHUNK)):
        gone = set(
            session.scalars(select(ReviewRow.withdraws).where(ReviewRow.withdraws.in_(part)))
        )
        rows = session.scalars(select(ReviewRow).where(ReviewRow.id.in_(part)))
        for row in rows.all():
            if row.id in gone or row.withdraws is not None:
                continue
            said = Review(item=row.item_id, themes=(), not_themes=(), reviewer=reviewer)
            taken_back = _row(row.plan_id, said, _moment(said))
            taken_back.withdraws = row.id
            session.add(taken_back)
            count += 1
    session.flush()
    return count


def _row(plan_id: int, review: Review, at: str) -> ReviewRow:
    return ReviewRow(
        plan_id=plan_id,
        item_id=review.item,
        themes=_written(review.themes),
        not_themes=_written(review.not_themes),
        reviewer=review.reviewer,
        decided_at=at,
        chosen_by=review.chosen_by,
        inclusion_probability=review.inclusion_probability,
        comment=review.comment,
    )


def _written(themes: tuple[str, ...]) -> str:
    return msgspec.json.encode(themes).decode()


def _moment(review: Review) -> str:
    """When a decision was made, in UTC to the microsecond, so that text sorts as time does.

    Raises:
        BadInput: ``review-date`` when it is no ISO 8601 day or moment.
    """
    if not review.at:
        return precise_now()
    return moment(review.at, review.item).astimezone(UTC).isoformat(timespec="microseconds")


def reviews_of(session: Session, plan_id: int) -> tuple[Review, ...]:
    """All decisions about a plan's themes that stand, oldest first, those about its other versions
    too.

    A decision made on another version of the same plan holds for the theme of the same title
    here, whatever its number; what has no such theme, or several, is left out.
    """
    return tuple(review for _, review in numbered_reviews(session, plan_id))


def numbered_reviews(
    session: Session, plan_id: int, items: Iterable[str] | None = None
) -> tuple[tuple[int, Review], ...]:
    """What ``reviews_of`` gives, each with its number; only those about ``items``, a few hundred at
    most, where they are given."""
    name = session.get_one(PlanRow, plan_id).name
    titles = _titles(session, plan_id)
    once = Counter(titles.values())
    here = {title: theme for theme, title in titles.items() if once[title] == 1}
    maps: dict[int, dict[str, str]] = {plan_id: {theme: theme for theme in titles}}
    taken_back = select(ReviewRow.withdraws).where(ReviewRow.withdraws.is_not(None))
    asked = (
        select(ReviewRow.__table__)
        .join(PlanRow, PlanRow.id == ReviewRow.plan_id)
        .where(PlanRow.name == name, ReviewRow.withdraws.is_(None))
        .order_by(ReviewRow.decided_at, ReviewRow.id)
    )
    if items is not None:
        few = list(items)
        asked = asked.where(ReviewRow.item_id.in_(few))
        taken_back = taken_back.where(ReviewRow.item_id.in_(few))
    gone = set(session.scalars(taken_back))
    decoder = msgspec.json.Decoder(tuple[str, ...])
    found = []
    for row in session.execute(asked):
        if row.id in gone:
            continue
        if row.plan_id not in maps:
            there = _titles(session, row.plan_id)
            maps[row.plan_id] = {theme: here[t] for theme, t in there.items() if t in here}
        same = maps[row.plan_id]
        themes, not_themes = (
            tuple(same[theme] for theme in decoder.decode(raw) if theme in same)
            for raw in (row.themes, row.not_themes)
        )
        if not (themes or not_themes):
            continue
        review = Review(
            item=row.item_id,
            themes=themes,
            not_themes=not_themes,
            reviewer=row.reviewer,
            at=row.decided_at,
            chosen_by=row.chosen_by,
            inclusion_probability=row.inclusion_probability,
            comment=row.comment,
        )
        found.append((row.id, review))
    return tuple(found)


@dataclass(frozen=True)
class ReviewsStamp:
    """Changes when a decision is made, or when stories are folded."""

    newest: int
    late: int
    """How many of the last ``_LATE`` numbers are taken."""
    folded: int


def reviews_stamp(session: Session) -> ReviewsStamp:
    """As things stand."""
    newest = session.scalar(select(func.max(ReviewRow.id))) or 0
    folded = select(ChangeCountRow.count).where(ChangeCountRow.what == "stories")
    return ReviewsStamp(newest, _late(session, newest), session.scalar(folded) or 0)


def items_reviewed_since(session: Session, stamp: ReviewsStamp) -> tuple[str, ...] | None:
    """Items about which a decision was made or taken back since; None where that cannot be told by
    the numbers."""
    if _late(session, stamp.newest) != stamp.late:
        return None
    query = select(ReviewRow.item_id).where(ReviewRow.id > stamp.newest)
    return tuple(dict.fromkeys(session.scalars(query)))


def _late(session: Session, newest: int) -> int:
    query = select(func.count()).select_from(ReviewRow)
    last = query.where(ReviewRow.id > newest - _LATE, ReviewRow.id <= newest)
    return session.scalar(last) or 0


def _titles(session: Session, plan_id: int) -> dict[str, str]:
    """Theme id -> title, comparable, of one version of a plan."""
    rows = session.scalars(select(ThemeRow).where(ThemeRow.plan_id == plan_id))
    return {row.theme_id: f"{row.scheme}:{comparable(row.title)}" for row in rows}


def decisions(
    reviews: Iterable[Review], story_of: Mapping[str, str]
) -> dict[str, dict[str, Decision]]:
    """By story and theme, the newest decision; ``story_of`` maps item ids to story ids.

    Reviews of items that are in no story are left out.
    """
    found: dict[str, dict[str, Decision]] = {}
    for review in reviews:
        story = story_of.get(review.item)
        if story is None:
            continue
        held = found.setdefault(story, {})
        held.update({theme: Decision(True, review.reviewer) for theme in review.themes})
        held.update({theme: Decision(False, review.reviewer) for theme in review.not_themes})
    return found
