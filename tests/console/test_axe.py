"""axe-core finds nothing serious on any page, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from console.app import make_console
from console.pages import Route
from pipeline.config import Workspace
from tests.console.browsing import Look, looking, served
from tests.console.conftest import Person, come_in
from tests.console.every_page import PAGES, addresses, named

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every page")]

SERIOUS = {"serious", "critical"}
SHOWN = [route for route in PAGES if route.template]
_RULES = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def office(furnished_workspace: Path) -> Iterator[Person]:
    """The administrator of the workspace that has something behind every page."""
    console = make_console(Workspace.open(furnished_workspace))
    yield come_in(console, "admin")
    console.store.close()


@pytest.fixture(scope="module")
def address(office: Person) -> Iterator[str]:
    with served(office.console) as listening:
        yield listening


@pytest.fixture(scope="module")
def look(chromium: str, address: str, office: Person) -> Iterator[Look]:
    with looking(chromium, address, office) as made:
        yield made


def serious(look: Look, path: str, width: int) -> list[str]:
    """What axe-core says of a page that keeps somebody from using it."""
    page = look.at(path, width)
    told: dict[str, Any] = Axe().run(page, options=_RULES).response
    assert told["testEngine"]["name"] == "axe-core"
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for one in told["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("width", [1400, 400])
@pytest.mark.parametrize("route", SHOWN, ids=named)
def test_nothing_serious(look: Look, office: Person, route: Route, width: int) -> None:
    asked = addresses(office.console, route)
    found = {path: serious(look, path, width) for path in asked[: 2 if width == 1400 else 1]}
    assert not any(found.values()), {path: told for path, told in found.items() if told}
    assert not look.said


@pytest.mark.parametrize("width", [1400, 400])
def test_nothing_serious_before_the_door(look: Look, width: int) -> None:
    browser = look.page.context.browser
    assert browser is not None
    context = browser.new_context()
    stranger = Look(context.new_page(), look.address)
    for path in ("/sign-in", "/nowhere"):
        assert not serious(stranger, path, width), path
    context.close()


def test_something_serious_would_be_found(look: Look) -> None:
    look.at("/account", 1400)
    look.page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    told = Axe().run(look.page, options=_RULES).response
    assert [one["id"] for one in told["violations"] if one["impact"] in SERIOUS] == ["label"]
