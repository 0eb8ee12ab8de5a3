"""Files to blocks: encodings, Word's automatic numbers, and files that must be refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.documents import Block, decode, document_of_text, read_document
from pipeline.documents.wordnumbers import chinese_numeral
from pipeline.errors import BadInput, DiskTrouble

SENTENCE = "县里办起了节水展览。"


def texts(path: Path) -> list[str]:
    return [block.number + block.text for block in read_document(path).blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
def test_chinese_text_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(f"一、重点\r\n{SENTENCE}".encode(encoding))
    assert texts(path) == ["一、重点", SENTENCE]


def test_a_utf8_file_cut_in_mid_character_is_not_read_as_gbk() -> None:
    text, repairs = decode((SENTENCE * 50).encode()[:-1])
    assert text.startswith(SENTENCE * 49)
    assert [repair.slug for repair in repairs] == ["bytes-damaged"]


def test_big5_is_detected() -> None:
    text, _ = decode(("科技創新發展規劃，推動產業升級與環境保護。" * 20).encode("big5"))
    assert "科技" in text or "\ufffd" not in text


def test_control_and_direction_characters_are_removed_with_a_repair() -> None:
    document = document_of_text("一、重\x00点\u202e\n正文")
    assert document.blocks[0].text == "一、重点"
    assert [repair.slug for repair in document.repairs] == ["control-characters"]


def test_lines_with_tabs_are_a_table() -> None:
    document = document_of_text("表\n科室\t重点\t分\n甲科\t展览\t12分\n乙科\t\t3分\n注")
    assert document.blocks[1] == Block(
        "table", rows=(("科室", "重点", "分"), ("甲科", "展览", "12分"), ("乙科", "", "3分"))
    )


def test_markdown_headings_have_levels() -> None:
    assert document_of_text("## 任务\n正文").blocks[0] == Block(text="任务", heading_level=2)


def test_a_web_page_gives_headings_paragraphs_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><head><title>x</title><style>p{}</style></head><body><nav>首页</nav><h1>方案</h1>"
        "<p>一、<b>重点</b><br>正文</p><table><tr><td>甲</td><td>1</td></tr></table>"
        "<script>alert(1)</script></body></html>",
        encoding="utf-8",
    )
    assert read_document(path).blocks == (
        Block(text="方案", heading_level=1),
        Block(text="一、重点"),
        Block(text="正文"),
        Block("table", rows=(("甲", "1"),)),
    )


# Word


@pytest.fixture
def save(tmp_path: Path) -> Callable[[WordDocument], Path]:
    def write(document: WordDocument) -> Path:
        path = tmp_path / "plan.docx"
        document.save(str(path))
        return path

    return write


def numbered(document: WordDocument, levels: list[tuple[str, str]]) -> None:
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )
    root.append(
        parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="1">{written}</w:abstractNum>')
    )
    root.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="1"><w:abstractNumId w:val="1"/></w:num>')
    )
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="2"><w:abstractNumId w:val="1"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )


def add(document: WordDocument, words: str, depth: int, number: int = 1) -> None:
    properties = document.add_paragraph(words)._p.get_or_add_pPr()
    properties.append(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
        )
    )


def test_automatic_numbers_of_word_are_put_in_words(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    numbered(
        document,
        [
            ("chineseCountingThousand", "第%1章"),
            ("chineseCounting", "（%2）"),
            ("decimal", "%1.%3"),
            ("decimalEnclosedCircleChinese", "%4"),
        ],
    )
    for words, depth in (
        ("甲", 0),
        ("乙", 1),
        ("丙", 1),
        ("丁", 2),
        ("戊", 3),
        ("己", 0),
        ("庚", 1),
    ):
        add(document, words, depth)
    add(document, "重起", 0, number=2)
    assert texts(save(document)) == [
        "第一章甲", "（一）乙", "（二）丙", "一.1丁", "①戊", "第二章己", "（一）庚", "第一章重起",
    ]  # fmt: skip


def test_bullets_give_no_number(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    numbered(document, [("bullet", "")])
    add(document, "一项", 0)
    assert texts(save(document)) == ["一项"]


def test_heading_styles_and_tables_come_in_document_order(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    document.add_heading("重点任务", level=2)
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ("科室", "分", "甲科", "12"), strict=True):
        cell.text = words
    document.add_paragraph("注释")
    assert read_document(save(document)).blocks == (
        Block(text="重点任务", heading_level=2),
        Block("table", rows=(("科室", "分"), ("甲科", "12"))),
        Block(text="注释"),
    )


def test_deletions_are_gone_insertions_stay_and_hidden_text_is_not_seen(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("保留")._p
    for xml in (
        '<w:del {} w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>',
        '<w:ins {} w:id="2" w:author="a"><w:r><w:t>新增</w:t></w:r></w:ins>',
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
    ):
        paragraph.append(parse_xml(xml.format(nsdecls("w"))))
    read = read_document(save(document))
    assert [block.text for block in read.blocks] == ["保留新增"]
    assert [repair.slug for repair in read.repairs] == ["tracked-changes", "hidden-text"]


@pytest.mark.parametrize(
    ("count", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五")]
)
def test_chinese_numerals(count: int, written: str) -> None:
    assert chinese_numeral(count) == written


def test_a_merged_cell_has_its_words_once_and_columns_stay_in_line(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for place, words in enumerate(("科室", "数量", "", "甲科", "1", "2", "", "3", "4")):
        table._cells[place].text = words
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    (block,) = read_document(save(document)).blocks
    assert block.rows == (("科室", "数量", ""), ("甲科", "1", "2"), ("", "3", "4"))


TEXT_BOX = (
    "<w:r {}><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
    "<w:p><w:r><w:t>框中文字</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)


def test_a_text_box_is_read_behind_its_paragraph(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("前半句")
    paragraph._p.append(parse_xml(TEXT_BOX.format(nsdecls("w"))))
    paragraph.add_run("后半句")
    assert texts(save(document)) == ["前半句后半句", "框中文字"]


FOOTNOTES = (
    '<?xml version="1.0" encoding="UTF-8"?><w:footnotes {}><w:footnote w:id="1"><w:p><w:r>'
    "<w:t>口径另定</w:t></w:r></w:p></w:footnote></w:footnotes>"
)


def test_a_footnote_follows_its_paragraph(save: Callable[[WordDocument], Path]) -> None:
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    paragraph = document.add_paragraph("每月两篇")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="1"/></w:r>'))
    document.add_paragraph("下一段")
    part = Part(
        PackURI("/word/footnotes.xml"),
        CONTENT_TYPE.WML_FOOTNOTES,
        FOOTNOTES.format(nsdecls("w")).encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert texts(save(document)) == ["每月两篇", "注：口径另定", "下一段"]


def test_a_word_file_with_macros_is_read_and_nothing_is_run(
    tmp_path: Path, save: Callable[[WordDocument], Path]
) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    source, path = save(document), tmp_path / "plan.docm"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "[Content_Types].xml":
                body = body.replace(
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main",
                    b"application/vnd.ms-word.document.macroEnabled.main",
                )
            new.writestr(entry, body)
        new.writestr("word/vbaProject.bin", b"Shell")
    read = read_document(path)
    assert [block.text for block in read.blocks] == [SENTENCE]
    assert [repair.slug for repair in read.repairs] == ["macros-ignored"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_recognised(encoding: str) -> None:
    text, repairs = decode(f"一、重点\r\n{SENTENCE}2025年".encode(encoding))
    assert text == f"一、重点\r\n{SENTENCE}2025年"
    assert [repair.slug for repair in repairs] == ["encoding-guessed"]


# PDF


def pdf(pages: list[list[tuple[int, int, str]]]) -> bytes:
    """A PDF of pages of (left, bottom, words) in 12-point Helvetica."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for page in pages:
        stream = "".join(f"BT /F1 12 Tf {x} {y} Td ({words}) Tj ET\n" for x, y, words in page)
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}endstream".encode())
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Resources<</Font<</F1 3 0 R>>>>"
            + f"/Contents {len(objects)} 0 R>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return (
        out + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    )


