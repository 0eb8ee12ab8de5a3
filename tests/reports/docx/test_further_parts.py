"""Duties, 补录, comparison, advice, sentences, targets and signatures in the circular."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import msgspec
import pytest
from docx.document import Document

from pipeline.coverage.comparison import CHANGE_NAMES
from pipeline.coverage.obligations import OBLIGATION_STATE_NAMES
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES
from pipeline.coverage.sign_off import SignOff
from pipeline.reports import write_report
from pipeline.store.signed import SignStep
from tests.reports.docx.making import made_report, whole_report
from tests.reports.docx.test_circular import tables


@pytest.fixture(scope="module")
def whole() -> PeriodReport:
    return whole_report()


@pytest.fixture(scope="module")
def paper(whole: PeriodReport, tmp_path_factory: pytest.TempPathFactory) -> Document:
    return docx.Document(str(write_report(whole, "docx", tmp_path_factory.mktemp("whole"))))


@pytest.fixture(scope="module")
def said(whole: PeriodReport) -> dict:
    return json.loads(whole.to_json())


def lines(paper: Document) -> list[str]:
    return [one.text for one in paper.paragraphs]


def test_every_duty_stands_with_its_state_and_proofs(paper: Document, said: dict) -> None:
    found = tables(paper)
    duties = said["obligations"]
    assert [[row[0], row[3], row[4]] for row in found["落实情况"][1:]] == [
        [one["what"], OBLIGATION_STATE_NAMES[one["state"]], one["reason"]] for one in duties
    ]
    shown = [row[1].count("佐证0007") for row in found["落实事项的佐证"][1:]]
    assert shown == [len(one.get("proofs", ())) for one in duties]
    told = next(line for line in lines(paper) if line.startswith("方案写明的落实事项"))
    counts = [sum(one["state"] == code for one in duties) for code in OBLIGATION_STATE_NAMES]
    assert [int(n) for n in re.findall(r"\d+", told)] == [len(duties), *filter(None, counts)]


def test_every_number_of_the_comparison_is_the_jsons(paper: Document, said: dict) -> None:
    comparison = said["comparison"]
    rows = {row[0]: row for row in tables(paper)["逐项对比（下降在前）"][1:]}
    assert len(rows) == len(comparison["themes"]) == 9
    for one in comparison["themes"]:
        row = rows[one["title"]]
        assert row[1] == CHANGE_NAMES[one["change"]]
        names = ("state", "before_state", "verified", "before_verified", "shown", "before_shown")
        values = [one.get(name) for name in names]
        shown = ["—" if v is None else STATE_NAMES.get(v, str(v)) for v in values]
        assert row[2:8] == shown


def test_late_finds_and_corrections_stand_apart(paper: Document, said: dict) -> None:
    found = tables(paper)
    assert [row[0] for row in found["补录的报道"][1:]] == [
        one["title"] for one in said["supplement"]["late"]
    ]
    assert [row[4:7] for row in found["印发后的更正"][1:]] == [["机器", "已否定", "王芳"]]
    assert any("补录 1 篇、转载 0 条，更正 1 处" in line for line in lines(paper))


def test_every_suggestion_sentence_target_and_signature_is_there(
    paper: Document, said: dict
) -> None:
    text = "\n".join(lines(paper))
    for number, one in enumerate(said["advice"]["suggestions"], 1):
        assert re.search(rf"^{number}．〔.+〕{re.escape(one['subject'][:20])}", text, re.MULTILINE)
    found = tables(paper)
    assert [row[1:] for row in found["方案语句的回应"][1:]] == [
        ["宣传双创综合体建设成效", "有 3 篇（已核实 1、机器 2）"],
        ["宣传众创空间入驻团队的故事", "没有找到"],
    ]
    assert found["方案指标与报道数字"][1][:2] == ["孵化器", "≥5家（2017年）"]
    assert [row[:2] for row in found["签批环节"][1:]] == [["草稿", "李文"], ["科室核对", "王芳"]]


def test_a_report_without_those_parts_has_none_of_their_headings(tmp_path: Path) -> None:
    paper = docx.Document(str(write_report(made_report(), "docx", tmp_path)))
    heads = [one.text for one in paper.paragraphs if one.style.name == "公文一级标题"]
    assert heads == [
        "一、总体情况",
        "二、宣传重点覆盖情况",
        "三、空白、薄弱和待核实",
        "四、报送与采用情况",
    ]


def test_only_an_issued_report_is_no_draft(whole: PeriodReport, tmp_path: Path) -> None:
    draft = lines(docx.Document(str(write_report(whole, "docx", tmp_path / "a"))))
    assert draft[0].startswith("科室核对，第 1 版，王芳")
    steps = (SignStep(version=1, stage="issued", by="办公室", at="2017-04-05T02:00:00+00:00"),)
    signed = SignOff(stage="issued", version=1, steps=steps)
    issued = msgspec.structs.replace(whole, sign_off=signed)
    final = lines(docx.Document(str(write_report(issued, "docx", tmp_path / "b"))))
    assert not [line for line in final if "未印发" in line]
    assert "2017年4月5日" in final
    corrected = msgspec.structs.replace(
        whole, sign_off=SignOff(stage="issued", version=2, replaces="ab", steps=steps)
    )
    again = lines(docx.Document(str(write_report(corrected, "docx", tmp_path / "c"))))
    assert again[0] == "第2版（更正）"


def test_annexes_are_listed_as_they_follow(paper: Document) -> None:
    listed = [
        re.sub(r"^(附件：|　+)\d+．", "", one.text)
        for one in paper.paragraphs
        if one.style.name == "公文附件说明" and one.text
    ]
    titles = [one.text for one in paper.paragraphs if one.style.name == "公文附件标题"]
    assert listed == titles
    assert len(titles) == 8
