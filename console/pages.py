"""Routes: one function gives a page, its JSON twin, and what the API's description says of both.

Hides: how a typed answer becomes HTML or JSON. ``page`` makes a route of a function that gives a
frozen record: at its path the record is rendered by a template, below ``/api`` it is JSON.
``change`` makes one of a function that takes a frozen record and gives ``Changed``: a form leads
on to another page, the API gets the record. Rooms collect their routes in ``ROUTES``.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, TypedDict, TypeVar, get_args, get_origin

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import BodyKwarg, PathParameter, QueryParameter
from litestar.response import Response
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from console.access.guards import TOKEN_FIELD, at_least, meant
from console.desk import Tone
from console.problem import Problem
from console.rendering import leading_on, rendered_page
from pipeline.accounts import Role
from pipeline.errors import BadInput

__all__ = ["API", "BLANKS_COUNT", "Changed", "Route", "change", "page"]

API = "/api"
BLANKS_COUNT = "blanks_count"
"""Key of ``msgspec.Meta(extra=..)`` of a list field whose blanks are values, as in a table of fields."""

_Form = TypeVar("_Form", bound=msgspec.Struct)


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a change did: a sentence for people, and the page to look at next."""

    said: str
    to: str = ""
    """Address of that page below this site; '' for the one the change was asked on."""
    tone: Tone = "done"
    """Whether it was done, or not; a page shows the three apart."""
    cookie: str = ""
    """A new value for the visitor's cookie, at sign-in and sign-out; never shown."""


_PROBLEMS = {
    status: ResponseSpec(
        data_container=Problem,
        media_type="application/problem+json",
        description=words,
        generate_examples=False,
    )
    for status, words in (
        (400, "The request cannot be read."),
        (401, "Nobody is signed in."),
        (403, "The role does not reach so far, or the token is missing."),
        (404, "There is no such thing."),
        (409, "As things stand it cannot be done."),
        (413, "The request is too large."),
        (415, "The body is of another kind."),
        (422, "What was given cannot be used."),
        (429, "Too many tries; wait."),
        (503, "The database is busy."),
    )
}


@dataclass(frozen=True)
class Route:
    """A path with everything that is known of it; tests walk over these."""

    path: str
    role: Role | None
    """Least role; None for everybody, signed in or not."""
    method: str
    template: str
    function: Callable[..., Any]
    upload: bool = False
    api: bool = True

    @cached_property
    def handlers(self) -> tuple[HTTPRouteHandler, ...]:
        """The page and its twin below ``/api``."""
        if self.method == "GET":
            return self._page_handlers()
        return self._change_handlers()

    def _page_handlers(self) -> tuple[HTTPRouteHandler, ...]:
        guards = [at_least(self.role)] if self.role else []
        own = get(
            self.path,
            guards=guards,
            after_request=_rendering(self.template),
            sync_to_thread=True,
            include_in_schema=False,
        )(_like(self.path, self.function, {}))
        if not self.api:
            return (own,)
        twin = get(
            f"{API}{self.path}".rstrip("/"), guards=guards, sync_to_thread=True, **self._told()
        )(_like(self.path, self.function, {}))
        return (own, twin)

    def _change_handlers(self) -> tuple[HTTPRouteHandler, ...]:
        guards = [*([at_least(self.role)] if self.role else []), meant]
        given = typing.get_type_hints(self.function).get("given")
        dependencies = {"given": Provide(_from_form(given))} if given else {}
        own = post(
            self.path,
            guards=guards,
            dependencies=dependencies,
            after_request=_leading_on,
            sync_to_thread=True,
            include_in_schema=False,
            status_code=HTTP_303_SEE_OTHER,
        )(_like(self.path, self.function, {}))
        if not self.api:
            return (own,)
        arguments: dict[str, object] = {}
        if given:
            kind = RequestEncodingType.MULTI_PART if self.upload else RequestEncodingType.JSON
            arguments["data"] = Annotated[given, BodyKwarg(media_type=kind)]
        twin = post(
            f"{API}{self.path}",
            guards=guards,
            sync_to_thread=True,
            status_code=HTTP_200_OK,
            **self._told(),
        )(_like(self.path, self.function, arguments))
        return (own, twin)

    def _told(self) -> _Described:
        documentation = inspect.getdoc(self.function) or ""
        first, _, rest = documentation.partition("\n")
        role = f"Least role: {self.role}." if self.role else "Open to everybody."
        return {
            "summary": first.rstrip("."),
            "description": f"{rest.strip()}\n\n{role}".strip(),
            "operation_id": f"{self.method.lower()}-{self.path.strip('/') or 'home'}",
            "responses": _PROBLEMS,
            "tags": [self.path.strip("/").partition("/")[0] or "home"],
        }


