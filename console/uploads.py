"""Files handed in to be looked at before anything of them is stored.

Hides: where they lie meanwhile. A file belongs to the account that handed it in and to one purpose;
it goes when it is stored or given up, when a newer one of the same purpose comes, or after a day.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from litestar.datastructures import UploadFile

from console.desk import Desk
from console.language import _
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.reports.wording import clean

__all__ = [
    "Upload",
    "UploadMissing",
    "drop_upload",
    "keep_upload",
    "keep_words",
    "kept_upload",
    "looked_at",
]

LARGEST = 20_000_000
"""Bytes; what the readers of tables and sheets take."""
_DAY = 24 * 3600
_MARK = re.compile(r"[0-9a-f]{16}")
_ODD = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 60
_ZIPPED = frozenset([".xlsx", ".docx"])
_FORMS = {
    "declaration": "/sources/new",
    "inquiry": "/inquiry/import",
    "news": "/import",
    "plan": "/plans",
    "register": "/register/import",
}
"""Where files of a purpose are handed in."""


class UploadMissing(XuanjianError):
    """A preview whose file is gone; ``form`` is the page on which it is handed in anew."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            _("上传的文件已经不在"),
            "upload-missing",
            _("它已存入、放弃、被新的文件代替，或超过一天。请重新上传。"),
        )
        self.form = _FORMS.get(purpose, "/")


@dataclass(frozen=True)
class Upload:
    """A file that is kept for a preview."""

    mark: str
    """Names it in the address of its preview."""
    path: Path

    @property
    def name(self) -> str:
        """As its owner called it, made harmless."""
        return self.path.name


def keep_upload(
    desk: Desk,
    purpose: str,
    file: UploadFile,
    endings: Collection[str],
    *,
    largest: int = LARGEST,
    told_apart: bool = False,
) -> Upload:
    """Keep a file for its preview.

    Args:
        purpose: such as ``register``.
        endings: those it may have, such as ``.xlsx``; a file must also look like what it says.
        largest: bytes it may have.
        told_apart: whether its reader tells kinds of file apart by itself, and says so in its words.

    Raises:
        BadInput: ``upload-kind``, ``upload-size``, ``form-file``.
        DiskTrouble: it cannot be kept.
    """
    name = _harmless(file.filename)
    ending = Path(name).suffix.lower()
    if not file.filename:
        raise BadInput(_("没有选择文件"), "form-file", _("请选择文件后再提交。"))
    body = file.file.read(largest + 1)
    if len(body) > largest:
        raise BadInput(
            _("文件超过 %(n)s MB") % {"n": largest // 1_000_000}, "upload-size", _("请分成几份。")
        )
    alike = told_apart or (body[:4] == b"PK\x03\x04") == (ending in _ZIPPED)
    if ending not in endings or not alike:
        raise BadInput(
            _("不能读取这种文件：%(name)s") % {"name": name},
            "upload-kind",
            _("可用的格式：%(kinds)s。") % {"kinds": "、".join(sorted(endings))},
        )
    return keep_words(desk, purpose, name, body)


def keep_words(desk: Desk, purpose: str, name: str, body: bytes) -> Upload:
    """Keep what was typed, or worked out for a page, like a file that was handed in as ``name``.

    Raises:
        DiskTrouble: it cannot be kept.
    """
    folder = _folder(desk, purpose)
    mark = secrets.token_hex(8)
    place = folder / mark
    try:
        _sweep(folder, older_than=0)
        _sweep(folder.parent.parent, older_than=_DAY, deep=2)
        place.mkdir(parents=True, mode=0o700)
        (place / name).write_bytes(body)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "keeping", place) from error
    return Upload(mark, place / name)


def kept_upload(desk: Desk, purpose: str, mark: str) -> Upload:
    """The file this account handed in under ``mark``.

    Raises:
        UploadMissing: ``upload-missing``.
    """
    place = _folder(desk, purpose) / mark
    found = sorted(place.iterdir()) if _MARK.fullmatch(mark) and place.is_dir() else []
    if not found:
        raise UploadMissing(purpose)
    return Upload(mark, found[0])


def drop_upload(desk: Desk, purpose: str, mark: str) -> None:
    """Forget a file."""
    shutil.rmtree(kept_upload(desk, purpose, mark).path.parent, ignore_errors=True)


@contextmanager
def looked_at(desk: Desk, purpose: str, upload: Upload) -> Iterator[None]:
    """While a file is read for the first time: one that cannot be read is forgotten, as there will
    be nothing to preview."""
    try:
        yield
    except XuanjianError:
        drop_upload(desk, purpose, upload.mark)
        raise


def _folder(desk: Desk, purpose: str) -> Path:
    return desk.workspace.path / "uploads" / str(desk.account.id) / purpose


def _sweep(folder: Path, older_than: float, deep: int = 0) -> None:
    """Take away what lies ``deep`` folders down and was put there so many seconds ago."""
    for place in folder.glob("*/" * deep + "*"):
        if place.is_dir() and time.time() - place.stat().st_mtime >= older_than:
            shutil.rmtree(place, ignore_errors=True)


def _harmless(written: str) -> str:
    name = clean(PurePosixPath(written.replace("\\", "/")).name)
    name = _ODD.sub("_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{(stem or 'file')[:_LONGEST_NAME]}{dot}{ending[:8]}" if dot else name[:_LONGEST_NAME]
