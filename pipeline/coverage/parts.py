"""One term of the audited period, and what is known of a theme in it.

Hides: how what an audit stands on is cut to a term: its stories by their day, the days sources were
observed, and of a random sample the drawn stories that lie in the term, which within a stratum are a
simple random sample of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipeline.clock import beijing_day
from pipeline.coverage.bounds import Frame, Sampled
from pipeline.coverage.checked import holes_in
from pipeline.coverage.known import Known
from pipeline.coverage.marks import Marks
from pipeline.coverage.report import Period, SampleEstimate, Tally, TermLine
from pipeline.coverage.states import Ground, decide
from pipeline.plan.model import PlanNode

__all__ = ["Part", "decided_of", "estimate_of"]


@dataclass(frozen=True, eq=False)
class Part:
    """A term with what is known of it.

    Args:
        inside: by row whether the story's day lies in it; shape (n,).
    """

    period: Period
    inside: NDArray[np.bool_]
    ground: Ground
    frame: Frame | None

    @classmethod
    def of(cls, known: Known, period: Period, whole: Ground, frame: Frame | None) -> Part:
        """The part of what ``known`` holds that lies in ``period``.

        Args:
            whole: the ground of the audited period. Sources and media are those of the whole; a
                story without a date may lie in every term.
            frame: of the audited period.
        """
        first, last = (date.fromisoformat(day).toordinal() for day in (period.first, period.last))
        days = known.columns.days
        inside = known.dated & (days >= first) & (days <= last)
        counted = known.counted & inside
        ground = replace(
            whole,
            stories=int(counted.sum()),
            not_counted=int((inside & ~known.counted).sum()),
            unclassified=int((counted & ~known.columns.classified).sum()),
            holes=holes_in(known, period),
            begun=period.first <= beijing_day(known.generated_at),
        )
        return cls(period, inside, ground, frame.within(inside) if frame else None)

    @property
    def name(self) -> str:
        """What officers call it."""
        return self.period.label or f"{self.period.first}至{self.period.last}"

    def line(self, known: Known, theme: PlanNode, marks: Marks) -> TermLine:
        """The state of a theme in the term; ``marks`` are its counted stories of the period."""
        tally = marks.where(self.inside).tally
        undated = known.counts & ~known.dated
        decided = decided_of(known, theme.id, (known.counted & self.inside) | undated)
        sampled = self.frame.sampled(theme.id) if self.frame else None
        verdict = decide(tally, known.bar_of(theme.id), decided, self.ground, sampled)
        return TermLine(
            period=self.period,
            state=verdict.state,
            reason=verdict.reason,
            next_step=verdict.next_step,
            tally=tally,
            estimate=estimate_of(sampled, known, self.ground, tally, decided),
        )


def decided_of(known: Known, theme: str, rows: NDArray[np.bool_]) -> int:
    """How many of the stories for which ``rows``, of shape (n,), says so a person settled.

    A confirmed story without a date may belong to the period: only a denied one is settled.
    """
    said = known.said(theme).where(rows)
    return int((known.dated[said.rows] | ~said.belongs).sum())


def estimate_of(
    sampled: Sampled | None, known: Known, ground: Ground, tally: Tally, decided: int
) -> SampleEstimate | None:
    """What the sample says, as the report tells it; None where it says nothing yet."""
    if sampled is None or sampled.missing or known.audit is None:
        return None
    possible = tally.verified + ground.to_read - decided
    low, high, ceiling = sampled.limits(tally.verified, possible)
    return SampleEstimate(
        audit=sampled.audit,
        read=sampled.read,
        low=low,
        high=high if tally.verified else ceiling,
        population=ground.stories,
        model=known.audit.model[1],
    )
