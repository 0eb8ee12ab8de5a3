"""Saved pages read anew: what is better is stored, text is never lost, the rest is not touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Request

from crawler.archive import open_archive
from crawler.links import Link
from crawler.reread import RereadEvent, renewed, reread, source_on
from crawler.sources import Column, Extractor, Source, read_source
from crawler.visit import Visit
from pipeline.config import Workspace
from pipeline.errors import BadInput
from pipeline.news import Attachment, NewsItem, item_id
from pipeline.saved_pages import saved_pages
from pipeline.store.folding import fold_stored
from pipeline.store.items import add_items, items_by_id
from pipeline.store.runs import finish_run, start_run
from pipeline.store.store import Store
from pipeline.store.stories import stories_between
from tests.crawler.conftest import declare, open_workspace

BASE = "http://kjj.example/"
TEXT = "市科技局召开全市科技创新工作会议，部署全年重点任务，要求各旗区抓好高新技术企业培育。"


def item(**fields: object) -> NewsItem:
    values: dict[str, object] = {
        "id": "n1", "title": "旧题", "text": TEXT * 2, "date": "2025-03-18", "outlet": "市报",
        "date_evidence": "label", "words": 90,
    }  # fmt: skip
    return NewsItem(**{**values, **fields})  # type: ignore[arg-type]


def fields_of(old: NewsItem, new: NewsItem) -> list[tuple[str, bool]]:
    return [(change.field, change.taken) for change in renewed(old, new).changes]


def test_what_a_new_reading_knows_is_taken_field_by_field() -> None:
    new = item(title="新题", text=TEXT * 3, date="2025-03-19T08:30:00", outlet="市科技局", author="王芳",
               attachments=(Attachment(name="表", url=BASE + "1.xlsx"),))  # fmt: skip
    reading = renewed(item(), new)
    assert reading.item == new
    names = ["title", "date", "text", "outlet", "author", "attachments"]
    assert [change.field for change in reading.changes] == names


def test_nothing_known_is_lost_to_a_reading_that_knows_less() -> None:
    empty = item(title="", text="", date=None, outlet="", flags=("text_missing", "date_unknown"))
    reading = renewed(item(), empty)
    assert reading.item == item()
    assert {change.taken for change in reading.changes} == {False}


def test_a_text_that_loses_more_than_half_is_left_and_one_that_loses_furniture_is_taken() -> None:
    long = item(text=TEXT * 4)
    assert fields_of(long, item(text=TEXT)) == [("text", False)]
    assert fields_of(long, item(text=TEXT * 3)) == [("text", True)]
    assert fields_of(item(), item(text=TEXT + "\n" + TEXT)) == []  # only white space


def test_flags_follow_what_was_taken() -> None:
    old = item(text="", date=None, flags=("text_missing", "date_unknown"))
    assert renewed(old, item(flags=("spam",))).item.flags == ("spam",)
    half = renewed(old, item(text="", flags=("text_missing", "date_weak")))
    assert half.item.flags == ("text_missing", "date_weak")


def test_a_day_without_its_minute_is_no_news_of_a_day_that_has_one() -> None:
    assert fields_of(item(date="2025-03-18T09:30:00"), item(date="2025-03-18")) == []


def test_a_page_is_read_by_the_layout_its_source_had_on_its_day() -> None:
    layouts = (
        Extractor(body=".now"),
        Extractor(body=".b", valid_until=date(2024, 6, 30)),
        Extractor(body=".a", valid_until=date(2020, 6, 30)),
    )
    source = Source("s", "s", "other", "website", (Column("c", BASE),), ("kjj.example",),
                    extractors=layouts)  # fmt: skip

    def bodies(day: date) -> list[str]:
        return [layout.body for layout in source_on(source, day).extractors]

    assert bodies(date(2026, 1, 1))[0] == ".now"
    assert bodies(date(2024, 6, 30))[0] == ".b"
    assert bodies(date(2019, 1, 1)) == [".a", ".b", ".now"]


def html(title: str, body: str, date: str = "2025-03-18") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<div>发布时间：{date} 来源：市科技局</div><div class='TRS_Editor'>{body}</div></body></html>"
    )


def save(place: Workspace, run: int, *pages: tuple[str, str, str], source: str = "site") -> None:
    """Archive pages as a run does: address asked for, address it came from, page."""
    declared = read_source(place.sources / f"{source}.toml")
    with open_archive(place.archive, run, today=date(2025, 3, 20)) as archive:
        for asked, came_from, page in pages:
            link = Link(
                url=asked, title="全市科技创新工作会议召开", date="2025-03-17", kind="article"
            )
            visit = Visit(declared, declared.columns[0], link=link)
            request = Request(asked, cb_kwargs={"visit": visit})
            headers = {"Content-Type": "text/html"}
            archive.keep(
                HtmlResponse(
                    came_from, headers=headers, body=page, encoding="utf-8", request=request
                )
            )


def store_items(place: Workspace, *items: NewsItem) -> None:
    with Store.open(place.database_url) as store, store.begin() as session:
        run = start_run(session, "crawl")
        add_items(session, items, run)
        finish_run(session, run, "finished")
        fold_stored(session)


def stored(place: Workspace, *ids: str) -> list[NewsItem]:
    with Store.open(place.database_url) as store, store.begin() as session:
        found = items_by_id(session, ids)
    return [found[name] for name in ids]


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    workspace = open_workspace(tmp_path / "w")
    declare(workspace, "site", ("动态", BASE + "list/"), more='level = "municipal"')
    return workspace


def crawled(path: str, **fields: object) -> NewsItem:
    address = BASE + path
    values = {"id": item_id(address, "", "", None), "url": address, "source": "site", **fields}
    return item(**values)


def test_saved_pages_are_read_anew_and_what_is_better_is_stored(place: Workspace) -> None:
    page, shell = html("全市科技创新工作会议召开", f"<p>{TEXT}</p>" * 3), html("站点", "")
    empty = crawled("a1.html", title="标题", text="", date=None, flags=("text_missing",))
    moved, unsaved = crawled("old.html"), crawled("never.html")
    other = crawled("b1.html", source="gone")
    store_items(place, empty, moved, unsaved, other)
    save(place, 1, (empty.url, empty.url, page), (other.url, other.url, page))
    save(place, 2, (empty.url, empty.url, shell), (moved.url, BASE + "new.html", page))
    before = stored(place, empty.id, moved.id, unsaved.id, other.id)
    events: list[RereadEvent] = []
    tried = reread(place, dry_run=True, tell=events.append)
    assert stored(place, empty.id, moved.id, unsaved.id, other.id) == before
    assert (tried.total, tried.read, tried.changed, tried.undeclared) == (4, 2, 2, 1)
    assert {event.url for event in events if event.event == "item"} == {empty.url, moved.url}
    done = reread(place)
    assert (done.read, done.changed) == (2, 2)
    first, second, third, fourth = stored(place, empty.id, moved.id, unsaved.id, other.id)
    assert (first.title, first.date, first.outlet) == (
        "全市科技创新工作会议召开",
        "2025-03-18",
        "市科技局",
    )
    assert first.text.count("部署全年重点任务") == 3
    assert first.flags == ()
    assert (second.url, second.text.count("部署全年重点任务")) == (moved.url, 3)
    assert [third, fourth] == before[2:]
    assert reread(place).changed == 0
    with Store.open(place.database_url) as store, store.begin() as session:
        fold_stored(session)
        days = {story.day for story in stories_between(session) if empty.id in story.items}
    assert days == {"2025-03-18"}


def test_an_article_of_several_pages_stays_whole(place: Workspace) -> None:
    first = html(
        "全市科技创新工作会议召开", f"<p>{TEXT}</p>" * 3 + "<a href='a1_2.html'>下一页</a>"
    )
    second = html(
        "全市科技创新工作会议召开",
        "<p>会议通报了上年度研发投入情况，并对先进集体予以表扬。</p>" * 3,
    )
    whole = crawled("a1.html", text=TEXT * 3)
    store_items(place, whole)
    save(
        place,
        1,
        (whole.url, whole.url, first),
        (BASE + "a1_2.html", BASE + "a1_2.html", second),
    )
    reread(place)
    (now,) = stored(place, whole.id)
    assert "部署全年重点任务" in now.text
    assert "研发投入情况" in now.text
    assert "text_incomplete" not in now.flags


def test_only_what_was_asked_for_is_read(place: Workspace) -> None:
    page = html("全市科技创新工作会议召开", f"<p>{TEXT}</p>" * 3)
    early, late = crawled("a1.html", date="2025-01-01"), crawled("a2.html", date="2025-03-01")
    store_items(place, early, late)
    save(place, 1, (early.url, early.url, page))
    save(place, 2, (late.url, late.url, page))
    assert reread(place, since=date(2025, 2, 1), dry_run=True).total == 1
    assert reread(place, run=1, dry_run=True).read == 1
    assert reread(place, wanted="site", dry_run=True).read == 2
    for bad, slug in (({"wanted": "nosuch"}, "source-missing"), ({"run": 9}, "archive-empty")):
        with pytest.raises(BadInput) as caught:
            reread(place, **bad)  # type: ignore[arg-type]
        assert caught.value.slug == slug


def test_a_page_that_was_moved_is_found_under_the_address_it_was_asked_for(
    place: Workspace,
) -> None:
    page = html("全市科技创新工作会议召开", f"<p>{TEXT}</p>" * 3)
    asked = BASE + "%E7%A7%91%E6%8A%80/old.html?a=1&b=50%25"
    save(place, 1, (asked, BASE + "new.html", page))
    (found,) = saved_pages(place.archive, [asked])
    assert (found.url, found.came_from) == (asked, BASE + "new.html")
    assert (found.list_title, found.list_date) == ("全市科技创新工作会议召开", "2025-03-17")
