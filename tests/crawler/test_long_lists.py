"""Lists of several pages, crawled for real: what waits, in which order, and one thing at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline.store.runs import latest_entries
from pipeline.store.store import Store
from tests.crawler.conftest import ROOT, TinySite, crawl, declare, open_workspace
from tests.crawler.test_crawl_mishaps import article_page, list_page


def _long_site(site: TinySite, lists: int, rows: int) -> list[str]:
    """A list of several pages; gives the paths of its articles in their order."""
    paths = []
    for page in range(lists):
        found = []
        for row in range(page * rows, (page + 1) * rows):
            path, title = f"/a/t20250318_{row}.html", f"全市科技工作会议第{row}次召开"
            site.page(path, article_page(title))
            found.append((path, title, "2025-03-18"))
        paths += [path for path, _, _ in found]
        script = f'<script>createPageHTML({lists}, {page}, "index", "html");</script>'
        site.page(f"/list/index_{page}.html" if page else "/list/", list_page(*found, tail=script))
    return paths


def test_a_site_is_asked_for_one_thing_at_a_time_without_any_delay_too(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    _long_site(tiny_site, 1, 40)
    tiny_site.pause = 0.01
    workspace = open_workspace(tmp_path / "w", delay=0.0)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    assert len(crawl(workspace).items) == 40
    assert tiny_site.most_at_once == 1


def test_lists_come_first_and_articles_in_their_order_however_many_wait(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    paths = _long_site(tiny_site, 4, 60)
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    asked = [path for path in tiny_site.asked if path != "/robots.txt"]
    assert [path for path in asked if path.startswith("/a/")] == paths
    assert asked.index("/list/index_3.html") < asked.index(paths[20])
    entry = done.ledger["site", "动态"]
    assert (entry.links_found, entry.fetched, len(done.items)) == (240, 240, 240)
    again = crawl(workspace).ledger["site", "动态"]
    assert (again.known, again.fetched) == (again.links_found, 0)


def test_a_run_whose_waiting_articles_cannot_be_written_ends_with_the_reason_and_claims_nothing(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    _long_site(tiny_site, 2, 60)
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    full = (
        "import errno, sys, crawler.waiting, crawler.run\n"
        "def no_space(dir): raise OSError(errno.ENOSPC, 'full')\n"
        "crawler.waiting.tempfile.TemporaryFile = no_space\n"
        "sys.exit(crawler.run.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", full, "--workspace", str(workspace.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: no space left while writing in ")
    with Store.open(workspace.database_url) as store, store.begin() as session:
        (entry,) = latest_entries(session)
        assert ("interrupted" in entry.alarms, entry.window) == (True, None)
    assert len(crawl(workspace).items) == 120
