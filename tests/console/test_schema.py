"""schemathesis asks the API whatever its description allows, and what it does not: nothing breaks.

Examples an operation come from the environment: ``XUANJIAN_SCHEMA_EXAMPLES`` (3; ``make soak`` asks for
200). The same seed gives the same requests.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.access.visitor import cookie_name
from console.app import make_console, routes
from console.pages import Route
from pipeline.config import Workspace
from tests.console.conftest import Person, come_in

pytestmark = pytest.mark.xdist_group("every page")

EXAMPLES = int(os.environ.get("XUANJIAN_SCHEMA_EXAMPLES", "3"))
LEFT_OUT = {
    "POST /api/sign-out": "the rest would be asked by nobody",
    "POST /api/account/password": "it ends the session that asks",
    "POST /api/account/sessions/{number}/end": "it may end the session that asks",
    "POST /api/users/sessions/{number}/end": "it may end the session that asks",
    "POST /api/users/{name}/sign-out": "it may end the session that asks",
    "POST /api/users/{name}/password": "it may end the session that asks",
    "POST /api/users/{name}": "it may take the role that asks away",
    "POST /api/sources/new": "it asks the site that is named for a page",
}
"""Operations that are not asked here, and why; the tests of their rooms ask them."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def admin(furnished_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """The administrator of a workspace that may be changed."""
    folder = tmp_path_factory.mktemp("schema") / "workspace"
    shutil.copytree(furnished_workspace, folder)
    console = make_console(Workspace.open(folder))
    with pytest.MonkeyPatch.context() as patch:
        # Work would go on after the test, and ask sites for pages.
        patch.setattr("console.jobs._begin", lambda *_: Ended())
        patch.setattr("console.standing.AT_ONCE", 1e9)
        yield come_in(console, "admin")
    console.store.close()


class Ended:
    """Work that was over before anybody looked."""

    pid = 2**22
    """Beyond the numbers of processes."""

    def wait(self) -> int:
        return 0

    def terminate(self) -> None:
        """There is nothing to end."""


@pytest.fixture(scope="module")
def api(admin: Person) -> Any:
    """The description as it is served."""
    return schemathesis.openapi.from_asgi(
        "/api/openapi/openapi.json", admin.console.door, headers=_headers(admin)
    )


def _headers(person: Person) -> dict[str, str]:
    cookie = person.client.cookies.get(cookie_name(False)) or ""
    return {"cookie": f"{cookie_name(False)}={cookie}", "x-csrf-token": person.token}


OPERATIONS = [
    f"{route.method} /api{re.sub(r':[a-z]+}', '}', route.path)}".rstrip("/")
    for route in routes()
    if isinstance(route, Route) and route.api
]


def test_every_operation_of_the_description_is_asked_or_left_out_for_a_reason(api: Any) -> None:
    described = {
        f"{method.upper()} {path}"
        for path, item in api.raw_schema["paths"].items()
        for method in item
        if method in {"get", "post"}
    }
    assert described == set(OPERATIONS)
    assert set(LEFT_OUT) <= described


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in LEFT_OUT])
def test_no_request_breaks_the_server(
    api: Any, admin: Person, operation: str, mode: GenerationMode
) -> None:
    method, _, path = operation.partition(" ")

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=api[path][method].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(headers=_headers(admin), checks=CHECKS)

    try:
        asked()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing can be asked as it is described"
