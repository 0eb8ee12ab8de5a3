"""Files handed in on a page as proof 佐证材料, and given back.

Hides: which kinds are taken (a file must look like what its name says), and that what is given back is
an attachment whose bytes are those that were handed in.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from litestar.datastructures import UploadFile
from litestar.response import Stream

from console.desk import Desk
from console.downloads import download
from console.language import _
from console.uploads import drop_upload, keep_upload
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.proof_files import KeptFile, keep_file
from pipeline.store.proofs import StoredProof

__all__ = ["ENDINGS", "LARGEST", "give_back", "take_in"]

LARGEST = 50_000_000
"""Bytes of one file."""
_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0",)
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF",),
    ".docx": _ZIP, ".xlsx": _ZIP, ".pptx": _ZIP, ".ofd": _ZIP,
    ".doc": _OLE, ".xls": _OLE, ".ppt": _OLE, ".wps": (*_OLE, *_ZIP),
    ".png": (b"\x89PNG",), ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF8",), ".webp": (b"RIFF",), ".bmp": (b"BM",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), ".wav": (b"RIFF",),
    ".txt": (), ".csv": (),
}  # fmt: skip
"""How a file of each kind begins; () for text, which is decoded instead. A film says so later on."""
_FILMS = (".mp4", ".mov", ".m4a")
ENDINGS = (*_BEGINNINGS, *_FILMS)
_PURPOSE = "proof"
_KEPT = re.compile(r"[0-9a-f]{16}(?:\.[a-z0-9]{1,8})?")


def take_in(desk: Desk, file: UploadFile) -> tuple[KeptFile, str]:
    """Keep a file as proof; gives what it is kept as, and its name.

    Raises:
        BadInput: ``upload-kind``, ``upload-size``, ``form-file``, and what ``keep_file`` raises.
        DiskTrouble: it cannot be kept.
    """
    upload = keep_upload(desk, _PURPOSE, file, ENDINGS, largest=LARGEST, told_apart=True)
    try:
        if not _alike(upload.path):
            raise BadInput(
                _("文件内容与扩展名不符：%(name)s") % {"name": upload.name},
                "upload-kind",
                _("请用原来的软件另存一份再上传。"),
            )
        return keep_file(upload.path, desk.workspace.path / "proofs"), upload.name
    finally:
        drop_upload(desk, _PURPOSE, upload.mark)


def give_back(desk: Desk, proof: StoredProof) -> Stream:
    """The file of a proof, for saving.

    Raises:
        XuanjianError: ``proof-file-missing`` where it is gone, ``proof-file-changed`` where it is not
            the one that was handed in.
    """
    path = desk.workspace.path / "proofs" / proof.reference
    if not _KEPT.fullmatch(proof.reference) or not path.is_file():
        raise XuanjianError(
            _("佐证材料已不在工作区里"), "proof-file-missing", _("请从备份恢复，或重新上传。")
        )
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    if digest != proof.sha256:
        raise XuanjianError(
            _("佐证材料与上传时不同，可能被改动过"),
            "proof-file-changed",
            _("请从备份恢复，并核实是谁改动的。"),
        )

    def copied(folder: Path) -> Path:
        return Path(shutil.copyfile(path, folder / path.name))

    return download(desk, Path(proof.title).stem or _("佐证材料"), copied)


def _alike(path: Path) -> bool:
    ending = path.suffix.lower()
    with path.open("rb") as source:
        head = source.read(4096)
    if ending in _FILMS:
        return head[4:8] == b"ftyp"
    beginnings = _BEGINNINGS[ending]
    if beginnings:
        return head.startswith(beginnings)
    return b"\x00" not in head and not head.lstrip().lower().startswith((b"<!doctype", b"<html"))
