"""A plan reads the same whether it comes as text, Word, PDF or an older office format."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx
import pytest

from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import read_plan
from pipeline.text import comparable
from tests.plan.making import write_numbered, write_typed

pytestmark = pytest.mark.data

DOCUMENTS = ("p02", "p03", "p05", "p08", "p10", "p13", "p14", "p16", "p19", "p26", "p28", "p36")


def headings(plan: Plan) -> list[tuple[int, str]]:
    return [(node.level, comparable(node.title)) for node in walk(plan.nodes)]


def converted(path: Path, kind: str) -> Path:
    """``path`` as another kind, made by LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: no PDF or older office file can be made")
    profile = (path.parent / "profile").as_uri()
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind),
            *("--outdir", str(path.parent), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return path.with_suffix(f".{kind}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_word_with_styles_and_automatic_numbers_reads_as_the_text(
    document: str, data: Path, tmp_path: Path
) -> None:
    reading = read_plan(data / "plans" / f"{document}.txt")
    levels = {}
    for node in walk(reading.plan.nodes):
        paragraph = reading.text[node.span[0] :].split("\n", 1)[0]
        if node.title and comparable(paragraph).endswith(comparable(node.title)):
            levels[paragraph] = node.level
    path = write_numbered(reading.text.split("\n"), levels, tmp_path / "plan.docx")
    assert headings(read_plan(path).plan) == headings(reading.plan)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_pdf_reads_as_the_text(document: str, data: Path, tmp_path: Path) -> None:
    reading = read_plan(data / "plans" / f"{document}.txt")
    path = converted(write_typed(reading.text.split("\n"), tmp_path / "plan.docx"), "pdf")
    assert headings(read_plan(path).plan) == headings(reading.plan)


def with_table(text: str, path: Path) -> Path:
    """A Word file with lines of tabs as ruled tables."""
    document = docx.Document()
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.strip().count("\t") >= 2:
            rows.append(line.strip("\r\n ").split("\t"))
            continue
        if rows:
            table = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
            for place, row in enumerate(rows):
                for cell, words in zip(table.rows[place].cells, row, strict=False):
                    cell.text = words
            rows = []
        if line.strip():
            document.add_paragraph(line.strip())
    document.save(str(path))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "pdf", "doc", "odt", "rtf"])
def test_the_task_table_is_read_from_every_kind_of_file(
    kind: str, data: Path, tmp_path: Path
) -> None:
    source = next((data / "seeds").glob("001_*"))
    path = with_table(source.read_text(encoding="utf-8"), tmp_path / "plan.docx")
    plan = read_plan(path if kind == "docx" else converted(path, kind)).plan
    assert plan.offices == read_plan(source).plan.offices
    assert headings(plan) == headings(read_plan(source).plan)
    assert len(plan.obligations) == 9


@pytest.mark.slow
def test_a_wps_file_is_read_like_a_doc(data: Path, tmp_path: Path) -> None:
    source = data / "plans" / "p36.txt"
    reading = read_plan(source)
    made = converted(write_typed(reading.text.split("\n"), tmp_path / "plan.docx"), "doc")
    path = made.rename(tmp_path / "plan.wps")
    assert headings(read_plan(path).plan) == headings(reading.plan)
