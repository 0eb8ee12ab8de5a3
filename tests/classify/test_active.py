"""Which items are asked next."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pipeline.classify.active import AUDIT_SHARE, Asked, choose_items, doubt_of, items_to_ask
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.trained import UNKNOWN, ThemeRegression
from pipeline.plan.profile import ThemeProfile, TopicLink

PROFILES = (
    ThemeProfile(theme="a", topics=(TopicLink(topic="T01"),)),
    ThemeProfile(theme="b", topics=(TopicLink(topic="T06"),)),
)


def candidates(count: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    ids = [f"item {place}" for place in range(count)]
    return ids, generator.random(count), generator.normal(size=(count, 5))


def test_a_known_share_is_drawn_at_random_and_says_with_what_chance() -> None:
    asked = choose_items(*candidates(200), count=20)
    audits = [one for one in asked if one.chosen_by == "audit"]
    assert len(asked) == len({one.place for one in asked}) == 20
    assert len(audits) == round(AUDIT_SHARE * 20)
    assert {one.inclusion_probability for one in audits} == {len(audits) / 200}
    assert all(one.inclusion_probability is None for one in asked if one.chosen_by == "queue")


def test_audits_know_nothing_of_doubt() -> None:
    ids, doubt, coordinates = candidates(60)
    drawn = [
        {
            one.place
            for one in choose_items(ids, worth, coordinates, count=20)
            if one.chosen_by == "audit"
        }
        for worth in (doubt, 1 - doubt, np.zeros(60))
    ]
    assert drawn[0] == drawn[1] == drawn[2]


def test_over_many_seeds_every_item_is_audited_as_often_as_said() -> None:
    ids, doubt, coordinates = candidates(20)
    counts = np.zeros(20)
    for seed in range(2000):
        for one in choose_items(ids, doubt, coordinates, count=5, audit_share=1.0, seed=seed):
            counts[one.place] += 1
    assert np.abs(counts / 2000 - 0.25).max() < 0.05


def test_the_choice_follows_the_seed_and_not_the_order() -> None:
    ids, doubt, coordinates = candidates(80)
    order = list(range(80))
    random.Random(2).shuffle(order)

    def chosen(places: list[int], seed: int) -> list[tuple[str, str]]:
        asked = choose_items(
            [ids[place] for place in places],
            doubt[places],
            coordinates[places],
            count=16,
            seed=seed,
        )
        return [(ids[places[one.place]], one.chosen_by) for one in asked]

    first = chosen(list(range(80)), 1)
    assert chosen(list(range(80)), 1) == first == chosen(order, 1)
    assert chosen(order, 2) != first


def test_without_audits_the_doubtful_come_first() -> None:
    ids, doubt, _ = candidates(30)
    apart = np.eye(30)
    asked = choose_items(ids, doubt, apart, count=5, audit_share=0.0)
    assert [one.place for one in asked] == np.argsort(-doubt)[:5].tolist()


def test_the_same_story_is_not_asked_about_twice() -> None:
    same = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    doubt = np.array([1.0, 0.99, 0.7])
    asked = choose_items(["a", "b", "c"], doubt, same, count=2, audit_share=0.0)
    assert [one.place for one in asked] == [0, 2]
    decided = choose_items(["a", "b", "c"], doubt, same, count=1, audit_share=0.0, decided=same[:1])
    assert decided == (Asked(2, "queue", None),)


def test_no_more_is_asked_than_there_is() -> None:
    assert len(choose_items(*candidates(3), count=10)) == 3
    assert choose_items([], np.zeros(0), np.zeros((0, 5)), count=4) == ()
    assert choose_items(*candidates(3), count=0) == ()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"count": -1}, "count must be 0 or more, got -1 instead"),
        ({"count": 1, "audit_share": 1.5}, "audit_share must be from 0 to 1, got 1.5 instead"),
    ],
)
def test_impossible_wishes_are_refused(more: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        choose_items(*candidates(3), **more)  # type: ignore[arg-type]


def test_a_theme_near_its_threshold_is_doubtful(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    classifier = ThemeClassifier(model, PROFILES)
    chances, doubt = classifier.probabilities(items), doubt_of(classifier, items)
    gap = np.abs(chances - classifier.thresholds).min(axis=1)
    assert gap[int(doubt.argmax())] <= np.median(gap)
    assert ((doubt > 0) & (doubt <= 1)).all()


def test_what_labels_changed_is_asked_about(model: BaseModel, items: list[TrainingItem]) -> None:
    labels = np.full((len(items), 2), UNKNOWN)
    medicine = [row for row, item in enumerate(items) if item.id.startswith("T18")]
    labels[medicine[:6], 0] = 1
    taught = ThemeRegression(model, PROFILES, topic_variance=10.0).fit(items, labels).classifier()
    untaught = ThemeClassifier(model, PROFILES)
    left = [items[row] for row in medicine[6:]]
    assert (doubt_of(taught, left) > doubt_of(untaught, left)).all()


def test_items_are_asked_of_a_classifier_as_it_is(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    classifier = ThemeClassifier(model, PROFILES)
    asked = items_to_ask(classifier, items[10:], items[:10], count=10, seed=3)
    assert asked == items_to_ask(classifier, items[10:], items[:10], count=10, seed=3)
    assert [one.chosen_by for one in asked] == ["audit"] * 2 + ["queue"] * 8
    assert items_to_ask(classifier, [], items[:10], count=10) == ()
