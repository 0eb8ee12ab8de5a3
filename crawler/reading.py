"""Articles are read in a process of their own, while the next ones are fetched.

Hides: that process. Reading takes as long as all else that is done with a page, and it is where a
page of the wild web does its worst: one on which the reader hangs, dies or takes all memory is itself
left unread, and the crawl goes on with another reader. Where none can be started any more, that is told
instead of tried for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import gc
import multiprocessing
import signal
import socket
import time
import traceback
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from crawler.extract import ArticlePage, read_article
from crawler.sources import Source
from pipeline.errors import XuanjianError

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess

__all__ = ["PageReader", "PageToRead", "PageUnread"]

LONGEST = 60.0
"""Seconds after which a page is given up; the slowest real one took a fifth of a second."""
_LOOK = 5.0
"""Seconds between two looks at how long the reader has been at its page."""
_TRIES = 3
"""Readers in a row that may fail to start. Pages do not come into it: none is read by then."""
_PAUSE = 1.0
"""Seconds between two of them: a lack of memory or processes may pass."""
_SIZE = 4
"""Bytes in which the length of a message stands before it; a message of none says: I can read."""


class PageUnread(Exception):
    """A page could not be read: the reader died of it, took too long, or failed in its code."""


class PageToRead(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What ``crawler.extract.read_article`` is asked, with the source by its id."""

    raw: bytes
    url: str
    source: str
    list_title: str = ""
    list_date: str | None = None
    column: str = ""
    content_type: str = ""
    fetched: datetime.date | None = None
    part_of: str = ""


