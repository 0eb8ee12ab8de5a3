"""Records to HTML.

Hides: Jinja. Every value is cleaned of control and direction marks and escaped on its way out;
templates see the record as ``page``, the request as ``desk``, and what rooms registered.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jinja2
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Response

from console import language
from console.access.guards import TOKEN_FIELD
from console.access.visitor import cookie_name, present_desk, visitor_of
from console.desk import Desk, Notice, Tone
from console.error_words import ErrorWords, own_words, reads_english, words_in, words_of
from console.first_steps import next_first_step
from console.navigation import ROOMS
from pipeline.accounts import ROLE_NAMES
from pipeline.coverage.report import ASSIGNMENT_NAMES, LOCALITY_NAMES, STATE_NAMES, UNIT_STATE_NAMES
from pipeline.coverage.supplement import correction_about, correction_words
from pipeline.genre import CARRIER_NAMES, GENRE_NAMES
from pipeline.news import LEVEL_NAMES
from pipeline.reports import duties_wording, wording

__all__ = [
    "NOTICE",
    "STATIC",
    "form_again",
    "leading_on",
    "problem_page",
    "refusal_page",
    "rendered_page",
    "static_address",
]

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
NOTICE = "xuanjian-notice"
"""Cookie with what the last change said, shown on the next page."""

_NOTICE_SECONDS = 60
_OWN_WAY_ON = ("/first-use", "/sign-in")
"""Pages that lead through the first use themselves."""


async def rendered_page(template: str, record: object) -> Response[Any]:
    """The page of a record for the present request; what the last change said is shown once."""
    desk = present_desk()
    text = await sync_to_thread(_render, template, record, desk)
    answer: Response[Any] = Response(text, media_type=MediaType.HTML)
    if desk.notice is not None:
        answer.delete_cookie(NOTICE)
    return answer


def _render(template: str, record: object, desk: Desk) -> str:
    first_step = next_first_step(desk) if not desk.path.startswith(_OWN_WAY_ON) else None
    made = _environment().get_template(template)
    return made.render(page=record, desk=desk, first_step=first_step)


def leading_on(said: str, to: str, cookie: str, tone: Tone) -> Response[Any]:
    """The answer to a form: go to a page of ours and say this there."""
    desk = present_desk()
    visitor = desk.visitor
    answer: Response[Any] = Response(
        b"", status_code=303, media_type=MediaType.TEXT, headers={"location": _own(to)}
    )
    if cookie:
        answer.set_cookie(
            Cookie(
                key=cookie_name(visitor.secure),
                value=cookie,
                path="/",
                httponly=True,
                samesite="lax",
                secure=visitor.secure,
            )
        )
    if said:
        answer.set_cookie(
            Cookie(
                key=NOTICE,
                value=desk.marks.sealed(
                    Notice(said[:600], tone).written(), cookie or visitor.cookie
                ),
                path="/",
                max_age=_NOTICE_SECONDS,
                httponly=True,
                samesite="lax",
                secure=visitor.secure,
            )
        )
    return answer


def _own(address: str) -> str:
    """``address`` when it leads to a page of this site, else the first page."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and not any(ord(mark) < 33 for mark in address) else "/"


@lru_cache(64)
def static_address(name: str) -> str:
    """Where a file of ``static/`` is served, with a mark that changes when the file does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@lru_cache(1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
        auto_reload=False,
    )
    environment.globals.update(
        _=language._,
        ngettext=language.ngettext,
        static=static_address,
        token_field=TOKEN_FIELD,
        rooms=ROOMS,
        role_names=ROLE_NAMES,
        state_names=STATE_NAMES,
        assignment_names=ASSIGNMENT_NAMES,
        locality_names=LOCALITY_NAMES,
        unit_state_names=UNIT_STATE_NAMES,
        level_names=LEVEL_NAMES,
        carrier_names=CARRIER_NAMES,
        genre_names=GENRE_NAMES,
        wording=wording,
        english=reads_english,
        error_words=words_of,
        error_words_in=words_in,
        own_words=own_words,
        correction_about=correction_about,
        correction_words=correction_words,
        duties=duties_wording,
    )
    environment.filters["clip"] = wording.clean
    environment.filters["moment"] = _moment
    environment.filters["href"] = wording.safe_href
    return environment


def _moment(stamp: str) -> str:
    """A moment of the store (UTC) in Beijing time; nothing for none."""
    return wording.made_words(stamp)[:16] if stamp else ""


def _cleaned(value: object) -> object:
    return wording.clean(value) if type(value) is str else value


def form_again(
    request: Request[Any, Any, Any], template: str, filled: object, problem: object
) -> str:
    """A page with a form on it, as it was filled in, and above it why it could not be taken."""
    desk: Desk = request.scope["state"]["desk"]
    return _environment().get_template(template).render(page=filled, desk=desk, refused=problem)


def problem_page(
    request: Request[Any, Any, Any],
    problem: object,
    words: ErrorWords,
    way_on: tuple[str, str] = ("", ""),
) -> str:
    """An error as a page that leads back; made without a desk where the error came before one.

    Args:
        way_on: the page on which to begin again, and its words; '' where the way back is enough.
    """
    visitor = visitor_of(request.scope)
    template = _environment().get_template("problem.html.j2")
    return template.render(
        page=problem,
        words=words,
        back="" if way_on[0] else _came_from(request),
        way_on=way_on,
        desk=request.scope["state"].get("desk"),
        account=visitor.account,
        token=request.app.state.marks.form_token(visitor.cookie),
    )


def refusal_page(problem: object, words: ErrorWords) -> str:
    """An error before it is known who asks: without the ways on that somebody signed in has."""
    template = _environment().get_template("problem.html.j2")
    nobody = {"desk": None, "account": None, "token": ""}
    return template.render(page=problem, words=words, back="", way_on=("", ""), **nobody)


def _came_from(request: Request[Any, Any, Any]) -> str:
    """The page of this site somebody came from; '' where it is another site's, or not told."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host", "") or not came.path:
        return ""
    return _own(urlunsplit(("", "", came.path, came.query, "")))
