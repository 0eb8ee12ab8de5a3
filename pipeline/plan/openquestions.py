"""What a scoring note leaves open 待定口径.

Hides: which questions the usual wording does not answer, so that a person decides them and not a
program.
"""

from __future__ import annotations

import re

import msgspec

from pipeline.plan.model import PointsRule

__all__ = ["ChosenReading", "left_open"]

_WHOSE_CAP = re.compile(
    "(?:每个?|各)(?:科室|部门|单位|处室)[^，。；]{0,10}(?:上限|最高|不超过)|全局[^，。；]{0,10}(?:上限|最高)"
)
_SETTLED = re.compile(r"(\d{1,6})\s*字?[（(]?(?:含|不含|及以)")
_VAGUE = re.compile(
    r"(?:酌情|适当|视情|相应)[^，。；\d]{0,8}?(?:加分|扣分|计分|加减分|给分|奖励)|扣除?(?:当期|当月|当年|全部|相应)(?:的)?[^，。；\d]{0,4}分"
)
_MONEY = re.compile(r"(?:奖励?|补助|发放)[^，。；\d]{0,8}\d{1,6}\s?元")
_BY_SHARE = re.compile(r"合写|合作|联合|共同")


class ChosenReading(msgspec.Struct, frozen=True, kw_only=True):
    """One choice, who made it and when."""

    question: str
    choice: str
    """'' where a choice was taken back."""
    by: str
    at: str
    """UTC, ISO 8601."""
    why: str = ""


def left_open(text: str, rule: PointsRule) -> tuple[str, ...]:
    """Questions the wording does not answer; each must be decided before points are given."""
    questions: list[str] = []
    settled = {int(match[1]) for match in _SETTLED.finditer(text)}
    upper = dict.fromkeys(band.characters_to for band in rule.points)
    edges = [str(edge) for edge in upper if edge is not None and edge not in settled]
    if edges:
        questions.append(f"恰为{'、'.join(edges)}字时计入哪一档")
    if any(points.cap is not None for points in rule.points) and not _WHOSE_CAP.search(text):
        questions.append("上限按科室计还是按全局合计，按月还是按年")
    if any(points.item.endswith(" 少报") for points in rule.points):
        questions.append("超报部分能否抵补其他月份或栏目的少报")
        if re.search("每月|每季", text) and "扣完为止" not in text:
            questions.append("按月扣分还是年终合并计算，扣分有无下限")
    if any(points.bonus and points.cap is None for points in rule.points):
        questions.append("加分有无上限，同一稿件多家采用是否重复计分")
    if len(rule.points) > 1 and "其中" in text:
        questions.append(f"{rule.points[1].item}是否另计{rule.points[0].item}的分")
    if rule.total is not None and "比例" in text:
        questions.append("科室得分超过分解分值时是否计入")
    if sum(points.multiplier is not None and not points.multiplies for points in rule.points) > 1:
        questions.append("几项加倍条件同时符合时是否连乘")
    if rule.shared and not _BY_SHARE.search(text):
        questions.append("哪些稿件按人数分摊")
    if vague := _VAGUE.search(text):
        questions.append(f"“{vague.group()}”没有写明分值")
    if money := _MONEY.search(text):
        questions.append(f"“{money.group()}”按元计，不是考核分，是否折算")
    return tuple(questions)
