"""Sentences of a plan: who answers them, who may, and which nobody was found to answer."""

from __future__ import annotations

import pytest

from pipeline.assignment import PlanClause, clause_key
from pipeline.coverage.sentences import (
    ANSWERS,
    POSSIBLE,
    AnsweredClause,
    SentenceLine,
    Standing,
    ThemeSentences,
    sentences,
)
from pipeline.plan.model import Plan, PlanNode

FIRST, SECOND = "建设一批众创空间", "讲好返乡青年的创业故事"
THEME = PlanNode(
    id="focus-1", kind="focus_area", level=1, number="（一）", title="大众创业",
    text=f"大众创业。{FIRST}；{SECOND}。",
)  # fmt: skip
OTHER = PlanNode(
    id="focus-2", kind="focus_area", level=1, number="（二）", title="农业科技",
    text="农业科技。推广新品种新技术。",
)  # fmt: skip
PLAN = Plan(title="方案", kind="publicity_plan", nodes=(THEME, OTHER))


def answer(
    text: str, nearness: float, story: str = "s1", standing: Standing = "machine"
) -> AnsweredClause:
    return AnsweredClause("focus-1", clause_key("focus-1", text), story, nearness, standing)


def of_theme(*answers: AnsweredClause) -> ThemeSentences:
    return sentences(PLAN, "", answers)[0]


def line(text: str, *answers: AnsweredClause) -> SentenceLine:
    return next(one for one in of_theme(*answers).sentences if one.text == text)


def test_every_sentence_of_a_theme_stands_there_without_its_title() -> None:
    both = sentences(PLAN, "", ())
    assert [one.text for one in both[0].sentences] == [FIRST, SECOND]
    assert [one.text for one in both[1].sentences] == ["推广新品种新技术"]
    assert both[0].unanswered == both[0].sentences


@pytest.mark.parametrize(
    ("nearness", "answered", "possible"),
    [(ANSWERS, 1, 0), (ANSWERS - 0.001, 0, 1), (POSSIBLE, 0, 1), (POSSIBLE - 0.001, 0, 0)],
)
def test_a_story_answers_may_answer_or_does_not_by_its_nearness(
    nearness: float, answered: int, possible: int
) -> None:
    found = line(FIRST, answer(FIRST, nearness))
    assert (found.answered, found.possible) == (answered, possible)


def test_verified_and_machine_stories_are_counted_apart_and_the_nearest_named_first() -> None:
    found = line(
        FIRST,
        answer(FIRST, 0.2, "s1"),
        answer(FIRST, 0.3, "s2", "verified"),
        answer(FIRST, 0.1, "s3", "verified"),
    )
    assert (found.verified, found.machine, found.possible) == (1, 1, 1)
    assert found.stories == ("s2", "s1", "s3")


def test_what_a_story_that_is_near_to_nothing_answers_nobody_knows() -> None:
    told = of_theme(answer(FIRST, 0.3), answer(SECOND, 0.05, "s2"), answer("大众创业", 0.2, "s3"))
    assert told.placed == 3
    assert [one.text for one in told.unanswered] == [SECOND]


def test_a_story_answers_only_the_theme_it_stands_under() -> None:
    stray = AnsweredClause("focus-2", clause_key("focus-1", FIRST), "s1", 0.4, "machine")
    assert line(FIRST, stray).answered == 0


def test_the_key_of_a_clause_is_that_of_its_words_and_node() -> None:
    clause = PlanClause(node="focus-1", text=FIRST, similarity=0.2)
    assert clause.key == clause_key("focus-1", FIRST) != clause_key("focus-2", FIRST)
    assert len(clause.key) == 16
