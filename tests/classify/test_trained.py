"""Labels correct profiles: the estimator's contract, and what it must never do."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier, log_odds
from pipeline.classify.evidence import ItemGrams
from pipeline.classify.layer import TrainedLayer, latent_coordinates
from pipeline.classify.measuring import cross_validated, figures_of
from pipeline.classify.trained import UNKNOWN, ThemeRegression
from pipeline.plan.profile import OwnTerm, ThemeProfile, TopicLink


def profile(theme: str, *topics: str, **more: object) -> ThemeProfile:
    links = tuple(TopicLink(topic=topic) for topic in topics)
    return msgspec.structs.replace(ThemeProfile(theme=theme, title=theme, topics=links), **more)


PROFILES = (profile("a", "T01"), profile("b", "T06", "T07"), profile("c", "T11"))


def regression(model: BaseModel) -> ThemeRegression:
    """Freer than by default: the made-up topics stand far apart, and there are 8 items of each."""
    return ThemeRegression(model, PROFILES, topic_variance=10.0)


@pytest.fixture
def labels(items: list[TrainingItem]) -> NDArray[np.int_]:
    """Theme a takes what its profile does not know (medicine), b is as its profile says, c is
    decided by nobody."""
    found = np.full((len(items), 3), UNKNOWN)
    for row, item in enumerate(items):
        topic = item.id.partition("-")[0]
        found[row, 0] = topic in ("T01", "T18")
        found[row, 1] = topic in ("T06", "T07")
    return found


@pytest.fixture
def fitted(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> ThemeRegression:
    return regression(model).fit(items, labels)


def test_labels_teach_what_the_profile_does_not_say(
    model: BaseModel, fitted: ThemeRegression, items: list[TrainingItem]
) -> None:
    medicine = [item for item in items if item.id.startswith("T18")]
    before = ThemeClassifier(model, PROFILES).decide(medicine)
    chances, assigned = fitted.classifier().decide(medicine)
    assert not before[1][:, 0].any()
    assert assigned[:, 0].all()
    assert (chances[:, 0] > before[0][:, 0]).all()


def test_a_theme_without_labels_is_exactly_its_profile(
    model: BaseModel, fitted: ThemeRegression, items: list[TrainingItem]
) -> None:
    before = ThemeClassifier(model, PROFILES)
    assert np.array_equal(fitted.predict_proba(items)[:, 2], before.probabilities(items)[:, 2])
    assert fitted.classifier().thresholds[2] == before.thresholds[2]
    assert fitted.layer_.trained.tolist() == [True, True, False]


def test_no_label_at_all_changes_nothing(model: BaseModel, items: list[TrainingItem]) -> None:
    nothing = np.full((len(items), 3), UNKNOWN)
    untaught = ThemeRegression(model, PROFILES).fit(items, nothing)
    plain = ThemeClassifier(model, PROFILES)
    assert list(untaught.classifier().classify(items)) == list(plain.classify(items))


def test_parameters_survive_cloning_and_nothing_learned_does(
    model: BaseModel, fitted: ThemeRegression
) -> None:
    tuned = ThemeRegression(model, PROFILES, latent_variance=7.0, folds=3)
    copy = clone(tuned)
    assert copy.get_params() == tuned.get_params()
    assert copy.model is model
    assert not [
        name for name in vars(clone(fitted)) if name.endswith("_") and not name.startswith("__")
    ]


def test_a_second_fit_forgets_the_first(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    again = regression(model).fit(items, 1 - np.maximum(labels, 0))
    again.fit(items, labels)
    fresh = regression(model).fit(items, labels)
    assert again.layer_.fingerprint == fresh.layer_.fingerprint


def test_the_order_of_labels_does_not_matter(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_], fitted: ThemeRegression
) -> None:
    order = list(range(len(items)))
    random.Random(5).shuffle(order)
    other = regression(model).fit([items[row] for row in order], labels[order])
    assert np.allclose(other.predict_proba(items), fitted.predict_proba(items), atol=1e-6)
    assert np.array_equal(other.predict(items), fitted.predict(items))


def test_decisions_do_not_depend_on_the_batch(
    model: BaseModel, fitted: ThemeRegression, items: list[TrainingItem]
) -> None:
    reference = list(fitted.classifier().classify(items))
    small = ThemeClassifier(model, PROFILES, layer=fitted.layer_, batch_size=5)
    assert list(small.classify(items)) == reference
    assert list(small.classify(items, jobs=2)) == reference
    backwards = list(small.classify(items[::-1]))
    assert backwards[::-1] == reference


def test_it_works_in_a_grid_search(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    search = GridSearchCV(
        ThemeRegression(model, PROFILES),
        {"topic_variance": [1e-6, 10.0]},
        cv=KFold(3, shuffle=True, random_state=0),
    ).fit(items, labels)
    assert search.best_params_ == {"topic_variance": 10.0}
    assert search.best_score_ > 0.9


def test_a_weight_of_two_is_a_label_twice_and_one_of_nothing_is_none(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    plain = {"latent_variance": 0.0, "folds": 2}
    doubled = np.ones(len(items))
    doubled[:4], doubled[4:6] = 2.0, 0.0
    rows = [0, 1, 2, 3, *range(4), *range(6, len(items))]
    weighed = ThemeRegression(model, PROFILES, **plain).fit(items, labels, doubled)
    repeated = ThemeRegression(model, PROFILES, **plain).fit(
        [items[row] for row in rows], labels[rows]
    )
    # The topics' spread is taken over distinct items, so that the two scale a little differently.
    assert np.allclose(weighed.predict_proba(items), repeated.predict_proba(items), atol=0.01)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda labels: labels[:-1], "Y must be of shape"),
        (lambda labels: labels[:, :2], "Y must be of shape"),
        (lambda labels: labels + 3, "Y must hold 1, 0 and -1 only"),
        (lambda labels: np.where(labels == 1, np.nan, 0.0), "Y must hold 1, 0 and -1 only"),
    ],
)
def test_labels_of_another_kind_are_refused(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_], wrong, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ThemeRegression(model, PROFILES).fit(items, wrong(labels))


@pytest.mark.parametrize("weight", [[1.0], -np.ones(56), np.full(56, np.inf)])
def test_weights_of_another_kind_are_refused(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_], weight
) -> None:
    with pytest.raises(ValueError, match="sample_weight must be 56 numbers"):
        ThemeRegression(model, PROFILES).fit(items, labels, weight)


def test_one_fold_is_none(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    with pytest.raises(ValueError, match="folds must be at least 2, got 1 instead"):
        ThemeRegression(model, PROFILES, folds=1).fit(items, labels)


def test_one_label_is_learned_from_too(model: BaseModel, items: list[TrainingItem]) -> None:
    taught = ThemeRegression(model, PROFILES).fit(items[:1], np.array([[1, 0, UNKNOWN]]))
    assert taught.layer_.trained.tolist() == [True, True, False]
    assert np.isnan(taught.cross_fitted_).tolist() == [[False, False, True]]
    untaught = ThemeClassifier(model, PROFILES).probabilities(items)
    assert taught.predict_proba(items)[0, 1] <= untaught[0, 1]


@pytest.mark.parametrize("text", ["", " \n", "！？……", "\x00", "zzzz"])
def test_news_without_a_known_word_belongs_nowhere(fitted: ThemeRegression, text: str) -> None:
    nothing = TrainingItem(id="n", title=text, text=text)
    chances, assigned = fitted.classifier().decide([nothing])
    assert not chances.any()
    assert not assigned.any()


def test_a_few_labels_of_one_kind_leave_a_theme_near_its_profile(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    found = np.full((len(items), 3), UNKNOWN)
    farming = [row for row, item in enumerate(items) if item.id.startswith("T11")]
    found[farming[:3], 2] = 1
    taught = ThemeRegression(model, PROFILES).fit(items, found)
    moved = np.abs(
        taught.decision_function(items)
        - ThemeRegression(model, PROFILES)
        .fit(items, np.full(found.shape, UNKNOWN))
        .decision_function(items)
    )
    assert moved.max() < 1.0
    assert taught.classifier().thresholds[2] == ThemeClassifier(model, PROFILES).thresholds[2]


def test_what_the_grams_add_is_the_score(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    """With one topic a theme's odds are linear in the grams: all of them, with the labels'."""
    profiles = (profile("a", "T01"), profile("b", "T06"), profile("c", "T11"))
    layer = ThemeRegression(model, profiles).fit(items, labels).layer_
    rows = model.vocabulary.matrix(items)
    grams = layer.gram_weights(model)
    chances = ThemeClassifier(model, profiles, layer=layer).probabilities(items)
    for place, topic in ((0, 0), (1, 5)):
        silence = layer.slopes[place] * model.offsets[topic] + layer.silence(model)[place]
        for row, one in enumerate(ItemGrams.of_all(items, rows, model.vocabulary)):
            weights = (
                layer.slopes[place] * model.dense_weights[one.features, topic]
                + grams[one.features, place]
            )
            told = one.by_character(weights.astype(float)).sum() + silence
            if abs(told) < 12:  # beyond, probabilities are cut off
                assert told == pytest.approx(float(log_odds(chances)[row, place]), abs=0.01)


def test_a_term_weighs_in_the_evidence_what_it_weighs_in_the_score(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    named = (profile("a", "T01", terms=(OwnTerm(term="创业大赛", weight=0.5),)), *PROFILES[1:])
    layer = ThemeRegression(model, named).fit(items, labels).layer_
    item = next(item for item in items if item.id.startswith("T01"))
    plain = ThemeClassifier(model, PROFILES, layer=layer).decide([item])[0][0, 0]
    heard = ThemeClassifier(model, named, layer=layer).decide([item])[0][0, 0]
    gain = log_odds(np.array([heard]))[0] - log_odds(np.array([plain]))[0]
    assert gain == pytest.approx(0.5 * layer.slopes[0], abs=1e-6)


def test_topic_and_latent_weights_fold_into_the_grams(
    model: BaseModel, fitted: ThemeRegression, items: list[TrainingItem]
) -> None:
    layer, rows = fitted.layer_, model.vocabulary.matrix(items)
    apart = (
        model.log_odds(rows).astype(float) @ layer.topic_weights
        + latent_coordinates(model, rows) @ layer.latent_weights
        + layer.offsets
    )
    assert np.allclose(rows @ layer.gram_weights(model) + layer.silence(model), apart, atol=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"themes": ("a", "b", "x")}, "layer must be of the themes"),
        ({"base_fingerprint": "0" * 16}, "layer must be trained on the base model"),
    ],
)
def test_a_layer_of_other_themes_or_another_base_model_is_refused(
    model: BaseModel, fitted: ThemeRegression, change: dict[str, object], message: str
) -> None:
    made = {
        name: getattr(fitted.layer_, name) for name in TrainedLayer.__dataclass_fields__
    } | change
    with pytest.raises(ValueError, match=message):
        ThemeClassifier(model, PROFILES, layer=TrainedLayer(**made))


def test_cross_validation_measures_on_items_the_layer_did_not_see(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    before, after = cross_validated(regression(model), items, labels)
    assert after.micro_f1 > before.micro_f1
    assert (after.items, after.pairs, after.positives) == (56, 112, 32)
    nobody = next(one for one in after.themes if one.theme == "c")
    assert (nobody.positives, nobody.negatives, nobody.f1) == (0, 0, None)
    scrambled = labels.copy()
    decided = labels[:, 0] != UNKNOWN
    scrambled[decided, 0] = np.random.default_rng(0).permutation(labels[decided, 0])
    _, noise = cross_validated(regression(model), items, scrambled)
    assert noise.themes[0].f1 is not None
    assert noise.themes[0].f1 < 0.7


def test_figures_leave_out_what_nobody_decided() -> None:
    labels = np.array([[1, 0], [UNKNOWN, 1], [0, UNKNOWN]])
    said = np.array([[True, True], [True, True], [False, True]])
    found = figures_of(("a", "b"), said.astype(float), said, labels)
    assert (found.pairs, found.positives, found.items) == (4, 2, 3)
    assert found.micro_f1 == pytest.approx(0.8)
    assert found.macro_f1 == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
