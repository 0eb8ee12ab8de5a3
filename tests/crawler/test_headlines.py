"""Which words of a page are its headline, and which pages have none because they are no article."""

from __future__ import annotations

import pytest

from crawler.extract import extract_article
from pipeline.news import NewsItem

SITE = "某市科学技术局"
TITLE = "市科技局组织开展企业服务专项行动"
DATED = "<div>发布时间：2025-03-18　来源：市科技局</div>"
ONE = "市科技局近日组织开展了企业服务专项行动，深入车间了解需求，帮助企业归集研发投入。"
TWO = "各旗区科技主管部门认真组织，严格把关，解决了人才引进等方面的困难，受到企业欢迎。"
BODY = f"<div><p>{ONE}</p><p>{TWO}</p></div>"
NAV = "".join(f'<li><a href="/c{n}/">栏目名称{n}</a></li>' for n in range(20))
FOOT = f"<div><p>主办单位：{SITE}</p><p>蒙ICP备00000000号 网站标识码：0000000000</p></div>"
RELATED = "".join(
    f'<li><a href="/t{n}.html">市科技局召开第{n}次工作会议部署科技工作</a><span>2025-02-1{n}</span></li>'
    for n in range(1, 9)
)


def _read(markup: str, title: str) -> NewsItem:
    page = (
        f"<html><head><title>{title}</title></head><body><ul>{NAV}</ul>{markup}{FOOT}</body></html>"
    )
    return extract_article(page.encode(), "http://kjj.example.gov.cn/view.asp?id=17")


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        (f"<h1>{TITLE}</h1>{DATED}{BODY}", SITE),
        (
            f"<table><tr><td align=center><b>{TITLE}</b></td></tr><tr><td>{DATED}</td></tr>"
            f"<tr><td>{BODY}</td></tr></table>",
            SITE,
        ),
        (f"<div>{SITE} &gt; 工作动态 &gt; 正文</div><div>{TITLE}</div>{DATED}{BODY}", SITE),
        (
            f"<div><a href='/'>{SITE}</a> &gt; <a href='/a/'>工作动态</a> &gt; 正文</div>"
            f"<p style='font-size:20px'>{TITLE}</p>{DATED}{BODY}",
            SITE,
        ),
        (f"<h1>{SITE}</h1><div class='tit'>{TITLE}</div>{DATED}{BODY}", f"工作动态 - {SITE}"),
    ],
    ids=["heading", "table", "crumbs", "linked crumbs", "logo"],
)
def test_a_site_that_writes_its_own_name_into_title_hides_no_headline(
    markup: str, title: str
) -> None:
    item = _read(markup, title)
    assert (item.title, item.text) == (TITLE, f"{ONE}\n{TWO}")


def test_an_article_about_an_office_keeps_its_title() -> None:
    headline = "市领导调研某市科技创新中心"
    assert _read(f"<h1>{headline}</h1>{DATED}{BODY}", headline).title == headline


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<div>您访问的页面不存在或已被删除！</div>", "出错了"),
        ("<div>该信息已经被删除，请返回首页。</div>", SITE),
        (
            f"<div><h3><a href='/1.html'>{TITLE}</a></h3><p>3月18日，市科技局组织开展服务行动，"
            f"深入企业了解需求... 03-18</p></div><ul>{RELATED}</ul><ul>{RELATED}</ul>",
            SITE,
        ),
        (
            f"<div><h3><a href='/1.html'>{TITLE}</a></h3><p>3月18日，市科技局组织开展服务行动，"
            f"深入企业了解需求…[详细]</p></div><ul>{RELATED}</ul><ul>{RELATED}</ul>",
            SITE,
        ),
    ],
    ids=["gone", "deleted", "teaser with day", "teaser"],
)
def test_an_error_and_a_teaser_are_no_article(markup: str, title: str) -> None:
    item = _read(markup, title)
    assert item.text == ""
    assert "no_article" in item.flags


def test_a_list_of_other_articles_in_its_container_takes_no_article_away() -> None:
    rows = f"<p>{ONE}</p><p>{TWO}</p><p>相关链接：</p><ul>{RELATED}</ul>"
    item = _read(f"<h1>{TITLE}</h1>{DATED}<div class='TRS_Editor'>{rows}</div>", TITLE)
    assert (item.text, item.flags) == (f"{ONE}\n{TWO}", ())


@pytest.mark.parametrize(
    ("link", "names"),
    [
        (
            "<a href='/system/_content/download.jsp?id=7'>附件【申报指南.pdf】</a>",
            ["附件【申报指南.pdf】"],
        ),
        ("<a href='/module/download/downfile.jsp?filename=a.doc&classid=0'>申报书</a>", ["申报书"]),
        ("<a href='/download.jsp?id=7'>资料下载专区</a>", []),
        ("<a href='/show.jsp?id=7'>申报指南.pdf解读</a>", []),
    ],
)
def test_a_file_that_a_program_sends_is_an_attachment(link: str, names: list[str]) -> None:
    body = BODY.replace("</div>", f"<p>{link}</p></div>")
    item = _read(f"<h1>{TITLE}</h1>{DATED}{body}", TITLE)
    assert [file.name for file in item.attachments] == names
