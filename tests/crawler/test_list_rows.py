"""Rows of lists in the dresses sites give them: date boxes, cards, links that a script opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.listing import ListPage, read_list
from crawler.sources import Column, Source

URL = "http://kjj.example.gov.cn/kjdt/"
TITLES = (
    "全区科技特派员走进牧区讲种草养畜",
    "高新区公布本年度首批中试平台名单",
    "市科技馆开放日接待学生逾千人",
    "重点实验室与企业签下三项合作协议",
)
PATHS = tuple(f"./202509/t202509{24 - n}_29586{n}.html" for n in range(4))
DAYS = tuple(f"2025-09-{24 - n}" for n in range(4))
NAV = "".join(f'<li><a href="/{n}/">科技栏目{n}</a></li>' for n in range(8))
COLUMN = Column(name="科技动态", url=URL)
SOURCE = Source(
    id="kjj",
    name="某市科技局",
    level="city",
    channel="website",
    columns=(COLUMN,),
    hosts=("kjj.example.gov.cn",),
)

Row = Callable[[str, str, str], str]


def _read(rows: str, below: str = "", url: str = URL) -> ListPage:
    page = f"<html><body><ul>{NAV}</ul><div class='l'>{rows}</div>{below}</body></html>"
    return read_list(page.encode(), url, column=COLUMN, source=SOURCE)


def _rows(row: Row) -> str:
    return "".join(row(*entry) for entry in zip(PATHS, TITLES, DAYS, strict=True))


PLAIN = _rows(lambda path, title, day: f"<li><a href='{path}'>{title}</a><span>{day}</span></li>")


@pytest.mark.parametrize(
    "row",
    [
        lambda path, title, day: f"<dt><a href='{path}'>{title}</a></dt><dd>{day}</dd>",
        lambda path, title, day: (
            f"<li><div><span>{day[:7]}</span><b>{day[8:]}</b></div><a href='{path}'>{title}</a></li>"
        ),
        lambda path, title, day: f"<li><a href='{path}'>{title}</a><span>[{day[2:]}]</span></li>",
        lambda path, title, day: (
            f"<a href='{path}'><div>{title}</div><div>近日，有关单位开展了工作。</div><div>{day}</div></a>"
        ),
        lambda path, title, day: (
            f"<a href='{path}'><p>近日，有关单位开展了工作。</p><h3>{title}</h3><p>{day}</p></a>"
        ),
        lambda path, title, day: (
            f"<li><a href='{path}' title='标题：{title}&#10;发布时间：{day}'>{title[:6]}…</a>"
            f"<span>{day}</span></li>"
        ),
        lambda path, title, day: (
            f'<li><a href="javascript:void(0)" onclick="window.open(\'{path}\')">{title}</a>{day}</li>'
        ),
        lambda path, title, day: (
            f"<li><a href=\"javascript:location.href='{path}';\">{title}</a>{day}</li>"
        ),
    ],
    ids=["dt", "day apart", "short year", "card", "headed card", "title", "opened", "location"],
)
def test_a_row_gives_address_title_and_day(row: Row) -> None:
    links = _read(_rows(row)).links
    assert [link.title for link in links] == list(TITLES)
    assert [link.url for link in links] == [URL + path[2:] for path in PATHS]
    assert [link.date for link in links] == list(DAYS)


def test_a_title_that_ends_with_a_day_keeps_it_where_the_row_has_its_own() -> None:
    titled = "年度名单（2024年12月31日）"
    links = _read(PLAIN.replace(TITLES[0], titled)).links
    assert (links[0].title, links[0].date) == (titled, DAYS[0])


def test_a_month_before_a_title_that_begins_with_a_figure_is_no_day() -> None:
    rows = _rows(
        lambda path, title, _day: f"<li><i>2025-10</i> <a href='{path}'>12家{title}</a></li>"
    )
    assert [link.date for link in _read(rows).links] == [None] * 4


def test_a_short_year_that_the_address_does_not_confirm_is_no_date() -> None:
    rows = _rows(
        lambda path, title, _day: f"<li><a href='/n{path[-7:]}'>{title}</a><i>[25-09-24]</i></li>"
    )
    assert [link.date for link in _read(rows).links] == [None] * 4


@pytest.mark.parametrize(
    "pages",
    [
        "<span>1</span><a href='index_1.html'>2</a><a href='index_2.html'>3</a>",
        "<a href='index_1.html'><img src='n.gif' alt='下一页'></a>",
        "<a onclick=\"location.href='index_1.html'\">下一页</a>",
    ],
    ids=["numbers", "image", "script"],
)
def test_the_next_page_is_found_behind_numbers_images_and_plain_scripts(pages: str) -> None:
    assert _read(PLAIN, pages).next_url == URL + "index_1.html"


def test_numbers_that_lead_to_other_pages_are_no_paging() -> None:
    pages = "<a href='/2024/2.html'>2</a><a href='/kjdt/special_2.html'>2</a><a href='index_7.html'>2</a>"
    assert _read(PLAIN, pages).next_url == ""


def test_a_next_page_that_a_template_left_open_is_neither_one_nor_the_end() -> None:
    page = _read(PLAIN, "<a href='/more.do?p=${page.current + 1}'>下一页</a><a href='#'>末页</a>")
    assert (page.next_url, page.last) == ("", False)
