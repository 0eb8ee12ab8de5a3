"""A Word document 文档 (docx) as blocks.

Hides: the docx package, how it is opened safely (size limits, no external entities), and what
of it a reader of the printed page would see: accepted insertions, no deletions, no hidden text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree

from pipeline.documents.blocks import LINE_END, Block, Repair, unreadable
from pipeline.documents.wordnumbers import WORD, Numbering

__all__ = ["docx_blocks"]

MAX_UNPACKED = 200 * 1024 * 1024
MAX_XML = 25 * 1024 * 1024
"""Of one part in XML; its tree takes ten times that."""
MAX_PARTS = 5000

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# A moved paragraph stands in the text twice; a text box is stored twice as well.
_UNSEEN = {
    *(WORD + tag for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")),
    _COMPATIBILITY + "Fallback",
}
_BREAKS = {WORD + "br": "\n", WORD + "cr": "\n", WORD + "tab": "\t", WORD + "noBreakHyphen": "-"}
_WRAPPERS = {WORD + tag for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def docx_blocks(
    raw: bytes, name: str
) -> tuple[tuple[Block, ...], tuple[Repair, ...], tuple[str, ...]]:
    """Paragraphs and tables in document order, automatic numbers in words; repairs; the lines of
    headers and footers.

    Raises:
        BadInput: the package is damaged, encrypted, not Word's, or unpacks to too much.
    """
    package = _open(raw, name)
    repairs = [*_left_out(package.body)]
    if package.has_macros:
        repairs.append(Repair(-1, "文件带有宏，未执行", "macros-ignored"))
    return tuple(_blocks(package)), tuple(repairs), package.edges


@dataclass(frozen=True)
class _Package:
    body: Any
    numbering: Numbering
    notes: dict[str, str]
    """Footnotes and endnotes by ``kind`` + id."""
    has_macros: bool
    edges: tuple[str, ...]


def _blocks(package: _Package) -> Iterator[Block]:
    for element in _content(package.body):
        if element.tag == WORD + "tbl":
            yield Block("table", rows=_rows(element))
            continue
        numbering = package.numbering
        number, level = numbering.number_of(element), numbering.heading_level(element)
        for line in LINE_END.split("".join(_words(element))):
            if line.strip():
                yield Block(text=line.strip(), heading_level=level, number=number)
                number, level = "", 0
        # What is set beside a paragraph is read behind it, so that it does not cut a sentence.
        for box in element.iter(WORD + "txbxContent"):
            if not any(True for _ in box.iterancestors(_COMPATIBILITY + "Fallback")):
                yield from _box_blocks(box)
        for kind in ("footnote", "endnote"):
            for reference in element.iter(f"{WORD}{kind}Reference"):
                note = package.notes.get(kind + str(reference.get(WORD + "id")), "")
                if note:
                    yield Block(text=f"注：{note}")


def _box_blocks(box: Any) -> Iterator[Block]:
    for element in _content(box):
        if element.tag == WORD + "tbl":
            yield Block("table", rows=_rows(element))
        elif words := "".join(_words(element)).strip():
            yield Block(text=words)


def _left_out(body: Any) -> Iterator[Repair]:
    """What is in the file but not on the printed page."""
    deleted = sum(1 for _ in body.iter(WORD + "delText"))
    if deleted:
        what = f"修订痕迹按接受处理，略去删除 {deleted} 处"
        yield Repair(-1, what, "tracked-changes")
    hidden = sum(1 for run in body.iter(WORD + "r") if _is_hidden(run))
    if hidden:
        yield Repair(-1, f"略去隐藏文字 {hidden} 处", "hidden-text")


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{WORD}rPr/{WORD}vanish")
    return vanish is not None and vanish.get(WORD + "val") not in ("0", "false", "off")


def _open(raw: bytes, name: str) -> _Package:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable(name, "the file is cut short or damaged") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise unreadable(name, f"it unpacks to more than {MAX_UNPACKED // 2**20} MB")
    if any(
        part.file_size > MAX_XML and part.filename.endswith((".xml", ".rels")) for part in parts
    ):
        raise unreadable(name, f"one of its parts unpacks to more than {MAX_XML // 2**20} MB")
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(name, "it is encrypted")
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart

    # python-docx knows the plain main part only; one with macros has the same content.
    for kind in ("document.macroEnabled", "template.macroEnabledTemplate"):
        PartFactory.part_type_for[f"application/vnd.ms-word.{kind}.main+xml"] = DocumentPart
    template = CONTENT_TYPE.WML_DOCUMENT_MAIN.replace("document.main", "template.main")
    PartFactory.part_type_for[template] = DocumentPart
    try:
        main = Package.open(BytesIO(raw)).main_document_part
        related = {rel.reltype: rel for rel in main.rels.values() if not rel.is_external}
        root = None
        if RELATIONSHIP_TYPE.NUMBERING in related:
            root = related[RELATIONSHIP_TYPE.NUMBERING].target_part.element
        styles = main.styles.element if RELATIONSHIP_TYPE.STYLES in related else None
        body = main.element.body
        notes = {
            kind + identifier: words
            for kind, reltype in (
                ("footnote", RELATIONSHIP_TYPE.FOOTNOTES),
                ("endnote", RELATIONSHIP_TYPE.ENDNOTES),
            )
            if reltype in related
            for identifier, words in _notes(related[reltype].target_part.blob, kind)
        }
        edges = [
            words
            for rel in main.rels.values()
            if not rel.is_external
            and rel.reltype in (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
            for words in _paragraphs(rel.target_part.blob)
        ]
    except Exception as error:
        # python-docx has no base error: KeyError, ValueError, lxml and zip errors all occur.
        raise unreadable(name, "it is not a sound Word document") from error
    if body is None:
        raise unreadable(name, "it is not a sound Word document")
    has_macros = any(part.filename.endswith("vbaProject.bin") for part in parts)
    edges = list(dict.fromkeys(edges))
    return _Package(body, Numbering(root, styles), notes, has_macros, tuple(edges))


def _paragraphs(blob: bytes) -> Iterator[str]:
    for paragraph in etree.fromstring(blob, _parser()).iter(WORD + "p"):
        if words := "".join(_words(paragraph)).strip():
            yield words


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _notes(blob: bytes, kind: str) -> Iterator[tuple[str, str]]:
    for note in etree.fromstring(blob, _parser()).iter(WORD + kind):
        words = "".join(_words(note)).strip()
        if words and note.get(WORD + "type") is None:
            yield str(note.get(WORD + "id")), re.sub(r"\s*\n\s*", "", words)


def _content(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables below ``parent``, through content controls and insertions."""
    for child in parent:
        if child.tag in (WORD + "p", WORD + "tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _content(child)


def _words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _UNSEEN:
            continue
        if child.tag == WORD + "r" and _is_hidden(child):
            continue
        if child.tag == WORD + "t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag == WORD + "txbxContent":
            continue
        elif child.tag == WORD + "p":
            yield "\n"
            yield from _words(child)
            yield "\n"
        else:
            yield from _words(child)


def _rows(table: Any) -> tuple[tuple[str, ...], ...]:
    """The cells row by row; a merged cell has its words once and leaves the others empty, so that
    columns stay in line."""
    return tuple(tuple(_cells(row)) for row in table.iter(WORD + "tr"))


def _cells(row: Any) -> Iterator[str]:
    skipped = row.find(f"{WORD}trPr/{WORD}gridBefore")
    yield from [""] * _count(skipped)
    for child in row:
        for cell in [child] if child.tag == WORD + "tc" else child.iter(WORD + "tc"):
            merged = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            goes_on = merged is not None and merged.get(WORD + "val", "continue") == "continue"
            words = " ".join("".join(_words(p)) for p in cell.iter(WORD + "p"))
            yield "" if goes_on else re.sub(r"\s+", " ", words).strip()
            yield from [""] * (_count(cell.find(f"{WORD}tcPr/{WORD}gridSpan")) - 1)


def _count(element: Any) -> int:
    written = element.get(WORD + "val", "") if element is not None else ""
    return min(int(written), 60) if written.isdecimal() else 0
