"""Files handed in as proof 佐证材料, kept in the workspace's ``proofs`` folder.

Hides: what a kept file is called (its SHA-256 and its ending: the same file is kept once), and how
a mark of secrecy is looked for. A marked file is refused and nothing of it is kept. What cannot be
read for marks (a picture, a scan, an archive) is kept and said: a person has to look.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import replacing
from pipeline.documents import read_document, read_whole
from pipeline.documents.kinds import READ
from pipeline.errors import BadInput
from pipeline.plan.cleaning import Line
from pipeline.plan.marks import find_marks
from pipeline.table_rows import csv_rows, xlsx_rows

__all__ = ["KeptFile", "keep_file"]

MAX_BYTES = 200 * 2**20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_MARKED_NAME = re.compile(r"绝密|机密|秘密|工作秘密|内部资料|★")


@dataclass(frozen=True)
class KeptFile:
    """A file as it is kept; ``name`` is relative to the folder."""

    name: str
    sha256: str
    looked_into: bool
    """Whether its words could be searched for marks of secrecy."""


def keep_file(path: Path, folder: Path) -> KeptFile:
    """Copy ``path`` into ``folder``, whole or not at all.

    Raises:
        BadInput: ``proof-secret`` for a file that bears a mark of secrecy; what reading the
            document raises where it is damaged.
        DiskTrouble: it cannot be read or written.
    """
    raw = read_whole(path, MAX_BYTES)
    if not raw:
        raise BadInput(f"{path.name} is empty", "proof-empty", "Name another file.")
    lines = _lines(path)
    marked = next((doubt.what for doubt in find_marks(lines)), "")
    if not marked and _MARKED_NAME.search(path.name):
        marked = "文件名带有密级或内部标志"
    if marked:
        raise BadInput(
            f"{path.name} is not kept: {marked}",
            "proof-secret",
            "Marked files do not belong in this system. Keep it where it belongs, and register the "
            "event by another proof, such as its public report.",
        )
    digest = hashlib.sha256(raw).hexdigest()
    suffix = path.suffix.lower() if _SUFFIX.fullmatch(path.suffix) else ""
    name = f"{digest[:16]}{suffix}"
    with replacing(folder / name) as temporary:
        temporary.write_bytes(raw)
    return KeptFile(name, digest, bool(lines))


def _lines(path: Path) -> list[Line]:
    """The lines of a file that can be read; none of any other."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".xlsx"):
        rows = csv_rows(path) if suffix == ".csv" else xlsx_rows(path)
        texts = [cell for row in rows for cell in row if cell]
    elif suffix in READ:
        try:
            document = read_document(path)
        except BadInput as error:
            if error.slug not in _UNREADABLE:
                raise
            return []
        texts = [
            part for block in document.blocks for part in (block.text, *sum(block.rows, ())) if part
        ]
    else:
        return []
    return [Line(text=text, start=0) for text in texts]


_UNREADABLE = ("document-scanned", "document-empty", "office-missing")
"""Files that are whole but hold no words we can get at."""
