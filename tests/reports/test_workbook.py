"""The workbook: text stays text, sheets are ready to sort and print."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from pipeline.coverage.report import CoverageReport
from pipeline.reports import write_report

SHEETS = ["总览", "逐月", "报道清单", "不计入", "采访单位", "来源与完整度", "未查范围"]


@pytest.fixture(scope="module")
def path(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(sample_report, "xlsx", tmp_path_factory.mktemp("workbook"))


def test_there_is_no_formula_no_link_and_no_illegal_character(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            raw = archive.read(name)
            etree.fromstring(raw)
            assert not re.search(rb"_x00(0[0-8]|1[0-9A-F])_", raw), name
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in raw
                assert b"hyperlink" not in raw
            assert b'TargetMode="External"' not in raw


def test_text_that_looks_like_a_formula_stays_text(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    strings = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in {"=", "+", "-", "@", "\t"}
    ]
    values = {cell.value for cell in strings}
    assert '=HYPERLINK("http://evil.example","点我")' in values
    assert {"=cmd|' /C calc'!A0", "+86 热线", "@北岭牧业研究所"} <= values
    # openpyxl guesses a formula from the sign; the file itself says shared string (t="s").
    with zipfile.ZipFile(path) as archive:
        for number in range(1, len(SHEETS) + 1):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml")
            assert set(re.findall(rb'<c [^>]*t="(\w+)"', sheet)) <= {b"s"}


def test_every_sheet_is_frozen_filtered_and_set_up_for_paper(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "B6"
        assert sheet.auto_filter.ref.startswith("A5:")
        assert sheet.print_title_rows == "$5:$5"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet["A4"].value.startswith("未查范围：")
        assert sheet["A5"].font.name == "微软雅黑"
        assert sheet.column_dimensions["A"].width > 10


def test_the_overview_has_a_chart_of_all_themes(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "总览!$C$6:$C$11" in chart.replace("'", "")
    assert "总览!$D$6:$D$11" in chart.replace("'", "")
    assert "微软雅黑" in chart


def test_an_empty_report_says_no_data_on_every_sheet(
    empty_report: CoverageReport, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_report(empty_report, "xlsx", tmp_path))
    assert [sheet["A6"].value for sheet in book] == ["没有数据"] * len(SHEETS)


def test_two_thousand_stories_are_all_there(large_report: CoverageReport, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_report(large_report, "xlsx", tmp_path), read_only=True)
    assert sum(1 for _ in book["报道清单"].iter_rows(min_row=6)) == 2_000
