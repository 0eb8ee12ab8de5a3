"""The way through the rooms that the frame of every page shows."""

from __future__ import annotations

import lxml.html
import pytest

from console.app import routes
from console.navigation import ROOMS
from tests.console.conftest import SignIn

ROOMLESS = ("/", "/account", "/first-use", "/openapi", "/session", "/sign-in")
"""Pages about the visitor or the console itself, which stand in no room."""
PAGES = sorted({route.path for route in routes() if route.method == "GET" and route.template})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_in_one_room(path: str) -> None:
    rooms = [room.address for group in ROOMS for room in group if room.has(path)]
    assert len(rooms) == (path not in ROOMLESS)


@pytest.mark.parametrize(
    ("path", "room"),
    [("/import", "应查媒体"), ("/advice", "覆盖总览"), ("/jobs", "采集来源"), ("/", "")],
)
def test_the_room_of_a_page_is_marked(path: str, room: str, sign_in: SignIn) -> None:
    page = lxml.html.fromstring(sign_in("editor").page(path))
    marked = page.xpath("//nav[@class='rooms']//a[@aria-current='page']")
    assert [one.text_content() for one in marked] == ([room] if room else [])
