"""List pages as content management systems write them."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.listing import ListPage, read_list
from crawler.sources import Column, Source

BASE = "http://kjj.example.gov.cn/kjdt/"
ROWS = "".join(
    f'<li><a href="./202503/t2025031{n}_{n}.html" title="全市科技工作会议第{n}次召开">全市科技工作会议第{n}次召开</a>'
    f"<span>2025-03-1{n}</span></li>"
    for n in range(5)
)
FRIENDS = (
    '<div class="yqlj"><h3>友情链接</h3><ul>'
    + "".join(
        f'<li><a href="http://www.other{n}.example/202501/t2025010{n}_1.html">自治区兄弟盟市科技局网站{n}</a></li>'
        for n in range(1, 9)
    )
    + "</ul></div>"
)


def _read(html: str, url: str = BASE, **options: Any) -> ListPage:
    page = options.pop("page", 1)
    column = Column("动态", BASE, **options)
    source = Source("s", "s", "other", "website", (column,), ("kjj.example.gov.cn",))
    return read_list(html.encode(), url, column=column, source=source, page=page)


def _list(tail: str, rows: str = ROWS) -> str:
    return f"<html><body><ul class='newsList'>{rows}</ul>{tail}{FRIENDS}</body></html>"


@pytest.mark.parametrize(
    ("script", "family", "page", "next_name"),
    [
        ('createPageHTML(14, 0, "index", "html");', "trs", 1, "index_1.html"),
        ('createPageHTML(14, 3, "index", "html");', "trs", 4, "index_4.html"),
        ("createPageHTML(14,13,'index','shtml',\"black2\",250);", "trs", 14, ""),
        ("createPage(3, 1, 'list', 'htm');", "trs", 2, "list_2.htm"),
        (
            "createPageHTML('page_div',10,1,'xlist','shtml',189);",
            "trs-container",
            1,
            "xlist_2.shtml",
        ),
        ("createPageHTML('page_div',10,10,'xlist','shtml',189);", "trs-container", 10, ""),
        ("var currentPage = 0; var countPage = 14;", "trs", 1, "index_1.html"),
        (
            'var currentPage = 2;var countPage = 3;createPageHTML(countPage,currentPage,"index","html");',
            "trs",
            3,
            "",
        ),
        (
            "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}"
            "createPageHTML(2, 0, 'index', 'html');",
            "trs",
            1,
            "index_1.html",
        ),
    ],
)
def test_trs_paging_in_both_argument_orders(
    script: str, family: str, page: int, next_name: str
) -> None:
    found = _read(_list(f"<script>{script}</script>"))
    assert (found.family, found.page) == (family, page)
    assert found.next_url == (BASE + next_name if next_name else "")
    assert found.last is (next_name == "")


def test_friend_links_outside_the_list_are_not_taken() -> None:
    found = _read(_list("<script>createPageHTML(1, 0, 'index', 'html')</script>"))
    assert [link.title for link in found.links] == [
        f"全市科技工作会议第{n}次召开" for n in range(5)
    ]
    assert (found.newest, found.oldest) == ("2025-03-14", "2025-03-10")


def test_a_cut_title_is_taken_from_the_title_attribute() -> None:
    rows = '<li><a href="/a/t20250312_1.html" title="关于组织申报2025年度市级科技计划项目的通知">关于组织申报2025...</a><span>2025-03-12</span></li>'
    assert _read(_list("", rows)).links[0].title == "关于组织申报2025年度市级科技计划项目的通知"


@pytest.mark.parametrize(
    ("row", "date"),
    [
        ('<li><a href="/n/1.htm">全市科技工作会议召开</a>[2026-09-12]</li>', "2026-09-12"),
        ('<li><a href="/n/1.htm">全市科技工作会议召开 2026/9/12</a></li>', "2026-09-12"),
        ('<li><a href="/n/1.htm"><em>2026.09.12</em>全市科技工作会议召开</a></li>', "2026-09-12"),
        ('<li><a href="/n/1.htm">全市科技工作会议召开</a>(09-12)</li>', None),
        ('<li><a href="/n/t20260912_1.htm">全市科技工作会议召开</a>(09-12)</li>', "2026-09-12"),
        ('<li><a href="/202609/1.htm">全市科技工作会议召开</a>09-12</li>', "2026-09-12"),
        ('<li><a href="/202508/1.htm">全市科技工作会议召开</a>09-12</li>', None),
        (
            '<li><a href="/n/1.htm">全市科技工作会议召开</a><i>12</i><i>2026-09</i></li>',
            "2026-09-12",
        ),
        ('<li><a href="/n/1.htm">全市科技工作会议召开</a><i>2026-02-30</i></li>', None),
        (
            '<tr><td><a href="/n/1.htm">全市科技工作会议召开</a></td><td>2026年9月12日</td></tr>',
            "2026-09-12",
        ),
    ],
)
def test_a_date_beside_the_link_is_read_and_a_year_never_guessed(
    row: str, date: str | None
) -> None:
    tag = "table" if row.startswith("<tr") else "ul"
    found = _read(f"<html><body><{tag}>{row}</{tag}></body></html>")
    assert [(link.title, link.date) for link in found.links] == [("全市科技工作会议召开", date)]


def test_a_list_of_bare_links_and_breaks_is_read() -> None:
    html = "<html><body><div>" + "".join(
        f'·<a href="/show.asp?id={n}">全市科技工作会议第{n}次召开</a> [2025-03-1{n}]<br>'
        for n in range(4)
    )
    assert [link.date for link in _read(html).links] == [f"2025-03-1{n}" for n in range(4)]


def test_files_and_wechat_posts_are_rows_of_their_own_kind() -> None:
    rows = (
        '<li><a href="./202609/P020260911000000.xlsx">2026年立项清单公布</a><span>2026-09-11</span></li>'
        '<li><a href="https://mp.weixin.qq.com/s/abc">我市科技企业再添新军</a><span>2026-09-10</span></li>'
        '<li><a href="./202609/t20260909_1.html">全市科技工作会议召开</a><span>2026-09-09</span></li>'
        '<li><a href="https://www.daily.example/c1.html">媒体看我市科技创新</a><span>2026-09-08</span></li>'
    )
    kinds = [link.kind for link in _read(_list("", rows)).links]
    assert kinds == ["attachment", "wechat", "article", "elsewhere"]


def test_a_query_page_list_goes_on_and_ends() -> None:
    going = _read(
        _list("第1/3页 <a href='list.asp?page=2'>下一页</a><a href='list.asp?page=3'>尾页</a>")
    )
    assert (going.family, going.pages, going.next_url) == ("paged", 3, BASE + "list.asp?page=2")
    ended = _read(
        _list("第3/3页 <a href='list.asp?page=2'>上一页</a>"), BASE + "list.asp?page=3", page=3
    )
    assert (ended.last, ended.next_url) == (True, "")


def test_a_list_without_any_paging_mark_is_not_taken_for_its_end() -> None:
    found = _read(_list(""))
    assert (found.family, found.last, found.next_url) == ("unknown", False, "")


def test_a_page_pattern_names_the_next_page() -> None:
    found = _read(_list(""), page_pattern="index_{page-1}.html", page=3)
    assert found.next_url == BASE + "index_3.html"


def test_rows_may_be_named_by_css_or_xpath_and_addresses_filtered() -> None:
    html = _list("")
    assert len(_read(html, rows="div.yqlj li").links) == 0  # elsewhere and undated
    assert len(_read(html, rows="//ul[@class='newsList']/li").links) == 5
    assert len(_read(html, include=("_3\\.html$", "_4\\.html$")).links) == 2
    assert len(_read(html, exclude=("_3\\.html$",)).links) == 4


def test_feeds_give_local_times() -> None:
    rss = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title>
    <item><title>要闻</title><link>http://kjj.example.gov.cn/a/1.html</link>
    <pubDate>Tue, 18 Mar 2025 16:30:00 GMT</pubDate><description>&lt;p&gt;摘要&lt;/p&gt;</description></item>
    </channel></rss>"""
    (link,) = _read(rss).links
    assert (link.date, link.summary, link.from_feed) == ("2025-03-19T00:30:00", "摘要", True)
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>要闻</title>
    <link rel="self" href="/no"/><link href="/a/2.html"/><published>2025-03-18T09:00:00+08:00</published></entry></feed>"""
    (link,) = _read(atom).links
    assert (link.url, link.date) == ("http://kjj.example.gov.cn/a/2.html", "2025-03-18T09:00:00")


def test_a_broken_or_hostile_feed_is_an_empty_list() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
    )
    assert _read(bomb).links == ()
    assert _read("<rss").links == ()
    assert _read("").links == ()


def test_only_web_addresses_are_links() -> None:
    own = [f"./t2025030{day}_{day}.html" for day in range(1, 5)]
    hrefs = [" java\tscript:alert(1)", "vbscript:x", "ftp://a.cn/x", "data:text/html,x", *own]
    rows = "".join(
        f'<li><a href="{href}">某地召开科技创新推进会第{n}次</a><span>2025-03-0{n}</span></li>'
        for n, href in enumerate(hrefs, start=1)
    )
    column = Column(name="c", url="http://a.cn/l/")
    source = Source(
        id="ss", name="n", level="municipal", channel="website", columns=(column,), hosts=("a.cn",)
    )
    page = read_list(f"<ul>{rows}</ul>".encode(), column.url, column=column, source=source)
    assert [link.url for link in page.links] == [f"http://a.cn/l/{name[2:]}" for name in own]
