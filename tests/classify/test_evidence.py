"""Evidence adds up, shows the heaviest first, and costs no second reading."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.evidence import ItemGrams, stretches
from pipeline.classify.hierarchy import classifier_of
from pipeline.plan.model import Plan, PlanNode
from pipeline.plan.profile import ThemeProfile, TopicLink

TEXT = (
    "本报讯 旗科技局昨天组织科技特派员进村，给农户讲新品种怎样种，孵化器里的创业团队带来智慧农业设备。"
    "专利授权量同比增长三成，重点实验室正在筹建；全市科普活动周也在广场开幕，院士专家工作站为企业解难题，"
    "产学研合作签约十二项，成果转化奖励兑现到人！牧民说：收入比去年多了两万元，明年还要种。"
)
LOCAL = TrainingItem(id="local", title="科技下乡：新品种到了农户地里", text=TEXT)


def test_what_the_characters_add_is_the_score(shipped_model: BaseModel) -> None:
    rows = shipped_model.vocabulary.matrix([LOCAL])
    (grams,) = ItemGrams.of_all([LOCAL], rows, shipped_model.vocabulary)
    for topic in (0, 10, 11):
        weights = shipped_model.dense_weights[grams.features, topic].astype(float)
        told = grams.by_character(weights).sum()
        score = shipped_model.log_odds(rows)[0, topic] - shipped_model.offsets[topic]
        assert told == pytest.approx(float(score), abs=1e-3)


def test_grams_of_many_items_are_those_of_each(
    shipped_model: BaseModel, items: list[TrainingItem]
) -> None:
    several = [LOCAL, *items[:5], TrainingItem(id="e", title="", text=""), items[9]]
    rows = shipped_model.vocabulary.matrix(several)
    for row, together in enumerate(ItemGrams.of_all(several, rows, shipped_model.vocabulary)):
        (alone,) = ItemGrams.of_all([several[row]], rows[row], shipped_model.vocabulary)
        assert together.joined == alone.joined
        assert np.array_equal(together.starts, alone.starts)
        assert np.array_equal(together.values, alone.values)


def test_the_scan_that_stops_early_finds_the_heaviest_clauses(shipped_model: BaseModel) -> None:
    rows = shipped_model.vocabulary.matrix([LOCAL])
    (grams,) = ItemGrams.of_all([LOCAL], rows, shipped_model.vocabulary)
    shown = stretches(grams, shipped_model.dense_weights[grams.features, 10].astype(float))
    weights = [one.weight for one in shown]
    assert len(shown) == 5
    assert weights == sorted(weights, reverse=True)
    assert any("新品种" in one.text for one in shown[:2])


PLAN = Plan(
    title="科技宣传方案",
    kind="publicity_plan",
    nodes=(
        PlanNode(id="focus-1", kind="focus_area", level=1, title="推进大众创业、万众创新"),
        PlanNode(id="focus-2", kind="focus_area", level=1, title="培育农牧业科技园区"),
    ),
)


def test_two_processes_give_what_one_gives_in_the_same_order(
    shipped_model: BaseModel, items: list[TrainingItem]
) -> None:
    classifier = classifier_of(PLAN, "focus_area", shipped_model, batch_size=8)
    alone = list(classifier.classify(items))
    assert any(theme.answers for result in alone for theme in result.themes)
    assert list(classifier.classify(items, jobs=2)) == alone


def test_a_model_in_memory_goes_to_processes_as_well(
    model: BaseModel, items: list[TrainingItem]
) -> None:
    profiles = (
        ThemeProfile(theme="x", title="x", topics=(TopicLink(topic="T11", name="农", weight=1.0),)),
    )
    classifier = ThemeClassifier(model, profiles, batch_size=8)
    assert list(classifier.classify(items, jobs=2)) == list(classifier.classify(items))


def test_no_process_is_no_answer(model: BaseModel, items: list[TrainingItem]) -> None:
    with pytest.raises(ValueError, match="jobs must be at least 1, got 0 instead"):
        list(ThemeClassifier(model, ()).classify(items, jobs=0))
