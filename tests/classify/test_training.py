"""What the base model learns from, and what it is calibrated for."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.estimators import (
    GramVectorizer,
    LatentSpace,
    TopicLeastSquares,
    TopicRegression,
    fit_platt,
)
from pipeline.classify.stream import FEW_LOCAL, Stream, calibration_error
from pipeline.classify.topics import TOPICS
from pipeline.classify.training_data import (
    BRIEF,
    GENERATED_ITEMS,
    LOCAL_TOPICS,
    as_brief,
    as_title,
    dictionary,
    local_truth,
    truth_of,
)


def test_a_brief_is_the_title_and_the_first_news() -> None:
    item = TrainingItem(id="b", title="题", text="央视网消息（新闻联播）：" + "正文" * 200)
    assert as_brief(item).title == "题"
    assert as_brief(item).text == ("正文" * 200)[:BRIEF]
    assert as_title(item).text == ""
    assert as_title(item).title == "题"


def test_the_dictionary_names_every_topic_with_all_its_meanings() -> None:
    terms = {item.text: item.topics for item in dictionary()}
    assert {code for topics in terms.values() for code in topics} == {t.id for t in TOPICS}
    assert terms["未来产业"] == ("T04", "T08")


def test_local_labels_use_known_topics_only() -> None:
    known = {topic.id for topic in TOPICS}
    lines = LOCAL_TOPICS.read_text(encoding="utf-8").splitlines()
    rows = [line.partition("\t") for line in lines if not line.startswith("#")]
    assert len(rows) == len({name for name, _, _ in rows}) == 222
    assert {code.rstrip("?") for _, _, codes in rows for code in codes.split()} <= known


@pytest.mark.parametrize("regression", [TopicRegression, TopicLeastSquares])
def test_a_label_that_counts_neither_way_changes_nothing(
    regression: type[TopicRegression] | type[TopicLeastSquares], items: list[TrainingItem]
) -> None:
    rows = GramVectorizer(min_df=2, max_df=0.6).fit_transform(items)
    truth, counts = truth_of(items)[:, [0, 3]], local_truth(items)[:, [0, 3]]
    counts[5, 0] = False
    flipped = truth.copy()
    flipped[5, 0] ^= True
    first = regression().fit(rows, truth, counts=counts)
    second = regression().fit(rows, flipped, counts=counts)
    assert np.array_equal(first.coef_, second.coef_)


def test_a_weight_of_two_is_an_item_twice(items: list[TrainingItem]) -> None:
    rows = GramVectorizer(min_df=2, max_df=0.6).fit_transform(items)
    truth = truth_of(items)[:, :1]
    weight = np.ones(len(items))
    weight[:3] = 2.0
    twice = [*range(len(items)), 0, 1, 2]
    weighed = TopicRegression(tol=1e-8).fit(rows, truth, sample_weight=weight)
    repeated = TopicRegression(tol=1e-8).fit(rows[twice], truth[twice])
    assert np.allclose(weighed.coef_, repeated.coef_, atol=1e-4)


def test_least_squares_are_those_of_all_columns_solved_outright(
    items: list[TrainingItem],
) -> None:
    rows = GramVectorizer(min_df=2, max_df=0.6).fit_transform(items)
    truth = truth_of(items)[:, [0, 3]]
    weight = np.linspace(0.5, 2.0, len(items))
    latent = LatentSpace(n_components=3).fit(rows).components_
    model = TopicLeastSquares(latent=latent, steepness=1.0).fit(rows, truth, weight)
    columns = np.hstack(
        [
            rows.toarray().astype(float),
            model.latent_scale * (rows @ latent.T),
            np.full((len(items), 1), np.sqrt(model.constant)),
        ]
    )
    left = (columns * weight[:, None]).T @ columns + model.penalty * np.eye(columns.shape[1])
    direct = columns @ np.linalg.solve(left, (columns * weight[:, None]).T @ (2.0 * truth - 1.0))
    assert np.allclose(model.decision_function(rows), direct, atol=1e-4)


def test_required_and_local_grams_enter_the_vocabulary(items: list[TrainingItem]) -> None:
    wanted = TrainingItem(id="w", title="", text="螺旋藻")
    plain = GramVectorizer(min_df=2, max_df=0.6).fit(items).vocabulary_
    assert plain.matrix([wanted]).nnz == 0
    asked = GramVectorizer(min_df=2, max_df=0.6, required=(wanted,)).fit(items).vocabulary_
    assert asked.matrix([wanted]).nnz == 6
    few = [TrainingItem(id=str(n), title="", text="螺旋藻") for n in range(4)]
    strict = GramVectorizer(min_df=20, max_df=0.9).fit([*items, *few]).vocabulary_
    local = GramVectorizer(min_df=20, max_df=0.9, local=tuple(few)).fit([*items, *few])
    assert strict.matrix([wanted]).nnz == 0
    assert local.vocabulary_.matrix([wanted]).nnz == 6


def test_platt_weights_are_repetitions() -> None:
    generator = np.random.default_rng(2)
    scores = generator.normal(size=4_000)
    truth = generator.random(4_000) < 1 / (1 + np.exp(-scores))
    heavy = np.where(np.arange(4_000) < 1_000, 2.0, 1.0)
    again = np.concatenate([np.arange(4_000), np.arange(1_000)])
    weighed = fit_platt(scores, truth, heavy)
    assert weighed == pytest.approx(fit_platt(scores[again], truth[again]), abs=1e-3)


@dataclass(frozen=True)
class Labelled:
    truth: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    folds: NDArray[np.int64]


def labelled(size: int, positives: int) -> Labelled:
    truth = np.zeros((size, 1), dtype=bool)
    truth[:positives] = True
    return Labelled(truth, np.ones((size, 1), dtype=bool), np.arange(size) % 2)


def test_sources_weigh_the_same_whatever_their_size() -> None:
    sources = (labelled(400, 40), labelled(40, 20))
    stream = Stream.mix(("a", "b"), [np.zeros((400, 1)), np.zeros((40, 1))], sources)
    assert stream.weight[:400].sum() == pytest.approx(stream.weight[400:].sum())
    assert stream.priors()[0] == pytest.approx((0.1 + 0.5) / 2)


def test_a_topic_the_local_items_lack_keeps_its_prior() -> None:
    sources = (labelled(400, 40), labelled(40, FEW_LOCAL - 1))
    stream = Stream.mix(("a", "b"), [np.zeros((400, 1)), np.zeros((40, 1))], sources)
    assert stream.priors()[0] == pytest.approx(0.1, abs=0.005)


def test_a_threshold_is_half_the_best_f1() -> None:
    sources = (labelled(400, 40), labelled(400, 40))
    scores = [np.where(one.truth, 2.0, -2.0) for one in sources]
    stream = Stream.mix(("a", "b"), scores, sources)
    chances = stream.cross_calibrated()
    assert stream.thresholds(chances) == (0.5,)
    measured = stream.measure(chances, np.array([0.5]))
    assert [(one.precision, one.recall) for one in measured] == [(1.0, 1.0)] * 2


def test_the_calibration_error_is_the_gap_between_said_and_true() -> None:
    chances, truth = np.full((10, 1), 0.35), np.arange(10)[:, None] < 6
    assert calibration_error(chances, truth, np.ones((10, 1))) == pytest.approx(0.25)


def test_generated_items_are_news_of_known_topics_each_told_once() -> None:
    lines = GENERATED_ITEMS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    known = {topic.id for topic in TOPICS}
    told = Counter[str]()
    for codes, title, text in rows:
        named = [] if codes == "-" else [code.removesuffix("?") for code in codes.split(" ")]
        assert set(named) <= known, title
        assert len(set(named)) == len(named) <= 4, title
        assert 8 <= len(title) <= 40, title
        assert 50 <= len(text) <= 520, title
        told.update(named or ["-"])
    assert len({title for _, title, _ in rows}) == len({text for *_, text in rows}) == len(rows)
    assert min(told[topic] for topic in (*known, "-")) >= 25


@pytest.mark.data
def test_no_evaluated_item_is_among_the_generated_ones(data: Path) -> None:
    gold = (data / "news" / "gold.jsonl").read_text(encoding="utf-8")
    evaluated = [json.loads(line) for line in gold.splitlines() if line.strip()]
    generated = GENERATED_ITEMS.read_text(encoding="utf-8")
    assert evaluated
    for item in evaluated:
        assert item["title"] not in generated
