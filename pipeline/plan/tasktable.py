"""The task table 任务分解表 of offices, and its scoring notes 注释.

Hides: which column is what, and how a cell's figure is written (``12分``, ``1条/月``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Doubt, Office, ScoringRule
from pipeline.plan.scoring import read_scoring_note

__all__ = ["TableReading", "read_task_tables"]

_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:分|条|篇|次|期|件)?\s*(?:[/／]\s*(月)|每月)?$|每月\s*(\d+(?:\.\d+)?)"
)
_OFFICE = re.compile(r"(?:责任|牵头|承办)?(?:科室|单位|部门|处室|股室)")
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
        if len(rows) > 1 and _OFFICE.search(_tight(rows[0].cells[0])):
            offices, doubts = _offices(rows)
            if offices:
                return TableReading(offices, _notes(lines, rows[-1].end), doubts)
    return TableReading((), (), ())


def _tight(cell: str) -> str:
    return re.sub(r"\s+", "", cell)


def _offices(rows: Sequence[Line]) -> tuple[tuple[Office, ...], tuple[Doubt, ...]]:
    header = [_tight(cell) for cell in rows[0].cells]
    focus = next(
        (i for i, name in enumerate(header) if i and re.search("重点|内容|职责", name)), None
    )
    points = next(
        (
            i
            for i, name in enumerate(header)
            if re.search("基础分|基数|目标分|总分|任务分|分值", name)
        ),
        None,
    )
    offices: list[Office] = []
    doubts: list[Doubt] = []
    for row in rows[1:]:
        name = row.cells[0].strip()
        if not name:
            continue
        figures = {
            header[i]: figure
            for i, cell in enumerate(row.cells[: len(header)])
            if i not in (0, focus) and (figure := _figure(cell)) is not None
        }
        office = Office(
            name=_joined_name(name),
            focus=row.cells[focus].strip() if focus is not None and focus < len(row.cells) else "",
            target_points=figures[header[points]][0]
            if points is not None and header[points] in figures
            else None,
            channel_targets={
                channel: value
                for channel, (value, monthly) in figures.items()
                if not monthly and (points is None or channel != header[points])
            },
            monthly_quotas={
                channel: value for channel, (value, monthly) in figures.items() if monthly
            },
        )
        if _TOTAL.fullmatch(_tight(name)):
            doubts.extend(_check_total(office, offices, row))
        else:
            offices.append(office)
    return tuple(offices), tuple(doubts)


def _joined_name(name: str) -> str:
    """A name broken over two lines of a cell is one name; two offices in one cell stay two."""
    parts = name.split()
    if len(parts) > 1 and all(
        re.search("(?:室|科|办|处|股|部|所|站|队|中心)$", part) for part in parts
    ):
        return "、".join(parts)
    return "".join(parts)


def _figure(cell: str) -> tuple[float, bool] | None:
    match = _NUMBER.match(_tight(cell))
    if match is None:
        return None
    monthly = match[2] is not None or match[3] is not None or "每月" in cell
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
