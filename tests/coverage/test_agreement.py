"""Agreement of two readers: which decisions are compared, and Cohen's kappa."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.agreement import Agreement, agreement_of, pairs_of
from pipeline.store.assignments import Review

THEMES = ("a", "b")


def said(item: str, *yes: str, by: str, blind: bool = False) -> Review:
    no = tuple(theme for theme in THEMES if theme not in yes)
    return Review(
        item=item,
        themes=yes,
        not_themes=no,
        reviewer=by,
        chosen_by="blind" if blind else "queue",
    )


def numbered(*reviews: Review) -> list[tuple[int, Review]]:
    return list(enumerate(reviews, start=1))


def test_a_blind_reading_is_compared_with_what_somebody_else_said_last_before_it() -> None:
    pairs = pairs_of(
        numbered(
            said("n1", "a", by="王"),
            said("n1b", "b", by="王"),
            said("n1", "a", by="李", blind=True),
            said("n2", "a", by="王"),
            said("n2", by="李"),
            said("n3", by="李", blind=True),
        ),
        {"n1": "s1", "n1b": "s1", "n2": "s2", "n3": "s3"},
        THEMES,
    )
    assert [(pair.story, pair.theme, pair.said) for pair in pairs] == [
        ("s1", "a", (False, True)),
        ("s1", "b", (True, False)),
    ]
    assert all(not pair.settled for pair in pairs)


def test_a_later_decision_about_the_theme_settles_a_disagreement() -> None:
    later = Review(item="n1", themes=("a",), not_themes=(), reviewer="赵")
    pairs = pairs_of(
        numbered(said("n1", "a", by="王"), said("n1", "b", by="李", blind=True), later),
        {"n1": "s1"},
        THEMES,
    )
    assert [(pair.theme, pair.settled) for pair in pairs] == [("a", 3), ("b", 0)]


def test_ones_own_earlier_decision_is_not_compared_and_open_themes_are_left_out() -> None:
    half = Review(item="n1", themes=("a",), not_themes=(), reviewer="王")
    pairs = pairs_of(
        numbered(half, said("n1", by="李", blind=True), said("n2", by="李"), said("n2", by="李")),
        {"n1": "s1", "n2": "s2"},
        THEMES,
    )
    assert [(pair.story, pair.theme) for pair in pairs] == [("s1", "a")]


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [
        ((20, 5, 10, 15), 0.4),  # Cohen's coefficient in the usual textbook example
        ((10, 0, 0, 10), 1.0),
        ((0, 10, 10, 0), -1.0),
        ((25, 25, 25, 25), 0.0),
        ((0, 0, 0, 40), None),
        ((0, 0, 0, 0), None),
    ],
)
def test_kappa_is_cohens(counts: tuple[int, int, int, int], kappa: float | None) -> None:
    assert Agreement(*counts).kappa == kappa


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_kappa_is_that_of_scikit_learn(answers: list[tuple[bool, bool]]) -> None:
    import warnings

    from sklearn.metrics import cohen_kappa_score

    reviews = []
    for place, (first, second) in enumerate(answers):
        reviews.append(said(f"n{place}", *(["a"] if first else []), by="王"))
        reviews.append(said(f"n{place}", *(["a"] if second else []), by="李", blind=True))
    story_of = {f"n{place}": f"s{place}" for place in range(len(answers))}
    counted = agreement_of(pairs_of(numbered(*reviews), story_of, ("a",)))
    assert counted.count == len(answers)
    assert counted.agreed == sum(first == second for first, second in answers)
    one_answer = len({answer for pair in answers for answer in pair}) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cohen_kappa_score(*zip(*answers, strict=True))
    if one_answer:
        assert counted.kappa is None
    else:
        assert counted.kappa == pytest.approx(theirs, abs=1e-6)
