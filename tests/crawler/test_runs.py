"""Whole runs, for real: alarms that come and go, sources that are busy, off hours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline.config import Workspace
from pipeline.store.alarms import Alarm, standing_alarms
from pipeline.store.leases import Holder, hold
from pipeline.store.runs import latest_entries, observed_windows
from pipeline.store.store import Store
from pipeline.store.watch_tables import AlarmRow
from tests.crawler.conftest import ROOT, TinySite, crawl, declare, open_workspace
from tests.crawler.test_crawl_mishaps import news_site


def standing(workspace: Workspace) -> list[tuple[str, str]]:
    with Store.open(workspace.database_url) as store, store.begin() as session:
        alarms: tuple[Alarm, ...] = standing_alarms(session)
    return [(alarm.column, alarm.name) for alarm in alarms]


def test_an_alarm_stands_until_its_list_is_read_again_or_declared_no_longer_and_busy_is_left_alone(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    kept = tiny_site.pages["/list/"]
    workspace = open_workspace(tmp_path / "w")
    there = ("动态", tiny_site.base + "/list/")
    declare(workspace, "site", there, ("旧栏", tiny_site.base + "/gone/"))
    tiny_site.page("/list/", "<h1>Forbidden</h1>", status=403)
    blocked = crawl(workspace)
    assert blocked.code == 1
    assert standing(workspace) == [("动态", "blocked"), ("旧栏", "list-failed")]
    with Store.open(workspace.database_url) as store, hold(store, ("crawl site",), Holder.this()):
        before = len(tiny_site.asked)
        busy = crawl(workspace)
    assert len(tiny_site.asked) == before
    assert busy.code == 1
    assert busy.errors.startswith("error: another process is crawling site [source-busy]")
    tiny_site.pages["/list/"] = kept
    declare(workspace, "site", there)
    well = crawl(workspace)
    assert (well.code, len(well.items)) == (0, 3)
    # The news is of last spring: a list that is read again is found to be silent.
    assert standing(workspace) == [("动态", "stale")]
    with Store.open(workspace.database_url) as store, store.begin() as session:
        rows = session.query(AlarmRow).order_by(AlarmRow.id).all()
        assert [(row.name, row.cleared_at is None) for row in rows] == [
            ("blocked", False),
            ("list-failed", False),
            ("stale", True),
        ]


def test_a_source_in_its_off_hours_is_not_asked_for_anything_and_that_is_said(
    tmp_path: Path, tiny_site: TinySite, other_site: TinySite
) -> None:
    news_site(tiny_site)
    news_site(other_site)
    workspace = open_workspace(tmp_path / "w")
    whole_day = 'off_hours = ["00:00-12:00", "12:00-24:00"]'
    declare(workspace, "rests", ("动态", tiny_site.base + "/list/"), more=whole_day)
    declare(workspace, "works", ("动态", other_site.base + "/list/"))
    done = crawl(workspace)
    assert tiny_site.asked == []
    assert len(done.items) == 3
    assert done.code == 0
    assert "warning: rests 动态: refused " in done.errors
    assert "off hours" in done.errors
    entry = done.ledger["rests", "动态"]
    assert (entry.alarms, entry.window, entry.refused, entry.failed) == ((), None, 0, 0)


_RESTS_AFTER = """
import itertools, runpy, sys
from crawler.job import CrawlJob
asked = itertools.count()
CrawlJob.rests = lambda self, source: next(asked) >= {pages}
sys.argv = ["crawler.run", "--workspace", sys.argv[1]]
runpy.run_module("crawler.run", run_name="__main__", alter_sys=True)
"""


def test_a_run_that_comes_into_off_hours_claims_only_what_it_saw(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site, 6)
    workspace = open_workspace(tmp_path / "w", obey_robots=False)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = subprocess.run(
        [sys.executable, "-c", _RESTS_AFTER.format(pages=3), str(workspace.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert tiny_site.asked == ["/list/", "/a/t20250306_6.html", "/a/t20250305_5.html"]
    with Store.open(workspace.database_url) as store, store.begin() as session:
        (entry,) = latest_entries(session)
        ((first, _),) = observed_windows(session)["site", "动态"]
    assert entry.alarms == ()
    assert first.isoformat() == "2025-03-05"
    later = crawl(workspace)
    assert len(later.items) == 6
    assert [start.isoformat() for start, _ in later.windows["site", "动态"]] == ["2025-03-01"]
