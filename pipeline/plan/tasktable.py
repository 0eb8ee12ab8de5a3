"""The task table 任务分解表 of offices, and its scoring notes 注释.

Hides: which column is what, and how a cell's figure is written (``12分``, ``1条/月``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Doubt, Office, ScoringRule
from pipeline.plan.scoring import read_scoring_note

__all__ = ["TableReading", "read_task_tables"]

_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:分|条|篇|次|期|件)?\s*(?:[/／]\s*(月)|每月)?$|每月\s*(\d+(?:\.\d+)?)"
)
_OFFICE = re.compile(r"(?:责任|牵头|承办)?(?:科室|单位|部门|处室|股室)")
_POINTS = re.compile("基础分|基数|目标分|总分|任务分|分值")
_TOTAL = re.compile(r"(?:合|总|小)\s*计")
_NOTES = re.compile(r"(?:注释?|备注|说明|评分(?:标准|办法)|计分(?:标准|办法))\s*[:：]?\s*")
_NOTE_NUMBER = re.compile(r"(?:^|(?<=[。；;\s]))\s*(\d{1,2})\s*[、.．]\s*(?!\d)")


@dataclass(frozen=True)
class TableReading:
    """Offices with their targets, the scoring notes, and sums that do not add up."""

    offices: tuple[Office, ...]
    scoring: tuple[ScoringRule, ...]
    doubts: tuple[Doubt, ...]


def read_task_tables(lines: Sequence[Line]) -> TableReading:
    """The first table with a column of offices and a column of figures."""
    tables: list[list[Line]] = []
    for line in lines:
        if not line.cells:
            tables.append([])
            continue
        if not tables:
            tables.append([])
        tables[-1].append(line)
    for rows in tables:
        header, body = _header(rows)
        column = next((i for i, name in enumerate(header[:2]) if _OFFICE.search(name)), None)
        if column is not None and body:
            offices, doubts = _offices(header, body, column)
            if offices:
                return TableReading(offices, _notes(lines, rows[-1].end), doubts)
    return TableReading((), (), ())


def _header(rows: Sequence[Line]) -> tuple[list[str], Sequence[Line]]:
    """The names of the columns and the rows below; a heading over several columns goes before
    the names under it."""
    if not rows:
        return [], ()
    top = [_tight(cell) for cell in rows[0].cells]
    below = [_tight(cell) for cell in rows[1].cells] if len(rows) > 1 else []
    stacked = below and not below[0] and "" in top and not any(map(_figure, below))
    if not stacked:
        return top, rows[1:]
    names, over = [], ""
    for place in range(max(len(top), len(below))):
        above = top[place] if place < len(top) else ""
        under = below[place] if place < len(below) else ""
        over = above or (over if under else "")
        names.append(over + under)
    return names, rows[2:]


def _tight(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


def _offices(
    header: Sequence[str], rows: Sequence[Line], column: int
) -> tuple[tuple[Office, ...], tuple[Doubt, ...]]:
    focus = next(
        (i for i, name in enumerate(header) if i > column and re.search("重点|内容|职责", name)),
        None,
    )
    points = next((name for name in header if _POINTS.search(name)), "")
    offices: list[Office] = []
    doubts: list[Doubt] = []
    for row in rows:
        name = row.cells[column].strip() if column < len(row.cells) else ""
        if not name and column and _TOTAL.fullmatch(_tight(row.cells[0])):
            name = row.cells[0]
        figures = {
            header[i]: figure
            for i, cell in enumerate(row.cells[: len(header)])
            if i > column and i != focus and (figure := _figure(cell, header[i])) is not None
        }
        task = row.cells[focus].strip() if focus is not None and focus < len(row.cells) else ""
        office = Office(
            name=_joined_name(name),
            focus=task,
            target_points=figures[points][0] if points in figures else None,
            channel_targets={
                channel: value
                for channel, (value, monthly) in figures.items()
                if not monthly and channel != points
            },
            monthly_quotas={
                channel: value for channel, (value, monthly) in figures.items() if monthly
            },
        )
        if _TOTAL.fullmatch(_tight(name)):
            doubts.extend(_check_total(office, offices, row))
        elif name:
            offices.append(office)
        elif offices and (task or figures):
            offices[-1] = _added(offices[-1], office)
    return tuple(offices), tuple(doubts)


def _added(office: Office, more: Office) -> Office:
    """One office over several rows, its name in a merged cell: the rows add up."""

    def total(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
        return {key: first.get(key, 0) + second.get(key, 0) for key in (*first, *second)}

    points = [p for p in (office.target_points, more.target_points) if p is not None]
    return replace(
        office,
        focus="\n".join(filter(None, (office.focus, more.focus))),
        target_points=sum(points) if points else None,
        channel_targets=total(office.channel_targets, more.channel_targets),
        monthly_quotas=total(office.monthly_quotas, more.monthly_quotas),
    )


def _joined_name(name: str) -> str:
    """A name broken over two lines of a cell is one name; two offices in one cell stay two."""
    parts = name.split()
    if len(parts) > 1 and all(
        re.search("(?:室|科|办|处|股|部|所|站|队|中心)$", part) for part in parts
    ):
        return "、".join(parts)
    return "".join(parts)


def _figure(cell: str, header: str = "") -> tuple[float, bool] | None:
    match = _NUMBER.match(_tight(cell))
    if match is None:
        return None
    monthly = match[2] is not None or match[3] is not None or "每月" in cell
    monthly = monthly or re.search("每月|[/／]月|月度", header) is not None
    return float(match[1] or match[3]), monthly


def _check_total(total: Office, offices: Sequence[Office], row: Line) -> list[Doubt]:
    sums: dict[str, float] = {}
    for office in offices:
        for channel, value in (*office.channel_targets.items(), *office.monthly_quotas.items()):
            sums[channel] = sums.get(channel, 0) + value
    wrong = [
        f"{channel}各行相加为 {sums.get(channel, 0):g}，合计行写 {value:g}"
        for channel, value in (*total.channel_targets.items(), *total.monthly_quotas.items())
        if abs(sums.get(channel, 0) - value) > 1e-9
    ]
    points = sum(office.target_points or 0 for office in offices)
    if total.target_points is not None and abs(points - total.target_points) > 1e-9:
        wrong.append(f"分值各行相加为 {points:g}，合计行写 {total.target_points:g}")
    if not wrong:
        return []
    what = "各行之和与合计行不符：" + "；".join(wrong)
    return [Doubt(span=(row.start, row.end), what=what, slug="total-differs")]


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
