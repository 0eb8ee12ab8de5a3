"""Review queues, decisions taken back, and lists of stories picked, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from pipeline.assignment import ItemAssignments, ThemeScore
from pipeline.errors import BadInput, XuanjianError
from pipeline.locality import LocalityCode
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import assignments, items, plans, runs
from pipeline.store.assignments import Review
from pipeline.store.facts import StoryFact, judge_of, save_facts
from pipeline.store.picking import (
    Picking,
    decided_by_others,
    every_picked,
    incomplete,
    pick_stories,
)
from pipeline.store.review_bulk import bulks_of, decide_in_bulk, undo_bulk
from pipeline.store.review_queue import add_queue, counts_of, end_queue, get_queue, queues_of
from pipeline.store.review_tasks import (
    Task,
    get_task,
    hold_task,
    last_action,
    mark_decided,
    mark_elsewhere,
    next_task,
    pass_over,
    passes_of,
    reopen,
)
from pipeline.store.store import Store
from pipeline.store.stories import StoredStory, replace_stories
from pipeline.store.story_list import Narrow, Under, next_under, stories_under

STORIES = 5


def begin(session: Session) -> plans.StoredPlan:
    """Five stories, of which the second was printed twice and the fifth has no day."""
    nodes = tuple(
        PlanNode(id=f"focus-{n}", kind="focus_area", level=1, number=f"（{n}）", title=f"主题{n}")
        for n in (1, 2)
    )
    plan = Plan(title="方案", kind="publicity_plan", nodes=nodes)
    stored = plans.save_plan(session, "2025", plan, "")
    made = [
        NewsItem(id=f"n{n}", title=f"第{n}篇 100%", text="文", source="paper" if n > 3 else "site")
        for n in range(1, STORIES + 1)
    ]
    made.append(NewsItem(id="n2b", title="转载", text="文", source="paper"))
    items.add_items(session, made, runs.start_run(session, "import"))
    replace_stories(
        session,
        [
            StoredStory(
                id=f"s{n}",
                original=f"n{n}",
                day=f"2025-0{n}-01" if n < STORIES else None,
                level="other",
                items=(f"n{n}", "n2b") if n == 2 else (f"n{n}",),
            )
            for n in range(1, STORIES + 1)
        ],
    )
    scores = [
        ItemAssignments(
            id=f"s{n}",
            themes=(
                ThemeScore(id="focus-1", title="", probability=n / 10, assigned=n > 2, evidence=()),
                ThemeScore(id="focus-2", title="", probability=0.1, assigned=False, evidence=()),
            ),
        )
        for n in range(1, STORIES + 1)
    ]
    assignments.save_assignments(
        session, stored.id, ["focus-1", "focus-2"], ("base", "f" * 16), scores
    )
    return stored


def queue(session: Session, stored: plans.StoredPlan) -> int:
    tasks = [
        Task(0, 0, f"s{n}", f"n{n}", "audit" if n == 1 else "queue", 0.25 if n == 1 else None)
        for n in range(1, 4)
    ]
    return add_queue(session, stored.id, "focus_area", "learning", tasks, by="w").id


def place(session: Session, number: int, account: str) -> int:
    found = next_task(session, number, account)
    return found.place if found else 0


def decide(session: Session, stored: plans.StoredPlan, item: str, *yes: str, by: str = "王") -> int:
    no = tuple(sorted({"focus-1", "focus-2"} - set(yes)))
    return assignments.append_review(
        session, stored.id, Review(item=item, themes=yes, not_themes=no, reviewer=by)
    )


def judged(session: Session, **localities: LocalityCode) -> int:
    judge = judge_of(session, "2025", "a" * 16)
    facts = [
        StoryFact(story=story, locality=where, reason="行文") for story, where in localities.items()
    ]
    save_facts(session, judge, facts)
    return judge


def test_what_one_person_has_before_them_is_not_shown_to_another(store: Store) -> None:
    with store.begin() as session:
        number = queue(session, begin(session))
        first = get_task(session, number, place(session, number, "wang"))
        assert first.inclusion_probability == 0.25
        assert hold_task(session, first, "wang")
        assert not hold_task(session, first, "li")
        assert place(session, number, "wang") == 1
        assert place(session, number, "li") == 2


def test_what_was_passed_over_comes_back_at_the_end_and_only_to_whom_passed_it(
    store: Store,
) -> None:
    with store.begin() as session:
        number = queue(session, begin(session))
        first, second = (get_task(session, number, n) for n in (1, 2))
        hold_task(session, first, "wang")
        pass_over(session, first, "wang", "unsure", "要问科室")
        pass_over(session, second, "wang", "skipped")
        assert place(session, number, "wang") == 3
        assert place(session, number, "li") == 1
        assert [(one.kind, one.comment) for one in passes_of(session, first)] == [
            ("unsure", "要问科室")
        ]
        mark_decided(session, get_task(session, number, 3), "wang", 7)
        assert place(session, number, "wang") == 1
        pass_over(session, first, "wang", "skipped")
        assert place(session, number, "wang") == 2
        counts = counts_of(session, [number], "wang")[number]
        assert (counts.open, counts.decided, counts.skipped, counts.unsure) == (2, 1, 2, 0)
        assert counts.total == 3


def test_actions_are_undone_from_the_last_to_the_first(store: Store) -> None:
    with store.begin() as session:
        number = queue(session, begin(session))
        mark_decided(session, get_task(session, number, 1), "wang", 7)
        pass_over(session, get_task(session, number, 2), "wang", "skipped")
        last = last_action(session, number, "wang")
        assert last
        assert (last[0].place, last[1]) == (2, False)
        reopen(session, last[0], "wang")
        last = last_action(session, number, "wang")
        assert last
        assert (last[0].place, last[0].review, last[1]) == (1, 7, True)
        reopen(session, last[0], "wang")
        assert last_action(session, number, "wang") == ()
        assert last_action(session, number, "li") == ()
        assert place(session, number, "wang") == 1


def test_a_queue_ends_when_all_is_decided_here_or_elsewhere(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        number = queue(session, stored)
        mark_elsewhere(session, get_task(session, number, 1), "elsewhere")
        mark_elsewhere(session, get_task(session, number, 2), "gone")
        mark_decided(session, get_task(session, number, 3), "wang", 1)
        assert next_task(session, number, "wang") == ()
        counts = counts_of(session, [number])[number]
        assert (counts.open, counts.decided, counts.elsewhere) == (0, 1, 2)
        assert [one.id for one in queues_of(session, [stored.id])] == [number]
        end_queue(session, number)
        assert queues_of(session, [stored.id]) == ()
        assert get_queue(session, number).ended_at


def test_queues_that_are_not_there_or_empty_are_refused(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        with pytest.raises(XuanjianError) as missing:
            get_queue(session, 99)
        assert missing.value.slug == "review-queue-missing"
        with pytest.raises(XuanjianError) as none:
            get_task(session, queue(session, stored), 99)
        assert none.value.slug == "review-task-missing"
    with store.begin() as session, pytest.raises(BadInput) as empty:
        add_queue(session, stored.id, "focus_area", "theme", [], by="w")
    assert empty.value.slug == "review-queue-empty"


def test_a_decision_taken_back_leaves_the_one_before_it(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        decide(session, stored, "n1", "focus-1", by="王")
        later = decide(session, stored, "n1", by="李")
        assert assignments.withdraw_reviews(session, [later], "李") == 1
        assert assignments.withdraw_reviews(session, [later], "李") == 0
        (kept,) = assignments.reviews_of(session, stored.id)
        assert (kept.reviewer, kept.themes) == ("王", ("focus-1",))
        ((number, same),) = assignments.numbered_reviews(session, stored.id, ["n1"])
        assert same == kept
        assert number < later
        assert assignments.numbered_reviews(session, stored.id, ["n2"]) == ()


def test_a_decision_taken_back_can_be_made_again_but_not_by_its_old_line(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        line = Review(
            item="n1", themes=("focus-1",), not_themes=(), reviewer="王", at="2025-03-01T08:00:00"
        )
        assignments.add_reviews(session, stored.id, [line])
        ((number, _),) = assignments.numbered_reviews(session, stored.id)
        assignments.withdraw_reviews(session, [number], "王")
        assert assignments.add_reviews(session, stored.id, [line]) == 0
        assert assignments.reviews_of(session, stored.id) == ()
        again = Review(item="n1", themes=("focus-1",), not_themes=(), reviewer="王")
        assert assignments.add_reviews(session, stored.id, [again]) == 1
        assert len(assignments.reviews_of(session, stored.id)) == 1


def names(session: Session, stored: plans.StoredPlan, picking: Picking) -> list[str]:
    found = [one.story for one in pick_stories(session, stored, picking, 10)]
    assert sorted(one.story for one in every_picked(session, stored, picking)) == sorted(found)
    return found


def test_stories_are_picked_by_theme_and_days_in_either_order(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        assert names(session, stored, Picking()) == ["s1", "s2", "s3", "s4", "s5"]
        assert names(session, stored, Picking(theme="focus-1")) == ["s3", "s4", "s5"]
        assert names(session, stored, Picking(theme="focus-2")) == []
        assert names(session, stored, Picking(first="2025-02-01", last="2025-03-31")) == [
            "s2",
            "s3",
        ]
        assert names(session, stored, Picking(first="2025-04-01", undated=True)) == ["s4", "s5"]
        newest = pick_stories(session, stored, Picking(), 2, newest=True)
        assert [one.story for one in newest] == ["s4", "s3"]


def test_stories_judged_elsewhere_are_left_out_and_unjudged_ones_are_not(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        judge = judged(session, s1="local", s2="elsewhere")
        picking = Picking(localities=frozenset({"local"}), judge=judge)
        assert names(session, stored, picking) == ["s1", "s3", "s4", "s5"]


def test_decided_stories_are_left_out_until_their_decision_is_taken_back(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        number = decide(session, stored, "n2b", "focus-1")
        assert names(session, stored, Picking(last="2025-02-28")) == ["s1"]
        assert names(session, stored, Picking(last="2025-02-28", undecided=False)) == ["s1", "s2"]
        assignments.withdraw_reviews(session, [number], "王")
        assert names(session, stored, Picking(last="2025-02-28")) == ["s1", "s2"]


def test_half_decided_stories_and_those_others_decided_are_found(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        half = Review(item="n1", themes=("focus-1",), not_themes=(), reviewer="王")
        assignments.append_review(session, stored.id, half)
        whole = decide(session, stored, "n2", "focus-1")
        decide(session, stored, "n3", by="李")
        every = Picking(undecided=False)
        found = incomplete(session, stored, ["focus-1", "focus-2"], every)
        assert [one.story for one in found] == ["s1"]
        others = decided_by_others(session, stored, "李", last="2025-02-28")
        assert [(one.story, number) for one, number in others][1] == ("s2", whole)
        assert [one.story for one, _ in decided_by_others(session, stored, "赵")] == [
            "s1",
            "s2",
            "s3",
        ]


def test_a_bulk_is_undone_whole_but_for_what_was_undone_before(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        before = decide(session, stored, "n1", "focus-1", by="李")
        said = [
            Review(item=f"n{n}", themes=(), not_themes=("focus-1",), reviewer="王")
            for n in range(1, 4)
        ]
        made = decide_in_bulk(session, stored.id, "不属于", said, "王")
        assert (made.stories, made.undone_at) == (3, None)
        numbers = [n for n, one in assignments.numbered_reviews(session, stored.id, ["n3"])]
        assignments.withdraw_reviews(session, numbers, "王")
        undone, count = undo_bulk(session, made.id, "赵")
        assert (count, undone.undone_by) == (2, "赵")
        assert [n for n, _ in assignments.numbered_reviews(session, stored.id)] == [before]
        assert bulks_of(session, [stored.id]) == (undone,)
        with pytest.raises(BadInput) as again:
            undo_bulk(session, made.id, "赵")
        assert again.value.slug == "review-bulk-undone"
        with pytest.raises(XuanjianError) as missing:
            undo_bulk(session, 99, "赵")
        assert missing.value.slug == "review-bulk-missing"


def test_a_themes_stories_come_in_turn_by_parts_with_the_place_come_to(store: Store) -> None:
    with store.begin() as session:
        stored = begin(session)
        judge = judged(session, s3="elsewhere", s4="local", s5="local")

        def parts(under: Under, most: int, narrow: Narrow) -> list[tuple[list[str], str]]:
            found, place = [], None
            while True:
                heads, reached = next_under(session, narrow, place, most, under)
                if reached is None:
                    return found
                found.append(([head.id for head in heads], reached[1]))
                place = reached

        anywhere = Under(stored.id, ("focus-1", "focus-2"))
        assert parts(anywhere, 2, Narrow()) == [(["s4", "s3"], "s3"), ([], "s1"), (["s5"], "s5")]
        assert parts(anywhere, 9, Narrow(last="2025-03-31")) == [(["s3"], "s1")]
        local = Under(stored.id, ("focus-1",), judge, ("local", "upper_about_local"))
        assert parts(local, 9, Narrow()) == [(["s4"], "s1"), (["s5"], "s5")]
        assert parts(Under(stored.id, ("focus-2",)), 9, Narrow()) == [([], "s1"), ([], "s5")]
        assert stories_under(session, stored.id, ["focus-1"], ["s1", "s3"]) == {"s3"}
