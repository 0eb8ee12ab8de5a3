"""Raw pages kept as WARC, one file per run, so that a better reader can be run over them.

Hides: the WARC format, that a file takes its name in ``archive/`` only when its run is over,
and what becomes of the file of a run that was killed: the next run cuts it after its last
whole record and gives it its name.
"""

from __future__ import annotations

import base64
import datetime
import fcntl
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from crawler.visit import Visit
from pipeline.errors import DiskTrouble
from pipeline.saved_pages import ASKED_FOR, LIST_DATE, LIST_TITLE

if TYPE_CHECKING:
    from scrapy.http import Response

__all__ = ["PageArchive", "drop_archives", "open_archive", "rescue_archives"]

_UNPACKED = frozenset((b"content-encoding", b"transfer-encoding", b"content-length", b"connection"))
_LEVEL = 6
"""Of compression: 9 takes 1.7 times as long for 1 % less (government pages)."""
_UNFINISHED = ".part"
_NAMED = re.compile(r"xuanjian-(\d{4}-\d\d-\d\d)-run\d+\.warc\.gz")
_BLOCK = 1 << 16


class PageArchive:
    """Writes responses as they come, body unpacked; a page is on disk before it is read."""

    def __init__(self, stream: IO[bytes], software: str) -> None:
        self._stream = stream
        self.pages = 0
        about = f"software: {software}\r\nformat: WARC/1.0\r\n".encode()
        self._write("warcinfo", {"Content-Type": "application/warc-fields"}, about)

    def keep(self, response: Response) -> None:
        """Write one response; that of an article with what its list said of it, as fields of our own
        (the standard leaves them free), which a page alone does not tell."""
        body = response.body
        names: Iterable[tuple[bytes, list[bytes]]] = response.headers.items()
        head = [b"HTTP/1.1 %d -" % response.status]
        head += [
            b"%b: %b" % (name, value)
            for name, values in names
            if name.lower() not in _UNPACKED
            for value in values
        ]
        head += [b"Content-Length: %d" % len(body), b"", body]
        fields = {
            "WARC-Target-URI": response.url,
            "WARC-Payload-Digest": _digest(body),
            "Content-Type": "application/http; msgtype=response",
            **_fields_of(response),
        }
        self._write("response", fields, b"\r\n".join(head))
        self.pages += 1

    def _write(self, kind: str, fields: Mapping[str, str], block: bytes) -> None:
        """Write one record of the WARC format (ISO 28500:2009), compressed by itself; by hand, as
        the library takes three times as long for it."""
        named = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
            "WARC-Date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
            **fields,
            "Content-Length": str(len(block)),
        }
        lines = ["WARC/1.0", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        member = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        packed = member.compress("\r\n".join(lines).encode() + block + b"\r\n\r\n")
        self._stream.write(packed + member.flush())
        self._stream.flush()


def _digest(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


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
