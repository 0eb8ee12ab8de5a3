"""A trained model's folder: what comes back, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel, open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.hierarchy import classifier_of
from pipeline.classify.profiles import profiles_of
from pipeline.classify.trained_bundle import (
    TrainedModel,
    describe,
    open_trained,
    save_trained,
    train,
)
from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode
from pipeline.plan.profile import ThemeProfile, TopicLink

PLAN = Plan(
    title="科技宣传方案",
    kind="publicity_plan",
    nodes=(
        PlanNode(id="focus-1", kind="focus_area", level=1, title="推进大众创业、万众创新"),
        PlanNode(id="focus-2", kind="focus_area", level=1, title="培养创新人才"),
    ),
)


@pytest.fixture
def labels(items: list[TrainingItem]) -> NDArray[np.int_]:
    topics = [item.id.partition("-")[0] for item in items]
    return np.array([[int(t in ("T01", "T04")), int(t in ("T06", "T07"))] for t in topics])


@pytest.fixture
def trained(model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]) -> TrainedModel:
    return train(PLAN, "", model, items, labels, name="科技", version=3, created="2026-01-02")


@pytest.fixture
def folder(trained: TrainedModel, tmp_path: Path) -> Path:
    save_trained(trained, tmp_path / "trained")
    return tmp_path / "trained"


def test_a_saved_layer_says_the_same(
    trained: TrainedModel, folder: Path, model: BaseModel, items: list[TrainingItem]
) -> None:
    opened = open_trained(folder, PLAN, model)
    assert opened.described == trained.described == describe(folder)
    assert opened.layer.fingerprint == trained.layer.fingerprint
    profiles = profiles_of(PLAN, "focus_area", model)
    said = [
        list(ThemeClassifier(model, profiles, layer=one.layer).classify(items))
        for one in (trained, opened)
    ]
    assert said[0] == said[1]
    whole = classifier_of(PLAN, "", model, layers={"focus_area": opened.layer})
    assert np.array_equal(
        whole.probabilities(items),
        ThemeClassifier(model, profiles, layer=opened.layer).probabilities(items),
    )


def test_the_card_tells_figures_and_limits(folder: Path, trained: TrainedModel) -> None:
    card = (folder / "card.md").read_text(encoding="utf-8")
    after = trained.described.by_labels
    assert (
        f"| micro-F1 | {trained.described.by_profiles.micro_f1:.3f} | {after.micro_f1:.3f} |"
        in card
    )
    assert "56 items, 112 decided pairs of item and theme,\n32 of them positive" in card
    assert trained.described.label_fingerprint in card
    assert "2026-01-02" in card


def test_a_folder_holds_no_text_of_the_items(folder: Path, items: list[TrainingItem]) -> None:
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    assert items[0].title.encode() not in raw
    assert items[0].text[8:20].encode() not in raw


def test_training_twice_gives_the_same_bytes(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_], folder: Path
) -> None:
    again = train(PLAN, "", model, items, labels, name="科技", version=3, created="2026-01-02")
    save_trained(again, folder.with_name("again"))
    for path in folder.iterdir():
        assert path.read_bytes() == (folder.with_name("again") / path.name).read_bytes()


def test_the_label_fingerprint_follows_the_labels_and_not_their_order(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_], trained: TrainedModel
) -> None:
    def fingerprint(rows: list[int], found: NDArray[np.int_]) -> str:
        some = [items[row] for row in rows]
        made = train(PLAN, "", model, some, found[rows], name="x", version=1, created="")
        return made.described.label_fingerprint

    every = list(range(len(items)))
    assert fingerprint(every[::-1], labels) == trained.described.label_fingerprint
    other = labels.copy()
    other[0, 1] = -1
    assert fingerprint(every, other) != trained.described.label_fingerprint


def test_every_changed_byte_is_refused(folder: Path, model: BaseModel) -> None:
    for path in [*sorted(folder.glob("*.npy")), folder / "card.md"]:
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        for opening in (lambda: open_trained(folder, PLAN, model), lambda: describe(folder)):
            with pytest.raises(BadInput, match=path.name) as caught:
                opening()
            assert caught.value.slug == "model-tampered"
        path.write_bytes(raw)
    open_trained(folder, PLAN, model)


def test_another_base_model_is_refused(folder: Path, model: BaseModel) -> None:
    import dataclasses

    other = dataclasses.replace(model, offsets=model.offsets + np.float32(0.5))
    with pytest.raises(BadInput, match=other.fingerprint) as caught:
        open_trained(folder, PLAN, other)
    assert caught.value.slug == "model-other-base"
    assert "xuanjian train" in caught.value.hint


def test_a_plan_with_other_themes_is_refused(folder: Path, model: BaseModel) -> None:
    first, second = PLAN.nodes
    reworded = msgspec.structs.replace(second, title="科学普及")
    changed = msgspec.structs.replace(PLAN, nodes=(first, reworded))
    with pytest.raises(BadInput) as caught:
        open_trained(folder, changed, model)
    assert caught.value.slug == "model-other-plan"
    assert "xuanjian train" in caught.value.hint


def test_white_space_and_issuer_change_nothing(folder: Path, model: BaseModel) -> None:
    first, second = PLAN.nodes
    spaced = msgspec.structs.replace(first, title="推进 大众创业、万众创新")
    same = msgspec.structs.replace(PLAN, nodes=(spaced, second), issuer="科技局")
    open_trained(folder, same, model)


def test_profiles_of_other_topics_are_refused_and_other_terms_are_not(
    folder: Path, model: BaseModel
) -> None:
    own = profiles_of(PLAN, "focus_area", model)
    units = msgspec.structs.replace(own[0], units=("青川种业",), confirmed_by="张")
    open_trained(folder, msgspec.structs.replace(PLAN, profiles=(units,)), model)
    other = ThemeProfile(theme="focus-1", topics=(TopicLink(topic="T12"),))
    with pytest.raises(BadInput) as caught:
        open_trained(folder, msgspec.structs.replace(PLAN, profiles=(other,)), model)
    assert caught.value.slug == "model-other-profiles"


def test_a_base_model_is_no_trained_layer_and_the_other_way_round(
    folder: Path, model: BaseModel
) -> None:
    base = Path(__file__).resolve().parents[2] / "models" / "base"
    for opening in (lambda: open_trained(base, PLAN, model), lambda: open_bundle(folder)):
        with pytest.raises(BadInput) as caught:
            opening()
        assert caught.value.slug == "model-format"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("slopes", lambda array: array[:1]),
        ("offsets", lambda array: array * np.nan),
        ("topic_weights", lambda array: array.T),
        ("latent_weights", lambda array: array.astype("U8")),
        ("thresholds", lambda array: array + 1.0),
    ],
)
def test_arrays_that_make_no_sense_are_refused_though_their_hashes_fit(
    folder: Path, model: BaseModel, name: str, change: Callable[[Any], Any]
) -> None:
    array = folder / f"{name}.npy"
    np.save(array, change(np.load(array)))
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    manifest["files"][f"{name}.npy"] = hashlib.sha256(array.read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        open_trained(folder, PLAN, model)
    assert caught.value.slug == "model-format"


def test_labels_without_one_that_belongs_teach_nothing(
    model: BaseModel, items: list[TrainingItem], labels: NDArray[np.int_]
) -> None:
    with pytest.raises(BadInput) as caught:
        train(PLAN, "", model, items, labels * 0, name="x", version=1, created="")
    assert caught.value.slug == "labels-too-few"
