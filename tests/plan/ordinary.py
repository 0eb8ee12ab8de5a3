"""Made-up publicity plans in the shapes of real ones, for the tests of reading them."""

from __future__ import annotations

from pathlib import Path

import docx

from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.plan.reading import read_plan, read_plan_text

HEAD = "青禾县水利局2024年节水宣传工作方案\n一、宣传重点\n（一）节水灌溉。宣传滴灌、喷灌。\n"
Rows = list[list[str]]
Merge = tuple[tuple[int, int], tuple[int, int]]


def plan_of(text: str) -> Plan:
    return read_plan_text(HEAD + text).plan


def word_plan(path: Path, rows: Rows, merges: tuple[Merge, ...] = (), under: str = "") -> Plan:
    """A Word plan with bold headings and one table under its second one."""
    document = docx.Document()
    for line in HEAD.splitlines():
        document.add_paragraph().add_run(line).bold = True
    document.add_paragraph().add_run(under or "二、活动安排").bold = True
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, words in enumerate(rows):
        for column, cell in enumerate(words):
            table.cell(row, column).text = cell
    for first, last in merges:
        words = table.cell(*first).text
        table.cell(*first).merge(table.cell(*last)).text = words
    document.add_paragraph("三、工作要求")
    document.add_paragraph("（一）加强领导。明确专人。")
    document.save(str(path / "plan.docx"))
    return read_plan(path / "plan.docx").plan


def form(plan: Plan, title: str) -> PlanNode:
    return next(node for node in walk(plan.nodes) if node.title == title)


def slugs(plan: Plan) -> set[str]:
    return {doubt.slug for doubt in plan.doubts}
