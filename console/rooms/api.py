"""The API as a page: every operation with its role, its words and what it gives.

Hides: how the description (OpenAPI 3.1, at ``/api/openapi/openapi.json``) is read. The page loads
nothing from elsewhere.
"""

from __future__ import annotations

import msgspec
from litestar.openapi.spec import Operation, Reference, Schema

from console.desk import Desk
from console.pages import page

__all__ = ["ROUTES"]


class ApiField(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter or a field of a body."""

    name: str
    place: str
    """path, query or body."""
    kind: str
    required: bool


class ApiLine(msgspec.Struct, frozen=True, kw_only=True):
    """One operation."""

    method: str
    path: str
    summary: str
    description: str
    fields: tuple[ApiField, ...]
    gives: str


class ApiPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every operation, by path."""

    version: str
    operations: tuple[ApiLine, ...]


@page("/openapi", "api.html.j2", api=False)
def api_page(desk: Desk) -> ApiPage:
    """What programs may ask of the console, and how."""
    described = desk.described()
    schemas = (described.components.schemas or {}) if described.components else {}
    lines = []
    for path, item in sorted((described.paths or {}).items()):
        for method in ("get", "post"):
            operation = getattr(item, method)
            if operation is not None:
                lines.append(_line(method.upper(), path, operation, schemas))
    return ApiPage(version=described.info.version, operations=tuple(lines))


def _line(method: str, path: str, operation: Operation, schemas: dict[str, Schema]) -> ApiLine:
    fields = [
        ApiField(
            name=one.name,
            place=str(one.param_in),
            kind=_kind(one.schema),
            required=bool(one.required),
        )
        for one in operation.parameters or ()
        if not isinstance(one, Reference)
    ]
    body = operation.request_body
    if body is not None and not isinstance(body, Reference):
        for media in body.content.values():
            told = _resolved(media.schema, schemas)
            needed = set(told.required or ())
            fields += [
                ApiField(name=name, place="body", kind=_kind(kind), required=name in needed)
                for name, kind in (told.properties or {}).items()
            ]
    return ApiLine(
        method=method,
        path=path,
        summary=operation.summary or "",
        description=operation.description or "",
        fields=tuple(fields),
        gives=_gives(operation),
    )


def _gives(operation: Operation) -> str:
    answer = (operation.responses or {}).get("200")
    if answer is None or isinstance(answer, Reference) or not answer.content:
        return ""
    return ", ".join(_kind(media.schema) for media in answer.content.values())


def _resolved(schema: object, schemas: dict[str, Schema]) -> Schema:
    if isinstance(schema, Reference):
        return schemas[schema.ref.rpartition("/")[2]]
    assert isinstance(schema, Schema)
    return schema


def _kind(schema: object) -> str:
    """A schema in one or two words."""
    if isinstance(schema, Reference):
        return schema.ref.rpartition("/")[2]
    if not isinstance(schema, Schema):
        return ""
    if schema.enum:
        return " | ".join(str(one) for one in schema.enum)
    if schema.one_of:
        return " | ".join(_kind(one) for one in schema.one_of)
    if schema.items is not None:
        return f"[{_kind(schema.items)}]"
    kinds = schema.type if isinstance(schema.type, list) else [schema.type]
    return " | ".join(getattr(kind, "value", "") for kind in kinds if kind)


ROUTES = [api_page]
