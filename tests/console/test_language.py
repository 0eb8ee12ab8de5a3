"""Every string officers read is in one catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from console import language
from console.catalogue import TEMPLATE, catalogue, written
from pipeline.errors import BadInput

CONSOLE = Path(language.__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
SPOKEN = {"_", "N_", "ngettext"}


@pytest.fixture(autouse=True)
def _speak_chinese_again() -> Iterator[None]:
    yield
    language.speak(language.OWN)


def test_the_list_of_strings_is_up_to_date() -> None:
    assert TEMPLATE.read_bytes() == written(), "run: make messages"
    assert len(catalogue()) > 100


@pytest.mark.parametrize("path", sorted(CONSOLE.rglob("*.py")), ids=lambda path: path.name)
def test_no_chinese_of_a_module_is_outside_the_catalogue(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPOKEN:
            spoken |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            spoken.add(id(node.value))  # a docstring
    left = [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in spoken
    ]
    assert not left


@pytest.mark.parametrize(
    "path", sorted((CONSOLE / "templates").rglob("*.j2")), ids=lambda path: path.name
)
def test_no_chinese_of_a_template_is_outside_the_catalogue(path: Path) -> None:
    left = []
    calls: list[str] = []  # what each open parenthesis was called with
    before = ""
    for line, kind, value in jinja2.Environment().lex(path.read_text(encoding="utf-8")):
        if kind == "whitespace":
            continue
        if kind == "operator" and value == "(":
            calls.append(before)
        if kind == "operator" and value == ")":
            calls.pop()
        outside = kind == "data" or (kind == "string" and not set(calls) & SPOKEN)
        if outside and CHINESE.search(value):
            left.append((line, value.strip()))
        before = value if kind == "name" else ""
    assert not left


@pytest.mark.parametrize(
    "path", sorted((CONSOLE / "static").rglob("*.js")), ids=lambda path: path.name
)
def test_scripts_take_their_words_from_the_page(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
    assert not CHINESE.findall(source)


def test_another_language_is_one_more_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "覆盖总览"\nmsgstr "Coverage"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.speak("en")
    assert language._("覆盖总览") == "Coverage"
    assert language._("没有翻译的话") == "没有翻译的话"
    with pytest.raises(BadInput, match="no catalogue for fr"):
        language.speak("fr")
