"""The organisations to be interviewed 采访单位, as a plan lists them.

Hides: how a unit's line is taken apart (number, name, note in any bracket, even unclosed) and
what else a unit is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.plan.cleaning import Line
from pipeline.plan.model import PlanNode, Unit
from pipeline.plan.numbers import read_mark
from pipeline.text import comparable

__all__ = ["aliases_of", "read_units"]

_NUMBER = re.compile(r"(?:[（(]\s*\d{1,3}\s*[）)]|\d{1,3}(?!\d)|[①-⑳])\s*[.．、]?\s*")
_TIME = re.compile(
    r"(?:于|自|从)?(?:(?:19|20)\d\d年|\d{1,2}月|\d{1,2}日|每[年月周]|[上下]半年|\d{1,2}[:：]\d\d)"
)
"""What a line on the term says first; no organisation's name starts so."""
_SENTENCE = re.compile(
    r"(?:请|由|各(?:单位|新闻|媒体|旗|县|区|乡|镇)|采访(?:时间|方式|要求)|联系|注[:：]|备注|说明|具体)|.*(?:执行|实施|开展|报送|联系|安排|负责|完成)$"
    r"|.*[，,].*(?:要|应|须|请|将|可)"
)
"""Lines that tell someone to do something."""
_ORGANISATION = re.compile(
    r"(?:公司|中心|研究[院所]|大学|学院|学校|医院|园区?|基地|合作社|协会|学会|实验室|工作站|企业|集团|厂|局|站|馆|场)$"
)
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_EDGE = " \t\u3000\xa0。；;，,、：:."
_PLACE = re.compile(
    r"(?:内蒙古(?:自治区)?|广西(?:壮族自治区)?|西藏(?:自治区)?|宁夏(?:回族自治区)?|新疆(?:维吾尔自治区)?"
    r"|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    r"|广东|海南|四川|贵州|云南|陕西|甘肃|青海)(?:省|市)?|[\u4e00-\u9fff]{2,4}(?:省|市)"
)
SHORTEST_ALIAS = 4
LONGEST_NAME = 60


def read_units(lines: Sequence[Line], focus_areas: Sequence[PlanNode]) -> tuple[Unit, ...]:
    """The units in ``lines``, tied to the focus area whose title heads their group."""
    by_title = {comparable(node.title): node.id for node in focus_areas if node.title}
    theme = ""
    units: list[Unit] = []
    for line in lines:
        if line.cells:
            continue
        mark = read_mark(line.text)
        if mark is not None and mark.family in ("dun", "paren", "section", "chapter"):
            theme = by_title.get(comparable(line.text[mark.end :]), "")
            continue
        unit = _unit(line.text, theme)
        if unit is not None:
            units.append(unit)
    return tuple(units)


def _unit(text: str, theme: str) -> Unit | None:
    number = _NUMBER.match(text)
    name, note = _apart(text[number.end() if number else 0 :])
    if not 1 < len(name) <= LONGEST_NAME or name.isdecimal():
        return None
    if _TIME.match(text) or _TIME.match(name):
        return None
    organisation = _ORGANISATION.search(name)
    if not organisation and (_SENTENCE.match(name) or "。" in name):
        return None
    if number is None and not note and not organisation:
        return None
    return Unit(name=name, aliases=aliases_of(name), note=note, theme=theme)


def _apart(words: str) -> tuple[str, str]:
    """Name and note; a bracket followed by more of the name belongs to the name."""
    start, depth = -1, 0
    for offset, character in enumerate(words):
        if character in _OPEN:
            if depth == 0:
                start = offset
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
            if depth == 0 and words[offset + 1 :].strip(_EDGE) == "":
                return words[:start].strip(_EDGE), words[start + 1 : offset].strip(_EDGE)
    if depth and start > 0:
        return words[:start].strip(_EDGE), words[start + 1 :].strip(_EDGE)
    return words.strip(_EDGE), ""


def aliases_of(name: str) -> tuple[str, ...]:
    """What a unit may also be called: without its legal form, place, or the words around a
    quoted name.

    >>> aliases_of("内蒙古伊泰煤制油有限责任公司")
    ('内蒙古伊泰煤制油', '伊泰煤制油')
    >>> aliases_of("杭锦旗“北斗定位项圈”数字牧场")
    ('北斗定位项圈', '杭锦旗北斗定位项圈数字牧场')
    """
    found: list[str] = []
    for quoted in re.findall(r"[“\"《]([^”\"》]{2,30})[”\"》]", name):
        found.append(quoted)
        found.append(re.sub(r"[“”\"《》]", "", name))
    parts = re.split(r"[-—－]{2,}|\s+", name)
    if len(parts) > 1 and len(parts[0]) >= SHORTEST_ALIAS:
        found.append(parts[0])
    if match := re.search(r"(?:有限责任公司|有限公司|公司)", name):
        company = name[: match.end()]
        found.append(company)
        short = re.sub(
            r"(?:[（(][^（）()]{1,8}[）)])?(?:股份|集团)*(?:有限责任公司|有限公司|公司)$",
            "",
            company,
        )
        found.append(short)
        if place := _PLACE.match(short):
            found.append(short[place.end() :])
    if city := re.match(r"([\u4e00-\u9fff]{2,5})[市](?=[\u4e00-\u9fff]{4})", name):
        found.append(city.group(1) + name[city.end() :])
    unique = dict.fromkeys(
        alias for alias in found if len(alias) >= SHORTEST_ALIAS and alias != name
    )
    return tuple(unique)
