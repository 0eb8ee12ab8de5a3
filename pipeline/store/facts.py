"""What a judge says of stories: locality 属地 and the units they name, by plan.

Hides: that it is kept, for as long as it holds. A plan has one judge: its place, its units and our
rules for both, known by a fingerprint. Under another fingerprint everything is judged anew; a story
whose words change loses what was said of it (``pipeline.store.items``).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import cast

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from pipeline.locality import LocalityCode
from pipeline.store.tables import JudgeRow, StoryFactRow, StoryRow

__all__ = [
    "StoryFact",
    "facts_of",
    "judge_of",
    "localities_of",
    "names_of",
    "save_facts",
    "unjudged",
]

_CHUNK = 1000
_NAMES = msgspec.json.Decoder(tuple[str, ...])


class StoryFact(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one story; ``interviewed`` are those of ``units`` it talks to."""

    story: str
    locality: LocalityCode
    reason: str
    units: tuple[str, ...] = ()
    interviewed: tuple[str, ...] = ()


def judge_of(session: Session, plan_name: str, fingerprint: str) -> int:
    """The number of a plan's judge; one of another fingerprint goes, with all it said."""
    row = session.scalars(select(JudgeRow).where(JudgeRow.plan_name == plan_name)).first()
    if row is not None and row.fingerprint == fingerprint:
        return row.id
    if row is not None:
        session.execute(delete(StoryFactRow).where(StoryFactRow.judge_id == row.id))
        session.delete(row)
        session.flush()
    made = JudgeRow(plan_name=plan_name, fingerprint=fingerprint)
    session.add(made)
    session.flush()
    return made.id


def unjudged(
    session: Session, judge: int, after: str = "", limit: int | None = None
) -> tuple[str, ...]:
    """Stories the judge has said nothing of, by id; at most ``limit`` of those after ``after``."""
    said = select(StoryFactRow.story_id).where(
        StoryFactRow.judge_id == judge, StoryFactRow.story_id == StoryRow.id
    )
    asked = select(StoryRow.id).where(StoryRow.id > after, ~said.exists()).order_by(StoryRow.id)
    return tuple(session.scalars(asked.limit(limit)))


def save_facts(session: Session, judge: int, facts: Iterable[StoryFact]) -> None:
    """Keep what the judge says of stories it had said nothing of."""
    iterator = iter(facts)
    while part := list(islice(iterator, _CHUNK)):
        session.execute(
            insert(StoryFactRow),
            [
                {
                    "judge_id": judge,
                    "story_id": fact.story,
                    "locality": fact.locality,
                    "reason": fact.reason,
                    "units": _written(fact.units),
                    "interviewed": _written(fact.interviewed),
                }
                for fact in part
            ],
        )


def facts_of(session: Session, judge: int, stories: Iterable[str]) -> dict[str, StoryFact]:
    """What the judge says of these stories, by id; those it said nothing of are left out."""
    found: dict[str, StoryFact] = {}
    iterator = iter(stories)
    while part := list(islice(iterator, _CHUNK)):
        query = select(
            StoryFactRow.story_id,
            StoryFactRow.locality,
            StoryFactRow.reason,
            StoryFactRow.units,
            StoryFactRow.interviewed,
        ).where(StoryFactRow.judge_id == judge, StoryFactRow.story_id.in_(part))
        for story, locality, reason, units, interviewed in session.execute(query):
            found[story] = StoryFact(
                story=story,
                locality=msgspec.convert(locality, LocalityCode),
                reason=reason,
                units=names_of(units),
                interviewed=names_of(interviewed),
            )
    return found


def localities_of(session: Session, judge: int, stories: Iterable[str]) -> dict[str, LocalityCode]:
    """Of what the judge says of these stories only where they belong, by id."""
    found: dict[str, LocalityCode] = {}
    iterator = iter(stories)
    while part := list(islice(iterator, _CHUNK)):
        query = select(StoryFactRow.story_id, StoryFactRow.locality).where(
            StoryFactRow.judge_id == judge, StoryFactRow.story_id.in_(part)
        )
        found.update((row[0], cast("LocalityCode", row[1])) for row in session.execute(query))
    return found


def names_of(written: str) -> tuple[str, ...]:
    """The names in a column of them."""
    return _NAMES.decode(written) if written else ()


def _written(names: tuple[str, ...]) -> str:
    return msgspec.json.encode(names).decode() if names else ""
