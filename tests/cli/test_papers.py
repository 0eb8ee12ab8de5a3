"""Word papers and ``xuanjian inquiry`` as a person uses them: out, filled in, back, and shown."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from pipeline.reports.docx.template import own_template
from tests.cli.conftest import Run


@pytest.fixture
def place(run: Run, tmp_path: Path, plan_text: str, news_lines: str) -> Path:
    assert run("init", "work").code == 0
    work = tmp_path / "work"
    (work / "plan.txt").write_text(plan_text, encoding="utf-8")
    (work / "news.jsonl").write_text(news_lines, encoding="utf-8")
    label = '{"id": "a", "title": "", "text": "", "themes": ["focus-1"], "not_themes": ["focus-2"],'
    label += ' "reviewer": "王芳"}\n'
    (work / "labels.jsonl").write_text(label, encoding="utf-8")
    for words in (
        ("plan", "use", "plan.txt"),
        ("import", "news.jsonl"),
        ("review", "import", "labels.jsonl"),
    ):
        done = run(*words, cwd=work)
        assert done.code == 0, done.err
    return work


def lines(path: Path) -> list[str]:
    return [one.text for one in docx.Document(str(path)).paragraphs]


def test_a_gap_is_asked_about_answered_and_shown_with_its_answer(run: Run, place: Path) -> None:
    done = run("inquiry", "export", "--answer-by", "2026-01-10", "-o", "单.docx", cwd=place)
    assert done.code == 0, done.err
    document = docx.Document(str(place / "单.docx"))
    assert any("2026年1月10日前核实答复" in one.text for one in document.paragraphs)
    table = next(t for t in document.tables if t.rows[0].cells[1].text == "focus-2")
    for row in table.rows:
        if row.cells[1].text.startswith("已开展未宣传"):
            row.cells[0].text = "√"
        if row.cells[0].text == "说明":
            row.cells[1].text = "5月办过良种观摩会"
        if row.cells[0].text == "答复科室":
            row.cells[1].text = "农村科"
    document.save(str(place / "答.docx"))

    shown = run("inquiry", "import", "答.docx", "--preview", cwd=place)
    assert shown.code == 0, shown.err
    assert "农村科答复：已开展未宣传（5月办过良种观摩会）" in shown.out
    done = run("inquiry", "import", "答.docx", "--by", "李文", cwd=place)
    assert done.code == 0, done.err
    assert "已存答复1项，未答复1项" in done.out
    listed = run("inquiry", "list", cwd=place).out
    assert "工作已做，缺的是宣传" in listed
    assert "尚未答复" in listed

    done = run("report", "--format", "docx", "-o", "out", cwd=place)
    assert done.code == 0, done.err
    assert any("农村科答复：已开展未宣传" in line for line in lines(place / "out" / "report.docx"))


def test_answers_that_cannot_be_read_store_nothing(run: Run, place: Path) -> None:
    assert run("inquiry", "export", "-o", "单.docx", cwd=place).code == 0
    document = docx.Document(str(place / "单.docx"))
    for row in document.tables[0].rows:
        if row.cells[0].text == "☐":
            row.cells[0].text = "√"
    document.save(str(place / "答.docx"))
    done = run("inquiry", "import", "答.docx", cwd=place)
    assert done.code == 1
    assert "选了不止一项" in done.err
    assert "inquiry-rows" in done.err


def test_the_bulletin_prints_the_confirmed_story_under_the_departments_settings(
    run: Run, place: Path
) -> None:
    settings = place / "xuanjian.toml"
    written = settings.read_text(encoding="utf-8")
    for section, lines_of in (
        ("bulletin", 'name = "鄂尔多斯科技简报"\nheadings = "focus-1=双创动态"\ncopies = 20\n'),
        ("report", 'template = "公文.docx"\n'),
    ):
        written = written.replace(f"[{section}]\n", f"[{section}]\n{lines_of}")
    settings.write_text(written, encoding="utf-8")
    theirs = docx.Document(io.BytesIO(own_template()))
    theirs.styles["公文正文"].font.size = docx.shared.Pt(15)
    theirs.save(str(place / "公文.docx"))
    done = run("report", "--format", "bulletin", "--issue", "7", "-o", "out", cwd=place)
    assert done.code == 0, done.err
    said = lines(place / "out" / "bulletin.docx")
    assert "鄂 尔 多 斯 科 技 简 报" in said
    assert "第　7　期" in said
    assert "【双创动态】" in said
    piece = next(line for line in said if line.startswith("东胜区召开众创空间现场会。"))
    assert "首批十二个初创团队签约入驻" in piece
    assert "（共印 20 份）" in said
    document = docx.Document(str(place / "out" / "bulletin.docx"))
    assert document.styles["公文正文"].font.size.pt == 15
    unknown = run("report", "--format", "bulletin", "--story", "zz", "-o", "out", cwd=place)
    assert unknown.code == 1
    assert "bulletin-story" in unknown.err
