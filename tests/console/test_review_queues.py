"""Queues for reviewing by purpose: audits, blind second readings, coverage, a theme, learning."""

from __future__ import annotations

import re

import pytest

from console.app import Console
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.schemes import choose_scheme
from pipeline.store.accounts import add_account
from pipeline.store.assignments import numbered_reviews
from pipeline.store.audits import AuditedStory, StoredAudit, get_audit, save_audit
from pipeline.store.stories import stories_between
from tests.console.conftest import PASSWORD, SignIn
from tests.console.reviewing import (
    answer,
    begin,
    ended,
    plan_of,
    reviews_about,
    task,
    themes_of,
)


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


def test_an_audit_that_was_drawn_can_be_read_at_once(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    assert 'action="/audits/draw' in editor.page("/review")
    ended(console, editor.change("/audits/draw?period=2025Q3", size=3))
    (audit,) = editor.api("/review")["audits"]
    number = begin(editor, purpose="audit", audit=audit["id"])
    assert task(editor, number)["audit"] is True
