"""What of the plan an item answers to: the nearest clause of a theme, and the theme's units.

Hides: how near is measured. A theme's clauses are those of its title and text and of every
piece below it. Clause and item are compared by the grams of two to four characters they share
(cosine of their TF-IDF rows, the model's vocabulary; single characters say too little), a gram
weighing less the more clauses of the scheme hold it: 宣传 or 推进 ties no item to any clause. An
item that is not ``NEAR`` to any clause answers to none in particular.

Source of the measure: Salton & Buckley (1988); one sparse product for all items of a batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import PlanClause
from pipeline.classify.features import Vocabulary, fold, gram_slots
from pipeline.classify.names import NameFinder
from pipeline.plan.model import Plan, PlanNode, Unit, walk
from pipeline.plan.schemes import choose_scheme

__all__ = ["PlanIndex", "PlanSide"]

NEAR = 0.04
"""Cosine from which a clause is near. Read by eye on seeds 000 and 002 against 1 800 broadcasts:
below 0.02 item and clause share set phrases, above 0.04 mostly what they are about."""
SHORTEST, LONGEST = 8, 60
"""Characters of a clause: shorter ones are joined to the next, longer ones stay as they are
written unless that would make them longer still."""

_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_PART = re.compile(r"[^，,：:]+[，,：:]?")
_EDGE = " \t\u3000，,：:、"


@dataclass(frozen=True)
class PlanSide:
    """The part of a plan that evidence refers to; small, and sent to worker processes.

    Attributes:
        clauses: (place of the theme in the scheme, node id, clause), in the plan's order.
        units: (place of the theme in the scheme, unit).
        home: code of the plan's place, '' when unknown.
    """

    clauses: tuple[tuple[int, str, str], ...]
    units: tuple[tuple[int, Unit], ...]
    home: str = ""

    @classmethod
    def of(cls, plan: Plan, scheme: str, home: str = "") -> PlanSide:
        """The clauses and units of the themes of ``scheme``.

        Raises:
            BadInput: ``scheme-missing``, ``plan-without-themes``.
        """
        _, nodes = choose_scheme(plan, scheme)
        clauses, units = [], []
        for theme, node in enumerate(nodes):
            below = {piece.id for piece in walk((node,))}
            units += [(theme, unit) for unit in plan.units if unit.theme in below]
            for piece in walk((node,)):
                clauses += [(theme, piece.id, clause) for clause in _clauses_of(piece)]
        return cls(tuple(clauses), tuple(units), home)


def _clauses_of(node: PlanNode) -> Iterator[str]:
    if node.title:
        yield node.title
    for sentence in _SENTENCE.findall(node.text.removeprefix(node.title)):
        held = ""
        for part in _PART.findall(sentence):
            if held and (len(held) >= SHORTEST or len(held) + len(part) > LONGEST):
                yield from _told(held)
                held = ""
            held += part
        yield from _told(held)


def _told(clause: str) -> Iterator[str]:
    if (bare := clause.strip(_EDGE)) and len(bare) > 1:
        yield bare


def _grams(clause: str, vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The distinct known grams of two characters and more, ascending."""
    found = [vocabulary.lookup[slots] for n, _, slots in gram_slots(fold(clause)) if n > 1]
    known = np.unique(np.concatenate([np.zeros(0, dtype=np.int32), *found]))
    return np.asarray(known[known >= 0], dtype=np.int32)


class PlanIndex:
    """The clauses of a plan as numbers, for one vocabulary, and its units' names."""

    def __init__(self, side: PlanSide, vocabulary: Vocabulary) -> None:
        self._side = side
        self._names = NameFinder(
            [(unit.name, (unit.name, *unit.aliases)) for _, unit in side.units], side.home
        )
        held = [_grams(clause, vocabulary) for _, _, clause in side.clauses]
        features = np.concatenate([np.zeros(0, dtype=np.int32), *held])
        pointers = np.concatenate([[0], np.cumsum([len(one) for one in held])]).astype(np.int32)
        frequency = np.bincount(features, minlength=vocabulary.size)
        rare = np.log((1 + len(held)) / np.maximum(frequency, 1)) * vocabulary.idf
        values = rare[features]
        lengths = np.sqrt(
            [max(1e-12, float((values[a:b] ** 2).sum())) for a, b in pairwise(pointers)]
        )
        values = (values / np.repeat(lengths, np.diff(pointers))).astype(np.float32)
        shape = (len(held), vocabulary.size)
        self._columns = sp.csr_matrix(sp.csr_matrix((values, features, pointers), shape=shape).T)
        self._themes = np.array([theme for theme, _, _ in side.clauses], dtype=np.int64)

    def nearest(
        self, rows: sp.csr_matrix, wanted: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], PlanClause]:
        """The clause each (row, theme) of ``wanted`` is nearest to, where one is near.

        Args:
            rows: TF-IDF rows of items, shape (items, features).
        """
        if not wanted or not len(self._themes):
            return {}
        near = np.asarray((rows @ self._columns).todense())
        found = {}
        for row, theme in wanted:
            own = np.flatnonzero(self._themes == theme)
            if not len(own):
                continue
            best = own[int(np.argmax(near[row, own]))]
            similarity = round(float(near[row, best]), 4)
            if similarity >= NEAR:
                _, node, text = self._side.clauses[best]
                found[row, theme] = PlanClause(node=node, text=text, similarity=similarity)
        return found

    def named_in(self, texts: Sequence[str]) -> dict[tuple[int, int], tuple[str, ...]]:
        """Full names of a theme's units, in the order of the text, by place in ``texts`` and theme."""
        found: dict[tuple[int, int], dict[str, None]] = {}
        for row, mentions in self._names.mentions_in(texts).items():
            for mention in mentions:
                for theme, unit in self._side.units:
                    if unit.name == mention.key:
                        found.setdefault((row, theme), {})[unit.name] = None
        return {place: tuple(names) for place, names in found.items()}
