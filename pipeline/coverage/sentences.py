"""Which sentences of the plan news answers, and which nobody answered 方案语句回应.

Hides: from which nearness a story answers a clause. Every assignment keeps the clause of its theme
that the story is nearest to (``pipeline.classify.answers``); here they are counted. Pure.

The two limits were read off 89 pairs of stories and clauses: three plans (a city's, a district
bureau's, a five-year plan) and the 1 922 national broadcasts of one quarter, drawn at random within
bands of nearness and judged by hand, places aside, by whether the story tells of what the clause
asks for: 1 of 16 did from 0.04 to 0.06, 3 of 16 to 0.08, 8 of 16 to 0.10, 7 of 16 to 0.13, 12 of 16
to 0.17, and 8 of 9 above. By the sizes of the bands, of 100 pairs above 0.04 that answer some 30 lie
at ``ANSWERS`` and 78 at ``POSSIBLE``, and most stories are near to no clause at all: a sentence without
a story is one that no story was found for, not one that surely has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec

from pipeline.assignment import clause_key
from pipeline.classify.answers import PlanSide
from pipeline.plan.model import Plan
from pipeline.plan.schemes import choose_scheme

__all__ = ["ANSWERS", "POSSIBLE", "AnsweredClause", "SentenceLine", "ThemeSentences", "sentences"]

ANSWERS = 0.13
"""Nearness from which a story answers a clause: 20 of 25 pairs did."""
POSSIBLE = 0.08
"""Nearness from which it may, and a person should look: 15 of 32 pairs below ``ANSWERS`` did."""
MOST_STORIES = 5
"""Stories named per sentence."""

Standing = Literal["verified", "machine"]


@dataclass(frozen=True)
class AnsweredClause:
    """A counted story, the clause of a theme that it is nearest to, and how near."""

    theme: str
    clause: str
    story: str
    nearness: float
    standing: Standing
    """Whether a person said that the story belongs to the theme."""


class SentenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One clause of a theme's text."""

    node: str
    """Id of the piece it stands in."""
    text: str
    verified: int = 0
    """Stories that answer it and belong to the theme by a person's word."""
    machine: int = 0
    """Stories that answer it and stand under the theme by the machine's word alone."""
    possible: int = 0
    """Stories that may answer it: near, but less than ``ANSWERS``."""
    stories: tuple[str, ...] = ()
    """The nearest of them, those that answer before those that may."""

    @property
    def answered(self) -> int:
        """Stories that answer it."""
        return self.verified + self.machine


class ThemeSentences(msgspec.Struct, frozen=True, kw_only=True):
    """The sentences of one theme, its own title left out, in the plan's order."""

    theme: str
    title: str
    sentences: tuple[SentenceLine, ...]
    placed: int = 0
    """Stories of the theme near (``pipeline.classify.answers.NEAR``) to any of its clauses, its
    title among them. Of the others nobody knows which sentence they answer."""

    @property
    def unanswered(self) -> tuple[SentenceLine, ...]:
        """Sentences that no story answers or may answer."""
        return tuple(one for one in self.sentences if not one.answered and not one.possible)


def sentences(
    plan: Plan, scheme: str, answered: Iterable[AnsweredClause]
) -> tuple[ThemeSentences, ...]:
    """The sentences of every theme of ``scheme``, with who answers them.

    Args:
        answered: counted stories of the period that are near a clause, in any order.

    Raises:
        BadInput: ``scheme-missing``, ``plan-without-themes``.
    """
    _, themes = choose_scheme(plan, scheme)
    found: dict[tuple[str, str], list[AnsweredClause]] = {}
    placed: dict[str, set[str]] = {}
    for one in answered:
        placed.setdefault(one.theme, set()).add(one.story)
        if one.nearness >= POSSIBLE:
            found.setdefault((one.theme, one.clause), []).append(one)
    by_theme: dict[int, dict[str, SentenceLine]] = {}
    for place, node, text in PlanSide.of(plan, scheme).clauses:
        theme = themes[place]
        if node == theme.id and text == theme.title:
            continue
        key = clause_key(node, text)
        near = found.get((theme.id, key), ())
        by_theme.setdefault(place, {}).setdefault(key, _line(node, text, near))
    return tuple(
        ThemeSentences(
            theme=theme.id,
            title=theme.title,
            sentences=tuple(by_theme.get(place, {}).values()),
            placed=len(placed.get(theme.id, ())),
        )
        for place, theme in enumerate(themes)
    )


def _line(node: str, text: str, near: Iterable[AnsweredClause]) -> SentenceLine:
    ranked = sorted(near, key=lambda one: (-one.nearness, one.story))
    sure = [one for one in ranked if one.nearness >= ANSWERS]
    return SentenceLine(
        node=node,
        text=text,
        verified=sum(one.standing == "verified" for one in sure),
        machine=sum(one.standing == "machine" for one in sure),
        possible=len(ranked) - len(sure),
        stories=tuple(one.story for one in ranked[:MOST_STORIES]),
    )
