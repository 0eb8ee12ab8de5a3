"""Figures reported in the news beside the plan's targets 指标对照.

Hides: when a reported figure may stand beside a target: only where region, year and definition
are the same. Whether a target was reached is never concluded: a news figure is not a statistic.
Everything that speaks of a target's quantity and does not match is kept with the reason. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from pipeline.coverage.reported import ReportedFigure, indicator, reported_figures
from pipeline.places import PlaceFinder, divisions
from pipeline.plan.model import Target

__all__ = ["FigureQuote", "LeftOut", "TargetFigures", "ToldStory", "cues", "target_figures"]

MOST = 20
"""Figures listed per target on either side; the rest are numbers."""
QUOTE = 120

Mismatch = Literal["definition", "sense", "unit", "region", "year"]
MISMATCH_NAMES: dict[str, str] = {
    "definition": "口径不同",
    "sense": "性质不同",
    "unit": "单位不同",
    "region": "地域不同",
    "year": "年份不同",
}
_SENSE_NAMES = {
    "level": "总量",
    "increase": "新增量",
    "growth": "增幅",
    "total": "累计数",
    "planned": "目标或计划数",
    "rank": "排名或占比",
}


@dataclass(frozen=True)
class ToldStory:
    """A story that may report a figure."""

    id: str
    title: str
    text: str
    day: str
    outlet: str
    verified: bool
    """Whether a person said that it belongs to a theme of the plan."""


class FigureQuote(msgspec.Struct, frozen=True, kw_only=True):
    """A figure as a story reports it; unit and bound as it says."""

    story: str
    title: str
    day: str
    outlet: str
    verified: bool
    value: float
    upper: float | None = None
    bound: str = "="
    unit: str = ""
    year: int = 0
    sentence: str = ""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that does not stand beside the target, and why."""

    why: Mismatch
    reason: str
    quote: FigureQuote


class TargetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A target of the plan 指标, and what the news reports of the same quantity."""

    name: str
    operator: str
    value: float
    upper: float | None = None
    unit: str = ""
    year: int | None = None
    baseline: float | None = None
    quote: str = ""
    reported: tuple[FigureQuote, ...] = ()
    """Same region, year and definition, by day."""
    more_reported: int = 0
    left_out: tuple[LeftOut, ...] = ()
    more_left_out: int = 0


_COUNTS = frozenset("家个户所")
_MADE = re.compile(
    r"^(?:年内|今年|力争|支持)*(发展|建设|建成|培育认定|认定|培育|引进|打造|新建|组建|布局|创建|举办|开展|实施|完成|推广|建立|选派|派出|培训)"
)
_PART = re.compile(
    r"高新区|开发区|经开区|园区|产业园|科技园|示范区|新区|集团|公司|大学|学院|医院|研究院|实验室|街道|[\u4e00-\u9fff]镇|[\u4e00-\u9fff]乡|苏木|科技城|基地|企业(?=已?(?:拥有|累计|共有))|领域|行业|围绕|(?<!高新技术)产业(?!增加值|化)"
)
_POINTING = re.compile("这里|当地|该(?:[市区县旗省园]|地区)|那里")
_VOICES = {
    2: re.compile(r"[全我本]省|[全我]自治区"),
    4: re.compile(r"[全我本][市盟州]"),
    6: re.compile(r"[全我本][区旗县]"),
}
_WIDER = re.compile(r"全国|我国|中国|全球|世界|自治区|[全我本](?:省|市|盟|州|区|旗|县)")
_TERM = re.compile(r"[“\"]?[十一二三四五]{2,3}五[”\"]?(?:期间|时期|末|以来)")
_WHOLE = re.compile("全社会|企业|数|的")
"""Little words that leave a core too short to search for."""


def cues(target: Target) -> tuple[str, ...]:
    """Words of which a text that reports the target's quantity holds at least one."""
    name = indicator(target.name)
    if "研发" in name:
        return ("研发", "R&D", "研究与试验发展")
    if name.startswith("公民科学素质"):
        return ("科学素质",)
    core = re.sub(r"^(?:每万人|全社会|新增|引进|培养|培育)+|比重$", "", name)
    return (core[-6:] if len(core) > 6 else core,)


