"""A file read into blocks: paragraphs and tables in document order.

Hides: which bytes are which format and encoding. The plan readers see blocks only; Word's
format is in ``word``, web pages in ``web``, PDF in ``pdf``, older formats in ``office``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.documents.blocks import (
    LINE_END,
    Block,
    Document,
    Repair,
    empty,
    unreadable,
)
from pipeline.documents.office import OFFICE_SUFFIXES, as_docx
from pipeline.errors import BadInput, DiskTrouble

__all__ = ["Block", "Document", "Repair", "decode", "document_of_text", "read_document"]

MAX_FILE = 50 * 1024 * 1024

_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


_TEXT = (".txt", ".md", ".markdown", "")
_PAGE = (".html", ".htm", ".mht", ".mhtml")
_WORD = (".docx", ".docm", ".dotx")
_READ = (*_TEXT, ".html", ".htm", *_WORD, ".pdf", *OFFICE_SUFFIXES)


def read_document(path: Path, progress: Callable[[int, int], None] | None = None) -> Document:
    """Read a txt, md, html, docx, pdf, or (through LibreOffice) doc, wps, odt or rtf file.

    Args:
        progress: told the page and how many there are, for a PDF.

    Raises:
        BadInput: unknown kind, unreadable, empty, scanned or too large.
        DiskTrouble: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in _READ:
        raise BadInput(
            f"{path.name}: documents of kind {suffix} are not read",
            "document-kind-unsupported",
            "Save it as .docx or .txt (in Word or WPS: File, Save As) and read that file.",
        )
    try:
        if path.stat().st_size > MAX_FILE:
            raise unreadable(path.name, f"larger than {MAX_FILE // 2**20} MB", "Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise empty(path.name)
    _refuse_mislabelled(raw, suffix, path.name)
    document = _read_bytes(raw, suffix, path.name, progress)
    if not any(block.text.strip() or block.rows for block in document.blocks):
        raise empty(path.name)
    return document


def _read_bytes(
    raw: bytes, suffix: str, name: str, progress: Callable[[int, int], None] | None
) -> Document:
    if suffix in OFFICE_SUFFIXES:
        raw, suffix = as_docx(raw, suffix, name), ".docx"
    if suffix in _WORD:
        from pipeline.documents.word import docx_blocks

        return _without_controls(Document(name, *docx_blocks(raw, name)))
    if suffix == ".pdf":
        from pipeline.documents.pdf import pdf_blocks

        return _without_controls(Document(name, *pdf_blocks(raw, name, progress)))
    text, repairs = decode(raw, name)
    if suffix in _PAGE:
        from pipeline.documents.web import html_blocks

        return _without_controls(Document(name, tuple(html_blocks(text, name)), repairs))
    document = document_of_text(text, name)
    return replace(document, repairs=repairs + document.repairs)


def _refuse_mislabelled(raw: bytes, suffix: str, name: str) -> None:
    """Say what a file is when its bytes tell another kind than its name."""
    kind = next((kind for mark, kind in _MARKS if raw.startswith(mark)), "")
    right = {
        **dict.fromkeys(_WORD, "zip"),
        ".odt": "zip",
        ".pdf": "pdf",
        ".doc": "compound",
        ".wps": "compound",
        ".rtf": "rtf",
    }
    if suffix == ".pdf" and b"%PDF" in raw[:1024]:
        return
    if suffix in (".doc", ".wps") and kind in ("rtf", "compound", "zip"):
        return  # Word itself opens all three by their content
    if kind == right.get(suffix, ""):
        return
    if suffix in _WORD and kind == "compound":
        raise unreadable(name, "it is encrypted, or an old .doc with a new name")
    if suffix in right:
        found = _NAMES[kind]
        raise unreadable(name, f"it is named {suffix} but is {found}")
    raise unreadable(name, f"it is named {suffix or 'as text'} but is {_NAMES[kind]}")


_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "compound"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
)
_NAMES = {
    "": "not a document of that kind",
    "zip": "a .docx or zip file",
    "compound": "a .doc file",
    "pdf": "a .pdf file",
    "rtf": "an .rtf file",
    "picture": "a picture",
    "archive": "an archive",
}


# Text


def decode(raw: bytes, name: str = "") -> tuple[str, tuple[Repair, ...]]:
    """Bytes to text: UTF-8 (strict), UTF-16 by its mark or its zeros, GB18030, then detection."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), ()
    if b"\x00" in raw[:65536] and (encoding := _wide(raw)):
        what = f"文字编码系推测：{encoding}"
        return raw.decode(encoding, errors="replace"), (Repair(-1, what, "encoding-guessed"),)
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    lenient = raw.decode("utf-8-sig", errors="replace")
    lost = lenient.count("\ufffd")
    multibyte = sum(1 for character in lenient if character > "\u07ff") - lost
    if multibyte > 100 * lost or (lost == 1 and multibyte > 3 and lenient.endswith("\ufffd")):
        # A damaged or cut UTF-8 file: GB18030 would "succeed" and turn every word to noise.
        what = f"文件字节有损，丢弃 {lost} 个字符"
        return lenient.replace("\ufffd", ""), (Repair(-1, what, "bytes-damaged"),)
    try:
        return raw.decode("gb18030"), ()
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise unreadable(name, "its character encoding is not known", "Save it as UTF-8 text.")
    what = f"文字编码系推测：{best.encoding}"
    return str(best), (Repair(-1, what, "encoding-guessed"),)


def _wide(raw: bytes) -> str:
    """The UTF-16 that ``raw`` is without saying so; '' when it is none."""
    for encoding in ("utf-16-le", "utf-16-be"):
        sample = raw[:20_000].decode(encoding, errors="replace")
        usual = sum(
            1
            for character in sample
            if "\u4e00" <= character <= "\u9fff"
            or " " <= character <= "~"
            or character in "\r\n\t，。、；：？！“”（）《》〔〕—　％·"
        )
        if usual > 0.9 * len(sample):
            return encoding
    return ""


def document_of_text(text: str, name: str = "") -> Document:
    """Plain text (or Markdown) as blocks, one a line; runs of lines with tabs are tables."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*LINE_END.split(text), ""]:
        # Inside a table a row may begin or end with empty cells.
        if line.strip().count("\t") >= 2 or (
            rows and "\t" in line.strip() and line.count("\t") >= 2
        ):
            rows.append(tuple(cell.strip() for cell in line.strip("\r\n ").split("\t")))
            continue
        if rows:
            blocks.append(Block("table", rows=tuple(rows)))
            rows = []
        if stripped := line.strip():
            marks = len(stripped) - len(stripped.lstrip("#"))
            level = marks if 0 < marks <= 6 and stripped[marks : marks + 1] == " " else 0
            body = stripped[marks:].strip() if level else stripped
            blocks.append(Block(text=body, heading_level=level))
    document = _without_controls(Document(name, tuple(blocks)))
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
