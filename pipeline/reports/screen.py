"""Sentences, headings and tables on a terminal.

Hides: how wide a terminal is where none is told, and how Rich is kept from breaking, cutting or
interpreting what it prints.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipeline.reports.lines import wrap

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["heading", "plain_table", "put", "say", "settle_width"]

_RICH_DEFAULT, _OUR_DEFAULT = 80, 100
"""Width of a console that is no terminal: Rich's word for "unknown", and what we make of it."""


def settle_width(console: Console) -> None:
    """Give a console without a width of its own 100 columns."""
    if (
        not console.is_terminal
        and console.width == _RICH_DEFAULT
        and not os.environ.get("COLUMNS", "").isdigit()
    ):
        console.width = _OUR_DEFAULT


def say(console: Console, line: str, style: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """Print a sentence in whole lines; all but the first are moved in by ``hang`` more."""
    from rich.text import Text

    for number, part in enumerate(wrap(line, console.width - indent - hang)):
        room = " " * (indent + (hang if number else 0))
        put(console, Text(room + part, style=style))


def put(console: Console, line: Text) -> None:
    """Print one line as it is: neither broken nor cut."""
    console.print(line, soft_wrap=True)


def heading(console: Console, name: str) -> None:
    """Print an empty line and the name of what follows."""
    console.print()
    say(console, name, "bold")


def plain_table() -> Table:
    """A table with a line under its head and no others."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
