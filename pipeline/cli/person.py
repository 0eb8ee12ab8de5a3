"""Who works at the command line: hides that it is the machine's own user where nobody is named."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.store.trail import Actor

__all__ = ["here", "who"]


def who(by: str) -> str:
    """The person who acts: named, or signed in on this machine."""
    return by.strip() or getpass.getuser()


def here() -> Actor:
    """Who changes something from the command line, as the audit trail says it."""
    from pipeline.store.trail import Actor

    return Actor(getpass.getuser(), "", "command line")
