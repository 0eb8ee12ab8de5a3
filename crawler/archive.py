"""Raw pages kept as WARC, one file per run, so that a better reader can be run over them.

Hides: the WARC format, and that a file appears in ``archive/`` only when it is whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import replacing
from pipeline.errors import DiskTrouble

if TYPE_CHECKING:
    from scrapy.http import Response

__all__ = ["PageArchive", "open_archive"]

_UNPACKED = frozenset(("content-encoding", "transfer-encoding", "content-length", "connection"))


class PageArchive:
    """Writes responses as they come, body unpacked."""

    def __init__(self, stream: IO[bytes], software: str) -> None:
        self._writer = WARCWriter(stream, gzip=True)
        self.pages = 0
        self._writer.write_record(
            self._writer.create_warcinfo_record("", {"software": software, "format": "WARC/1.0"})
        )

    def keep(self, response: Response) -> None:
        """Write one response."""
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
        )
        self._writer.write_record(record)
        self.pages += 1


@contextmanager
def open_archive(folder: Path, run_id: int, *, today: datetime.date) -> Iterator[PageArchive]:
    """The archive of one run; its file takes its name when the block ends without an error."""
    path = folder / f"xuanjian-{today.isoformat()}-run{run_id}.warc.gz"
    try:
        with replacing(path) as temporary, temporary.open("wb") as stream:
            yield PageArchive(stream, "xuanjian")
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing", path) from error
