"""The reports that the reporters are tested with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.coverage.report import CoverageReport
from pipeline.reports import write_report
from tests.reports.making_extremes import (
    build_empty_report,
    build_large_report,
    build_monstrous_report,
)
from tests.reports.making_report import build_report


@pytest.fixture(scope="session")
def sample_report() -> CoverageReport:
    return build_report()


@pytest.fixture(scope="session")
def empty_report() -> CoverageReport:
    return build_empty_report()


@pytest.fixture(scope="session")
def monstrous_report() -> CoverageReport:
    return build_monstrous_report()


@pytest.fixture(scope="session")
def large_report() -> CoverageReport:
    return build_large_report()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture(scope="session")
def files(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample report as page, workbook, JSON and paper. Not to be changed."""
    folder = tmp_path_factory.mktemp("same-numbers")
    for name in ("html", "xlsx", "json", "docx"):
        write_report(sample_report, name, folder)
    return folder


@pytest.fixture(scope="session")
def said(files: Path) -> dict:
    """The JSON among them. Not to be changed."""
    return json.loads((files / "report.json").read_bytes())
