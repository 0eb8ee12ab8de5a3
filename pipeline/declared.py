"""What the crawler tells of the sources that are declared, and of a declaration that is tried.

Hides: nothing but the shape of the lines (JSON) that one process writes and another reads.
"""

from __future__ import annotations

import msgspec

__all__ = ["Checked", "Declared", "Mistake", "Proposed", "Tried", "TriedRow"]


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a declaration; ``line`` counts from 1, 0 where no line is to blame."""

    message: str
    slug: str
    hint: str = ""
    line: int = 0


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A source of a workspace as its file declares it; with a ``mistake`` only ``file`` is known."""

    file: str
    """Name of the file in the folder of sources."""
    id: str = ""
    name: str = ""
    level: str = "other"
    channel: str = "website"
    columns: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    schedule: str = ""
    """Five cron fields; '' is read by hand only."""
    timezone: str = ""
    paused: bool = False
    mistake: Mistake | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration read without asking any site; columns are none where there is a mistake."""

    id: str = ""
    name: str = ""
    columns: tuple[str, ...] = ()
    mistake: Mistake | None = None


class TriedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list as it would be collected; ``kind`` is article, attachment, wechat, elsewhere."""

    date: str
    title: str
    url: str
    kind: str


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One column's list page as a declaration reads it; with a ``mistake`` nothing was read."""

    column: str
    url: str
    system: str = ""
    """What writes the page, in words."""
    rules: str = ""
    next_page: str = ""
    last: bool = False
    rows: tuple[TriedRow, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person must look at."""
    mistake: Mistake | None = None


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration proposed from a page, and what it would collect."""

    declaration: str
    tried: Tried
