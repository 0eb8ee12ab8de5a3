"""PDFs to blocks, and PDFs that must not harm."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.documents import read_document
from pipeline.errors import BadInput
from tests.documents.making import PDF_LINE, pdf, pdf_of, refused, stream


def test_lines_of_a_pdf_become_paragraphs_across_pages(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    pages = [
        [
            (40, 570, "The same header"),
            (40, 500, PDF_LINE),
            (40, 484, PDF_LINE),
            (40, 20, f"- {number} -"),
        ]
        for number in range(1, 4)
    ]
    pages[2].insert(3, (40, 468, "the end."))
    pages[2].insert(4, (40, 452, "Another paragraph"))
    path.write_bytes(pdf(pages))
    told: list[tuple[int, int]] = []
    document = read_document(path, lambda page, count: told.append((page, count)))
    first, second = [block.text for block in document.blocks]
    assert first.count("A full line") == 6
    assert first.endswith("the end.")
    assert second == "Another paragraph"
    assert [repair.slug for repair in document.repairs] == ["page-furniture"]
    assert "The same header" in document.edges
    assert told[-1] == (3, 3)


def test_a_scan_is_said_to_be_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf([[], []]))
    assert refused(path).slug == "document-scanned"


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_pdf_cut_short_ends_in_words(tmp_path: Path, share: float) -> None:
    whole = pdf([[(40, 500, PDF_LINE)]])
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with suppress(BadInput):
        assert read_document(path).blocks


def test_an_encrypted_pdf_is_said_to_be_encrypted(tmp_path: Path) -> None:
    whole = pdf([[(40, 500, PDF_LINE)]])
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    path = tmp_path / "locked.pdf"
    path.write_bytes(whole.replace(b"trailer<<", b"trailer<<" + lock))
    with pytest.raises(BadInput) as caught:
        read_document(path)
    assert "encrypted" in caught.value.message


def test_tables_of_a_pdf_that_cannot_be_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import pdfplumber

    from pipeline.documents import pdf

    def broken(*_: object, **__: object) -> None:
        raise KeyError("no such object")

    monkeypatch.setattr(pdfplumber, "open", broken)
    page = pdf._Page(height=800, width=600, lines=[], ruled=True)
    (repair,) = pdf._take_tables(b"%PDF-", [pdf._Page(800, 600, []), page])
    assert repair.slug == "tables-unread"
    assert "第 2 页" in repair.what


def paragraphs(path: Path, *pages: list[tuple[int, int, str]]) -> list[str]:
    path.write_bytes(pdf(list(pages)))
    return [block.text for block in read_document(path).blocks]


def test_a_paragraph_that_ends_in_a_figure_at_the_page_end_keeps_it(tmp_path: Path) -> None:
    """The figure looks like a page number, but another stands below it."""
    pages = [
        [(40, 300, PDF_LINE), (40, 60, PDF_LINE), (40, 44, "12"), (180, 15, f"{number}")]
        for number in (1, 2, 3)
    ]
    read = paragraphs(tmp_path / "plan.pdf", *pages)
    assert sum(text.endswith("12") for text in read) == 3
    assert not any(text.endswith(("1", "2 2", "3")) for text in read if not text.endswith("12"))


def test_a_figure_at_the_end_of_the_only_page_is_text_unless_it_stands_apart(
    tmp_path: Path,
) -> None:
    near = [(40, 60, PDF_LINE), (40, 44, "2025")]
    apart = [(40, 300, PDF_LINE), (180, 20, "- 2 -")]
    assert paragraphs(tmp_path / "near.pdf", near) == [f"{PDF_LINE} 2025".replace(" 2025", "2025")]
    assert paragraphs(tmp_path / "apart.pdf", apart) == [PDF_LINE]


def columns(rows: int, right: int) -> list[tuple[int, int, str]]:
    """A page of two columns of full lines, the right one of ``right`` rows."""
    drawn = [(40, 560, "A title over both of the columns on this page")]
    for row in range(rows):
        drawn.append((40, 530 - 16 * row, f"left {row:02} lorem ipsum dolor"))
        if row < right:
            drawn.append((215, 530 - 16 * row, f"right {row:02} lorem ipsum dolo"))
    return drawn


@pytest.mark.parametrize("right", [8, 6])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, right: int) -> None:
    whole = "".join(paragraphs(tmp_path / "plan.pdf", columns(8, right)))
    order = [whole.index(f"left {row:02}") for row in range(8)]
    order += [whole.index(f"right {row:02}") for row in range(right)]
    assert order == sorted(order)


def test_columns_go_on_over_the_page_for_a_few_rows(tmp_path: Path) -> None:
    few = [line for line in columns(2, 2) if line[1] < 560]
    whole = "".join(paragraphs(tmp_path / "plan.pdf", columns(8, 8), few))
    assert whole.rindex("left 01") < whole.rindex("right 00")


def test_cells_of_a_table_without_lines_are_no_columns(tmp_path: Path) -> None:
    rows = [
        (left, 530 - 16 * row, words)
        for row in range(8)
        for left, words in (
            (40, "office " + "x" * (row % 4)),
            (215, "what it does " * (1 + row % 2)),
        )
    ]
    read = paragraphs(tmp_path / "plan.pdf", rows)
    assert all("office" in text and "what it does" in text for text in read)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Resources<<%s>>/Contents 5 0 R>>"


def test_a_font_without_a_map_to_characters_is_said_to_have_none(tmp_path: Path) -> None:
    glyphs = "".join(f"{0x100 + number:04x}" for number in range(300))
    path = tmp_path / "plan.pdf"
    path.write_bytes(
        pdf_of(
            [
                CATALOG,
                ONE_PAGE,
                PAGE % b"/Font<</F1 4 0 R>>",
                b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
                stream(f"BT /F1 12 Tf 40 500 Td <{glyphs}> Tj ET".encode()),
                b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 1000/FontDescriptor 7 0 R"
                b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
                b"<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0"
                b"/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
            ]
        )
    )
    error = refused(path)
    assert error.slug == "document-scanned"
    assert "fonts" in error.message


@pytest.mark.parametrize(
    ("kids", "count"),
    [("2 0 R", 1), ("3 0 R 2 0 R", 1000), ("3 0 R", 1999), ("3 0 R", 2**31 - 1), ("3 0 R", -1)],
)
def test_a_page_tree_that_lies_or_turns_in_circles_ends_in_words(
    tmp_path: Path, kids: str, count: int
) -> None:
    path = tmp_path / "plan.pdf"
    tree = f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode()
    path.write_bytes(pdf_of([CATALOG, tree, PAGE % b"", b"<<>>", stream(b"")]))
    assert refused(path).slug in ("document-unreadable", "document-scanned")


def test_5000_pages_are_too_many(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf([[]] * 5000))
    assert "2000 pages" in refused(path).message


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.documents import pdf_apart

    monkeypatch.setattr(pdf_apart, "MEMORY_LIMIT", 600 * 2**20)


@pytest.mark.skipif(os.name != "posix", reason="only here can the memory of a process be bounded")
@pytest.mark.parametrize("hostile", ["form that draws itself", "stream of a gigabyte"])
def test_a_pdf_that_takes_all_memory_is_ended(
    tmp_path: Path, little_memory: None, hostile: str
) -> None:
    form = stream(
        b"/I Do /I Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</I 4 0 R>>>>",
    )
    packed = zlib.compress(zlib.compress(b" " * 2**30, 9), 9)
    bomb = stream(packed, b"/Filter[/FlateDecode/FlateDecode]")
    drawn = stream(b"/I Do") if hostile.startswith("form") else bomb
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf_of([CATALOG, ONE_PAGE, PAGE % b"/XObject<</I 4 0 R>>", form, drawn]))
    assert "memory" in refused(path).message


def test_a_pdf_that_takes_all_time_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.documents import pdf_apart

    monkeypatch.setattr(pdf_apart, "TIME_LIMIT", 0.01)
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf([[(40, 500, PDF_LINE)]]))
    assert "seconds" in refused(path).message