LINE = "A full line of words that reaches the edge of the page"


def test_lines_of_a_pdf_become_paragraphs_across_pages(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    pages = [
        [(40, 570, "The same header"), (40, 500, LINE), (40, 484, LINE), (40, 20, f"- {number} -")]
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
    assert refused(path) == "document-scanned"


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_pdf_cut_short_ends_in_words(tmp_path: Path, share: float) -> None:
    whole = pdf([[(40, 500, LINE)]])
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with suppress(BadInput):
        assert read_document(path).blocks


def test_an_encrypted_pdf_is_said_to_be_encrypted(tmp_path: Path) -> None:
    whole = pdf([[(40, 500, LINE)]])
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    path = tmp_path / "locked.pdf"
    path.write_bytes(whole.replace(b"trailer<<", b"trailer<<" + lock))
    with pytest.raises(BadInput) as caught:
        read_document(path)
    assert "encrypted" in caught.value.message


# Through LibreOffice


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
    assert refused(path) == "office-missing"


# Refused


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_document(path)
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value.slug


@pytest.mark.parametrize("suffix", [".xlsx", ".ofd", ".pptx", ".zip"])
def test_other_kinds_are_refused_with_a_hint(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(b"x")
    assert refused(path) == "document-kind-unsupported"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble) as caught:
        read_document(tmp_path / "none.txt")
    assert caught.value.slug == "file-missing"


@pytest.mark.parametrize("raw", [b"", b"  \r\n", b"\xef\xbb\xbf\n", b"\x00\x00"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(raw)
    assert refused(path) == "document-empty"


@pytest.mark.parametrize("raw", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0....", b"%PDF-1.7", b"plain"])
def test_a_mislabelled_word_file_is_unreadable(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(raw)
    assert refused(path) == "document-unreadable"


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".txt", ".html", ".odt", ".rtf", ".doc"])
def test_a_picture_renamed_is_said_to_be_a_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    with pytest.raises(BadInput, match="picture"):
        read_document(path)


def test_one_huge_part_is_refused_before_its_tree_is_built(tmp_path: Path) -> None:
    path = tmp_path / "huge.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (26 * 2**20))
    assert refused(path) == "document-unreadable"


def test_a_pdf_named_txt_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(b"%PDF-1.7 ...")
    assert refused(path) == "document-unreadable"


def test_a_word_file_cut_short_anywhere_ends_in_words(
    tmp_path: Path, save: Callable[[WordDocument], Path]
) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    whole = save(document).read_bytes()
    path = tmp_path / "cut.docx"
    for share in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert refused(path) == "document-unreadable"


def test_a_word_file_with_a_damaged_part_is_unreadable(
    tmp_path: Path, save: Callable[[WordDocument], Path]
) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    source = save(document)
    path = tmp_path / "bad.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part, body[:200] if part.filename == "word/document.xml" else body)
    assert refused(path) == "document-unreadable"


def test_a_zip_that_is_no_word_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "a")
    assert refused(path) == "document-unreadable"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open("word/document.xml", "w") as part:
            for _ in range(201):
                part.write(b" " * 2**20)
    assert refused(path) == "document-unreadable"


def test_external_entities_are_never_read(
    tmp_path: Path, save: Callable[[WordDocument], Path]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    document = docx.Document()
    document.add_paragraph("PLACE " + SENTENCE)
    source, path = save(document), tmp_path / "xxe.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename == "word/document.xml":
                text = body.decode().replace("PLACE", "&x;")
                head, rest = text.split("?>", 1)
                doctype = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
                body = f"{head}?>{doctype}{rest}".encode()
            new.writestr(part, body)
    read = ""
    with suppress(BadInput):
        read = "".join(texts(path))
    assert "机密" not in read


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
