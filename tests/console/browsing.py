"""Pages as a real browser shows them: a console that listens, and Chromium that looks at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from console.access.visitor import cookie_name
from console.app import Console
from tests.console.conftest import Person

__all__ = ["Look", "looking", "served"]


@contextmanager
def served(console: Console) -> Iterator[str]:
    """The console on a free port of loopback; gives its address."""
    config = uvicorn.Config(
        console.door, port=0, lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end, "the server does not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@dataclass
class Look:
    """A browser at a console; ``said`` collects what it complained of since it was last cleared."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)

    def at(self, path: str, width: int) -> Page:
        """A page in a window so many pixels wide."""
        self.said.clear()
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(f"{self.address}{path}", wait_until="load")
        return self.page


@contextmanager
def looking(chromium: str, address: str, person: Person | None = None) -> Iterator[Look]:
    """Chromium signed in as somebody, which refuses requests to other hosts and notes them."""
    expect.set_options(timeout=30_000)  # 5 seconds are few where other tests have both cores
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(locale="zh-CN")
        if person is not None:
            name = cookie_name(False)
            value = person.client.cookies.get(name) or ""
            context.add_cookies([{"name": name, "value": value, "url": address}])
        look = Look(context.new_page(), address)
        host = urlsplit(address).netloc

        def noted(route) -> None:  # type: ignore[no-untyped-def]
            asked = route.request.url
            if urlsplit(asked).scheme == "data" or urlsplit(asked).netloc == host:
                route.continue_()
            else:
                look.said.append(f"a request to {asked[:100]}")
                route.abort()

        context.route("**/*", noted)
        look.page.on("console", lambda told: _heard(look, told))
        look.page.on("pageerror", lambda error: look.said.append(f"an error: {error}"))
        look.page.on("dialog", lambda dialog: dialog.dismiss())
        yield look
        browser.close()


def _heard(look: Look, told) -> None:  # type: ignore[no-untyped-def]
    # A page that refuses in words has a status that the browser calls an error.
    if told.type in {"error", "warning"} and "Failed to load resource" not in told.text:
        look.said.append(f"{told.type}: {told.text[:200]}")
