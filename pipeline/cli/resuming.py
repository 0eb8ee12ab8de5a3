"""Assignments written to a file, so that a long run that was interrupted can go on.

Hides: where unfinished output lies. Lines go to ``OUT.FINGERPRINT.part`` beside the output, which
takes the output's place when the run is done. The fingerprint is the classifier's, so that lines
of two plans or models never mix; that the news is the same is checked item by item.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
import msgspec

from pipeline.assignment import ItemAssignments
from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import NewsItem

__all__ = ["Unfinished", "unfinished"]


class _Theme(msgspec.Struct):
    assigned: bool


class _Line(msgspec.Struct):
    """As much of a written line as going on needs."""

    id: str
    themes: list[_Theme]


@dataclass
class Unfinished:
    """Output under way, and what has been written so far."""

    path: Path
    stream: IO[bytes]
    count: int = 0
    """Items written."""
    hit: int = 0
    """Of them, with at least one theme."""

    def left(self, items: Iterable[NewsItem]) -> Iterator[NewsItem]:
        """The items that are not written yet.

        Raises:
            BadInput: ``resume-other`` when the lines written are of other items.
        """
        stream = iter(items)
        with self.path.open("rb") as written:
            for line in written:
                item = next(stream, None)
                try:
                    held = msgspec.json.decode(line, type=_Line)
                except msgspec.DecodeError:
                    held = None
                if held is None or item is None or item.id != held.id:
                    raise _other(f"line {self.count + 1} of {self.path} is not of the same news")
                self.count += 1
                self.hit += any(theme.assigned for theme in held.themes)
        yield from stream

    def write(self, result: ItemAssignments) -> None:
        """One line."""
        self.stream.write(result.to_jsonl())
        self.count += 1
        self.hit += any(theme.assigned for theme in result.themes)


@contextmanager
def unfinished(path: Path, fingerprint: str, *, resume: bool) -> Iterator[Unfinished]:
    """Open the unfinished output of ``path``; it becomes ``path`` when the block succeeds.

    Args:
        fingerprint: of the classifier.
        resume: go on with what an earlier run left; otherwise that is thrown away.

    Raises:
        BadInput: ``resume-other`` when all that is left is of another plan or model.
        DiskTrouble: the file cannot be written.
    """
    part = path.with_name(f"{path.name}.{fingerprint}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        others = [one for one in path.parent.glob(f"{path.name}.*.part") if one != part]
        if resume and others and not part.exists():
            raise _other(f"{others[0]} was written with another plan or model")
        for one in [*others, *([] if resume else [part])]:
            one.unlink(missing_ok=True)
        _drop_broken_line(part)
        with part.open("ab") as stream:
            try:
                yield Unfinished(part, stream)
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                stream.flush()
                if part.stat().st_size:
                    click.echo(f"unfinished: {part} is kept; go on with --resume", err=True)
                else:
                    part.unlink()
                raise
        part.replace(path)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing", path) from error


def _drop_broken_line(part: Path) -> None:
    """A line is whole when its end is there."""
    if part.exists():
        with part.open("rb+") as stream:
            end = 0
            for line in stream:
                if line.endswith(b"\n"):
                    end += len(line)
            stream.truncate(end)


def _other(what: str) -> BadInput:
    return BadInput(what, "resume-other", "Run the command without --resume to begin anew.")
