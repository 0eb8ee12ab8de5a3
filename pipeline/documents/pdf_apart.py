"""PDFs read in a process of their own: ``python -m pipeline.documents.pdf_apart``.

Hides: what the two processes tell each other: the file goes in on standard input, lines of JSON
come back, one for every page done and a last one with the blocks or the error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from pipeline.documents.apart import OutOfTime, run_apart
from pipeline.documents.blocks import Block, Repair, too_large, unreadable
from pipeline.errors import BadInput

__all__ = ["pdf_blocks_apart"]

TIME_LIMIT = 300.0
"""Seconds; 2000 pages of text take about 100."""
MEMORY_LIMIT = 1536 * 2**20
"""Bytes of address space, of which the libraries themselves map a third."""
_ROOT = Path(__file__).resolve().parents[2]


class _Page(msgspec.Struct, frozen=True, tag=True):
    done: int
    count: int


class _Read(msgspec.Struct, frozen=True, tag=True):
    blocks: tuple[Block, ...]
    repairs: tuple[Repair, ...]
    edges: tuple[str, ...]


class _Refused(msgspec.Struct, frozen=True, tag=True):
    message: str
    slug: str
    hint: str


_Told = _Page | _Read | _Refused


def pdf_blocks_apart(
    raw: bytes, name: str, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[Block, ...], tuple[Repair, ...], tuple[str, ...]]:
    """What ``pdf.pdf_blocks`` gives, bounded in time and memory whatever the file does.

    Raises:
        BadInput: as ``pdf.pdf_blocks``; ``document-unreadable`` also beyond the bounds.
    """
    ends: list[_Read | _Refused] = []
    last = 0

    def told(line: bytes) -> None:
        nonlocal last
        message = msgspec.json.decode(line, type=_Told)
        if isinstance(message, _Page):
            last = message.done
            if progress is not None:
                progress(message.done, message.count)
        else:
            ends.append(message)

    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    try:
        run_apart(
            [sys.executable, "-m", __name__, name],
            seconds=TIME_LIMIT,
            memory=MEMORY_LIMIT,
            given=raw,
            told=told,
            environment={**os.environ, "PYTHONPATH": path},
        )
    except OutOfTime as error:
        why = f"page {last + 1} and after were not read in {TIME_LIMIT:.0f} seconds"
        raise too_large(name, why) from error
    match ends:
        case [_Read(blocks=blocks, repairs=repairs, edges=edges)]:
            return blocks, repairs, edges
        case [_Refused(message=message, slug=slug, hint=hint)]:
            raise BadInput(message, slug, hint)
    why = f"page {last + 1} is damaged, or needs more than {MEMORY_LIMIT / 2**30:.1f} GB of memory"
    raise unreadable(name, why)


def _main(name: str) -> None:
    from pipeline.documents.pdf import pdf_blocks

    out = sys.stdout.buffer

    def tell(message: _Told) -> None:
        out.write(msgspec.json.encode(message) + b"\n")
        out.flush()

    try:
        read = pdf_blocks(
            sys.stdin.buffer.read(), name, lambda done, count: tell(_Page(done, count))
        )
        tell(_Read(*read))
    except BadInput as error:
        tell(_Refused(error.message, error.slug, error.hint))


if __name__ == "__main__":
    _main(sys.argv[1])
