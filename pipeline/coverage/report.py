"""The one result of an audit, which every reporter shows and none recomputes.

Hides: the shape of a coverage report and its public JSON (``"format": 1``). All records are
frozen. Numbers are ``Tally`` objects that add, so that a total cannot disagree with its rows.
Codes are English, what officers read (states, reasons, next steps) is Chinese.
"""

from __future__ import annotations

from typing import Literal, Self

import msgspec

from pipeline.assignment import Evidence
from pipeline.locality import LocalityCode
from pipeline.stories import Edit

__all__ = [
    "ASSIGNMENT_NAMES",
    "LOCALITY_NAMES",
    "STATE_NAMES",
    "UNIT_STATE_NAMES",
    "ColumnLine",
    "CoverageReport",
    "CoverageState",
    "ItemLine",
    "MediumLine",
    "MediumState",
    "ModelNote",
    "OfficeLine",
    "Period",
    "PlanNote",
    "SampleEstimate",
    "SourceLine",
    "StoryLine",
    "StoryTheme",
    "Tally",
    "TermLine",
    "ThemeLine",
    "Totals",
    "UnitLine",
]

CoverageState = Literal["covered", "thin", "blank", "undecided"]
STATE_NAMES: dict[str, str] = {
    "covered": "已达标",
    "thin": "薄弱",
    "blank": "空白（已核实）",
    "undecided": "待核实",
}
"""Coverage states 覆盖状态 as officers read them."""

AssignmentState = Literal["machine", "confirmed", "corrected", "rejected"]
ASSIGNMENT_NAMES: dict[str, str] = {
    "machine": "机器",
    "confirmed": "已确认",
    "corrected": "已更正",
    "rejected": "已否定",
}

LOCALITY_NAMES: dict[str, str] = {
    "local": "本地工作",
    "upper_about_local": "上级涉本地",
    "upper_general": "上级普发",
    "elsewhere": "外地",
}
"""Locality 属地; only the first two count, the others are shown as 不计入."""

UnitState = Literal["interviewed", "mentioned", "unseen"]
UNIT_STATE_NAMES: dict[str, str] = {
    "interviewed": "已专访",
    "mentioned": "已提及",
    "unseen": "未见报道",
}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Stories of a theme by who says so. Tallies of disjoint stories add.

    ``machine``: assigned by the model, not reviewed; ``confirmed``: assigned by the model and
    by a person; ``corrected``: assigned by a person only; ``rejected``: assigned by the model,
    denied by a person.
    """

    machine: int = 0
    confirmed: int = 0
    corrected: int = 0
    rejected: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            machine=self.machine + other.machine,
            confirmed=self.confirmed + other.confirmed,
            corrected=self.corrected + other.corrected,
            rejected=self.rejected + other.rejected,
        )

    @property
    def verified(self) -> int:
        """Stories a person says belong to the theme."""
        return self.confirmed + self.corrected

    @property
    def shown(self) -> int:
        """Stories standing under the theme at present: verified and machine."""
        return self.verified + self.machine


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A reporting period 统计周期, first and last day inclusive (ISO 8601)."""

    first: str
    last: str
    label: str = ""


class PlanNote(msgspec.Struct, frozen=True, kw_only=True):
    """Which plan was audited."""

    title: str
    name: str
    kind: str
    fingerprint: str
    scheme: str
    scheme_name: str
    """What officers call the scheme's themes: 宣传重点, 章, 节 .."""
    issuer: str = ""
    date: str | None = None
    period: tuple[str, str] | None = None
    home: str = ""
    """Name of the place whose news counts as local; '' where the plan names none."""


class ModelNote(msgspec.Struct, frozen=True, kw_only=True):
    """Which model made the assignments, and how it was set up; ``name`` is '' before any."""

    name: str
    fingerprint: str
    profiles: Literal["proposed", "confirmed"] = "proposed"


