"""A classifier that is sent away comes out the same, and its fingerprint says which it is."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from pipeline.classify import sending
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.hierarchy import classifier_of
from pipeline.classify.sending import Recipe, bare_model, chunks, unpacked, work
from pipeline.plan.model import Plan, PlanNode, Unit

PLAN = Plan(
    title="科技规划",
    kind="development_plan",
    nodes=(
        PlanNode(
            id="chapter-1",
            kind="chapter",
            level=1,
            title="发展农牧业科技",
            text="推广新品种，服务农户。",
            children=(
                PlanNode(id="section-1.1", kind="section", level=2, title="推广农牧业新品种"),
            ),
        ),
    ),
    units=(Unit(name="青川种业有限公司", theme="section-1.1"),),
)


@pytest.fixture
def classifier(shipped_model: BaseModel) -> ThemeClassifier:
    return classifier_of(PLAN, "section", shipped_model, batch_size=4)


@pytest.fixture(autouse=True)
def fresh_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_kept", [])


@pytest.mark.parametrize("pickled", [False, True])
def test_what_a_worker_makes_of_a_recipe_says_the_same(
    classifier: ThemeClassifier, items: list[TrainingItem], pickled: bool
) -> None:
    expected = list(classifier.classify(items))
    assert any(theme.assigned for result in expected for theme in result.themes)
    recipe, model = Recipe.of(classifier), bare_model(classifier.model)
    sent = pickle.dumps(model) if pickled else model
    got = [one for chunk in chunks(items, 10) for one in unpacked(work(recipe, sent, chunk))]
    assert got == expected


def test_a_used_classifier_is_as_small_to_send_as_a_new_one(
    classifier: ThemeClassifier, items: list[TrainingItem]
) -> None:
    before = len(Recipe.of(classifier).parts)
    list(classifier.classify(items))
    assert len(Recipe.of(classifier).parts) == before < 100_000


def test_the_fingerprint_tells_classifiers_apart_that_may_say_otherwise(
    classifier: ThemeClassifier, shipped_model: BaseModel, model: BaseModel
) -> None:
    def of(plan: Plan, base: BaseModel = shipped_model, scheme: str = "section") -> str:
        return classifier_of(plan, scheme, base).fingerprint

    (chapter,) = PLAN.nodes
    (section,) = chapter.children
    changed = msgspec.structs.replace
    new_clause = changed(chapter, children=(changed(section, text="宣传养殖能手。"),))
    new_chapter = changed(chapter, title="保障医疗卫生", text="")
    new_unit = (Unit(name="白塔种业有限公司", theme="section-1.1"),)
    others = [
        of(changed(PLAN, nodes=(new_clause,))),
        of(changed(PLAN, nodes=(new_chapter,))),
        of(changed(PLAN, units=new_unit)),
        of(PLAN, model),
        of(PLAN, scheme="chapter"),
    ]
    assert of(PLAN) == classifier.fingerprint
    assert len({*others, classifier.fingerprint}) == len(others) + 1


def test_the_worker_keeps_its_classifier_until_another_is_wanted(
    classifier: ThemeClassifier, shipped_model: BaseModel, items: list[TrainingItem]
) -> None:
    (chunk,) = chunks(items[:3], 10)
    work(Recipe.of(classifier), shipped_model, chunk)
    (first,) = sending._kept
    work(Recipe.of(classifier), shipped_model, chunk)
    assert sending._kept[0][1] is first[1]
    work(Recipe.of(classifier_of(PLAN, "chapter", shipped_model)), shipped_model, chunk)
    assert sending._kept[0][1] is not first[1]
