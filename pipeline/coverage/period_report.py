"""Everything that is reported of one plan and period, as one frozen record.

Hides: what a period's report is made of. Every format is a function of a ``PeriodReport`` and of
nothing else, so that all of them say the same numbers and a report that was signed off can be
printed again, byte for byte, from its JSON.
"""

from __future__ import annotations

import msgspec

from pipeline.coverage.bulletin_issue import BulletinIssue
from pipeline.coverage.handed_in import HandedIn
from pipeline.coverage.report import CoverageReport
from pipeline.coverage.scorecard import Scorecard

__all__ = ["PeriodReport"]


class PeriodReport(CoverageReport, frozen=True, kw_only=True):
    """A coverage report with all else that is handed in with it; its JSON is that of the coverage
    report and a key for each further part."""

    scorecard: Scorecard | None = None
    """None where the plan scores nothing or no submission is registered."""
    handed_in: HandedIn | None = None
    """报送采用情况; None where no submission is registered."""
    bulletin: BulletinIssue | None = None
    """A draft 科技简报; None unless one was asked for."""

    @classmethod
    def of(
        cls,
        coverage: CoverageReport,
        *,
        scorecard: Scorecard | None = None,
        handed_in: HandedIn | None = None,
    ) -> PeriodReport:
        """The report of ``coverage`` and the further parts given."""
        return cls(**msgspec.structs.asdict(coverage), scorecard=scorecard, handed_in=handed_in)
