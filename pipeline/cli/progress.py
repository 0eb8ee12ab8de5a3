"""Progress on the terminal: a live line on stderr, nothing when stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_line"]


@contextmanager
def progress_line(doing: str) -> Iterator[Callable[[str, int], None]]:
    """Show ``doing`` with a spinner, the time passed, and the latest event and count."""
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

        def update(event: str, count: int) -> None:
            bar.update(task, said=f"{event} {count}" if count else event)

        yield update
