"""Everything an audit rests on, as values.

Hides: nothing but a shape: ``gather`` fills it from the store, tests fill it by hand, ``audit``
and ``checked`` read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.coverage.report import ModelNote, Period, PlanNote
from pipeline.locality import LocalityJudge
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.audits import StoredAudit
from pipeline.store.runs import LedgerEntry, RunRecord, SourceRecord, Vouched, Window

__all__ = ["Known", "KnownStory"]


@dataclass(frozen=True)
class KnownStory:
    """A story with its items, the original first."""

    id: str
    day: str | None
    level: str
    items: tuple[NewsItem, ...]

    @property
    def text(self) -> str:
        """The original's text; where it has none, the fullest of its reprints'."""
        return self.items[0].text or max((item.text for item in self.items), key=len)


@dataclass(frozen=True)
class Known:
    """Everything an audit rests on.

    Args:
        stories: stories whose day lies in the period, and the undated ones.
        assignments: by story id; a story without an entry was not classified.
        decisions: by story id and theme id.
        runs: by (source id, column): the run of its line in ``ledger``.
        windows: by (source id, column): days known to be complete.
        vouched: by (source id, column): those of them that rest on a person's word.
        audit: the random sample drawn for these themes and this period.
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
    judge: LocalityJudge
    stories: tuple[KnownStory, ...]
    assignments: Mapping[str, tuple[StoredAssignment, ...]] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, Decision]] = field(default_factory=dict)
    sources: tuple[SourceRecord, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    runs: Mapping[tuple[str, str], RunRecord] = field(default_factory=dict)
    windows: Mapping[tuple[str, str], tuple[Window, ...]] = field(default_factory=dict)
    vouched: Mapping[tuple[str, str], tuple[Vouched, ...]] = field(default_factory=dict)
    audit: StoredAudit | None = None
    stale_audits: tuple[int, ...] = ()
