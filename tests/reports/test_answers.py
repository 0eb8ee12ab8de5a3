"""What offices answered about gaps stands beside the theme, and changes no state."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from lxml import html
from rich.console import Console

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.inquiry import CURES, ThemeAnswer
from pipeline.reports import write_report
from pipeline.reports.terminal import print_report

EVIL = "=1+1<script>alert(1)</script>"
EXCUSED = ThemeAnswer(theme="focus-4", choice="not_public", office="高新科")
UNUSED = ThemeAnswer(
    theme="focus-5", choice="unused", office="农村科", note=EVIL, by="李文", day="2025-07-02"
)


@pytest.fixture
def answered(sample_report: CoverageReport) -> PeriodReport:
    told = ThemeSentences(
        theme="focus-4",
        title="科技创新载体建设",
        sentences=(SentenceLine(node="focus-4", text="讲好重点实验室的故事"),),
    )
    return PeriodReport.of(sample_report, answers=(EXCUSED, UNUSED), sentences=(told,))


def printed(report: PeriodReport, *, verbose: bool = False) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=200), verbose=verbose)
    return out.getvalue()


def test_the_page_shows_an_answer_with_its_cure_and_the_state_that_stays(
    answered: PeriodReport, tmp_path: Path
) -> None:
    page = html.fromstring(write_report(answered, "html", tmp_path).read_text(encoding="utf-8"))
    (excused,) = page.xpath("//article[@id='theme-focus-4']//dt[.='科室答复']/../dd")
    assert "高新科已说明：不宜公开" in excused.text_content()
    assert "状态仍为空白（已核实）" in excused.text_content()
    (unused,) = page.xpath("//article[@id='theme-focus-5']//dt[.='科室答复']/../dd")
    assert "农村科答复：已报送未采用" in unused.text_content()
    assert EVIL in unused.text_content()
    assert CURES["unused"] in unused.text_content()
    assert not page.xpath("//script")


def test_the_workbook_lists_answers_as_text(answered: PeriodReport, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_report(answered, "xlsx", tmp_path))
    head, *rows = [
        [cell.value for cell in row]
        for row in book["科室答复"].iter_rows(min_row=5)
        if row[1].value
    ]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["科室"], row["状态"], row["答复"]) for row in told] == [
        ("高新科", "空白（已核实）", "不宜公开（依据另存）"),
        ("农村科", "待核实", "已报送未采用"),
    ]
    assert told[1]["说明"] == EVIL
    assert {c.data_type for row in book["科室答复"].iter_rows(min_row=5) for c in row} <= set("nsd")


def test_the_terminal_prints_answers_and_when_asked_the_plans_sentences(
    answered: PeriodReport,
) -> None:
    short = printed(answered)
    assert "科室答复：高新科已说明：不宜公开" in short
    assert "讲好重点实验室的故事" not in short
    assert "讲好重点实验室的故事" in printed(answered, verbose=True)
