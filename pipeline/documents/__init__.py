"""A file read into blocks: paragraphs and tables in document order.

Hides: which reader a file goes to and how large it may be. The plan readers see blocks only;
what a file is stands in ``kinds``, text encodings in ``encoding``, Word's format in ``word``, web
pages in ``web``, PDF in ``pdf``, older formats in ``office``, text wrapped at a width in ``wrapped``,
headings that are only bold in ``bold``.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.documents.blocks import (
    LINE_END,
    Block,
    Document,
    Repair,
    empty,
    too_large,
    unreadable,
)
from pipeline.documents.bold import with_bold_headings
from pipeline.documents.encoding import decode
from pipeline.documents.kinds import PAGE, READ, TEXT, reader_of
from pipeline.documents.office import as_docx
from pipeline.documents.wrapped import whole_blocks, whole_paragraphs
from pipeline.errors import BadInput, DiskTrouble

__all__ = [
    "Block",
    "Document",
    "Repair",
    "decode",
    "document_of_text",
    "read_document",
    "read_whole",
]

MAX_FILE = 50 * 2**20
_BOLD = re.compile(r"\*\*[^*]{2,60}\*\*")
_JOINED = Repair(-1, "按固定宽度换行的文字已还原为段落", "lines-joined")
MAX_TEXT = 10 * 2**20
"""Bytes of a text or a web page: three million characters, ten times the longest plan known."""

_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def read_document(path: Path, progress: Callable[[int, int], None] | None = None) -> Document:
    """Read a txt, md, html, mht, docx, pdf, or (through LibreOffice) doc, wps, odt or rtf file.

    Args:
        progress: told the page and how many there are, for a PDF.

    Raises:
        BadInput: unknown kind, unreadable, empty, scanned or too large.
        DiskTrouble: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READ:
        raise BadInput(
            f"{path.name}: documents of kind {suffix} are not read",
            "document-kind-unsupported",
            "Save it as .docx or .txt (in Word or WPS: File, Save As) and read that file.",
        )
    raw = read_whole(path, MAX_TEXT if suffix in (*TEXT, *PAGE) else MAX_FILE)
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise empty(path.name)
    document = _without_controls(_read_bytes(raw, suffix, path.name, progress))
    if not any(block.text.strip() or block.rows for block in document.blocks):
        raise empty(path.name)
    return document


def read_whole(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes.

    Raises:
        BadInput: ``document-unreadable`` for a folder or a pipe, ``document-too-large``.
        DiskTrouble: it cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
            raise unreadable(path.name, f"it is {what}, not a file", "Name the file itself.")
        with path.open("rb") as file:
            raw = file.read(found.st_size + 1) if found.st_size <= most else b""
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    if max(found.st_size, len(raw)) > most:
        raise too_large(path.name, f"larger than {most // 2**20} MB")
    return raw


def _read_bytes(
    raw: bytes, suffix: str, name: str, progress: Callable[[int, int], None] | None
) -> Document:
    reader = reader_of(raw, suffix, name)
    if reader == "office":
        raw, reader = as_docx(raw, suffix, name), "word"
    if reader == "word":
        from pipeline.documents.word import docx_blocks

        return _unwrapped(Document(name, *docx_blocks(raw, name)))
    if reader == "pdf":
        from pipeline.documents.pdf_apart import pdf_blocks_apart

        return Document(name, *pdf_blocks_apart(raw, name, progress))
    if reader == "page":
        from pipeline.documents.web import html_blocks, page_of_archive

        text, repairs = decode(page_of_archive(raw, name), name)
        return _unwrapped(Document(name, tuple(html_blocks(text, name)), repairs))
    text, repairs = decode(raw, name)
    document = document_of_text(text, name)
    return replace(document, repairs=repairs + document.repairs)


def _unwrapped(document: Document) -> Document:
    document = replace(document, blocks=with_bold_headings(document.blocks))
    whole = whole_blocks(document.blocks)
    if whole is None:
        return document
    # Places of repairs are counted in blocks, which are fewer now.
    repairs = tuple(replace(repair, block=-1) for repair in document.repairs)
    return replace(document, blocks=whole, repairs=(*repairs, _JOINED))


# Text

LONGEST_CELL = 3000
"""A line with tabs and a longer piece is a whole text on one line, not a row of a table."""


def document_of_text(text: str, name: str = "") -> Document:
    """Plain text (or Markdown) as blocks, one a line; runs of lines with tabs are tables."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    lines = LINE_END.split(text)
    whole = whole_paragraphs(lines)
    for line in [*(lines if whole is None else whole), ""]:
        # Inside a table a row may begin or end with empty cells.
        row = line.strip().count("\t") >= 2 or (
            rows and "\t" in line.strip() and line.count("\t") >= 2
        )
        if row and max(map(len, line.split("\t"))) <= LONGEST_CELL:
            rows.append(tuple(cell.strip() for cell in line.strip("\r\n ").split("\t")))
            continue
        if rows:
            blocks.append(Block("table", rows=tuple(rows)))
            rows = []
        if stripped := line.strip():
            marks = len(stripped) - len(stripped.lstrip("#"))
            level = marks if 0 < marks <= 6 and stripped[marks : marks + 1] == " " else 0
            body = stripped[marks:].strip() if level else stripped
            bold = _BOLD.fullmatch(body) is not None
            blocks.append(Block(text=body, heading_level=level, bold=bold))
    document = _without_controls(
        Document(name, with_bold_headings(blocks), () if whole is None else (_JOINED,))
    )
    if not document.blocks:
        raise empty(name)
    return document


def _without_controls(document: Document) -> Document:
    repairs = list(document.repairs)
    blocks: list[Block] = []
    for found_block in document.blocks:
        block = found_block
        whole = block.text + "".join("".join(row) for row in block.rows)
        found = len(_CONTROL.findall(whole))
        if found:
            block = replace(
                block,
                text=_CONTROL.sub("", block.text).strip(),
                rows=tuple(tuple(_CONTROL.sub("", cell) for cell in row) for row in block.rows),
            )
        if not block.text and not any(any(row) for row in block.rows):
            continue
        if found:
            what = f"删去不可见控制字符 {found} 个"
            repairs.append(Repair(len(blocks), what, "control-characters"))
        blocks.append(block)
    return Document(document.name, tuple(blocks), tuple(repairs), document.edges)
