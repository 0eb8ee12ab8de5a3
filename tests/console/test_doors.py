"""Every route of the console with every role, signed out, with wrong tokens, with sessions that ended.

The routes are those of ``console.app.routes``: a room that is added is tested without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import anyio
import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient
from sqlalchemy import text

from console.access.secrets import new_token
from console.access.visitor import HEADERS, Door, cookie_name
from console.app import Console, make_console, routes
from console.desk import Desk
from console.pages import Route
from console.rendering import TEMPLATES
from pipeline.accounts import ROLES, Role
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.accounts import add_account, begin_session
from tests.console.conftest import PASSWORD

pytestmark = pytest.mark.xdist_group("doors")

ROUTES = [route for route in routes() if isinstance(route, Route)]
OPEN = {"/sign-in", "/first-account"}
"""What somebody may ask for who is not signed in."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("doors") / "workspace"
    made = make_console(Workspace.create(folder))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def client(console: Console) -> Iterator[TestClient[Any]]:
    with TestClient(console.door, base_url="http://testserver.local") as made:
        yield made


@pytest.fixture(scope="module")
def cookies(console: Console) -> dict[str, str]:
    """A cookie of every role, of nobody, and of sessions that ended, were ended, or whose account
    was disabled."""
    made = {"nobody": new_token()}
    with console.store.begin() as session:
        for role in ROLES:
            account = add_account(session, role, PASSWORD, role)
            made[role] = new_token()
            begin_session(session, account, made[role], "", "")
        gone = add_account(session, "gone", PASSWORD, "admin")
        for name in ("idle", "old", "revoked", "disabled"):
            made[name] = new_token()
            begin_session(session, gone, made[name], "", "")
        session.flush()
        begun = "2026-01-01T00:00:00+00:00"
        last = session.execute(text("SELECT max(id) FROM session")).scalar_one()
        for change in (
            f"UPDATE session SET seen_at = '{begun}' WHERE id = {last - 3}",
            f"UPDATE session SET began_at = '{begun}' WHERE id = {last - 2}",
            f"UPDATE session SET ended_at = '{begun}' WHERE id = {last - 1}",
            "UPDATE account SET disabled = true WHERE name = 'gone'",
        ):
            session.execute(text(change))
    return made


