"""Files made for a download: written whole, then streamed, and gone.

Hides: where they are written, and how a browser is told to save and not to show them.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from litestar.response import Stream

from console.desk import Desk
from pipeline.errors import DiskTrouble

__all__ = ["disposition", "download"]

_CHUNK = 256 * 1024
_DAY = 24 * 3600
_KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def download(desk: Desk, name: str, write: Callable[[Path], Path]) -> Stream:
    """The file that ``write`` makes in an empty folder, as an attachment.

    Args:
        name: what it is called where it is saved, without its ending.
        write: gives the path of the file, or of a folder, which is sent as a ZIP.

    Raises:
        DiskTrouble: it cannot be written.
        XuanjianError: what ``write`` raises; nothing is sent then.
    """
    place = desk.workspace.path / "downloads"
    try:
        place.mkdir(exist_ok=True)
        for left in place.iterdir():  # of a server that was stopped while it wrote
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=place))
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing in", place) from error
    try:
        path = write(folder)
        if path.is_dir():
            path = _zipped(path)
        source = path.open("rb")
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing in", folder) from error
    finally:
        # The open file stays readable without a name: nothing is left behind, whoever hangs up.
        shutil.rmtree(folder, ignore_errors=True)
    size = source.seek(0, 2)
    source.seek(0)
    return Stream(
        _parts(source),
        media_type=_KINDS.get(path.suffix, "application/octet-stream"),
        headers={
            "content-disposition": disposition(name, path.suffix),
            "content-length": str(size),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


def disposition(name: str, ending: str) -> str:
    """The header that names an attachment (RFC 6266, RFC 5987).

    >>> disposition("通报 2025年3月", ".docx")
    'attachment; filename="download.docx"; filename*=UTF-8\\'\\'%E9%80%9A%E6%8A%A5%202025%E5%B9%B43%E6%9C%88.docx'
    """
    safe = "".join("_" if mark in '/\\:*?"<>|' or ord(mark) < 32 else mark for mark in name)
    told = quote(f"{safe[:100]}{ending}", safe="")
    return f"attachment; filename=\"download{ending}\"; filename*=UTF-8''{told}"


def _parts(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while part := source.read(_CHUNK):
            yield part


def _zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path
