from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel, open_bundle, save_bundle
from pipeline.errors import BadInput, DiskTrouble


@pytest.fixture
def folder(model: BaseModel, tmp_path: Path) -> Path:
    save_bundle(model, tmp_path / "made-up", "# A made-up model\n")
    return tmp_path / "made-up"


def test_a_saved_model_says_the_same(
    model: BaseModel, folder: Path, items: list[TrainingItem]
) -> None:
    opened = open_bundle(folder)
    assert np.array_equal(opened.probabilities(items), model.probabilities(items))
    assert opened.fingerprint == model.fingerprint
    assert opened.topics == model.topics


def test_every_changed_byte_is_refused(folder: Path) -> None:
    for path in [*sorted(folder.glob("*.npy")), folder / "card.md"]:
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        with pytest.raises(BadInput, match=path.name) as caught:
            open_bundle(folder)
        assert caught.value.slug == "model-tampered"
        path.write_bytes(raw)
    open_bundle(folder)


def test_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    manifest["format"] = 99
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInput, match="99") as caught:
        open_bundle(folder)
    assert caught.value.slug == "model-format"


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"format": 1}', '{"format": "x"}'])
def test_a_folder_that_is_no_model_is_refused(folder: Path, content: str) -> None:
    (folder / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        open_bundle(folder)
    assert caught.value.slug == "model-format"


def test_a_manifest_may_not_point_outside_its_folder(folder: Path) -> None:
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    manifest["files"]["../other.npy"] = "0" * 64
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        open_bundle(folder)
    assert caught.value.slug == "model-format"


def test_missing_files_are_named(folder: Path, tmp_path: Path) -> None:
    (folder / "weights.npy").unlink()
    for place, name in ((folder, "weights.npy"), (tmp_path / "nowhere", "model.json")):
        with pytest.raises(BadInput, match=name) as caught:
            open_bundle(place)
        assert caught.value.slug == "model-missing"


def test_saving_replaces_the_old_model_whole(model: BaseModel, folder: Path) -> None:
    (folder / "stray").write_text("left over", encoding="utf-8")
    save_bundle(model, folder, "# Again\n")
    assert not (folder / "stray").exists()
    assert (folder / "card.md").read_text(encoding="utf-8") == "# Again\n"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_refused_write_leaves_nothing_behind(model: BaseModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DiskTrouble):
        save_bundle(model, tmp_path / "file" / "model", "")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weights", lambda array: array * np.float16("nan")),
        ("idf", lambda array: array[:-1]),
        ("offsets", lambda array: array[:3]),
        ("slots", lambda array: array.reshape(1, -1)),
        ("latent_scale", lambda array: array[:1]),
        ("latent_features", lambda array: array + 10_000_000),
        ("idf", lambda array: array.astype("U8")),
    ],
)
def test_arrays_that_make_no_sense_are_refused_though_their_hashes_fit(
    folder: Path, name: str, change: Callable[[Any], Any]
) -> None:
    array = folder / f"{name}.npy"
    np.save(array, change(np.load(array)))
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    manifest["files"][f"{name}.npy"] = hashlib.sha256(array.read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        open_bundle(folder)
    assert caught.value.slug == "model-format"
