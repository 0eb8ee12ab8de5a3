"""Progress on the terminal: a live line on stderr, nothing when stderr is no terminal.

Hides: who looks. The console, which shows what long work says, asks for plain words with ``SAID``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["SAID", "progress_line"]

SAID = "XUANJIAN_PROGRESS"
"""Environment variable: with any value progress is said in plain words wherever stderr leads, each
with a carriage return behind it, so that what is said next, progress or not, takes its place."""
_SAY_EVERY = 1.0
"""Seconds between two such words."""

_WORDS = {
    "reading": "读文件",
    "stories": "报道（篇）",
    "items": "条目",
    "judged": "判断属地（篇）",
    "indexed": "编入检索（条）",
}


@contextmanager
def progress_line(doing: str) -> Iterator[Callable[[str, int], None]]:
    """Show ``doing`` with a spinner, the time passed, and the latest event and count."""
    if os.environ.get(SAID):
        yield from _spoken(doing)
        return
    if not sys.stderr.isatty():
        yield lambda _event, _count: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, said="")
        yield lambda event, count: bar.update(task, said=_words(event, count))


def _spoken(doing: str) -> Iterator[Callable[[str, int], None]]:
    last = 0.0

    def say(event: str, count: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SAY_EVERY:
            last = time.monotonic()
            sys.stderr.write(f"{doing}：{_words(event, count)}\r")
            sys.stderr.flush()

    sys.stderr.write(f"{doing}……\r")
    sys.stderr.flush()
    try:
        yield say
    finally:
        sys.stderr.write("\n")
        sys.stderr.flush()


def _words(event: str, count: int) -> str:
    event = _WORDS.get(event, event)
    return f"{event} {count}" if count else event