class PageReader:
    """One process that reads pages in the order in which they are handed to it.

    It begins when this is made, which should be early: it is a copy of this process, that is to have
    no threads and no connections yet. ``read`` is called in one event loop.

    Raises:
        XuanjianError: ``reader-gone``.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = tuple(sources)
        self._due: deque[tuple[asyncio.Future[ArticlePage], bytes]] = deque()
        """Pages that are handed over and not answered, the one being read first."""
        self._since = 0.0
        """When the first of them became the first."""
        self._closed = False
        self._gone = ""
        """Why there is no reader any more, nor will be; '' while there is one."""
        self._tending: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        try:
            self._process, self._socket = self._begin(multiprocessing.get_context("fork"))
        except OSError as error:
            raise _no_reader(str(error)) from error

    async def read(self, page: PageToRead) -> ArticlePage:
        """What ``page`` says.

        Raises:
            PageUnread: it could not be read; the next can.
            XuanjianError: ``reader-gone``: neither can the next.
        """
        if self._gone:
            raise _no_reader(self._gone)
        message = msgspec.msgpack.encode(page)
        answer: asyncio.Future[ArticlePage] = asyncio.get_running_loop().create_future()
        if not self._due:
            self._since = time.monotonic()
        self._due.append((answer, message))
        if self._tending is None:
            self._tending = asyncio.create_task(self._tend())
            self._tending.add_done_callback(self._ended)
        elif self._writer is not None:
            _send(self._writer, message)
        return await answer

    def close(self) -> None:
        """End the process; pages that it still has stay unread."""
        self._closed = True
        if self._tending is not None:
            self._tending.cancel()
        self._process.kill()  # it holds nothing
        self._process.join()
        self._socket.close()

    def _begin(self, how: ForkContext | SpawnContext) -> tuple[BaseProcess, socket.socket]:
        ours, theirs = socket.socketpair()
        inherited = ours if how.get_start_method() == "fork" else None
        process = how.Process(target=_serve, args=(theirs, self._sources, inherited), daemon=True)
        with theirs:
            try:
                process.start()
            except BaseException:
                ours.close()
                raise
        return process, ours

    async def _tend(self) -> None:
        """Take answers as they come; where the process ends, begin another."""
        trouble = await self._follow()
        failures = 0
        while not self._closed:
            if trouble:
                failures += 1
                if failures == _TRIES:
                    self._gone = f"{_TRIES} times its process could not be started: {trouble}"
                    return
                await asyncio.sleep(_PAUSE)
            try:
                # Not a copy as the first: this process has threads and connections by now.
                self._process, self._socket = self._begin(multiprocessing.get_context("spawn"))
            except OSError as error:
                trouble = str(error)
                continue
            trouble = await self._follow()
            if not trouble:
                failures = 0

    async def _follow(self) -> str:
        """Take the answers of one process until it ends; says what kept it from starting, or ''."""
        stream, writer = await asyncio.open_connection(sock=self._socket)
        watching = asyncio.create_task(self._watch())
        self._since = time.monotonic()
        try:
            while True:
                size = int.from_bytes(await stream.readexactly(_SIZE), "big")
                if size:
                    self._take(await stream.readexactly(size))
                    continue
                # It gets no page before it can read: what ends it until now is no page's fault.
                self._writer = writer
                self._since = time.monotonic()
                for _, message in self._due:
                    _send(writer, message)
        except (asyncio.IncompleteReadError, ConnectionError):
            if self._writer is None:
                self._process.join(1.0)  # it closed its side and is about to end
            self._process.kill()
            self._process.join()
        finally:
            watching.cancel()
            writer.close()
            started, self._writer = self._writer is not None, None
        if not started:
            return f"it ended with exit code {self._process.exitcode} before it could read"
        if self._due:
            self._give_up(PageUnread("its reader ended or took too long"))
        return ""

    def _ended(self, tending: asyncio.Task[None]) -> None:
        """Nobody takes answers any more: whoever waits for one is told why."""
        self._tending = None
        if not tending.cancelled() and (error := tending.exception()):
            self._gone = repr(error)
        while self._due:
            self._give_up(_no_reader(self._gone) if self._gone else PageUnread("the crawl ended"))

    def _take(self, message: bytes) -> None:
        answer = msgspec.msgpack.decode(message, type=ArticlePage | str)
        if isinstance(answer, str):
            self._give_up(PageUnread(answer))
            return
        waiting, _ = self._due.popleft()
        self._since = time.monotonic()
        if not waiting.done():
            waiting.set_result(answer)

    def _give_up(self, why: PageUnread | XuanjianError) -> None:
        waiting, _ = self._due.popleft()
        self._since = time.monotonic()
        if not waiting.done():
            waiting.set_exception(why)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            if self._due and time.monotonic() - self._since > LONGEST:
                self._process.kill()


def _no_reader(cause: str) -> XuanjianError:
    return XuanjianError(
        f"articles cannot be read: {cause}",
        "reader-gone",
        "See that this machine has memory and processes to spare, then crawl again.",
    )


def _send(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(len(message).to_bytes(_SIZE, "big") + message)


def _serve(
    connection: socket.socket, sources: Sequence[Source], inherited: socket.socket | None
) -> None:
    """Read pages until the crawl is gone, however it went."""
    if inherited is not None:
        inherited.close()  # or the end of the crawl would not be seen
    # The crawl ends in its own order, and this process after it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.freeze()
    known = {source.id: source for source in sources}
    with connection, connection.makefile("rwb") as stream, contextlib.suppress(ConnectionError):
        stream.write(bytes(_SIZE))
        stream.flush()
        while len(size := stream.read(_SIZE)) == _SIZE:
            message = stream.read(int.from_bytes(size, "big"))
            answer = _answer(message, known)
            stream.write(len(answer).to_bytes(_SIZE, "big") + answer)
            stream.flush()


def _answer(message: bytes, sources: dict[str, Source]) -> bytes:
    """What a page says, or the traceback of what went wrong with it."""
    try:
        page = msgspec.msgpack.decode(message, type=PageToRead)
        read = read_article(
            page.raw,
            page.url,
            source=sources[page.source],
            list_title=page.list_title,
            list_date=page.list_date,
            column=page.column,
            content_type=page.content_type,
            fetched=page.fetched,
            part_of=page.part_of,
        )
        return msgspec.msgpack.encode(read)
    except Exception:  # whatever it is, it is this page's alone: told to the crawl, which logs it
        return msgspec.msgpack.encode(traceback.format_exc())
