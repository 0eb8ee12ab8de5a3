"""What an audit 抽查 of a page's period has said so far, and what it would cost to draw or extend one.

Hides: when there is nothing to draw, and when prices are worked out. They need every story of the
period, so that only periods of few are priced within a request, once for each report; of larger ones a
process of its own tells them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import _
from console.standing import Standing
from pipeline.clock import today
from pipeline.coverage.audit import audit
from pipeline.coverage.gather import EVERY, known_of
from pipeline.coverage.offering import offer_of, population_of
from pipeline.coverage.pricing import AuditOffer, Proposal, ThemePrice
from pipeline.coverage.sampling import LOOKS, READ
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.store.audits import StoredAudit, audits_of, sample_sizes

__all__ = ["PRICED_AT_ONCE", "AuditBox", "audit_box", "why_no_draw"]

PRICED_AT_ONCE = 1_000
"""Counted stories of a period whose prices are worked out within a request."""
_GONE_THROUGH = 5_000
"""Stories of such a period, counted or not: all are read to find those that count."""
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
    no_draw: str = ""
    """Why no sample can be drawn, or no further one; '' where one can."""
    may_draw: bool = False
    may_extend: bool = False


_held: OrderedDict[tuple[str, int, str, str, str, str], AuditOffer] = OrderedDict()
_sizes: dict[tuple[str, int, int], tuple[int, int, int]] = {}
"""By audit and look; a population is frozen at the draw, and counting a million rows takes a second."""
_lock = threading.Lock()


def audit_box(desk: Desk, standing: Standing, theme: str) -> AuditBox:
    """What is known of the audit of the report's period; prices only where it is asked about as things
    stand."""
    report = standing.report
    editor = desk.account.may("editor")
    with desk.begin() as session:
        found, mine = _drawn(session, standing)
        box = (
            _of(desk.workspace.database_url, session, mine[-1])
            if mine
            else AuditBox(stale=bool(found))
        )
        few = 0 < report.totals.counted <= PRICED_AT_ONCE and report.totals.stories <= _GONE_THROUGH
        offer = _offer(desk, session, standing) if few and not standing.issued else None
    proposed = offer.proposed() if offer else None
    refusal = _no_more(standing, box) if mine else _nothing(standing, offer)
    return msgspec.structs.replace(
        box,
        price=next((one for one in offer.themes if one.theme == theme), None) if offer else None,
        proposals=offer.proposals if offer else (),
        proposed=proposed,
        unread=offer.unread if offer else report.totals.counted - report.totals.reviewed,
        undated=offer.undated if offer else report.totals.undated,
        priced=offer is not None,
        no_draw=refusal,
        may_draw=editor and not mine and not refusal,
        may_extend=editor and bool(mine) and not refusal,
    )


def why_no_draw(session: Session, standing: Standing) -> str:
    """Why no first sample of the report's period can be drawn; '' where one can."""
    _found, mine = _drawn(session, standing)
    if mine:
        return _("本期已经抽过样；样本判完后，可以在条目的页面上扩大。")
    return _nothing(standing, None)


def _drawn(session: Session, standing: Standing) -> tuple[list[StoredAudit], list[StoredAudit]]:
    """The audits of the period, and those of the themes as the plan has them now."""
    report, stored = standing.report, standing.stored
    period = (report.period.first, report.period.last)
    found = list(audits_of(session, stored, report.plan.scheme, period, stories=False))
    mark = scheme_fingerprint(stored.plan, report.plan.scheme)
    return found, [one for one in found if one.scheme_fingerprint == mark]


def _nothing(standing: Standing, offer: AuditOffer | None) -> str:
    report = standing.report
    if standing.issued:
        return _("本期已印发锁定，数字不再变，不再抽查。")
    if report.period.first > today().isoformat():
        return _("统计周期还没有开始，到期后再抽。")
    if not report.totals.counted:
        return _("本期没有计入的报道，没有可抽的；先采集或导入本期报道。")
    if report.totals.reviewed >= report.totals.counted or (offer and not offer.unread):
        return _("本期计入的报道都已由人判定，没有可抽的，篇数就是确数。")
    if all(line.state != "undecided" for line in report.themes):
        return _("各条都已认定，不需要抽查。")
    return ""


def _no_more(standing: Standing, box: AuditBox) -> str:
    if standing.issued:
        return _("本期已印发锁定，数字不再变，不再抽查。")
    if not box.closed:
        return _("先判完已抽的样本，才能扩大。")
    if box.looks >= LOOKS:
        return _("已抽过 %(n)s 次，再抽就没有 95%% 把握了；其余请通读。") % {"n": LOOKS}
    if box.drawn + box.before >= box.population:
        return _("全部报道都已抽到，没有可再抽的。")
    if all(line.state != "undecided" for line in standing.report.themes):
        return _("各条都已认定，不需要再抽。")
    return ""


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
