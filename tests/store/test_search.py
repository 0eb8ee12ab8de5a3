"""Finding stored news by its words, on both databases."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import delete, text

from pipeline.news import NewsItem
from pipeline.search_words import excerpt, search_words, stretches
from pipeline.store import items, runs, search
from pipeline.store.search_tables import SearchEntryRow, SearchFillRow
from pipeline.store.store import Store


def news(name: str, **fields: object) -> NewsItem:
    values: dict[str, object] = {"title": f"题{name}", "text": f"正文{name}", "date": "2025-03-18"}
    return NewsItem(id=name, **{**values, **fields})  # type: ignore[arg-type]


def add(store: Store, *made: NewsItem) -> None:
    with store.begin() as session:
        items.add_items(session, made, runs.start_run(session, "import"))


def found(store: Store, line: str, **asked: object) -> list[str]:
    words = search_words(line)
    with store.begin() as session:
        got = search.hits(session, words, most=100, **asked)  # type: ignore[arg-type]
        texts = items.items_by_id(session, {hit.item for hit in got if hit.item})
    return [
        hit.item
        for hit in got
        if hit.item and words.stand_in(texts[hit.item].title, texts[hit.item].text)
    ]


def test_a_word_of_two_characters_is_found_in_title_and_text_newest_first(store: Store) -> None:
    add(
        store,
        news("old", title="科技下乡", date="2025-01-02"),
        news("new", text="昨日，科技馆开放。", date="2025-03-02T09:00:00"),
        news("other", text="科学技术", date="2025-02-02"),
        news("undated", text="谈科技", date=None),
    )
    assert found(store, "科技") == ["new", "old", "undated"]
    assert found(store, "没有") == []


def test_all_words_must_stand_there_and_a_long_word_in_one_piece(store: Store) -> None:
    add(
        store,
        news("whole", text="高新技术企业培育"),
        news("parts", text="技术企业；高新、新技"),
        news("both", text="高新技术企业和院士"),
    )
    assert set(found(store, "高新技术企业")) == {"whole", "both"}
    assert found(store, "高新技术企业 院士") == ["both"]
    assert found(store, "“高新 技术 企业” 培育") == ["whole"]


def test_width_case_and_signs_make_no_difference(store: Store) -> None:
    add(store, news("a", text="建成５Ｇ基站，“专精特新”企业"))
    for line in ("5g", "５Ｇ 基站", "专精特新企业", "5G基站"):
        assert found(store, line) == ["a"], line


def test_a_search_has_days_and_goes_on_where_it_stopped(store: Store) -> None:
    add(store, *(news(f"{n:02}", text="院士来访", date=f"2025-01-{n:02}") for n in range(1, 11)))
    asked = {"first": "2025-01-03", "last": "2025-01-08"}
    words = search_words("院士")
    with store.begin() as session:
        one = search.hits(session, words, most=4, **asked)  # type: ignore[arg-type]
        two = search.hits(session, words, most=4, before=one[-1].number, **asked)  # type: ignore[arg-type]
    assert [hit.item for hit in one + two] == ["08", "07", "06", "05", "04", "03"]
    add(store, news("undated", text="院士", date=None))
    assert found(store, "院士", last="2025-01-01") == ["01"]


def test_an_edited_item_is_found_by_its_new_words_and_day_only(store: Store) -> None:
    add(store, news("a", text="旧日消息", url="http://a.cn/1"))
    add(store, news("a", text="另有新闻", url="http://a.cn/1"))
    assert found(store, "旧日") == []
    assert found(store, "新闻") == ["a"]
    with store.begin() as session:
        moved = msgspec.structs.replace(
            items.items_by_id(session, ["a"])["a"], date="2024-05-01", text="三次改稿"
        )
        items.renew_items(session, [moved], runs.start_run(session, "reread"))
    assert found(store, "新闻") == []
    assert found(store, "改稿", first="2024-05-01", last="2024-05-01") == ["a"]


def test_an_item_that_comes_again_unchanged_keeps_its_number(store: Store) -> None:
    add(store, news("a", url="http://a.cn/1"))
    with store.begin() as session:
        before = session.query(SearchEntryRow.number).all()
    add(store, news("a", url="http://a.cn/1"))
    with store.begin() as session:
        assert session.query(SearchEntryRow.number).all() == before


def test_a_single_character_is_looked_up_among_the_newest(store: Store) -> None:
    add(store, news("a", text="泵"), news("b", text="水泵与阀"), news("c"))
    assert set(found(store, "泵")) == {"a", "b"}
    assert found(store, "泵 水泵") == ["b"]


@pytest.mark.parametrize(
    "line", ['"', "' OR 1=1 --", "AND OR NOT", "* ^ : ( )", "𠮷野家", "a" * 900]
)
def test_what_a_search_engine_would_read_as_commands_is_only_words(store: Store, line: str) -> None:
    add(store, news("a", text="到𠮷野家去，AND OR NOT，or 1=1"))
    found(store, line)
    assert found(store, "𠮷野家") == ["a"]


def test_news_stored_before_there_was_an_index_is_filled_in_newest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(
        store,
        *(news(f"{n:02}", text="院士来访", date=f"2025-01-{n:02}") for n in range(1, 10)),
        news("undated", text="院士", date=None),
    )
    with store.begin() as session:
        session.execute(delete(SearchEntryRow))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("DELETE FROM search_pair"))
        session.add(SearchFillRow(id=1, day="2025-01-09", item="", done=0, total=10))
    monkeypatch.setattr(search, "_STEP", 4)
    add(store, news("late", text="院士早就来过", date="2025-01-04"))
    with store.begin() as session:
        assert search.fill(session) == 4
        assert search.waiting(session) == search.Waiting("2025-01-06", 4, 10)
    assert found(store, "院士") == ["09", "08", "07", "06", "late"]
    while True:
        with store.begin() as session:
            if not search.fill(session):
                break
    with store.begin() as session:
        assert search.waiting(session) == ()
    assert len(found(store, "院士")) == 11


def test_a_new_database_waits_for_nothing(store: Store) -> None:
    with store.begin() as session:
        assert search.waiting(session) == ()
        assert search.fill(session) == 0


def test_what_was_looked_for_is_marked_and_the_pieces_join_to_the_text() -> None:
    words = search_words("科技 ５g")
    told = "市科\u3000技局建５Ｇ站，科技"
    pieces = stretches(told, words)
    assert "".join(piece.words for piece in pieces) == told
    assert [piece.words for piece in pieces if piece.found] == ["科\u3000技", "５Ｇ", "科技"]
    shown = excerpt("前" * 300 + "科技" + "后" * 300, words)
    assert "".join(piece.words for piece in shown).startswith("…前")
    assert sum(piece.found for piece in shown) == 1


def test_what_few_items_have_is_found_far_behind_the_newest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_NEAR", 1)
    rare = {3: "院士", 5: "院士", 9: "院士"}
    add(
        store,
        *(news(f"{n:02}", text=rare.get(n, "他人"), date=f"2025-01-{n:02}") for n in range(1, 31)),
    )
    words = search_words("院士")
    with store.begin() as session:
        one = search.hits(session, words, most=2)
        two = search.hits(session, words, most=2, before=one[-1].number)
        assert [hit.item for hit in one + two] == ["09", "05", "03"]
        assert search.hits(session, words, most=2, first="2025-01-10") == ()
        assert search.hits(session, words, most=2, before=two[-1].number) == ()
