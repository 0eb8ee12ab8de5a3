"""Scoring notes 计分说明 read as rules, and what each leaves open 待定口径.

Hides: how plans word points per piece, bands of length, bonuses with caps and deductions; and
which questions such wording does not answer, so that a person decides them and not a program.
"""

from __future__ import annotations

import re

from pipeline.plan.model import Points, PointsRule, ScoringRule

__all__ = ["read_scoring_note"]

_FIGURE = r"(\d+(?:\.\d+)?)\s*分"
_TOTAL = re.compile(rf"(?:总分|满分|总分值)[^，。；\d]{{0,6}}{_FIGURE}")
_BAND = re.compile(
    rf"(?:(?P<low>\d+)\s*(?:字)?\s*[—–―~～\-至到]{{1,2}}\s*(?P<high>\d+)|(?P<one>\d+))\s*字(?:符)?"
    rf"(?P<side>以下|以内|以上|及以上|及以下)?[^，。；\d]{{0,6}}?(?:计|按|得|加)?\s*{_FIGURE}"
)
_CAP = re.compile(rf"(?:上限|最高|封顶|不超过|最多)[^，。；\d]{{0,6}}{_FIGURE}")
_UNIT = "[条篇次期件个项部幅版]"
_PER_PIECE = re.compile(
    rf"(?P<item>[^，。；：]{{0,60}}?)\s*(?:每\s?(?P<before>{_UNIT})(?:稿件|信息)?|(?:[一1]\s?(?P<after>{_UNIT})))"
    rf"\s*(?P<verb>加|计|按|得|奖励|扣|减)?[^，。；\d]{{0,3}}{_FIGURE}"
)
_SHORT = re.compile(rf"[少漏缺]报?\s*[一1每]?\s*(?P<unit>{_UNIT})\s*[扣减]\s*{_FIGURE}")
_QUOTED = re.compile(r"[“\"《]([^”\"》]{2,20})[”\"》]")
_LEAD = re.compile(
    r"^(?:其中|凡|对|在|各科室|各单位|各部门|各处室|全局|积极|努力|主动|按照|按|根据|向|被|[，、：:\s])+"
)


def read_scoring_note(text: str) -> ScoringRule:
    """One note as a rule.

    >>> read_scoring_note("市局网站动态信息每条加0.5分（加分上限为5分）。").rule.points
    (Points(item='市局网站动态信息', unit='条', points=0.5, characters_from=None, characters_to=None, bonus=True, cap=5.0),)
    """
    total = _TOTAL.search(text)
    bands = _bands(text)
    short = _short(text)
    rule = PointsRule(
        total=float(total.group(1)) if total else None,
        points=bands or short or _per_piece(text),
    )
    return ScoringRule(text=text, rule=rule, open_questions=_left_open(text, rule))


def _bands(text: str) -> tuple[Points, ...]:
    found = list(_BAND.finditer(text))
    if not found:
        return ()
    item = _subject(re.split("[，：:。；]", text[: found[0].start()], maxsplit=1)[0])
    item = re.sub("(?:按|以)?字数(?:计分|计算)?$|按$", "", item)
    bands = []
    for match in found:
        low, high = match["low"], match["high"]
        if match["one"]:
            above = (match["side"] or "").endswith("以上")
            low, high = (match["one"], None) if above else (None, match["one"])
        bands.append(
            Points(
                item=item,
                unit="篇",
                points=float(match.group(match.lastindex or 0)),
                characters_from=int(low) if low else None,
                characters_to=int(high) if high else None,
            )
        )
    return tuple(bands)


def _short(text: str) -> tuple[Points, ...]:
    """What is taken off for every piece handed in too few."""
    match = _SHORT.search(text)
    if match is None:
        return ()
    named = _QUOTED.findall(text[: match.start()])
    item = "、".join(named) or _subject(re.split("[，。；]", text, maxsplit=1)[0])
    points = -float(match.group(match.lastindex or 0))
    return (Points(item=f"{item} 少报", unit=match["unit"], points=points),)


def _per_piece(text: str) -> tuple[Points, ...]:
    found: list[Points] = []
    cap = _CAP.search(text)
    for match in _PER_PIECE.finditer(text):
        sign = -1 if match["verb"] in ("扣", "减") else 1
        # In 向...投稿，每篇稿件加5分 the item is what stands before the comma.
        item = match["item"] or re.split("[。；]", text[: match.start()])[-1]
        found.append(
            Points(
                item=_subject(item.strip("，,、 ")),
                unit=match["before"] or match["after"] or "",
                points=sign * float(match.group(match.lastindex or 0)),
                bonus=match["verb"] in ("加", "奖励"),
                cap=float(cap.group(1)) if cap else None,
            )
        )
    return tuple(found)


def _subject(words: str) -> str:
    words = _LEAD.sub("", words.strip(" ，、：:（("))
    return re.sub("进行(?=投稿)|(?<=投稿)宣传$|进行$", "", words)


def _left_open(text: str, rule: PointsRule) -> tuple[str, ...]:
    """Questions the wording does not answer; each must be decided before points are given."""
    questions: list[str] = []
    edges = [
        str(band.characters_to)
        for band in rule.points
        if band.characters_to is not None
        and not re.search(rf"{band.characters_to}\s*字?[（(]?(?:含|不含|及以)", text)
    ]
    if edges:
        questions.append(f"恰为{'、'.join(edges)}字时计入哪一档")
    if any(points.cap is not None for points in rule.points) and not re.search(
        "(?:每个?|各)(?:科室|部门|单位|处室)[^，。；]{0,10}(?:上限|最高|不超过)|全局[^，。；]{0,10}(?:上限|最高)",
        text,
    ):
        questions.append("上限按科室计还是按全局合计，按月还是按年")
    if any(points.points < 0 for points in rule.points):
        questions.append("超报部分能否抵补其他月份或栏目的少报")
        if re.search("每月|每季", text):
            questions.append("按月扣分还是年终合并计算，扣分有无下限")
    if any(points.bonus and points.cap is None for points in rule.points):
        questions.append("加分有无上限，同一稿件多家采用是否重复计分")
    if len(rule.points) > 1 and "其中" in text:
        questions.append(f"{rule.points[1].item}是否另计{rule.points[0].item}的分")
    if rule.total is not None and "比例" in text:
        questions.append("科室得分超过分解分值时是否计入")
    return tuple(questions)
