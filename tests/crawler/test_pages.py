"""``xuanjian extract``: one saved page, as people and programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.extract import extract_article
from crawler.pages import main
from crawler.sources import Source

URL = "https://kjj.example.gov.cn/kjdt/202503/t20250318_17.html"
PROSE = "市科技局召开全市科技创新工作会议，部署全年重点任务，要求各旗区抓好高新技术企业培育。"
ARTICLE = (
    "<html><head><title>全市科技创新工作会议召开_市科技局</title></head><body>"
    "<h1>全市科技创新工作会议召开</h1><div>来源：鄂尔多斯日报 发布时间：2025-03-18</div>"
    f"<div class='TRS_Editor'><p>{PROSE * 3}</p><a href='./P020250318.pdf'>任务清单.pdf</a></div>"
    "</body></html>"
)
LIST = (
    "<html><body><ul class='newsList'>"
    + "".join(
        f"<li><a href='./t2025030{n}_{n}.html'>全市第{n}次科技工作推进会议召开</a><span>2025-03-0{n}</span></li>"
        for n in range(1, 9)
    )
    + "</ul></body></html>"
)


def _run(folder: Path, page: str, *arguments: str) -> int:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return main([str(path), *arguments])


def test_people_read_lines_and_programs_one_object(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path, ARTICLE, "--url", URL) == 0
    said = capfd.readouterr().out.splitlines()
    assert said[:7] == [
        "标题：全市科技创新工作会议召开",
        "日期：2025-03-18（依据：label，可靠）",
        "稿源：鄂尔多斯日报",
        "作者：（无）",
        "附件：任务清单.pdf  https://kjj.example.gov.cn/kjdt/202503/P020250318.pdf",
        "标记：（无）",
        "",
    ]
    assert _run(tmp_path, ARTICLE, "--url", URL, "--json") == 0
    assert json.loads(capfd.readouterr().out)["outlet"] == "鄂尔多斯日报"


@pytest.mark.parametrize(
    "page",
    [
        LIST,
        "<html><body><h1>${title}</h1><div>${content}</div></body></html>",
        "<html><body><form><p>用户名</p><p>密码</p></form></body></html>",
    ],
)
def test_a_page_that_is_no_article_is_read_with_a_warning(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], page: str
) -> None:
    assert _run(tmp_path, page, "--url", URL, "--json") == 0
    out, err = capfd.readouterr()
    found = json.loads(out)
    assert "no_article" in found["flags"]
    assert found["text"] == ""
    assert "[no_article]" in err


@pytest.mark.parametrize("page", ['{"articles": []}', "", "\0\0\0"])
def test_a_file_that_is_no_web_page_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], page: str
) -> None:
    assert _run(tmp_path, page, "--url", URL) == 1
    assert "[page-not-article]" in capfd.readouterr().err


@pytest.mark.parametrize("url", ["foo", "ftp://a.example/1", "http://", "http://[broken"])
def test_an_address_that_is_none_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], url: str
) -> None:
    assert _run(tmp_path, ARTICLE, "--url", url) == 1
    assert "[url-bad]" in capfd.readouterr().err


def _outlet(line: str, head: str = "") -> str:
    page = f"<html><head>{head}</head><body><h1>全市科技创新工作会议召开</h1><div>{line}</div><p>{PROSE * 3}</p></body></html>"
    return extract_article(page.encode(), URL).outlet


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("来源： 访问量：199 发布日期：2025-03-18", ""),
        ("来源：本站原创 作者：办公室", ""),
        ("来源：网络转载 时间：2025-03-18", ""),
        ("来源：[ 人民网 ] 2025-03-18", "人民网"),
        ("来源：内蒙古日报 点击：8", "内蒙古日报"),
    ],
)
def test_a_counter_or_nobody_is_no_outlet(line: str, outlet: str) -> None:
    assert _outlet(line) == outlet


def test_the_site_itself_stands_for_its_own_articles() -> None:
    head = "<meta name='SiteName' content='鄂尔多斯市科学技术局'>"
    assert _outlet("来源：本站原创 作者：办公室", head) == "鄂尔多斯市科学技术局"


def test_a_record_above_a_document_is_not_its_text() -> None:
    rows = (
        "索引号：000014/2025-35",
        "发布机构：市科技局",
        "名称：关于印发方案的通知",
        "发布日期：2025年3月18日",
    )
    page = f"<html><body><div class='content'>{''.join(f'<p>{row}</p>' for row in rows)}</div></body></html>"
    item = extract_article(page.encode(), URL)
    assert (item.text, "text_missing" in item.flags) == ("", True)


@pytest.mark.parametrize(
    ("outlet", "level"),
    [
        ("内蒙古日报", "regional"),
        ("新华社", "central"),
        ("科技处", "municipal"),
        ("东胜区融媒体中心", "district"),
    ],
)
def test_a_reprint_has_the_level_of_its_outlet(outlet: str, level: str) -> None:
    source = Source("kjj", "市科技局", "municipal", "website", (), ("kjj.example.gov.cn",))
    page = ARTICLE.replace("鄂尔多斯日报", outlet)
    assert extract_article(page.encode(), URL, source=source).level == level
