"""The one shape of an error: problem details (RFC 9457) for programs, a page for people.

Hides: which status an error of ours has.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Response

from console.access.guards import Forged, NotAllowed, NotSignedIn
from console.error_words import words_of
from console.language import _
from console.pages import API
from console.problem import FormAgain, Problem, without_folders
from console.uploads import UploadMissing
from pipeline.errors import BadInput, DiskTrouble, XuanjianError

__all__ = ["any_problem", "our_problem", "refusal"]

_log = logging.getLogger("xuanjian.console")

BEING_MADE = "report-being-made"
"""A page that is not there yet, and loads itself again."""
_JSON = "application/problem+json"
_AGAIN = "4"
"""Seconds until it does."""
_MISSING = ("-missing", "-unknown")
_CONFLICT = ("-exists", "-locked", "-closed", "-twice", "-last-admin", "-stage")


def our_problem(request: Request[Any, Any, Any], error: XuanjianError) -> Response[Any]:
    """The answer to an error of ours."""
    status = _status(error.refused if isinstance(error, FormAgain) else error)
    if status >= 500 and error.slug != BEING_MADE:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    problem = Problem(
        type=f"urn:xuanjian:{error.slug}",
        title=error.slug,
        status=status,
        detail=_without_folders(request, error.message),
        hint=_without_folders(request, error.hint),
    )
    if isinstance(error, FormAgain):
        return _form_again(request, error, problem)
    return _answer(request, problem, _way_on(error))


def any_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to everything else: what the framework refuses, and our own mistakes."""
    if isinstance(error, HTTPException):
        slug, status = _slug(error.status_code), error.status_code
        detail = error.detail
        if isinstance(error, ValidationException) and error.extra:
            detail = f"{detail}: {error.extra!r}"[:600]
    else:
        slug, status, detail = "server-error", 500, "something went wrong on the server"
        _log.exception("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(
        request,
        Problem(type=f"urn:xuanjian:{slug}", title=slug, status=status, detail=detail),
    )


def refusal(path: str, problem: Problem) -> tuple[str, bytes]:
    """Media type and body of a refusal before it is known who asks."""
    if _is_for_programs(path):
        return _JSON, msgspec.json.encode(problem)
    from console.rendering import refusal_page

    return "text/html; charset=utf-8", refusal_page(problem, words_of(problem.title)).encode()


def _way_on(error: XuanjianError) -> tuple[str, str]:
    """The page on which to begin again, and its words; '' where the way back is enough."""
    if isinstance(error, UploadMissing):
        return error.form, _("重新上传")
    if error.slug == "plan-needed":
        return "/first-use", _("去首次设置")
    return "", ""


def _answer(
    request: Request[Any, Any, Any], problem: Problem, way_on: tuple[str, str] = ("", "")
) -> Response[Any]:
    if _is_for_programs(request.url.path):
        return _json(problem)
    if problem.title == "not-signed-in" and request.method == "GET":
        from urllib.parse import quote

        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Response(
            b"",
            status_code=303,
            media_type="text/plain",
            headers={"location": f"/sign-in?next={quote(back, safe='/')}"},
        )
    from console.rendering import problem_page

    text = problem_page(request, problem, words_of(problem.title), way_on)
    again = {"refresh": _AGAIN, "retry-after": _AGAIN} if problem.title == BEING_MADE else {}
    return Response(text, status_code=problem.status, media_type="text/html", headers=again)


def _is_for_programs(path: str) -> bool:
    return path.startswith(f"{API}/") or path == API


def _form_again(
    request: Request[Any, Any, Any], error: FormAgain, problem: Problem
) -> Response[Any]:
    from console.rendering import form_again

    if _is_for_programs(request.url.path):
        answer = _json(problem)
    else:
        text = form_again(request, error.template, error.filled, problem)
        answer = Response(text, status_code=problem.status, media_type="text/html")
    if error.wait:
        answer.headers["retry-after"] = str(error.wait)
    return answer


def _json(problem: Problem) -> Response[Any]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=_JSON,
    )


def _status(error: XuanjianError) -> int:
    if isinstance(error, NotSignedIn):
        return HTTPStatus.UNAUTHORIZED
    if error.slug == "request-text":
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, NotAllowed | Forged):
        return HTTPStatus.FORBIDDEN
    if error.slug == "sign-in-wait":
        return HTTPStatus.TOO_MANY_REQUESTS
    if error.slug in ("database-locked", BEING_MADE):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, DiskTrouble) or error.slug.startswith("database-"):
        return HTTPStatus.INTERNAL_SERVER_ERROR
    if error.slug.endswith(_CONFLICT):
        return HTTPStatus.CONFLICT
    if error.slug.endswith(_MISSING) and not isinstance(error, BadInput):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, BadInput) else HTTPStatus.CONFLICT


def _without_folders(request: Request[Any, Any, Any], words: str) -> str:
    return without_folders(words, request.app.state.workspace.path)


def _slug(status: int) -> str:
    return {
        400: "request-unreadable",
        404: "page-missing",
        405: "method-not-allowed",
        413: "request-too-large",
        415: "request-kind",
    }.get(status, f"http-{status}")
