"""A plan's tree and the document it was read from, as records that stand side by side.

Hides: how offsets in the cleaned text become pieces that can be marked. Spans of nodes nest; doubts may
cross them and are cut where they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from console.language import N_, _
from pipeline.plan.model import SCHEME_KINDS, Doubt, Plan, PlanNode

__all__ = [
    "KIND_NAMES",
    "PLAN_KIND_NAMES",
    "Document",
    "DoubtLine",
    "Piece",
    "TreeLine",
    "kind_names",
    "tree_of",
]

SHOWN = 300_000
"""Characters of a document shown beside its tree; the longest plan known has 60 000."""

KIND_NAMES = {
    "focus_area": N_("宣传重点"),
    "chapter": N_("章"),
    "section": N_("节"),
    "subsection": N_("目"),
    "measure": N_("措施"),
    "form": N_("主要形式"),
    "requirement": N_("工作要求"),
    "item": N_("条目"),
    "heading": N_("标题"),
}
"""In the order a person chooses from."""

PLAN_KIND_NAMES = {
    "publicity_plan": N_("宣传方案"),
    "development_plan": N_("发展规划"),
    "work_plan": N_("工作要点"),
    "bulletin": N_("简报"),
    "other": N_("其他文件"),
}


class TreeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A node 条目 on a line of the tree."""

    id: str
    depth: int
    number: str
    title: str
    kind: str
    auditable: bool
    theme: bool
    """Whether news is mapped to it."""
    inferred: bool
    lead_offices: tuple[str, ...]
    offices: tuple[str, ...]
    shown: bool
    """Whether its place in the document is shown beside."""
    profile: str = ""
    """``confirmed``, ``own`` (in the plan, not confirmed), or '' for one that is proposed."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the document: nodes that begin before it, nodes that end after it."""

    text: str
    opens: tuple[str, ...] = ()
    closes: int = 0
    doubt: int = 0
    """Number of the doubt it is about, from 1; 0 for none."""
    first: bool = False
    """Whether the doubt begins here."""


class DoubtLine(msgspec.Struct, frozen=True, kw_only=True):
    """A doubt 存疑; ``shown`` where its place is marked in the document."""

    number: int
    what: str
    slug: str
    shown: bool


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The tree, the document beside it, and the doubts."""

    lines: tuple[TreeLine, ...]
    pieces: tuple[Piece, ...]
    doubts: tuple[DoubtLine, ...]
    cut: int = 0
    """Characters of the document that are not shown."""


def kind_names() -> dict[str, str]:
    """What each kind of node is called, in the order a person chooses from."""
    return {kind: _(words) for kind, words in KIND_NAMES.items()}


def tree_of(plan: Plan, text: str) -> Document:
    """The plan beside ``text``, the cleaned text its spans point into; '' where there is none."""
    shown = text[:SHOWN]
    nodes = list(_placed(plan.nodes, 0, len(shown)))
    doubts = [
        (number, max(0, doubt.span[0]), min(doubt.span[1], len(shown)))
        for number, doubt in enumerate(plan.doubts, 1)
    ]
    marked = {number for number, start, end in doubts if _marks(plan.doubts[number - 1], text, end)}
    places = [one for one in doubts if one[0] in marked and one[1] < one[2]]
    there = {node.id for node in nodes}
    confirmed = {one.theme: "confirmed" if one.confirmed_by else "own" for one in plan.profiles}
    return Document(
        lines=tuple(_lines(plan.nodes, 0, there, confirmed)),
        pieces=tuple(_pieces(shown, nodes, places)),
        doubts=tuple(
            DoubtLine(
                number=number,
                what=doubt.what,
                slug=doubt.slug,
                shown=any(number == place[0] for place in places),
            )
            for number, doubt in enumerate(plan.doubts, 1)
        ),
        cut=len(text) - len(shown),
    )


def _marks(doubt: Doubt, text: str, end: int) -> bool:
    """Whether a doubt has a place of its own: one about the whole document has none."""
    start = doubt.span[0]
    return 0 <= start < end and not (start == 0 and doubt.span[1] >= len(text))


def _lines(
    nodes: Sequence[PlanNode], depth: int, shown: set[str], profiles: dict[str, str]
) -> Iterator[TreeLine]:
    for node in nodes:
        yield TreeLine(
            id=node.id,
            depth=depth,
            number=node.number,
            title=node.label,
            kind=node.kind,
            auditable=node.auditable,
            theme=node.auditable and node.kind in SCHEME_KINDS,
            inferred=node.inferred,
            lead_offices=node.lead_offices,
            offices=node.offices,
            shown=node.id in shown,
            profile=profiles.get(node.id, ""),
        )
        yield from _lines(node.children, depth + 1, shown, profiles)


def _placed(nodes: Sequence[PlanNode], start: int, end: int) -> Iterator[PlanNode]:
    """Nodes whose spans lie in their parent's and after their elder's; a plan file written by hand
    may have others."""
    for node in nodes:
        first, last = node.span
        if start <= first < last <= end:
            yield node
            yield from _placed(node.children, first, last)
            start = last


def _pieces(
    text: str, nodes: Sequence[PlanNode], doubts: Sequence[tuple[int, int, int]]
) -> Iterator[Piece]:
    cuts = {0, len(text)}
    opens: dict[int, list[str]] = {}
    closes: dict[int, int] = {}
    for node in nodes:  # parents before their children
        cuts.update(node.span)
        opens.setdefault(node.span[0], []).append(node.id)
        closes[node.span[1]] = closes.get(node.span[1], 0) + 1
    for _number, start, end in doubts:
        cuts.update((start, end))
    places = sorted(cuts)
    for start, end in pairwise(places):
        about = next((one for one in doubts if one[1] <= start and end <= one[2]), (0, -1, -1))
        yield Piece(
            text=text[start:end],
            opens=tuple(opens.get(start, ())),
            closes=closes.get(end, 0),
            doubt=about[0],
            first=about[1] == start,
        )
