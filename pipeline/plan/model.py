"""The records a plan is made of, and their public JSON (design section 5, ``"format": 1``).

Hides: how a plan is written to and read from JSON. All records are frozen; ``span`` is a
pair of character offsets into the cleaned text (what ``plan read --text`` prints). A key that is
none of theirs is an error: a misspelt one must not be lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from pipeline.news import Level
from pipeline.plan.profile import ThemeProfile

__all__ = [
    "Doubt",
    "Medium",
    "Obligation",
    "Office",
    "OfficeGroup",
    "Person",
    "Plan",
    "PlanEvent",
    "PlanKind",
    "PlanNode",
    "Points",
    "PointsRule",
    "Quota",
    "ScoringRule",
    "Target",
    "Unit",
    "schemes",
    "walk",
]

PlanKind = Literal["publicity_plan", "development_plan", "work_plan", "bulletin", "other"]
NodeKind = Literal[
    "focus_area",
    "chapter",
    "section",
    "subsection",
    "measure",
    "form",
    "requirement",
    "item",
    "heading",
]
Span = tuple[int, int]
LONGEST_LABEL = 40


class PlanNode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One numbered (or named) piece 条目 of a plan."""

    id: str
    kind: NodeKind
    level: int
    number: str = ""
    title: str = ""
    text: str = ""
    lead_offices: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    date: tuple[str, str] | None = None
    """First and last day (ISO 8601) an item tells of; None where it gives none."""
    auditable: bool = True
    span: Span = (0, 0)
    inferred: bool = False
    children: tuple[PlanNode, ...] = ()

    @property
    def label(self) -> str:
        """Its title, or how the numbered sentence begins that has none, for lists people read."""
        begins = self.text[:LONGEST_LABEL]
        return self.title or begins + ("…" if len(self.text) > LONGEST_LABEL else "")


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation 采访单位 the plan wants interviewed; ``theme`` is a node id or ''."""

    name: str
    aliases: tuple[str, ...] = ()
    note: str = ""
    theme: str = ""


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces 条/篇 an office, a class of offices or a person hands in over a time 报送任务."""

    channel: str
    """What is handed in or where it is printed, as the plan words it; '' where it says neither."""
    per: Literal["week", "month", "quarter", "half_year", "semester", "year", "term"]
    """``term``: over the plan's whole term, where the plan gives a number and no time."""
    count: float
    unit: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody of an office who owes pieces of their own 个人任务."""

    name: str
    quotas: tuple[Quota, ...] = ()


class OfficeGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of offices 单位类别 that are ranked together, and what each of them owes."""

    name: str
    quotas: tuple[Quota, ...] = ()
    """For every office of the class that has no quota of its own for the channel and time."""


