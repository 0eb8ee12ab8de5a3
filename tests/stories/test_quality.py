"""How well reprints are folded is pinned: a change that loses it has to say so here.

Floors lie a little under what was measured; the fingerprint says on which pairs.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CORPUS = "1cf4f51c9b411ebd"
FLOOR = 0.95
"""Pairwise F1; measured 0.98 on the half for tuning, 1.00 on the other."""


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "stories.py"
    spec = importlib.util.spec_from_file_location("benchmark_stories", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.data
@pytest.mark.slow
def test_reprints_are_folded_among_all_broadcasts_as_a_reader_folds_them(
    bench: ModuleType, data: Path
) -> None:
    pairs, edits = bench.read_pairs(), bench.read_edits()
    items = [*bench.labelled_items(), *bench.broadcasts(data)]
    assert bench.fingerprint(pairs, items) == CORPUS, "the pairs changed: measure, then pin again"
    story_of = bench.story_of_items(items)
    for held in (False, True):
        half = [pair for pair in pairs if bench.is_held(pair, edits) == held]
        assert len(half) > 150
        assert min(sum(pair.same for pair in half), sum(not pair.same for pair in half)) > 60
        assert bench.measure(half, story_of)[0].f1 >= FLOOR
    assert len(set(story_of.values())) > 0.99 * len(items), "broadcasts are hardly ever repeated"


def test_the_sample_pairs_keep_their_quality_without_the_evaluation_data(bench: ModuleType) -> None:
    pairs = [pair for pair in bench.read_pairs() if not pair.first.startswith("broadcast:")]
    score, _ = bench.measure(pairs, bench.story_of_items(bench.labelled_items()))
    assert len(pairs) > 250
    assert score.f1 >= FLOOR
    assert score.precision >= 0.98
