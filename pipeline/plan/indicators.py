"""Tables of indicators 主要指标: each row a target with its baseline.

Hides: which column holds the figure to be reached and which the one there is, and how a cell of
such a table writes a bound (≥15, <5%, 70左右, 下降15%, 〔18〕).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Target
from pipeline.plan.tables import Table, tables_in, tight

__all__ = ["find_indicators"]

_NAME = re.compile("指标|名称|项目|内容")
_ORDINAL = re.compile("序号|编号")
_UNIT = re.compile("单位")
_BINDING = re.compile("属性|性质")
_POINTS = re.compile("分值|得分|评分|计分")
_GOAL = re.compile("目标|预期|规划值|指标值")
_BASE = re.compile("现状|基期|基准|基础值|基数|实际")
_CHANGE = re.compile("累计|年均|增长|增速|变化|增减|比")
_YEAR = re.compile(r"(20\d\d)年?")
_CELL = re.compile(
    r"(?P<change>累计|年均)?(?P<way>提高到?|下降到?|降低到?|减少到?|增长到?|增加到?|达到|控制在)?"
    r"(?P<bound>[<＜>＞≥≤≧≦]=?|不低于|不少于|不高于|不超过|大于|小于|超过)?[〔\[［（(]?"
    r"(?P<low>-?\d{1,9}(?:[.．]\d{1,4})?)(?:[—–―－~～\-至](?P<high>\d{1,9}(?:[.．]\d{1,4})?))?[〕\]］）)]?"
    r"(?P<unit>[%％‰]|个百分点|[^\d\s，。；左以及]{1,8})?(?P<side>左右|及?以上|以内|以下)?"
)
_BOUNDS: dict[str, Literal[">", ">=", "<", "<="]] = {
    **dict.fromkeys(("<", "＜", "小于"), "<"),
    **dict.fromkeys((">", "＞", "大于", "超过"), ">"),
    **dict.fromkeys(("≥", "≧", ">=", "＞=", "不低于", "不少于", "以上", "及以上"), ">="),
    **dict.fromkeys(("≤", "≦", "<=", "＜=", "不高于", "不超过", "以内", "以下"), "<="),
}
_UNIT_IN_NAME = re.compile(r"[（(]([^（）()]{1,12})[）)]$")
_FOOTNOTE = re.compile(r"(?<=[\u4e00-\u9fff）)])(?:[\[［〔]\d{1,2}[\]］〕]|[①-⑳*＊]+)$")


def find_indicators(lines: Sequence[Line], year: int | None = None) -> tuple[Target, ...]:
    """The targets of every table of indicators among ``lines``, in order.

    Args:
        year: the last of the plan's term, for a column 目标值 without a year of its own.
    """
    return tuple(target for table in tables_in(lines) for target in _targets(table, year))


def _targets(table: Table, year: int | None) -> list[Target]:
    goal, base, reached = _columns(table.header)
    if goal is None or table.column(_POINTS) is not None:
        return []
    if base is None and table.column(_BINDING) is None and not _GOAL.search(table.header[goal]):
        return []
    unit = table.column(_UNIT)
    ordinal = table.column(_ORDINAL)
    names = [
        place
        for place, title in enumerate(table.header)
        if _NAME.search(title) and place not in (goal, base, unit, ordinal) and place < goal
    ]
    if not names or not any("指标" in title for title in table.header):
        return []
    found = []
    for row in table.rows:
        named = [words for place in names if (words := tight(table.cell(row, place)))]
        cell = _CELL.fullmatch(tight(table.cell(row, goal)))
        if not named or cell is None:
            continue
        name, bracketed = _with_unit(named[-1])
        found.append(
            _target(
                name,
                cell,
                tight(table.cell(row, unit)) or bracketed,
                reached or year,
                _figure(table.cell(row, base)),
                " ".join(filter(None, (cell.strip() for cell in row.cells))),
            )
        )
    return found


def _columns(header: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """Columns of the figure to be reached and of the one there is, and the year to reach it."""
    years = {
        place: int(match[1])
        for place, title in enumerate(header)
        if (match := _YEAR.search(title)) and not _CHANGE.search(title)
    }
    bases = [place for place, title in enumerate(header) if _BASE.search(title)]
    goals = [
        place
        for place, title in enumerate(header)
        if _GOAL.search(title) and not _CHANGE.search(title) and place not in bases
    ]
    goal = max(goals, key=lambda place: years.get(place, 0), default=None)
    if goal is None and years:
        goal = max(
            (place for place in years if place not in bases), key=years.__getitem__, default=None
        )
    if goal is None:
        return None, None, None
    before = [place for place in years if place != goal and years[place] < years.get(goal, 9999)]
    base = bases[0] if bases else min(before, key=years.__getitem__, default=None)
    return goal, base, years.get(goal)


def _with_unit(name: str) -> tuple[str, str]:
    """The name without a unit in brackets behind it, and the unit."""
    name = _FOOTNOTE.sub("", re.sub(r"^\d{1,2}[.．、]", "", name))
    unit = _UNIT_IN_NAME.search(name)
    if unit is None or re.search("含|不|等|包括|其中", unit[1]):
        return name, ""
    return name[: unit.start()], unit[1]


def _target(
    name: str, cell: re.Match[str], unit: str, year: int | None, baseline: float | None, quote: str
) -> Target:
    bound = _BOUNDS.get(cell["bound"] or cell["side"] or "")
    way = cell["way"] or ""
    falls = way and not way.endswith("到") and way not in ("达到", "控制在")
    return Target(
        name=f"{name}{cell['change'] or ''}{way}" if falls else name,
        operator="range" if cell["high"] else bound or ("<=" if way == "控制在" else "="),
        value=_number(cell["low"]),
        upper=_number(cell["high"]) if cell["high"] else None,
        unit=(cell["unit"] or unit).replace("％", "%"),
        year=year,
        baseline=None if falls else baseline,
        quote=quote,
    )


def _figure(words: str) -> float | None:
    cell = _CELL.fullmatch(tight(words))
    return _number(cell["low"]) if cell is not None and not cell["high"] else None


def _number(written: str) -> float:
    return float(written.replace("．", "."))