class Office(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A responsible office 责任科室 with its targets from the task table."""

    name: str
    aliases: tuple[str, ...] = ()
    focus: str = ""
    target_points: float | None = None
    channel_targets: dict[str, float] = {}
    monthly_quotas: dict[str, float] = {}
    """Pieces by month 每月报送条数, by channel."""
    quotas: tuple[Quota, ...] = ()
    """Pieces by week, quarter, year and so on; those by month are ``monthly_quotas``."""
    group: str = ""
    """Name of its class among the plan's ``groups``; '' where the plan has no classes."""
    people: tuple[Person, ...] = ()


class Obligation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something the plan says will be done 落实事项."""

    node: str
    what: str
    when: str = ""
    every: str = ""
    offices: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


class Medium(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outlet the plan itself names 应查媒体."""

    name: str
    kind: str = ""
    span: Span = (0, 0)


class PlanEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated event the plan names, such as 科技活动周; ``date`` may be month-day only."""

    name: str
    date: str = ""


class Points(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one piece 条/篇 of a kind earns; negative points are taken off."""

    item: str
    unit: str = ""
    points: float
    """0 where ``multiplier`` says what is earned instead."""
    characters_from: int | None = None
    characters_to: int | None = None
    """The band of length in characters, where points go by length; None for no bound."""
    bonus: bool = False
    """On top of the target points 加分."""
    cap: float | None = None
    """At most so many points 加分上限."""
    level: Level | None = None
    """Level of the outlet or organ that prints or uses the piece; of 省级以上 the lowest."""
    multiplier: float | None = None
    """So many times the points of the piece itself (头版头条加倍), or of what ``multiplies`` names."""
    multiplies: str = ""
    """In 按市级的2倍计分: 市级."""


class PointsRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scoring note as figures; empty where the note gives none."""

    total: float | None = None
    points: tuple[Points, ...] = ()
    highest_only: bool = False
    """A piece used in several places counts once, where it earns most 就高不重复."""
    shared: bool = False
    """Points of a piece by several authors are divided among them 合写均分."""


class ScoringRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scoring note, as written, and what it leaves open 待定口径."""

    text: str
    rule: PointsRule = PointsRule()
    open_questions: tuple[str, ...] = ()
    since: str = msgspec.field(default="", name="from")
    """First day (ISO 8601) it holds for; '' for no bound. ``from`` in JSON and plan files."""
    until: str = msgspec.field(default="", name="to")
    """Last day it holds for; '' for no bound. ``to`` in JSON and plan files."""


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numeric target with its quote."""

    name: str
    operator: Literal["=", ">", ">=", "<", "<=", "range"]
    value: float
    upper: float | None = None
    """The high end of a range; None otherwise."""
    unit: str = ""
    year: int | None = None
    baseline: float | None = None
    quote: str = ""


class Doubt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repair or a guess a person should look at, tied to its place."""

    span: Span
    what: str
    slug: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One document, read."""

    format: Literal[1] = 1
    title: str
    kind: PlanKind
    issuer: str = ""
    number: str = ""
    date: str | None = None
    period: tuple[str, str] | None = None
    """First and last day (ISO 8601) of the term; None where the plan gives none."""
    nodes: tuple[PlanNode, ...] = ()
    units: tuple[Unit, ...] = ()
    offices: tuple[Office, ...] = ()
    groups: tuple[OfficeGroup, ...] = ()
    personal_for_office: bool = True
    """Whether what people hand in for quotas of their own also counts for their office's."""
    obligations: tuple[Obligation, ...] = ()
    media: tuple[Medium, ...] = ()
    events: tuple[PlanEvent, ...] = ()
    scoring: tuple[ScoringRule, ...] = ()
    targets: tuple[Target, ...] = ()
    profiles: tuple[ThemeProfile, ...] = ()
    """What themes stand for, as a person confirmed it; a raw document carries none."""
    doubts: tuple[Doubt, ...] = ()

    def to_json(self) -> bytes:
        """Indented UTF-8 JSON, ending in a newline."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @classmethod
    def from_json(cls, raw: bytes) -> Plan:
        """The plan of ``to_json``; raises ``msgspec.ValidationError`` on anything else."""
        return msgspec.json.decode(raw, type=cls)


def walk(nodes: tuple[PlanNode, ...]) -> Iterator[PlanNode]:
    """All nodes, parents before their children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


SCHEME_KINDS: tuple[NodeKind, ...] = (
    "focus_area",
    "chapter",
    "section",
    "subsection",
    "measure",
)


def schemes(plan: Plan) -> dict[str, tuple[PlanNode, ...]]:
    """The plan's schemes 对照层级: auditable nodes by kind, the plan's main scheme first.

    A scheme is the set of themes one classifier decides together. The order is
    ``SCHEME_KINDS``; kinds with no auditable node are left out.
    """
    found: dict[str, tuple[PlanNode, ...]] = {}
    for kind in SCHEME_KINDS:
        nodes = tuple(node for node in walk(plan.nodes) if node.kind == kind and node.auditable)
        if nodes:
            found[kind] = nodes
    return found
