"""What sites say of the time, to find a clock of our own that is wrong.

Hides: how much of a site's word is believed: the median over a run's answers, with the age a
cache confesses added. A server's own clock may be wrong; the answers of one run cannot tell whose is.
"""

from __future__ import annotations

import datetime
import statistics
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

__all__ = ["SiteClock"]

TOLERANCE = datetime.timedelta(hours=1)
"""Clocks that differ by more are an alarm: by then days begin apart."""


@dataclass
class SiteClock:
    """The answers of one site, in seconds the site is ahead of this machine."""

    _ahead: list[float] = field(default_factory=list)

    def heard(self, date: str, age: str, now: datetime.datetime) -> None:
        """Take note of an answer's ``Date`` and ``Age``; what cannot be read says nothing."""
        try:
            said = parsedate_to_datetime(date)
        except (TypeError, ValueError):
            return
        if said.tzinfo is None:
            said = said.replace(tzinfo=datetime.UTC)
        waited = int(age) if age.isdecimal() and len(age) < 9 else 0
        self._ahead.append((said - now).total_seconds() + waited)

    @property
    def ahead(self) -> datetime.timedelta:
        """How far the site is ahead of this machine; 0 where it says nothing."""
        return datetime.timedelta(seconds=statistics.median(self._ahead) if self._ahead else 0.0)

    @property
    def skewed(self) -> bool:
        """Whether the two differ by more than they may."""
        return abs(self.ahead) > TOLERANCE
