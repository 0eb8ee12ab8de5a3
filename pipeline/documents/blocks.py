"""The records a document is read into, and the two ways reading can fail.

Hides: nothing; it is what the readers of the formats agree on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import BadInput

__all__ = ["LINE_END", "Block", "Document", "Repair", "empty", "locked", "too_large", "unreadable"]

LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True)
class Repair:
    """Something changed while reading the file; ``block`` is where (-1: the whole file)."""

    block: int
    what: str
    slug: str


@dataclass(frozen=True)
class Block:
    """One paragraph or table.

    ``number`` is Word's automatic number, already in words (``（一）``); ``heading_level`` is 0
    for body text; ``furniture`` marks page headers, menus and the like; ``bold`` that
    every letter is.
    """

    kind: Literal["paragraph", "table"] = "paragraph"
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    heading_level: int = 0
    number: str = ""
    furniture: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Document:
    """A file as blocks, with what had to be repaired to read it."""

    name: str
    blocks: tuple[Block, ...]
    repairs: tuple[Repair, ...] = ()
    edges: tuple[str, ...] = ()
    """Headers and footers, each once: no text of the document, but they may carry a mark."""


def unreadable(name: str, why: str, hint: str = "") -> BadInput:
    """The error of a file that cannot be read, and why; ``hint`` where saving it anew is no cure."""
    return BadInput(
        f"{name} cannot be read: {why}",
        "document-unreadable",
        hint or "Open it in Word or WPS, save it again as .docx, and read the new file.",
    )


def locked(name: str) -> BadInput:
    """The error of a file that has a password."""
    return BadInput(
        f"{name} cannot be read: it is encrypted with a password",
        "document-password",
        "Open it with its password, take the password off, save it, and read the new file.",
    )


def too_large(name: str, why: str, hint: str = "") -> BadInput:
    """The error of a file that holds more than is read, and in what."""
    return BadInput(f"{name} cannot be read: {why}", "document-too-large", hint or "Split it.")


def empty(name: str) -> BadInput:
    """The error of a document without a word."""
    return BadInput(
        f"{name or 'the text'} has no words in it",
        "document-empty",
        "A scanned document has pictures only: give its text version.",
    )
