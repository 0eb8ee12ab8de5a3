"""宣传空白核实单: out as Word and workbook, filled in, and read back."""

from __future__ import annotations

import csv
from pathlib import Path

import docx
import msgspec
import openpyxl
import pytest

from pipeline.coverage.inquiry import (
    InquiryKey,
    inquiry_of,
    newest_answers,
    settled_answers,
)
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES
from pipeline.errors import BadInput, XuanjianError
from pipeline.inquiry import CHOICE_NAMES, CURES, ThemeAnswer
from pipeline.inquiry_files import COLUMNS, AnswerSheet, read_answers
from pipeline.reports import write_report
from pipeline.reports.xlsx.inquiry import write_inquiry_workbook
from tests.coverage.scoring_cases import JINSHUI
from tests.reports.docx.making import made_report

HEAD = 5


@pytest.fixture(scope="module")
def report() -> PeriodReport:
    made = made_report()
    return msgspec.structs.replace(made, inquiry=inquiry_of(JINSHUI, made))


def word_form(report: PeriodReport, folder: Path) -> Path:
    return write_report(report, "inquiry", folder)


def fill_word(path: Path, theme: str, choice: str, **fields: str) -> None:
    """Tick a box and fill the lines of one item's table, as an officer would in Word."""
    document = docx.Document(str(path))
    table = next(t for t in document.tables if t.rows[0].cells[1].text == theme)
    for row in table.rows:
        label, value = row.cells
        if value.text.startswith(choice):
            label.text = "√"
        for name, said in fields.items():
            if label.text == COLUMNS[name]:
                value.text = said
    document.save(str(path))


def fill_book(path: Path, theme: str, **fields: str) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[HEAD]}
    for row in sheet.iter_rows(min_row=HEAD + 1):
        if row[0].value == theme:
            for name, said in fields.items():
                sheet.cell(row[0].row, heads[COLUMNS[name]]).value = said
    book.save(path)


def test_the_sheet_asks_about_every_gap_worst_first_and_says_what_was_checked(
    report: PeriodReport, tmp_path: Path
) -> None:
    inquiry = report.inquiry
    assert inquiry is not None
    gaps = [theme for theme in report.worst_first() if theme.state != "covered"]
    assert [item.theme for item in inquiry.items] == [theme.id for theme in gaps]
    document = docx.Document(str(word_form(report, tmp_path)))
    assert len(document.tables) == len(gaps) == 5
    for table, theme in zip(document.tables, gaps, strict=True):
        cells = {row.cells[0].text: row.cells[1].text for row in table.rows}
        assert cells["条目编号"] == theme.id
        verified = f"已核实{theme.tally.verified}篇，标准{theme.bar}篇"
        assert cells["核算情况"].startswith(f"{STATE_NAMES[theme.state]}：{verified}")
        assert theme.reason in cells["核算情况"]
        boxes = [row.cells[1].text for row in table.rows if row.cells[0].text == "☐"]
        assert [box.partition("——")[0] for box in boxes] == list(CHOICE_NAMES.values())
    text = "".join(one.text for one in document.paragraphs)
    assert "2017年4月9日前核实答复" in text
    assert "未查范围：" in text


def test_who_answers_is_the_plans_own_or_a_proposal_that_says_so(report: PeriodReport) -> None:
    assert report.inquiry is not None
    asked = {item.theme: item for item in report.inquiry.items}
    assert all(item.offices for item in asked.values() if not item.proposed)
    talents = next(item for item in asked.values() if "人才" in item.title)
    assert talents.offices
    assert talents.proposed


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_sheet_sent_back_unfilled_answers_nothing(
    report: PeriodReport, tmp_path: Path, kind: str
) -> None:
    sheet = read_answers(written(report, tmp_path, kind))
    assert sheet == AnswerSheet(mark=sheet.mark, answers=(), unanswered=5)
    key = InquiryKey.of(sheet.mark, "x")
    assert (key.plan, key.scheme, key.period) == (
        "jinshui", "focus_area", ("2017-03-01", "2017-03-31"),
    )  # fmt: skip


def written(report: PeriodReport, folder: Path, kind: str) -> Path:
    if kind == "docx":
        return word_form(report, folder)
    path = folder / "sheet.xlsx"
    write_inquiry_workbook(report, path)
    return path


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
def test_every_answer_comes_back_as_it_was_given(
    report: PeriodReport, tmp_path: Path, kind: str
) -> None:
    assert report.inquiry is not None
    path = written(report, tmp_path, "xlsx" if kind == "csv" else kind)
    fill = fill_word if kind == "docx" else None
    themes = [item.theme for item in report.inquiry.items]
    for theme, (code, name) in zip(themes, CHOICE_NAMES.items(), strict=True):
        fields = {"proof": f"郑州日报3版 {code}", "note": "-1+1 说明", "office": "知识产权管理科",
                  "by": "王芳", "day": "2017年4月5日"}  # fmt: skip
        if fill:
            fill(path, theme, name, **fields)
        else:
            fill_book(path, theme, choice=name, **fields)
    if kind == "csv":
        path = as_csv(path)
    sheet = read_answers(path)
    assert sheet.troubles == ()
    assert sheet.unanswered == 0
    assert [answer.choice for answer in sheet.answers] == list(CHOICE_NAMES)
    for answer in sheet.answers:
        kept = not answer.excused
        assert answer.proof == (f"郑州日报3版 {answer.choice}" if kept else "")
        assert answer.note == ("-1+1 说明" if kept else "")
        assert (answer.by, answer.day) == ("王芳", "2017-04-05")
    assert any("未存" in remark for remark in sheet.remarks)
    key = InquiryKey.of(sheet.mark, path.name)
    settled = settled_answers(JINSHUI, key, sheet.answers, path.name)
    assert {answer.office for answer in settled} == {"知识产权科"}


