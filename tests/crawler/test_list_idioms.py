"""The ways content systems send their lists, each as a small page and what is read from it."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.listing import ListPage, read_list
from crawler.sources import Column, Source

SITE = "https://www.example.gov.cn"


def _read(text: str, path: str, *, page: int = 1) -> ListPage:
    column = Column("动态", SITE + path)
    source = Source("s", "s", "other", "website", (column,), ("www.example.gov.cn",))
    return read_list(text.encode(), SITE + path, column=column, source=source, page=page)


def _rows(found: ListPage) -> list[tuple[str, str, str | None]]:
    return [(link.url.removeprefix(SITE), link.title, link.date) for link in found.links]


def _query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def _record(number: int, day: str) -> str:
    year, month, date = day.split("-")
    return (
        f'<record><![CDATA[<li><a href="/art/{year}/{int(month)}/{int(date)}/art_78506_{number}.html" '
        f'title="全市第{number}次科技工作推进会议召开">全市第{number}次科技...</a><span>{day}</span></li>]]></record>'
    )


RECORDS = _record(1, "2026-09-10") + _record(2, "2026-09-09")
WANTED = [
    ("/art/2026/9/10/art_78506_1.html", "全市第1次科技工作推进会议召开", "2026-09-10"),
    ("/art/2026/9/9/art_78506_2.html", "全市第2次科技工作推进会议召开", "2026-09-09"),
]


def test_dataproxy_replies_have_full_titles_and_count_by_records() -> None:
    reply = f"<?xml version='1.0' encoding='UTF-8'?><datastore><totalrecord>5</totalrecord><totalpage>3</totalpage><recordset>{RECORDS}</recordset></datastore>"
    path = "/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=2&perpage=2&webid=82&columnid=46521&unitid=100041"
    found = _read(reply, path)
    assert (_rows(found), found.family, found.last) == (WANTED, "dataproxy", False)
    asked = _query(found.next_url)
    assert (asked["startrecord"], asked["endrecord"], asked["unitid"]) == ("3", "4", "100041")
    end = _read(reply, path.replace("startrecord=1&endrecord=2", "startrecord=4&endrecord=5"))
    assert (end.next_url, end.last) == ("", True)


def test_a_column_page_holds_the_first_records_and_says_how_to_go_on() -> None:
    page = (
        "<html><body><div id='100041'><script type='text/xml'><datastore><nextgroup><![CDATA["
        '<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=82&columnid=46521&unitid=100041"></a>]]>'
        f"</nextgroup><recordset>{RECORDS}</recordset></datastore></script></div></body></html>"
    )
    found = _read(page, "/col/col46521/index.html")
    assert _rows(found) == WANTED
    assert _query(found.next_url)["columnid"] == "46521"


def test_a_column_page_with_parameters_in_its_script() -> None:
    page = (
        f"<html><body><script type='text/xml'><datastore><recordset>{RECORDS}</recordset></datastore></script>"
        "<script>$('#1').jpage({perPage:2,totalRecord:9,proxyUrl:'/module/web/jpage/dataproxy.jsp',"
        "params:{col:1,appid:1,webid:82,columnid:46521,unitid:100041,permissiontype:0}});</script></body></html>"
    )
    asked = _query(_read(page, "/col/col46521/index.html").next_url)
    assert (asked["columnid"], asked["unitid"], asked["startrecord"]) == ("46521", "100041", "3")


def test_jpaas_columns_name_their_unit_and_its_replies_carry_html() -> None:
    shell = (
        "<html><body><div class='page' url='/api-gateway/jpaas-publish-server/front/page/build/unit' "
        "queryData=\"{'parseType':'bulidstatic','webId':'w1','tplSetId':'t1','pageType':'column','tagId':'列表','pageId':'p1'}\">"
        "</div></body></html>"
    )
    first = _read(shell, "/kjdt/index.html")
    asked = _query(first.next_url)
    assert (first.links, asked["webId"], asked["parseType"]) == ((), "w1", "bulidstatic")
    assert json.loads(asked["paramJson"])["pageNo"] == 1
    reply = json.dumps(
        {
            "data": {
                "html": "<ul><li><a href='/art/2026/art_0a1b2c3d4e5f60718293a4b5c6d7e8f9.html' title='市科技局召开工作会议'>市科技局...</a><b>2026-09-10</b></li></ul>"
            }
        }
    )
    found = _read(reply, first.next_url.removeprefix(SITE), page=2)
    assert _rows(found)[0][1:] == ("市科技局召开工作会议", "2026-09-10")
    assert json.loads(_query(found.next_url)["paramJson"])["pageNo"] == 2


def test_gkmlpt_shells_lead_to_their_api_whose_moments_are_local() -> None:
    shell = "<html><body><div id='app'></div><script>window._CONFIG = {SID: '755001', ROOT: ''};</script></body></html>"
    first = _read(shell, "/gkmlpt/index#2811")
    assert first.next_url == SITE + "/gkmlpt/api/all/2811?page=1&sid=755001"
    reply = json.dumps(
        {
            "total": 3,
            "articles": [
                {
                    "title": "市科技局发布通知",
                    "url": SITE + "/content/post_17.html",
                    "create_time": 1_757_520_000,
                },
                {
                    "title": "关于征集项目的公告",
                    "url": "/content/post_16.html",
                    "create_time": 1_757_433_600,
                },
            ],
        }
    )
    path = "/gkmlpt/api/all/2811?page=1&sid=755001"
    found = _read(reply, path, page=2)
    assert _rows(found) == [
        ("/content/post_17.html", "市科技局发布通知", "2025-09-11T00:00:00"),
        ("/content/post_16.html", "关于征集项目的公告", "2025-09-10T00:00:00"),
    ]
    assert (_query(found.next_url)["page"], found.last) == ("2", False)
    assert _read(reply, path.replace("page=1", "page=2"), page=3).last


def test_rows_in_a_script_are_read_and_menus_in_a_script_are_not() -> None:
    rows = (
        "<script>var dataList=[{title:'全市科技工作会议召开',url:'./202609/t20260910_1.html',date:'2026-09-10'},"
        "{title:'科技活动周启动',url:'./202609/t20260909_2.html',date:'2026-09-09'},];</script>"
    )
    found = _read(f"<html><body><div id='list'></div>{rows}</body></html>", "/kjdt/")
    assert _rows(found) == [
        ("/kjdt/202609/t20260910_1.html", "全市科技工作会议召开", "2026-09-10"),
        ("/kjdt/202609/t20260909_2.html", "科技活动周启动", "2026-09-09"),
    ]
    menu = "<script>var menuList=[{title:'首页',url:'/'},{title:'联系我们',url:'/lx/'}];</script>"
    page = f"<html><body>{menu}<ul><li><a href='/a/t20260910_1.html'>全市科技工作会议召开</a>2026-09-10</li></ul></body></html>"
    assert [row[1] for row in _rows(_read(page, "/kjdt/"))] == ["全市科技工作会议召开"]


def test_ucap_pages_count_from_one_and_name_their_container() -> None:
    rows = "<ul><li><a href='/kjj/202609/0a1b2c3d4e5f60718293a4b5c6d7e8f9.shtml'>全市科技工作会议召开</a><span>2026-09-10</span></li></ul>"
    script = "<script>createPageHTML('page_div',10,1,'xxgk_list','shtml',189);</script>"
    found = _read(f"<html><body>{rows}{script}</body></html>", "/kjj/xxgk_list.shtml")
    assert (found.next_url, found.pages) == (SITE + "/kjj/xxgk_list_2.shtml", 10)


def test_boda_lists_count_down() -> None:
    rows = "<ul><li><a href='../info/1053/6730.htm'>全市科技工作会议召开</a><span>2026-09-10</span></li></ul>"
    first = _read(
        f"<html><body>{rows}<span>共25条 1/3</span><a href='tzgg/2.htm'>下页</a><a href='tzgg/1.htm'>尾页</a></body></html>",
        "/index/tzgg.htm",
    )
    assert first.next_url == SITE + "/index/tzgg/2.htm"
    last = _read(
        f"<html><body>{rows}<a href='../tzgg.htm'>首页</a><a href='2.htm'>上页</a><span>下页</span></body></html>",
        "/index/tzgg/1.htm",
        page=3,
    )
    assert (last.next_url, last.last) == ("", True)


def test_sitemaps_give_addresses_and_only_news_sitemaps_give_days() -> None:
    plain = (
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        f"<url><loc>{SITE}/kjdt/202609/t20260910_1.html</loc><lastmod>2026-10-01</lastmod></url>"
        f"<url><loc>{SITE}/about.html</loc><lastmod>2026-10-01</lastmod></url></urlset>"
    )
    found = _read(plain, "/sitemap.xml")
    assert found.family == "sitemap"
    assert [link.date for link in found.links] == ["2026-09-10", None]
    news = (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
        f"<url><loc>{SITE}/n/1.html</loc><news:news><news:publication_date>2026-09-10T16:30:00Z</news:publication_date>"
        "<news:title>全市科技工作会议召开</news:title></news:news></url></urlset>"
    )
    assert _rows(_read(news, "/news.xml")) == [
        ("/n/1.html", "全市科技工作会议召开", "2026-09-11T00:30:00")
    ]


def test_a_reply_that_is_broken_json_is_an_empty_list() -> None:
    for text in ("{", "[[[", '{"data": null}', "[" * 100_000):
        assert _read(text, "/api?" + urlencode({"page": 1})).links == ()
