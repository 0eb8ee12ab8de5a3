"""Judges a plan's stories: whose work they are about, and which of the plan's units they name.

Hides: when a judgement holds. It is made once for every story, kept in the store, and made anew
when the words of the story change or when the judge does: the plan's place, its units, or the code
and lists that recognise places and names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from pipeline import locality, outlets, places
from pipeline.classify import names
from pipeline.coverage import units
from pipeline.coverage.units import UnitFinder
from pipeline.locality import LocalityJudge, home_of
from pipeline.store.facts import StoryFact, judge_of, save_facts, unjudged
from pipeline.store.items import items_by_id
from pipeline.store.plans import StoredPlan
from pipeline.store.store import Store
from pipeline.store.stories import stories_by_id

__all__ = ["Progress", "judge_in_steps", "judge_number", "judge_stories", "silent"]

Progress = Callable[[str, int], None]
"""Called with what is going on and how many are done."""

_PART = 500
_STEP = 2_000
"""Stories judged in one transaction: some seconds."""


def silent(_event: str, _count: int) -> None:
    """A progress nobody looks at."""


def judge_number(session: Session, stored: StoredPlan, home: str = "") -> int:
    """The number of the plan's judge, under which what it said is kept.

    Args:
        home: a division's name that stands for the plan's own place; '' for what the plan says.

    Raises:
        BadInput: ``place-unknown``.
    """
    code = home_of(stored.plan, stored.text, home)
    said = msgspec.json.encode((code, stored.plan.units, _rules()))
    return judge_of(session, stored.name, hashlib.sha256(said).hexdigest()[:16])


def judge_stories(
    session: Session, stored: StoredPlan, home: str = "", progress: Progress = silent
) -> int:
    """Judge every story that is not judged yet; gives how many. Raises what ``judge_number`` does.

    ``progress`` is told of every part of them.
    """
    judge = judge_number(session, stored, home)
    missing = unjudged(session, judge)
    code = home_of(stored.plan, stored.text, home)
    save_facts(session, judge, _facts(session, stored, code, missing, progress))
    return len(missing)


def judge_in_steps(
    store: Store, stored: StoredPlan, home: str = "", progress: Progress = silent
) -> int:
    """The same in transactions of its own, one a step: what was judged stays when it is ended, and
    others can write meanwhile. Raises what ``judge_number`` does."""
    last, count = "", 0
    while True:
        with store.begin() as session:
            judge = judge_number(session, stored, home)
            missing = unjudged(session, judge, last, _STEP)
            if not missing:
                return count
            code = home_of(stored.plan, stored.text, home)
            save_facts(session, judge, _facts(session, stored, code, missing, silent))
        last, count = missing[-1], count + len(missing)
        progress("judged", count)


def _facts(
    session: Session, stored: StoredPlan, home: str, stories: Sequence[str], progress: Progress
) -> Iterator[StoryFact]:
    judge = LocalityJudge(home, tuple(unit.name for unit in stored.plan.units))
    finder = UnitFinder(stored.plan.units, home)
    for start in range(0, len(stories), _PART):
        part = stories_by_id(session, stories[start : start + _PART])
        items = items_by_id(session, (item for story in part for item in story.items))
        progress("judged", start)
        for story in part:
            told = story.as_item(items)
            original = items[story.original]
            where = judge.judge(original, original.level)
            named = finder.named_in(f"{told.title}\n{told.text}")
            spoken = finder.interviewed(told.title, told.text) if named else ()
            yield StoryFact(
                story=story.id,
                locality=where.code,
                reason=where.reason,
                units=named,
                interviewed=tuple(name for name in spoken if name in named),
            )


@cache
def _rules() -> str:
    """A fingerprint of the code and the lists that judge: a change of either judges anew."""
    files = [Path(module.__file__ or "") for module in (locality, outlets, places, names, units)]
    files.append(Path(places.__file__ or "").parent / "divisions.csv")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
