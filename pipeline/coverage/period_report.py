"""Everything that is reported of one plan and period, as one frozen record.

Hides: what a period's report is made of. Every format is a function of a ``PeriodReport`` and of
nothing else, so that all of them say the same numbers and a report that was signed off can be
printed again, byte for byte, from its JSON.
"""

from __future__ import annotations

import msgspec

from pipeline.coverage.advice import Advice
from pipeline.coverage.bulletin_issue import BulletinIssue
from pipeline.coverage.comparison import Comparison
from pipeline.coverage.figures import TargetFigures
from pipeline.coverage.handed_in import HandedIn
from pipeline.coverage.inquiry import Inquiry
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.report import CoverageReport
from pipeline.coverage.scorecard import Scorecard
from pipeline.coverage.sentences import ThemeSentences
from pipeline.coverage.sign_off import SignOff
from pipeline.coverage.supplement import Supplement
from pipeline.inquiry import ThemeAnswer

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
    inquiry: Inquiry | None = None
    """The gaps and who is asked about them 宣传空白核实单."""
    answers: tuple[ThemeAnswer, ...] = ()
    """What offices answered about gaps, the newest of each theme and office."""
    sign_off: SignOff | None = None
    """None where nobody signed it yet."""
    supplement: Supplement | None = None
    """补录 and 更正; None where there are none."""
    comparison: Comparison | None = None
    """None where nothing was asked to be compared with."""
    obligations: tuple[ObligationLine, ...] = ()
    """落实情况表: a line per duty and dated event of the plan, in its order."""
    sentences: tuple[ThemeSentences, ...] = ()
    """Sentences of the plan answered and unanswered, by theme in the plan's order."""
    figures: tuple[TargetFigures, ...] = ()
    """Target figures beside those of the news, in the plan's order."""
    advice: Advice | None = None
    """None where it was not worked out."""

    @classmethod
    def of(
        cls,
        coverage: CoverageReport,
        *,
        scorecard: Scorecard | None = None,
        handed_in: HandedIn | None = None,
        inquiry: Inquiry | None = None,
        answers: tuple[ThemeAnswer, ...] = (),
        sign_off: SignOff | None = None,
        supplement: Supplement | None = None,
        obligations: tuple[ObligationLine, ...] = (),
        sentences: tuple[ThemeSentences, ...] = (),
        figures: tuple[TargetFigures, ...] = (),
        advice: Advice | None = None,
    ) -> PeriodReport:
        """The report of ``coverage`` and the further parts given."""
        return cls(
            **msgspec.structs.asdict(coverage),
            scorecard=scorecard,
            handed_in=handed_in,
            inquiry=inquiry,
            answers=answers,
            sign_off=sign_off,
            supplement=supplement,
            obligations=obligations,
            sentences=sentences,
            figures=figures,
            advice=advice,
        )
