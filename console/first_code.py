"""The one-time code that ``serve`` prints while there is no account.

Hides: when it holds. It makes the first account, an admin, and is worth nothing after that; a new
one is made each time the server starts.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from pipeline.store.accounts import accounts
from pipeline.store.store import Store

__all__ = ["FirstCode"]

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike


@dataclass(frozen=True)
class FirstCode:
    """``code`` is '' where there were accounts already."""

    code: str

    @classmethod
    def of(cls, store: Store) -> FirstCode:
        """A new code (60 bits) where the store has no account."""
        with store.begin() as session:
            if accounts(session):
                return cls("")
        parts = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        return cls("-".join(parts))

    def admits(self, given: str) -> bool:
        """Whether ``given`` is the code, blanks and case aside."""
        typed = "".join(given.split()).upper()
        return bool(self.code) and hmac.compare_digest(typed.encode(), self.code.encode())
