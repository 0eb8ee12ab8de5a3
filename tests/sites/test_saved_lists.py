"""Every idiom of list pages: a saved page each, written for this, and what must be read from it."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.listing import read_list
from crawler.sources import Column, Source

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))


def expectation(kind: str, name: str) -> dict[str, Any]:
    """What must be read from a saved page."""
    return tomllib.loads((HERE / kind / f"{name}.toml").read_text(encoding="utf-8"))


def saved(kind: str, name: str, saved_as: str = "utf-8") -> bytes:
    """The saved page as its server would send it."""
    (path,) = (p for p in (HERE / kind).glob(f"{name}.*") if p.suffix != ".toml")
    text = path.read_text(encoding="utf-8")
    return gzip.compress(text.encode()) if saved_as == "gzip" else text.encode(saved_as)


@pytest.mark.parametrize("kind", ["lists", "articles"])
def test_every_case_has_a_page_and_an_expectation_and_no_file_is_left_over(kind: str) -> None:
    files = list((HERE / kind).iterdir())
    assert sorted(CASES[kind]) == sorted(p.stem for p in files if p.suffix == ".toml")
    assert sorted(CASES[kind]) == sorted(p.stem for p in files if p.suffix != ".toml")


@pytest.mark.parametrize("name", CASES["lists"])
def test_a_saved_list_is_read_as_expected(name: str) -> None:
    wanted = expectation("lists", name)
    url = wanted["url"]
    column = Column("动态", url)
    source = Source("s", "s", "other", "website", (column,), (urlsplit(url).netloc,))
    found = read_list(
        saved("lists", name, wanted.get("saved_as", "utf-8")),
        url,
        column=column,
        source=source,
        content_type=wanted.get("header", ""),
        page=wanted.get("page", 1),
    )
    assert [
        {"title": k.title, "url": k.url, "date": k.date, "kind": k.kind} for k in found.links
    ] == [{"date": None, "kind": "article"} | row for row in wanted.get("rows", [])]
    assert found.next_url == wanted.get("next", "")
    assert found.last is wanted.get("last", False)
    assert found.pages == wanted.get("pages")
    assert found.page == wanted.get("page", 1)
    assert found.family == wanted.get("family", found.family)
    assert list(found.more) == wanted.get("more", [])
    assert bool(found.guesses) is wanted.get("guesses", False)
