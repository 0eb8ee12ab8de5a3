"""The notebooks run on small data, hold no outputs, and do what they say."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
from pathlib import Path
from typing import Any

import jupytext
import pytest

from pipeline.classify.registry import ModelRegistry
from pipeline.config import Workspace, shipped
from pipeline.errors import BadInput
from pipeline.settings_file import change_settings
from pipeline.steps import store_plan
from pipeline.store.store import Store

pytestmark = pytest.mark.xdist_group("demo")

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))


@pytest.fixture
def office(demo: Path, tmp_path: Path) -> Path:
    """A copy of what the tour leaves: some notebooks write into it."""
    shutil.copytree(demo, tmp_path / "office")
    return tmp_path / "office"


def run(
    number: int,
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: str = "",
    labels: Path | None = None,
) -> Any:
    """Run a notebook as a script; gives what its cells defined."""
    (path,) = FOLDER.glob(f"{number}_*.py")
    settings = {"XUANJIAN_WORKSPACE": office, "XUANJIAN_DATA": data or office, "MPLBACKEND": "Agg"}
    for name, value in settings.items():
        monkeypatch.setitem(os.environ, name, str(value))
    monkeypatch.delitem(os.environ, "XUANJIAN_LABELS", raising=False)
    if labels is not None:
        monkeypatch.setitem(os.environ, "XUANJIAN_LABELS", str(labels))
    return runpy.run_path(str(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_paired_text_without_functions_or_inner_parts(path: Path) -> None:
    cells = jupytext.read(path).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith(f"# {path.stem[:2]} · ")
    assert not [cell for cell in cells if cell.get("outputs")]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pipeline"):
            assert not str(node.module).startswith("pipeline.cli")
            assert not [name.name for name in node.names if name.name.startswith("_")]


def test_the_folder_holds_paired_text_only_and_its_page_names_each() -> None:
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} <= {".py", ".md", ".ipynb"}
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.stem[:2] for path in NOTEBOOKS] == ["10", "20", "30", "40", "50", "60"]
    for path in NOTEBOOKS:
        assert f"`{path.name}`" in page


def test_10_labels_come_back_from_the_frame(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = run(10, office, monkeypatch)
    assert len(cells["frame"]) == (98 + 52) * 6
    assert len(cells["lines"]) == 52


def test_20_keeps_a_model_that_is_not_in_use(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = run(20, office, monkeypatch)
    registry = ModelRegistry(Workspace.open(office).models)
    assert [one.name for one in registry.models()] == ["notebook-20-1"]
    assert registry.uses() == ()
    assert cells["tried"]["as shipped"].micro_f1 > cells["tried"]["profiles alone"].micro_f1


def test_30_shows_errors_with_the_words_that_decided(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = run(30, office, monkeypatch)
    assert {"wrong", "missed"} == set(cells["errors"]["error"])
    assert all(words for *_, words in cells["spoken"])


def test_40_draws_both_curves_on_the_samples(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    curve = run(40, office, monkeypatch)["curve"]
    assert list(curve.columns) == ["at random", "by use"]
    assert curve.index.tolist() == [0, 10, 20, 30, 40, 50]
    assert curve.loc[0].nunique() == 1


@pytest.mark.data
@pytest.mark.slow
def test_40_asking_by_use_beats_asking_at_random_on_the_evaluated_items(
    data: Path, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    curve = run(40, office, monkeypatch, data=str(data))["curve"]
    assert curve.index.tolist() == list(range(0, 101, 10))
    assert curve["by use"].mean() > curve["at random"].mean()


def test_50_promotes_a_model_on_a_base_of_its_own(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = run(50, office, monkeypatch)
    registry = ModelRegistry(Workspace.open(office).models)
    use = registry.in_use("2025", "focus_area")
    assert use is not None
    assert use.model == "notebook-50-1"
    assert cells["force"].base.fingerprint == cells["local"].fingerprint
    assert cells["base"].fingerprint != cells["local"].fingerprint


def test_60_shows_the_coverage_of_the_plan(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = run(60, office, monkeypatch)
    assert len(cells["coverage"]) == 6
    assert set(cells["coverage"]["bar"]) == {1}, "the bar the workspace sets"
    assert len(cells["news"]) == 130
    change_settings(Workspace.open(office), {"report.stories": 10})
    monkeypatch.setitem(os.environ, "XUANJIAN_PERIOD", "2025Q1")
    cells = run(60, office, monkeypatch)
    assert cells["report"].period.last == "2025-03-31"
    assert len(cells["stories"]) == cells["report"].totals.stories > 10


@pytest.mark.parametrize("number", [20, 30, 50])
def test_labels_about_themes_the_plan_does_not_have_are_refused(
    number: int, office: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "a", "title": "t", "themes": ["focus-99"]}\n', encoding="utf-8")
    with pytest.raises(BadInput, match="no theme focus-99"):
        run(number, office, monkeypatch, labels=labels)


def test_a_notebook_takes_the_plan_that_commands_take(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(Workspace.open(office).database_url) as store:
        store_plan(store, shipped("plans") / "jinshui-2017-publicity.toml", name="2017")
    assert run(60, office, monkeypatch)["plan"].name == "2025", "plan.default of the workspace"
    monkeypatch.setitem(os.environ, "XUANJIAN_PLAN", "2017")
    assert run(60, office, monkeypatch)["plan"].name == "2017"
