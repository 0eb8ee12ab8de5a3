"""Audits in the database, on both engines."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from sqlalchemy.orm import Session

from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import assignments, items, plans, runs
from pipeline.store.audits import (
    AuditedStory,
    StoredAudit,
    audits_of,
    close_about,
    close_complete,
    extend_audit,
    get_audit,
    save_audit,
    undecided_sample,
)
from pipeline.store.columns import story_columns
from pipeline.store.populations import read_population
from pipeline.store.store import Store
from pipeline.store.stories import StoredStory, replace_stories

DRAWN = ("s1", "s2")


def plan(*titles: str) -> Plan:
    nodes = tuple(
        PlanNode(id=f"focus-{n}", kind="focus_area", level=1, number=f"（{n}）", title=title)
        for n, title in enumerate(titles, start=1)
    )
    return Plan(title="方案", kind="publicity_plan", nodes=nodes)


def drawn(stored: plans.StoredPlan) -> StoredAudit:
    return StoredAudit(
        scheme="focus_area",
        scheme_fingerprint=scheme_fingerprint(stored.plan, "focus_area"),
        period=("2025-01-01", "2025-03-31"),
        seed=7,
        at_most=1,
        model=("base", "f" * 16),
        stories=tuple(
            AuditedStory(
                story=f"s{n}",
                item=f"n{n}",
                stratum="local:low",
                look=int(f"s{n}" in DRAWN),
                scores={"focus-1": n / 10},
            )
            for n in range(1, 5)
        ),
    )


def fold(session: Session, **stories: tuple[str, ...]) -> None:
    replace_stories(
        session,
        [
            StoredStory(id=name, original=own[0], day="2025-02-01", level="other", items=own)
            for name, own in stories.items()
        ],
    )


def begin(session: Session) -> tuple[plans.StoredPlan, StoredAudit]:
    stored = plans.save_plan(session, "2025", plan("创业", "农业"), "")
    made = [NewsItem(id=f"n{n}", title=f"题{n}", text="文") for n in range(1, 5)]
    items.add_items(session, made, runs.start_run(session, "import"))
    fold(session, s1=("n1",), s2=("n2",), s3=("n3",), s4=("n4",))
    return stored, save_audit(session, stored, drawn(stored))


def decide(session: Session, stored: plans.StoredPlan, item: str, *yes: str, at: str = "") -> None:
    no = tuple({"focus-1", "focus-2"} - set(yes))
    said = assignments.Review(item=item, themes=yes, not_themes=no, reviewer="王", at=at)
    assignments.add_reviews(session, stored.id, [said])


def test_a_draw_comes_back_as_it_was_frozen(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        assert audits_of(session, stored) == (get_audit(session, stored),) == (saved,)
        assert [story.story for story in saved.drawn] == list(DRAWN)
        assert audits_of(session, stored, "chapter") == ()
        assert audits_of(session, stored, "focus_area", ("2025-01-01", "2025-12-31")) == ()


def test_a_second_sample_of_the_same_period_is_refused(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        with pytest.raises(BadInput) as caught:
            save_audit(session, stored, drawn(stored))
        assert caught.value.slug == "audit-exists"
        other = msgspec.structs.replace(drawn(stored), period=("2025-04-01", "2025-06-30"))
        assert save_audit(session, stored, other).id != saved.id


def test_a_sample_closes_when_every_theme_of_every_drawn_story_is_decided(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        decide(session, stored, "n1", "focus-1")
        assert close_complete(session, stored) == ()
        decide(session, stored, "n2")
        assert close_complete(session, stored) == (saved.id,)
        assert close_complete(session, stored) == (), "once is enough"
        decide(session, stored, "n2", "focus-2")
        closed = get_audit(session, stored)
    assert closed.closed_at
    assert [story.closed_themes for story in closed.stories] == [("focus-1",), (), None, None]


def test_an_extension_opens_the_sample_and_keeps_what_was_closed(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        for item in ("n1", "n2"):
            decide(session, stored, item)
        close_complete(session, stored)
        longer = extend_audit(session, get_audit(session, stored), {"s4"})
        assert (longer.looks, longer.closed_at) == (2, None)
        assert [story.look for story in longer.stories] == [1, 1, 0, 2]
        assert close_complete(session, stored) == ()
        decide(session, stored, "n1", "focus-1")
        decide(session, stored, "n4")
        assert close_complete(session, stored) == (saved.id,)
        again = get_audit(session, stored)
    assert [story.closed_themes for story in again.stories] == [(), (), None, ()]


def test_a_drawn_story_is_found_again_when_stories_were_folded_anew(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        fold(session, s9=("n3", "n1"), s2=("n2",), s4=("n4",))
        decide(session, stored, "n3", "focus-1")
        decide(session, stored, "n2")
        assert close_complete(session, stored) == (saved.id,)


def test_an_audited_story_counts_where_its_original_is_now(store: Store) -> None:
    with store.begin() as session:
        stored, saved = begin(session)
        fold(session, s9=("n3", "n1"), s2=("n2",))
        probe = (stored.id, "focus-1")
        columns = story_columns(session, 1, probe, date(2025, 1, 1), date(2025, 3, 31))
        found = read_population(session, saved.id, ["focus-2", "focus-1"], columns)
    now = [columns.ids[row] if row >= 0 else "" for row in found.today]
    assert now == ["s9", "s2", "s9", ""], "n1 is a reprint now, n4 is in no story"
    assert found.scores.tolist() == [[0, 0.1], [0, 0.2], [0, 0.3], [0, 0.4]]
    assert found.looks.tolist() == [1, 1, 0, 0]


def test_a_plan_with_other_themes_leaves_its_audit_behind(store: Store) -> None:
    with store.begin() as session:
        _, saved = begin(session)
        revised = plans.save_plan(session, "2025", plan("创业", "工业"), "")
        with pytest.raises(BadInput) as caught:
            get_audit(session, revised)
        assert caught.value.slug == "audit-plan-changed"
        assert close_complete(session, revised) == ()
        assert [audit.id for audit in audits_of(session, revised)] == [saved.id]
        assert save_audit(session, revised, drawn(revised)).id > saved.id


def test_an_audit_that_is_not_there_is_named(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan("创业"), "")
        for number in (None, 3):
            with pytest.raises(BadInput) as caught:
                get_audit(session, stored, number)
            assert caught.value.slug == "audit-missing"


def test_a_sample_is_asked_for_until_decided_and_closed_by_its_last_decision(store: Store) -> None:
    with store.begin() as session:
        stored, audit = begin(session)
        asked = undecided_sample(session, stored, audit.id)
        assert [(row.story, chance) for row, chance in asked] == [("s1", 0.5), ("s2", 0.5)]
        decide(session, stored, "n1", "focus-1")
        assert [row.story for row, _ in undecided_sample(session, stored, audit.id)] == ["s2"]
        assert close_about(session, stored, ["n1"]) == ()
        decide(session, stored, "n2")
        assert close_about(session, stored, ["n3"]) == ()
        assert close_about(session, stored, ["n2"]) == (audit.id,)
        assert close_about(session, stored, ["n2"]) == ()
        with pytest.raises(BadInput) as missing:
            undecided_sample(session, stored, 99)
        assert missing.value.slug == "audit-missing"
