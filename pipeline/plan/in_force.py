"""From when to when a scoring note is in force 施行.

Hides: which notes are the same rule in another version, and that two versions of one rule never
hold on one day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from pipeline.errors import BadInput
from pipeline.plan.model import ScoringRule
from pipeline.text import comparable

__all__ = ["check_in_force", "holds_on", "in_force_words", "overlaps"]


def holds_on(note: ScoringRule, day: str) -> bool:
    """Whether a note is in force on a day (ISO 8601)."""
    return (not note.since or note.since <= day) and (not note.until or day <= note.until)


def in_force_words(note: ScoringRule) -> str:
    """The days of a note as officers read them; '' where it has none.

    >>> in_force_words(ScoringRule(text="每篇1分", since="2017-07-01"))
    '（2017-07-01起施行）'
    """
    if note.since and note.until:
        return f"（{note.since}至{note.until}施行）"
    if note.since:
        return f"（{note.since}起施行）"
    return f"（施行至{note.until}）" if note.until else ""


def check_in_force(notes: Sequence[ScoringRule]) -> None:
    """Refuse notes whose days cannot be kept apart.

    Raises:
        BadInput: ``rule-dates`` for what is no day, or a last day before the first;
            ``rules-overlap`` where two versions of one rule hold on the same day.
    """
    for number, note in enumerate(notes, 1):
        for day in filter(None, (note.since, note.until)):
            if not _is_day(day):
                raise BadInput(
                    f"scoring note {number} is in force from or to {day!r}, which is no day",
                    "rule-dates",
                    'Write from = "2017-07-01" and to = "2017-12-31" in the plan file.',
                )
        if note.since and note.until and note.until < note.since:
            raise BadInput(
                f"scoring note {number} ends ({note.until}) before it begins ({note.since})",
                "rule-dates",
                "Swap from and to in the plan file.",
            )
    for words in overlaps(notes):
        raise BadInput(
            words,
            "rules-overlap",
            "End the older version with to = the day before the newer's from.",
        )


def overlaps(notes: Sequence[ScoringRule]) -> Iterator[str]:
    """In words, every two notes with days that say something about the same pieces on one day."""
    numbered = list(enumerate(notes, 1))
    for (first, one), (second, other) in combinations(numbered, 2):
        if not (one.since or one.until or other.since or other.until):
            continue  # two notes without days are two rules, not two versions of one
        begin = max(one.since, other.since)
        ends = [end for end in (one.until, other.until) if end]
        if ends and min(ends) < begin:
            continue
        for item in _items(one):
            if item in _items(other):
                said = f"{_days(one)} and {_days(other)}"
                yield f"scoring notes {first} and {second} both say what “{item}” earns: {said}"


def _items(note: ScoringRule) -> list[str]:
    return [comparable(points.item) for points in note.rule.points]


def _days(note: ScoringRule) -> str:
    return f"{note.since or 'the beginning'} to {note.until or 'the end'}"


def _is_day(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False
