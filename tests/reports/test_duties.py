"""Duties, sentences, targets and advice in the workbook and on the page: all there, all harmless."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lxml import html

from pipeline.coverage.advice import Advice, Background, Suggestion
from pipeline.coverage.figures import FigureQuote, LeftOut, TargetFigures
from pipeline.coverage.obligations import (
    MediumProof,
    ObligationLine,
    OccasionLine,
    ProofLine,
    Proposal,
)
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.reports import write_report

EVIL = '=cmd|" /C calc"!A0<script>alert(1)</script>'

DUTY = ObligationLine(
    id="form-2", what=EVIL, when="每月不少于两次", offices=("综合科",), state="partly",
    reason="到期 2 次，已落实 1 次", next_due="2025-07-31",
    occasions=(
        OccasionLine(first="2025-05-01", last="2025-05-31", label="2025年5月", wanted=2, shown=2, due=True),
        OccasionLine(first="2025-06-01", last="2025-06-30", label="2025年6月", wanted=2, shown=1, due=True),
    ),
    media=(MediumProof(name="样例日报", shown=1),),
    proofs=(ProofLine(kind="file", day="2025-05-08", reference="a.png", title=EVIL, number=3, by="李"),),
    more_proofs=4,
    proposals=(Proposal(story="s1", title=EVIL, day="2025-06-02", outlet="", term="科技集市"),),
)  # fmt: skip
QUOTE = FigureQuote(
    story="s1", title=EVIL, day="2025-06-02", outlet="样例日报", verified=True, value=18, unit="家",
    year=2025, sentence=EVIL,
)  # fmt: skip
TARGET = TargetFigures(
    name="高新技术企业", operator=">=", value=15, unit="家", year=2025, baseline=6, reported=(QUOTE,),
    left_out=(LeftOut(why="year", reason="指标为2025年，报道为2023年", quote=QUOTE),), more_left_out=2,
)  # fmt: skip
TOLD = ThemeSentences(
    theme="focus-1",
    title="推动创业",
    sentences=(
        SentenceLine(node="focus-1", text=EVIL, verified=1, machine=2, stories=("s1",)),
        SentenceLine(node="focus-1", text="讲好创业故事"),
    ),
    placed=3,
)
ADVICE = Advice(
    today="2025-06-20",
    suggestions=(
        Suggestion(
            kind="thin", subject=EVIL, reason="只差一篇", theme_title="推动创业", offices=("综合科",),
            units=("甲公司",), more_units=3, sentences=("讲好创业故事",),
            background=(Background(story="s1", title=EVIL, day="2025-06-02", outlet=""),),
            deadline="2025-06-30",
        ),
    ),
    more=7,
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(sample_report: CoverageReport) -> PeriodReport:
    return PeriodReport.of(
        sample_report, obligations=(DUTY,), sentences=(TOLD,), figures=(TARGET,), advice=ADVICE
    )


def rows(path: Path, sheet: str) -> list[dict[str, object]]:
    """The rows of a sheet below its head, by heading."""
    told = list(openpyxl.load_workbook(path)[sheet].iter_rows(min_row=5, values_only=True))
    return [dict(zip(map(str, told[0]), row, strict=True)) for row in told[1:]]


def test_the_workbook_says_all_of_it_as_text_and_numbers(
    whole: PeriodReport, tmp_path: Path
) -> None:
    path = write_report(whole, "xlsx", tmp_path)
    (duty,) = rows(path, "落实情况")
    assert (duty["事项"], duty["情况"]) == (EVIL, "部分落实")
    assert (duty["应办时次"], duty["到期"], duty["已落实"]) == (2, 2, 1)
    assert duty["缺"] == "2025年6月（1/2）"
    assert "佐证0003" in str(duty["佐证"])
    assert "另有 4 件" in str(duty["佐证"])
    first, second = rows(path, "方案语句")
    assert (first["回应"], first["已核实"], first["机器"]) == ("有回应", 1, 2)
    assert (second["方案语句"], second["回应"]) == ("讲好创业故事", "没有找到")
    beside, apart, more = rows(path, "指标对照")
    assert (beside["方案"], beside["报道数字"], beside["并列"]) == (
        "≥15家（2025年，基数 6家）", "18家（2025年）", "是",
    )  # fmt: skip
    assert apart["未并列原因"] == "年份不同：指标为2025年，报道为2023年"
    assert more["报道数字"] == "另有 2 处"
    (advice,) = rows(path, "选题建议")
    assert (advice["序"], advice["采访单位"], advice["截止"]) == (1, "甲公司等 4 家", "2025-06-30")


def test_the_page_shows_them_escaped_with_every_place_its_contents_lead_to(
    whole: PeriodReport, tmp_path: Path
) -> None:
    page = html.parse(str(write_report(whole, "html", tmp_path))).getroot()
    assert page.xpath("//script") == []
    for place in ("obligations", "sentences", "figures", "advice"):
        assert page.xpath(f'//nav//a[@href="#{place}"]')
        (section,) = page.xpath(f'//section[@id="{place}"]')
        assert "alert(1)" in section.text_content()
        assert "未查范围" in section.text_content(), "under every table"
    assert "按 2025-06-20 计，列 1 条，另有 7 条" in page.text_content()


def test_a_report_without_them_has_neither_sheets_nor_sections(
    sample_report: CoverageReport, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_report(sample_report, "xlsx", tmp_path))
    assert not {"落实情况", "方案语句", "指标对照", "选题建议"} & set(book.sheetnames)
    page = html.parse(str(write_report(sample_report, "html", tmp_path))).getroot()
    assert page.xpath('//section[@id="obligations"]') == []


def test_what_is_reported_is_read_back_from_its_json(whole: PeriodReport) -> None:
    again = PeriodReport.from_json(whole.to_json())
    assert (again.obligations, again.sentences) == (whole.obligations, whole.sentences)
    assert (again.figures, again.advice) == (whole.figures, whole.advice)