def target_figures(
    targets: Sequence[Target], stories: Iterable[ToldStory], home: str
) -> tuple[TargetFigures, ...]:
    """Every target with the figures stories report of it.

    Args:
        stories: local stories standing under a theme of the plan, in any order.
        home: code of the plan's place; '' means no figure can be known to be of it.
    """
    judge = _Region(home)
    names = [indicator(target.name) for target in targets]
    searched = [cues(target) for target in targets]
    found: list[tuple[list[FigureQuote], list[LeftOut]]] = [([], []) for _ in targets]
    for story in stories:
        told = [i for i, cue in enumerate(searched) if any(w in story.text for w in cue)]
        if not told:
            continue
        words = {word for i in told for word in searched[i]}
        for figure in reported_figures(story.text, story.day, words):
            for i in told:
                if not _same_thing(figure, names[i], searched[i]):
                    continue
                quote = _quote(story, figure)
                why = _mismatch(targets[i], names[i], figure, story, judge)
                if why is None:
                    found[i][0].append(quote)
                else:
                    found[i][1].append(LeftOut(why=why[0], reason=why[1], quote=quote))
    return tuple(
        _figures(target, matched, left)
        for target, (matched, left) in zip(targets, found, strict=True)
    )


def _figures(
    target: Target, matched: Sequence[FigureQuote], left: Sequence[LeftOut]
) -> TargetFigures:
    kept = sorted({(q.story, q.value): q for q in matched}.values(), key=lambda q: (q.day, q.story))
    once = {(one.quote.story, one.quote.value, one.why): one for one in left}
    apart = sorted(once.values(), key=lambda one: (one.quote.day, one.quote.story, one.why))
    return TargetFigures(
        name=target.name,
        operator=target.operator,
        value=target.value,
        upper=target.upper,
        unit=target.unit,
        year=target.year,
        baseline=target.baseline,
        quote=target.quote,
        reported=tuple(kept[:MOST]),
        more_reported=max(len(kept) - MOST, 0),
        left_out=tuple(apart[:MOST]),
        more_left_out=max(len(apart) - MOST, 0),
    )


def _quote(story: ToldStory, figure: ReportedFigure) -> FigureQuote:
    return FigureQuote(
        story=story.id,
        title=story.title,
        day=story.day,
        outlet=story.outlet,
        verified=story.verified,
        value=figure.value,
        upper=figure.upper,
        bound=figure.bound,
        unit=figure.unit,
        year=figure.year,
        sentence=figure.sentence[:QUOTE],
    )


def _same_thing(figure: ReportedFigure, name: str, words: Sequence[str]) -> bool:
    """Whether a figure speaks of the target's quantity, in whatever definition."""
    if figure.name == name:
        return True
    core = indicator(words[0])
    return ("研发投入" if core == "研发" else core) in figure.name


