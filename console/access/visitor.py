"""The door of the console: who is asking, and what every answer carries.

Hides: the cookie and the security headers. Every visitor has a cookie, signed in or not, so that
every form can carry a token; signing in gives a new one, so that no value known before is worth
anything after. The door stands before routing, so that a page that does not exist has it too.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections.abc import MutableMapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from litestar.concurrency import sync_to_thread
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from console.access.secrets import new_token
from console.problem import Problem
from pipeline.accounts import Account
from pipeline.errors import XuanjianError
from pipeline.store.accounts import SignedIn, note_seen, session_of
from pipeline.store.store import Store
from pipeline.store.trail import Actor

if TYPE_CHECKING:
    from console.desk import Desk

__all__ = ["HEADERS", "Door", "Visitor", "cookie_name", "present_desk", "visitor_of"]

_log = logging.getLogger("xuanjian.console")

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
"""What every answer carries unless it says otherwise."""

_SECURE = "strict-transport-security", "max-age=31536000"
_LASTING = {"cache-control": "public, max-age=31536000, immutable"}
"""Files of ``static/`` have their content's digest in the address."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Visitor:
    """Who sent a request."""

    cookie: str
    """Value of its cookie; what form tokens are made of."""
    address: str
    agent: str
    secure: bool
    signed_in: SignedIn | None = None

    @property
    def account(self) -> Account | None:
        """Whose session it is; None for somebody who is not signed in."""
        return self.signed_in.account if self.signed_in else None

    def actor(self) -> Actor:
        """As the audit trail names them."""
        if self.account is None:
            return Actor("", "", self.address)
        return Actor(self.account.name, self.account.role, self.address)


_scope: ContextVar[Scope] = ContextVar("scope")
"""Of the request this task answers."""


def present_desk() -> Desk:
    """The desk of the request this task answers."""
    return cast("Desk", _scope.get()["state"]["desk"])


def visitor_of(scope: Scope) -> Visitor:
    """The visitor the door let in."""
    return cast("Visitor", scope["state"]["visitor"])


def cookie_name(secure: bool) -> str:
    """Browsers keep ``__Host-`` cookies to this very host and to TLS."""
    return "__Host-xuanjian" if secure else "xuanjian"


@dataclass(frozen=True)
class Door:
    """An ASGI application in front of another.

    Args:
        proxies: networks whose word about the visitor's address and scheme is taken
            (``X-Forwarded-For``, ``X-Forwarded-Proto``).
    """

    inner: ASGIApp
    store: Store
    proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = ()
    noting: set[int] = field(default_factory=set)
    """Sessions whose use is being noted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; the console has no web sockets."""
        kind = str(getattr(scope["type"], "value", scope["type"]))
        if kind == "lifespan":
            await _live(receive, send)
            return
        if kind != "http":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        headers = _headers(scope)
        address, secure = self._origin(scope, headers)
        name = cookie_name(secure)
        given = _cookie(headers.get("cookie", ""), name)
        fresh = "" if given else new_token()
        static = scope["path"].startswith("/static/")
        found: SignedIn | tuple[()] = ()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message, secure, static, "" if static else fresh, name)
            await send(message)

        if given and not static:
            try:
                found = await sync_to_thread(self._look_up, given)
            except XuanjianError as error:
                await _refuse(scope, send_with_headers, 503, error.slug, error.message)
                return
        visitor = Visitor(
            cookie=given or fresh,
            address=address,
            agent=headers.get("user-agent", "")[:200],
            secure=secure,
            signed_in=found or None,
        )
        state = cast("MutableMapping[str, Any]", scope.setdefault("state", {}))
        state["visitor"] = visitor
        _scope.set(scope)
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await _refuse(scope, send_with_headers, 400, "request-text", "the address holds a NUL")
            return
        if cast("HTTPScope", scope)["method"] not in _SAFE and _from_elsewhere(headers):
            await _refuse(
                scope,
                send_with_headers,
                403,
                "request-from-elsewhere",
                "the request was sent by a page of another site",
            )
            return
        await self.inner(scope, receive, send_with_headers)

    def _look_up(self, token: str) -> SignedIn | tuple[()]:
        with self.store.begin() as session:
            found = session_of(session, token)
        if found and found.to_note and found.id not in self.noting:
            self.noting.add(found.id)
            threading.Thread(target=self._note, args=(found.id,), daemon=True).start()
        return found

    def _note(self, number: int) -> None:
        """Note that a session is used, beside the request: it must not wait for who writes."""
        try:
            with self.store.begin() as session:
                note_seen(session, number)
        except XuanjianError as error:  # the next request notes it
            _log.warning("a session's use could not be noted: %s", error)
        finally:
            self.noting.discard(number)

    def _origin(self, scope: Scope, headers: dict[str, str]) -> tuple[str, bool]:
        """The visitor's address and whether TLS was used; a proxy's word counts if it is trusted."""
        client = scope.get("client")
        address, secure = (client[0] if client else ""), scope["scheme"] == "https"
        if not self._trusted(address):
            return address, secure
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        for hop in reversed(hops):
            address = hop[:64]
            if not self._trusted(hop):
                break
        return address, headers.get("x-forwarded-proto", scope["scheme"]) == "https"

    def _trusted(self, address: str) -> bool:
        try:
            given = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(given in network for network in self.proxies)


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{joined}{value}" if name in found else value
    return found


def _cookie(written: str, name: str) -> str:
    try:
        morsel = SimpleCookie(written).get(name)
    except CookieError:
        return ""
    return morsel.value[:100] if morsel else ""


def _from_elsewhere(headers: dict[str, str]) -> bool:
    """Whether a browser says that another site's page sent this."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc != headers.get("host", "")


def _add(message: Message, secure: bool, static: bool, fresh: str, name: str) -> None:
    held = list(message.get("headers", ()))  # type: ignore[call-overload]
    there = {key.lower() for key, _ in held}
    every = {**HEADERS, **dict([_SECURE] if secure else []), **(_LASTING if static else {})}
    held += [(k.encode(), v.encode()) for k, v in every.items() if k.encode() not in there]
    taken = f"{name}=".encode()
    if fresh and not any(k.lower() == b"set-cookie" and v.startswith(taken) for k, v in held):
        guard = "; Secure" if secure else ""
        held.append(
            (b"set-cookie", f"{name}={fresh}; Path=/; HttpOnly; SameSite=Lax{guard}".encode())
        )
    message["headers"] = held  # type: ignore[typeddict-unknown-key]


async def _live(receive: Any, send: Any) -> None:
    """Begin and end with the server: nothing of ours has to be started or stopped."""
    for moment in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{moment}.complete"})


async def _refuse(scope: Scope, send: Send, status: int, slug: str, detail: str) -> None:
    from console.problems import refusal  # pages are made by what knows visitors

    problem = Problem(type=f"urn:xuanjian:{slug}", title=slug, status=status, detail=detail)
    kind, body = await sync_to_thread(refusal, scope["path"], problem)
    headers = [(b"content-type", kind.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
