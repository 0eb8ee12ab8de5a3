"""Deciding whole lists, and how far two readers agree."""

from __future__ import annotations

import html
import re
from typing import Any

from console.app import Console
from pipeline.store.assignments import numbered_reviews
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn
from tests.console.reviewing import answer, begin, plan_of, reviews_about, task, themes_of


def standing(console: Console) -> list[int]:
    with console.store.begin() as session:
        return [number for number, _ in numbered_reviews(session, plan_of(console).id)]


def preview(person: Person, **asked: str) -> dict[str, Any]:
    found: dict[str, Any] = person.api("/review/bulk", **asked)
    return found


def send(person: Person, shown: dict[str, Any], **more: str) -> str:
    filters = {name: value for name, value in shown["filters"].items() if value}
    fields = {"verdict": shown["verdict"], "about": shown["about"]}
    fields |= {"fingerprint": shown["fingerprint"]}
    return person.change("/review/bulk", **(filters | fields | more))


def test_a_list_is_looked_at_decided_at_once_and_undone_at_once(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    theme = themes_of(console)[0]
    before = standing(console)
    shown = preview(person, theme=theme, state="machine", verdict="belongs", about=theme)
    assert shown["count"] == shown["undecided"] > 0
    assert [(t["before"], t["after"], t["stories"]) for t in shown["turns"]] == [
        ("machine", "confirmed", shown["count"])
    ]
    assert standing(console) == before
    page = person.page("/review/bulk", theme=theme, state="machine", verdict="belongs", about=theme)
    assert f"判定这 {shown['count']} 篇" in page

    assert send(person, shown, comment="整批看过") == "/review/bulk"
    (bulk,) = preview(person)["bulks"]
    assert (bulk["stories"], bulk["made_by"]) == (shown["count"], "reviewer")
    held = reviews_about(console, shown["sample"][0]["id"])[-1]
    assert (held.themes, held.not_themes, held.comment) == ((theme,), (), "整批看过")
    assert (
        preview(person, theme=theme, state="machine", verdict="belongs", about=theme)["count"] == 0
    )

    person.change(f"/review/bulk/{bulk['id']}/undo")
    assert standing(console) == before
    (bulk,) = preview(person)["bulks"]
    assert bulk["undone_by"] == "reviewer"
    again = person.send(f"/review/bulk/{bulk['id']}/undo")
    assert again.status_code == 422
    with console.store.begin() as session:
        actions = [line.action for line in trail(session, action="review")]
    assert actions == ["review.bulk-undo", "review.bulk"]


def test_undoing_a_bulk_leaves_what_others_decided_before_and_after(
    console: Console, sign_in: SignIn
) -> None:
    person, other = sign_in("reviewer"), sign_in("editor")
    every = themes_of(console)
    number = begin(other)
    now = task(other, number)
    answer(other, number, now, "chosen", every[1])
    shown = preview(person, verdict="none", reviewed="yes", since="2025-01-01", until="2025-12-31")
    assert now["story"] in {line["id"] for line in shown["sample"]} | {""} or shown["count"] > 20
    assert shown["by_others"] > 0
    send(person, shown)
    assert reviews_about(console, now["story"])[-1].themes == ()
    (bulk,) = preview(person)["bulks"]
    person.change(f"/review/bulk/{bulk['id']}/undo")
    assert reviews_about(console, now["story"])[-1].themes == (every[1],)


def test_a_list_that_changed_since_it_was_looked_at_is_not_decided(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    shown = preview(person, verdict="none", reviewed="no", locality="counted")
    number = begin(person)
    answer(person, number, task(person, number), "none")
    before = standing(console)
    filters = {name: value for name, value in shown["filters"].items() if value}
    refused = person.send(
        "/review/bulk", **filters, verdict="none", fingerprint=shown["fingerprint"]
    )
    assert (refused.status_code, "名单在您看过之后变了" in refused.text) == (422, True)
    refused = person.send("/review/bulk", verdict="belongs", about="focus-99", fingerprint="x")
    assert refused.status_code == 422
    assert person.get("/review/bulk", verdict="maybe").status_code == 422
    assert person.get("/review/bulk", theme="focus-1", state="odd").status_code == 422
    assert standing(console) == before
    assert sign_in("viewer").get("/review/bulk").status_code == 403


def test_a_filtered_list_becomes_a_queue_with_the_same_stories(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    theme = themes_of(console)[0]
    asked = {"theme": theme, "state": "machine", "words": "科技"}
    listed = preview(person, verdict="none", **asked)
    number = begin(person, purpose="search", **asked)
    found = person.api(f"/review/{number}")
    assert found["queue"]["total"] == listed["count"] > 0
    assert "科技" in found["queue"]["subject"]
    assert found["task"]["story"] == listed["sample"][0]["id"]
    now = task(person, number)
    answer(person, number, now, "none")
    assert reviews_about(console, now["story"])[-1].chosen_by == "search"


def test_agreement_of_a_second_blind_reading_is_told_by_theme_and_settled(
    console: Console, sign_in: SignIn
) -> None:
    wang, li = sign_in("reviewer"), sign_in("editor")
    every = themes_of(console)
    assert "还没有盲审复判" in wang.page("/agreement")
    number = begin(wang)
    first: dict[str, str] = {}
    for place in range(6):
        now = task(wang, number)
        first[now["story"]] = every[0] if place < 4 else every[1]
        answer(
            wang, number, now, "chosen", first[now["story"]], comment="先判" if not place else ""
        )
    second = begin(li, purpose="blind", reviewer="editor", share=100)
    differ = next(iter(first))
    read = 0
    while blind := task(li, second):
        theme = first.get(blind["story"], every[0])
        said = every[2] if blind["story"] == differ else theme
        answer(li, second, blind, "chosen", said)
        read += 1
    told = wang.api("/agreement")
    assert told["stories"] == read
    lines = {line["theme"]: line for line in told["lines"]}
    assert told["total"]["count"] == sum(line["count"] for line in lines.values())
    assert lines[every[1]]["kappa"] is not None
    mine = [one for one in told["disagreements"] if one["story"] == differ]
    assert [(one["theme"], one["yes"], one["no"]) for one in mine] == [
        (every[0], "reviewer", "editor"),
        (every[2], "editor", "reviewer"),
    ]
    assert mine[0]["comments"] == ["先判"]
    page = html.unescape(wang.page("/agreement"))
    assert "Kappa" in page
    assert re.search(r"reviewer 判属于，editor 判不属于", page)

    open_before = told["open"]
    wang.change("/agreement/resolve", story=differ, theme=every[0], belongs="1", comment="议定")
    told = wang.api("/agreement")
    assert told["open"] == open_before - 1
    settled = [one["theme"] for one in told["disagreements"] if one["settled"]]
    assert settled == [every[0]]
    assert reviews_about(console, differ)[-1].themes == (every[0],)
    assert (
        wang.send("/agreement/resolve", story="none", theme=every[0], belongs="1").status_code
        == 404
    )
