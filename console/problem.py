"""The one shape of an error, as programs read it (RFC 9457)."""

from __future__ import annotations

import msgspec

__all__ = ["Problem"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details: ``type`` names the error (docs/errors.md), ``hint`` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""
