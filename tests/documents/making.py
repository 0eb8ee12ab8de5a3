"""Documents written byte by byte and element by element, as no office program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.documents import read_document
from pipeline.errors import BadInput

SENTENCE = "县里办起了节水展览。"
PDF_LINE = "A full line of words that reaches the edge of the page"


def texts(path: Path) -> list[str]:
    """The numbers and words of every block."""
    return [block.number + block.text for block in read_document(path).blocks]


def refused(path: Path) -> BadInput:
    """The error, which names the file and says what to do."""
    with pytest.raises(BadInput) as caught:
        read_document(path)
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


# Word


def word(path: Path, *elements: str, lines: Sequence[str] = ()) -> Path:
    """A Word file of plain ``lines``, then ``elements`` in XML with the prefixes w, mc and m."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    fill(document, *elements)
    document.save(str(path))
    return path


def fill(document: WordDocument, *elements: str) -> None:
    """Put ``elements`` at the end of the body."""
    end = document.element.body[-1]
    for element in elements:
        for child in list(parse_xml(f"<w:body {NAMES}>{element}</w:body>")):
            end.addprevious(child)


NAMES = (
    nsdecls("w", "r", "m")
    + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def paragraph(words: str, properties: str = "") -> str:
    """The XML of a paragraph; ``words`` may be text or runs."""
    runs = words if words.startswith("<") else f"<w:r><w:t>{words}</w:t></w:r>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def repacked(source: Path, path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """``source`` with every part changed; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            body = change(entry.filename, old.read(entry))
            if body is not None:
                new.writestr(entry.filename, body)
    return path


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of ``parts``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return made.getvalue()


def numbered(document: WordDocument, levels: list[tuple[str, str]], more: str = "") -> None:
    """Lists 1 and 2 of ``levels`` (format, pattern), the second starting anew; ``more`` is XML of
    further lists, abstract ones first."""
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    define(
        document,
        f'<w:abstractNum w:abstractNumId="1">{written}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>' + more,
    )


def define(document: WordDocument, lists: str) -> None:
    """Make ``lists``, in XML, the numbering of the document."""
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for child in list(parse_xml(f"<w:numbering {NAMES}>{lists}</w:numbering>")):
        root.append(child)


def listed(depth: int, number: int = 1) -> str:
    """The property that puts a paragraph in a list."""
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'


def add(document: WordDocument, words: str, depth: int, number: int = 1) -> None:
    """A paragraph in a list."""
    fill(document, paragraph(words, listed(depth, number)))


# PDF


def pdf(pages: list[list[tuple[int, int, str]]]) -> bytes:
    """A PDF of pages of (left, bottom, words) in 12-point Helvetica."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", font]
    kids = []
    for page in pages:
        drawn = "".join(f"BT /F1 12 Tf {x} {y} Td ({words}) Tj ET\n" for x, y, words in page)
        objects.append(stream(drawn.encode()))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Resources<</Font<</F1 3 0 R>>>>"
            + f"/Contents {len(objects)} 0 R>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    return pdf_of(objects)


def stream(body: bytes, about: bytes = b"") -> bytes:
    """A PDF stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (about, len(body), body)


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of ``objects``, of which the first is the catalog."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    return out + end.encode()
