"""The report that pages show: worked out once, kept, and renewed when something changed.

Hides: when it is worked out. A report of few news takes less than a page may, and is made at once when
its stamp changed. A report of a million takes ten seconds: then pages go on showing the last one, say
of when it is, and a process of its own (``console.standing_work``) works out the next. The reports
asked for last are held in memory, in so many bytes as ``HELD`` says.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.standing_work import ask_for, make_standing, stamp_now
from pipeline.coverage.comparison import Comparison, compare_reports
from pipeline.coverage.gather import AuditOptions, period_of
from pipeline.coverage.issuing import key_of, locked_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import previous_period
from pipeline.coverage.supplement import Correction
from pipeline.coverage.taken_back import words_taken_back
from pipeline.errors import XuanjianError
from pipeline.plan.schemes import choose_scheme
from pipeline.store.plans import StoredPlan
from pipeline.store.signed import Issued, issued_reports
from pipeline.store.standing import (
    StandingKey,
    StoredStanding,
    forget_standing,
    much_stored,
    read_standing,
)

__all__ = [
    "BeingMade",
    "Standing",
    "change_since",
    "shown_report",
    "standing_of",
    "standing_report",
    "taken_back",
    "takes_long",
]

AT_ONCE = 0.5
"""Seconds a report may have taken to be worked out within a request."""
FEW = 20_000
"""Stories of a store whose first report of a period is worked out within a request, at most."""
FEW_PIECES = 1_000
"""Submissions of such a store, at most: scoring 30 000 takes three quarters of a minute."""
HELD = 48_000_000
"""Bytes of JSON whose reports are held in memory; read, they take some five times as much."""
_STRIPES = 16


class BeingMade(XuanjianError):
    """The first report of a period of a large store: the page comes back by itself."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A report, of when it is, and whether something changed since."""

    report: PeriodReport
    stored: StoredPlan
    options: AuditOptions
    made_at: str
    fresh: bool = True
    working: bool = False
    """Whether a newer one is being worked out."""
    trouble: XuanjianError | None = None
    """Why a newer one could not be."""
    issued: Issued | None = None
    """The issued version this is the record of; None for the figures as they stand."""
    taken_back: tuple[Correction, ...] = ()
    """Words 确认齐全 the record rests on that were taken back since."""


