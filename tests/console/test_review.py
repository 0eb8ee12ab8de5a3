"""Reviewing: queues, decisions by form, what two people do at once, undoing, audits and blind reading."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

import pytest

from console.app import Console
from console.evidence import marked
from pipeline.assignment import Evidence
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.schemes import choose_scheme
from pipeline.store.accounts import add_account
from pipeline.store.assignments import Review, add_reviews, numbered_reviews
from pipeline.store.audits import AuditedStory, StoredAudit, get_audit, save_audit
from pipeline.store.jobs import get_job
from pipeline.store.plans import StoredPlan, list_plans
from pipeline.store.stories import stories_between
from pipeline.store.trail import trail
from tests.console.conftest import PASSWORD, Person, SignIn


def plan_of(console: Console) -> StoredPlan:
    with console.store.begin() as session:
        return list_plans(session)[0]


def themes_of(console: Console) -> list[str]:
    return [node.id for node in choose_scheme(plan_of(console).plan)[1]]


def reviews_about(console: Console, story: str) -> list[Review]:
    with console.store.begin() as session:
        members = next(one.items for one in stories_between(session) if one.id == story)
        return [one for _, one in numbered_reviews(session, plan_of(console).id, members)]


def trail_of(console: Console, action: str) -> list[Any]:
    with console.store.begin() as session:
        return list(trail(session, action=action))


def number_in(address: str) -> int:
    found = re.match(r"/review/(\d+)", address)
    assert found, address
    return int(found[1])


def begin(person: Person, **asked: Any) -> int:
    return number_in(person.change("/review/queues", **({"purpose": "everything"} | asked)))


def task(person: Person, number: int) -> dict[str, Any]:
    found: dict[str, Any] = person.api(f"/review/{number}")["task"]
    return found


def answer(
    person: Person, number: int, shown: dict[str, Any], answer: str, *themes: str, **more: Any
) -> str:
    fields = {"place": shown["place"], "seen": shown["seen"], "answer": answer, **more}
    return person.change(f"/review/{number}/answer", **fields, themes=list(themes))


def ended(console: Console, to: str) -> str:
    """What a job said that ended well."""
    number = int(to.removeprefix("/jobs/"))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with console.store.begin() as session:
            job = get_job(session, number)
        if not job.running:
            assert job.exit_code == 0, job.said
            return job.said
        time.sleep(0.2)
    raise AssertionError(f"job {number} does not end")


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
        story = stories_between(session)[0]
    number = begin(person, purpose="search", since=story.day or "", until=story.day or "")
    now = task(person, number)
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


def person_queue(person: Person, number: int) -> dict[str, Any]:
    found: dict[str, Any] = person.api(f"/review/{number}")["queue"]
    return found


def draw(console: Console, count: int) -> int:
    """An audit of some stories nobody decided, drawn from all of them."""
    stored = plan_of(console)
    scheme, _themes = choose_scheme(stored.plan)
    with console.store.begin() as session:
        stories = stories_between(session)
        reviewed = {review.item for _, review in numbered_reviews(session, stored.id)}
        free = [one for one in stories if not reviewed & {*one.items}]
        audit = StoredAudit(
            scheme=scheme,
            scheme_fingerprint=scheme_fingerprint(stored.plan, scheme),
            period=("2025-01-01", "2025-12-31"),
            seed=1,
            at_most=0,
            model=("base", "f" * 16),
            stories=tuple(
                AuditedStory(story=one.id, item=one.original, stratum="local", look=int(n < count))
                for n, one in enumerate(free)
            ),
        )
        return save_audit(session, stored, audit).id


def test_an_audits_sample_is_marked_hides_the_machine_and_is_closed_at_its_end(
    console: Console, sign_in: SignIn
) -> None:
    audit = draw(console, 2)
    person = sign_in("reviewer")
    assert "2025" in person.page("/review")
    number = begin(person, purpose="audit", audit=audit)
    page = person.page(f"/review/{number}")
    assert "抽查" in page
    assert "不显示机器意见" in page
    assert "strength-" not in page
    now = task(person, number)
    assert now["audit"] is True
    assert all(theme["chance"] is None and not theme["chosen"] for theme in now["themes"])
    assert [theme["id"] for theme in now["themes"]] == themes_of(console)
    answer(person, number, now, "none")
    with console.store.begin() as session:
        found = get_audit(session, plan_of(console), audit)
    assert found.closed_at is None
    last = task(person, number)
    answer(person, number, last, "chosen", themes_of(console)[0])
    (held,) = reviews_about(console, last["story"])
    assert held.chosen_by == "audit"
    assert held.inclusion_probability == pytest.approx(2 / len(found.stories))
    with console.store.begin() as session:
        closed = get_audit(session, plan_of(console), audit)
    assert closed.closed_at
    assert "样本已判完" in person.page(f"/review/{number}")
    assert {one.closed_themes for one in closed.drawn} == {(), (themes_of(console)[0],)}


def test_a_blind_second_reading_shows_neither_the_machine_nor_the_first_decision(
    console: Console, sign_in: SignIn
) -> None:
    with console.store.begin() as session:
        add_account(session, "zhao", PASSWORD, "reviewer", "赵六")
    wang, li = sign_in("reviewer"), sign_in("editor")
    mine = begin(wang)
    now = task(wang, mine)
    answer(wang, mine, now, "chosen", themes_of(console)[0], comment="只有我写的附言")
    number = begin(li, purpose="blind", reviewer="editor", share=100)
    shown = []
    while blind := task(li, number):
        page = li.page(f"/review/{number}")
        assert "盲审" in page
        assert "只有我写的附言" not in page
        assert blind["earlier"] == []
        assert all(theme["chance"] is None and theme["state"] is None for theme in blind["themes"])
        shown.append(blind["story"])
        assert answer(li, number, blind, "none") == f"/review/{number}"
    assert now["story"] in shown
    assert reviews_about(console, now["story"])[-1].chosen_by == "blind"
    refused = wang.get(f"/review/{number}")
    assert (refused.status_code, "请别人复判" in refused.text) == (409, True)


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


def test_queues_that_are_not_there_are_said_so(sign_in: SignIn) -> None:
    person = sign_in("reviewer")
    for path in ("/review/999", f"/review/{2**31 - 1}"):
        assert person.get(path).status_code == 404, path
    assert sign_in("viewer").get("/review").status_code == 403
    refused = person.send("/review/queues", purpose="theme", theme="focus-99")
    assert refused.status_code == 422
    refused = person.send("/review/queues", purpose="search", words="没有这样的题目")
    assert (refused.status_code, "no story to decide" in refused.text) == (422, True)


def test_a_queue_for_coverage_and_one_for_a_theme_ask_about_what_they_say(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    number = begin(person, purpose="coverage")
    assert task(person, number)["story"]
    theme = themes_of(console)[0]
    number = begin(person, purpose="theme", theme=theme)
    now = task(person, number)
    assert theme in {one["id"] for one in now["themes"] if one["suggested"]}
    person.change(f"/review/{number}/end")
    assert f"/review/{number}/end" not in person.page("/review")
    assert f'value="{theme}" selected' in person.page("/review", theme=theme)


def test_a_queue_for_learning_is_chosen_by_a_process_with_a_fifth_at_random(
    console: Console, sign_in: SignIn
) -> None:
    person = sign_in("reviewer")
    to = person.change("/review/queues", purpose="learning", limit=20)
    said = ended(console, to)
    (line,) = person.api("/review")["queues"]
    assert line["purpose"] == "learning"
    assert line["made_by"] == "reviewer"
    counted = int(re.findall(r"从 (\d+) 篇中选", said)[0])
    audits = 0
    while now := task(person, line["id"]):
        audits += now["audit"]
        answer(person, line["id"], now, "none")
        if now["audit"]:
            (held,) = reviews_about(console, now["story"])
            assert held.chosen_by == "audit"
            share = round(0.2 * line["total"]) / counted
            assert held.inclusion_probability == pytest.approx(share)
    assert audits == round(0.2 * line["total"])


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


def test_an_audit_that_was_drawn_can_be_read_at_once(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    assert 'action="/audits/draw' in editor.page("/review")
    ended(console, editor.change("/audits/draw?period=2025Q1", size=3))
    (audit,) = editor.api("/review")["audits"]
    number = begin(editor, purpose="audit", audit=audit["id"])
    assert task(editor, number)["audit"] is True
