"""Searching stories by their words in the console."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text

from pipeline.news import NewsItem
from pipeline.search_words import search_words
from pipeline.store.folding import fold_stored
from pipeline.store.items import add_items, items_by_id
from pipeline.store.runs import start_run
from pipeline.store.search_tables import SearchEntryRow, SearchFillRow
from pipeline.store.tables import NewsItemRow, StoryItemRow
from tests.console.conftest import Person, SignIn


@pytest.fixture
def reader(sign_in: SignIn) -> Person:
    return sign_in("viewer")


def found(reader: Person, words: str, **filters: str) -> list[str]:
    ids: list[str] = []
    after = ""
    while True:
        page = reader.api("/search", words=words, after=after, **filters)["found"]
        ids += [line["id"] for line in page["lines"]]
        after = page["after"]
        if not after:
            return ids


def having(reader: Person, line: str) -> set[str]:
    """What a search must find, by reading everything."""
    words = search_words(line)
    with reader.console.store.begin() as session:
        members = session.execute(select(StoryItemRow.item_id, StoryItemRow.story_id)).all()
        items = items_by_id(session, session.scalars(select(NewsItemRow.id)).all())
    return {story for item, story in members if words.stand_in(items[item].title, items[item].text)}


@pytest.mark.parametrize(
    "line", ["科技", "企业 创新", "“科技 创新”", "科", "高新技术企业", "没有这样的话"]
)
def test_a_search_finds_each_story_that_has_the_words_once(reader: Person, line: str) -> None:
    got = found(reader, line)
    assert len(got) == len(set(got))
    assert set(got) == having(reader, line)


def test_what_was_found_is_marked_in_list_and_story(reader: Person) -> None:
    page = reader.page("/search", words="科技")
    assert "<mark>科技</mark>" in page
    story = found(reader, "科技")[0]
    told = reader.api(f"/stories/{story}", words="科技")
    assert told["shown"] == "words"
    assert {p["words"] for p in told["text"] + told["title"] if p["strength"]} == {"科技"}


def test_a_search_is_narrowed_by_the_filters_of_the_list(reader: Person) -> None:
    whole = set(found(reader, "科技"))
    yes, no = (set(found(reader, "科技", reviewed=value)) for value in ("yes", "no"))
    assert yes | no == whole
    assert not yes & no
    counted = set(found(reader, "科技", locality="counted"))
    assert counted <= whole
    days = found(reader, "科技", since="2025-03-01", until="2025-03-31")
    for story in days:
        printed = reader.api(f"/stories/{story}")["printed"]
        assert any(one["date"].startswith("2025-03") for one in printed)


def test_a_story_whose_reprint_alone_has_the_words_is_found_by_them(reader: Person) -> None:
    body = (
        "全市科技工作会议今天召开，会议总结了去年的工作，部署了今年的任务，各旗区代表参加了会议。"
        * 4
    )
    first = NewsItem(id="p1", title="科技工作会议召开", text=body, date="2025-05-06", outlet="甲报")
    second = NewsItem(
        id="p2",
        title="科技工作会议召开",
        text=body + "鹭岛随笔。",
        date="2025-05-07",
        outlet="乙报",
    )
    with reader.console.store.begin() as session:
        add_items(session, [first, second], start_run(session, "import"))
        fold_stored(session)
        members = session.scalars(
            select(StoryItemRow.story_id).where(StoryItemRow.item_id.in_(["p1", "p2"]))
        ).all()
    assert len(set(members)) == 1
    assert found(reader, "鹭岛") == [members[0]]
    assert found(reader, "旗区代表").count(members[0]) == 1


def test_nothing_asked_is_a_form_and_one_character_is_told_to_be_slow(reader: Person) -> None:
    assert reader.api("/search")["found"] is None
    assert reader.api("/search", words="，。 ")["found"] is None
    assert "单个字没有索引" in reader.page("/search", words="科")


def test_older_news_that_waits_is_told_of_and_an_editor_may_index_it(sign_in: SignIn) -> None:
    reader, editor = sign_in("viewer"), sign_in("editor")
    whole = set(found(reader, "科技"))
    with reader.console.store.begin() as session:
        newest = session.scalar(text("SELECT max(day) FROM news_item"))
        count = session.scalar(text("SELECT count(*) FROM news_item"))
        session.execute(delete(SearchEntryRow))
        session.add(SearchFillRow(id=1, day=newest, item="", done=0, total=count))
    page = reader.page("/search", words="科技")
    assert "没有全部编入检索" in page
    assert "现在编入" not in page
    assert "现在编入" in editor.page("/search")
    assert reader.send("/search/index").status_code == 403
    address = editor.change("/search/index")
    assert address.startswith("/jobs/")
    number = int(address.rpartition("/")[2])
    _wait(editor, number)
    assert reader.api("/search", words="科技")["waiting"] == 0
    assert set(found(reader, "科技")) == whole


def _wait(person: Person, number: int) -> None:
    import time

    for _ in range(600):
        if person.api(f"/jobs/{number}")["job"]["state"] not in {"running", "waiting"}:
            return
        time.sleep(0.1)
    raise AssertionError("the work did not end")
