"""A Word document 文档 (docx) as blocks.

Hides: the docx package, how it is opened safely (size limits, no external entities), and what
of it a reader of the printed page would see: accepted insertions, no deletions, no hidden text.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pipeline.documents.blocks import LINE_END, Block, Repair, unreadable
from pipeline.documents.wordnumbers import WORD, Numbering

__all__ = ["docx_blocks"]

MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5000

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# A moved paragraph stands in the text twice; a text box is stored twice as well.
_UNSEEN = {
    *(WORD + tag for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")),
    _COMPATIBILITY + "Fallback",
}
_BREAKS = {WORD + "br": "\n", WORD + "cr": "\n", WORD + "tab": "\t", WORD + "noBreakHyphen": "-"}
_WRAPPERS = {WORD + tag for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def docx_blocks(raw: bytes, name: str) -> tuple[tuple[Block, ...], tuple[Repair, ...]]:
    """Paragraphs and tables in document order, automatic numbers in words.

    Raises:
        BadInput: the package is damaged, encrypted, not Word's, or unpacks to too much.
    """
    body, numbering = _open(raw, name)
    return tuple(_blocks(body, numbering)), tuple(_left_out(body))


def _blocks(body: Any, numbering: Numbering) -> Iterator[Block]:
    for element in _content(body):
        if element.tag == WORD + "tbl":
            yield Block("table", rows=_rows(element))
            continue
        number, level = numbering.number_of(element), numbering.heading_level(element)
        for line in LINE_END.split("".join(_words(element))):
            if line.strip():
                yield Block(text=line.strip(), heading_level=level, number=number)
                number, level = "", 0


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


def _open(raw: bytes, name: str) -> tuple[Any, Numbering]:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable(name, "the file is cut short or damaged") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise unreadable(name, f"it unpacks to more than {MAX_UNPACKED // 2**20} MB")
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(name, "it is encrypted")
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        document = docx.Document(BytesIO(raw))
        related = {rel.reltype: rel for rel in document.part.rels.values() if not rel.is_external}
        root = None
        if RELATIONSHIP_TYPE.NUMBERING in related:
            root = related[RELATIONSHIP_TYPE.NUMBERING].target_part.element
        styles = document.styles.element if RELATIONSHIP_TYPE.STYLES in related else None
        body = document.element.body
    except Exception as error:
        # python-docx has no base error: KeyError, ValueError, lxml and zip errors all occur.
        raise unreadable(name, "it is not a sound Word document") from error
    if body is None:
        raise unreadable(name, "it is not a sound Word document")
    return body, Numbering(root, styles)


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
        elif child.tag == WORD + "p":  # the paragraphs of a text box
            yield "\n"
            yield from _words(child)
            yield "\n"
        else:
            yield from _words(child)


def _rows(table: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(
            re.sub(r"\s+", " ", " ".join("".join(_words(p)) for p in cell.iter(WORD + "p"))).strip()
            for cell in row
            if cell.tag == WORD + "tc"
        )
        for row in table.iter(WORD + "tr")
    )
