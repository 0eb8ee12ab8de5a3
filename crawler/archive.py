"""Raw pages kept as WARC, one file per run, so that a better reader can be run over them.

Hides: the WARC format, that a file takes its name in ``archive/`` only when its run is over,
and what becomes of the file of a run that was killed: the next run cuts it after its last
whole record and gives it its name.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.visit import Visit
from pipeline.errors import DiskTrouble
from pipeline.saved_pages import ASKED_FOR, LIST_DATE, LIST_TITLE

if TYPE_CHECKING:
    from scrapy.http import Response

__all__ = ["PageArchive", "drop_archives", "open_archive", "rescue_archives"]

_UNPACKED = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection"))
_UNFINISHED = ".part"
_NAMED = re.compile(r"xuanjian-(\d{4}-\d\d-\d\d)-run\d+\.warc\.gz")
_BLOCK = 1 << 16


class PageArchive:
    """Writes responses as they come, body unpacked; a page is on disk before it is read."""

    def __init__(self, stream: IO[bytes], software: str) -> None:
        self._stream = stream
        self._writer = WARCWriter(stream, gzip=True)
        self.pages = 0
        self._writer.write_record(
            self._writer.create_warcinfo_record("", {"software": software, "format": "WARC/1.0"})
        )

    def keep(self, response: Response) -> None:
        """Write one response; that of an article with what its list said of it, as fields of our own
        (the standard leaves them free), which a page alone does not tell."""
        names: Iterable[tuple[bytes, list[bytes]]] = response.headers.items()
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in names
            for value in values
            if name.decode("latin-1").lower() not in _UNPACKED
        ]
        headers.append(("Content-Length", str(len(response.body))))
        record = self._writer.create_warc_record(
            response.url,
            "response",
            payload=BytesIO(response.body),
            length=len(response.body),
            http_headers=StatusAndHeaders(f"{response.status} -", headers, protocol="HTTP/1.1"),
            warc_headers_dict=_fields_of(response),
        )
        self._writer.write_record(record)
        self._stream.flush()
        self.pages += 1


def _fields_of(response: Response) -> dict[str, str]:
    visit = response.request.cb_kwargs.get("visit") if response.request else None
    if not isinstance(visit, Visit) or visit.link is None or visit.unfinished is not None:
        return {}
    link = visit.link
    asked = link.url if link.url != response.url else ""
    fields = {ASKED_FOR: asked, LIST_TITLE: link.title, LIST_DATE: link.date or ""}
    return {name: quote(value, safe=":/?&=#") for name, value in fields.items() if value}


@contextmanager
def open_archive(folder: Path, run_id: int, *, today: datetime.date) -> Iterator[PageArchive]:
    """The archive of one run; its file takes its name when the block ends.

    Raises:
        DiskTrouble: the file cannot be written.
    """
    path = folder / f"xuanjian-{today.isoformat()}-run{run_id}.warc.gz"
    part = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rescue_archives(folder)
        with part.open("wb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)  # held while the run lives, whatever kills it
            yield PageArchive(stream, "xuanjian")
            stream.flush()
            part.replace(path)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing", path) from error


def drop_archives(folder: Path, keep_days: int, today: datetime.date) -> tuple[Path, ...]:
    """Remove archive files more than ``keep_days`` old by the day in their name, and give them;
    0 keeps all. Files that no run of ours wrote are left alone.

    Raises:
        DiskTrouble: a file cannot be removed.
    """
    dropped = []
    for path in sorted(folder.glob("xuanjian-*.warc.gz")) if keep_days else ():
        match = _NAMED.fullmatch(path.name)
        if match and (today - datetime.date.fromisoformat(match[1])).days > keep_days:
            try:
                path.unlink()
            except OSError as error:
                raise DiskTrouble.from_os_error(error, "removing", path) from error
            dropped.append(path)
    return tuple(dropped)


def rescue_archives(folder: Path) -> tuple[Path, ...]:
    """Finish the files of runs that were killed; gives them. Files still written are left alone."""
    rescued = []
    for part in sorted(folder.glob(f".*.warc.gz{_UNFINISHED}")):
        with part.open("r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            whole = _whole_records(stream)
            stream.truncate(whole)
            os.fsync(stream.fileno())
            path = part.with_name(part.name.removeprefix(".").removesuffix(_UNFINISHED))
            if whole:
                part.replace(path)
                rescued.append(path)
            else:
                part.unlink()
    return tuple(rescued)


def _whole_records(stream: IO[bytes]) -> int:
    """Bytes up to the end of the last complete gzip member: each record is one."""
    whole = read = 0
    member = zlib.decompressobj(31)
    while block := stream.read(_BLOCK):
        read += len(block)
        while block:
            try:
                member.decompress(block)
            except zlib.error:
                return whole
            if not member.eof:
                break
            block = member.unused_data
            whole = read - len(block)
            member = zlib.decompressobj(31)
    return whole
