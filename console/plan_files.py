"""Plan documents that are handed in, and the files a stored version leaves under ``plans/``.

Hides: the names of those files, and that nothing of a document with a mark of secrecy stays.
"""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from litestar.datastructures import UploadFile
from sqlalchemy.orm import Session

from console.desk import Desk
from console.uploads import Upload, keep_upload, kept_upload, looked_at
from pipeline import steps
from pipeline.config import replacing
from pipeline.documents import MAX_FILE
from pipeline.documents.kinds import READ
from pipeline.plan.marks import refuse_secret
from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.plan.plan_file import write_plan_file
from pipeline.plan.reading import PlanReading
from pipeline.store.plans import StoredPlan, save_plan

__all__ = [
    "ENDINGS",
    "PURPOSE",
    "SAVING",
    "HandedIn",
    "handed_in",
    "keep_version",
    "kept_document",
    "take_in",
]

PURPOSE = "plan"
SAVING = threading.Lock()
"""Held around a transaction that stores a version, so that two get two numbers."""
ENDINGS = (*(ending for ending in READ if ending), ".toml")
_ODD = re.compile(r"[^\w.()（）《》“”〔〕+-]+")


@dataclass(frozen=True)
class HandedIn:
    """A document that was read and is not stored yet."""

    upload: Upload
    reading: PlanReading

    def text_after(self, before: StoredPlan | None) -> str:
        """The text its plan's spans point into: a plan file made from the version ``before``, and
        mended, points into that one's."""
        if self.reading.text or before is None:
            return self.reading.text
        same = _spans(self.reading.plan.nodes) <= _spans(before.plan.nodes)
        return before.text if same else ""


def take_in(desk: Desk, file: UploadFile) -> HandedIn:
    """Read a document and keep it until it is stored or given up.

    Raises:
        BadInput: what ``keep_upload`` and reading a plan raise.
        XuanjianError: ``document-secret``; nothing of the document is kept then.
        DiskTrouble: it cannot be written.
    """
    upload = keep_upload(desk, PURPOSE, file, ENDINGS, largest=MAX_FILE, told_apart=True)
    with looked_at(desk, PURPOSE, upload):
        reading = _reading(upload.path)
        refuse_secret(reading.plan)
    return HandedIn(upload, reading)


def handed_in(desk: Desk, mark: str) -> HandedIn:
    """What this account handed in under ``mark``; raises ``upload-missing``."""
    upload = kept_upload(desk, PURPOSE, mark)
    return HandedIn(upload, _reading(upload.path))


@lru_cache(4)
def _reading(path: Path) -> PlanReading:
    """Read once for the pages that show it: a long PDF takes seconds."""
    return steps.read_plan_file(path)


def keep_version(
    desk: Desk, session: Session, name: str, plan: Plan, text: str, document: Upload | None = None
) -> StoredPlan:
    """Store a version of a plan, with a plan file of it under ``plans/`` and, where one was handed
    in, the document itself; nothing is stored when a file cannot be written.

    Raises:
        BadInput: ``plan-name``, ``plan-without-themes``.
        XuanjianError: ``document-secret``.
        DiskTrouble: a file cannot be written.
    """
    refuse_secret(plan)
    stored = save_plan(session, name, plan, text)
    stem = _stem(stored.name, stored.version)
    if document is not None and document.path.suffix.lower() != ".toml":
        with replacing(desk.workspace.plans / (stem + document.path.suffix.lower())) as out:
            out.write_bytes(document.path.read_bytes())
    write_plan_file(plan, desk.workspace.plans / f"{stem}.toml")
    return stored


def kept_document(desk: Desk, name: str, version: int) -> tuple[Path, ...]:
    """The document a version was read from, as it was handed in; () for a version that was not."""
    there = (desk.workspace.plans / f"{_stem(name, version)}{ending}" for ending in ENDINGS)
    return tuple(path for path in there if path.suffix != ".toml" and path.is_file())


def _spans(nodes: tuple[PlanNode, ...]) -> set[tuple[int, int]]:
    return {node.span for node in walk(nodes) if node.span != (0, 0)}


def _stem(name: str, version: int) -> str:
    """What files of a version are named; a name that cannot be a file's gets a mark of its own."""
    plain = _ODD.sub("_", name)[:80].lstrip(".")
    if plain != name:
        plain = f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return f"{plain}-v{version}"