@pytest.fixture(autouse=True)
def _nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is let in finds the store closed, and no process begins: what is tested is the door."""

    def closed(*_words: Any, **_more: Any) -> Any:
        raise XuanjianError("let in", "test-let-in", "")

    monkeypatch.setattr(Desk, "begin", closed)
    monkeypatch.setattr("console.jobs.subprocess.Popen", closed)


class Asking:
    """Asks for a route with a cookie, as a page or through the API."""

    def __init__(self, console: Console, client: TestClient[Any], cookies: dict[str, str]) -> None:
        self.console, self.client, self.cookies = console, client, cookies

    def token(self, who: str) -> str:
        return str(self.console.litestar.state.marks.form_token(self.cookies[who]))

    def __call__(
        self, route: Route, who: str, *, api: bool = False, token: str | None = ""
    ) -> httpx.Response:
        """``token`` '' is the right one, None none."""
        path = ("/api" if api else "") + filled(route.path)
        given = self.token(who) if token == "" else token
        headers = {"cookie": f"{cookie_name(False)}={self.cookies[who]}"}
        if given is not None:
            headers["x-csrf-token"] = given
        self.client.cookies.clear()
        return self.client.request(route.method, path, headers=headers, follow_redirects=False)


@pytest.fixture(scope="module")
def ask(console: Console, client: TestClient[Any], cookies: dict[str, str]) -> Asking:
    return Asking(console, client, cookies)


def filled(path: str) -> str:
    """A path with its parameters filled in."""
    return re.sub(
        r"\{\w+:(\w+)\}", lambda found: "1" if found[1] in {"int", "float"} else "x", path
    )


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def below(role: Role) -> tuple[Role, ...]:
    return ROLES[: ROLES.index(role)]


def test_there_are_routes_and_each_stands_once() -> None:
    assert len(ROUTES) > 20
    assert len({named(route) for route in ROUTES}) == len(ROUTES)


def test_routes_made_by_hand_name_guards() -> None:
    for route in routes():
        if isinstance(route, HTTPRouteHandler):
            assert route.guards, route.paths


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_only_the_door_is_open_to_everybody(route: Route) -> None:
    assert (route.role is None) == (route.path in OPEN)


@pytest.mark.parametrize("who", ["nobody", "idle", "old", "revoked", "disabled"])
@pytest.mark.parametrize("route", [r for r in ROUTES if r.role], ids=named)
def test_without_a_session_nothing_is_told(ask: Asking, route: Route, who: str) -> None:
    answer = ask(route, who)
    if route.method == "GET":
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=/")
    else:
        assert answer.status_code == 401
        assert "not-signed-in" in answer.text
    if route.api:
        twin = ask(route, who, api=True)
        assert twin.status_code == 401
        assert twin.headers["content-type"] == "application/problem+json"
        assert twin.json()["type"] == "urn:xuanjian:not-signed-in"


@pytest.mark.parametrize("route", [r for r in ROUTES if r.role], ids=named)
def test_every_role_finds_what_is_its_own_and_no_more(ask: Asking, route: Route) -> None:
    assert route.role is not None
    for role in ROLES:
        for api in (False, True)[: 1 + route.api]:
            answer = ask(route, role, api=api)
            refused = answer.status_code == 403
            assert refused == (role in below(route.role)), (role, api, answer.text[-300:])
            assert answer.status_code != 401
            assert answer.status_code < 500, (role, api, answer.text[-300:])
            if refused:
                assert "role-too-low" in answer.text


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "POST"], ids=named)
def test_a_change_needs_the_token_of_its_own_session(ask: Asking, route: Route) -> None:
    who = route.role or "nobody"
    other = "admin" if who != "admin" else "editor"
    for token in (None, "0" * 64, ask.token(other)):
        for api in (False, True)[: 1 + route.api]:
            answer = ask(route, who, api=api, token=token)
            assert answer.status_code == 403, (token, api, answer.text[-300:])
            assert "form-token" in answer.text
    allowed = ask(route, who)
    assert allowed.status_code not in {401, 403}, allowed.text[-300:]


@pytest.mark.parametrize("route", [r for r in ROUTES if r.method == "POST"], ids=named)
def test_a_page_of_another_site_changes_nothing(ask: Asking, route: Route) -> None:
    who = route.role or "nobody"
    for sign in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        answer = ask.client.post(
            filled(route.path),
            headers={
                "cookie": f"{cookie_name(False)}={ask.cookies[who]}",
                "x-csrf-token": ask.token(who),
                **sign,
            },
        )
        assert answer.status_code == 403
        assert "request-from-elsewhere" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api/nowhere", "/static/nothing.js", "/sign-in"]
)
def test_every_answer_carries_the_headers(client: TestClient[Any], path: str) -> None:
    client.cookies.clear()
    answer = client.get(path, follow_redirects=False)
    for name, value in HEADERS.items():
        if name == "cache-control" and path.startswith("/static/"):
            continue
        assert answer.headers[name] == value, name
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("route", [r for r in ROUTES if r.template], ids=named)
def test_templates_exist(route: Route) -> None:
    assert (TEMPLATES / route.template).is_file()


@pytest.mark.parametrize(
    ("proxies", "cookie"),
    [((), "xuanjian="), (("203.0.113.0/24",), "xuanjian="), (("127.0.0.0/8",), "__Host-xuanjian=")],
)
def test_a_proxy_is_believed_only_where_it_is_named(
    console: Console, proxies: tuple[str, ...], cookie: str
) -> None:
    door = Door(console.litestar, console.store, [ip_network(one) for one in proxies])

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=door, client=("127.0.0.1", 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://a.example") as client:
            return await client.get("/nowhere", headers={"x-forwarded-proto": "https"})

    answer = anyio.run(asked)
    assert answer.headers["set-cookie"].startswith(cookie)
    assert ("strict-transport-security" in answer.headers) == cookie.startswith("__Host-")


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("198.51.100.1, 203.0.113.5", "203.0.113.5"),  # what a visitor wrote before is not believed
        ("203.0.113.5, 10.0.0.3", "203.0.113.5"),
        ("", "127.0.0.1"),
    ],
)
def test_a_visitor_behind_proxies_is_known_by_the_last_address_that_is_none_of_theirs(
    console: Console, told: str, address: str
) -> None:
    proxies = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    door = Door(console.litestar, console.store, proxies)
    scope: Any = {"client": ("127.0.0.1", 1), "scheme": "http"}
    assert door._origin(scope, {"x-forwarded-for": told})[0] == address
