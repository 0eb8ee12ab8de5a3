"""The duties 落实事项 a plan lays on offices, each with the names a story about it would use.

Hides: which words of the plan are a duty's own name and which are everybody's, and that an event with
a date that no obligation speaks of is a duty too. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from pipeline.plan.days_of_note import day_of_note
from pipeline.plan.events import EVENT
from pipeline.plan.model import Obligation, Plan, walk
from pipeline.text import comparable

__all__ = ["Duty", "duties_of", "words_of"]


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation, or an event of the plan with a date that no obligation speaks of."""

    id: str
    obligation: Obligation
    text: str = ""
    """All words of its node."""
    terms: tuple[str, ...] = ()
    """Names a story about it would use; () where it has none of its own."""


_QUOTED = re.compile(r"[“《「『]([^“”《》「」『』\n]{3,24})[”》」』]")
_NATION = re.compile(r"^(?:全国|世界|国际|国家|中国|全民)")
_COMMON = 3
"""A quoted name that so many duties use is the plan's slogan, not the name of one of them."""
_ANY_YEAR = 2000


def duties_of(plan: Plan) -> tuple[Duty, ...]:
    """The plan's obligations in order, then its events that no obligation names.

    Ids are those of the nodes (``form-2``), a second one of the same node gets ``.2``; events are
    ``event-1`` and so on.
    """
    nodes = {node.id: node for node in walk(plan.nodes)}
    texts = []
    for obligation in plan.obligations:
        node = nodes.get(obligation.node)
        below = walk((node,)) if node else ()
        parts = [part for piece in below for part in (piece.title, piece.text) if part]
        texts.append("。".join(dict.fromkeys([obligation.what, *parts])))
    quoted = [set(_QUOTED.findall(text)) for text in texts]
    used: dict[str, int] = {}
    duties = []
    for obligation, text, names in zip(plan.obligations, texts, quoted, strict=True):
        used[obligation.node] = used.get(obligation.node, 0) + 1
        number = used[obligation.node]
        media = {comparable(name) for name in obligation.media}
        own = [
            name
            for name in dict.fromkeys(_QUOTED.findall(text))
            if name in names
            and sum(name in other for other in quoted) < _COMMON
            and (comparable(name) not in media or f"《{name}》" in obligation.what)
            and not EVENT.search(name)
            and not re.fullmatch(r"[\d.．·]+", name)
        ]
        spoken = f"{obligation.what}。{obligation.when}"
        events = [_NATION.sub("", found.group()) for found in EVENT.finditer(spoken)]
        events += [
            event for named in plan.events if (event := _NATION.sub("", named.name)) in spoken
        ]
        duties.append(
            Duty(
                id=obligation.node if number == 1 else f"{obligation.node}.{number}",
                obligation=obligation,
                text=text,
                terms=tuple(dict.fromkeys([*events, *own])),
            )
        )
    told = comparable("".join(texts + [o.when for o in plan.obligations]))
    for number, day in enumerate(plan.events, 1):
        bare = _NATION.sub("", day.name)
        known = day.date or day_of_note(day.name, _ANY_YEAR)
        if comparable(bare) in told or not known:
            continue
        month_day = day.date[-5:].split("-")
        when = f"{int(month_day[0])}月{int(month_day[1])}日" if len(month_day) == 2 else day.name
        what = f"{day.name}（方案提到的节点）"
        duty = Obligation(node=f"event-{number}", what=what, when=when)
        duties.append(Duty(id=f"event-{number}", obligation=duty, text=what, terms=(bare,)))
    return tuple(duties)


def words_of(duties: Iterable[Duty]) -> dict[str, str]:
    """What each duty says, by its id: what its proofs are known by in another version."""
    return {duty.id: duty.obligation.what for duty in duties}
