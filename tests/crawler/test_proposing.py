"""``xuanjian source new`` and ``source check --page``: declarations proposed and tried."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.declare import main
from crawler.listing import read_list
from crawler.proposing import propose
from crawler.source_folder import load_sources
from crawler.sources import Column, Source, read_source
from tests.crawler.conftest import ROOT, TinySite, open_workspace
from tests.sites.test_saved_lists import CASES, expectation, saved

URL = "http://kjj.example.gov.cn/kjdt/"
PAGE = ROOT / "tests" / "sites" / "lists" / "friend-links.html"


@pytest.mark.parametrize("name", CASES["lists"])
def test_what_is_proposed_reads_what_is_read_without_it(name: str) -> None:
    wanted = expectation("lists", name)
    raw, url = saved("lists", name, wanted.get("saved_as", "utf-8")), wanted["url"]
    column = Column("动态", url)
    source = Source("s", "s", "other", "website", (column,), (urlsplit(url).netloc,))
    proposal = propose(raw, url)
    plain = read_list(raw, url, column=column, source=source)
    assert proposal.page.links == plain.links
    again = read_list(raw, url, column=proposal.source.columns[0], source=proposal.source)
    assert again == proposal.page
    assert proposal.source.checked_live is False


def test_rows_are_named_by_their_container_and_articles_by_their_shape() -> None:
    column = propose(PAGE.read_bytes(), URL, name="鄂尔多斯市科学技术局").source.columns[0]
    assert column.rows == "ul.newsList > li"
    assert column.include == (r"/t\d{8}_\d+\.s?html?$",)


def test_name_level_channel_and_column_come_from_the_page() -> None:
    page = (
        "<title>科教新闻_鄂尔多斯日报</title><meta name='SiteName' content='鄂尔多斯日报'>"
        + PAGE.read_text(encoding="utf-8")
    )
    source = propose(page.encode(), URL).source
    assert (source.name, source.level, source.channel) == ("鄂尔多斯日报", "municipal", "newspaper")
    assert source.columns[0].name == "科教新闻"


def test_a_page_cannot_write_into_the_declaration_or_the_terminal() -> None:
    title = '科技局"\nhosts = ["evil.example"]\x1b[2J_局'
    proposal = propose(f"<title>{title}</title>{PAGE.read_text(encoding='utf-8')}".encode(), URL)
    assert proposal.source.hosts == ("kjj.example.gov.cn",)
    assert "\x1b" not in proposal.declaration


def test_a_page_without_rows_says_what_to_do() -> None:
    proposal = propose(b"<html><body><div id='app'></div></body></html>", URL)
    assert proposal.page.links == ()
    assert "rows" in proposal.notes[0]


def test_a_page_given_with_the_address_of_another_site_says_so() -> None:
    rows = "".join(f"<a href='http://news.example.com/{n}'>更多{n}</a>" for n in range(9))
    page = f"<html><body>{rows}<a href='/a'>首页</a></body></html>".encode()
    first, *_ = propose(page, URL).notes
    assert "大多指向 news.example.com，而所给网址在 kjj.example.gov.cn" in first
    first, *_ = propose(page, "http://news.example.com/").notes
    assert "大多指向" not in first


def test_a_saved_page_becomes_a_declaration_that_check_can_try(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "kjj.toml"
    assert main(["new", str(PAGE), "--url", URL, "--name", "市科技局", "-o", str(out)]) == 0
    said = capfd.readouterr().out
    assert "将采集 4 条" in said
    assert "到此为止" in said
    assert read_source(out).name == "市科技局"
    assert main(["check", str(out), "--page", str(PAGE)]) == 0
    assert "2025-09-24" in capfd.readouterr().out
    assert main(["new", str(PAGE), "--url", URL, "-o", str(out)]) == 1
    assert "[source-file-exists]" in capfd.readouterr().err


def test_a_second_column_of_a_site_is_proposed_under_an_id_of_its_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = open_workspace(tmp_path)
    new = ["--workspace", str(workspace.path), "new", str(PAGE), "--url", URL, "-o"]
    for name in ("kjdt", "tzgg", "zcjd"):
        assert main([*new, str(workspace.sources / f"{name}.toml")]) == 0
    said = capfd.readouterr().out
    there = load_sources(workspace.sources)
    assert not there.bad
    assert sorted(there.good) == ["kjj-example", "kjj-example-2", "kjj-example-3"]
    assert said.count("这个网站已有声明 kjj-example") == 2


def test_check_says_by_its_exit_code_that_nothing_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "empty.html"
    page.write_text("<html><body><ul class='newsList'></ul></body></html>", encoding="utf-8")
    assert main(["check", "ordos-kjj", "--page", str(page)]) == 2
    assert "将采集 0 条" in capfd.readouterr().out


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "kjj.example.gov.cn"])
def test_a_saved_page_needs_its_address(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(PAGE), "--url", url]) == 1
    assert "[url-bad]" in capfd.readouterr().err


def _live(workspace: Path, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "-w", str(workspace), "source", "new", url],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )


def test_a_live_page_is_asked_for_once_by_the_rules_of_a_crawl(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    workspace = open_workspace(tmp_path / "w")
    tiny_site.page("/kjdt/", PAGE.read_text(encoding="utf-8"))
    done = _live(workspace.path, f"{tiny_site.base}/kjdt/")
    assert (done.returncode, done.stderr) == (0, "")
    assert "将采集 4 条" in done.stdout
    assert tiny_site.asked == ["/robots.txt", "/kjdt/"]
    tiny_site.page("/robots.txt", "User-agent: *\nDisallow: /")
    refused = _live(workspace.path, f"{tiny_site.base}/kjdt/")
    assert refused.returncode == 1
    assert "refused: robots" in refused.stderr
    assert "[page-refused]" in refused.stderr


def test_an_intranet_s_page_that_is_refused_names_the_setting(
    tmp_path: Path, tiny_site: TinySite
) -> None:
    workspace = open_workspace(tmp_path / "w", allow_private=False)
    refused = _live(workspace.path, f"{tiny_site.base}/kjdt/")
    assert refused.returncode == 1
    assert "crawl.allow_private" in refused.stderr
    assert tiny_site.asked == []


def test_shipped_declarations_are_listed_and_taken_over_once(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    workspace = open_workspace(tmp_path)
    place = ["--workspace", str(workspace.path)]

    def taken() -> dict[str, bool]:
        assert main([*place, "shipped"]) == 0
        lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        assert all(line["name"] and line["columns"] and line["address"] for line in lines)
        return {line["id"]: line["taken"] for line in lines}

    assert not any(taken().values())
    assert main([*place, "take", "ordos-kjj"]) == 0
    assert [name for name, there in taken().items() if there] == ["ordos-kjj"]
    path = workspace.sources / "ordos-kjj.toml"
    assert read_source(path).id == "ordos-kjj"
    path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    assert main([*place, "take", "ordos-kjj"]) == 0
    assert path.read_text(encoding="utf-8").endswith("# ours\n")
    assert main([*place, "take", "ordos", "nobody"]) == 1
    assert b"source-missing" in capfdbinary.readouterr().err
    assert not (workspace.sources / "ordos.toml").exists(), "all of them or none"
