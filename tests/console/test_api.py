"""The API: its description, its page, and that nothing asked of it breaks the server."""

from __future__ import annotations

from typing import Any

import pytest

from console.app import Console
from tests.console.conftest import SignIn


def test_the_description_names_every_operation_with_its_problems(sign_in: SignIn) -> None:
    described = sign_in("viewer").get("/api/openapi/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    operations = [
        (path, method, told)
        for path, item in described["paths"].items()
        for method, told in item.items()
    ]
    assert len({told["operationId"] for _, _, told in operations}) == len(operations)
    for path, method, told in operations:
        assert path == "/api" or path.startswith("/api/"), path
        assert told["summary"], path
        for status in ("401", "403", "422"):
            content = told["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], (path, method)


def test_the_page_of_the_api_loads_nothing_from_elsewhere(sign_in: SignIn) -> None:
    page = sign_in("viewer").page("/openapi")
    assert "GET /api/overview" in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_session_tells_the_token_that_changes_carry(sign_in: SignIn) -> None:
    person = sign_in("editor")
    told = person.api("/session")
    assert told["role"] == "editor"
    assert told["token"] == person.token


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b'{"old": 1}', 400), (b'{"old": "\xff"}', 400)],
)
def test_a_body_that_cannot_be_read_is_a_problem(sign_in: SignIn, body: bytes, status: int) -> None:
    person = sign_in("viewer")
    answer = person.client.post(
        "/api/account/password",
        content=body,
        headers={"x-csrf-token": person.token, "content-type": "application/json"},
    )
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "hint"}
    assert problem["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nowhere", 404),
        ("POST", "/api/overview", 405),
        ("DELETE", "/api/users", 405),
        ("GET", "/api/trail?before=x", 400),
        ("GET", "/api/trail?before=999999999999999999999999", 400),
        ("GET", "/api/trail?before=4294967296", 400),
        ("GET", "/api/overview?period=2025-13", 422),
        ("GET", "/api/overview?plan=unknown", 404),
        ("GET", "/api/overview?period=%00", 400),
        ("GET", "/api/overview?plan=%ED%A0%80", 404),
    ],
)
def test_whatever_is_asked_wrongly_is_answered_with_a_problem(
    console: Console, sign_in: SignIn, method: str, path: str, status: int
) -> None:
    answer = sign_in("admin").client.request(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == status, answer.text


def test_a_form_that_is_no_text_is_a_problem(sign_in: SignIn) -> None:
    person = sign_in("editor")
    body = b'--x\r\nContent-Disposition: form-data; name="medium"\r\n\r\n\xe3\r\n--x--\r\n'
    for path, token in (("/api/import", person.token), ("/import", "")):
        answer = person.client.post(
            path,
            content=body,
            headers={"x-csrf-token": token, "content-type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 400, answer.text
        assert "request-text" in answer.text
