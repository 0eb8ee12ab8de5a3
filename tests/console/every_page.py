"""Addresses of every page of the console, with real values for what stands in their paths.

The pages are those of ``console.app.routes``. A value of a path is looked up in the workspace by the
part of the path that ends with it, so that a new page with a new kind of value has to be filled here
before the tests that walk over all pages can reach it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.orm import Session

from console.app import Console, routes
from console.pages import API, Route
from console.rooms.reports import PAPERS
from pipeline.store.plans import list_plans
from tests.console.scored_office import PLAN

__all__ = ["PAGES", "addresses", "named", "twin", "unfilled"]

PAGES = tuple(route for route in routes() if isinstance(route, Route) and route.method == "GET")
"""Everything that is looked at or downloaded; a page comes with its JSON twin."""

_MANY = 3
"""Values tried of each parameter that the store holds, the most telling first."""

_Values = Callable[[Session, Path, tuple[str, ...]], Iterator[object]]
"""Of a store, its workspace's folder and the values chosen before it in the same path."""


def _rows(asked: str) -> _Values:
    """The first column of a question to the store."""

    def values(session: Session, _folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
        yield from islice(session.execute(text(asked)).scalars(), _MANY)

    return values


def _given(*every: str) -> _Values:
    return lambda _session, _folder, _before: iter(every)


def _uploads(purpose: str) -> _Values:
    """Marks of the files that are kept for a preview."""

    def values(_session: Session, folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
        for place in sorted((folder / "uploads").glob(f"*/{purpose}/*")):
            yield place.name

    return values


def _themes(session: Session, _folder: Path, before: tuple[str, ...]) -> Iterator[object]:
    """Themes of the plan named before in the path, else of the plan in use."""
    plans = list_plans(session)
    plan = next((one for one in plans if [one.name] == list(before)), plans[0])
    asked = text("SELECT theme_id FROM theme WHERE plan_id = :plan ORDER BY position")
    yield from islice(session.execute(asked, {"plan": plan.id}).scalars(), _MANY)


def _plans(session: Session, _folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
    yield from (plan.name for plan in list_plans(session))


def _models(_session: Session, folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
    yield from (place.name for place in sorted((folder / "models").glob("*-*")))


def _decided_tasks(session: Session, _folder: Path, before: tuple[str, ...]) -> Iterator[object]:
    asked = text("SELECT place FROM review_task WHERE queue_id = :queue AND review_id IS NOT NULL")
    yield from session.execute(asked, {"queue": int(before[0])}).scalars()


_DECLARED = re.compile(r'^id = "(.+)"$', re.MULTILINE)


def _sources(_session: Session, folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
    for file in sorted((folder / "sources").glob("*.toml")):
        found = _DECLARED.search(file.read_text(encoding="utf-8"))
        if found:
            yield found[1]


def _broken_files(_session: Session, folder: Path, _before: tuple[str, ...]) -> Iterator[object]:
    for file in sorted((folder / "sources").glob("*.toml")):
        if not _DECLARED.search(file.read_text(encoding="utf-8")):
            yield file.name


# Stories of several items, long titles and long texts first: they show the most.
_STORIES = "SELECT s.id FROM story s JOIN news_item i ON i.id = s.original_id ORDER BY length(i.title) DESC, s.size DESC"
_ITEMS = "SELECT id FROM news_item ORDER BY length(title) DESC, length(body) DESC"

_FILLED: dict[str, _Values] = {
    "/archived/{item:str}": _rows(_ITEMS),
    "/import/{mark:str}": _uploads("news"),
    "/inquiry/file/{kind:str}": _given("docx", "xlsx"),
    "/inquiry/import/{mark:str}": _uploads("inquiry"),
    "/items/{item:str}": _rows(_ITEMS),
    "/jobs/{number:int}": _rows("SELECT id FROM job ORDER BY id DESC"),
    "/models/{name:str}": _models,
    "/plan-upload/{mark:str}": _uploads("plan"),
    "/plans/{name:str}": _plans,
    "/plans/{name:str}/profiles/{theme:str}": _themes,
    "/proofs/{number:int}": _rows("SELECT id FROM proof WHERE kind = 'file' ORDER BY id DESC"),
    "/register/import/{mark:str}": _uploads("register"),
    "/register/{number:int}": _rows("SELECT id FROM submission ORDER BY id DESC"),
    "/reports/files/{paper:str}": _given(*PAPERS),
    "/review/{number:int}": _rows("SELECT id FROM review_queue ORDER BY id DESC"),
    "/review/{number:int}/conflict/{place:int}": _decided_tasks,
    "/runs/{number:int}": _rows("SELECT id FROM run ORDER BY id DESC"),
    "/sources/drafts/{mark:str}": _uploads("declaration"),
    "/sources/files/{file:str}": _broken_files,
    "/sources/{source:str}": _sources,
    "/stories/{story:str}": _rows(_STORIES),
    "/themes/{theme:str}": _themes,
}
"""What ends with a parameter, and the values that it has."""

_SCORED = f"plan={PLAN}&period=2017-03"
_QUERIES: dict[str, tuple[str, ...]] = {
    "/media/months": ("medium=东胜科技网",),
    "/overview": ("", "view=level&order=plan&hide=covered", "period=2025-02", _SCORED),
    "/register": ("", "words=科普&state=unused"),
    "/reports": ("", _SCORED),
    "/reports/corrections": ("period=2025-02",),
    "/reports/period": ("", "period=2025-02", "period=2025-03"),
    "/scorecard": ("", _SCORED),
    "/scorecard/lines": (f"{_SCORED}&office=高新科",),
    "/scorecard/not-counted": (_SCORED,),
    "/search": ("", "words=科技", "words=<script>"),
    "/stories": ("", "words=科技", "theme=focus-1"),
}
"""What pages are asked besides, where they say nothing or little without."""

_PARAMETER = re.compile(r"\{\w+:\w+\}")


def named(route: Route) -> str:
    """A route as tests are called."""
    return route.path


def twin(address: str) -> str:
    """The address of a page's JSON twin."""
    return f"{API}{address}".rstrip("/")


def unfilled(route: Route) -> list[str]:
    """Parameters of a path that nobody has values for."""
    ends = [found.end() for found in _PARAMETER.finditer(route.path)]
    return [route.path[:end] for end in ends if route.path[:end] not in _FILLED]


def addresses(console: Console, route: Route) -> list[str]:
    """Addresses of a page, with values of what is stored; none where nothing of the kind is there."""
    folder: Path = console.litestar.state.workspace.path
    with console.store.begin() as session:
        chosen = list(_chosen(session, folder, route.path))
    return [
        _address(route.path, values) + (f"?{quote(query, safe='=&')}" if query else "")
        for values in chosen
        for query in _QUERIES.get(route.path, ("",))
    ]


def _chosen(session: Session, folder: Path, path: str) -> Iterator[tuple[str, ...]]:
    """Values of a path's parameters, left to right."""

    def grown(before: tuple[str, ...], ends: list[int]) -> Iterator[tuple[str, ...]]:
        if not ends:
            yield before
            return
        for value in _FILLED[path[: ends[0]]](session, folder, before):
            yield from grown((*before, str(value)), ends[1:])

    return grown((), [found.end() for found in _PARAMETER.finditer(path)])


def _address(path: str, values: tuple[str, ...]) -> str:
    filled = iter(values)
    return _PARAMETER.sub(lambda _: quote(next(filled), safe=""), path)
