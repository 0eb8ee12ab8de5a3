"""The report that pages show: worked out once, kept, and renewed when something changed.

Hides: when it is worked out. A report of few news takes less than a page may, and is made at once when
its stamp changed. A report of a million takes ten seconds: then pages go on showing the last one, say
of when it is, and a process of its own works out the next.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from console.desk import Desk
from pipeline.config import Settings, Workspace
from pipeline.coverage.assemble import period_report
from pipeline.coverage.gather import AuditOptions, period_of
from pipeline.coverage.period_report import PeriodReport
from pipeline.plan.schemes import choose_scheme
from pipeline.store.plans import StoredPlan
from pipeline.store.standing import (
    StandingKey,
    StoredStanding,
    read_standing,
    save_standing,
    stamp_of,
)
from pipeline.store.store import Store

__all__ = ["Standing", "make_standing", "standing_report"]

AT_ONCE = 0.5
"""Seconds a report may have taken to be worked out within a request."""
_KEPT = 8
"""Reports held in memory."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A report, of when it is, and whether something changed since."""

    report: PeriodReport
    stored: StoredPlan
    made_at: str
    fresh: bool


_held: OrderedDict[tuple[str, StandingKey], tuple[str, PeriodReport]] = OrderedDict()
_lock = threading.Lock()
_working: dict[StandingKey, subprocess.Popen[bytes]] = {}


def standing_report(desk: Desk) -> Standing:
    """The report of the plan and period that are asked about.

    Raises:
        XuanjianError: what ``Desk.plan``, ``Desk.options`` and ``period_of`` raise.
    """
    stored = desk.plan()
    place = desk.workspace.database_url
    with desk.begin() as session:
        options = desk.options(session, stored)
        key = _key(stored, options)
        stamp = _stamp(session, desk.workspace.settings)
        with _lock:
            held = _held.get((place, key))
        kept = read_standing(session, key, held[0] if held else "")
    if kept and kept.stamp != stamp and kept.seconds > AT_ONCE:
        _work_out(desk.workspace, stored, key)
        return Standing(_report(place, key, kept), stored, kept.made_at, fresh=False)
    if not kept or kept.stamp != stamp:
        kept = make_standing(desk.store, stored, options, desk.workspace.settings)
    return Standing(_report(place, key, kept), stored, kept.made_at, fresh=True)


def make_standing(
    store: Store, stored: StoredPlan, options: AuditOptions, settings: Settings
) -> StoredStanding:
    """Work a report out and keep it."""
    started = time.monotonic()
    with store.begin() as session:
        stamp = _stamp(session, settings)
        key = _key(stored, options)
        body = period_report(session, stored, options).to_json()
        save_standing(session, key, stamp, time.monotonic() - started, body)
    with store.begin() as session:
        kept = read_standing(session, key)
    assert kept
    return kept


def _report(place: str, key: StandingKey, kept: StoredStanding) -> PeriodReport:
    with _lock:
        held = _held.get((place, key))
        if held is not None and held[0] == kept.made_at and not kept.body:
            _held.move_to_end((place, key))
            return held[1]
    report = PeriodReport.from_json(kept.body)
    with _lock:
        _held[(place, key)] = (kept.made_at, report)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return report


def _work_out(workspace: Workspace, stored: StoredPlan, key: StandingKey) -> None:
    with _lock:
        running = _working.get(key)
        if running is not None and running.poll() is None:
            return
        _working[key] = subprocess.Popen(
            [
                *(sys.executable, "-m", "console.standing", str(workspace.path), stored.name),
                *(key.scheme, key.first, key.last),
            ],
            stdin=subprocess.DEVNULL,
        )


def _key(stored: StoredPlan, options: AuditOptions) -> StandingKey:
    period = period_of(stored, options)
    scheme, _ = choose_scheme(stored.plan, options.scheme)
    return StandingKey(stored.id, scheme, period.first, period.last)


def _stamp(session: Session, settings: Settings) -> str:
    told = repr(sorted(settings.values.items()))
    return stamp_of(session, told, datetime.now(UTC).date().isoformat())


def main() -> None:
    """Work one report out: the process started when pages must not wait."""
    import os
    from dataclasses import replace

    from pipeline.coverage.periods import make_period
    from pipeline.store.plans import get_plan

    folder, name, scheme, first, last = sys.argv[1:6]
    os.nice(10)  # people's pages come first
    workspace = Workspace.open(Path(folder))
    from datetime import date

    span = make_period(date.fromisoformat(first), date.fromisoformat(last))
    with Store.open(workspace.database_url) as store:
        with store.begin() as session:
            stored = get_plan(session, name)
        options = replace(AuditOptions.of(workspace.settings), period=span, scheme=scheme)
        make_standing(store, stored, options, workspace.settings)


if __name__ == "__main__":
    main()
