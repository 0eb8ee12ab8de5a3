"""Declarations told to another program: what they say, and which line is wrong."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from crawler import telling
from crawler.run import crawl
from pipeline.config import Workspace
from pipeline.declared import Checked, Declared
from pipeline.errors import BadInput

GOOD = """id = "kjj"
name = "科技局"
level = "municipal"
{more}
[[columns]]
name = "动态"
url = "http://kjj.example.gov.cn/a/"

[[columns]]
name = "公告"
url = "http://kjj.example.gov.cn/b/"
{last}
"""


def told(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[bytes]:
    assert telling.main(arguments) == 0
    return capfdbinary.readouterr().out.splitlines()


def write(path: Path, more: str = "", last: str = "") -> Path:
    path.write_text(GOOD.format(more=more, last=last), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("more", "last", "line", "slug"),
    [
        ("", 'rows = "//["', 12, "source-bad-value"),
        ("shedule = 3", "", 4, "source-unknown-key"),
        ('level = "x"', "", 4, "source-unreadable"),
        ("", "page_pattern = 3", 12, "source-bad-value"),
        ("", "[[extractors]]\ntitle = '//['", 13, "source-bad-value"),
        ("", "[[columns]]\nname = '三'", 12, "source-bad-value"),
    ],
)
def test_a_mistake_names_its_line(
    more: str,
    last: str,
    line: int,
    slug: str,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    (answer,) = told(capfdbinary, "check", str(write(tmp_path / "kjj.toml", more, last)))
    mistake = msgspec.json.decode(answer, type=Checked).mistake
    assert mistake is not None
    assert (mistake.line, mistake.slug) == (line, slug), mistake
    assert str(tmp_path) not in mistake.message


def test_a_paused_source_is_told_as_such_and_read_by_nobody(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    workspace = Workspace.create(tmp_path / "w")
    write(workspace.sources / "kjj.toml", "paused = true")
    (workspace.sources / "broken.toml").write_text("id =", encoding="utf-8")
    lines = told(capfdbinary, "--workspace", str(workspace.path), "sources")
    found = {one.file: one for one in (msgspec.json.decode(x, type=Declared) for x in lines)}
    assert found["kjj.toml"].paused
    assert found["kjj.toml"].columns == ("动态", "公告")
    assert found["broken.toml"].mistake is not None
    assert found["broken.toml"].mistake.line == 1
    with pytest.raises(BadInput, match="paused") as refused:
        crawl(workspace)
    assert refused.value.slug == "source-none"
    write(workspace.sources / "kjj.toml")
    lines = told(capfdbinary, "--workspace", str(workspace.path), "sources")
    found = {one.file: one for one in (msgspec.json.decode(x, type=Declared) for x in lines)}
    assert (found["kjj.toml"].paused, found["kjj.toml"].schedule) == (False, "30 6 * * *")
