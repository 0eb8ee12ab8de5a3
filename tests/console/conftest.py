"""A console over the sample workspace, and people of every role who use it without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest
from anyio.from_thread import start_blocking_portal
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from console.access.secrets import new_token
from console.access.visitor import cookie_name
from console.app import Console, make_application, make_console
from pipeline.accounts import Account, Role, hash_password
from pipeline.config import Workspace
from pipeline.store.accounts import accounts, add_account, begin_session
from tests.conftest import MakeOnce

PASSWORD = "一句没人会写的话-很长"


@pytest.fixture(autouse=True)
def _reports_are_worked_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, so that what a page says does not hang on how quick it was."""
    monkeypatch.setattr("console.standing.AT_ONCE", 1e9)


@pytest.fixture(scope="session", autouse=True)
def _one_loop_answers_all() -> Iterator[None]:
    """Requests of every client run in one event loop, as a server's do: a loop of its own for each
    request takes longer than most requests."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "blocking_portal", portal, raising=False)
        yield


@pytest.fixture(scope="session")
def sample_workspace(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's workspace: three sample sites crawled, classified, reviewed. Not to be changed."""
    folder = tmp_path_factory.mktemp("sample") / "workspace"
    return Path(shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("printed.txt")))


@pytest.fixture
def workspace(sample_workspace: Path, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    folder = tmp_path / "workspace"
    shutil.copytree(sample_workspace, folder)
    return Workspace.open(folder)


@pytest.fixture(scope="session")
def application() -> Litestar:
    """What can be asked; one test after another puts its workspace behind it."""
    return make_application()


@pytest.fixture
def console(workspace: Workspace, application: Litestar) -> Iterator[Console]:
    made = make_console(workspace, application=application)
    yield made
    made.store.close()


class Person:
    """Somebody with a browser that keeps cookies, and sends forms with the token of the session."""

    def __init__(self, console: Console, client: TestClient[Any]) -> None:
        self.console = console
        self.client = client

    @property
    def token(self) -> str:
        cookie = self.client.cookies.get(cookie_name(False)) or ""
        return str(self.console.litestar.state.marks.form_token(cookie))

    def get(self, path: str, **words: Any) -> httpx.Response:
        return self.client.get(path, params=words or None, follow_redirects=False)

    def page(self, path: str, **words: Any) -> str:
        """The HTML of a page that must be there."""
        answer = self.get(path, **words)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-600:])
        return answer.text

    def api(self, path: str, **words: Any) -> Any:
        """The JSON twin of a page that must be there."""
        answer = self.get(f"/api{path}".rstrip("/"), **words)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-600:])
        return answer.json()

    def send(self, path: str, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form as a page of ours would."""
        return self.client.post(
            path, data={"form_token": self.token, **fields}, files=files, follow_redirects=False
        )

    def change(self, path: str, files: Any = None, **fields: Any) -> str:
        """Send a form that must be taken; gives where it leads."""
        answer = self.send(path, files, **fields)
        assert answer.status_code == 303, (path, answer.status_code, _said(answer))
        return str(answer.headers["location"])

    def form(self, path: str, action: str) -> dict[str, list[str]]:
        """What the one form of a page that goes to ``action`` would send as it stands."""
        forms = lxml.html.fromstring(self.page(path)).forms
        (form,) = (one for one in forms if one.get("action") == action)
        filled: dict[str, list[str]] = {}
        for name, value in form.form_values():
            filled.setdefault(name, []).append(value)
        return filled

    def post_json(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(
            f"/api{path}", json=body, headers={"x-csrf-token": self.token}, follow_redirects=False
        )


def _said(answer: httpx.Response) -> str:
    return re.sub(r"<[^>]+>", " ", answer.text)[-400:]


SignIn = Callable[[Role | None], Person]


@cache
def _hash() -> str:
    return hash_password(PASSWORD, "somebody")


def _add_account(session: Session, role: Role, display: str) -> Account:
    """An account called as its role. The one password is hashed once: that takes a quarter second
    on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.store.accounts.hash_password", lambda *_: _hash())
        return add_account(session, role, PASSWORD, role, display)


def come_in(console: Console, role: Role | None, display: str = "") -> Person:
    """Somebody whose account has this role, made where there is none; None has no account."""
    # Never entered: the console has no lifespan, and Litestar's handler of it leaves a stream open.
    client: TestClient[Any] = TestClient(console.door, base_url="http://testserver.local")
    if role is not None:
        token = new_token()
        with console.store.begin() as session:
            known = {one.name: one for one in accounts(session)}
            account = known.get(role) or _add_account(session, role, display)
            begin_session(session, account, token, "testclient", "tests")
        client.cookies.set(cookie_name(False), token)
    return Person(console, client)


@pytest.fixture
def sign_in(console: Console) -> SignIn:
    """Make an account of a role and sign it in; None gives a visitor without an account."""
    return lambda role: come_in(console, role)


@pytest.fixture(scope="session")
def furnished_workspace(
    sample_workspace: Path, made_once: MakeOnce, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The sample workspace with something behind every page. Not to be changed."""
    from tests.console.furnished import furnish

    def make(folder: Path) -> None:
        shutil.copytree(sample_workspace, folder)
        made = make_console(Workspace.open(folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("console.standing.AT_ONCE", 1e9)
            furnish(made)
        made.store.close()

    folder = tmp_path_factory.mktemp("furnished") / "workspace"
    return Path(shutil.copytree(made_once("furnished", make), folder))
