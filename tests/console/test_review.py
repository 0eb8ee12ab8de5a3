"""Reviewing: queues, decisions by form, what two people do at once, undoing, audits and blind reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from console.app import Console
from console.evidence import marked
from pipeline.assignment import Evidence
from pipeline.store.assignments import Review, add_reviews, reviews_of
from pipeline.store.stories import stories_between
from tests.console.conftest import Person, SignIn
from tests.console.reviewing import (
    answer,
    begin,
    person_queue,
    plan_of,
    reviews_about,
    task,
    themes_of,
    trail_of,
)


def test_a_story_is_accepted_corrected_or_denied_and_the_next_one_comes(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    every = themes_of(console)
    shown = []
    for kind, themes in (("chosen", every[:1]), ("chosen", every[1:3]), ("none", [])):
        now = task(person, number)
        shown.append(now["story"])
        assert answer(person, number, now, kind, *themes) == f"/review/{number}"
        (held,) = reviews_about(console, now["story"])
        assert set(held.themes) == set(themes)
        assert {*held.themes, *held.not_themes} == set(every)
        assert (held.reviewer, held.chosen_by) == ("reviewer", "queue")
    assert len(set(shown)) == 3
    page = person.page(f"/review/{number}")
    assert "已判 3 /" in page
    lines = trail_of(console, "review.decide")
    assert len(lines) == 3
    assert shown[-1] in lines[0].subject
    assert '"themes":[]' in lines[0].after


def test_the_suggestion_its_evidence_and_the_keys_are_shown(sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    for _ in range(40):
        now = task(person, number)
        if any(theme["suggested"] and theme["words"] for theme in now["themes"]):
            break
        answer(person, number, now, "skip")
    chances = [theme["chance"] for theme in now["themes"]]
    assert chances == sorted(chances, reverse=True)
    assert [theme["key"] for theme in now["themes"]][:3] == ["1", "2", "3"]
    assert "".join(piece["words"] for piece in now["title"]) == now["name"]
    assert any(piece["strength"] == 3 for piece in (*now["title"], *now["text"]))
    page = person.page(f"/review/{number}")
    assert 'class="strength-3"' in page
    assert 'data-key="1"' in page
    assert "by-machine" in page
    assert "style=" not in page


def test_the_place_is_kept_after_a_reload_and_what_is_passed_over_comes_last(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    first = task(person, number)
    assert task(person, number)["place"] == first["place"]
    answer(person, number, first, "unsure", comment="要问科室")
    second = task(person, number)
    assert second["place"] != first["place"]
    assert task(person, number)["place"] == second["place"]
    assert reviews_about(console, first["story"]) == []
    assert "拿不准 1 篇" in person.page("/review")
    left = person.api(f"/review/{number}")["queue"]["open"]
    for _ in range(left - 1):
        now = task(person, number)
        assert now["place"] != first["place"]
        answer(person, number, now, "none")
    last = task(person, number)
    assert last["place"] == first["place"]
    assert [note["comment"] for note in last["notes"]] == ["要问科室"]
    answer(person, number, last, "none")
    assert person.api(f"/review/{number}")["task"] is None
    assert "已判完" in person.page(f"/review/{number}")
    assert [one.action for one in trail_of(console, "review.unsure")] == ["review.unsure"]


def test_answers_are_undone_one_after_another(console: Console, sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    first = task(person, number)
    answer(person, number, first, "none")
    second = task(person, number)
    answer(person, number, second, "skip")
    assert person.change(f"/review/{number}/undo") == f"/review/{number}"
    assert task(person, number)["place"] == second["place"]
    person.change(f"/review/{number}/undo")
    assert task(person, number)["place"] == first["place"]
    assert reviews_about(console, first["story"]) == []
    refused = person.send(f"/review/{number}/undo")
    assert (refused.status_code, "没有可以撤销" in refused.text) == (422, True)
    assert [line.action for line in trail_of(console, "review.undo")] == ["review.undo"] * 2


def test_undoing_leaves_what_was_decided_before(console: Console, sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    every = themes_of(console)
    with console.store.begin() as session:
        decided = {one.item for one in reviews_of(session, plan_of(console).id)}
        story = next(s for s in stories_between(session) if decided.isdisjoint(s.items))
    number = begin(person, purpose="search", since=story.day or "", until=story.day or "")
    now = task(person, number)
    assert now["story"] == story.id
    with console.store.begin() as session:
        earlier = Review(
            item=next(s.original for s in stories_between(session) if s.id == now["story"]),
            themes=(every[0],),
            not_themes=tuple(every[1:]),
            reviewer="李四",
            at="2025-01-01T08:00:00+08:00",
        )
        add_reviews(session, plan_of(console).id, [earlier])
    now = task(person, number)
    assert [one["reviewer"] for one in now["earlier"]] == ["李四"]
    answer(person, number, now, "none")
    assert [one.reviewer for one in reviews_about(console, now["story"])] == ["李四", "reviewer"]
    person.change(f"/review/{number}/undo")
    (held,) = reviews_about(console, now["story"])
    assert (held.reviewer, held.themes) == ("李四", (every[0],))


def two_at_once(
    console: Console, sign_in: SignIn, mine: Sequence[str], theirs: Sequence[str]
) -> tuple[Person, int, dict[str, Any], str]:
    """Two people open the same story from queues of their own and decide it one after the other."""
    wang, li = sign_in("reviewer"), sign_in("editor")
    queues = begin(wang), begin(li)
    seen = task(wang, queues[0]), task(li, queues[1])
    assert seen[0]["story"] == seen[1]["story"]
    answer(wang, queues[0], seen[0], "chosen" if theirs else "none", *theirs)
    to = answer(li, queues[1], seen[1], "chosen" if mine else "none", *mine)
    assert len(reviews_about(console, seen[0]["story"])) == 2
    return li, queues[1], seen[1], to


def test_two_people_deciding_at_once_are_both_kept_and_the_second_is_told(
    console: Console, sign_in: SignIn
) -> None:
    every = themes_of(console)
    li, number, now, to = two_at_once(console, sign_in, every[:1], every[1:2])
    assert to == f"/review/{number}/conflict/{now['place']}"
    page = li.page(to)
    assert "别人刚刚也判了这一篇" in page
    assert "reviewer" in page
    told = li.api(to)
    assert told["mine"]["themes"] == [every[0]]
    assert [one["themes"] for one in told["others"]] == [[every[1]]]
    assert told["others"][0]["at"]
    assert li.change(f"/review/{number}/settle", place=now["place"], what="keep")
    held = reviews_about(console, now["story"])
    assert [one.themes for one in held] == [(every[1],), (every[0],)]
    assert trail_of(console, "review.keep")


def test_the_second_may_adopt_the_first_decision(console: Console, sign_in: SignIn) -> None:
    every = themes_of(console)
    li, number, now, to = two_at_once(console, sign_in, every[:1], every[1:2])
    other = li.api(to)["others"][0]["id"]
    li.change(f"/review/{number}/settle", place=now["place"], what="adopt", other=other)
    held = reviews_about(console, now["story"])
    assert [(one.reviewer, one.themes) for one in held][-1] == ("editor", (every[1],))
    assert len(held) == 3


def test_the_second_may_decide_again(console: Console, sign_in: SignIn) -> None:
    every = themes_of(console)
    li, number, now, _to = two_at_once(console, sign_in, every[:1], every[1:2])
    li.change(f"/review/{number}/settle", place=now["place"], what="again")
    assert [one.reviewer for one in reviews_about(console, now["story"])] == ["reviewer"]
    again = task(li, number)
    assert again["story"] == now["story"]
    refused = li.send(f"/review/{number}/settle", place=now["place"], what="keep")
    assert refused.status_code == 422


def test_two_people_who_agree_are_both_kept_without_a_question(
    console: Console, sign_in: SignIn
) -> None:
    every = themes_of(console)
    li, number, _now, to = two_at_once(console, sign_in, every[:1], every[:1])
    assert to == f"/review/{number}"
    assert "相同的判定，两份都已记下" in li.page(to)


def test_a_form_sent_twice_decides_once(console: Console, sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    now = task(person, number)
    answer(person, number, now, "none")
    answer(person, number, now, "none")
    assert len(reviews_about(console, now["story"])) == 1


def test_one_queue_gives_two_people_different_stories(sign_in: SignIn) -> None:
    wang, li = sign_in("reviewer"), sign_in("editor")
    number = begin(wang)
    first, second = task(wang, number), task(li, number)
    assert first["place"] != second["place"]
    answer(wang, number, first, "skip")
    assert task(wang, number)["place"] not in {first["place"], second["place"]}


def test_stories_decided_elsewhere_are_not_asked_for_again(
    console: Console, sign_in: SignIn
) -> None:
    wang, li = sign_in("reviewer"), sign_in("editor")
    mine, theirs = begin(wang), begin(li)
    decided = []
    for _ in range(3):
        now = task(wang, mine)
        decided.append(now["story"])
        answer(wang, mine, now, "none")
    assert task(li, theirs)["story"] not in decided
    assert person_queue(li, theirs)["elsewhere"] == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": "chosen"}, "还没有选条目"),
        ({"answer": "chosen", "themes": ["focus-99"]}, "没有这个条目"),
        ({"answer": "maybe"}, "form"),
        ({"answer": "none", "place": 0}, "form"),
    ],
)
def test_answers_that_cannot_be_are_refused_and_nothing_is_lost(
    console: Console, sign_in: SignIn, fields: dict[str, Any], words: str
) -> None:
    person = sign_in("reviewer")
    number = begin(person)
    now = task(person, number)
    refused = person.send(f"/review/{number}/answer", **({"place": now["place"]} | fields))
    assert refused.status_code == 422
    assert words in refused.text
    assert reviews_about(console, now["story"]) == []
    assert task(person, number)["place"] == now["place"]


def test_marks_cut_overlapping_evidence_apart_and_keep_every_character() -> None:
    evidence = {
        "a": [Evidence(start=1, end=4, text="二三四", weight=1.0)],
        "b": [Evidence(start=3, end=99, text="四五", weight=3.0)],
    }
    pieces = marked("一二三四五", evidence)
    assert [(p.words, p.themes, p.strength) for p in pieces] == [
        ("一", (), 0),
        ("二三", ("a",), 1),
        ("四", ("a", "b"), 3),
        ("五", ("b",), 3),
    ]
    assert "".join(p.words for p in marked("一二三四五", evidence, 2, 4)) == "三四"
    assert marked("", {}) == ()
