"""The measured quality of outlines is pinned: a change that loses it has to say so here."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.plan.model import walk
from pipeline.plan.reading import read_plan
from pipeline.text import comparable

pytestmark = pytest.mark.data

CORPUS = "9121c091bca40beb"
FLOOR = 0.998
"""Measured 0.9987: one box title of p30 is glued to the sentence behind it."""
FLOOR_OF_EACH = 0.98


@pytest.fixture(scope="module")
def benchmark_plans() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "plans.py"
    spec = importlib.util.spec_from_file_location("benchmark_plans", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_outlines_keep_their_quality(benchmark_plans: ModuleType, data: Path) -> None:
    scores, corpus = benchmark_plans.score_documents(data / "plans")
    assert corpus == CORPUS, "the documents changed: measure again, then pin again"
    for score in scores:
        assert score.f1 >= FLOOR_OF_EACH, score
    assert benchmark_plans.micro_f1(scores) >= FLOOR


OPEN_TO_JUDGEMENT = {"p31": 0.96, "p41": 0.98}
"""p41 counts inside a paragraph, which the readers left out; in p31 the level of three boxes is
open. Measured F1, rounded down."""


def read_by_hand() -> dict[str, list[tuple[int, str]]]:
    """Level and title of the headings of 19 documents that have no gold. Two readers who had not
    seen the program wrote them down; p33 is left out, as they could not settle on its levels."""
    found = defaultdict(list)
    table = Path(__file__).with_name("outlines.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        document, level, title = line.split("\t")
        found[document].append((int(level), comparable(title)))
    return dict(found)


@pytest.mark.parametrize("document", sorted(read_by_hand()))
def test_documents_without_gold_read_as_people_read_them(document: str, data: Path) -> None:
    plan = read_plan(data / "plans" / f"{document}.txt").plan
    ours = [(node.level, comparable(node.title)) for node in walk(plan.nodes)]
    theirs = read_by_hand()[document]
    if document not in OPEN_TO_JUDGEMENT:
        assert ours == theirs
    right = (Counter(ours) & Counter(theirs)).total()
    assert 2 * right / (len(ours) + len(theirs)) >= OPEN_TO_JUDGEMENT.get(document, 1.0)
