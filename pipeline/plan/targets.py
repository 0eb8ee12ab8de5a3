"""Numeric targets 指标 of a plan: what is to be reached, how much, by when.

Hides: how a clause says a target (比重达到2.2%以上; 建成4家地方科技大市场), which clauses only tell what
there is already (the baseline 现状), and which year a target without one belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from pipeline.plan.chapters import PAST
from pipeline.plan.model import PlanNode, Target
from pipeline.text import comparable

__all__ = ["find_targets"]

Operator = Literal["=", ">", ">=", "<", "<=", "range"]

_NUMBER = r"\d{1,9}(?:[.．]\s?\d{1,4})?"
_UNIT = (
    r"(?:[%％‰]|个百分点|(?:[万亿]元?|千)?(?:家次?|个|项|件|人次?|名|所|次|座|套|支|种|条|场|期|处|台|款|例|只|发|户|亩|公顷"
    r"|平方公里|公里|吨|千瓦时?|标准煤|册|部|篇|株|辆|架|颗)|[万亿]元|元|倍|年|岁)"
)
_TIME = r"(?:个工作日|工作日|个月|天|日|小时|分钟|周)"
_REACH = (
    r"达到|达|实现|不低于|不少于|不高于|不超过|不多于|不小于|超过|突破|超|稳定在|保持在|控制在|提高到|提高至|提升到|提升至"
    r"|压缩到|压缩至|缩短到|缩短至|缩减到|缩减至|减少到|减少至|增长到|增长至|增加到|增加至|扩大到|扩大至|下降到|下降至|降低到|降低至|降至|增至|增长|提高|提升|降低|下降|为"
)
_STATED = re.compile(
    rf"(?P<name>[^\d]{{2}}.{{0,56}}?)(?P<reach>(?:力争)?(?:{_REACH}))?\s?(?P<low>{_NUMBER})"
    rf"(?:\s?[%％]?\s?[—–―－‒‑~～\-至]{{1,2}}\s?(?P<high>{_NUMBER}))?\s?"
    rf"(?P<unit>{_UNIT}|{_TIME})(?P<side>及?以上|以下|以内|之内|内|左右)?$"
)
_MADE = re.compile(
    rf"(?P<verb>发展|建设|建成|培育认定|认定|培育|新增|引进|支持|打造|新建|组建|布局|创建|形成|举办|开展|实施|完成|推广|建立|选派|派出|转化"
    rf"|引育|年产|改扩建(?:现有)?|孵化|培养|集聚|构建|研制|制定|制修订|推动|开发|获批|培训|[和、及])(?:不少于|至少|超过)?(?P<low>{_NUMBER})(?:\s?[—–―－‒‑~～\-至]{{1,2}}\s?(?P<high>{_NUMBER}))?"
    rf"\s?(?P<unit>{_UNIT})(?P<side>及?以上|以下|左右)?的?(?P<name>(?:(?![和、及]\d)[^，。；：\d]){{2,60}})"
)
_GOALS = re.compile("目标|指标")
_LISTED = re.compile(rf"(?<=\d){_UNIT}(?P<gap>[、和及])(?=[^\d上下]{{2}})")
"""Between the things of a list that each have a figure: 监测站400个、监测点163个."""
_ALL = re.compile(r"(?P<name>[^，。；、\d]{4,24}?)全部(?P<what>实现[^，。；\d]{2,14}?)(?:目标)?$")
_CLAUSE = re.compile(r"[^，,。；;：\n!！?？]+")
_SENTENCE = re.compile(r"[^。；;\n]+")
_YEAR = re.compile(
    r"(?<![\d较比])(20\d\d)\s?年(?!以来|起)|[“\"]([十一二三四五六七八九]{2,3})五[”\"]\s?末"
)
# Money handed out, sizes of a crowd and terms of an office are no targets, nor are prizes.
_NO_TARGET = re.compile(
    r"给予|补助|补贴|奖励|资助|奖补|最高|罚|同比|以来|截至|累计|已|曾|占地(?!区)|总投资|分别|第$|前$|共$|共有|位列|位居|注册(?:资本|资金|地)|人均可"
    r"|评出|评选|^[^获得夺争]{0,12}奖[”\"]?\s?\d"
)
_PREFIX = re.compile(
    r"^(?:到|至|力争(?:到)?|确保|争取|预计|努力|实现|推动|推进|进一步|加快|大力|积极|持续|重点(?=实施|开展|建设|支持|培育|推进)"
    r"|(?:还|均|也)?(?:必须|须|应当|应|要)|其中|建成|打造|创建|新建|建设(?!用地|工程|项目|标准|任务|规模|周期)|培育|和|及|使|将|全区|全市|全县|全省|全旗"
    r"|20\d\d\s?年(?:底|末|年底)?(?:前|，)?|[“\"]?十[一二三四五]五[”\"]?(?:时期|期间|末)|年内|年底前?|今年|[—－\-\s])+"
)
_VERB_ONLY = re.compile(r"(?:年内|今年|到?20\d\d年|力争|确保|\s)*$")
_PART = re.compile("其中(?!.*(?:达到|超过|突破|不低于|不少于|不超过|以上$|以下$))")
"""A part of what a clause before it tells is a target when it is to be reached."""
_OF_TIME = re.compile("压缩|缩短|缩减|不超过|控制在|不多于|降")
_NO_QUANTITY = re.compile(
    "(?:.{0,12}(?:规划|占地|建筑|区域))?总?面积|.{0,4}(?:周期|有效期|任期|期限|时间)"
)
"""How large a place is, or how long a thing lasts."""
_SINCE = re.compile(r"(?:(?:由|从)[^，]{0,16}\d[^，]{0,6}|(?:较|比)20\d\d\s?年)$")
_TRAILING = re.compile(r"(?:总体|总量|全部|力争|均|都|也|要|将|约|近|的|总数|[\s:：])+$")
_SIDE: dict[str, Operator] = {"以上": ">=", "及以上": ">=", "以下": "<=", "以内": "<="}
_MARK = re.compile(
    r"^(?:(?P<least>不低于|不少于|不小于)|(?P<most>不高于|不超过|不多于|控制在)|(?P<above>超过|突破|超))"
)


@dataclass(frozen=True)
class _Found:
    name: str
    operator: Operator
    value: float
    upper: float | None
    unit: str
    quote: str


def find_targets(
    nodes: Sequence[PlanNode], year: int | None = None, since: int | None = None
) -> tuple[Target, ...]:
    """The targets in the text of ``nodes``, each once, with the baseline the plan gives.

    Args:
        year: of a yearly plan; the year of what names none.
        since: the first year of the plan's term; what a sentence tells of a year before is how it
            was.
    """
    targets: dict[tuple[str, float], Target] = {}
    baselines: list[_Found] = []
    for node, past, start in _leaves(nodes, past=False, year=year):
        if past:
            baselines += [found for sentence in _sentences(node) for found in _in(sentence)]
            continue
        current = start
        for sentence in _sentences(node):
            years = _years_in(sentence)
            ahead = [one for one in years if since is None or one >= since]
            if years and not ahead:
                baselines += _in(sentence)
                continue
            current = ahead[0] if ahead else current
            for found in _in(sentence):
                target = Target(
                    name=found.name,
                    operator=found.operator,
                    value=found.value,
                    upper=found.upper,
                    unit=found.unit,
                    year=current,
                    quote=found.quote,
                )
                targets.setdefault((comparable(found.name), found.value), target)
    return tuple(_with_baseline(target, baselines) for target in targets.values())


def _leaves(
    nodes: Sequence[PlanNode], past: bool, year: int | None
) -> Iterator[tuple[PlanNode, bool, int | None]]:
    """All nodes, whether each tells what there is already, and the year of what names none: that
    of the section of goals 发展目标 it is a part or a box of."""
    for node in nodes:
        inside = past or PAST.search(node.title) is not None
        yield node, inside, year
        goals = _years_in(node.text) if _GOALS.search(node.title) else []
        yield from _leaves(node.children, inside, goals[0] if goals else year)


def _sentences(node: PlanNode) -> Iterator[str]:
    for match in _SENTENCE.finditer(node.text):
        yield match.group().strip()


def _years_in(sentence: str) -> list[int]:
    return [_year(match) for match in _YEAR.finditer(sentence)]


def _year(match: re.Match[str]) -> int:
    if match[1]:
        return int(match[1])
    count = "一二三四五六七八九十".find(match[2][-1]) + 1
    return 1955 + 5 * ((10 if match[2][0] == "十" else 0) + (count if count < 10 else 0))


def _in(sentence: str) -> Iterator[_Found]:
    if not re.search(r"\d", sentence) and "全部" not in sentence:
        return
    above = ""
    for match in _CLAUSE.finditer(sentence):
        clause = match.group().strip(" \t\u3000\xa0—－-“”")
        if (found := _ALL.search(clause)) is not None:
            name = _clean(found["name"]) + found["what"]
            yield _Found(name, "=", 100.0, None, "%", clause)
        elif (
            re.search(r"\d", clause) and not _NO_TARGET.search(clause) and not _PART.search(clause)
        ):
            yield from _clause(clause, above)
        above = clause


def _clause(clause: str, above: str) -> Iterator[_Found]:
    made = [match for match in _MADE.finditer(clause) if match["unit"] not in ("年", "岁")]
    if made and made[0]["verb"] not in "和、及":
        for position, match in enumerate(made):
            end = made[position + 1].start() if position + 1 < len(made) else match.end()
            quote = clause[match.start() : end].lstrip("和、及") if len(made) > 1 else clause
            name = clause[match.start("name") : min(end, match.end())]
            yield _made(match, _clean_made(name), quote)
        return
    gaps = [match.start("gap") for match in _LISTED.finditer(clause)]
    pieces = [
        clause[start:end]
        for start, end in zip([0, *(gap + 1 for gap in gaps)], [*gaps, None], strict=True)
    ]
    listed = [_STATED.match(piece) for piece in pieces]
    if len(pieces) > 1 and all(one is not None and not one["reach"] for one in listed):
        for piece in pieces:
            yield from _clause(piece, "")
        return
    stated = _STATED.match(clause)
    if stated is None:
        reach = re.match(rf"(?:年内|今年|力争|到20\d\d年|\s)*(?P<reach>{_REACH})", clause)
        name = _clean(re.sub("^(?:大力|积极|加快|持续)*(?:培育|发展|壮大|推进|引进)", "", above))
        whole = _STATED.match(f"{name}{clause[reach.start('reach') :]}") if reach and name else None
        if whole is not None:
            yield _stated(whole, name, f"{above},{clause}")
        return
    if stated["reach"] and _VERB_ONLY.match(stated["name"]):
        name = _clean(re.sub("^(?:大力|积极|加快|持续)*(?:培育|发展|壮大|推进|引进)", "", above))
        if name and not re.search(r"\d", above):
            yield _stated(stated, name, f"{above},{clause}")
        return
    name = _clean(stated["name"])
    if _is_name(name) and _is_promised(stated, name):
        yield _stated(stated, name, clause)


def _is_promised(stated: re.Match[str], name: str) -> bool:
    """Whether figure and unit are what is to be reached, not the size or length of a thing."""
    reach, unit = stated["reach"] or "", stated["unit"]
    if re.fullmatch(_TIME, unit):
        return _OF_TIME.search(reach) is not None
    if unit in ("年", "岁", "次", "条", "期") and not reach:
        return False
    return bool(reach and reach != "为") or _NO_QUANTITY.fullmatch(name) is None


def _is_name(name: str) -> bool:
    return len(comparable(name)) > 1 and not re.search(r"^[的在于以对为]|[（(][^）)]*$", name)


def _stated(match: re.Match[str], name: str, quote: str) -> _Found:
    operator = _operator(match["reach"] or "", match["side"] or "", match["high"])
    return _Found(
        name, operator, _value(match["low"]), _high(match["high"]), _unit(match["unit"]), quote
    )


def _made(match: re.Match[str], name: str, quote: str) -> _Found:
    lead = match.group()[len(match["verb"]) :]
    operator = _operator(lead if lead[:1] in "不至超" else "", match["side"] or "", match["high"])
    return _Found(
        name, operator, _value(match["low"]), _high(match["high"]), _unit(match["unit"]), quote
    )


def _operator(reach: str, side: str, high: str | None) -> Operator:
    if high:
        return "range"
    marked = _MARK.match(reach.removeprefix("力争"))
    if marked is not None:
        return ">=" if marked["least"] else "<=" if marked["most"] else ">"
    return _SIDE.get(side, "=")


def _value(written: str) -> float:
    return float(written.replace(" ", "").replace("．", "."))


def _high(written: str | None) -> float | None:
    return _value(written) if written else None


def _unit(written: str) -> str:
    return written.replace("％", "%")


def _clean(name: str) -> str:
    """The noun of a clause: without verbs of effort and dates around it."""
    before = None
    while before != name:
        before = name
        name = _SINCE.sub("", _TRAILING.sub("", _PREFIX.sub("", name.strip(" \u3000，,。、"))))
    return name


def _clean_made(name: str) -> str:
    name = re.sub("和若干.{1,8}?(?=建立)", "", name)
    return _clean(re.sub("(?<=.{2})(?:建立|开展|建设)(?=.{4})", "", name))


def _with_baseline(target: Target, baselines: Sequence[_Found]) -> Target:
    """What the chapter on the situation says of the same quantity, compared by its words."""
    wanted = _pairs(target.name)
    best, best_share = None, 0.6
    for found in baselines:
        if found.unit != target.unit:
            continue
        given = _pairs(found.name)
        share = 2 * len(wanted & given) / max(len(wanted) + len(given), 1)
        if share > best_share:
            best, best_share = found.value, share
    return replace(target, baseline=best)


def _pairs(name: str) -> set[str]:
    words = re.sub("研究与试验发展|研发|数量|经费|比例|比重|全社会|的", "", comparable(name))
    return {words[i : i + 2] for i in range(len(words) - 1)} or {words}