class ItemLine(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of a story."""

    id: str
    title: str
    day: str | None
    outlet: str
    source: str
    url: str
    level: str
    original: bool = False
    reprint_of: str = ""
    """The outlet a reprint 转载 says it took the text from; '' where it says nothing."""
    edits: tuple[Edit, ...] = ()
    """What a reprint changed 同稿修改."""


class StoryTheme(msgspec.Struct, frozen=True, kw_only=True):
    """One theme of a story: how probable, by whom, and what spoke for it."""

    theme: str
    probability: float
    state: AssignmentState
    evidence: tuple[Evidence, ...] = ()


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One story 报道: the original first among ``items``, reprints after it by day."""

    id: str
    title: str
    day: str | None
    outlet: str
    level: str
    locality: LocalityCode
    locality_reason: str
    counted: bool
    excerpt: str
    items: tuple[ItemLine, ...]
    themes: tuple[StoryTheme, ...] = ()
    units: tuple[str, ...] = ()
    reviewer: str = ""
    flags: tuple[str, ...] = ()


class SampleEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a random sample says of a theme: how many of the period's stories belong to it."""

    audit: int
    """Number of the audit 抽查."""
    read: int
    """Stories of the sample, those read before the draw among them."""
    low: int
    high: int
    """Limits at 95 % for all looks together; when none was found, ``high`` of a one-sided bound."""
    population: int
    """Counted stories of the period."""
    model: str
    """Fingerprint of the model whose scores were frozen at the draw."""


class TermLine(msgspec.Struct, frozen=True, kw_only=True):
    """One theme in one term 考核周期 of the plan: a quarter of a yearly plan, a year of a long one."""

    period: Period
    state: CoverageState
    reason: str
    next_step: str
    tally: Tally
    estimate: SampleEstimate | None = None


class ThemeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One theme 对照条目 with its state and the reason, in plain words."""

    id: str
    number: str
    title: str
    text: str
    state: CoverageState
    reason: str
    next_step: str
    bar: int
    """Stories it needs in each term; in the period where that is one term."""
    tally: Tally
    by_month: tuple[Tally, ...]
    by_level: dict[str, Tally]
    by_carrier: dict[str, Tally] = {}
    """By carrier 载体 of the original; a story has one, so that these add up too."""
    by_genre: dict[str, Tally] = {}
    """By genre 体裁 of the original."""
    lead_offices: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    """Those that answer for it 责任科室, without the leading ones."""
    stories: tuple[str, ...]
    """Counted stories standing under the theme that the report lists, by id: verified ones first,
    then by probability. ``tally.shown`` is how many there are in all."""
    queue: tuple[str, ...] = ()
    """Stories whose review would decide the theme most cheaply."""
    estimate: SampleEstimate | None = None
    """None without an audit whose sample is read to the end."""
    by_term: tuple[TermLine, ...] = ()
    """In the order of the report's ``terms``; () where the period is one term."""


class OfficeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One office 责任科室 and the themes it answers for; none of either kind is a finding."""

    name: str
    focus: str = ""
    """Its 宣传重点 in the plan's task table."""
    lead: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    """Themes it answers for without leading them."""
    tally: Tally = Tally()
    """Stories of all of its themes, each counted once."""


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One unit 采访单位 and where it was seen."""

    name: str
    theme: str
    note: str
    state: UnitState
    count: int = 0
    """Counted stories that name it."""
    stories: tuple[str, ...] = ()
    """Those of them the report lists."""


class ColumnLine(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a source: what its newest run saw, and what is known to be complete."""

    column: str
    list_pages: int
    links_found: int
    fetched: int
    extracted: int
    dated: int
    known: int
    refused: int
    blocked: int
    failed: int
    duplicates: int
    windows: tuple[tuple[str, str], ...]
    complete: bool
    missing_days: int
    """Days of the period outside every window."""
    alarms: tuple[str, ...] = ()
    read_at: str = ""
    """When its newest run began (ISO 8601, UTC); '' where that is not known."""
    vouched_by: tuple[str, ...] = ()
    """People on whose word days of the period count as complete, not on a crawl's account."""


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One source 采集来源."""

    id: str
    name: str
    level: str
    channel: str
    items: int
    stories: int
    complete: bool
    columns: tuple[ColumnLine, ...] = ()


MediumState = Literal["crawled", "registered", "seen", "unchecked"]


class MediumLine(msgspec.Struct, frozen=True, kw_only=True):
    """An outlet the plan names 应查媒体.

    ``crawled`` by a source, ``registered`` (handed in; ``vouched_by`` are the people who vouch
    that it is all, for days of the period), ``seen`` (some items of it came in, nobody says
    whether all), or ``unchecked``.
    """

    name: str
    kind: str
    state: MediumState
    source: str = ""
    items: int = 0
    """Items of the period: what its source published, or, where it has none, what carries its name as
    its outlet."""
    vouched_by: tuple[str, ...] = ()


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit looked at, undated items aside. ``stories`` = counted + not counted."""

    items: int = 0
    stories: int = 0
    reprints: int = 0
    counted: int = 0
    reviewed: int = 0
    """Counted stories for which a person decided every theme."""
    by_locality: dict[str, int] = {}
    not_counted: dict[str, int] = {}
    """Stories that do not count, by locality; internal ones are among them."""
    undated: int = 0
    """Items without a date: they are in no period and are listed under 未查范围."""
    themeless: int = 0
    """Counted stories standing under no theme."""
    unclassified: int = 0
    """Counted stories the model has not seen yet."""
    unlisted: int = 0
    """Stories of the period that are counted in every number and not listed."""


class CoverageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The audit of one plan over one period. Themes stand in the plan's order."""

    format: Literal[1] = 1
    generated_at: str
    plan: PlanNote
    period: Period
    model: ModelNote
    months: tuple[str, ...]
    """The months of the period, YYYY-MM, in the order of every ``by_month``."""
    terms: tuple[Period, ...] = ()
    """The terms the period holds, each of which must reach the bar; () where it is one."""
    themes: tuple[ThemeLine, ...]
    groups: tuple[ThemeLine, ...] = ()
    """The themes above ``themes``, such as the chapters of audited sections: their stories are the
    union of theirs, each counted once, and estimated by itself."""
    offices: tuple[OfficeLine, ...] = ()
    stories: tuple[StoryLine, ...]
    """Those listed; every number is counted over all of them, ``totals.unlisted`` included."""
    units: tuple[UnitLine, ...]
    sources: tuple[SourceLine, ...]
    media: tuple[MediumLine, ...]
    totals: Totals
    unchecked: tuple[str, ...]
    """未查范围: what was not or not completely looked at, one sentence each."""

    def worst_first(self) -> tuple[ThemeLine, ...]:
        """Themes by state (blank, thin, undecided, covered), then by fewest stories."""
        order = {"blank": 0, "thin": 1, "undecided": 2, "covered": 3}
        position = {theme.id: index for index, theme in enumerate(self.themes)}
        return tuple(
            sorted(
                self.themes,
                key=lambda t: (order[t.state], t.tally.verified, t.tally.shown, position[t.id]),
            )
        )

    def story(self, story_id: str) -> StoryLine:
        """The story with this id; ``KeyError`` when the report has none."""
        for line in self.stories:
            if line.id == story_id:
                return line
        raise KeyError(story_id)

    def to_json(self) -> bytes:
        """Indented UTF-8 JSON, ending in a newline; points are numbers."""
        raw = msgspec.json.Encoder(decimal_format="number").encode(self)
        return msgspec.json.format(raw, indent=1) + b"\n"

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """The report of ``to_json``; raises ``msgspec.ValidationError`` on anything else."""
        return msgspec.json.decode(raw, type=cls)
