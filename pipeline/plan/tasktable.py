"""The task table 任务分解表 of offices, and its scoring notes 注释.

Hides: which column is what, how a cell's figure is written (``12分``, ``1条/月``), and what the
total row 合计 proves or contradicts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Doubt, Office, Quota, ScoringRule
from pipeline.plan.quotas import PERS, Per
from pipeline.plan.scoring import read_scoring_note
from pipeline.plan.tables import Table, tables_in, tight

__all__ = ["TableReading", "read_task_tables"]

_NUMBER = re.compile(
    r"(?:(?P<before>每[周月季年]|全年|年度?)\s*)?(?P<count>\d{1,6}(?:\.\d{1,2})?)\s*(?P<unit>[分条篇次期件部个])?(?:以上)?\s*(?:[/／每](?P<after>[周月季年])(?:度)?)?$"
)
_OFFICE = re.compile(
    r"(?:责任|牵头|承办|报送|任务)?(?:科室|单位|部门|处室|股室|部室|乡镇|镇街|街道|学校)|^(?:股|处|科)别$"
)
_ORDER = re.compile(r"^(?:序号|编号|序|类别|分类|类型|组别|任务类别)$")
_NO_TASK = re.compile(r"时间|时限|日期|月份|进度|期限|主题|选题|活动|媒体|评分|标准")
_ACTIVITY = re.compile(r"时间|时限|日期|期限|主题|选题|评分|标准")
_FOCUS = re.compile("重点|内容|职责")
_POINTS = re.compile(
    "基础分|基数|目标分|总分|任务分|分值|(?:任务|目标|全年)[^（(]{0,4}[（(]分[）)]"
)
_TOTAL = re.compile(r"(?:合|总|小)\s*计")
_COLUMN_PER = re.compile(r"每?个?([周月季])度?|半年|学期|全年|年度|每?年|[/／](周|月|季|年)")
_COLUMN_UNIT = re.compile(
    r"[（(]([分条篇次期件部个])(?:[/／每](?:周|月|季度?|年度?|半年|学期))?[）)]"
)
_NOTES = re.compile(r"(?:注释?|备注|说明|评分(?:标准|办法)|计分(?:标准|办法))\s*[:：]?\s*")
_NOTE_NUMBER = re.compile(r"(?:^|(?<=[。；;\s]))\s*(\d{1,2})\s*[、.．]\s*(?!\d)")


@dataclass(frozen=True)
class TableReading:
    """Offices with their targets, the scoring notes, and sums that do not add up."""

    offices: tuple[Office, ...]
    scoring: tuple[ScoringRule, ...]
    doubts: tuple[Doubt, ...]
    starts: frozenset[int] = frozenset()
    """Where the tables that were read start."""


@dataclass
class _Row:
    line: Line
    name: str
    task: str
    figures: dict[int, _Figure]


@dataclass(frozen=True)
class _Figure:
    count: float
    unit: str
    per: Per | None


def read_task_tables(lines: Sequence[Line]) -> TableReading:
    """Every table with a column of offices and columns of figures, or of what they publicise."""
    offices: dict[str, Office] = {}
    scoring: tuple[ScoringRule, ...] = ()
    doubts: list[Doubt] = []
    starts: set[int] = set()
    for table in tables_in(lines):
        column = _office_column(table)
        if column is None:
            continue
        found, wrong = _offices(table, column)
        if not found:
            continue
        for office in found:
            there = offices.get(office.name)
            offices[office.name] = _added(there, office) if there else office
        scoring += _notes(lines, table.end)
        doubts += wrong
        starts.add(table.start)
    return TableReading(tuple(offices.values()), scoring, tuple(doubts), frozenset(starts))


def _office_column(table: Table) -> int | None:
    """The column of offices, which stands first, behind a column of order or class at most."""
    column = next(
        (i for i, name in enumerate(table.header[:3]) if _OFFICE.search(name)),
        None,
    )
    if column is None or not table.rows:
        return None
    if not all(_ORDER.match(name) or not name for name in table.header[:column]):
        return None
    if any(table.has_figures(i) for i in range(column + 1, len(table.header))):
        activities = any(_ACTIVITY.search(name) for name in table.header)
        return None if activities else column
    told = table.column(_FOCUS, but=range(column + 1)) is not None
    plain = not any(_NO_TASK.search(name) for name in table.header)
    return column if told and plain else None


def _offices(table: Table, column: int) -> tuple[tuple[Office, ...], list[Doubt]]:
    focus = table.column(_FOCUS, but=[*range(column + 1), *_figure_columns(table)])
    points = table.column(_POINTS, but=range(column + 1))
    rows: list[_Row] = []
    total: _Row | None = None
    for line in table.rows:
        row = _row(table, line, column, focus)
        if _TOTAL.fullmatch(tight(row.name)):
            total = row
        else:
            rows.append(row)
    doubts = _filled_by_total(table, rows, total) if total else []
    offices: list[Office] = []
    for row in rows:
        office = _office(row, table, points)
        if row.name:
            offices.append(office)
        elif offices and (row.task or row.figures):
            offices[-1] = _added(offices[-1], office)
    if total is not None:
        doubts += _check_total(table, rows, total, points)
    return tuple(offices), doubts


def _figure_columns(table: Table) -> list[int]:
    return [i for i in range(len(table.header)) if table.has_figures(i)]


def _row(table: Table, line: Line, column: int, focus: int | None) -> _Row:
    name = table.cell(line, column)
    if column and _TOTAL.fullmatch(tight(table.cell(line, 0))):
        name = table.cell(line, 0)
    figures = {
        i: figure
        for i in range(column + 1, len(table.header))
        if i != focus and (figure := _figure(table.cell(line, i), table.header[i])) is not None
    }
    return _Row(line, _joined_name(name), table.cell(line, focus), figures)


def _office(row: _Row, table: Table, points: int | None) -> Office:
    """Points are targets, pieces by month are quotas, as are pieces by any other time."""
    targets: dict[str, float] = {}
    monthly: dict[str, float] = {}
    quotas: list[Quota] = []
    for i, figure in row.figures.items():
        channel = _COLUMN_UNIT.sub("", table.header[i])
        if i == points:
            continue
        if figure.per == "month":
            monthly[channel] = figure.count
        elif figure.unit in ("", "分"):
            targets[channel] = figure.count
        else:
            per = figure.per or "term"
            quotas.append(Quota(channel=channel, per=per, count=figure.count, unit=figure.unit))
    return Office(
        name=row.name,
        focus=row.task,
        target_points=row.figures[points].count if points in row.figures else None,
        channel_targets=targets,
        monthly_quotas=monthly,
        quotas=tuple(quotas),
    )


def _added(office: Office, more: Office) -> Office:
    """One office over several rows, its name in a merged cell: the rows add up."""

    def total(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
        return {key: first.get(key, 0) + second.get(key, 0) for key in (*first, *second)}

    points = [p for p in (office.target_points, more.target_points) if p is not None]
    summed = {(q.channel, q.per): q for q in office.quotas}
    for quota in more.quotas:
        there = summed.get((quota.channel, quota.per))
        count = quota.count + (there.count if there else 0)
        summed[quota.channel, quota.per] = replace(quota, count=count)
    return replace(
        office,
        focus="\n".join(filter(None, (office.focus, more.focus))),
        target_points=sum(points) if points else None,
        channel_targets=total(office.channel_targets, more.channel_targets),
        monthly_quotas=total(office.monthly_quotas, more.monthly_quotas),
        quotas=tuple(summed.values()),
    )


def _joined_name(name: str) -> str:
    """A name broken over two lines of a cell is one name; two offices in one cell stay two."""
    parts = name.split()
    if len(parts) > 1 and all(
        re.search("(?:室|科|办|处|股|部|所|站|队|中心)$", part) for part in parts
    ):
        return "、".join(parts)
    return "".join(parts)


def _figure(cell: str, header: str = "") -> _Figure | None:
    match = _NUMBER.match(tight(cell))
    if match is None:
        return None
    named = _COLUMN_UNIT.search(header)
    unit = match["unit"] or (named[1] if named else "")
    written = (match["before"] or "") + (match["after"] or "")
    of_column = _COLUMN_PER.search(header)
    written = written or (of_column.group() if of_column and unit != "分" else "")
    per = next((name for sign, name in PERS if sign in written), None)
    return _Figure(float(match["count"]), unit, per)


def _filled_by_total(table: Table, rows: list[_Row], total: _Row) -> list[Doubt]:
    """Figures of merged cells: filled from above where the total row proves that they are meant."""
    doubts = []
    for i, figure in total.figures.items():
        counts = [row.figures[i].count if i in row.figures else None for row in rows]
        filled: list[float] = []
        for row, count in zip(rows, counts, strict=True):
            merged = count is None and bool(filled) and not tight(table.cell(row.line, i))
            filled.append(filled[-1] if merged else (count or 0.0))
        if _same(sum(c or 0 for c in counts), figure.count) or not _same(sum(filled), figure.count):
            continue
        for place, row in enumerate(rows):
            if counts[place] is None and filled[place]:
                above = next(r for r in reversed(rows[:place]) if i in r.figures)
                row.figures[i] = above.figures[i]
                what = f"“{table.header[i]}”为空，按合并单元格取上一行的 {filled[place]:g}，与合计行相符"
                doubts.append(
                    Doubt(span=(row.line.start, row.line.end), what=what, slug="cell-from-above")
                )
    return doubts


def _check_total(
    table: Table, rows: Sequence[_Row], total: _Row, points: int | None
) -> list[Doubt]:
    wrong = []
    for i, figure in total.figures.items():
        added = sum(row.figures[i].count for row in rows if i in row.figures)
        if not _same(added, figure.count):
            name = "分值" if i == points else table.header[i]
            wrong.append(f"{name}各行相加为 {added:g}，合计行写 {figure.count:g}")
    if not wrong:
        return []
    what = "各行之和与合计行不符：" + "；".join(wrong)
    return [Doubt(span=(total.line.start, total.line.end), what=what, slug="total-differs")]


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


def _notes(lines: Sequence[Line], after: int) -> tuple[ScoringRule, ...]:
    """The numbered notes behind the table, on one line or several."""
    below = [line for line in lines if line.start > after and not line.cells]
    begin = next((i for i, line in enumerate(below[:5]) if _NOTES.match(line.text)), None)
    if begin is None:
        return ()
    text = _NOTES.sub("", below[begin].text, count=1)
    for line in below[begin + 1 :]:
        if not _NOTE_NUMBER.match(line.text):
            break
        text += "\n" + line.text
    parts = _NOTE_NUMBER.split(text)
    notes, expected = [], 1
    for number, words in zip(parts[1::2], parts[2::2], strict=False):
        if int(number) == expected:
            notes.append(words.strip())
            expected += 1
        elif notes:
            notes[-1] += f"{number}、{words.strip()}"
    return tuple(read_scoring_note(note) for note in notes or [text.strip()] if note)