@dataclass
class _Memory:
    """Reports by what they are of, the ones asked for last; ``mark`` names the state of one."""

    most: int
    _held: OrderedDict[Hashable, tuple[str, int, PeriodReport]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mark(self, key: Hashable) -> str:
        """Of the one held; '' for none."""
        with self._lock:
            held = self._held.get(key)
        return held[0] if held else ""

    def get(self, key: Hashable, mark: str) -> PeriodReport | None:
        """The report, where it is held in that state."""
        with self._lock:
            held = self._held.get(key)
            if held is None or held[0] != mark:
                return None
            self._held.move_to_end(key)
            return held[2]

    def put(self, key: Hashable, mark: str, size: int, report: PeriodReport) -> None:
        """Hold it; of the others those go that were asked for longest ago."""
        with self._lock:
            self._held[key] = (mark, size, report)
            self._held.move_to_end(key)
            while len(self._held) > 1 and sum(one[1] for one in self._held.values()) > self.most:
                self._held.popitem(last=False)


_memory = _Memory(HELD)
_making = tuple(threading.Lock() for _stripe in range(_STRIPES))
"""Held while a report is made or read within a request: whoever asks for the same waits for it."""


def standing_report(desk: Desk) -> Standing:
    """The report of the plan and period that are asked about, as things stand.

    Raises:
        XuanjianError: what ``Desk.plan``, ``Desk.options`` and ``standing_of`` raise.
    """
    stored = desk.plan()
    with desk.begin() as session:
        options = desk.options(session, stored)
    return standing_of(desk, stored, options)


def takes_long(session: Session) -> bool:
    """Whether so much is stored that a report is not to be worked out within a request."""
    return much_stored(session, FEW, FEW_PIECES)


def shown_report(desk: Desk, *, live: bool = False) -> Standing:
    """The issued record where the period asked about is locked, else the report as things stand;
    with ``live`` always the latter. Raises what ``standing_report`` does."""
    stored = desk.plan()
    with desk.begin() as session:
        options = desk.options(session, stored)
    found = None if live else _issued(desk, stored, options)
    return found or standing_of(desk, stored, options)


def standing_of(desk: Desk, stored: StoredPlan, options: AuditOptions) -> Standing:
    """The report of a plan with these options, as things stand.

    Raises:
        BeingMade: ``report-being-made`` where there is none yet and it takes long.
        XuanjianError: why it could not be made; what ``period_of`` raises.
    """
    period = period_of(stored, options)
    scheme, _themes = choose_scheme(stored.plan, options.scheme)
    key = StandingKey(stored.id, scheme, period.first, period.last)
    place = (desk.workspace.database_url, key)
    settings = desk.workspace.settings
    made = (desk, stored, options)
    with desk.begin() as session:
        stamp = stamp_now(session, settings)
        kept = read_standing(session, key, _memory.mark(place))
        many = not kept and takes_long(session)
    if kept and kept.stamp != stamp and kept.seconds > AT_ONCE:
        wanted = ask_for(desk.workspace, desk.store, stored, key, stamp, kept)
        if (report := _read(desk, key, kept)) is not None:
            return Standing(
                report, stored, options, kept.made_at, False, wanted.working, wanted.trouble
            )
        many = True
    elif kept and kept.stamp == stamp:
        if (report := _read(desk, key, kept)) is not None:
            return Standing(report, stored, options, kept.made_at)
        many = kept.seconds > AT_ONCE
    if many:
        wanted = ask_for(desk.workspace, desk.store, stored, key, stamp)
        if wanted.trouble is not None and not wanted.working:
            raise wanted.trouble
        raise BeingMade(
            _("这一期的数字正在首次计算，算好后本页自动打开"),
            "report-being-made",
            _("报道很多时要等十几秒。"),
        )
    return _made_now(*made, key, stamp)


def taken_back(session: Session, issued: Issued, report: PeriodReport) -> tuple[Correction, ...]:
    """Words 确认齐全 an issued report rests on that were taken back since, nothing else holding the days."""
    found = words_taken_back(session, issued, lambda: report)
    return tuple(one for one in found if one.old != one.new)


def change_since(desk: Desk, standing: Standing) -> Comparison | None:
    """The report beside that of the period before; by its issued record where it has one.

    None where the plan's term had not begun by then.

    Raises:
        XuanjianError: what ``standing_of`` raises.
    """
    before = previous_period(standing.report.period)
    term = standing.stored.plan.period
    if term is not None and before.last < term[0]:
        return None
    options = replace(standing.options, period=before)
    other = _issued(desk, standing.stored, options) or standing_of(desk, standing.stored, options)
    version = other.issued.version if other.issued else 0
    return compare_reports(standing.report, other.report, issued_version=version)


def _made_now(
    desk: Desk, stored: StoredPlan, options: AuditOptions, key: StandingKey, stamp: str
) -> Standing:
    place = (desk.workspace.database_url, key)
    with _making[hash(place) % _STRIPES]:
        with desk.begin() as session:
            kept = read_standing(session, key, _memory.mark(place))
        if kept and kept.stamp == stamp and (report := _decoded(desk, key, kept)) is not None:
            return Standing(report, stored, options, kept.made_at)  # somebody was quicker
        kept, report = make_standing(desk.store, stored, options, desk.workspace.settings, key)
        _memory.put(place, kept.made_at, len(kept.body), report)
    return Standing(report, stored, options, kept.made_at)


def _read(desk: Desk, key: StandingKey, kept: StoredStanding) -> PeriodReport | None:
    place = (desk.workspace.database_url, key)
    held = _memory.get(place, kept.made_at)
    if held is not None:
        return held
    with _making[hash(place) % _STRIPES]:
        return _decoded(desk, key, kept)


def _decoded(desk: Desk, key: StandingKey, kept: StoredStanding) -> PeriodReport | None:
    """The kept report; None, and it is dropped, where it cannot be read."""
    place = (desk.workspace.database_url, key)
    held = _memory.get(place, kept.made_at)
    if held is not None:
        return held
    body = kept.body
    if not body:  # what was held when it was asked for has gone since
        with desk.begin() as session:
            again = read_standing(session, key)
        if not again:
            return None
        kept, body = again, again.body
    try:
        report = PeriodReport.from_json(body)
    except msgspec.DecodeError:
        with desk.begin() as session:
            forget_standing(session, key)
        return None
    _memory.put(place, kept.made_at, len(body), report)
    return report


def _issued(desk: Desk, stored: StoredPlan, options: AuditOptions) -> Standing | None:
    """The newest issued record of a period, where it is the last word: its version is locked."""
    key = key_of(stored, options)
    with desk.begin() as session:
        versions = issued_reports(session, key)
        if not versions:
            return None
        issued = versions[-1]
        place = (desk.workspace.database_url, issued.id)
        report = _memory.get(place, issued.fingerprint)
        if report is None:
            locked = locked_report(session, key)
            assert locked is not None
            report = locked.report
            _memory.put(place, issued.fingerprint, len(locked.body), report)
        taken = taken_back(session, issued, report)
    return Standing(report, stored, options, issued.issued_at, issued=issued, taken_back=taken)
