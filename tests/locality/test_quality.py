"""How well the locality is told is pinned: a change that loses it has to say so here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CORPUS = "460e23ed83e285bf"
COUNTED = 0.91
"""F1 of counted against not counted; measured 0.96 on the half for tuning, 0.925 on the other."""

ACCURACY = 0.82
"""Of the four classes; measured 0.86 and 0.84."""

ONE_MEDIUM = 0.96
"""F1 of the sample articles imported as one local medium's table; measured 0.99."""

NO_MEDIUM = 0.94
"""The same as a table that names no medium at all; measured 0.95."""


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "locality.py"
    spec = importlib.util.spec_from_file_location("benchmark_locality", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.data
def test_what_counts_for_a_plan_is_told_as_a_reader_tells_it(bench: ModuleType, data: Path) -> None:
    judged = bench.judge_all(data)
    assert bench.fingerprint(judged) == CORPUS, "the labels changed: measure, then pin again"
    for held in (False, True):
        half = [one for one in judged if one.is_held == held]
        score = bench.score(half)
        assert score.items > 200
        assert score.f1 >= COUNTED
        assert score.accuracy >= ACCURACY
    assert len({one.home for one in judged}) >= 8


def test_a_table_of_one_local_medium_keeps_its_own_news(bench: ModuleType) -> None:
    assert bench.score(bench.judge_as_one_medium()).f1 >= ONE_MEDIUM


@pytest.mark.parametrize("medium", ["", "科技之窗"])
def test_a_table_without_a_known_medium_loses_little(bench: ModuleType, medium: str) -> None:
    assert bench.score(bench.judge_as_one_medium(medium)).f1 >= NO_MEDIUM
