"""The theme page, and drawing the sample that decides themes."""

from __future__ import annotations

import re
import time

import pytest

from console.app import Console
from pipeline import steps
from pipeline.config import Workspace
from pipeline.coverage.audit import audit
from pipeline.coverage.gather import EVERY, AuditOptions, known_of
from pipeline.coverage.issuing import sign_report
from pipeline.coverage.periods import parse_period
from pipeline.store.assignments import Review, add_reviews
from pipeline.store.audits import audits_of, close_complete
from pipeline.store.jobs import get_job
from pipeline.store.trail import trail
from tests.console.conftest import SignIn

QUARTER = {"period": "2025Q3"}
"""One the sample reviewer did not read to the end."""


def wait_for_job(console: Console, address: str) -> None:
    number = int(address.rpartition("/")[2])
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with console.store.begin() as session:
            job = get_job(session, number)
        if not job.running:
            assert job.exit_code == 0, job.said
            return
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_state_reason_and_next_step_stand_first(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/themes/focus-4")
    page = reader.page("/themes/focus-4")
    assert told["theme"]["state"] == "undecided"
    assert told["theme"]["reason"]
    assert told["theme"]["reason"][:20] in page
    assert "xuanjian " not in page
    assert told["theme"]["interval"]["how"] == "population"


def test_the_stories_are_those_the_tally_counts(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    for number in range(1, 7):
        told = reader.api(f"/themes/focus-{number}")
        tally = told["theme"]["tally"]
        states = [
            mark["state"]
            for story in told["stories"]
            for mark in story["marks"]
            if mark["theme"] == f"focus-{number}"
        ]
        for state in ("machine", "confirmed", "corrected"):
            assert states.count(state) == tally[state], (number, state)
        for part in told["divisions"][0]["parts"]:
            shown = reader.api(f"/themes/focus-{number}", month=part["value"])["stories"]
            assert len(shown) == sum(
                part["tally"][s] for s in ("machine", "confirmed", "corrected")
            )


@pytest.mark.parametrize("state", ["machine", "confirmed", "corrected", "rejected"])
def test_stories_are_narrowed_by_state(state: str, sign_in: SignIn) -> None:
    told = sign_in("viewer").api("/themes/focus-1", state=state)
    assert len(told["stories"]) == told["theme"]["tally"][state]


def test_stories_are_paged(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.rooms import themes

    reader = sign_in("viewer")
    every = [story["id"] for story in reader.api("/themes/focus-4")["stories"]]
    monkeypatch.setattr(themes, "PAGE", 4)
    seen: list[str] = []
    after = ""
    while True:
        told = reader.api("/themes/focus-4", after=after)
        seen += [story["id"] for story in told["stories"]]
        after = told["after"]
        if not after:
            break
        assert "下一页" in reader.page("/themes/focus-4")
    assert seen == every


def test_the_plan_s_sentences_stand_beside_the_stories_that_answer_them(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/themes/focus-4")
    assert {one["answered"] > 0 for one in told["sentences"]} == {True, False}
    answered = next(one for one in told["sentences"] if one["answered"])
    page = reader.page("/themes/focus-4")
    assert f'href="/stories/{answered["stories"][0]["id"]}"' in page
    assert "没有找到" in page
    assert told["text"] in page


def test_a_reviewer_is_led_to_just_this_theme_and_a_viewer_is_not(sign_in: SignIn) -> None:
    assert 'href="/review?theme=focus-4"' in sign_in("reviewer").page("/themes/focus-4")
    assert "/review?" not in sign_in("viewer").page("/themes/focus-4")


def test_a_theme_nobody_knows_is_not_found(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    assert reader.get("/themes/focus-99").status_code == 404
    assert reader.get("/themes/%3Cscript%3E").status_code == 404
    for words in ({"month": "2025-13"}, {"month": "soon"}, {"state": "maybe"}, {"after": "x"}):
        assert reader.get("/themes/focus-1", **words).status_code == 422
    assert reader.api("/themes/focus-1", month="2024-01")["stories"] == []


def test_what_it_costs_to_decide_is_told(sign_in: SignIn) -> None:
    audit = sign_in("editor").api("/themes/focus-6", **QUARTER)["audit"]
    assert audit["priced"]
    assert [one["at_most"] for one in audit["price"]["bounds"]] == [0, 1, 5]
    assert audit["price"]["bounds"][0]["reads"] > 0
    assert audit["may_draw"]


def test_who_only_reads_is_offered_no_draw(sign_in: SignIn) -> None:
    reviewer = sign_in("reviewer")
    assert not reviewer.api("/themes/focus-6", **QUARTER)["audit"]["may_draw"]
    assert "/audits/draw" not in reviewer.page("/themes/focus-6", **QUARTER)
    assert reviewer.send("/audits/draw?period=2025Q3").status_code == 403


def test_no_sample_is_offered_where_nothing_is_left_to_draw_and_why_is_said(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    assert "/audits/draw" in editor.page("/review", **QUARTER)
    assert editor.api("/review", **QUARTER)["no_draw"] == ""
    empty = editor.api("/themes/focus-6", period="2025-12")["audit"]
    assert not empty["may_draw"]
    assert "没有计入的报道" in empty["no_draw"]
    for path in ("/themes/focus-6", "/review"):
        page = editor.page(path, period="2025-12")
        assert empty["no_draw"] in page
        assert "/audits/draw" not in page
    stored = steps.resolve_plan(console.store, workspace, "")
    themes = tuple(f"focus-{number}" for number in range(1, 7))
    with console.store.begin() as session:
        options = AuditOptions(period=parse_period("2025Q3"), most=EVERY)
        known = known_of(session, stored, options)
        counted = [line for line in audit(known).stories if line.counted]
        add_reviews(
            session,
            stored.id,
            [
                Review(item=line.items[0].id, themes=(), not_themes=themes, reviewer="李晓")
                for line in counted
            ],
        )
    read = editor.api("/themes/focus-6", **QUARTER)["audit"]
    assert not read["may_draw"]
    assert "都已由人判定" in read["no_draw"]
    assert "/audits/draw" not in editor.page("/review", **QUARTER)


def test_where_a_sample_would_save_nothing_reading_all_is_offered_instead(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    audit = editor.api("/themes/focus-6", period="2025-07")["audit"]
    page = editor.page("/themes/focus-6", period="2025-07")
    assert audit["proposed"]["everything"], "few stories: the whole month is read"
    assert "按建议" not in page, "that would draw nothing"
    assert "/review?period=2025-07#everything" in page


def test_a_sample_is_drawn_read_and_extended(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    job = editor.change("/audits/draw?period=2025Q3", size="5")
    wait_for_job(console, job)
    stored = steps.resolve_plan(console.store, workspace, "")
    with console.store.begin() as session:
        (drawn,) = audits_of(session, stored)
        sample = [row for row in drawn.drawn if row.stratum != "read"]
        assert any(line.action == "job.audit" for line in trail(session))
    assert len(sample) == 5
    audit = editor.api("/themes/focus-6", **QUARTER)["audit"]
    assert (audit["id"], audit["drawn"], audit["closed"]) == (drawn.id, 5, False)
    assert audit["population"] == len(drawn.stories)
    assert not audit["may_draw"]
    assert not audit["may_extend"]
    page = editor.page("/themes/focus-6", **QUARTER)
    assert "去判样本" in page
    themes = [f"focus-{number}" for number in range(1, 7)]
    with console.store.begin() as session:
        said = [
            Review(item=row.item, themes=(), not_themes=tuple(themes), reviewer="李晓")
            for row in sample
        ]
        add_reviews(session, stored.id, said)
        assert close_complete(session, stored) == (drawn.id,)
    told = editor.api("/themes/focus-6", **QUARTER)
    assert told["audit"]["closed"]
    assert told["audit"]["may_extend"]
    assert told["theme"]["interval"]["how"] == "audit"
    assert "抽查" in editor.page("/overview", **QUARTER)
    wait_for_job(console, editor.change(f"/audits/{drawn.id}/extend?period=2025Q3", size="2"))
    with console.store.begin() as session:
        (longer,) = audits_of(session, stored)
    assert longer.looks == 2
    assert editor.api("/themes/focus-6", **QUARTER)["audit"]["looks"] == 2


def test_an_audit_nobody_drew_cannot_be_extended(sign_in: SignIn) -> None:
    assert sign_in("editor").send("/audits/7/extend").status_code == 422


def test_strange_sizes_are_refused(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    for words in ({"size": "-3"}, {"size": "many"}, {"at_most": "5000"}):
        assert editor.send("/audits/draw?period=2025Q3", **words).status_code == 422


def test_a_locked_period_offers_no_draw(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    stored = steps.resolve_plan(console.store, workspace, "")
    with console.store.begin() as session:
        for stage in ("check", "collation", "approval", "issued"):
            options = AuditOptions(period=parse_period("2025Q3"))
            sign_report(session, stored, options, to=stage, by="王芳")
    editor = sign_in("editor")
    told = editor.api("/themes/focus-6", **QUARTER)
    assert told["standing"]["issued_version"] == 1
    assert not told["audit"]["may_draw"]
    assert "已印发锁定" in told["audit"]["no_draw"]
    assert "/audits/draw" not in editor.page("/review", **QUARTER)
    assert re.search(
        r"/themes/focus-6\?period=2025Q3&amp;live=true", editor.page("/themes/focus-6", **QUARTER)
    )
