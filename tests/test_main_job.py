"""The main job on real input: a real plan, a real bulletin, two thousand real items."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from pipeline import steps
from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import CoverageReport
from pipeline.deciding import deciding
from pipeline.news import parse_day
from pipeline.reports import write_report
from pipeline.store.store import Store

ITEMS = 2000


def quiet(_event: str, _count: int) -> None:
    """No progress line."""


@pytest.mark.data
@pytest.mark.parametrize("counted", ["local,upper_about_local", "all"])
def test_a_real_plan_bulletin_and_two_thousand_items_end_in_a_report(
    data: Path, tmp_path: Path, counted: str
) -> None:
    workspace = Workspace.create(tmp_path / "work")
    news = tmp_path / "news.jsonl"
    with gzip.open(data / "news" / "broadcast.jsonl.gz", "rb") as packed:
        news.write_bytes(b"".join(islice(packed, ITEMS)))
    localities = (
        frozenset({"local", "upper_about_local", "upper_general", "elsewhere"})
        if counted == "all"
        else frozenset(counted.split(","))
    )
    with Store.open(workspace.database_url) as store:
        stored = steps.store_plan(store, next((data / "seeds").glob("000*.txt")))
        bulletin = next((data / "seeds").glob("003*.txt"))
        added = steps.import_files(store, [news, bulletin]).added
        assert (added.new, added.known) == (ITEMS + 9, 0)
        chosen = deciding(workspace, stored.plan, stored.name, "")
        stories, hit = steps.classify_stories(store, stored, chosen, quiet)
        assert 0 < hit < stories <= ITEMS + 9
        first, last = parse_day("2021-01-01"), parse_day("2026-12-31")
        assert first is not None
        assert last is not None
        options = AuditOptions(period=make_period(first, last), localities=localities)
        with store.begin() as session:
            report = coverage_report(session, stored, options)
    check(report, stories)
    if counted == "all":
        assert report.totals.counted == stories - 9, "the bulletin's items are internal"
        assert all(theme.tally.machine > 0 for theme in report.themes)
    else:
        assert report.totals.counted < stories / 10, "national news is mostly not local"
    path = write_report(report, "xlsx", tmp_path / "out")
    cells = [
        cell.value
        for row in openpyxl.load_workbook(path)["总览"].iter_rows()
        for cell in row
        if cell.value is not None
    ]
    for theme in report.themes:
        assert any(theme.title in str(cell) for cell in cells)


def check(report: CoverageReport, stories: int) -> None:
    assert [theme.id for theme in report.themes] == [f"focus-{n}" for n in range(1, 7)]
    assert len(report.units) == 22
    assert report.totals.stories == stories
    assert report.totals.items == ITEMS + 9
    assert all(theme.state == "undecided" and theme.reason for theme in report.themes)
    assert any("没有采集台账" in line for line in report.unchecked)
    internal = [line for line in report.stories if "internal" in line.flags]
    assert len(internal) == 9
    assert not any(line.counted for line in internal)
