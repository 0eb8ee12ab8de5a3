"""The documentation cannot lie: what the code says of itself is what the pages say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline.cli import VERBS
from pipeline.cli.reference import commands_page, settings_page

ROOT = Path(__file__).resolve().parents[1]
RAISERS = {
    "BadInput",
    "XuanjianError",
    "DiskTrouble",
    "NotSignedIn",
    "NotAllowed",
    "Forged",
    "BeingMade",
    "cls",
    "__init__",
}


def slugs_in_code() -> set[str]:
    found = set()
    for room in ("pipeline", "crawler", "console"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or len(node.args) < 2:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                slug = node.args[1]
                if isinstance(slug, ast.BoolOp):
                    slug = slug.values[-1]
                if name in RAISERS and isinstance(slug, ast.Constant):
                    found.add(str(slug.value))
    return found


def test_every_error_slug_has_a_line_and_every_line_a_slug() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)) == slugs_in_code()


@pytest.mark.parametrize(
    ("name", "page"), [("settings.md", settings_page()), ("commands.md", commands_page())]
)
def test_printed_pages_are_up_to_date(name: str, page: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page, "run: make docs"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_the_two_commands_and_every_room(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    rooms = [path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()]
    for room in [*rooms, "models", "notebooks", "docs", "tests", "benchmarks"]:
        assert f"{room}/" in text, room


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/*.md")), ids=lambda path: path.name)
def test_links_and_pictures_in_the_pages_exist(path: Path) -> None:
    if ".venv" in path.parts:
        return
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http", "mailto")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def modules_in(room: str) -> set[str]:
    return {path.name for path in (ROOT / room).glob("*.py")} - {"__init__.py", "__main__.py"}


def test_the_architecture_places_every_module_and_names_none_that_is_not_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = page.partition("## Rooms")[2].partition("\n## ")[0]
    pipeline, _, crawler = rooms.partition("The modules of `crawler/` by step")
    assert modules_in("crawler") == set(re.findall(r"`(\w+\.py)`", crawler))
    placed = set(re.findall(r"`(?:pipeline/)?(\w+\.py)`", pipeline))
    assert modules_in("pipeline") <= placed
    there = {
        path.name for path in (*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "console").glob("*.py"))
    }
    assert placed <= there


def test_every_verb_has_an_example_or_says_enough() -> None:
    page = commands_page()
    for verb in VERBS:
        assert f"## {verb}\n" in page


def test_the_lock_file_pins_every_dependency_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE)
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    extras = project["optional-dependencies"]
    (locked,) = re.findall(r"^LOCKED := (.+)$", makefile, re.MULTILINE)
    assert extras.keys() - set(locked.split()) == {"quantification"}, "built from source, optional"
    for extra in locked.split():
        wanted += extras[extra]
    for line in wanted:
        name = re.split(r"[\[>=<]", line)[0].lower().replace("_", "-")
        assert name in pinned, name
    assert lock.count("--hash=sha256:") >= len(pinned)
