"""What changed between two readings of a plan, and which themes it touches.

Hides: when a theme of the new plan is the old one: by id where the title stayed, else by title,
else by what the words share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from pipeline.plan.model import SCHEME_KINDS, Plan, PlanNode, walk
from pipeline.text import comparable

__all__ = ["Change", "PlanDifference", "compare", "paired"]

SAME_WORDS = 0.5
"""Two themes with other titles are one when their pairs of characters overlap so much (Dice)."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One theme that is not what it was."""

    what: Literal["added", "removed", "title", "text", "moved"]
    old_id: str = ""
    new_id: str = ""
    old_title: str = ""
    new_title: str = ""


class PlanDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What changed; ``suspect`` are the old ids whose assignments should be made again."""

    changes: tuple[Change, ...] = ()
    units_added: tuple[str, ...] = ()
    units_removed: tuple[str, ...] = ()
    media_added: tuple[str, ...] = ()
    media_removed: tuple[str, ...] = ()
    obligations_added: tuple[str, ...] = ()
    obligations_removed: tuple[str, ...] = ()
    period: tuple[tuple[str, str] | None, tuple[str, str] | None] | None = None
    """Old and new term, None when it stayed."""
    suspect: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != PlanDifference()


def compare(old: Plan, new: Plan) -> PlanDifference:
    """The difference from ``old`` to ``new``; false when both say the same.

    >>> bool(compare(Plan(title="a", kind="other"), Plan(title="b", kind="other")))
    False
    """
    before, after = _themes(old), _themes(new)
    pairs = paired(before, after)
    changes: list[Change] = []
    for first, second in pairs:
        changes += _changes(first, second)
    matched_old = {first.id for first, _ in pairs}
    matched_new = {second.id for _, second in pairs}
    changes += [
        Change(what="removed", old_id=node.id, old_title=node.title)
        for node in before
        if node.id not in matched_old
    ]
    changes += [
        Change(what="added", new_id=node.id, new_title=node.title)
        for node in after
        if node.id not in matched_new
    ]
    units_added, units_removed = _moved(_names(old.units), _names(new.units))
    media_added, media_removed = _moved(_names(old.media), _names(new.media))
    duties_added, duties_removed = _moved(
        [duty.what for duty in old.obligations], [duty.what for duty in new.obligations]
    )
    return PlanDifference(
        changes=tuple(changes),
        units_added=units_added,
        units_removed=units_removed,
        media_added=media_added,
        media_removed=media_removed,
        obligations_added=duties_added,
        obligations_removed=duties_removed,
        period=(old.period, new.period) if old.period != new.period else None,
        suspect=tuple(dict.fromkeys(change.old_id for change in changes if change.old_id)),
    )


def _themes(plan: Plan) -> list[PlanNode]:
    return [node for node in walk(plan.nodes) if node.kind in SCHEME_KINDS and node.auditable]


def paired(
    before: Sequence[PlanNode], after: Sequence[PlanNode]
) -> list[tuple[PlanNode, PlanNode]]:
    """Old and new node of every theme that stayed, surest first."""
    pairs: list[tuple[PlanNode, PlanNode]] = []
    free = {node.id: node for node in after}
    left = list(before)

    def take(first: PlanNode, second: PlanNode | None) -> bool:
        if second is None:
            return False
        pairs.append((first, second))
        del free[second.id]
        return True

    left = [
        node
        for node in left
        if not take(
            node, found if (found := free.get(node.id)) and _same_title(node, found) else None
        )
    ]
    left = [
        node
        for node in left
        if not take(
            node,
            next((n for n in free.values() if n.kind == node.kind and _same_title(node, n)), None),
        )
    ]
    for node in left:
        best = max(
            (n for n in free.values() if n.kind == node.kind),
            key=lambda n, node=node: _alike(node, n),  # type: ignore[misc]
            default=None,
        )
        take(node, best if best is not None and _alike(node, best) >= SAME_WORDS else None)
    order = {node.id: place for place, node in enumerate(before)}
    return sorted(pairs, key=lambda pair: order[pair[0].id])


def _same_title(first: PlanNode, second: PlanNode) -> bool:
    return bool(first.title) and comparable(first.title) == comparable(second.title)


def _alike(first: PlanNode, second: PlanNode) -> float:
    a, b = _bigrams(first), _bigrams(second)
    return 2 * len(a & b) / max(len(a) + len(b), 1)


def _bigrams(node: PlanNode) -> set[str]:
    words = comparable(node.title + node.text)[:400]
    return {words[i : i + 2] for i in range(len(words) - 1)}


def _changes(first: PlanNode, second: PlanNode) -> list[Change]:
    def change(what: Literal["title", "text", "moved"]) -> Change:
        return Change(
            what=what,
            old_id=first.id,
            new_id=second.id,
            old_title=first.title,
            new_title=second.title,
        )

    found = []
    if comparable(first.title) != comparable(second.title):
        found.append(change("title"))
    if comparable(first.text) != comparable(second.text):
        found.append(change("text"))
    if first.id != second.id and not found:
        found.append(change("moved"))
    return found


def _names(named: Iterable[object]) -> list[str]:
    return [str(getattr(entry, "name", "")) for entry in named]


def _moved(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is only in ``new``, and only in ``old``."""
    return (
        tuple(name for name in dict.fromkeys(new) if name not in set(old)),
        tuple(name for name in dict.fromkeys(old) if name not in set(new)),
    )
