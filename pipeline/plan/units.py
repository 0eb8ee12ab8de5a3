"""The organisations to be interviewed 采访单位, as a plan lists them.

Hides: how a unit's line is taken apart (number, name, note in any bracket, even unclosed), how
units are told from other words of a sentence or a table, and what else a unit is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.lists import divided
from pipeline.plan.model import PlanNode, Unit
from pipeline.plan.numbers import read_mark
from pipeline.plan.tables import Table
from pipeline.text import comparable

__all__ = ["aliases_of", "merged", "named_units", "read_units", "units_of_table"]

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
_ASKED = re.compile(
    r"(?:采访|专访|探访|走访|寻访)(?:的)?(?:单位|对象|企业|点位|地点|线索)?(?:包括|主要有|主要是|有|为|是)?[：:]?"
)
"""Words that say somebody is to be interviewed; what follows is who."""
_AS_PLACES = re.compile(
    r"(?:联系|安排|确定|选取|选择|选定|推荐)(?=[^，。；]{4,120}(?:作为|为)(?:重点)?采访(?:点|单位|对象))"
)
_VISITED = re.compile(
    r"(?:走进|深入|聚焦|推介|报道|宣传)(?=[^，。；]{4,120}?等(?:单位|企业|院校|地|园区|学校))"
)
_LISTED = re.compile(r"[^。；;\n]{2,240}")
_LIST_ENDS = re.compile(
    r"(?:作为|为(?:重点)?采访)|等[^等，,。；;]{0,8}(?=[，,。；;]|$)|[，,。；;]|$"
)
_STRONG = re.compile(
    r"(?:公司|集团|大学|学院|研究[院所]|实验室|合作社|联合社|协会|学会|中学|小学|学校|医院|卫生院|电厂|工厂|厂|中心|基地|[园示范新开发]区|公园|产业园|科技园|园|小院|工作站|工作室|试验站|站|馆|农场|林场|牧场|局|所|社区|村|服务队|支队|大队)$"
)
_GENERIC = re.compile(
    r"^(?:各|有关|相关|重点|部分|一批|若干|多家|全[市区县旗省]|我[市区县旗省]|辖区|基层|中小|科技型|规上|规模以上|龙头|骨干|优秀|典型|本地|农村|城市|驻|市直|区直|县直|省直|国有|民营|高新技术|专精特新|创新型|新型|外资|大型|小微|知名|上市)"
    r"|^(?:企业|园区|社区|学校|机关|医院|高校|院校|农村|乡村|车间|一线|现场|田间|实验室|研究院所|科研院所|高等院校|高校院所|中小学校|项目现场|生产一线|科普基地|众创空间|产业园区?|工业园区|高新区|开发区|科技馆|图书馆|博物馆|研发中心|农户|合作社|协会|学会|行业协会|科研院校)$"
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


def named_units(text: str, theme: str) -> tuple[Unit, ...]:
    """The units a sentence wants visited: 采访…、…等单位.

    >>> [unit.name for unit in named_units("采访青禾水泵有限公司、清河湿地公园等单位。", "")]
    ['青禾水泵有限公司', '清河湿地公园']
    """
    found: list[Unit] = []
    read_to = 0
    asking = [*_ASKED.finditer(text), *_VISITED.finditer(text), *_AS_PLACES.finditer(text)]
    for asked in sorted(asking, key=lambda match: match.start()):
        listed = _LISTED.match(text, asked.end())
        if listed is None or asked.end() < read_to:
            continue
        end = _LIST_ENDS.search(listed.group())
        names = _divided(listed.group()[: end.start()] if end else listed.group())
        read_to = listed.start() + (end.start() if end else len(listed.group()))
        for words in names:
            name, note = _apart(words)
            if _is_unit(name):
                found.append(Unit(name=name, aliases=aliases_of(name), note=note, theme=theme))
    return merged(found)


def units_of_table(table: Table, focus_areas: Sequence[PlanNode]) -> tuple[Unit, ...]:
    """The units of a table with a column 采访单位; another column holds what to tell of them."""
    column = table.column(_UNIT_COLUMN)
    if column is None:
        return ()
    note = table.column(_NOTE_COLUMN, but=(column,))
    area = table.column(_AREA_COLUMN, but=(column, note))
    by_title = {comparable(node.title): node.id for node in focus_areas if node.title}
    found: list[Unit] = []
    theme = ""
    for row in table.rows:
        if named := comparable(table.cell(row, area)):
            theme = next((by_title[t] for t in by_title if named in t or t in named), "")
        for words in _divided(table.cell(row, column)):
            name, inside = _apart(_NUMBER.sub("", words, count=1))
            if 1 < len(name) <= LONGEST_NAME and not name.isdecimal():
                told = inside or table.cell(row, note)
                found.append(Unit(name=name, aliases=aliases_of(name), note=told, theme=theme))
    return merged(found)


def merged(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Every unit once; what a later mention adds (note, focus area) is kept."""
    found: dict[str, Unit] = {}
    for unit in units:
        there = found.get(unit.name)
        if there is None:
            found[unit.name] = unit
        elif (unit.note and not there.note) or (unit.theme and not there.theme):
            found[unit.name] = replace(
                there, note=there.note or unit.note, theme=there.theme or unit.theme
            )
    return tuple(found.values())


def _divided(words: str) -> list[str]:
    """Names between 、 or white space; 和 divides where an organisation stands on both sides."""
    names: list[str] = []
    for part in (part for part, _ in divided(words, "、；;\n")):
        halves = re.split(
            "(?<=[司团学院所园区站馆厂社会心）)])(?:和|及|以及)(?=[\u4e00-\u9fff]{4})", part
        )
        apart = all(_ORGANISATION.search(_apart(half)[0]) for half in halves)
        names += halves if apart else [part]
    return [name.strip(_EDGE) for name in names if name.strip(_EDGE)]


def _is_unit(name: str) -> bool:
    return (
        4 <= len(name) <= LONGEST_NAME
        and _STRONG.search(name) is not None
        and _GENERIC.search(name) is None
        and not _SENTENCE.match(name)
    )


_UNIT_COLUMN = re.compile(
    r"(?:采访|报道|宣传|走访|拍摄)(?:单位|对象|企业|点位|地点)|^(?:单位|企业)名称$|^点位$"
)
_NOTE_COLUMN = re.compile(r"内容|亮点|重点|简介|说明|备注|特色|方向")
_AREA_COLUMN = re.compile(r"领域|主题|类别|板块|方面|宣传重点")


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