class _Described(TypedDict):
    """What the API's description says of a route."""

    summary: str
    description: str
    operation_id: str
    responses: Mapping[int, ResponseSpec]
    tags: Sequence[str]


def page(
    path: str, template: str, *, role: Role | None = "viewer", api: bool = True
) -> Callable[[Callable[..., Any]], Route]:
    """Make a page of a function that takes ``desk: Desk`` (and path and query parameters, or a frozen
    record of query parameters, each of which has a default) and gives a frozen record."""

    def made(function: Callable[..., Any]) -> Route:
        return Route(path, role, "GET", template, function, api=api)

    return made


def change(
    path: str, *, role: Role | None, upload: bool = False, api: bool = True
) -> Callable[[Callable[..., Changed]], Route]:
    """Make a change of a function that takes ``desk: Desk``, ``given``: a frozen record of what was
    filled in, and path parameters, and gives ``Changed``."""

    def made(function: Callable[..., Changed]) -> Route:
        return Route(path, role, "POST", "", function, upload=upload, api=api)

    return made


def _like(
    path: str, function: Callable[..., Any], arguments: Mapping[str, object]
) -> Callable[..., Any]:
    """``function`` as a handler of its own.

    With ``data`` in ``arguments`` it takes what was given under that name, which the framework reads
    from the body; the fields of a record it takes one by one, as words of the query; words that the
    framework keeps for itself it takes under another name.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    if "data" in arguments:
        hints["given"] = arguments["data"]
    records = {name: hint for name, hint in hints.items() if name in signature.parameters}
    records = {name: hint for name, hint in records.items() if _is_record(name, hint)}
    spread = [
        one
        for parameter in signature.parameters.values()
        for one in (
            _fields_of(records[parameter.name])
            if parameter.name in records
            else [parameter.replace(annotation=hints[parameter.name])]
        )
    ]
    own = {one.name: f"{one.name}_asked" if one.name in _KEPT else one.name for one in spread}
    if "data" in arguments:
        own["given"] = "data"
    called = {theirs: ours for ours, theirs in own.items()}

    def handler(**words: Any) -> Any:
        told = {called[name]: value for name, value in words.items()}
        for name, kind in records.items():
            told[name] = kind(**{field: told.pop(field) for field in kind.__struct_fields__})
        return function(**told)

    parameters = [
        one.replace(
            name=own[one.name],
            kind=inspect.Parameter.KEYWORD_ONLY,
            annotation=_placed(path, one.name, own[one.name], one.annotation),
        )
        for one in spread
    ]
    handler.__name__ = function.__name__
    handler.__doc__ = function.__doc__
    handler.__module__ = function.__module__
    handler.__annotations__ = {one.name: one.annotation for one in parameters}
    handler.__annotations__["return"] = hints["return"]
    handler.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return handler


def _is_record(name: str, hint: Any) -> bool:
    """Whether a parameter stands for several words of the query."""
    return name != "given" and isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _fields_of(kind: type[msgspec.Struct]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=field.type,
        )
        for field in msgspec.structs.fields(kind)
    ]


_MOST = 2**31 - 1
"""The largest number a row can have on every database."""
_KEPT = frozenset({"state", "headers", "cookies", "query", "request", "scope", "socket", "body"})
"""What the framework fills itself when a handler asks for it."""


def _placed(path: str, name: str, named: str, hint: Any) -> Any:
    """``hint`` with where the framework finds the argument: named in the path, the query, or made."""
    if name == "return" or named == "data":
        return hint
    if name in {"desk", "given"}:
        return NamedDependency[hint]  # type: ignore[misc]
    most = _MOST if hint is int else None
    if f"{{{name}:" in path:
        return Annotated[hint, PathParameter(le=most)]
    return Annotated[hint, QueryParameter(name=name, le=most)]


def _rendering(template: str) -> Callable[..., Any]:
    async def rendered(response: Response[Any]) -> Response[Any]:
        if isinstance(response.content, msgspec.Struct):
            return await rendered_page(template, response.content)
        return response

    return rendered


async def _leading_on(response: Response[Any]) -> Response[Any]:
    if isinstance(response.content, Changed):
        told = response.content
        return leading_on(told.said, told.to, told.cookie, told.tone)
    return response


def _from_form(kind: type[_Form]) -> Callable[..., Any]:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}

    async def given(request: Request[Any, Any, Any]) -> Any:
        form = await request.form()
        words: dict[str, object] = {}
        uploads: dict[str, UploadFile] = {}
        for name, field in fields.items():
            values = form.getall(name, [])
            if _many(field.type):
                every = _keeps_blanks(field.type)
                words[name] = [value for value in values if every or value != ""]
            elif values and isinstance(values[-1], UploadFile):
                uploads[name] = values[-1]
            elif field.type is bool:
                words[name] = bool(values) and values[-1] not in {"", "0", "false", "off"}
            elif values:
                words[name] = values[-1]
        if any("\0" in value for name in words for value in _texts(words[name])):
            raise BadInput("the form holds a NUL", "request-text", "Take it out.")
        strange = set(form.keys()) - set(fields) - {TOKEN_FIELD}
        if strange:
            raise BadInput(
                f"the form has no field {min(strange)}", "form-field", "Open the page again."
            )
        try:
            return _built(kind, words, uploads)
        except msgspec.ValidationError as error:
            raise BadInput(f"the form cannot be read: {error}", "form-value", "Mend it.") from error

    return given


def _texts(value: object) -> Sequence[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _built(
    kind: type[_Form], words: Mapping[str, object], uploads: Mapping[str, UploadFile]
) -> _Form:
    if not uploads and not any(_is_upload(f.type) for f in msgspec.structs.fields(kind)):
        return msgspec.convert(words, kind, strict=False)
    plain = {f.name: f for f in msgspec.structs.fields(kind) if not _is_upload(f.type)}
    checked: dict[str, object] = {}
    for name, field in plain.items():
        if name in words:
            checked[name] = msgspec.convert(words[name], field.type, strict=False)
        elif field.required:
            raise BadInput(f"the form lacks the field {name}", "form-value", "Fill it in.")
    missing = [
        f.name
        for f in msgspec.structs.fields(kind)
        if _is_upload(f.type) and f.required and f.name not in uploads
    ]
    if missing:
        raise BadInput("no file was chosen", "form-file", "Choose a file and send it again.")
    return kind(**checked, **uploads)


def _is_upload(kind: Any) -> bool:
    return kind is UploadFile or UploadFile in get_args(kind)


def _many(kind: Any) -> bool:
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_origin(plain) in (list, tuple, Sequence, frozenset, set)


def _keeps_blanks(kind: Any) -> bool:
    """Whether a list has a value for every row of a form, filled in or not."""
    marks = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return any(BLANKS_COUNT in (getattr(mark, "extra", None) or {}) for mark in marks)
