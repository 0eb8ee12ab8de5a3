"""The console as an ASGI application.

Hides: Litestar's wiring. ``ROOMS`` is the one list of what can be asked; every room's routes are
records that tests walk over.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

from litestar import Litestar, Request
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.params import QueryParameter
from litestar.static_files import create_static_files_router

from console import language
from console.access.secrets import Marks
from console.access.visitor import Door, visitor_of
from console.desk import Asked, Desk, Notice
from console.first_code import FirstCode
from console.pages import API, Route
from console.problems import any_problem, our_problem
from console.rendering import NOTICE, STATIC
from pipeline import __version__
from pipeline.config import CONFIG_NAME, Workspace
from pipeline.errors import XuanjianError
from pipeline.store.plans import LONGEST_NAME
from pipeline.store.store import Store

__all__ = ["ROOMS", "Console", "make_application", "make_console", "routes"]

ROOMS = (
    "accounts",
    "advice",
    "agreement",
    "api",
    "archived",
    "audits",
    "first_use",
    "home",
    "inquiry",
    "jobs",
    "media",
    "models",
    "news_import",
    "obligations",
    "overview",
    "plan_mending",
    "plan_uploads",
    "plans",
    "profiles",
    "register",
    "register_changes",
    "report_files",
    "report_signing",
    "reports",
    "review",
    "review_bulk",
    "review_tasks",
    "runs",
    "scorecard",
    "search",
    "sign_in",
    "source_drafts",
    "sources",
    "stories",
    "themes",
    "trail",
    "units",
    "vouching",
)
"""Modules of ``console.rooms``; each has a list ``ROUTES``."""

UPLOAD_LIMIT = 64_000_000
"""Bytes a request may have; a room may ask for less."""


@dataclass(frozen=True, eq=False)
class Console:
    """The application, and what a test or a server needs beside it."""

    door: Door
    litestar: Litestar
    store: Store
    code: FirstCode


def routes() -> tuple[Route | HTTPRouteHandler, ...]:
    """Every route of every room."""
    return tuple(route for room in ROOMS for route in import_module(f"console.rooms.{room}").ROUTES)


def make_application() -> Litestar:
    """What can be asked, without a workspace: half a second of work that hangs on none."""
    handlers: list[Any] = []
    for route in routes():
        handlers += route.handlers if isinstance(route, Route) else (route,)
    return Litestar(
        route_handlers=[
            *handlers,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                cache_control=None,
                include_in_schema=False,
            ),
        ],
        dependencies={"desk": Provide(_desk, sync_to_thread=False)},
        exception_handlers={
            XuanjianError: our_problem,
            HTTPException: any_problem,
            Exception: any_problem,
        },
        openapi_config=OpenAPIConfig(
            title="Xuanjian",
            version=__version__,
            path=f"{API}/openapi",
            render_plugins=[],
        ),
        response_cache_config=ResponseCacheConfig(),
        request_max_body_size=UPLOAD_LIMIT,
        logging_config=None,
    )


def make_console(
    workspace: Workspace,
    *,
    proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = (),
    application: Litestar | None = None,
) -> Console:
    """The console of a workspace, with its database open; close ``store`` at the end.

    Args:
        workspace: what is served.
        proxies: networks whose word about a visitor's address is believed.
        application: what ``make_application`` gave, of which no open console is served; its own
            where None.

    Raises:
        XuanjianError: what ``Store.open`` raises, ``language-unknown``.
    """
    language.speak(workspace.settings.get("console.language", str))
    store = Store.open(workspace.database_url)
    code = FirstCode.of(store)
    marks = Marks.of(workspace.path)
    litestar = application or make_application()
    litestar.state.clear()
    litestar.state.update({"workspace": workspace, "store": store, "code": code, "marks": marks})
    return Console(Door(litestar, store, tuple(proxies)), litestar, store, code)


def _present(state: State) -> Workspace:
    """The workspace with the settings that stand in its file now: people change them while we run."""
    file = (state.workspace.path / CONFIG_NAME).stat()
    mark = (file.st_mtime_ns, file.st_size)
    if state.get("settings_mark") != mark:
        state.workspace, state.settings_mark = Workspace.open(state.workspace.path), mark
    workspace: Workspace = state.workspace
    return workspace


def _desk(
    request: Request[Any, Any, Any],
    plan: Annotated[str, QueryParameter(max_length=LONGEST_NAME)] = "",
    scheme: Annotated[str, QueryParameter(max_length=32)] = "",
    period: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Desk:
    """What the rooms work at; ``plan``, ``scheme`` and ``period`` mean the own ones where ''."""
    state = request.app.state
    visitor = visitor_of(request.scope)
    notice = request.cookies.get(NOTICE, "")
    desk = Desk(
        workspace=_present(state),
        store=state.store,
        marks=state.marks,
        code=state.code,
        visitor=visitor,
        asked=Asked(plan, scheme, period),
        path=request.url.path,
        described=lambda: request.app.openapi_schema,
        notice=Notice.read(state.marks.unsealed(notice, visitor.cookie)) if notice else None,
    )
    request.scope["state"]["desk"] = desk
    return desk
