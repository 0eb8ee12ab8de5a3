"""The register as a table: what is written reads back as the same submissions."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import BadInput
from pipeline.pieces import one_row_a_piece
from pipeline.register import Adoption, LeaderEvent, Submission
from pipeline.register_files import read_register
from pipeline.reports.register_table import write_register

FULL = Submission(
    file="a.xlsx",
    row=2,
    offices=("综合科", "高新科"),
    day="2017-03-01",
    title='=HYPERLINK("http://x.example","园区")',
    column="信息",
    words=320,
    adopted=(
        Adoption(
            outlet="某市日报", level="municipal", position="头版", day="2017-03-03", proof="n1"
        ),
        Adoption(outlet="某省日报", level="regional", day="2017-03-05"),
    ),
    authors=("张三", "李四"),
    story="7",
    events=(
        LeaderEvent(what="市领导批示", day="2017-03-09", proof="批-7"),
        LeaderEvent(what="约稿"),
    ),
)
PLAIN = Submission(
    file="a.xlsx", row=3, offices=("高新科",), day="2017-03-02", title="-1℃里的科普", column="信息"
)


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_it_reads_back_as_the_same(tmp_path: Path, name: str) -> None:
    write_register([FULL, PLAIN], tmp_path / name)
    register = one_row_a_piece(read_register(tmp_path / name))
    assert register.troubles == ()

    def facts(one: Submission) -> tuple[object, ...]:
        return one.day, one.title, one.column, one.words, one.adopted, one.authors, one.story

    assert list(map(facts, register.submissions)) == [facts(FULL), facts(PLAIN)]
    assert set(register.submissions[0].events) == set(FULL.events)
    assert register.submissions[0].offices == ("综合科、高新科",)  # with_plan_offices parts them


def test_no_cell_of_it_is_a_formula_or_a_link(tmp_path: Path) -> None:
    write_register([FULL], tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert all(cell.data_type in ("s", "n") for row in page.iter_rows() for cell in row)
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)
    assert page.freeze_panes == "A2"
    write_register([FULL], tmp_path / "a.csv")
    assert "\"'=HYPERLINK(" in (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_another_ending_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.doc"):
        write_register([FULL], tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []
