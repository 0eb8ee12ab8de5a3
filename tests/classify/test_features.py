from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.estimators import (
    GramVectorizer,
    LatentSpace,
    TopicLeastSquares,
    TopicRegression,
    fit_platt,
)
from pipeline.classify.features import fold, lead_length


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("央视网消息（新闻联播）：今天", "央视网消息（新闻联播）："),
        ("新华社北京5月1日电（记者 某某）今天", "新华社北京5月1日电（记者 某某）"),
        ("本报讯 今天", "本报讯 "),
        ("来自商务部的消息：今天", "来自商务部的消息："),
        ("今天的会议提出，家电企业", ""),
        ("", ""),
    ],
)
def test_only_the_sender_is_left_out(text: str, lead: str) -> None:
    assert text[: lead_length(text)] == lead


def test_folding_keeps_every_character_in_its_place() -> None:
    text = "ＡＢc１２，\U00020000科技"
    codes = fold(text)
    assert len(codes) == len(text)
    assert "".join(chr(code) if code else " " for code in codes) == "abc00  科技"


def test_a_row_does_not_depend_on_its_batch(items: list[TrainingItem]) -> None:
    vocabulary = GramVectorizer(min_df=2, max_df=0.6).fit(items).vocabulary_
    together = vocabulary.matrix(items).toarray()
    alone = np.vstack([vocabulary.matrix([item]).toarray() for item in items])
    backwards = vocabulary.matrix(items[::-1]).toarray()[::-1]
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_items_without_text_are_rows_of_zeros(items: list[TrainingItem]) -> None:
    vocabulary = GramVectorizer(min_df=2, max_df=0.6).fit(items).vocabulary_
    empty = TrainingItem(id="e", title="", text="")
    matrix = vocabulary.matrix([empty, items[0], empty])
    assert np.diff(matrix.indptr).tolist()[::2] == [0, 0]
    assert vocabulary.matrix([]).shape == (0, vocabulary.size)
    assert vocabulary.matrix([empty]).nnz == 0


@pytest.mark.parametrize(
    "estimator",
    [
        GramVectorizer(min_df=3, max_df=0.5, max_features=50),
        LatentSpace(n_components=3, n_iter=2, random_state=4),
        TopicRegression(C=2.0, latent_scale=0.5),
        TopicLeastSquares(penalty=2.0, latent_scale=0.5),
    ],
)
def test_estimators_keep_the_contract(estimator: GramVectorizer) -> None:
    copy = clone(estimator)
    assert copy is not estimator
    assert copy.get_params() == estimator.get_params()
    name = next(iter(estimator.get_params()))
    copy.set_params(**{name: 7})
    assert copy.get_params()[name] == 7
    assert not [name for name in vars(copy) if name.endswith("_") and not name.startswith("__")]


def test_refitting_forgets_the_first_fit(items: list[TrainingItem]) -> None:
    vectorizer = GramVectorizer(min_df=2, max_df=0.6).fit(items[:20])
    again = vectorizer.fit(items).vocabulary_
    fresh = GramVectorizer(min_df=2, max_df=0.6).fit(items).vocabulary_
    assert np.array_equal(again.slots, fresh.slots)
    assert np.array_equal(again.idf, fresh.idf)


@pytest.mark.parametrize("regression", [TopicRegression, TopicLeastSquares])
def test_the_latent_part_folds_into_the_grams(
    regression: type[TopicRegression] | type[TopicLeastSquares], items: list[TrainingItem]
) -> None:
    rows = GramVectorizer(min_df=2, max_df=0.6).fit_transform(items)
    latent = LatentSpace(n_components=5).fit(rows).components_
    truth = np.array([[item.id.startswith("T01"), item.id.startswith("T11")] for item in items])
    model = regression(latent=latent).fit(rows, truth)
    assert model.coef_.shape == (2, rows.shape[1])
    assert ((model.decision_function(rows) >= 0) == truth).all()


def test_platt_calibration_finds_the_true_chance() -> None:
    generator = np.random.default_rng(1)
    scores = generator.normal(size=20_000)
    truth = generator.random(20_000) < 1 / (1 + np.exp(-(2.0 * scores - 1.0)))
    slope, offset = fit_platt(scores, truth)
    assert slope == pytest.approx(2.0, abs=0.1)
    assert offset == pytest.approx(-1.0, abs=0.1)


def test_few_positives_leave_the_slope_alone() -> None:
    scores = np.linspace(-3, 3, 50)
    slope, offset = fit_platt(scores, scores > 2.8)
    assert slope == 1.0
    assert offset < 0