def as_csv(path: Path) -> Path:
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    with (path.with_suffix(".csv")).open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([["" if v is None else v for v in row] for row in rows])
    return path.with_suffix(".csv")


def test_what_cannot_be_an_answer_is_named_and_nothing_is_guessed(
    report: PeriodReport, tmp_path: Path
) -> None:
    assert report.inquiry is not None
    one, two, three, four, five = (item.theme for item in report.inquiry.items)
    path = written(report, tmp_path, "xlsx")
    fill_book(path, one, choice="不知道", office="综合科")
    fill_book(path, two, choice="已刊发未收录", office="综合科")
    fill_book(path, three, choice="未开展", office="综合科", day="2017年2月30日")
    fill_book(path, four, choice="未开展", office="")
    fill_book(path, five, choice="4", office="综合科", day="42830")
    sheet = read_answers(path)
    assert [trouble.column for trouble in sheet.troubles] == [
        "核实结果", "佐证", "答复日期", "答复科室",
    ]  # fmt: skip
    assert [(a.theme, a.choice, a.day) for a in sheet.answers] == [(five, "undone", "2017-04-05")]


def test_two_ticks_are_no_answer_and_a_tick_behind_the_box_is_one(
    report: PeriodReport, tmp_path: Path
) -> None:
    assert report.inquiry is not None
    one, two = (item.theme for item in report.inquiry.items[:2])
    path = word_form(report, tmp_path)
    fill_word(path, one, "未开展", office="综合科")
    fill_word(path, one, "已开展未宣传")
    document = docx.Document(str(path))
    table = next(t for t in document.tables if t.rows[0].cells[1].text == two)
    box = next(row for row in table.rows if row.cells[1].text.startswith("未开展"))
    box.cells[1].text = f"√{box.cells[1].text}"
    document.save(str(path))
    sheet = read_answers(path)
    assert [trouble.what[:6] for trouble in sheet.troubles] == ["选了不止一项"]
    assert [(answer.theme, answer.choice) for answer in sheet.answers if answer.theme == two] == [
        (two, "undone")
    ]


def test_a_marked_a_strange_and_an_unmarked_sheet_are_refused(
    report: PeriodReport, tmp_path: Path
) -> None:
    path = written(report, tmp_path, "xlsx")
    fill_book(path, "focus-1", note="机密★5年")
    if report.inquiry and report.inquiry.items[0].theme != "focus-1":
        fill_book(path, report.inquiry.items[0].theme, note="机密★5年")
    with pytest.raises(XuanjianError) as secret:
        read_answers(path)
    assert secret.value.slug == "document-secret"
    (tmp_path / "a.csv").write_text("标题,日期\n甲,2017-03-01\n", encoding="utf-8")
    with pytest.raises(BadInput) as strange:
        read_answers(tmp_path / "a.csv")
    assert strange.value.slug == "inquiry-columns"
    with pytest.raises(BadInput) as kind:
        read_answers(tmp_path / "a.pdf")
    assert kind.value.slug == "inquiry-kind"
    with pytest.raises(BadInput) as unmarked:
        InquiryKey.of("", "a.csv")
    assert unmarked.value.slug == "inquiry-unmarked"


def test_a_sheet_about_an_older_plan_or_a_foreign_theme_is_refused(report: PeriodReport) -> None:
    assert report.inquiry is not None
    key = InquiryKey.of(report.inquiry.mark, "a.xlsx")
    answer = ThemeAnswer(theme="focus-99", choice="undone", office="综合科")
    with pytest.raises(BadInput, match="focus-99"):
        settled_answers(JINSHUI, key, [answer], "a.xlsx")
    older = InquiryKey.of(report.inquiry.mark.replace(key.scheme_fingerprint, "0" * 16), "a.xlsx")
    with pytest.raises(BadInput) as changed:
        settled_answers(JINSHUI, older, [], "a.xlsx")
    assert changed.value.slug == "inquiry-plan-changed"


def test_the_newest_answer_of_every_theme_and_office_counts() -> None:
    first = ThemeAnswer(theme="focus-1", choice="undone", office="综合科")
    other = ThemeAnswer(theme="focus-1", choice="unused", office="高新科")
    later = msgspec.structs.replace(first, choice="unpublicised")
    assert set(newest_answers([first, other, later])) == {other, later}


def test_the_circular_shows_answers_beside_the_gap_with_the_cure_each_needs(
    report: PeriodReport, tmp_path: Path
) -> None:
    assert report.inquiry is not None
    themes = [item.theme for item in report.inquiry.items]
    answers = tuple(
        ThemeAnswer(theme=theme, choice=code, office="综合科", proof=f"凭据{code}")
        for theme, code in zip(themes, CHOICE_NAMES, strict=True)
        if code != "not_public"
    )
    secret = ThemeAnswer(theme=themes[-1], choice="not_public", office="综合科")
    told = msgspec.structs.replace(report, answers=(*answers, secret))
    document = docx.Document(str(write_report(told, "docx", tmp_path)))
    lines = [one.text for one in document.paragraphs]
    for code, cure in CURES.items():
        if code != "not_public":
            said = f"综合科答复：{CHOICE_NAMES[code]}（凭据{code}）。{cure}。"
            assert said in lines
    assert "综合科已说明：不宜公开（依据另存）。" in lines
    asked = next(theme for theme in report.themes if theme.id == themes[-1])
    after = lines[lines.index("综合科已说明：不宜公开（依据另存）。") + 1]
    assert not after.startswith(f"下步：{asked.next_step[:6]}")
