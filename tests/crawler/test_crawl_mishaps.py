"""What can go wrong on a site, each on a tiny site of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from pipeline.config import Workspace
from pipeline.store.alarms import standing_alarms
from pipeline.store.runs import latest_entries, observed_windows
from pipeline.store.store import Store
from pipeline.store.watch_tables import AlarmRow
from tests.crawler.conftest import ROOT, Answer, TinySite, crawl, declare, open_workspace

TEXT = (
    "<p>市科技局召开全市科技创新工作会议，部署全年重点任务，要求各旗区抓好高新技术企业培育。</p>"
    * 3
)


def article_page(title: str, date: str = "2025-03-18") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div>发布时间：{date} 来源：市科技局</div><div id='zoom'>{TEXT}</div></body></html>"
    )


def list_page(*rows: tuple[str, str, str], tail: str = "") -> str:
    items = "".join(f'<li><a href="{u}">{t}</a><span>{d}</span></li>' for u, t, d in rows)
    return f"<html><body><ul class='newsList'>{items}</ul>{tail}</body></html>"


def news_site(site: TinySite, names: int = 3) -> None:
    rows = []
    for number in range(1, names + 1):
        path = f"/a/t2025030{number}_{number}.html"
        title = f"全市科技工作会议第{number}次召开"
        rows.append((path, title, f"2025-03-0{number}"))
        site.page(path, article_page(title, f"2025-03-0{number}"))
    site.page(
        "/list/",
        list_page(*reversed(rows), tail='<script>createPageHTML(1, 0, "index", "html");</script>'),
    )


def test_a_private_address_is_refused_when_not_allowed(tmp_path: Path, tiny_site: TinySite) -> None:
    news_site(tiny_site)
    workspace = open_workspace(tmp_path / "w", allow_private=False)
    declare(workspace, "inside", ("动态", tiny_site.base + "/list/"))
    port = tiny_site.base.rpartition(":")[2]
    declare(workspace, "by-name", ("动态", f"http://localhost:{port}/list/"))
    declare(workspace, "octal", ("动态", f"http://0177.0.0.1:{port}/list/"))
    done = crawl(workspace)
    assert tiny_site.asked == []
    assert done.items == []
    for ident in ("inside", "by-name", "octal"):
        entry = done.ledger[ident, "动态"]
        assert (entry.refused, entry.alarms, entry.window) == (1, ("refused",), None)
        assert f"warning: {ident} 动态: refused " in done.errors
    assert done.code == 1
    last = done.errors.splitlines()[-1]
    assert last.startswith("error: no list could be read: columns 3 refused [crawl-nothing]")
    assert "crawl.allow_private" in last


def test_robots_txt_is_obeyed_and_the_loss_is_in_the_ledger(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    tiny_site.page(
        "/robots.txt", "User-agent: *\nDisallow: /a/t20250302\n", Content_Type="text/plain"
    )
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert "/a/t20250302_2.html" not in tiny_site.asked
    entry = done.ledger["site", "动态"]
    assert (entry.refused, entry.extracted, entry.window) == (1, 2, None)
    assert all("xuanjian" in agent for agent in tiny_site.agents)


def test_a_redirect_off_the_allowed_hosts_is_refused(
    tmp_path: Path, tiny_site: TinySite, other_site: TinySite
) -> None:
    news_site(tiny_site)
    other_site.page("/x.html", article_page("别处的文章"))
    tiny_site.pages["/a/t20250301_1.html"] = Answer(
        status=302, headers={"Location": other_site.base + "/x.html"}
    )
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert other_site.asked == []
    assert done.ledger["site", "动态"].refused == 1
    assert len(done.items) == 2


def test_a_blocked_site_is_an_alarm_not_an_empty_list(tmp_path: Path, tiny_site: TinySite) -> None:
    workspace = open_workspace(tmp_path / "w")
    for path, status, html in (
        ("/forbidden/", 403, "<h1>Forbidden</h1>"),
        (
            "/cookie/",
            521,
            "<script>document.cookie='__jsl_clearance_s=1';location.href='/'</script>",
        ),
        ("/script/", 412, "<html><script>$_ts={};</script></html>"),
        ("/maintenance/", 200, "<html><body><p>网站临时维护中，请稍后访问。</p></body></html>"),
    ):
        tiny_site.page(path, html, status=status)
        declare(workspace, path.strip("/"), ("动态", tiny_site.base + path))
    done = crawl(workspace)
    for (ident, _), entry in done.ledger.items():
        assert (entry.blocked, entry.alarms, entry.window) == (1, ("blocked",), None), ident


def test_an_empty_list_is_an_alarm(tmp_path: Path, tiny_site: TinySite) -> None:
    tiny_site.page("/list/", "<html><body><h1>科技动态</h1><div id='app'></div></body></html>")
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    entry = crawl(workspace).ledger["site", "动态"]
    assert (entry.alarms, entry.window) == (("empty-list",), None)


def test_pages_without_text_are_a_collapse_of_extraction(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site, 4)
    for path in [path for path in tiny_site.pages if path.startswith("/a/")]:
        tiny_site.page(path, "<html><body><div id='app'></div></body></html>")
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    entry = crawl(workspace).ledger["site", "动态"]
    assert (entry.alarms, entry.window) == (("extraction-collapsed",), None)


def test_a_failed_article_costs_the_window_until_it_comes(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    kept = tiny_site.pages.pop("/a/t20250302_2.html")
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    first = crawl(workspace)
    assert first.ledger["site", "动态"].alarms == ("pages-failed",)
    assert first.windows["site", "动态"] == ()
    tiny_site.pages["/a/t20250302_2.html"] = kept
    second = crawl(workspace)
    assert second.ledger["site", "动态"].fetched == 1
    assert [str(start) for start, _ in second.windows["site", "动态"]] == ["2025-03-01"]
    assert len(second.items) == 3


def test_a_capped_run_claims_only_what_it_saw(tmp_path: Path, tiny_site: TinySite) -> None:
    news_site(tiny_site, 5)
    workspace = open_workspace(tmp_path / "w", max_pages=3)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert len(done.items) == 2
    assert [str(start) for start, _ in done.windows["site", "动态"]] == ["2025-03-04"]


def test_rows_that_are_files_or_wechat_posts_are_kept_unfetched(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    tiny_site.page(
        "/list/",
        list_page(
            ("/a/P020250303.pdf", "2025年度科技计划项目立项清单", "2025-03-03"),
            ("https://mp.weixin.qq.com/s/abcdef", "我市科技型企业再添新军", "2025-03-02"),
            ("/a/t20250301_1.html", "全市科技工作会议召开", "2025-03-01"),
        ),
    )
    tiny_site.page("/a/t20250301_1.html", article_page("全市科技工作会议召开", "2025-03-01"))
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert [(item.date, item.text_missing, item.carrier) for item in done.items] == [
        ("2025-03-01", False, "website"),
        ("2025-03-02", True, "wechat"),
        ("2025-03-03", True, "website"),
    ]
    assert "/a/P020250303.pdf" not in tiny_site.asked


def test_an_endless_list_ends(tmp_path: Path, tiny_site: TinySite) -> None:
    news_site(tiny_site)
    rows = [("/a/t20250301_1.html", "全市科技工作会议第1次召开", "2025-03-01")]
    for page in range(1, 12):
        tiny_site.page(
            f"/list/?page={page}", list_page(*rows, tail=f"<a href='?page={page + 1}'>下一页</a>")
        )
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/?page=1"))
    done = crawl(workspace)
    assert done.ledger["site", "动态"].list_pages == 2


def test_a_run_that_is_stopped_closes_cleanly_and_claims_nothing(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site, 9)
    workspace = open_workspace(tmp_path / "w", delay=0.5)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.run", "--workspace", workspace.path, "--events"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()  # the list was read
        os.kill(running.pid, signal.SIGTERM)
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert '"outcome":"stopped"' in out.splitlines()[-1]
    assert len(list(workspace.archive.glob("*.warc.gz"))) == 1
    done = crawl(workspace)
    assert len(done.items) == 9


def test_a_workspace_without_sources_says_so_in_one_line(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "w")
    done = crawl(workspace)
    assert done.code == 1
    assert done.errors.startswith("error: ")
    assert "[source-none]" in done.errors
    assert done.errors.count("\n") == 1


@pytest.mark.parametrize("answer", [Answer(b"busy", 500), Answer(dropped=True)])
def test_a_site_whose_robots_txt_fails_is_not_read_and_that_is_an_alarm(
    tmp_path: Path, tiny_site: TinySite, other_site: TinySite, answer: Answer
) -> None:
    news_site(tiny_site)
    news_site(other_site)
    tiny_site.pages["/robots.txt"] = answer
    workspace = open_workspace(tmp_path / "w")
    declare(
        workspace, "site", ("动态", tiny_site.base + "/list/"), ("通知", tiny_site.base + "/notes/")
    )
    alone = crawl(workspace)
    assert set(tiny_site.asked) == {"/robots.txt"}
    for column in ("动态", "通知"):
        entry = alone.ledger["site", column]
        assert (entry.refused, entry.alarms) == (1, ("robots-unreachable",))
        assert (entry.failed, entry.window) == (0, None)
    assert alone.code == 1
    assert "error: no list could be read: columns 2 refused [crawl-nothing]" in alone.errors
    assert "robots.txt did not come" in alone.errors.splitlines()[-1]
    declare(workspace, "other", ("动态", other_site.base + "/list/"))
    both = crawl(workspace)
    assert len(both.items) == 3
    assert both.ledger["other", "动态"].alarms == ()
    assert both.ledger["site", "动态"].alarms == ("robots-unreachable",)


@pytest.mark.parametrize("status", [403, 404, 429, 302])
def test_a_site_that_has_no_robots_txt_is_read_and_its_error_page_is_no_rule(
    tmp_path: Path, tiny_site: TinySite, other_site: TinySite, status: int
) -> None:
    news_site(tiny_site)
    rules = b"User-agent: *\nDisallow: /\n"
    elsewhere = {"Location": other_site.base + "/robots.txt"}
    other_site.pages["/robots.txt"] = Answer(rules)
    tiny_site.pages["/robots.txt"] = Answer(rules, status, elsewhere if status == 302 else {})
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    done = crawl(workspace)
    assert len(done.items) == 3
    assert done.ledger["site", "动态"].alarms == ()
    assert other_site.asked == []


def test_a_site_is_asked_for_its_rules_once_and_not_at_all_where_they_do_not_count(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    tiny_site.page("/robots.txt", "User-agent: *\nDisallow: /list/\n")
    for obey, times, read in ((True, 1, 0), (False, 1, 3)):
        workspace = open_workspace(tmp_path / str(obey), obey_robots=obey)
        declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
        done = crawl(workspace)
        assert tiny_site.asked.count("/robots.txt") == times
        assert len(done.items) == read
        assert bool(done.ledger["site", "动态"].alarms) is obey


def test_a_site_that_does_not_answer_is_an_alarm_and_no_traceback(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "obeying")
    declare(workspace, "gone", ("动态", "http://127.0.0.1:9/list/"))
    done = crawl(workspace)
    assert done.ledger["gone", "动态"].alarms == ("robots-unreachable",)
    assert "Traceback" not in done.errors
    assert done.code == 1
    workspace = open_workspace(tmp_path / "w", obey_robots=False)
    declare(workspace, "gone", ("动态", "http://127.0.0.1:9/list/"))
    done = crawl(workspace)
    assert done.ledger["gone", "动态"].alarms == ("list-failed",)
    assert done.errors.startswith("error: no list could be read: columns 1 failed [crawl-nothing]")
    assert done.errors.count("\n") == 1
    assert done.code == 1


def test_a_bad_declaration_does_not_stop_the_others(tmp_path: Path, tiny_site: TinySite) -> None:
    news_site(tiny_site)
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    (workspace.sources / "broken.toml").write_text('id = "bro', encoding="utf-8")
    named = crawl(workspace, "--source", "site")
    assert (named.code, named.errors, len(named.items)) == (0, "", 3)
    every = crawl(workspace)
    assert every.code == 1
    assert every.ledger["site", "动态"].list_pages == 1
    assert "broken.toml is not valid TOML" in every.errors
    assert "[source-unreadable]" in every.errors
    checked = crawl(workspace, "--check", events=False)
    assert (checked.code, "[source-unreadable]" in checked.errors) == (1, True)
    for name, code in (("site", 0), ("broken", 1)):
        file = str(workspace.sources / f"{name}.toml")
        assert crawl(workspace, "--check", "--source", file, events=False).code == code


def test_a_page_that_is_gone_for_good_costs_the_window_once(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    del tiny_site.pages["/a/t20250302_2.html"]
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    first, second, third = crawl(workspace), crawl(workspace), crawl(workspace)
    assert first.ledger["site", "动态"].failed == 1
    assert first.windows["site", "动态"] == ()
    assert second.ledger["site", "动态"].alarms == third.ledger["site", "动态"].alarms == ()
    assert [str(start) for start, _ in second.windows["site", "动态"]] == ["2025-03-01"]
    assert tiny_site.asked.count("/a/t20250302_2.html") == 2
    assert third.ledger["site", "动态"].reached_known


def test_a_page_that_says_it_is_gone_is_believed_at_once(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site)
    tiny_site.page("/a/t20250302_2.html", "gone", status=410)
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    assert len(crawl(workspace).windows["site", "动态"]) == 1


def test_a_list_that_did_not_change_is_not_sent_again(tmp_path: Path, tiny_site: TinySite) -> None:
    news_site(tiny_site)
    kept = tiny_site.pages["/list/"]
    tiny_site.pages["/list/"] = Answer(kept.body, 200, {"ETag": '"v1"'})
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    first, second = crawl(workspace), crawl(workspace)
    assert tiny_site.unchanged == ["/list/"]
    entry = second.ledger["site", "动态"]
    assert (entry.not_modified, entry.reached_known, entry.alarms) == (1, True, ())
    assert second.windows == first.windows


def _kill_when(workspace: Workspace, seen: Callable[[str], bool]) -> None:
    """Start a run and kill it when it says what ``seen`` waits for."""
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.run", "--workspace", workspace.path, "--events"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert any(map(seen, running.stdout))
        running.kill()


def test_runs_killed_at_their_start_between_lists_and_late_lose_and_double_nothing(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    news_site(tiny_site, 9)
    rows = [
        (f"/b/t2025020{n}_{n}.html", f"旗区科技工作第{n}次会议", f"2025-02-0{n}")
        for n in range(1, 10)
    ]
    for path, title, day in rows:
        tiny_site.page(path, article_page(title, day))
    tail = '<script>createPageHTML(2, {}, "index", "html");</script>'
    first_page = tiny_site.pages["/list/"].body.decode()
    tiny_site.page("/list/", first_page.replace("createPageHTML(1,", "createPageHTML(2,"))
    tiny_site.page("/list/index_1.html", list_page(*reversed(rows), tail=tail.format(1)))
    workspace = open_workspace(tmp_path / "w", delay=0.1)
    declare(workspace, "site", ("动态", tiny_site.base + "/list/"))
    for moment in ('"lists":1', '"lists":2', '"items":15'):
        _kill_when(workspace, lambda line, moment=moment: moment in line)  # type: ignore[misc]
        with Store.open(workspace.database_url) as store, store.begin() as session:
            (entry,) = latest_entries(session)
            assert (entry.alarms, entry.window) == (("interrupted",), None)
            assert observed_windows(session) == {("site", "动态"): ()}
    done = crawl(workspace)
    assert len(done.items) == len({item.url for item in done.items}) == 18
    entry = done.ledger["site", "动态"]
    assert entry.links_found == entry.known + entry.fetched == 18
    assert len(done.windows["site", "动态"]) == 1
    archives = sorted(workspace.archive.iterdir())
    assert len(archives) == 4
    kept = Counter(
        record.rec_headers["WARC-Target-URI"]
        for archive in archives
        for record in ArchiveIterator(io.BytesIO(archive.read_bytes()))
        if record.rec_type == "response"
    )
    assert {item.url for item in done.items} <= set(kept)
    with Store.open(workspace.database_url) as store, store.begin() as session:
        names = session.scalars(select(AlarmRow.name).order_by(AlarmRow.id)).all()
        assert names == ["interrupted", "stale"]  # one event, however often it was killed
        assert [alarm.name for alarm in standing_alarms(session)] == ["stale"]
