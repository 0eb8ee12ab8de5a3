"""The registry of formats, and how files are written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.errors import BadInput
from pipeline.reports import FORMATS, write_report


@pytest.mark.parametrize("name", ["html", "xlsx", "json", "docx"])
def test_every_format_leaves_one_file_named_after_it(
    sample_report: CoverageReport, folder: Path, name: str
) -> None:
    path = write_report(sample_report, name, folder)
    assert path == folder / f"report.{name}"
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    assert path.stat().st_size > 1_000


@pytest.mark.parametrize("name", ["html", "xlsx", "json", "docx"])
def test_the_same_report_gives_the_same_json_and_page(
    sample_report: CoverageReport, tmp_path: Path, name: str
) -> None:
    first = write_report(sample_report, name, tmp_path / "a")
    second = write_report(sample_report, name, tmp_path / "b")
    if name != "xlsx":  # a workbook holds the time it was made
        assert first.read_bytes() == second.read_bytes()


def test_json_reads_back_as_the_same_report(sample_report: CoverageReport, folder: Path) -> None:
    path = write_report(sample_report, "json", folder)
    assert CoverageReport.from_json(path.read_bytes()) == sample_report


def test_an_unknown_format_names_the_known_ones(
    sample_report: CoverageReport, folder: Path
) -> None:
    with pytest.raises(BadInput) as caught:
        write_report(sample_report, "pptx", folder)
    assert caught.value.slug == "report-format"
    assert ", ".join(FORMATS) in caught.value.hint
    assert not folder.exists()


def test_a_writer_that_fails_leaves_the_old_file_and_no_debris(
    sample_report: CoverageReport, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_report(sample_report, "json", folder)
    before = path.read_bytes()

    def half_written(_: CoverageReport, target: Path) -> None:
        target.write_text("half")
        raise RuntimeError

    monkeypatch.setattr("pipeline.reports.json_report.write_json", half_written)
    with pytest.raises(RuntimeError):
        write_report(sample_report, "json", folder)
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]


def test_listing_the_formats_imports_no_heavy_library() -> None:
    code = (
        "import sys, pipeline.reports, pipeline.reports.terminal, pipeline.reports.html,"
        "pipeline.reports.xlsx, pipeline.reports.docx.circular; assert 'html' in pipeline.reports.FORMATS;"
        "print([n for n in ('xlsxwriter', 'docx', 'jinja2', 'rich', 'jieba') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert {"docx", "html", "json", "xlsx"} <= set(FORMATS)
