"""Word files to blocks: what a reader of the printed page would see."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.documents import Block, read_document
from tests.documents.making import (
    NAMES,
    SENTENCE,
    add,
    fill,
    listed,
    numbered,
    paragraph,
    repacked,
    texts,
    word,
)


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


def box(words: str) -> str:
    return (
        "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>"
        f"{paragraph(words)}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )


def test_a_text_box_is_read_behind_its_paragraph(tmp_path: Path) -> None:
    halves = [f"<w:r><w:t>{words}</w:t></w:r>" for words in ("前半句", "后半句")]
    path = word(tmp_path / "plan.docx", paragraph(halves[0] + box("框中文字") + halves[1]))
    assert texts(path) == ["前半句后半句", "框中文字"]


def test_a_text_box_in_a_box_and_in_a_table_is_read_once(tmp_path: Path) -> None:
    inner = box("里层").replace("<w:r>", "<w:r><w:t>外层</w:t>", 1)
    cells = "".join(f"<w:tc>{paragraph(words)}</w:tc>" for words in ("甲", box("表中框")))
    outer = box("X").replace("<w:r><w:t>X</w:t></w:r>", inner)
    path = word(tmp_path / "plan.docx", paragraph(outer), f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")
    document = read_document(path)
    assert [block.text for block in document.blocks] == ["外层", "里层", "", "表中框"]
    assert document.blocks[2].rows == (("甲", ""),)


def test_what_is_stored_twice_for_old_programs_is_read_once(tmp_path: Path) -> None:
    """As WPS writes text boxes; content no new program knows is read from its old form."""
    new = f"<wps:txbx><w:txbxContent>{paragraph('框中文字')}</w:txbxContent></wps:txbx>"
    twice = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice>'
        f"<mc:Fallback>{box('框中文字')}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    once = (
        "<w:r><mc:AlternateContent><mc:Fallback><w:t>旧形</w:t></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert texts(word(tmp_path / "plan.docx", paragraph(twice), paragraph(once))) == [
        "框中文字", "旧形",
    ]  # fmt: skip


def with_part(source: Path, path: Path, kind: str, body: str) -> Path:
    """``source`` with a further part, related to the document as ``kind``."""
    relation = (
        f'<Relationship Id="rX{kind}" Target="{kind}.xml" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/{kind}"/>'
    )

    def change(part: str, old: bytes) -> bytes:
        if part != "word/_rels/document.xml.rels":
            return old
        return old.replace(b"</Relationships>", f"{relation}</Relationships>".encode())

    repacked(source, path, change)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(f"word/{kind}.xml", body)
    return path


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_follows_its_paragraph_or_table(tmp_path: Path, kind: str) -> None:
    mark = '<w:r><w:t>{}</w:t></w:r><w:r><w:{}Reference w:id="{}"/></w:r>'
    cells = f"<w:tc>{paragraph(mark.format('甲', kind, 2))}</w:tc><w:tc>{paragraph('乙')}</w:tc>"
    source = word(
        tmp_path / "bare.docx",
        paragraph(mark.format("每月两篇", kind, 1)),
        paragraph("下一段"),
        f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>",
    )
    notes = "".join(
        f'<w:{kind} w:id="{number}">{paragraph(words)}</w:{kind}>'
        for number, words in ((1, "口径另定"), (2, "含转载"))
    )
    body = f"<w:{kind}s {NAMES}>{notes}</w:{kind}s>"
    path = with_part(source, tmp_path / "plan.docx", f"{kind}s", body)
    assert texts(path) == ["每月两篇", "注：口径另定", "下一段", "", "注：含转载"]


def test_headers_and_watermarks_are_edges_and_not_text(tmp_path: Path) -> None:
    mark = (
        '<w:p><w:r><w:pict><v:shape><v:textpath string="内部资料"/></v:shape></w:pict></w:r></w:p>'
    )
    body = f"<w:hdr {NAMES}>{paragraph('某局文件')}{mark}</w:hdr>"
    source = word(tmp_path / "bare.docx", lines=[SENTENCE])
    read = read_document(with_part(source, tmp_path / "plan.docx", "header", body))
    assert [block.text for block in read.blocks] == [SENTENCE]
    assert read.edges == ("某局文件", "内部资料")


def test_content_in_wrappers_of_all_kinds_is_read_in_order(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    inline = "".join(
        f"<w:{tag}>{run.format(words)}</w:{tag}>"
        for tag, words in (
            ("hyperlink", "链接"),
            ("smartTag", "标记"),
            ("ins", "新增"),
            ("moveTo", "移来"),
            ("moveFrom", "移走"),
            ("fldSimple", "域"),
            ("customXml", "自定义"),
        )
    )
    control = f"<w:sdt><w:sdtContent>{paragraph('控件段落')}</w:sdtContent></w:sdt>"
    path = word(tmp_path / "plan.docx", paragraph(inline), control)
    assert texts(path) == ["链接标记新增移来域自定义", "控件段落"]


def test_a_field_gives_its_result_and_not_its_code(tmp_path: Path) -> None:
    runs = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText> PAGEREF _Toc1 </w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>第3页</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    assert texts(word(tmp_path / "plan.docx", paragraph(runs))) == ["第3页"]


def test_breaks_symbols_equations_and_reading_aids(tmp_path: Path) -> None:
    path = word(
        tmp_path / "plan.docx",
        paragraph("<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>右</w:t></w:r>"),
        paragraph(
            "<w:r><w:t>软</w:t><w:softHyphen/><w:t>连</w:t><w:noBreakHyphen/><w:t>字</w:t></w:r>"
        ),
        paragraph('<w:r><w:sym w:font="Wingdings" w:char="F082"/><w:t>圈二</w:t></w:r>'),
        paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>方框</w:t></w:r>'),
        paragraph("<m:oMath><m:r><m:t>R&amp;D≥2.5%</m:t></m:r></m:oMath>"),
        paragraph(
            "<w:r><w:ruby><w:rt><w:r><w:t>pu</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>普</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        ),
    )
    assert texts(path) == ["上", "下\t右", "软连-字", "②圈二", "方框", "R&D≥2.5%", "普"]


def test_a_deleted_paragraph_end_joins_and_is_not_counted(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    numbered(document, [("decimal", "%1.")])
    gone = listed(0) + '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
    fill(
        document,
        paragraph("甲", listed(0)),
        paragraph(
            '<w:del w:id="2" w:author="a"><w:r><w:delText>全删</w:delText></w:r></w:del>', gone
        ),
        paragraph("乙的前半", gone),
        paragraph("后半", listed(0)),
    )
    assert texts(save(document)) == ["1.甲", "2.乙的前半后半"]


def test_deleted_rows_and_cells_are_gone(tmp_path: Path) -> None:
    row = "<w:tr>{}<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    words = [paragraph(word) for word in "甲乙丙"]
    path = word(
        tmp_path / "plan.docx",
        "<w:tbl>"
        + row.format("", '<w:cellDel w:id="1"/>', *words)
        + row.format('<w:trPr><w:del w:id="2"/></w:trPr>', "", *words)
        + row.format("", "", *words)
        + "</w:tbl>",
    )
    assert read_document(path).blocks[0].rows == (("乙", "丙"), ("甲", "乙", "丙"))


def test_text_hidden_by_a_style_is_not_seen(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    hidden = parse_xml(
        f'<w:style {nsdecls("w")} w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    based = parse_xml(
        f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="P"><w:basedOn w:val="H"/></w:style>'
    )
    document.styles.element.extend([hidden, based])
    fill(
        document,
        paragraph(
            '<w:r><w:rPr><w:rStyle w:val="H"/></w:rPr><w:t>暗</w:t></w:r><w:r><w:t>明</w:t></w:r>'
        ),
        paragraph("全暗", '<w:pStyle w:val="P"/>'),
        paragraph(
            '<w:r><w:rPr><w:rStyle w:val="H"/><w:vanish w:val="0"/></w:rPr><w:t>复明</w:t></w:r>'
        ),
    )
    read = read_document(save(document))
    assert [block.text for block in read.blocks] == ["明", "复明"]
    assert [repair.what for repair in read.repairs] == ["略去隐藏文字 2 处"]


def test_a_frame_of_one_column_is_plain_text(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    numbered(document, [("chineseCounting", "（%1）")])
    content = (
        paragraph("专栏1 重点工程") + paragraph("办展", listed(0)) + paragraph("办讲座", listed(0))
    )
    fill(document, f"<w:tbl><w:tr><w:tc>{content}</w:tc></w:tr></w:tbl>")
    assert texts(save(document)) == ["专栏1 重点工程", "（一）办展", "（二）办讲座"]


def test_cells_have_their_numbers_and_the_tables_within_them(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    numbered(document, [("decimal", "%1.")])
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('内甲')}</w:tc><w:tc>{paragraph('内乙')}</w:tc></w:tr></w:tbl>"
    rows = "".join(
        f"<w:tr><w:tc>{paragraph(words, listed(0))}</w:tc><w:tc>{beside}</w:tc></w:tr>"
        for words, beside in (("甲", paragraph("一行")), ("乙", inner + paragraph("后")))
    )
    fill(document, f"<w:tbl>{rows}</w:tbl>")
    (block,) = read_document(save(document)).blocks
    assert block.rows == (("1.甲", "一行"), ("2.乙", "内甲 内乙 后"))


def test_embedded_files_are_said_not_to_be_read(tmp_path: Path) -> None:
    path = word(tmp_path / "plan.docx", '<w:altChunk r:id="rId99"/>', lines=[SENTENCE])
    (repair,) = read_document(path).repairs
    assert repair.slug == "embedded-unread"


def test_relations_that_lead_nowhere_do_no_harm(tmp_path: Path) -> None:
    """Word and its add-ins leave them behind: pictures named NULL, links to bookmarks."""
    source = word(tmp_path / "bare.docx", lines=[SENTENCE])
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    dead = "".join(
        f'<Relationship Id="rX{number}" Type="{office}/{kind}" Target="{target}"{mode}/>'
        for number, (kind, target, mode) in enumerate(
            (
                ("image", "NULL", ""),
                ("image", "../NULL", ""),
                ("hyperlink", "#_top", ""),
                ("header", "file:///etc/passwd", ' TargetMode="External"'),
                ("footnotes", "gone.xml", ""),
            )
        )
    )

    def change(part: str, body: bytes) -> bytes:
        if part != "word/_rels/document.xml.rels":
            return body
        return body.replace(b"</Relationships>", f"{dead}</Relationships>".encode())

    read = read_document(repacked(source, tmp_path / "plan.docx", change))
    assert [block.text for block in read.blocks] == [SENTENCE]
    assert read.edges == ()


@pytest.mark.parametrize(
    "lost",
    ["word/styles.xml", "word/numbering.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"],
)  # fmt: skip
def test_parts_beside_the_text_may_be_lost(tmp_path: Path, lost: str) -> None:
    source = word(tmp_path / "bare.docx", lines=[SENTENCE])
    path = tmp_path / "plan.docx"
    repacked(source, path, lambda part, body: None if part == lost else body)
    assert texts(path) == [SENTENCE]


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    source = word(tmp_path / "bare.docx", lines=[SENTENCE])
    old, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"

    def change(_: str, body: bytes) -> bytes:
        return body.replace(old + b"wordprocessingml/2006/", strict + b"wordprocessingml/").replace(
            old + b"officeDocument/2006/", strict + b"officeDocument/"
        )

    assert texts(repacked(source, tmp_path / "plan.docx", change)) == [SENTENCE]


def test_a_word_file_with_macros_is_read_and_nothing_is_run(tmp_path: Path) -> None:
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main"
    path = repacked(
        word(tmp_path / "bare.docx", lines=[SENTENCE]),
        tmp_path / "plan.docm",
        lambda _, body: body.replace(kind, b"application/vnd.ms-word.document.macroEnabled.main"),
    )
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/vbaProject.bin", b"Shell")
    read = read_document(path)
    assert [block.text for block in read.blocks] == [SENTENCE]
    assert [repair.slug for repair in read.repairs] == ["macros-ignored"]


@pytest.mark.parametrize("name", ["plan.doc", "plan.wps", "plan.odt"])
def test_a_new_word_file_under_an_old_name_is_read_without_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert texts(word(tmp_path / name, lines=[SENTENCE])) == [SENTENCE]
