"""Tables of indicators 主要指标 are targets, also where a page lost the table."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import read_plan, read_plan_text

HEAD = "青禾县水利发展“十四五”规划\n一、发展目标\n到2025年，供水更稳。\n"
TAIL = "二、主要任务\n（一）修渠\n修好支渠。\n"
Told = tuple[str, str, float, float | None, str, int | None, float | None]


def told(plan: Plan) -> list[Told]:
    return [
        (target.name, target.operator, target.value, target.upper, target.unit, target.year, target.baseline)
        for target in plan.targets
    ]  # fmt: skip


def of_rows(*rows: str) -> list[Told]:
    return told(read_plan_text(HEAD + "\n".join(rows) + "\n" + TAIL).plan)


def test_a_row_is_a_target_with_the_figure_there_is_as_baseline() -> None:
    assert of_rows(
        "序号\t指标名称\t单位\t2020年\t2025年\t属性",
        "1\t灌溉水利用系数\t%\t55.2\t≥58\t约束性",
        "2\t农村自来水普及率\t%\t81\t90左右\t预期性",
        "3\t新增节水灌溉面积（含喷灌）\t万亩\t-\t〔12〕\t预期性",
        "4\t水库除险\t座\t3\t8-10\t预期性",
        "5\t河湖管护\t\t\t完成省定任务\t约束性",
    ) == [
        ("灌溉水利用系数", ">=", 58, None, "%", 2025, 55.2),
        ("农村自来水普及率", "=", 90, None, "%", 2025, 81),
        ("新增节水灌溉面积（含喷灌）", "=", 12, None, "万亩", 2025, None),
        ("水库除险", "range", 8, 10, "座", 2025, 3),
    ]


def test_units_stand_in_the_name_or_behind_the_figure_and_a_fall_is_named() -> None:
    assert of_rows(
        "类别\t指标\t目标值\t属性",
        "节水\t万元产值用水量\t下降16%\t约束性",
        "节水\t再生水利用率（%）\t>25\t预期性",
        "防灾\t预警到达时间\t<15分钟\t预期性",
    ) == [
        ("万元产值用水量下降", "=", 16, None, "%", 2025, None),
        ("再生水利用率", ">", 25, None, "%", 2025, None),
        ("预警到达时间", "<", 15, None, "分钟", 2025, None),
    ]


@pytest.mark.parametrize(
    "header",
    ["序号\t考核指标\t分值\t目标值", "序号\t项目\t2025年投资\t属性", "序号\t指标\t年均增长\t备注"],
)
def test_other_tables_of_figures_are_no_indicators(header: str) -> None:
    assert of_rows(header, "1\t修渠\t20\t5", "2\t护河\t30\t8") == []


def test_a_word_table_with_merged_cells_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    for line in HEAD.splitlines():
        document.add_paragraph(line)
    rows = [
        ["类别", "指标", "2020年", "2025年", "属性"],
        ["供水", "集中供水率（%）", "88", "95", "约束性"],
        ["", "水质达标率（%）", "90.5", "≥96", "约束性"],
    ]
    table = document.add_table(len(rows), 5, style="Table Grid")
    for place, row in enumerate(rows):
        for cell, words in zip(table.rows[place].cells, row, strict=True):
            cell.text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    for line in TAIL.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "plan.docx"))
    assert told(read_plan(tmp_path / "plan.docx").plan) == [
        ("集中供水率", "=", 95, None, "%", 2025, 88),
        ("水质达标率", ">=", 96, None, "%", 2025, 90.5),
    ]


CELLS = ("序号", "指标", "预期值", "属性", "1", "水库溃坝起数", "<1", "约束性", "2", "漏损率", "<9%", "预期性")  # fmt: skip


def test_a_table_that_stands_one_cell_a_line_is_a_table_again() -> None:
    plan = read_plan_text(HEAD + "\n\n".join(CELLS) + "\n以上指标逐年考核。\n" + TAIL).plan
    assert [target.name for target in plan.targets] == ["水库溃坝起数", "漏损率"]
    assert "table-restored" in {doubt.slug for doubt in plan.doubts}
    assert next(walk(plan.nodes)).text == "到2025年，供水更稳。\n以上指标逐年考核。"


def test_a_lost_table_with_a_row_of_another_width_is_left_alone() -> None:
    ragged = (*CELLS[:7], *CELLS[8:])
    plan = read_plan_text(HEAD + "\n".join(ragged) + "\n" + TAIL).plan
    assert "table-restored" not in {doubt.slug for doubt in plan.doubts}
    assert plan.targets == ()
