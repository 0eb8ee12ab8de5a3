"""Who may use the console: roles, names and passwords.

Hides: how a password is kept (argon2id, RFC 9106's second recommended setting) and which names and
passwords are taken. Nothing here knows the database.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from pipeline.errors import BadInput

__all__ = [
    "ROLES",
    "ROLE_NAMES",
    "Account",
    "Role",
    "account_name",
    "display_name",
    "hash_password",
    "is_password",
    "spend_time",
]

Role = Literal["viewer", "reviewer", "editor", "approver", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most; each may do what those before it may."""

ROLE_NAMES: dict[str, str] = {
    "viewer": "查阅人",
    "reviewer": "复核人",
    "editor": "编辑",
    "approver": "审核人",
    "admin": "管理员",
}
"""Roles as officers read them."""

SHORTEST, LONGEST = 10, 200
"""Characters a password has."""

_NAME = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: int
    name: str
    display: str
    role: Role
    disabled: bool = False
    created_at: str = ""

    def may(self, role: Role) -> bool:
        """Whether what asks for ``role`` is open to this account."""
        return ROLES.index(self.role) >= ROLES.index(role)


def account_name(given: str) -> str:
    """``given`` as a name one signs in with: NFKC, lower case.

    Raises:
        BadInput: ``account-name``.
    """
    name = unicodedata.normalize("NFKC", given).strip().casefold()
    if not _NAME.fullmatch(name):
        raise BadInput(
            "an account's name has 2 to 64 letters, digits, or characters . _ - @",
            "account-name",
            "Use the person's name or work number: 王芳, wangfang, w-0123.",
        )
    return name


def display_name(given: str, name: str) -> str:
    """What decisions and papers show: ``given`` without control characters, or the account's name."""
    shown = "".join(
        mark for mark in given if unicodedata.category(mark)[0] != "C" or mark == " "
    ).strip()
    return shown[:100] or name


def hash_password(password: str, name: str) -> str:
    """The argon2 hash of a new password.

    Raises:
        BadInput: ``password-weak`` when it is too short, too long, the name, or one mark repeated.
    """
    password = unicodedata.normalize("NFKC", password)
    too_plain = name in password.casefold() and len(password) < len(name) + 6
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 4 or too_plain:
        raise BadInput(
            f"a password has {SHORTEST} to {LONGEST} characters, at least four of them different, "
            "and is not the account's name",
            "password-weak",
            "A short sentence that nobody else would write is easy to keep in mind.",
        )
    return str(_hasher().hash(password))


def is_password(password: str, hashed: str) -> bool:
    """Whether ``hashed`` was made of ``password``."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(
            _hasher().verify(hashed, unicodedata.normalize("NFKC", password)[: 4 * LONGEST])
        )
    except (VerificationError, InvalidHashError):
        return False


def spend_time(password: str) -> None:
    """Take as long as checking a password does: a sign-in must not tell which names exist."""
    is_password(password, _nobody())


@lru_cache(1)
def _hasher():  # type: ignore[no-untyped-def]  # argon2 is imported when used
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@lru_cache(1)
def _nobody() -> str:
    return str(_hasher().hash("nobody has this password"))
