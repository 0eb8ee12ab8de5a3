"""The sample sites answer as the sites they copy do."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from samples.articles import COLUMNS, Publication, sample_corpus
from samples.sites import (
    BLOCKED_COLUMN,
    DISALLOWED,
    FEED_ITEMS,
    FEED_PATH,
    NOTICE,
    SITE_NAMES,
    SPAM_WORDS,
    Response,
    address,
    build_sites,
    list_addresses,
)

CORPUS = sample_corpus()
SITES = build_sites()
LISTS = [
    (site, column)
    for site, columns in COLUMNS.items()
    for column in columns
    if (site, column) != BLOCKED_COLUMN
]


def get(site: str, path: str, **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return SITES[site].answer(path, given)


def read(site: str, path: str) -> str:
    response = get(site, path)
    assert response.status == 200, path
    return response.body.decode("gb18030" if site == "district" else "utf-8")


def test_the_sites_are_the_ones_the_data_speaks_of() -> None:
    assert set(SITES) == set(SITE_NAMES) == set(COLUMNS)


@pytest.mark.parametrize(("site", "column"), LISTS)
def test_list_pages_link_every_publication_once_and_newest_first(site: str, column: str) -> None:
    rule = {"bureau": "ul.newsList li a", "district": "table.list_tab a", "daily": "ul.list li a"}
    container = {
        "bureau": "//ul[@class='newsList']//a",
        "district": "//table[@class='list_tab']//a",
        "daily": "//ul[@class='list']//a",
    }
    assert rule.keys() == container.keys()
    found = [
        urljoin(path, link.get("href", ""))
        for path in list_addresses(site, column)
        for link in html.fromstring(read(site, path)).xpath(container[site])
    ]
    assert found == [address(item) for item in CORPUS.on(site, column)]


@pytest.mark.parametrize("item", CORPUS.publications, ids=lambda item: item.key)
def test_every_publication_has_a_page_with_title_date_outlet_and_text(item: Publication) -> None:
    page = html.fromstring(read(item.site, address(item)))
    for node in page.xpath("//style|//script"):
        node.drop_tree()
    words = page.text_content()
    date = item.date
    shown = f"{date.year}年{date.month}月{date.day}日" if item.site == "district" else f"{date}"
    assert item.title in words
    assert shown in words
    assert f"来源：{item.outlet}" in words
    assert NOTICE in words
    if not item.hacked:
        assert all(paragraph in words for paragraph in item.paragraphs)


def test_bureau_lists_count_pages_from_zero() -> None:
    assert list_addresses("bureau", "kjdt") == (
        "/kjdt/index.html",
        "/kjdt/index_1.html",
        "/kjdt/index_2.html",
    )
    assert 'createPageHTML(3, 0, "index", "html")' in read("bureau", "/kjdt/index.html")
    assert 'createPageHTML(3, 2, "index", "html")' in read("bureau", "/kjdt/index_2.html")
    assert read("bureau", "/kjdt/") == read("bureau", "/kjdt/index.html")


def test_daily_lists_name_the_container_first_and_count_from_one() -> None:
    pages = list_addresses("daily", "keji")
    total = len(CORPUS.on("daily", "keji"))
    assert pages[:2] == ("/keji/index.shtml", "/keji/index_2.shtml")
    wanted = f"createPageHTML('page_div',{len(pages)},2,'index','shtml',{total})"
    assert wanted in read("daily", pages[1])


def test_district_lists_page_by_query_and_cut_long_titles() -> None:
    first = read("district", "/kjxw/list.asp")
    assert '<A href="list.asp?page=2">下一页</A>' in first
    links = html.fromstring(first).xpath("//table[@class='list_tab']//a")
    assert any(link.text.endswith("...") and len(link.get("title")) > 18 for link in links)
    assert read("district", "/kjxw/list.asp?page=1") == first


def test_the_district_header_says_utf8_but_the_bytes_are_gbk() -> None:
    response = get("district", "/kjxw/list.asp")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"charset=gb2312" in response.body
    with pytest.raises(UnicodeDecodeError):
        response.body.decode("utf-8")
    assert "科技新闻" in response.body.decode("gb18030")


def test_the_district_body_has_no_paragraph_elements_and_no_meta_title() -> None:
    page = read("district", address(CORPUS["patent-prereview"]))
    assert "<p" not in page.lower().replace("<pre", "")
    assert "ArticleTitle" not in page


def test_the_blocked_list_answers_521_with_a_cookie_script_and_no_links() -> None:
    for path in ("/zcjd/", "/zcjd/index.html"):
        response = get("bureau", path)
        assert response.status == 521
        assert "__jsluid_s" in response.headers["Set-Cookie"]
        assert b"document.cookie" in response.body
        assert b"<a" not in response.body


def test_stories_behind_the_blocked_list_are_linked_from_nowhere_else() -> None:
    hidden = {address(item) for item in CORPUS.on(*BLOCKED_COLUMN)}
    assert hidden
    for page in SITES["bureau"].pages.values():
        assert not any(path.rpartition("/")[2].encode() in page.body for path in hidden)


def test_one_article_title_holds_markup() -> None:
    page = read("bureau", address(CORPUS["hitech-training-notice"]))
    (title,) = html.fromstring(page).xpath("//meta[@name='ArticleTitle']/@content")
    assert title.startswith("<p>")
    assert re.sub("<[^>]+>", "", title) == CORPUS["hitech-training-notice"].title


def test_bureau_articles_carry_the_national_meta_tags() -> None:
    item = CORPUS["rd-platform-gear"]
    page = html.fromstring(read("bureau", address(item)))
    meta = {node.get("name"): node.get("content") for node in page.xpath("//meta[@name]")}
    assert meta["SiteName"] == SITE_NAMES["bureau"]
    assert meta["ColumnName"] == "科技动态"
    assert meta["ArticleTitle"] == item.title
    assert meta["PubDate"].startswith("2025-03-18 ")
    assert meta["ContentSource"] == "市科技局"


def test_attachments_of_two_notices_open_as_word_files() -> None:
    items = [item for item in CORPUS.publications if item.attachment]
    assert len(items) == 2
    for item in items:
        page = html.fromstring(read("bureau", address(item)))
        (href,) = page.xpath("//div[@class='xl-fjxz']/a/@href")
        response = get("bureau", urljoin(address(item), href))
        with zipfile.ZipFile(io.BytesIO(response.body)) as archive:
            document = archive.read("word/document.xml").decode()
        assert item.attachment in document


def test_friendly_links_lead_outside_and_stand_outside_the_list() -> None:
    page = html.fromstring(read("bureau", "/kjdt/"))
    links = page.xpath("//div[@class='yqlj']//a/@href")
    assert len(links) == 3
    assert all(urlsplit(link).hostname.startswith("www.example.") for link in links)
    assert not page.xpath("//ul[@class='newsList']//a[starts-with(@href, 'http')]")


def test_the_hacked_page_shows_spam_in_sentences_and_in_a_hidden_block() -> None:
    (item,) = [item for item in CORPUS.publications if item.hacked]
    page = read("district", address(item))
    visible, _, hidden = page.partition("display:none")
    assert any(word in visible for word in SPAM_WORDS)
    assert hidden.count('<A href="http://spam-') == len(SPAM_WORDS)


def test_the_feed_parses_and_holds_the_newest_forty() -> None:
    response = get("daily", FEED_PATH, Host="127.0.0.1:8733")
    feed = etree.fromstring(response.body)
    links = feed.xpath("//item/link/text()")
    newest = CORPUS.on("daily", "keji")[:FEED_ITEMS]
    assert feed.get("version") == "2.0"
    assert links == [f"http://127.0.0.1:8733{address(item)}" for item in newest]
    assert feed.xpath("//item/title/text()") == [item.title for item in newest]
    assert all(text.endswith("+0800") for text in feed.xpath("//item/pubDate/text()"))
    assert len(CORPUS.on("daily", "keji")) > FEED_ITEMS


@pytest.mark.parametrize("site", SITE_NAMES)
def test_robots_closes_one_path_that_pages_link_to(site: str) -> None:
    assert f"Disallow: {DISALLOWED}" in read(site, "/robots.txt").splitlines()
    assert f'href="{DISALLOWED}"' in read(site, "/")
    assert get(site, DISALLOWED).status == 200


@pytest.mark.parametrize("site", SITE_NAMES)
def test_unknown_paths_are_not_found(site: str) -> None:
    response = get(site, "/kjdt/202503/t20250318_000000.html")
    assert response.status == 404
    assert "ETag" not in response.headers


@pytest.mark.parametrize("site", SITE_NAMES)
def test_a_page_asked_again_is_not_sent_again(site: str) -> None:
    path = address(CORPUS.on(site)[0])
    first = get(site, path)
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
        {"If_None_Match": f'"x", W/{first.headers["ETag"]}'},
    ):
        again = get(site, path, **headers)
        assert (again.status, again.body) == (304, b"")
    for headers in (
        {"If_None_Match": '"x"', "If_Modified_Since": first.headers["Last-Modified"]},
        {"If_Modified_Since": "Wed, 01 Jan 2020 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert get(site, path, **headers).status == 200


def test_two_builds_give_the_same_bytes() -> None:
    again = build_sites()
    for name, site in SITES.items():
        assert again[name].pages == site.pages


def test_inner_links_lead_to_pages_that_exist() -> None:
    for name, site in SITES.items():
        for path, page in site.pages.items():
            if not page.content_type.startswith("text/html") or page.status != 200:
                continue
            text = page.body.decode("gb18030" if name == "district" else "utf-8")
            for href in html.fromstring(text).xpath("//a/@href"):
                target = urlsplit(urljoin(f"http://{name}{path}", href))
                if target.hostname == name:
                    asked = target.path + (f"?{target.query}" if target.query else "")
                    assert asked in site.pages, (name, path, href)
