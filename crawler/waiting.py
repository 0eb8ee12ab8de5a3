"""Articles that wait to be asked for, site by site, in the order in which they were found.

Hides: that few of them are in memory. All lists of a run are read before most of its articles, so
that a list is read in minutes and does not shift meanwhile; a first crawl then waits for tens of
thousands. As Scrapy's requests each took 2 KB. Here two blocks of a site are in memory and the others
in a file that has no name: it goes with the process, however that ends. What a killed run still
waited for stands in the lists, where the next run finds it.
"""

from __future__ import annotations

import tempfile
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from crawler.links import Link
from pipeline.errors import DiskTrouble

__all__ = ["WaitingArticle", "WaitingArticles"]

_BLOCK = 50
"""Articles that are written, and read back, at a time."""


@dataclass(frozen=True)
class WaitingArticle:
    """A link that was found, and in which column of which source (their ids)."""

    source: str
    column: str
    link: Link


_DECODER = msgspec.msgpack.Decoder(list[WaitingArticle])


@dataclass
class _Queue:
    """The articles of one site: the first in ``head``, then those in ``blocks`` (place and length in
    the file), the last in ``tail``."""

    head: deque[WaitingArticle] = field(default_factory=deque)
    blocks: deque[tuple[int, int]] = field(default_factory=deque)
    tail: list[WaitingArticle] = field(default_factory=list)


class WaitingArticles:
    """First in, first out for every site; ``folder`` is where the file is, None for the system's own
    place."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._queues: dict[str, _Queue] = {}
        self._file: IO[bytes] | None = None
        self._length = 0

    def put(self, site: str, article: WaitingArticle) -> None:
        """Let ``article`` wait behind the others of ``site``.

        Raises:
            DiskTrouble: the file cannot be written.
        """
        queue = self._queues.setdefault(site, _Queue())
        queue.tail.append(article)
        if len(queue.tail) < _BLOCK:
            return
        block = msgspec.msgpack.encode(queue.tail)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - for the run
            self._file.seek(self._length)
            self._file.write(block)
        except OSError as error:
            raise self._trouble(error, "writing in") from error
        queue.blocks.append((self._length, len(block)))
        self._length += len(block)
        queue.tail = []

    def take(self, site: str) -> WaitingArticle | None:
        """The article of ``site`` that has waited longest; None where none waits.

        Raises:
            DiskTrouble: the file cannot be read.
        """
        queue = self._queues.get(site)
        if queue is None:
            return None
        if not queue.head and queue.blocks:
            queue.head.extend(self._read(*queue.blocks.popleft()))
        elif not queue.head:
            queue.head.extend(queue.tail)
            queue.tail = []
        article = queue.head.popleft()
        if not (queue.head or queue.blocks or queue.tail):
            del self._queues[site]
        return article

    def close(self) -> None:
        """Forget those that wait."""
        self._queues.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, place: int, length: int) -> list[WaitingArticle]:
        if self._file is None:
            raise ValueError("closed")
        try:
            self._file.seek(place)
            return _DECODER.decode(self._file.read(length))
        except OSError as error:
            raise self._trouble(error, "reading in") from error

    def _trouble(self, error: OSError, doing: str) -> DiskTrouble:
        return DiskTrouble.from_os_error(error, doing, self._folder or tempfile.gettempdir())
