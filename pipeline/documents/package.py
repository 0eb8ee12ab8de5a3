"""The parts of a Word package (docx), opened so that a hostile file can do no harm.

Hides: the zip, how parts are found (by relation, not by name), Strict Open XML, and the bounds:
only parts that are asked for unpack, never more than ``MAX_XML`` in all, whatever sizes the
directory claims; XML entities are refused, and nothing outside the file is ever opened.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from lxml import etree

from pipeline.documents.blocks import locked, too_large, unreadable
from pipeline.errors import BadInput

__all__ = ["Package", "is_word_package"]

MAX_XML = 25 * 2**20
"""Bytes of all parts in XML together; their trees take ten times that."""
MAX_PARTS = 5000
CHUNK = 2**18
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math",
     b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
)  # fmt: skip
_OTHERS = {
    "workbook": "an Excel workbook",
    "presentation": "a PowerPoint presentation",
    "glossaryDocument": "a collection of building blocks",
}
_DAMAGED = "the file is cut short or damaged"
_DISGUISED = "Give the Word file itself, under its own name."


class Package:
    """An opened package.

    Raises (from every method):
        BadInput: ``document-unreadable`` (damaged, no Word document), ``document-password``,
            ``document-too-large``.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        self._name = name
        self._left = MAX_XML
        # Counted before the directory is read: 50 MB hold a million entries.
        if raw.count(b"PK\x01\x02") > MAX_PARTS:
            raise too_large(name, f"it unpacks to more than {MAX_PARTS} parts")
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise unreadable(name, _DAMAGED) from error
        self._parts = {
            part.filename.replace("\\", "/").lstrip("/").lower(): part
            for part in self._zip.infolist()
        }
        if any(part.flag_bits & 1 for part in self._parts.values()):
            raise locked(name)

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def ending(self, suffix: str) -> bool:
        """Whether a part's name ends in ``suffix``."""
        return any(part.endswith(suffix.lower()) for part in self._parts)

    def main(self) -> tuple[str, Any]:
        """The name and the tree of the document itself."""
        part = next(self.related("", "officeDocument"), "")
        if not part and "word/document.xml" in self:
            part = "word/document.xml"  # the list of relations is lost; Word mends that too
        if not part:
            found = "an OpenDocument text" if "content.xml" in self else "a zip file"
            raise unreadable(self._name, f"it is {found}, no Word document", _DISGUISED)
        root = self.tree(part)
        kind = etree.QName(root).localname
        if kind != "document":
            found = _OTHERS.get(kind, "something else")
            raise unreadable(self._name, f"it is {found}, no Word document", _DISGUISED)
        return part, root

    def related(self, part: str, kind: str) -> Iterator[str]:
        """The parts in the package that ``part`` has a relation of ``kind`` to; '' is the package.
        Relations that lead outside or nowhere are common (pictures named NULL) and left out."""
        folder, _, leaf = part.rpartition("/")
        relations = posixpath.join(folder, "_rels", f"{leaf}.rels")
        if relations not in self:
            return
        for relation in self.tree(relations).iter(_RELATION):
            if relation.get("TargetMode") == "External":
                continue
            if relation.get("Type", "").rpartition("/")[2] != kind:
                continue
            target = unquote(relation.get("Target", "")).replace("\\", "/")
            place = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if place in self:
                yield place

    def tree(self, part: str) -> Any:
        """The XML of ``part``, in the namespaces of Transitional Open XML."""
        raw = self._bytes(part)
        for strict, usual in _STRICT:
            raw = raw.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            root = etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            why = str(error).partition(", line ")[0]
            raise unreadable(self._name, f"{part} in it is damaged ({why})") from error
        if root.getroottree().docinfo.internalDTD is not None:
            why = f"{part} in it declares XML entities, which Word never does and attacks do"
            raise unreadable(self._name, why)
        return root

    def _bytes(self, part: str) -> bytes:
        entry = self._parts[part.lower()]
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unreadable(self._name, f"{part} in it is packed in a way Word does not use")
        read: list[bytes] = []
        try:
            with self._zip.open(entry) as stream:
                # In pieces: read() without a size inflates all, however small the claimed size.
                while chunk := stream.read(CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        why = f"it unpacks to more than {MAX_XML // 2**20} MB"
                        raise too_large(self._name, why, "Split it, or take out what is pasted.")
                    read.append(chunk)
        except BadInput:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise unreadable(self._name, f"{part} in it is cut short or damaged") from error
        return b"".join(read)


def is_word_package(raw: bytes) -> bool:
    """Whether a zip file is a docx, whatever its name."""
    return b"word/document.xml" in raw or b"word\\document.xml" in raw
