"""The list of stories, a story's page, its archived page, and deciding there."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from console.app import Console
from pipeline.news import NewsItem
from pipeline.store.items import add_items, items_by_id
from pipeline.store.runs import start_run
from pipeline.store.tables import NewsItemRow, ReviewRow, StoryItemRow
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn


@pytest.fixture
def reader(sign_in: SignIn) -> Person:
    return sign_in("viewer")


def test_the_list_goes_on_page_by_page_and_has_every_story_once(reader: Person) -> None:
    told: list[str] = []
    days: list[str] = []
    after = ""
    while True:
        page = reader.api("/stories", after=after)
        told += [line["id"] for line in page["lines"]]
        days += [line["day"] for line in page["lines"]]
        after = page["after"]
        if not after:
            break
    with reader.console.store.begin() as session:
        stored = set(session.scalars(select(StoryItemRow.story_id)))
    assert len(told) == len(set(told)) == len(stored)
    assert days == sorted(days, reverse=True)


def every(reader: Person, **filters: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    after = ""
    while True:
        page = reader.api("/stories", after=after, **filters)
        lines += page["lines"]
        after = page["after"]
        if not after:
            return lines


def test_filters_part_the_stories_and_stand_in_the_address(reader: Person) -> None:
    whole = {line["id"] for line in every(reader)}
    for name, values in (
        ("reviewed", ("yes", "no")),
        ("locality", ("counted", "not_counted")),
        ("text", ("yes", "no")),
        ("level", ("central", "regional", "municipal", "district", "other")),
    ):
        parts = [{line["id"] for line in every(reader, **{name: value})} for value in values]
        assert set().union(*parts) == whole, name
        assert sum(map(len, parts)) == len(whole), name
    page = reader.page("/stories", reviewed="yes", since="2025-01-01", until="2025-12-31")
    assert '<option value="yes" selected>' in page
    assert "reviewed=yes" in page
    assert 'value="2025-01-01"' in page


def test_states_are_those_of_the_overview(reader: Person) -> None:
    for theme in (row["theme"] for row in reader.api("/overview", period="2025")["rows"]):
        tally = theme["tally"]
        for state in ("machine", "confirmed", "corrected", "rejected"):
            lines = every(reader, theme=theme["id"], state=state, locality="counted", period="2025")
            assert len(lines) == tally[state], (theme["id"], state)
            for line in lines:
                marks = {mark["theme"]: mark["state"] for mark in line["marks"]}
                assert marks[theme["id"]] == state
        standing = every(reader, theme=theme["id"], locality="counted", period="2025")
        assert len(standing) == tally["machine"] + tally["confirmed"] + tally["corrected"]


def test_a_source_and_an_outlet_are_filters(reader: Person) -> None:
    whole = every(reader)
    sources = reader.api("/stories")["choices"]["sources"]
    assert sum(len(every(reader, source=one["value"])) for one in sources) >= len(whole)
    outlet = next(line["publisher"] for line in whole if line["publisher"])
    found = every(reader, outlet=outlet)
    assert found
    assert every(reader, outlet="没有这家媒体") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "sure"},
        {"since": "2025-02-30"},
        {"until": "yesterday"},
        {"level": "galactic"},
        {"after": "nowhere"},
        {"theme": "x" * 300},
        {"text": "maybe"},
    ],
)
def test_a_filter_nobody_offered_is_refused_in_words(reader: Person, asked: dict[str, str]) -> None:
    answer = reader.get("/api/stories", **asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["title"] in {"filter-unknown", "list-place"}


def test_the_list_is_exported_without_formulas(reader: Person) -> None:
    with reader.console.store.begin() as session:
        run = start_run(session, "import")
        evil = NewsItem(
            id="evil", title='=HYPERLINK("http://x","科技")', text="科技", date="2025-06-01"
        )
        add_items(session, [evil], run)
        fold(session)
    answer = reader.get("/stories/export", since="2025-06-01", until="2025-06-01")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["报道编号", "题名", "日期"]
    titles = [row[1] for row in rows[1:]]
    assert any(title.startswith("'=HYPERLINK") for title in titles)


def fold(session: Any) -> None:
    from pipeline.store.folding import fold_stored

    fold_stored(session)


def _with_reprint(reader: Person) -> dict[str, Any]:
    return next(line for line in every(reader) if line["publications"] > 1)


def test_a_story_leads_to_its_reprints_links_archive_and_reason(reader: Person) -> None:
    line = _with_reprint(reader)
    story = reader.api(f"/stories/{line['id']}")
    assert len(story["printed"]) == line["publications"]
    assert [one["original"] for one in story["printed"]].count(True) == 1
    assert story["locality_reason"]
    page = reader.page(f"/stories/{line['id']}")
    for one in story["printed"]:
        assert f"/archived/{one['item']}" in page
        assert one["date_evidence"] in page
    assert "首发" in page
    assert "转载" in page
    assert story["locality_reason"] in page


def test_evidence_of_the_chosen_theme_is_marked_and_text_stays_whole(reader: Person) -> None:
    line = next(one for one in every(reader, state="machine") if not one["text_missing"])
    theme = next(mark["theme"] for mark in line["marks"] if mark["state"] == "machine")
    story = reader.api(f"/stories/{line['id']}", theme=theme)
    assert story["shown"] == theme
    marked = [piece["words"] for piece in story["text"] + story["title"] if piece["strength"]]
    assert marked
    plain = reader.api(f"/stories/{line['id']}", theme="none")
    assert not any(piece["strength"] for piece in plain["text"])
    assert "".join(p["words"] for p in plain["text"]) == "".join(p["words"] for p in story["text"])
    assert '<mark class="strength-' in reader.page(f"/stories/{line['id']}", theme=theme)


def test_an_item_leads_to_its_story_and_a_stranger_nowhere(reader: Person) -> None:
    story = reader.api(f"/stories/{_with_reprint(reader)['id']}")
    for one in story["printed"]:
        answer = reader.get(f"/items/{one['item']}")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/stories/{story['id']}"
    assert reader.get("/items/nobody").status_code == 404
    assert reader.get("/stories/nobody").status_code == 404
    assert reader.get("/archived/nobody").status_code == 404


def test_the_archived_page_is_harmless_and_says_when_it_was_saved(reader: Person) -> None:
    story = reader.api(f"/stories/{every(reader)[0]['id']}")
    item = story["printed"][0]["item"]
    answer = reader.get(f"/archived/{item}")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert "采集时间" in answer.text
    digest = re.search(r"[0-9a-f]{64}", answer.text)
    assert digest
    raw = reader.get(f"/archived/{item}/bytes")
    assert raw.headers["content-disposition"].startswith("attachment")
    assert raw.headers["content-type"] == "application/octet-stream"
    assert raw.headers["x-content-type-options"] == "nosniff"
    import hashlib

    assert hashlib.sha256(raw.content).hexdigest() == digest[0]


def test_an_imported_item_has_no_archived_page_but_its_words(reader: Person) -> None:
    _hostile(reader.console)
    page = reader.get("/archived/hostile").text
    assert "没有网页存档" in page
    assert "<script>alert" not in page
    assert reader.get("/archived/hostile/bytes").status_code == 404


def _hostile(console: Console) -> str:
    with console.store.begin() as session:
        evil = NewsItem(
            id="hostile",
            title="<script>alert(1)</script>\u202e科技",
            text="<img src=x onerror=alert(1)>" + "科" * 100_000,
            date="2025-06-02",
            url="javascript:alert(1)",
            outlet="<b>日报</b>",
            flags=("spam", "<i>"),
        )
        add_items(session, [evil], start_run(session, "import"))
        fold(session)
        return session.scalars(
            select(StoryItemRow.story_id).where(StoryItemRow.item_id == "hostile")
        ).one()


def test_hostile_words_do_nothing_on_list_page_and_search(reader: Person) -> None:
    story = _hostile(reader.console)
    for path in (f"/stories/{story}", "/stories", "/search?words=科技"):
        page = reader.page(path)
        for bad in ("<script>alert", "<img src=x", "<b>日报", "\u202e", 'href="javascript', "<i>"):
            assert bad not in page, (path, bad)
    assert len(reader.page(f"/stories/{story}")) < 900_000


def test_a_reviewer_decides_on_the_page_and_the_store_and_the_trail_have_it(
    sign_in: SignIn,
) -> None:
    person = sign_in("reviewer")
    story = every(person, reviewed="no", state="machine")[0]["id"]
    before = person.api(f"/stories/{story}")
    theme = before["themes"][0]["id"]
    address = person.change(
        f"/stories/{story}/decide", themes=theme, comment="看过原文", seen=before["seen"]
    )
    assert address == f"/stories/{story}"
    page = person.page(address)
    assert "看过原文" in page
    after = person.api(f"/stories/{story}")
    states = {one["id"]: one for one in after["themes"]}
    assert states[theme]["state"] in {"confirmed", "corrected"}
    assert states[theme]["decided_by"] == "reviewer"
    others = [one for one in after["themes"] if one["id"] != theme]
    assert all(one["decided"] is False for one in others)
    with person.console.store.begin() as session:
        row = session.scalars(select(ReviewRow).order_by(ReviewRow.id.desc())).first()
        assert row is not None
        assert (row.item_id, row.reviewer, row.comment) == (before["item"], "reviewer", "看过原文")
        assert next(iter(trail(session, limit=1))).action == "review.decide"
    assert story in {line["id"] for line in every(person, reviewed="yes")}


def test_two_who_decide_one_story_are_both_kept_and_the_second_is_told(sign_in: SignIn) -> None:
    one, two = sign_in("reviewer"), sign_in("editor")
    story = every(one, reviewed="no")[0]["id"]
    seen = one.api(f"/stories/{story}")["seen"]
    theme = one.api(f"/stories/{story}")["themes"][0]["id"]
    one.change(f"/stories/{story}/decide", themes=theme, seen=seen)
    two.change(f"/stories/{story}/decide", none="true", seen=seen)
    assert "刚刚也判过这一篇" in two.page(f"/stories/{story}")
    history = one.api(f"/stories/{story}")["reviews"]
    assert [said["reviewer"] for said in history[:2]] == ["editor", "reviewer"]


def test_a_decision_must_say_something_and_only_what_the_plan_has(sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    story = every(person)[0]["id"]
    theme = person.api(f"/stories/{story}")["themes"][0]["id"]
    with person.console.store.begin() as session:
        count = len(session.scalars(select(ReviewRow.id)).all())
    for given in ({}, {"themes": "focus-99"}, {"themes": theme, "none": "true"}):
        assert person.send(f"/stories/{story}/decide", **given).status_code == 422
    with person.console.store.begin() as session:
        assert len(session.scalars(select(ReviewRow.id)).all()) == count


def test_a_reader_sees_no_form_and_may_not_decide(reader: Person) -> None:
    story = every(reader)[0]["id"]
    assert "记下判定" not in reader.page(f"/stories/{story}")
    assert reader.send(f"/stories/{story}/decide", none="true").status_code == 403


def test_every_publication_names_its_run(reader: Person) -> None:
    story = reader.api(f"/stories/{every(reader)[0]['id']}")
    with reader.console.store.begin() as session:
        for one in story["printed"]:
            row = session.get_one(NewsItemRow, one["item"])
            assert one["came"]["run"] == row.run_id
            assert items_by_id(session, [one["item"]])[one["item"]].title == one["title"]
