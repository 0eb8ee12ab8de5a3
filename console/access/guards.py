"""Who may use a route, and that a change was meant.

Hides: how a route is closed. Every route names the least role it asks for; a change asks for the
form's token besides, in its header ``x-csrf-token`` or its field ``form_token``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from litestar.connection import ASGIConnection, Request
from litestar.handlers.base import BaseRouteHandler

from console.access.secrets import Marks
from console.access.visitor import visitor_of
from pipeline.accounts import Role
from pipeline.errors import BadInput, XuanjianError

__all__ = [
    "TOKEN_FIELD",
    "TOKEN_HEADER",
    "Forged",
    "NotAllowed",
    "NotSignedIn",
    "at_least",
    "meant",
]

TOKEN_FIELD = "form_token"
TOKEN_HEADER = "x-csrf-token"

Connection = ASGIConnection[Any, Any, Any, Any]


class NotSignedIn(XuanjianError):
    """The route is for people who signed in."""


class NotAllowed(XuanjianError):
    """The account's role does not reach so far."""


class Forged(XuanjianError):
    """A change without the token of a page of ours."""


def at_least(role: Role) -> Callable[[Connection, BaseRouteHandler], None]:
    """Let accounts of ``role`` and above pass."""

    def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        account = visitor_of(connection.scope).account
        if account is None:
            raise NotSignedIn("this needs an account", "not-signed-in", "Sign in first.")
        if not account.may(role):
            raise NotAllowed(
                f"this needs the role {role}, {account.name} is {account.role}",
                "role-too-low",
                "Ask an administrator of the console for the role.",
            )

    return guard


def _not_text(error: UnicodeDecodeError) -> BadInput:
    return BadInput(
        f"the body is not UTF-8: {error.reason} at byte {error.start}",
        "request-text",
        "Send text in UTF-8.",
    )


def _check_json(body: bytes) -> None:
    """What no text of ours may hold is refused before it is read."""
    try:
        written = body.decode()
    except UnicodeDecodeError as error:
        raise _not_text(error) from error
    if "\\u0000" in written:
        raise BadInput("the body holds a NUL", "request-text", "Take it out.")


async def meant(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let changes pass that carry the visitor's token."""
    request = cast("Request[Any, Any, Any]", connection)
    given = request.headers.get(TOKEN_HEADER, "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        _check_json(await request.body())
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            field = (await request.form()).get(TOKEN_FIELD, "")
        except UnicodeDecodeError as error:
            raise _not_text(error) from error
        given = given or (field if isinstance(field, str) else "")
    marks = cast("Marks", request.app.state.marks)
    if not marks.is_form_token(given, visitor_of(request.scope).cookie):
        raise Forged(
            "the change carries no valid token of this session",
            "form-token",
            "Open the page again and repeat the change there.",
        )
