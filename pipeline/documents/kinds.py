"""What a file is, by its bytes, and whether its name tells the same.

Hides: the marks of the formats, and which wrong names Word and WPS forgive: they write web pages
and new documents under .doc, and so do the systems that offer such files for download.
"""

from __future__ import annotations

import re

from pipeline.documents.blocks import locked, unreadable
from pipeline.documents.package import is_word_package

__all__ = ["OFFICE", "PAGE", "READ", "TEXT", "WORD", "reader_of"]

TEXT = (".txt", ".md", ".markdown", "")
PAGE = (".html", ".htm", ".mht", ".mhtml")
WORD = (".docx", ".docm", ".dotx")
OFFICE = (".doc", ".wps", ".odt", ".rtf")
READ = (*TEXT, *PAGE, *WORD, ".pdf", *OFFICE)

_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "compound"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
)
_NAMES = {
    "": "not a document of that kind",
    "page": "a web page",
    "word": "a Word document",
    "zip": "a zip file",
    "compound": "an old Office file",
    "locked": "encrypted with a password",
    "pdf": "a PDF",
    "rtf": "a Rich Text document",
    "picture": "a picture",
    "archive": "an archive",
}
_SUFFIX = {"page": ".html", "word": ".docx", "pdf": ".pdf", "rtf": ".rtf", "compound": ".doc"}
_OWN = {
    **dict.fromkeys(TEXT, ("", "page")),
    **dict.fromkeys(PAGE, ("", "page")),
    **dict.fromkeys(WORD, ("word", "zip")),
    ".pdf": ("pdf",),
    ".odt": ("zip", "word"),
    ".rtf": ("rtf",),
    **dict.fromkeys((".doc", ".wps"), ("compound", "word", "zip", "rtf", "page")),
}
_PAGE_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!DOCTYPE\s+html|<html|<\?xml[^>]*>\s*<html|MIME-Version:)", re.I
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SECTOR = 512


def reader_of(raw: bytes, suffix: str, name: str) -> str:
    """Which reader takes the file: ``text``, ``page``, ``word``, ``pdf`` or ``office``.

    Raises:
        BadInput: ``document-password``; ``document-unreadable``: its bytes are of another kind than
            its name says; the hint tells the name it should have.
    """
    kind = _kind(raw)
    if kind == "locked":
        raise locked(name)
    if kind not in _OWN[suffix] and not (suffix == ".pdf" and b"%PDF" in raw[:1024]):
        named = f"it is named {suffix}" if suffix else "it is named as text"
        raise unreadable(name, f"{named} but is {_NAMES[kind]}", _hint(kind))
    if kind == "word" or suffix in WORD:
        return "word"
    if suffix in PAGE or (kind == "page" and suffix in OFFICE):
        return "page"
    if suffix in OFFICE:
        return "office"
    return "pdf" if suffix == ".pdf" else "text"


def _kind(raw: bytes) -> str:
    kind = next((kind for mark, kind in _MARKS if raw.startswith(mark)), "")
    if kind == "zip" and is_word_package(raw):
        return "word"
    if kind == "compound" and _is_locked(raw):
        return "locked"
    if not kind and _PAGE_START.match(raw[:2000]):
        return "page"
    return kind


def _is_locked(raw: bytes) -> bool:
    """Whether an Office file has a password: a new one in a wrapper, or an old one's own flag."""
    if _ENCRYPTED in raw:
        return True
    # The head of a .doc starts a sector with 0xA5EC; bit 8 of its flags says encrypted.
    for start in range(SECTOR, min(len(raw), 2048 * SECTOR), SECTOR):
        if raw[start : start + 2] == b"\xec\xa5":
            return bool(raw[start + 11 : start + 12] and raw[start + 11] & 1)
    return False


def _hint(kind: str) -> str:
    if kind in _SUFFIX:
        return f"Rename it to end in {_SUFFIX[kind]}, or give the document itself."
    if kind == "picture":
        return "Give the document it shows, or run text recognition (OCR) first."
    if kind in ("archive", "zip"):
        return "Unpack it and read the document in it."
    return "Give the document itself, or rename it: text ends in .txt, a web page in .html."
