"""The workbook: text stays text, sheets are ready to sort and print."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from pathlib import Path

import msgspec
import openpyxl
import pytest
from lxml import etree

from pipeline.coverage.report import CoverageReport
from pipeline.reports import write_report

ALWAYS = ["总览", "复核队列", "逐月", "报道清单", "不计入", "采访单位", "来源与完整度", "未查范围"]
SHEETS = [
    *ALWAYS[:2], "各期", "上级条目", "逐月", "级别载体体裁", "责任科室", *ALWAYS[3:],
]  # fmt: skip


@pytest.fixture(scope="module")
def path(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(sample_report, "xlsx", tmp_path_factory.mktemp("workbook"))


def test_there_is_no_formula_no_link_outward_and_no_illegal_character(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            raw = archive.read(name)
            etree.fromstring(raw)
            assert not re.search(rb"_x00(0[0-8]|1[0-9A-F])_", raw), name
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in raw
                for link in re.findall(rb"<hyperlink .*?/>", raw):
                    assert re.search(rb"location=\"'\S+'!A\d+\"", link), link
                    assert b"r:id" not in link
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


def test_the_review_queue_leads_to_the_row_of_the_story(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    queue, stories = book["复核队列"], book["报道清单"]
    head = [cell.value for cell in stories[5]]
    rows = [row for row in queue.iter_rows(min_row=6) if row[0].value]
    assert len(rows) > 5
    for row in rows:
        sheet, _, cell = row[2].hyperlink.location.partition("!")
        assert sheet == "'报道清单'"
        there = [other.value for other in stories[stories[cell].row]]
        assert there[head.index("报道编号")] == row[6].value
        assert there[head.index("宣传重点")] == row[0].value
        assert there[0] == row[2].value


def test_days_are_days_and_what_is_no_day_stays_text(
    sample_report: CoverageReport, tmp_path: Path
) -> None:
    odd = {"s1": None, "s2": "1024-02-03", "s3": "去年"}
    stories = tuple(
        msgspec.structs.replace(story, day=odd.get(story.id, story.day))
        for story in sample_report.stories
    )
    report = msgspec.structs.replace(sample_report, stories=stories)
    sheet = openpyxl.load_workbook(write_report(report, "xlsx", tmp_path))["报道清单"]
    head = [cell.value for cell in sheet[5]]
    days = {
        row[head.index("报道编号")].value: row[head.index("日期")]
        for row in sheet.iter_rows(min_row=6)
    }
    assert days["s4"].value == datetime(2025, 4, 2)
    assert days["s4"].is_date
    assert days["s4"].number_format == "yyyy-mm-dd"
    assert [days[name].value for name in odd] == ["日期不明", "1024-02-03", "去年"]


def test_figures_of_a_source_stand_once(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["来源与完整度"]
    rows = [[cell.value for cell in row[:6]] for row in sheet.iter_rows(min_row=6)]
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("青原市科学技术局", 9, 8),
        ("青原市科学技术局", None, None),
        ("青原日报", 10, 7),
        ("手工导入", 0, 0),
    ]


def test_a_column_says_when_it_was_read_last(path: Path) -> None:
    head, *rows = openpyxl.load_workbook(path)["来源与完整度"].iter_rows(
        min_row=5, values_only=True
    )
    said = [row[head.index("最近一次")] for row in rows]
    assert said == [*["2025-07-02 06:40 北京时间"] * 3, None], "a file handed in has no column"


def test_the_overview_says_where_with_what_when_and_warns(
    sample_report: CoverageReport, path: Path, tmp_path: Path
) -> None:
    about = openpyxl.load_workbook(path)["总览"]["A2"].value
    assert "属地：青原市（读自方案" in about
    assert "模型：base-28（" in about
    assert "生成时间：2025-07-02 09:30 北京时间" in about
    report = msgspec.structs.replace(
        sample_report,
        totals=msgspec.structs.replace(sample_report.totals, unclassified=4),
        model=msgspec.structs.replace(sample_report.model, name=""),
        plan=msgspec.structs.replace(sample_report.plan, home=""),
    )
    sheet = openpyxl.load_workbook(write_report(report, "xlsx", tmp_path))["总览"]
    assert "属地：未判定（方案未写明地域，全部计入）" in sheet["A2"].value
    assert "模型：尚未归类" in sheet["A2"].value
    assert sheet["A3"].value.startswith("4 篇计入报道尚未归类，各条目的机器篇数不全")
    assert sheet["A3"].font.bold


def test_a_medium_seen_by_chance_has_a_count_and_no_source(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["未查范围"]
    media = {row[1].value: (row[2].value, row[3].value) for row in sheet.iter_rows(min_row=6)}
    assert media["白河日报（报纸）"] == ("有零星收录 3 条", None)
    assert media["青原日报（报纸）"] == ("已采集", "青原日报")
    assert media["青原广播电视台（广播电视）"][0] == "人工登记（王芳确认齐全）"


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
    assert book.sheetnames == ALWAYS
    assert [sheet["A6"].value for sheet in book] == ["没有数据"] * len(ALWAYS)


def test_two_thousand_stories_are_all_there(large_report: CoverageReport, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_report(large_report, "xlsx", tmp_path), read_only=True)
    assert sum(1 for _ in book["报道清单"].iter_rows(min_row=6)) == 2_000
