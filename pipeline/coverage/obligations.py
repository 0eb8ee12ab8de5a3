"""What the plan says will be done, and what shows that it was 落实情况表.

Hides: when an obligation counts as done. An obligation is never news coverage and news coverage is
never an obligation: proofs change no theme, and a story counts here only where a person says that
it shows the duty was done. Pure.

Rules: a proof falls into the occasion whose days hold its day, else into the nearest one it
misses by at most ``BEFORE`` or ``AFTER`` days (a report comes after what it reports). An occasion is
met by as many proofs as the plan asks for. Only occasions due by the end of the period, or by today
where that is earlier, can be missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from pipeline.coverage.duties import Duty, duties_of
from pipeline.coverage.occasions import Occasion, Timing, occasions_of
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import Period
from pipeline.plan.model import Obligation, Plan
from pipeline.register import Submission
from pipeline.store.proofs import ProofKind, StoredProof
from pipeline.text import comparable, squeeze

__all__ = [
    "OBLIGATION_STATE_NAMES",
    "PROOF_KIND_NAMES",
    "MediumProof",
    "ObligationLine",
    "ObligationState",
    "OccasionLine",
    "ProofLine",
    "Proposal",
    "obligation_lines",
    "search_windows",
]

BEFORE, AFTER = 10, 15
"""Days a proof may lie outside its occasion: word of an event goes out before it and after it."""
MOST_PROOFS = 40
"""Proofs and proposals listed per obligation; the rest are numbers."""
LONGEST = 200

ObligationState = Literal["done", "partly", "none", "not_due", "outside"]
OBLIGATION_STATE_NAMES: dict[str, str] = {
    "done": "已落实",
    "partly": "部分落实",
    "none": "未见佐证",
    "not_due": "未到期",
    "outside": "不在本期",
}
PROOF_KIND_NAMES: dict[str, str] = {"file": "佐证材料", "story": "报道", "submission": "报送"}


class ProofLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that shows a duty was done, and who says so."""

    kind: ProofKind
    day: str
    reference: str
    """File of the workspace, id of the story, or place in the register."""
    title: str = ""
    number: int = 0
    """佐证编号; 0 for a submission that counts by what the register says."""
    times: int = 1
    media: tuple[str, ...] = ()
    by: str = ""
    note: str = ""
    sha256: str = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A story that may show it 待确认: it names ``term`` near an occasion. It counts for nothing."""

    story: str
    title: str
    day: str
    outlet: str
    term: str
    medium: str = ""
    """The named medium that printed it, where one did."""


class OccasionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One occasion: what was asked and what is shown."""

    first: str
    last: str
    label: str
    wanted: int
    shown: int
    due: bool

    @property
    def met(self) -> bool:
        """Whether as much is shown as was asked."""
        return self.shown >= self.wanted


class MediumProof(msgspec.Struct, frozen=True, kw_only=True):
    """A medium the obligation names, and how many proofs come from it or were given for it."""

    name: str
    shown: int


class ObligationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation 落实事项 over the period."""

    id: str
    what: str
    when: str
    """When or how often, as the plan writes it; '' where it says neither."""
    offices: tuple[str, ...]
    state: ObligationState
    reason: str
    text: str = ""
    """What the plan writes about it, the first ``LONGEST`` characters."""
    next_due: str = ""
    """The next day an occasion falls due after today, in the plan's whole term; '' for none."""
    occasions: tuple[OccasionLine, ...] = ()
    media: tuple[MediumProof, ...] = ()
    proofs: tuple[ProofLine, ...] = ()
    more_proofs: int = 0
    proposals: tuple[Proposal, ...] = ()
    more_proposals: int = 0
    notes: tuple[str, ...] = ()
    """What the plan leaves open, and how it was read."""


_EVERYONE = 2


def _timing(duty: Duty, plan: Plan, period: Period) -> Timing:
    """Occasions over the plan's term, or the calendar years of the period where it names none."""
    if plan.period:
        first, last = map(date.fromisoformat, plan.period)
    else:
        first = date(int(period.first[:4]), 1, 1)
        last = date(int(period.last[:4]), 12, 31)
    term = make_period(first, last)
    return occasions_of(duty.obligation.when, duty.obligation.every, term)


