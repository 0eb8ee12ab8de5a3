"""Which of several decisions about one item holds, and what counts as one item."""

from __future__ import annotations

import pytest

from pipeline.classify.learning_set import LabelledItem, LearningSet
from pipeline.errors import BadInput
from pipeline.labels import Label

THEMES = ("focus-1", "focus-2")


def decided(labels: list[Label]) -> dict[str, list[int]]:
    found = LearningSet.gather(labels, THEMES)
    return dict(zip([item.id for item in found.items], found.decided.tolist(), strict=True))


def test_what_a_label_does_not_name_is_not_decided() -> None:
    labels = [Label(id="a", text="甲", themes=("focus-1",)), Label(id="b", title="乙")]
    assert decided(labels) == {"a": [1, -1]}


def test_of_one_reviewer_the_newest_decision_holds_whatever_the_order_of_the_lines() -> None:
    old = Label(id="a", title="题", themes=("focus-1",), reviewer="王", at="2025-03-01")
    new = Label(
        id="a", title="题", not_themes=("focus-1",), reviewer="王", at="2025-03-02T08:00:00+08:00"
    )
    assert decided([new, old]) == {"a": [0, -1]}


def test_where_two_reviewers_differ_the_pair_is_undecided_and_listed() -> None:
    labels = [
        Label(id="a", title="题", themes=("focus-1", "focus-2"), reviewer="王"),
        Label(id="a", title="题", themes=("focus-2",), not_themes=("focus-1",), reviewer="李"),
    ]
    found = LearningSet.gather(labels, THEMES)
    assert found.decided.tolist() == [[-1, 1]]
    (one,) = found.disagreements
    assert (one.item, one.theme, one.yes, one.no) == ("a", "focus-1", ("王",), ("李",))


def test_the_same_words_under_two_ids_are_one_item() -> None:
    labels = [
        Label(id="b", title="题", text="同一篇报道。", themes=("focus-1",)),
        Label(id="a", title="题", text="同一篇 报道。", not_themes=("focus-2",)),
    ]
    found = LearningSet.gather(labels, THEMES)
    assert found.decided.tolist() == [[1, 0]]
    assert {"a", "b"} <= found.names


def test_items_known_by_a_shared_name_are_one_also_when_the_link_comes_last() -> None:
    names = {"a": ("s1",), "b": ("s2",), "c": ("s1", "s2")}
    labels = [Label(id=name, text=name, themes=("focus-1",), reviewer=name) for name in names]
    found = LearningSet.gather(
        labels, THEMES, lambda one: LabelledItem.of(one.id, "", one.text, *names[one.id])
    )
    assert len(found.items) == 1


def test_taking_items_out_by_any_of_their_names_leaves_the_rest() -> None:
    labels = [Label(id=name, text=name * 9, themes=("focus-1",)) for name in "abc"]
    whole = LearningSet.gather(labels, THEMES)
    words = LabelledItem.of("other", "", "a" * 9).names
    assert [item.id for item in whole.without(words | {"c"}).items] == ["b"]


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="review-date"):
        LearningSet.gather([Label(id="a", themes=("focus-1",), at="gestern")], THEMES)


def test_a_label_without_words_is_no_item() -> None:
    with pytest.raises(BadInput, match="labels-without-words"):
        LearningSet.gather([Label(id="a", title=" ", themes=("focus-1",))], THEMES)
