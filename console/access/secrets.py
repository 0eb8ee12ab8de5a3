"""Marks that only this workspace's console can make: form tokens and notices.

Hides: the secret and how marks are made from it (HMAC-SHA-256). A form's token is made of the
value of the visitor's own cookie, so that it is worth nothing in anybody else's browser and nothing
has to be stored; a session's new cookie at sign-in makes older tokens void.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DiskTrouble

__all__ = ["Marks", "new_token"]

_FILE = "console-secret"


def new_token() -> str:
    """A value for a cookie that cannot be guessed (256 bits)."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Marks:
    """Makes and checks marks with one secret."""

    secret: bytes

    @classmethod
    def of(cls, workspace: Path) -> Marks:
        """With the workspace's secret, made on first use; readable by its owner alone.

        Raises:
            DiskTrouble: it cannot be read or written.
        """
        path = workspace / _FILE
        try:
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(handle, "w", encoding="ascii") as out:
                    out.write(secrets.token_hex(32))
            return cls(path.read_bytes())
        except OSError as error:
            raise DiskTrouble.from_os_error(
                error, "keeping the console's secret in", path
            ) from error

    def form_token(self, cookie: str) -> str:
        """What a form carries for the visitor with this cookie."""
        return self._mark("form", cookie)

    def is_form_token(self, given: str, cookie: str) -> bool:
        """Whether a form came from a page of ours that this visitor read."""
        return bool(cookie) and hmac.compare_digest(
            given.encode("utf-8", "replace"), self.form_token(cookie).encode()
        )

    def sealed(self, text: str, cookie: str) -> str:
        """``text`` as a cookie's value that only we can have written for this visitor."""
        return f"{base64.urlsafe_b64encode(text.encode()).decode()}.{self._mark(text, cookie)}"

    def unsealed(self, value: str, cookie: str) -> str:
        """The text of ``sealed``; '' for anything else."""
        encoded, _, mark = value.partition(".")
        try:
            text = base64.urlsafe_b64decode(encoded).decode()
        except (binascii.Error, ValueError):
            return ""
        same = hmac.compare_digest(
            mark.encode("utf-8", "replace"), self._mark(text, cookie).encode()
        )
        return text if same else ""

    def _mark(self, what: str, cookie: str) -> str:
        words = f"{len(what)}:{what}{cookie}".encode()
        return hmac.new(self.secret, words, hashlib.sha256).hexdigest()
