"""Files people hand in: whatever they are called and hold, they are read or refused in words.

Every route that takes a file is asked, new ones by themselves.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.app import UPLOAD_LIMIT, make_console, routes
from console.pages import Route
from pipeline.config import Workspace
from tests.console.conftest import Person, come_in
from tests.console.every_page import PAGES, named

pytestmark = pytest.mark.xdist_group("every page")

UPLOADS = [route for route in routes() if isinstance(route, Route) and route.upload]
MARKED = [route for route in PAGES if "{mark:str}" in route.path]
ENDINGS = (".xlsx", ".csv", ".docx", ".pdf", ".html", ".txt", ".toml", ".jsonl", ".png", ".zip")
NAMES = (
    "../../../../etc/cron.d/job.xlsx",
    "..\\..\\xuanjian.toml",
    "/etc/passwd.csv",
    "..",
    ".xlsx",
    "<script>window.hacked=1<\\script>.docx",
    "=cmd|' /C calc'!A0.csv",
    "\u202excod.exe.txt",
    "长" * 3000 + ".pdf",
    "a\r\nset-cookie: x=1.txt",
    'a".txt; filename="b.html',
)


@pytest.fixture(scope="module")
def office(furnished_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("files") / "workspace"
    shutil.copytree(furnished_workspace, folder)
    console = make_console(Workspace.open(folder))
    yield come_in(console, "admin")
    console.store.close()


def path_of(office: Person, route: Route) -> str:
    """Its address; an obligation is the one that stands there."""
    if "{" not in route.path:
        return route.path
    first = office.api("/obligations")["lines"][0]["id"]
    return re.sub(r"\{obligation:str\}", first, route.path)


def handed_in(office: Person, route: Route, name: str, body: bytes) -> int:
    """Hand a file in as a form does; what it answers is no fault of the server's."""
    fields = {"day": "2025-04-08"}
    answer = office.send(path_of(office, route), files={"file": (name, body)}, **fields)
    assert answer.status_code in {303, 400, 404, 409, 413, 415, 422}, (name, answer.text[-400:])
    if answer.status_code == 303:
        where = answer.headers["location"]
        assert where.startswith("/")
        shown = office.get(where)
        assert shown.status_code in {200, 404, 409, 422}, (name, shown.text[-400:])
    return answer.status_code


def written(office: Person) -> dict[Path, bytes]:
    """Files of the workspace that no upload may touch, and the folder around it."""
    folder: Path = office.console.litestar.state.workspace.path
    return {
        path: path.read_bytes()
        for path in folder.parent.rglob("*")
        if path.is_file()
        and path.relative_to(folder).parts[0] not in {"uploads", "proofs", "downloads"}
        and not path.name.startswith("xuanjian.db")
    }


def bomb(name: str) -> bytes:
    """An office file of a few kilobytes whose part unpacks to three hundred million."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1_000_000))
    return out.getvalue()


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {".xlsx": bomb("xl/workbook.xml"), ".docx": bomb("word/document.xml")}


@pytest.mark.parametrize("route", UPLOADS, ids=named)
def test_names_lead_nowhere(office: Person, route: Route) -> None:
    before = written(office)
    for name in NAMES:
        handed_in(office, route, name, "标题,日期\n科普,2025-03-01\n".encode())
    assert written(office) == before
    folder: Path = office.console.litestar.state.workspace.path
    for place in (folder / "uploads").rglob("*"):
        assert len(place.name) < 100
        assert place.name.isprintable()
        assert not set(place.name) & set('<>"\\:|?*')


@pytest.mark.parametrize("route", UPLOADS, ids=named)
def test_what_is_not_what_it_is_called_is_refused(office: Person, route: Route) -> None:
    bodies = (
        b"",
        b"\x00" * 500,
        b"PK\x03\x04garbage",
        b"%PDF-1.7\n%garbage",
        b"<html><script>",
        b"\xff\xfe",
    )
    for ending in ENDINGS:
        for body in bodies:
            handed_in(office, route, f"a{ending}", body)


@pytest.mark.parametrize("route", UPLOADS, ids=named)
def test_a_bomb_is_not_unpacked(office: Person, route: Route, bombs: dict[str, bytes]) -> None:
    for ending, body in bombs.items():
        assert handed_in(office, route, f"a{ending}", body) in {303, 422}


@pytest.mark.parametrize("route", UPLOADS, ids=named)
def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    office: Person, route: Route
) -> None:
    files = {"file": ("a.txt", bytes(UPLOAD_LIMIT + 1))}
    answer = office.send(path_of(office, route), files=files, day="2025-04-08")
    assert answer.status_code == 413
    assert "request-too-large" in answer.text


@pytest.mark.parametrize("route", MARKED, ids=named)
@pytest.mark.parametrize(
    "mark", ["%2e%2e", "..%2f..%2f..", "..%5c..", "0" * 16, "g" * 16, "0" * 3000, "%2fetc"]
)
def test_marks_lead_nowhere(office: Person, route: Route, mark: str) -> None:
    answer = office.get(route.path.replace("{mark:str}", mark))
    assert answer.status_code in {404, 405}, answer.text[-300:]