def search_windows(plan: Plan, period: Period) -> dict[str, tuple[tuple[str, str], ...]]:
    """By name to look for: the days, disjoint and in order, in which a story naming it may show
    that a duty was done in ``period``."""
    found: dict[str, list[tuple[str, str]]] = {}
    for duty in duties_of(plan):
        spans = [
            _widened(one)
            for one in _timing(duty, plan, period).occasions
            if one.first <= period.last and one.last >= period.first
        ]
        for term in duty.terms:
            found.setdefault(term, []).extend(spans)
    return {term: _joined(spans) for term, spans in found.items() if spans}


def _widened(one: Occasion | OccasionLine) -> tuple[str, str]:
    first = date.fromisoformat(one.first) - timedelta(days=BEFORE)
    return first.isoformat(), (date.fromisoformat(one.last) + timedelta(days=AFTER)).isoformat()


def _joined(spans: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    merged: list[tuple[str, str]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def obligation_lines(
    plan: Plan,
    period: Period,
    today: str,
    *,
    proofs: Sequence[StoredProof] = (),
    naming: Sequence[Proposal] = (),
    submissions: Sequence[Submission] = (),
) -> tuple[ObligationLine, ...]:
    """One line per duty of the plan.

    Args:
        today: ISO 8601; what falls due after it is not missed yet.
        proofs: what people gave (``proofs_of``).
        naming: stories that name a term of ``search_windows`` within its days.
        submissions: the register's, with offices as the plan calls them.
    """
    denied = {(proof.obligation, proof.reference) for proof in proofs if not proof.counts}
    aliases = {
        comparable(name): office.name
        for office in plan.offices
        for name in (office.name, *office.aliases)
    }
    lines = []
    for duty in duties_of(plan):
        timing = _timing(duty, plan, period)
        given = [_given(proof) for proof in proofs if proof.obligation == duty.id and proof.counts]
        given += _handed_in(duty.obligation, submissions, aliases)
        proposed = [
            one
            for one in naming
            if one.term in duty.terms
            and (duty.id, one.story) not in denied
            and not any(p.kind == "story" and p.reference == one.story for p in given)
        ]
        lines.append(_line(duty, timing, period, today, given, proposed))
    return tuple(lines)


def _given(proof: StoredProof) -> ProofLine:
    return ProofLine(
        kind=proof.kind,
        day=proof.day,
        reference=proof.reference,
        title=proof.title,
        number=proof.number,
        times=proof.times,
        media=proof.media,
        by=proof.by,
        note=proof.note,
        sha256=proof.sha256,
    )


def _handed_in(
    obligation: Obligation, submissions: Sequence[Submission], aliases: Mapping[str, str]
) -> list[ProofLine]:
    """Submissions of the obligation's offices for a column or medium that it names."""
    offices = {aliases.get(comparable(name), name) for name in obligation.offices}
    found = []
    for one in submissions:
        if offices and not offices.intersection(one.offices):
            continue
        printed = [use.outlet for use in one.adopted]
        media = tuple(name for name in obligation.media if _names(name, (one.column, *printed)))
        if media:
            used = [name for name in media if _names(name, printed)]
            note = f"采用：{'、'.join(used)}" if used else "已报送，未登记采用"
            found.append(
                ProofLine(
                    kind="submission",
                    day=one.day,
                    reference=one.place,
                    title=one.title,
                    media=media,
                    by="、".join(one.offices),
                    note=note,
                )
            )
    return found


def _names(medium: str, written: Iterable[str]) -> bool:
    bare = comparable(medium)
    return any(
        bare in comparable(name) or (len(name) > 2 and comparable(name) in bare)
        for name in written
        if name
    )


def _line(
    duty: Duty,
    timing: Timing,
    period: Period,
    today: str,
    given: Sequence[ProofLine],
    proposed: Sequence[Proposal],
) -> ObligationLine:
    now = min(today, period.last)
    inside = [o for o in timing.occasions if o.first <= period.last and o.last >= period.first]
    occasions = tuple(_occasion(one, timing.occasions, given, now) for one in inside)
    held = [p for p in given if any(_falls(p.day, one, timing.occasions) for one in inside)]
    near = [p for p in proposed if any(_falls(p.day, one, timing.occasions) for one in inside)]
    media = tuple(
        MediumProof(
            name=name,
            shown=sum(p.times for p in held if not p.media or name in p.media),
        )
        for name in duty.obligation.media
    )
    state, reason = _state(occasions, media, held)
    if state in ("none", "partly", "not_due") and near:
        reason += f"；另有 {len(near)} 篇报道待确认"
    coming = [one.last for one in timing.occasions if one.last >= today]
    every, when = duty.obligation.every, duty.obligation.when
    held.sort(key=lambda p: (p.day, p.number, p.reference))
    near.sort(key=lambda p: (p.day, p.story))
    return ObligationLine(
        id=duty.id,
        what=duty.obligation.what,
        when="，".join(dict.fromkeys(part for part in (when, every) if part)),
        offices=duty.obligation.offices,
        state=state,
        reason=reason,
        text=squeeze(duty.text)[:LONGEST],
        next_due=min(coming, default=""),
        occasions=occasions,
        media=media,
        proofs=tuple(held[:MOST_PROOFS]),
        more_proofs=max(len(held) - MOST_PROOFS, 0),
        proposals=tuple(near[:MOST_PROOFS]),
        more_proposals=max(len(near) - MOST_PROOFS, 0),
        notes=(*timing.notes, *_open(duty, timing)),
    )


def _occasion(
    one: Occasion, among: Sequence[Occasion], given: Sequence[ProofLine], now: str
) -> OccasionLine:
    return OccasionLine(
        first=one.first,
        last=one.last,
        label=one.label,
        wanted=one.wanted,
        shown=sum(proof.times for proof in given if _falls(proof.day, one, among)),
        due=one.last <= now,
    )


def _falls(day: str, one: Occasion, among: Sequence[Occasion]) -> bool:
    """Whether a day belongs to an occasion: its own days, else the nearest's just outside."""
    if one.first <= day <= one.last:
        return True
    if any(other.first <= day <= other.last for other in among):
        return False
    first, last = _widened(one)
    if not first <= day <= last:
        return False
    near = [o for o in among if _widened(o)[0] <= day <= _widened(o)[1]]
    return one == min(near, key=lambda o: (_distance(day, o), o.first, o.wanted))


def _distance(day: str, one: Occasion) -> int:
    at = date.fromisoformat(day)
    return max(
        (date.fromisoformat(one.first) - at).days, (at - date.fromisoformat(one.last)).days, 0
    )


def _state(
    occasions: Sequence[OccasionLine],
    media: Sequence[MediumProof],
    held: Sequence[ProofLine],
) -> tuple[ObligationState, str]:
    if not occasions:
        return "outside", "本期没有应办时次"
    due = [one for one in occasions if one.due]
    met = [one for one in due if one.met]
    silent = [medium.name for medium in media if not medium.shown]
    if due:
        said = f"到期 {len(due)} 次，已落实 {len(met)} 次"
        if len(due) == 1:
            said = f"应 {due[0].wanted} 次，见佐证 {due[0].shown} 次"
    else:
        said = f"{_day_words(occasions[0].last)}到期"
        said += f"，至今见佐证 {sum(p.times for p in held)} 件" if held else "，至今未见佐证"
    if held and silent:
        said += f"；点名媒体 {len(media)} 家中 {len(silent)} 家未见佐证（{_some(silent)}）"
    missed = [f"{one.label}（{one.shown}/{one.wanted}）" for one in due if not one.met]
    if missed and len(due) > 1:
        said += f"；缺：{_some(missed)}"
    complete = not silent
    if due and len(met) == len(due):
        return ("done" if complete else "partly"), said
    if not due:
        ready = all(one.met for one in occasions)
        return ("done" if ready and complete and held else "not_due"), said
    return ("partly" if any(one.shown for one in due) else "none"), said


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:4])
    return f"{shown}等 {len(names)} 项" if len(names) > 4 else shown


def _day_words(day: str) -> str:
    at = date.fromisoformat(day)
    return f"{at.year}年{at.month}月{at.day}日"


def _open(duty: Duty, timing: Timing) -> list[str]:
    """What the plan leaves open about this duty."""
    said = []
    if timing.whole_term:
        said.append("方案未写时间，按整个执行期一次列")
    several = len(duty.obligation.offices) >= _EVERYONE
    if several and duty.obligation.every and any(one.wanted > 1 for one in timing.occasions):
        said.append("方案未明确次数是每个科室还是合计，按合计")
    if not duty.terms and not duty.obligation.media:
        said.append("事项没有专名，机器不能推荐报道，请人工佐证")
    return said
