"""The ledger, re-read cell by cell."""

from __future__ import annotations

import datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.reports import ledger, write_report
from pipeline.reports.wording import clean
from tests.reports.making_publications import FORMULAS, publication, publications

COLUMNS = (
    "序号", "刊发日期", "标题", "媒体", "级别", "载体", "版面/栏目", "字数", "对应宣传重点",
    "责任科室", "作者", "首发/转载", "链接", "佐证编号", "备注",
)  # fmt: skip


@pytest.fixture(scope="module")
def path(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    return write_report(sample_report, "ledger", folder, publications=publications)


@pytest.fixture(scope="module")
def rows(path: Path) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(path)["工作台账"]
    head, *cells = [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]
    assert tuple(head) == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells if isinstance(row[0], int)]


def test_every_standing_publication_has_one_row_with_its_facts(rows: list) -> None:
    assert [row["序号"] for row in rows] == list(range(1, len(publications())))
    title = "（一）推动大众创业、万众创新"
    assert rows[0] == {
        "序号": 1,
        "刊发日期": datetime.datetime(2025, 3, 5),
        "标题": "青原市科技报道a",
        "媒体": "青原日报",
        "级别": "市级",
        "载体": "报纸",
        "版面/栏目": "科技专版",
        "字数": 812,
        "对应宣传重点": title,
        "责任科室": "农村科、高新科",
        "作者": "李文",
        "首发/转载": "首发",
        "链接": "https://rb.qingyuan.example/a.html",
        "佐证编号": "202501-0001",
        "备注": None,
    }
    assert rows[1]["首发/转载"] == "转载自新华网（改题、删节）"
    assert (rows[1]["字数"], rows[1]["备注"]) == (None, "待核实")
    assert rows[2]["备注"] == "待核实：（二）依托主导产业强化科技支撑"
    assert rows[3]["备注"] == "补录（2025-02）"
    assert (rows[4]["刊发日期"], rows[4]["备注"]) == ("日期不明", "日期不明")
    assert "青原市科技报道out" not in {row["标题"] for row in rows}


def test_nothing_a_page_says_becomes_a_formula(path: Path, rows: list) -> None:
    sheet = openpyxl.load_workbook(path)["工作台账"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    said = {row["标题"] for row in rows}
    for text in FORMULAS:
        assert clean(text) in said or clean(text).strip() in {str(one).strip() for one in said}
    literal = [
        cell.quotePrefix
        for row in sheet.iter_rows(min_row=5)
        for cell in row
        if isinstance(cell.value, str) and cell.value.lstrip("\u3000 \t")[:1] in tuple("=+-@＝")
    ]
    assert len(literal) >= 4 * (len(FORMULAS) - 1)
    assert all(literal)
    assert "\u202e" not in rows[4]["标题"]


def test_only_plain_web_addresses_are_links(path: Path, rows: list) -> None:
    sheet = openpyxl.load_workbook(path)["工作台账"]
    targets = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert targets
    assert all(target.startswith("https://rb.qingyuan.example/") for target in targets)
    assert rows[4]["链接"] == "javascript:alert(1)"
    with ZipFile(path) as book:
        assert not [name for name in book.namelist() if "externalLink" in name]


def test_the_sheet_is_made_for_reading_and_printing(
    path: Path, sample_report: CoverageReport
) -> None:
    sheet = openpyxl.load_workbook(path)["工作台账"]
    assert sheet.freeze_panes == "D5"
    assert sheet.auto_filter.ref == f"A4:O{3 + len(publications())}"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    under = [row[0] for row in sheet.iter_rows(min_row=4 + len(publications()), values_only=True)]
    assert "未查范围" in under
    assert set(sample_report.unchecked) <= set(under)


def test_a_long_ledger_goes_on_in_a_second_sheet(
    sample_report: CoverageReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "ROWS_OF_A_SHEET", 3)
    many = [publication(str(number)) for number in range(7)]
    path = write_report(sample_report, "ledger", tmp_path, publications=lambda: iter(many))
    book = openpyxl.load_workbook(path)
    numbers = [
        row[0].value for sheet in book for row in sheet.iter_rows(min_row=5)
        if isinstance(row[0].value, int)
    ]  # fmt: skip
    assert numbers == list(range(1, 8))
    assert len(book.sheetnames) == 3


def test_a_ledger_without_rows_says_so(sample_report: CoverageReport, tmp_path: Path) -> None:
    path = write_report(sample_report, "ledger", tmp_path)
    assert openpyxl.load_workbook(path)["工作台账"]["A5"].value == "没有数据"


def test_the_same_report_gives_the_same_bytes(
    path: Path, sample_report: CoverageReport, tmp_path: Path
) -> None:
    again = write_report(sample_report, "ledger", tmp_path, publications=publications)
    assert again.read_bytes() == path.read_bytes()
