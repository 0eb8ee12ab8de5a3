"""Answers about gaps in the database, on both engines."""

from __future__ import annotations

from pipeline.inquiry import ThemeAnswer
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import plans
from pipeline.store.inquiry import add_answers, answers_about
from pipeline.store.store import Store

MARCH = ("2025-03-01", "2025-03-31")


def plan(*titles: str) -> Plan:
    nodes = tuple(
        PlanNode(id=f"focus-{n}", kind="focus_area", level=1, number=f"（{n}）", title=title)
        for n, title in enumerate(titles, start=1)
    )
    return Plan(title="方案", kind="publicity_plan", nodes=nodes)


ANSWER = ThemeAnswer(
    theme="focus-1", choice="published", office="综合科", proof="郑州日报 3月4日", by="王芳",
    day="2025-04-02",
)  # fmt: skip


def test_answers_come_back_with_who_took_them_in_and_later_ones_follow(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan("创业", "农业"), "")
        assert add_answers(session, stored, "focus_area", MARCH, [ANSWER], by="李文", file="a") == 1
        later = ThemeAnswer(theme="focus-1", choice="undone", office="综合科")
        add_answers(session, stored, "focus_area", MARCH, [later], by="李文", file="b")
        first, second = answers_about(session, stored, "focus_area", MARCH)
    assert (first.choice, first.proof, first.by, first.day) == (
        "published", "郑州日报 3月4日", "王芳", "2025-04-02",
    )  # fmt: skip
    assert first.taken_in_by == "李文"
    assert first.taken_in_at
    assert second.choice == "undone"


def test_answers_belong_to_their_period_and_to_the_words_of_their_themes(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan("创业", "农业"), "")
        add_answers(session, stored, "focus_area", MARCH, [ANSWER], by="李文", file="a")
        april = ("2025-04-01", "2025-04-30")
        assert answers_about(session, stored, "focus_area", april) == ()
        other = plans.save_plan(session, "2025", plan("工业", "农业"), "")
        assert answers_about(session, other, "focus_area", MARCH) == ()
        again = plans.save_plan(session, "2025", plan("创业", "农业"), "")
        assert len(answers_about(session, again, "focus_area", MARCH)) == 1
