"""Files that must be refused: each ends in an error that names the file and the remedy."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument

from pipeline.documents import MAX_FILE, MAX_TEXT, read_document
from pipeline.errors import BadInput, DiskTrouble
from tests.documents.making import SENTENCE, paragraph, refused, repacked, word, zipped


@pytest.mark.parametrize(
    ("suffix", "raw"),
    [
        (".doc", b"\xd0\xcf\x11\xe0"),
        (".wps", b"\xd0\xcf\x11\xe0"),
        (".rtf", b"{\\rtf1}"),
        (".odt", b"PK\x03\x04"),
    ],
)
def test_without_libreoffice_older_formats_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, raw: bytes
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(raw + b"x" * 100)
    assert refused(path).slug == "office-missing"


@pytest.mark.parametrize("suffix", [".xlsx", ".ofd", ".pptx", ".zip"])
def test_other_kinds_are_refused_with_a_hint(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(b"x")
    assert refused(path).slug == "document-kind-unsupported"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble) as caught:
        read_document(tmp_path / "none.txt")
    assert caught.value.slug == "file-missing"


@pytest.mark.parametrize("raw", [b"", b"  \r\n", b"\xef\xbb\xbf\n", b"\x00\x00"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(raw)
    assert refused(path).slug == "document-empty"


@pytest.mark.parametrize("raw", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0....", b"%PDF-1.7", b"plain"])
def test_a_mislabelled_word_file_is_unreadable(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(raw)
    assert refused(path).slug == "document-unreadable"


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".txt", ".html", ".odt", ".rtf", ".doc"])
def test_a_picture_renamed_is_said_to_be_a_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    with pytest.raises(BadInput, match="picture"):
        read_document(path)


LARGE = b"PK\x03\x04" + b"\x00" * 100


@pytest.mark.parametrize(
    ("name", "raw", "remedy"),
    [
        ("plan.pdf", zipped({"word/document.xml": b"<x/>"}), ".docx"),
        ("plan.docx", b"%PDF-1.7", ".pdf"),
        ("plan.docx", b"<html><body>x</body></html>", ".html"),
        ("plan.docx", "一、重点".encode(), ".txt"),
        ("plan.doc", "一、重点".encode(), ".txt"),
        ("plan.docx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ".doc"),
        ("plan.rtf", zipped({"word/document.xml": b"<x/>"}), ".docx"),
        ("plan.txt", b"\x1f\x8b\x08", "Unpack"),
        ("plan.txt", LARGE, "Unpack"),
        ("plan.txt", b"BM" + b"\x00" * 64, "OCR"),
    ],
)
def test_a_file_under_a_wrong_name_is_told_its_right_one(
    tmp_path: Path, name: str, raw: bytes, remedy: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert remedy in refused(path).hint


def test_other_office_packages_are_said_to_be_no_word_document(tmp_path: Path) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{office}" Target="xl/workbook.xml"/></Relationships>'
    )
    path = tmp_path / "plan.docx"
    path.write_bytes(zipped({"_rels/.rels": relations.encode(), "xl/workbook.xml": b"<workbook/>"}))
    assert "Excel" in refused(path).message


def locked_doc() -> bytes:
    """The start of an old .doc whose flags say that it is encrypted."""
    head = b"\xec\xa5" + b"\x00" * 9 + b"\x01"
    return b"\xd0\xcf\x11\xe0".ljust(512, b"\x00") + head.ljust(512, b"\x00")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plan.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")),
        ("plan.doc", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")),
        ("plan.doc", locked_doc()),
        ("plan.wps", locked_doc()),
    ],
)
def test_a_word_file_with_a_password_is_said_to_have_one(
    tmp_path: Path, name: str, raw: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    error = refused(path)
    assert error.slug == "document-password"
    assert "password" in error.message
    assert "password" in error.hint


@pytest.mark.parametrize("name", ["plan.txt", "plan.html", "plan.docx", "plan.pdf"])
def test_a_file_of_500_mb_is_refused_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    assert "larger than" in refused(path).message


def test_a_text_may_be_less_large_than_a_word_file() -> None:
    assert MAX_TEXT < MAX_FILE


@pytest.mark.parametrize("name", ["plan", "plan.txt", "plan.docx", "plan.pdf", "plan.doc"])
def test_folders_and_pipes_are_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    folder, pipe = tmp_path / "a" / name, tmp_path / "b" / name
    folder.mkdir(parents=True)
    assert "folder" in refused(folder).message
    if hasattr(os, "mkfifo"):
        pipe.parent.mkdir()
        os.mkfifo(pipe)
        assert "pipe" in refused(pipe).message


def test_a_file_that_may_not_be_read_or_goes_away_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(SENTENCE, encoding="utf-8")
    for raised, slug in (
        (PermissionError(13, "no"), "permission-denied"),
        (FileNotFoundError(2, "no"), "file-missing"),
    ):

        def refuse(*_: object, raised: OSError = raised, **__: object) -> None:
            raise raised

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(DiskTrouble) as caught:
            read_document(path)
        assert caught.value.slug == slug


def test_one_huge_part_is_refused_before_its_tree_is_built(tmp_path: Path) -> None:
    path = tmp_path / "huge.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (26 * 2**20))
    assert refused(path).slug == "document-too-large"


def test_a_pdf_named_txt_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(b"%PDF-1.7 ...")
    assert refused(path).slug == "document-unreadable"


def test_a_word_file_cut_short_anywhere_ends_in_words(
    tmp_path: Path, save: Callable[[WordDocument], Path]
) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    whole = save(document).read_bytes()
    path = tmp_path / "cut.docx"
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert refused(path).slug == "document-unreadable"


def test_a_word_file_with_a_damaged_part_is_unreadable(tmp_path: Path) -> None:
    source = word(tmp_path / "bare.docx", lines=[SENTENCE])
    path = tmp_path / "bad.docx"
    repacked(source, path, lambda part, body: body[:200] if part == "word/document.xml" else body)
    assert refused(path).slug == "document-unreadable"


def test_a_zip_that_is_no_word_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(zipped({"a.txt": b"a"}))
    assert "no Word document" in refused(path).message


def test_a_bomb_that_claims_to_be_small_is_not_unpacked(tmp_path: Path) -> None:
    """The directory says 20 kB; reading must stop there, not after the 300 MB that are packed."""
    raw = bytearray(zipped({"word/document.xml": b" " * (300 * 2**20)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + place
        raw[at : at + 4] = struct.pack("<I", 20_000)
    path = tmp_path / "bomb.docx"
    path.write_bytes(raw)
    tracemalloc.start()
    try:
        refused(path)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_a_zip_of_a_great_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(zipped({f"word/{number}.xml": b"" for number in range(5001)}))
    assert "parts" in refused(path).message


def test_pictures_are_not_unpacked(tmp_path: Path) -> None:
    path = word(tmp_path / "plan.docx", lines=[SENTENCE])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/image1.png", b"\x00" * (260 * 2**20))
    assert [block.text for block in read_document(path).blocks] == [SENTENCE]


ENTITIES = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE d [<!ENTITY x "lol">]>',
    '<!DOCTYPE d [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + '<!ENTITY x "&a11;">]>',
    f'<!DOCTYPE d [<!ENTITY x "{"A" * 100_000}">]>',
)


@pytest.mark.parametrize("declared", ENTITIES)
@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"]
)
def test_a_word_file_that_declares_entities_is_refused(
    tmp_path: Path, declared: str, part: str
) -> None:
    source = word(tmp_path / "bare.docx", lines=["PLACE " + SENTENCE])

    def change(found: str, body: bytes) -> bytes:
        if found != part:
            return body
        return body.replace(b"?>", f"?>{declared}".encode(), 1).replace(b"PLACE", b"&x;" * 1000)

    assert refused(repacked(source, tmp_path / "plan.docx", change)).slug == "document-unreadable"


def test_tables_in_tables_are_read_to_a_depth_and_refused_beyond(tmp_path: Path) -> None:
    for depth, read in ((60, True), (1000, False)):
        inside = f"<w:tbl><w:tr><w:tc>{'{}'}</w:tc></w:tr></w:tbl>"
        opened, closed = inside.split("{}")
        source = word(tmp_path / "bare.docx", lines=["PLACE"])
        nested = f"</w:t></w:r></w:p>{opened * depth}<w:p><w:r><w:t>芯</w:t></w:r></w:p>{closed * depth}<w:p><w:r><w:t>"
        path = tmp_path / "plan.docx"
        repacked(
            source, path, lambda _, body, nested=nested: body.replace(b"PLACE", nested.encode())
        )
        if read:
            assert [block.text for block in read_document(path).blocks] == ["芯"]
        else:
            assert "depth" in refused(path).message


@pytest.mark.parametrize("span", ["100000", "-5", "9" * 5000, "五", "²", ""])
def test_a_cell_spans_no_more_columns_than_word_allows(tmp_path: Path, span: str) -> None:
    cells = "".join(
        f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{paragraph(words)}</w:tc>'
        for words in "甲乙"
    )
    path = word(tmp_path / "plan.docx", f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")
    (row,) = read_document(path).blocks[0].rows
    assert len(row) <= 120
    assert [words for words in row if words] == ["甲", "乙"]
