"""What an audit 抽查 of a page's period has said so far, and what it would cost to draw or extend one.

Hides: when prices are worked out. They need every counted story, so that only periods of few are
priced within a request, once for each report; of larger ones a process of its own tells them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.standing import Standing
from pipeline.coverage.audit import audit
from pipeline.coverage.gather import EVERY, known_of
from pipeline.coverage.offering import offer_of, population_of
from pipeline.coverage.pricing import AuditOffer, Proposal, ThemePrice
from pipeline.coverage.sampling import LOOKS, READ
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.store.audits import StoredAudit, audits_of, sample_sizes

__all__ = ["PRICED_AT_ONCE", "AuditBox", "audit_box"]

PRICED_AT_ONCE = 1_000
"""Counted stories of a period whose prices are worked out within a request."""
_KEPT = 16


class AuditBox(msgspec.Struct, frozen=True, kw_only=True):
    """The audit of the page's period, or what one would cost."""

    id: int = 0
    """Its number; 0 where none was drawn."""
    drawn_at: str = ""
    closed: bool = False
    """Whether its sample is read to the end."""
    drawn: int = 0
    before: int = 0
    """Stories read through before the draw, which it takes as they are."""
    population: int = 0
    looks: int = 0
    most_looks: int = LOOKS
    at_most: int = 0
    model: str = ""
    stale: bool = False
    """Whether the one drawn is of other themes than the plan's version in use."""
    price: ThemePrice | None = None
    """What it costs to decide this theme; None where it is decided, or prices were not worked out."""
    proposals: tuple[Proposal, ...] = ()
    proposed: Proposal | None = None
    unread: int = 0
    undated: int = 0
    priced: bool = False
    may_draw: bool = False
    may_extend: bool = False


_held: OrderedDict[tuple[str, int, str, str, str, str], AuditOffer] = OrderedDict()
_sizes: dict[tuple[str, int, int], tuple[int, int, int]] = {}
"""By audit and look; a population is frozen at the draw, and counting a million rows takes a second."""
_lock = threading.Lock()


def audit_box(desk: Desk, standing: Standing, theme: str) -> AuditBox:
    """What is known of the audit of the report's period; prices only where it is asked about as things
    stand."""
    report, stored = standing.report, standing.stored
    period = (report.period.first, report.period.last)
    editor = desk.account.may("editor")
    with desk.begin() as session:
        found = audits_of(session, stored, report.plan.scheme, period, stories=False)
        mark = scheme_fingerprint(stored.plan, report.plan.scheme)
        mine = [one for one in found if one.scheme_fingerprint == mark]
        box = (
            _of(desk.workspace.database_url, session, mine[-1])
            if mine
            else AuditBox(stale=bool(found))
        )
        few = report.totals.counted <= PRICED_AT_ONCE
        offer = _offer(desk, session, standing) if few and not standing.issued else None
    open_now = not standing.issued
    proposed = offer.proposed() if offer else None
    return msgspec.structs.replace(
        box,
        price=next((one for one in offer.themes if one.theme == theme), None) if offer else None,
        proposals=offer.proposals if offer else (),
        proposed=proposed,
        unread=offer.unread if offer else report.totals.counted - report.totals.reviewed,
        undated=offer.undated if offer else report.totals.undated,
        priced=offer is not None,
        may_draw=editor and open_now and not mine and report.totals.counted > 0,
        may_extend=editor and open_now and box.closed and box.looks < LOOKS,
    )


def _of(place: str, session: Session, found: StoredAudit) -> AuditBox:
    key = (place, found.id, found.looks)
    with _lock:
        sizes = _sizes.get(key)
    if sizes is None:
        sizes = sample_sizes(session, found.id, READ)
        with _lock:
            _sizes[key] = sizes
    population, drawn, before = sizes
    return AuditBox(
        id=found.id,
        drawn_at=found.drawn_at,
        closed=bool(found.closed_at),
        drawn=drawn,
        before=before,
        population=population,
        looks=found.looks,
        at_most=found.at_most,
        model=f"{found.model[0]} {found.model[1][:8]}".strip(),
    )


def _offer(desk: Desk, session: Session, standing: Standing) -> AuditOffer | None:
    report, stored = standing.report, standing.stored
    key = (
        *(desk.workspace.database_url, stored.id, report.plan.scheme),
        *(report.period.first, report.period.last, standing.made_at),
    )
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    known = known_of(session, stored, replace(standing.options, most=EVERY))
    whole = audit(known)
    offer = offer_of(known, whole, population_of(known, whole))
    with _lock:
        _held[key] = offer
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return offer
