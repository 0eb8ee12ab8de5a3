"""Which trained model is in use: promoted, replaced, rolled back, refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel, save_bundle
from pipeline.classify.learned_names import read_learned_names
from pipeline.classify.registry import ModelRegistry, base_beside, schemes_above
from pipeline.classify.trained_bundle import TrainedModel, train
from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode

PLAN = Plan(
    title="科技宣传方案",
    kind="publicity_plan",
    nodes=(
        PlanNode(id="focus-1", kind="focus_area", level=1, title="推进大众创业、万众创新"),
        PlanNode(id="focus-2", kind="focus_area", level=1, title="培养创新人才"),
    ),
)
LATER = msgspec.structs.replace(
    PLAN, nodes=(*PLAN.nodes, PlanNode(id="focus-3", kind="focus_area", level=1, title="治沙"))
)


def learn(model: BaseModel, items: list[TrainingItem], version: int) -> TrainedModel:
    """Another version learns from one item less, so that no two layers are the same."""
    used = items[: len(items) - version]
    topics = [item.id.partition("-")[0] for item in used]
    labels = np.array([[int(t in ("T01", "T04")), int(t in ("T06", "T07"))] for t in topics])
    return train(PLAN, "", model, used, labels, name="m", version=version, created="2026-01-02")


@pytest.fixture
def registry(tmp_path: Path, model: BaseModel, items: list[TrainingItem]) -> ModelRegistry:
    """Two models, m-1 and m-2, none of them in use."""
    shelf = ModelRegistry(tmp_path / "models")
    for version in (1, 2):
        shelf.add(learn(model, items, version), frozenset({f"item-{version}"}))
    return shelf


def test_a_model_decides_nothing_before_it_is_promoted(
    registry: ModelRegistry, model: BaseModel
) -> None:
    assert [one.name for one in registry.models()] == ["m-1", "m-2"]
    assert registry.in_use("2025", "focus_area") is None
    assert registry.in_force("2025", PLAN, "", model).layers == {}


def test_the_promoted_layer_is_in_force_for_its_plan_only(
    registry: ModelRegistry, model: BaseModel
) -> None:
    use = registry.promote("m-1", "2025", PLAN, model, "2026-02-01")
    force = registry.in_force("2025", PLAN, "", model)
    assert force.uses == (use,)
    assert force.layers["focus_area"].fingerprint == use.fingerprint
    assert registry.in_force("2024", PLAN, "", model).layers == {}


def test_rolling_back_goes_one_step_and_erases_nothing(
    registry: ModelRegistry, model: BaseModel
) -> None:
    registry.promote("m-1", "2025", PLAN, model, "2026-02-01")
    registry.promote("m-2", "2025", PLAN, model, "2026-02-02")
    ended, present = registry.roll_back("2025", "focus_area", "2026-02-03")
    assert (ended.model, ended.rolled_back) == ("m-2", "2026-02-03")
    assert present is not None
    assert present.model == "m-1"
    assert registry.roll_back("2025", "focus_area", "2026-02-04")[1] is None
    assert [(use.model, use.rolled_back) for use in registry.uses()] == [
        ("m-1", "2026-02-04"),
        ("m-2", "2026-02-03"),
    ]
    with pytest.raises(BadInput, match="model-not-in-use"):
        registry.roll_back("2025", "focus_area", "2026-02-05")


def test_promoting_what_is_in_use_changes_nothing(
    registry: ModelRegistry, model: BaseModel
) -> None:
    first = registry.promote("m-1", "2025", PLAN, model, "2026-02-01")
    assert registry.promote("m-1", "2025", PLAN, model, "2026-02-02") == first
    assert registry.uses() == (first,)


def test_a_model_of_other_themes_or_another_base_is_not_promoted(
    registry: ModelRegistry, model: BaseModel
) -> None:
    other = dataclasses.replace(model, offsets=model.offsets + np.float32(1))
    with pytest.raises(BadInput, match="model-other-plan"):
        registry.promote("m-1", "2025", LATER, model, "2026-02-01")
    with pytest.raises(BadInput, match="model-other-base"):
        registry.promote("m-1", "2025", PLAN, other, "2026-02-01")
    assert registry.uses() == ()


def test_a_plan_that_changed_since_refuses_the_model_in_use(
    registry: ModelRegistry, model: BaseModel
) -> None:
    registry.promote("m-1", "2025", PLAN, model, "2026-02-01")
    with pytest.raises(BadInput, match="model-other-plan"):
        registry.in_force("2025", LATER, "", model)


def test_another_model_under_a_promoted_name_is_noticed(
    registry: ModelRegistry, model: BaseModel, items: list[TrainingItem]
) -> None:
    registry.promote("m-1", "2025", PLAN, model, "2026-02-01")
    (registry.folder / "m-1").rename(registry.folder / "away")
    (registry.folder / "m-2").rename(registry.folder / "m-1")
    with pytest.raises(BadInput, match="model-changed"):
        registry.in_force("2025", PLAN, "", model)


def test_a_base_model_that_lies_beside_a_trained_one_is_found(
    registry: ModelRegistry, model: BaseModel, items: list[TrainingItem]
) -> None:
    own = dataclasses.replace(model, latent_scale=model.latent_scale * np.float32(2))
    save_bundle(own, registry.folder / "own-base", "# own\n")
    folder = registry.add(learn(own, items, 3), frozenset())
    assert base_beside(folder, model).fingerprint == own.fingerprint
    registry.promote("m-3", "2025", PLAN, model, "2026-02-01")
    assert registry.in_force("2025", PLAN, "", model).base.fingerprint == own.fingerprint
    assert [one.name for one in registry.models()] == ["m-1", "m-2", "m-3"]


def test_a_damaged_folder_is_listed_with_its_trouble(registry: ModelRegistry) -> None:
    (registry.folder / "m-1" / "card.md").write_text("another", encoding="utf-8")
    damaged, sound = registry.models()
    assert damaged.described is None
    assert "model-tampered" in damaged.trouble
    assert sound.described is not None


def test_names_become_folders_and_numbers_go_on(registry: ModelRegistry) -> None:
    assert registry.next_version("m") == ("m", 3)
    assert registry.next_version("../2025 年/计划") == ("2025-年-计划", 1)
    assert registry.next_version("..") == ("model", 1)


@pytest.mark.parametrize("raw", ["", "[]", '{"format": 2, "uses": []}', '{"uses": [{}]}'])
def test_a_register_that_tells_nothing_is_refused(registry: ModelRegistry, raw: str) -> None:
    (registry.folder / "in-use.json").write_text(raw, encoding="utf-8")
    with pytest.raises(BadInput, match="models-register"):
        registry.uses()


def test_what_a_model_learned_from_stays_with_it(registry: ModelRegistry) -> None:
    assert read_learned_names(registry.folder / "m-1") == {"item-1"}
    path = registry.folder / "m-1" / "learned.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"layer_fingerprint": "0" * 16}), encoding="utf-8")
    with pytest.raises(BadInput, match="model-unaccounted"):
        read_learned_names(registry.folder / "m-1")
    path.unlink()
    with pytest.raises(BadInput, match="is missing"):
        read_learned_names(registry.folder / "m-1")


def test_the_schemes_above_are_named_nearest_first() -> None:
    piece = PlanNode(id="subsection-1.1.1", kind="subsection", level=3, title="丙")
    section = PlanNode(id="section-1.1", kind="section", level=2, title="乙", children=(piece,))
    chapter = PlanNode(id="chapter-1", kind="chapter", level=1, title="甲", children=(section,))
    plan = Plan(title="规划", kind="development_plan", nodes=(chapter,))
    assert schemes_above(plan, "subsection") == ("section", "chapter")
    assert schemes_above(plan, "chapter") == ()
