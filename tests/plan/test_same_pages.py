"""A Word file and the PDF made of it read the same: tables over pages, columns, page numbers."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from pipeline.documents import read_document
from pipeline.plan.model import walk
from pipeline.plan.reading import read_plan
from pipeline.text import comparable
from tests.plan.test_same_outline import converted

SENTENCE = (
    "围绕节水、防灾、航天等群众关心的主题，组织采访，推出有温度的稿件，讲好科技工作者的故事。"
)
NUMERALS = "一二三四"


def paragraph(document: WordDocument, words: str, size: int = 16) -> None:
    added = document.add_paragraph()
    run = added.add_run(words)
    run.font.size = Pt(size)
    added.paragraph_format.first_line_indent = Pt(2 * size)
    added.paragraph_format.space_after = Pt(0)


def page_numbers(document: WordDocument) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "青禾县科学技术协会文件"
    footer = section.footer.paragraphs[0]
    footer.add_run("— ")
    footer._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))
    footer.add_run(" —")


def table(document: WordDocument, rows: int) -> None:
    """A ruled table of ``rows`` rows under a header printed on every page; cells are merged."""
    added = document.add_table(rows + 1, 4, style="Table Grid")
    added.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell, words in zip(added.rows[0].cells, ("科室", "重点", "数量", "备注"), strict=True):
        cell.text = words
    for row in range(1, rows + 1):
        for cell, words in zip(
            added.rows[row].cells,
            (f"第{row}科室", "节水、防灾减灾、航天等主题" * (1 + row % 2), f"{row}条", ""),
            strict=True,
        ):
            cell.text = words
    for row in range(1, rows - 1, 5):
        added.cell(row, 0).merge(added.cell(row + 1, 0)).text = f"合并科室{row}"
    added.cell(rows, 2).merge(added.cell(rows, 3)).text = "见附表"


def in_columns(document: WordDocument, count: int) -> None:
    """``count`` numbered items set in two columns."""
    section = document.add_section(WD_SECTION.CONTINUOUS)
    for item in range(1, count + 1):
        paragraph(document, f"{item}.分栏条目{item}，{SENTENCE}", 12)
    after = document.add_section(WD_SECTION.CONTINUOUS)
    for part, columns in ((section, 2), (after, 1)):
        for old in part._sectPr.findall(qn("w:cols")):
            part._sectPr.remove(old)
        part._sectPr.append(parse_xml(f'<w:cols {nsdecls("w")} w:num="{columns}" w:space="425"/>'))


@pytest.mark.slow
def test_a_pdf_reads_as_the_word_file_it_was_made_from(tmp_path: Path) -> None:
    document = docx.Document()
    page_numbers(document)
    document.add_paragraph("青禾县2025年科普宣传工作方案")
    for area, numeral in enumerate(NUMERALS):
        paragraph(document, f"{numeral}、重点任务之{numeral}")
        for part in range(4):
            paragraph(document, f"（{NUMERALS[part]}）开展活动{area}{part}")
            for _ in range(1 + (area + part) % 3):
                paragraph(document, SENTENCE * 3)
        if area == 1:
            table(document, 40)
            for note in range(1, 9):
                paragraph(
                    document, f"{note}.每条信息按字数计分，市级以上媒体采用的另加{note}分。", 14
                )
        if area == 2:
            in_columns(document, 12)
    path = tmp_path / "plan.docx"
    document.save(str(path))
    made = converted(path, "pdf")
    words, pages = read_document(path).blocks, read_document(made).blocks
    assert [block.rows for block in pages if block.rows] == [b.rows for b in words if b.rows]
    assert [comparable(b.text) for b in pages] == [comparable(b.text) for b in words]
    outlines = [
        [(node.id, node.level, comparable(node.title)) for node in walk(read_plan(file).plan.nodes)]
        for file in (path, made)
    ]
    assert outlines[0] == outlines[1]
    assert len(outlines[0]) > 20
