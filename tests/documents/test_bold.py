"""Bold lines order a document in which nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from pipeline.documents import Document, document_of_text, read_document

LINES = (
    ("青禾县节水宣传方案", True),
    ("为做好节水宣传，制定本方案。", False),
    ("指导思想：", True),
    ("以节水优先为指导。", False),
    ("主要任务", True),
    ("到社区和学校办展，发放手册。", False),
    ("特别提醒：用水高峰在七月，请错峰灌溉。", True),
    ("落实责任，按时完成。", False),
)
Lines = tuple[tuple[str, bool], ...]


def of_word(lines: Lines, folder: Path) -> Document:
    document = docx.Document()
    for words, bold in lines:
        document.add_paragraph().add_run(words).bold = bold
    document.save(str(folder / "plan.docx"))
    return read_document(folder / "plan.docx")


def of_page(lines: Lines, folder: Path) -> Document:
    body = "".join(f"<p>{f'<b>{words}</b>' if bold else words}</p>" for words, bold in lines)
    (folder / "plan.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return read_document(folder / "plan.html")


def of_text(lines: Lines, folder: Path) -> Document:
    return document_of_text("\n".join(f"**{words}**" if bold else words for words, bold in lines))


def headings(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.heading_level]


@pytest.mark.parametrize("read", [of_word, of_page, of_text])
def test_bold_lines_without_numbers_are_headings(
    read: Callable[[Lines, Path], Document], tmp_path: Path
) -> None:
    assert headings(read(LINES, tmp_path)) == ["指导思想", "主要任务"]


@pytest.mark.parametrize("read", [of_word, of_page, of_text])
@pytest.mark.parametrize(
    "more",
    [
        (("一、工作要求", True), ("落实责任。", False)),
        (("（一）落实责任。明确专人。", False),),
        tuple((f"要点之{count}", True) for count in "甲乙丙丁戊己庚辛壬癸"),
    ],
)
def test_bold_is_emphasis_where_numbers_order_the_document_or_all_is_bold(
    read: Callable[[Lines, Path], Document], more: Lines, tmp_path: Path
) -> None:
    assert headings(read(LINES + more, tmp_path)) == []