def _mismatch(
    target: Target, name: str, figure: ReportedFigure, story: ToldStory, judge: _Region
) -> tuple[Mismatch, str] | None:
    """The first thing that differs and how; None where nothing does."""
    if figure.sense == "planned":
        return "sense", "报道说的是目标或计划，不是已达到的数"
    wanted = _target_sense(target)
    said = judge.without_place(figure.name)
    if wanted == figure.sense == "increase":
        said = re.sub("^(?:新增|净增)", "", said)
    if said != name:
        return "definition", f"报道说的是“{said}”"
    if figure.sense != wanted:
        return "sense", f"方案为{_SENSE_NAMES[wanted]}，报道为{_SENSE_NAMES[figure.sense]}"
    made = _MADE.match(target.quote)
    if made and wanted == "increase" and made[1] not in figure.before[-12:]:
        return "sense", f"方案为“{made[1]}”的数，报道没有这样说"
    if not _same_unit(target.unit, figure.unit):
        return "unit", f"方案为“{target.unit}”，报道为“{figure.unit}”"
    if why := judge.differs(figure, story):
        return "region", why
    if target.year is None:
        return "year", "方案没有写明指标年份"
    if not figure.year and _TERM.search(figure.before):
        return "year", "报道只写了五年规划时期"
    if not figure.year:
        return "year", "句中没有写是哪一年的数"
    if not figure.dated and (figure.unit == "%" or figure.unit.endswith("元")):
        return "year", "年度数须写明年份，报道只写“目前”"
    if figure.year != target.year:
        return "year", f"指标为{target.year}年，报道为{figure.year}年"
    return None


def _target_sense(target: Target) -> Literal["level", "increase", "growth"]:
    if target.unit == "个百分点" or re.search(r"同比|年均增|增长(?!到|至)|增速", target.quote):
        return "growth"
    if re.search(r"新增|净增|新认定|新培育|年均", target.quote) or _MADE.match(target.quote):
        return "increase"
    return "level"


def _same_unit(one: str, other: str) -> bool:
    if one.endswith("元") and other.endswith("元"):
        return True
    return one == other or (one in _COUNTS and other in _COUNTS)


class _Region:
    """Tells whether a figure is of the plan's place, of the whole of it and of nothing else."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._finder = PlaceFinder(home)
        self._name = divisions()[home].name if home else ""

    def without_place(self, name: str) -> str:
        """A name of a quantity without the place it begins with."""
        for at, written, _ in self._finder.mentions(name):
            if at == 0:
                return name[len(written) :]
        return name

    def differs(self, figure: ReportedFigure, story: ToldStory) -> str:
        """Why a figure is not of the home place; '' where it is."""
        if not self._home:
            return "方案未写明地域"
        before = figure.before
        places = [(at, at + len(name), code) for at, name, code in self._finder.mentions(before)]
        voices = [(m.start(), m.end(), m.group()) for m in _WIDER.finditer(before)]
        voices = [v for v in voices if not any(a <= v[0] < b for a, b, _ in places)]
        last_place = max(places, default=(-1, -1, ""))
        last_voice = max(voices, default=(-1, -1, ""))
        subject = before[max(last_place[1], last_voice[1], 0) :]
        if part := _PART.search(subject):
            return f"只是“{part.group()}”的数"
        if _POINTING.search(subject):
            return "句中没有写明是哪里的数"
        if last_voice[0] > last_place[0]:
            return self._voice(last_voice[2], before, story)
        if last_place[0] >= 0:
            if last_place[2] == self._home:
                return ""
            return f"说的是{divisions()[last_place[2]].name}"
        return self._unsaid(story)

    def _voice(self, voice: str, before: str, story: ToldStory) -> str:
        own = _VOICES[len(self._home)]
        autonomous = self._name.endswith("自治区") and voice in ("全区", "我区", "本区")
        if not own.fullmatch(voice) and not autonomous:
            county_city = len(self._home) == 6 and self._name.endswith("市")
            if not (county_city and voice[1:] == "市"):
                return f"说的是“{voice}”"
        if not autonomous and voice[1:] != self._name[-1:]:
            return f"说的是“{voice}”"
        return self._unsaid(story, before)

    def _unsaid(self, story: ToldStory, before: str = "") -> str:
        """The story itself must be of the home place: it is named in title or lead, and no other."""
        told = f"{story.title}\n{before}"
        codes = {code for _, _, code in self._finder.mentions(told)}
        if self._home not in codes:
            codes |= {code for _, _, code in self._finder.mentions(story.text[:120])}
        wider = {code for code in codes if self._home.startswith(code)}
        if self._home in codes and codes <= wider:
            return ""
        return "句中没有写明是哪里的数"
