"""The measured quality is pinned: a change that loses it has to say so here.

A floor lies a little under what was measured; the fingerprint says on which items.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.classify.bundle import BaseModel

pytestmark = pytest.mark.data

CORPUS = "9ba962f8659a0531"
FLOORS = {"ordos": 0.70, "jinshui": 0.69, "kangbashi": 0.68}
MEAN_FLOOR = 0.69
AVERAGE_PRECISION_FLOOR = 0.72
CALIBRATION_CEILING = 0.025


@pytest.fixture(scope="module")
def mapping() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "mapping.py"
    spec = importlib.util.spec_from_file_location("benchmark_mapping", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_proposed_profiles_keep_their_quality(
    mapping: ModuleType, data: Path, shipped_model: BaseModel
) -> None:
    scores, corpus = mapping.score_plans(data, shipped_model)
    assert corpus == CORPUS, "the evaluated items changed: measure again, then pin again"
    for score in scores:
        assert score.micro_f1 >= FLOORS[score.plan], score
    assert sum(score.micro_f1 for score in scores) / len(scores) >= MEAN_FLOOR
    precision = sum(score.average_precision for score in scores) / len(scores)
    assert precision >= AVERAGE_PRECISION_FLOOR
    error = sum(score.calibration_error for score in scores) / len(scores)
    assert error <= CALIBRATION_CEILING


def test_people_agree_better_than_the_model(
    mapping: ModuleType, data: Path, shipped_model: BaseModel
) -> None:
    automatic, _ = mapping.score_plans(data, shipped_model)
    for ours, people in zip(automatic, mapping.score_annotators(data), strict=True):
        assert ours.micro_f1 < people.micro_f1


def test_the_peer_stays_behind(mapping: ModuleType, data: Path, shipped_model: BaseModel) -> None:
    automatic, _ = mapping.score_plans(data, shipped_model)
    for ours, peer in zip(automatic, mapping.score_cosine(data, shipped_model), strict=True):
        assert ours.micro_f1 > peer.micro_f1 + 0.08


def test_the_shipped_model_never_saw_the_evaluated_items(
    data: Path, shipped_model: BaseModel
) -> None:
    from pipeline.classify.base_training import read_training_set

    training = read_training_set(data)
    assert training.excluded > 0
    assert shipped_model.data_fingerprint == training.fingerprint
