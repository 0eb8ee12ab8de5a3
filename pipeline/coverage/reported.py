"""Figures that news reports of a quantity: value, unit, year, place, and in which sense.

Hides: how Chinese news words a level reached (达到120家), an increase (新增12家, 同比增长8%), a running
total (累计), and a plan (力争达到); and what two names of one quantity have in common. Pure.

A figure is only as good as its words: what cannot be told apart is said in ``sense`` or stays in
the name, and the comparison in ``figures`` leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.text import fold_width

__all__ = ["ReportedFigure", "Sense", "indicator", "reported_figures"]

Sense = Literal["level", "increase", "growth", "total", "planned", "rank"]
"""level: so much there is; increase: so much was added; growth: a rate of change; total: since some
day 累计; planned: meant, not reached; rank: a share or place among others."""


@dataclass(frozen=True)
class ReportedFigure:
    """One figure of one sentence.

    Attributes:
        name: what is counted, as ``indicator`` writes it.
        value, upper: ``upper`` is the high end of a range, None otherwise.
        bound: 超过 and 以上 give ">" and ">=", a plain figure "=".
        year: the year it is for, 0 where the sentence names none.
        dated: the sentence names that year (去年 and 今年 among them); 目前 is no year.
        before: the words before the figure in its sentence: who and where.
        sentence: as written.
    """

    name: str
    value: float
    unit: str
    bound: Literal["=", ">", ">=", "<", "<="]
    sense: Sense
    year: int
    before: str
    sentence: str
    dated: bool = True
    upper: float | None = None


_SAME: tuple[tuple[str, str], ...] = (
    (r"研究与(?:试验|实验)发展(?:\(R&D\))?(?:经费)?|R&D(?:经费)?|研发(?:经费)?", "研发"),
    (r"(?:国内|地区)生产总值|GDP", "GDP"),
    (r"投入强度", "投入占GDP比重"),
    (r"(?:国家级?)?高新技术企业|国家高企|(?<![\u4e00-\u9fff])高企", "高新技术企业"),
    (r"支出占", "投入占"),
    (r"所?占(?:全市|全区|全省|全旗|全县)?GDP", "占GDP"),
    (r"比重|比例|占比|比率|的比$", "比重"),
    (r"每万(?:名)?(?:人口|人)|万人口?(?=有效|高价值|发明)", "每万人"),
    (r"具备(?:基本)?科学素质", "科学素质"),
    (r"科学素质(?:水平|率|比重)", "科学素质比重"),
    (r"科学素质的比重|科学素质公民比重", "科学素质比重"),
    (r"规模以上", "规上"),
)
"""Spellings of one thing. What is not listed stays as it is and so differs."""
_EMPTY = re.compile(
    r"(?:拥有|保有)(?:量|数)?|数量|总数|总量|(?<=企业)户数|家数|(?<=件)数|[的之“”\"《》()（）\s]"
)
_NUMBER = r"\d{1,4}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d{1,4})?"
_UNIT = r"%|个百分点|(?:万亿|亿|万)?元|[万千]?(?:余|多)?(?:家|个|项|件|人次?|名|所|户|种|台|座|处|亩|吨|倍)"
_REACH = (
    r"(?:已?经?(?:总数|总量|数量|累计)?(?:达到了?|达|为|是|有|超过了?|突破了?|超|破|增至|增加到|增长到|提高到|提升到|提升至|提高至|升至|上升到"
    r"|稳定在|保持在|降至|下降到|发展到|壮大到|增加|新增|增长|提高|提升|下降|净增|不低于|不少于|共|共有|约|近))+"
)
_STATED = re.compile(
    rf"(?P<name>[^\d]{{2,60}}?)(?P<reach>{_REACH})?(?:约|近|逾)?(?P<value>{_NUMBER})"
    rf"(?:\s?[-—~至]\s?(?P<upper>{_NUMBER})%?)?(?P<unit>{_UNIT})(?P<side>以上|以下|左右)?(?P<after>[^\d]*)$"
)
_COUNTED = re.compile(
    rf"(?P<lead>[^\d]{{0,60}}?)(?P<value>{_NUMBER})(?P<unit>{_UNIT})(?P<side>以上)?的?(?P<name>[^\d]{{2,40}})$"
)
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_CLAUSE = re.compile(r"[^，,、：:]+|[，,、：:]")
_PLANNED = re.compile(
    r"力争|争取|目标|计划|预计|预期|规划|确保|拟|将(?!军)|努力|要(?!素)|有望|提出|奋斗|预算|应|到20\d\d年底?(?!.{0,6}(?:已|共))|未来|不低于|不少于|明确"
)
_TOTAL = re.compile(r"累计|以来|历年|先后|总共")
_INCREASE = re.compile(
    r"新增|净增|增加(?!值|到|至)|新(?:建|评)|认定|培育|孵化|引进|入库|备案|招引|当年|年均|再添|增添|又有"
)
_GROWTH = re.compile(
    r"同比|环比|较上年|比上年|增长(?!到|至|贡献)|增速|增幅|提高了|提升了|下降了|年均增|上升了|比去年|较去年"
)
_RANK = re.compile(r"排名|位列|居全|位居|第$|前$|其中|(?:占|全)(?:全国|全省|全区)$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)年|(?<![\d])(20\d\d)(?=[-—至])")
_RELATIVE = (
    (re.compile("去年|上年|上一年"), -1),
    (re.compile("今年|本年"), 0),
)
_NOW = re.compile("目前|如今|现在|现有|截至[^,，]{0,8}[月日底]")
_SUBJECT = re.compile(
    r"^.*?(?:截至|截止|到|目前|现在|去年|今年|上年|全市|全区|全省|全旗|全县|我市|我区|我省|我旗|本市|我国|全国|底|末|年|月份?|期间|以来|其中|此外|同时|市|省|旗|自治区|区(?!域)|县)"
)
_VERBS = re.compile(
    r"^(?:已|全面|共|共有|拥有|现有|有|建成|建有|培育|认定|实现|完成|推动|促进|带动|使|其|该|的|和|及|以及|与|并|还|也|均|由|从|了|总计|全社会(?=全社会))+"
)


def indicator(name: str) -> str:
    """A name of a quantity, comparable: two spellings of one quantity give the same.

    >>> indicator("全社会研究与试验发展(R&D)经费投入占GDP的比重") == indicator("全社会R&D经费投入强度")
    True
    >>> indicator("规上工业企业研发投入强度") == indicator("全社会研发投入强度")
    False
    """
    written = re.sub(r"\s", "", fold_width(name))
    written = re.sub(r"研究与(试验|实验)发展\(R&D\)", r"研究与\1发展", written)
    for pattern, same in _SAME:
        written = re.sub(pattern, same, written)
    written = _EMPTY.sub("", written)
    # The ratio to GDP is by definition that of the whole society.
    written = re.sub(r"^研发投入占GDP", "全社会研发投入占GDP", written)
    written = re.sub(r"^[市区旗县](?=财政)|(?<=专利)数$", "", written)
    return written.removesuffix("比重") if "占" in written else written


def reported_figures(
    text: str, published: str, holding: Collection[str] = ()
) -> Iterator[ReportedFigure]:
    """The figures of a text, sentence by sentence.

    Args:
        published: day the text came out (ISO 8601), which 去年 and 今年 are read from; '' for none.
        holding: only sentences with one of these words are read; () for all.
    """
    for found in _SENTENCE.finditer(fold_width(text)):
        sentence = found.group().strip()
        if not re.search(r"\d", sentence):
            continue
        if holding and not any(word in sentence for word in holding):
            continue
        before = ""
        for match in _CLAUSE.finditer(sentence):
            clause = match.group()
            if re.search(r"\d", clause):
                yield from _of_clause(clause.strip(), before, sentence, published)
            before += clause


def _of_clause(clause: str, before: str, sentence: str, published: str) -> Iterator[ReportedFigure]:
    # Years are no figures of anything.
    bare = _YEAR.sub("某年", clause)
    bare = re.sub(r"\d{1,2}月(?:\d{1,2}日)?|(?<!\d)\d{4}年?(?=至|-|—)", "某时", bare)
    year = _year(clause, before, published)
    dated = year > 0
    if not dated and published and _NOW.search(before + clause):
        year = int(published[:4])
    for pattern in (_STATED, _COUNTED):
        match = pattern.match(bare)
        if match is None:
            continue
        parts = match.groupdict(default="")
        around = f"{parts.get('lead', '')}{parts.get('reach', '')}"
        name = _bare_name(parts["name"])
        if len(name) < 2:
            continue
        value = float(parts["value"].replace(",", ""))
        unit, factor = _unit(parts["unit"])
        upper = parts.get("upper") or ""
        said = f"{before[-60:]}{parts['name'] if pattern is _STATED else ''}{around}"
        yield ReportedFigure(
            name=indicator(name),
            value=value * factor,
            upper=float(upper.replace(",", "")) * factor if upper else None,
            unit=unit,
            bound=_bound(around, parts["side"], parts["unit"]),
            sense=_sense(said, f"{parts['name']}{around}", parts.get("after", ""), parts["unit"]),
            year=year,
            dated=dated,
            before=before + clause[: match.start("value")],
            sentence=sentence,
        )
        return


def _bare_name(name: str) -> str:
    """The noun of a clause: without when, where and verbs before it."""
    name = re.sub("(?:国内|地区)生产总值", "GDP", name)
    shorter = _SUBJECT.sub("", name)
    while (again := _SUBJECT.sub("", shorter)) != shorter:
        shorter = again
    shorter = shorter or name
    before = None
    while before != shorter:
        before = shorter
        shorter = _VERBS.sub("", shorter)
    return re.sub(r"(?:已|约|近|均|都|也|就|要|将|应|力争|总体|分别|总数|总量|数量)+$", "", shorter)


def _unit(written: str) -> tuple[str, float]:
    """Unit and factor: 万家 is 家 ten thousand times; money stays as it is written."""
    bare = re.sub("[余多]", "", written)
    if bare[:1] in "万千" and len(bare) > 1 and not bare.endswith("元"):
        return bare[1:], 10_000.0 if bare[0] == "万" else 1_000.0
    return bare, 1.0


def _bound(around: str, side: str, unit: str) -> Literal["=", ">", ">=", "<", "<="]:
    if re.search("超|突破|破|逾", around) or re.search("[余多]", unit):
        return ">"
    return {"以上": ">=", "以下": "<="}.get(side, "=")  # type: ignore[return-value]


def _sense(before: str, own: str, after: str, unit: str) -> Sense:
    """The first that holds: what is only planned is nothing else."""
    if _PLANNED.search(before) or re.search("目标", after):
        return "planned"
    if unit == "个百分点" or _GROWTH.search(own):
        return "growth"
    if _INCREASE.search(own):
        return "increase"
    if _TOTAL.search(own):
        return "total"
    return "rank" if _RANK.search(own) else "level"


def _year(clause: str, before: str, published: str) -> int:
    """The year named nearest before the figure, 0 where none is."""
    words = before + clause
    named = [(m.start(), int(m[1] or m[2])) for m in _YEAR.finditer(words)]
    if published:
        for pattern, shift in _RELATIVE:
            named += [(m.start(), int(published[:4]) + shift) for m in pattern.finditer(words)]
    return max(named)[1] if named else 0
