"""Standing reports in the database, and what their stamp sees, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from pipeline.assignment import ItemAssignments, ThemeScore
from pipeline.inquiry import ThemeAnswer
from pipeline.news import NewsItem
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import Plan, PlanNode
from pipeline.register import Submission
from pipeline.store import assignments, facts, items, media, plans, readings, register, runs, signed
from pipeline.store.audits import (
    AuditedStory,
    StoredAudit,
    close_complete,
    extend_audit,
    get_audit,
    save_audit,
)
from pipeline.store.folding import fold_stored
from pipeline.store.inquiry import add_answers
from pipeline.store.plans import StoredPlan
from pipeline.store.proofs import StoredProof, add_proof, withdraw_proof
from pipeline.store.standing import (
    KEPT,
    StandingKey,
    forget_standing,
    much_stored,
    read_standing,
    save_standing,
    stamp_of,
)
from pipeline.store.store import Store
from pipeline.store.stories import StoredStory, replace_stories

MARCH = ("2025-03-01", "2025-03-31")
THEME = PlanNode(id="focus-1", kind="focus_area", level=1, number="（一）", title="创新创业")
KEY = signed.ReportKey(plan="2025", scheme="focus_area", first=MARCH[0], last=MARCH[1])


def stamp(session: Session) -> str:
    return stamp_of(session, "settings", "2025-04-01")


def begin(session: Session) -> StoredPlan:
    """A plan with one story, classified, reviewed, audited, with a proof and a submission."""
    stored = plans.save_plan(
        session, "2025", Plan(title="方案", kind="publicity_plan", nodes=(THEME,)), ""
    )
    run = runs.start_run(session, "import")
    item = NewsItem(id="n1", title="创新大赛", text="举行创新大赛", date="2025-03-02")
    items.add_items(session, [item], run)
    runs.finish_run(session, run, "finished")
    fold_stored(session)
    add_proof(session, stored, "开展活动", PROOF)
    save_audit(session, stored, drawn(stored))
    media.sign_month(session, "样例电台", "2025-02", "李文", empty=True, today=date(2025, 4, 1))
    return stored


PROOF = StoredProof(
    obligation="form-1",
    kind="file",
    day="2025-03-08",
    reference="a.png",
    by="李晓",
    sha256="0" * 64,
)


def drawn(stored: StoredPlan) -> StoredAudit:
    return StoredAudit(
        scheme="focus_area",
        scheme_fingerprint=scheme_fingerprint(stored.plan, "focus_area"),
        period=MARCH,
        seed=7,
        at_most=0,
        model=("base", "f" * 16),
        stories=(AuditedStory(story="n1", item="n1", stratum="local:low", look=1),),
    )


def classify(session: Session, stored: StoredPlan) -> None:
    said = ItemAssignments(
        id="n1",
        themes=(
            ThemeScore(id="focus-1", title="创新创业", probability=0.9, assigned=True, evidence=()),
        ),
    )
    assignments.save_assignments(session, stored.id, ["focus-1"], ("base", "f" * 16), [said])


def review(session: Session, stored: StoredPlan) -> None:
    said = assignments.Review(item="n1", themes=("focus-1",), not_themes=(), reviewer="王芳")
    assignments.add_reviews(session, stored.id, [said])


def edit(session: Session, stored: StoredPlan) -> None:
    run = runs.start_run(session, "reread")
    item = NewsItem(id="n1", title="创新大赛", text="举行创新大赛决赛", date="2025-03-02")
    items.renew_items(session, [item], run)


def fold(session: Session, stored: StoredPlan) -> None:
    replace_stories(
        session,
        [StoredStory(id="n1", original="n1", day=MARCH[0], level="other", items=("n1",))],
    )


def end_run(session: Session, stored: StoredPlan) -> None:
    run = runs.start_run(session, "crawl")
    before = stamp(session)
    runs.finish_run(session, run, "failed")
    assert stamp(session) != before, "its end alone is seen"


def hand_in(session: Session, stored: StoredPlan) -> None:
    one = Submission(
        file="报送.xlsx", row=2, offices=("科技科",), day="2025-03-05", column="简报", title="创新"
    )
    register.take_in(session, [one], "add", "王芳", "")


def judge(session: Session, stored: StoredPlan) -> None:
    facts.judge_of(session, stored.name, "0123456789abcdef")


def answer(session: Session, stored: StoredPlan) -> None:
    said = ThemeAnswer(theme="focus-1", choice="undone", office="综合科")
    add_answers(session, stored, "focus_area", MARCH, [said], by="李文", file="a")


def sign(session: Session, stored: StoredPlan) -> None:
    signed.add_step(session, KEY, signed.SignStep(version=1, stage="draft", by="王芳"))


def sign_medium(session: Session, stored: StoredPlan) -> None:
    media.sign_month(session, "样例电台", "2025-03", "李文", empty=True, today=date(2025, 4, 2))


def close_audit(session: Session, stored: StoredPlan) -> None:
    review(session, stored)
    before = stamp(session)
    assert close_complete(session, stored)
    assert stamp(session) != before, "closing alone is seen"


CHANGES: dict[str, Callable[[Session, StoredPlan], object]] = {
    "a review": review,
    "a run that begins": lambda session, _: runs.start_run(session, "crawl"),
    "a run that ends": end_run,
    "an edited item": edit,
    "stories folded anew": fold,
    "news classified": classify,
    "a judge with other rules": judge,
    "an audit closed": close_audit,
    "an audit extended": lambda session, stored: extend_audit(
        session, get_audit(session, stored), ["n1"]
    ),
    "a proof": lambda session, stored: add_proof(
        session, stored, "开展活动", StoredProof(
            obligation="form-1", kind="story", day="2025-03-02", reference="n1", by="李晓"
        )
    ),
    "a proof taken back": lambda session, stored: withdraw_proof(session, stored, 1, "李晓", ""),
    "a submission": hand_in,
    "a chosen reading": lambda session, stored: readings.choose_readings(
        session, stored.name, {"length": "lower"}, "王芳"
    ),
    "a signature": sign,
    "an answer of an office": answer,
    "a medium's month signed off": sign_medium,
    "a sign-off taken back": lambda session, _: media.withdraw_sign_off(
        session, "样例电台", "2025-02", "李文", "漏登"
    ),
    "a plan taken into use": lambda session, stored: plans.use_plan(session, stored.name),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_the_stamp_changes_with(what: str, store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
    with store.begin() as session:
        before = stamp(session)
        assert stamp(session) == before
        CHANGES[what](session, stored)
        assert stamp(session) != before, what


def test_the_stamp_changes_with_news_classified_again_by_the_same_model(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        classify(session, stored)
        before = stamp(session)
        classify(session, stored)
        assert stamp(session) != before


def test_the_stamp_changes_with_settings_and_with_the_day(store: Store) -> None:
    with store.begin() as session:
        begin(session)
        stamps = {
            stamp_of(session, settings, day)
            for settings in ("bar 1", "bar 2")
            for day in ("2025-04-01", "2025-04-02")
        }
    assert len(stamps) == 4


def test_a_row_committed_after_one_with_a_higher_number_is_seen(store: Store) -> None:
    from sqlalchemy import text

    with store.begin() as session:
        stored = begin(session)
        review(session, stored)
        session.execute(text("UPDATE review SET id = 9"))
        before = stamp(session)
        session.execute(
            text(
                "INSERT INTO review (id, plan_id, item_id, themes, not_themes, reviewer,"
                " decided_at, chosen_by, comment) VALUES (8, 1, 'n1', '[]', '[\"focus-1\"]',"
                " 'x', '2025-04-01', 'search', '')"
            )
        )
        assert stamp(session) != before


def test_what_is_kept_comes_back_without_its_body_for_somebody_who_holds_it(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        key = StandingKey(stored.id, "focus_area", *MARCH)
        assert read_standing(session, key) == ()
        kept = save_standing(session, key, "s1", 0.25, b"{}")
        assert read_standing(session, key) == kept
        held = read_standing(session, key, kept.made_at)
        assert held
        assert (held.stamp, held.seconds, held.body) == ("s1", 0.25, b"")
        renewed = save_standing(session, key, "s2", 0.5, b"[]")
        assert read_standing(session, key, kept.made_at) == renewed
        forget_standing(session, key)
        assert read_standing(session, key) == ()


def test_only_the_newest_are_kept(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        keys = [
            StandingKey(stored.id, "focus_area", f"{2000 + number}-01-01", "2100-01-01")
            for number in range(KEPT + 3)
        ]
        for key in keys:
            save_standing(session, key, "s", 0.1, b"{}")
        there = [bool(read_standing(session, key)) for key in keys]
    assert there == [False] * 3 + [True] * KEPT


def test_much_is_told_from_little_without_counting_all(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        assert much_stored(session, 0, 0)
        assert not much_stored(session, 1, 0)
        hand_in(session, stored)
        assert much_stored(session, 1, 0)
        assert not much_stored(session, 1, 1)
