"""Everything an audit rests on, as values.

Hides: which stories count. ``gather`` fills it from the store, tests fill it by hand, ``audit``
and ``checked`` read it. Stories stand in columns, a row each, however many there are; only those a
report lists are there in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.coverage.report import ModelNote, Period, PlanNote
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.audits import StoredAudit
from pipeline.store.columns import LOCALITIES, UNDATED, Assigned, Published, StoryColumns
from pipeline.store.facts import StoryFact
from pipeline.store.folding import Reprint
from pipeline.store.populations import Population
from pipeline.store.runs import LedgerEntry, RunRecord, SourceRecord, Vouched, Window

__all__ = ["Known", "KnownStory", "Said"]


@dataclass(frozen=True)
class KnownStory:
    """A story with its items, the original first, and what is said of it."""

    id: str
    day: str | None
    level: str
    items: tuple[NewsItem, ...]
    fact: StoryFact
    assignments: tuple[StoredAssignment, ...] = ()
    reprints: Mapping[str, Reprint] = field(default_factory=dict)
    """By item id what is known of its reprints."""

    @property
    def text(self) -> str:
        """The original's text; where it has none, the fullest of its reprints'."""
        return self.items[0].text or max((item.text for item in self.items), key=len)


@dataclass(frozen=True, eq=False)
class Said:
    """The stories of which people said whether they belong to one theme; arrays have shape (m,)."""

    rows: NDArray[np.int32]
    belongs: NDArray[np.bool_]

    @classmethod
    def of(cls, said: Mapping[int, bool]) -> Said:
        """From what was said by row."""
        return cls(np.array([*said], dtype=np.int32), np.array([*said.values()], dtype=np.bool_))

    def where(self, rows: NDArray[np.bool_]) -> Said:
        """Those of the rows for which ``rows``, of shape (n,), says so."""
        kept = rows[self.rows]
        return Said(self.rows[kept], self.belongs[kept])


_NOTHING_SAID = Said.of({})


@dataclass(frozen=True, eq=False)
class Known:
    """Everything an audit rests on.

    Args:
        columns: the stories whose day lies in the period, and the undated ones; all judged.
        groups: the themes above ``themes``, whose stories are the union of theirs.
        assigned: what the machine assigned of them, to ``lines`` by their place.
        chances: by row and place of a line the probability of what a person confirmed and the
            machine did not assign.
        decisions: by story id and theme id.
        bars: themes with a bar of their own, by id.
        published: publications of the period's stories, by source and outlet.
        most: stories a report lists, at most.
        stories: those it lists, by day and id.
        home: code of the plan's place; '' where it names none.
        runs: by (source id, column): the run of its line in ``ledger``.
        windows: by (source id, column): days known to be complete.
        vouched: by (source id, column): those of them that rest on a person's word.
        audit: the random sample drawn for these themes and this period, without its stories.
        population: what it was drawn from.
        stale_audits: numbers of those drawn for the themes before the plan was revised.
    """

    plan: Plan
    note: PlanNote
    themes: tuple[PlanNode, ...]
    period: Period
    bar: int
    localities: frozenset[str]
    model: ModelNote
    generated_at: str
    home: str
    columns: StoryColumns
    assigned: Assigned
    groups: tuple[PlanNode, ...] = ()
    chances: Mapping[tuple[int, int], float] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, Decision]] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
    bars: Mapping[str, int] = field(default_factory=dict)
    most: int = 5_000
    stories: tuple[KnownStory, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    runs: Mapping[tuple[str, str], RunRecord] = field(default_factory=dict)
    windows: Mapping[tuple[str, str], tuple[Window, ...]] = field(default_factory=dict)
    vouched: Mapping[tuple[str, str], tuple[Vouched, ...]] = field(default_factory=dict)
    audit: StoredAudit | None = None
    population: Population | None = None
    stale_audits: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[PlanNode, ...]:
        """The audited themes, then the groups above them."""
        return (*self.themes, *self.groups)

    def bar_of(self, theme: str) -> int:
        """Stories a theme needs in each term."""
        return self.bars.get(theme, self.bar)

    @cached_property
    def by_id(self) -> dict[str, KnownStory]:
        """The listed stories."""
        return {story.id: story for story in self.stories}

    @cached_property
    def dated(self) -> NDArray[np.bool_]:
        """By row whether the story has a day, and so lies in the period; shape (n,)."""
        dated: NDArray[np.bool_] = self.columns.days != UNDATED
        return dated

    @cached_property
    def counts(self) -> NDArray[np.bool_]:
        """By row whether the story counts for the plan, dated or not; shape (n,)."""
        places = [place for place, code in enumerate(LOCALITIES) if code in self.localities]
        counts: NDArray[np.bool_] = np.isin(self.columns.localities, places)
        counts &= ~self.columns.internal
        return counts

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """By row whether the story counts in the period; shape (n,)."""
        return self.counts & self.dated

    @cached_property
    def decided(self) -> dict[int, Mapping[str, Decision]]:
        """By row what people decided about the story."""
        rows = self.columns.rows.of(self.decisions)
        return {row: self.decisions[story] for story, row in sorted(rows.items())}

    def said(self, theme: str) -> Said:
        """What people decided about a theme or group, row by row."""
        return self._said.get(theme, _NOTHING_SAID)

    @cached_property
    def _said(self) -> dict[str, Said]:
        found: dict[str, dict[int, bool]] = {}
        for row, held in self.decided.items():
            for theme, decision in held.items():
                found.setdefault(theme, {})[row] = decision.belongs
        return {theme: Said.of(rows) for theme, rows in found.items()}
