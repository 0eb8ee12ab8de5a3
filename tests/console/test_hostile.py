"""Whatever sites publish, plans say and people type: no page runs it, breaks by it, or fails.

The workspace is the sample one made hostile (``tests.console.hostile``) and worked in by people who
type hostile words (``tests.console.furnished``). Every route is looked at, new ones by themselves.
"""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import get_type_hints
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from openpyxl import load_workbook

from console.app import make_console
from console.pages import Route
from pipeline.config import Workspace
from tests.console.browsing import Look, looking, served
from tests.console.conftest import Person
from tests.console.every_page import PAGES, addresses, named, twin, unfilled
from tests.console.furnished import furnish
from tests.console.hostile import PLAN, hostile, poison

pytestmark = pytest.mark.xdist_group("hostile")

OWN_LOOK = {"/archived/{item:str}", "/archived/{item:str}/bytes", "/reports/files/{paper:str}"}
"""Documents with a style of their own, which a sandbox or the visitor's disk holds."""
LARGEST = 400_000
"""Bytes of a page: far less than one word of the workspace."""
_MAY_LACK = {404, 409, 422}
"""What a page may say that has nothing to show of some value; with a reason people can read."""


@pytest.fixture(scope="module")
def office(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """The administrator of the hostile workspace."""
    folder = tmp_path_factory.mktemp("hostile") / "workspace"
    shutil.copytree(sample_workspace, folder)
    poison(folder)
    console = make_console(Workspace.open(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.standing.AT_ONCE", 1e9)
        yield furnish(console, hostile)
    console.store.close()


@pytest.fixture(autouse=True)
def _nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that prints every page of an evidence pack takes minutes; that is tested elsewhere."""
    monkeypatch.setattr("pipeline.reports.evidence_pack.find_chromium", lambda: None)


class Found(HTMLParser):
    """What a page holds that it must not, and the texts that show that it holds ours."""

    def __init__(self, *, own_look: bool) -> None:
        super().__init__()
        self.own_look = own_look
        self.wrong: list[str] = []
        self.links: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._script = tag == "script"
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.wrong.append(f"a script: {given}")
        if tag in {"base", "object", "embed", "applet", "math", "svg"}:
            self.wrong.append(f"<{tag}>")
        if tag == "style" and not self.own_look:
            self.wrong.append("a style element")
        for name, value in given.items():
            if name.startswith("on") or name == "srcdoc" or (name == "style" and not self.own_look):
                self.wrong.append(f"<{tag} {name}>")
            if name in {"href", "src", "action", "formaction", "xlink:href", "data", "poster"}:
                self._address(tag, name, value, given)

    def _address(self, tag: str, name: str, value: str, given: dict[str, str]) -> None:
        parts = urlsplit(value)
        if tag == "a" and name == "href" and parts.scheme in {"http", "https"}:
            needed = {"noopener", "noreferrer"} | (set() if self.own_look else {"nofollow"})
            if not needed <= set(given.get("rel", "").split()):
                self.wrong.append(f"a link away without rel: {value[:80]}")
        elif tag == "img" and value.startswith("data:image/"):
            pass
        elif parts.scheme or parts.netloc or value.startswith(("//", "/\\")):
            self.wrong.append(f"<{tag} {name}={value[:80]!r}>")
        elif tag == "a":
            self.links.append(value)

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.wrong.append(f"a script with words: {data[:60]!r}")
        self._script = False


_MARKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def looked_at(answer: httpx.Response, *, own_look: bool = False) -> Found:
    """A page read, with what is wrong in it."""
    found = Found(own_look=own_look)
    found.feed(answer.text)
    if marks := _MARKS.findall(answer.text):
        found.wrong.append(f"control or direction marks: {sorted(set(marks))!r}")
    if not own_look and len(answer.content) > LARGEST:
        found.wrong.append(f"{len(answer.content)} bytes")
    return found


def is_html(answer: httpx.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_every_value_in_a_path_has_an_example(route: Route) -> None:
    assert not unfilled(route), "tests/console/every_page.py must say where values come from"


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_no_page_runs_what_others_wrote(office: Person, route: Route) -> None:
    asked = addresses(office.console, route)
    assert asked, "tests/console/furnished.py must make something that this page shows"
    shown = 0
    for address in asked:
        answer = office.get(address)
        assert answer.status_code < 500, (address, answer.text[-500:])
        assert answer.status_code in {200, 303} | _MAY_LACK, (address, answer.text[-500:])
        shown += answer.status_code in {200, 303}
        if is_html(answer):
            found = looked_at(answer, own_look=route.path in OWN_LOOK)
            assert not found.wrong, (address, found.wrong[:6])
        if route.path in OWN_LOOK and is_html(answer) and answer.status_code == 200:
            policy = answer.headers["content-security-policy"]
            assert "sandbox" in policy
            assert "script-src" not in policy
    assert shown, "every address was refused"


@pytest.mark.parametrize("route", [route for route in PAGES if route.api], ids=named)
def test_every_twin_is_json(office: Person, route: Route) -> None:
    for address in addresses(office.console, route):
        answer = office.get(twin(address))
        assert answer.status_code in {200} | _MAY_LACK, (address, answer.text[:500])
        assert answer.headers["content-type"].partition(";")[0] in {
            "application/json",
            "application/problem+json",
        }
        assert answer.headers["x-content-type-options"] == "nosniff"
        json.loads(answer.content)


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_what_is_asked_is_shown_harmless(office: Person, route: Route) -> None:
    """Words of an address come back in forms and sentences."""
    words = ("plan", "scheme", "period", *_texts_asked(route))
    for name in dict.fromkeys(words):
        for word in (PLAN if name == "plan" else hostile("词"), "é" * 3000):
            answer = office.get(
                addresses(office.console, route)[0].partition("?")[0], **{name: word}
            )
            assert answer.status_code < 500, (name, answer.text[-500:])
            if is_html(answer) and route.path not in OWN_LOOK:
                assert not looked_at(answer).wrong, (name, word[:40], looked_at(answer).wrong[:6])


def _texts_asked(route: Route) -> list[str]:
    hints = get_type_hints(route.function)
    taken: list[str] = []
    for name in inspect.signature(route.function).parameters:
        kind = hints[name]
        record = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        taken += kind.__struct_fields__ if record else (name,)
    return [name for name in taken if name != "desk" and f"{{{name}:" not in route.path]


def test_words_of_a_record_are_asked_one_by_one() -> None:
    (search,) = (route for route in PAGES if route.path == "/search")
    assert {"words", "since", "theme", "text", "after"} <= set(_texts_asked(search))


def test_every_link_leads_to_a_page_that_runs_nothing(office: Person) -> None:
    """Links of all pages, one of every kind: the same path but for its values, the same queries."""
    seen: dict[tuple[str, frozenset[str]], str] = {}
    followed: set[str] = set()
    waiting = [address for route in PAGES for address in addresses(office.console, route)[:1]]
    while waiting:
        address = waiting.pop()
        if address in followed:
            continue
        followed.add(address)
        answer = office.get(address)
        assert answer.status_code in {200, 303} | _MAY_LACK, (address, answer.text[-500:])
        if not is_html(answer) or address.startswith(("/archived/", "/reports/files/")):
            continue
        found = looked_at(answer)
        assert not found.wrong, (address, found.wrong[:6])
        for link in found.links:
            parts = urlsplit(link)
            if not parts.path.startswith("/") or parts.path.startswith("/reports/files/"):
                continue
            kind = (re.sub(r"/[^/]*[0-9a-f%][^/]*(?=/|$)", "/*", parts.path), _named(parts.query))
            if kind not in seen:
                seen[kind] = address
                waiting.append(link.partition("#")[0])
    assert len(seen) > len(PAGES)


def _named(query: str) -> frozenset[str]:
    return frozenset(part.partition("=")[0] for part in query.split("&") if part)


FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?[\d.,% ]+$")
DOWNLOADS = [
    "/trail/export",
    "/stories/export",
    "/register/export",
    "/inquiry/file/xlsx",
    "/reports/files/xlsx",
    "/reports/files/ledger",
    "/reports/files/csv",
    "/reports/files/evidence",
]


@pytest.mark.parametrize("address", DOWNLOADS)
def test_no_download_holds_a_formula(office: Person, address: str) -> None:
    answer = office.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    body = answer.content
    tables = dict(_tables(body, answer.headers["content-type"]))
    assert tables
    said = 0
    for name, rows in tables.items():
        for row in rows:
            for cell in row:
                said += "window.hacked" in cell
                assert not FORMULA.match(cell) or _NUMBER.match(cell) or cell == "-", (
                    name,
                    cell[:80],
                )
    assert said, "what is hostile stands in it, as text"


def test_every_table_of_a_page_s_downloads_is_looked_at() -> None:
    """A new export must be listed above."""
    files = {route.path for route in PAGES if not route.template}
    known = {address for address in DOWNLOADS if address in files}
    assert {path for path in files if path.endswith("/export")} <= known


def _tables(body: bytes, kind: str) -> Iterator[tuple[str, list[list[str]]]]:
    if kind.startswith("text/csv"):
        yield "csv", list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        return
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names:
            for name in names:
                if name.endswith(".csv"):
                    yield from _tables(archive.read(name), "text/csv")
                elif name.endswith(".xlsx"):
                    yield from _tables(archive.read(name), "")
            return
    book = load_workbook(io.BytesIO(body))
    for sheet in book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        # A formula is one only as such: text that begins with = is text in a workbook.
        yield sheet.title, [[f"={cell.value}"] for cell in cells if cell.data_type == "f"]
        yield f"{sheet.title}.", [[f"'{cell.value}" for cell in cells if cell.value is not None]]


@pytest.fixture(scope="module")
def look(chromium: str, office: Person) -> Iterator[Look]:
    with served(office.console) as address, looking(chromium, address, office) as made:
        yield made


_LAID_OUT = """() => ({
  hacked: window.hacked, scroll: document.documentElement.scrollWidth, seen: window.innerWidth,
  wide: [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1 && !one.closest(".wide-table, nav"))
    .slice(0, 4).map(one => one.outerHTML.slice(0, 120)),
})"""


@pytest.mark.browser
@pytest.mark.parametrize("route", [route for route in PAGES if route.template], ids=named)
def test_a_browser_runs_nothing_and_no_page_is_pushed_apart(
    look: Look, office: Person, route: Route
) -> None:
    for path in addresses(office.console, route)[:2]:
        for width in (1400, 400):
            told = look.at(path, width).evaluate(_LAID_OUT)
            assert told["hacked"] is None, path
            assert told["scroll"] <= told["seen"], (path, width, told["wide"])
            assert not look.said, (path, look.said)
