"""Text and web pages to blocks: encodings, damaged bytes, lines and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.documents import Block, decode, document_of_text, read_document
from tests.documents.making import SENTENCE, refused, texts

TRADITIONAL = "科技創新發展規劃，推動產業升級與環境保護。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
def test_chinese_text_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(f"一、重点\r\n{SENTENCE}".encode(encoding))
    assert texts(path) == ["一、重点", SENTENCE]


def test_a_utf8_file_cut_in_mid_character_is_not_read_as_gbk() -> None:
    text, repairs = decode((SENTENCE * 50).encode()[:-1])
    assert text.startswith(SENTENCE * 49)
    assert [repair.slug for repair in repairs] == ["bytes-damaged"]


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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_recognised(encoding: str) -> None:
    text, repairs = decode(f"一、重点\r\n{SENTENCE}2025年".encode(encoding))
    assert text == f"一、重点\r\n{SENTENCE}2025年"
    assert [repair.slug for repair in repairs] == ["encoding-guessed"]


def test_big5_is_told_from_gb18030_which_takes_any_bytes() -> None:
    text, repairs = decode((TRADITIONAL * 3).encode("big5"))
    assert text == TRADITIONAL * 3
    assert [repair.slug for repair in repairs] == ["encoding-guessed"]


def test_gb18030_text_with_a_damaged_byte_is_still_read() -> None:
    raw = (SENTENCE * 30).encode("gb18030")
    text, repairs = decode(raw[:100] + b"\xff" + raw[100:-1])
    assert text.startswith(SENTENCE)
    assert text.count(SENTENCE) > 25
    assert [repair.slug for repair in repairs] == ["bytes-damaged"]


def test_halves_of_characters_are_removed_with_a_repair(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(f"一、重\ud800点\n{SENTENCE}".encode("utf-8", "surrogatepass"))
    document = read_document(path)
    assert [block.text for block in document.blocks] == ["一、重点", SENTENCE]
    assert [repair.slug for repair in document.repairs] == ["control-characters"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85", "\u2028", "\r\r\n"])
def test_every_kind_of_line_end_ends_a_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(end.join(["一、重点", SENTENCE, "二、要求"]).encode())
    assert texts(path) == ["一、重点", SENTENCE, "二、要求"]


def test_marks_at_the_start_of_joined_files_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes("\ufeff一、重点\n\ufeff二、要求".encode("utf-8-sig"))
    assert texts(path) == ["一、重点", "二、要求"]


@pytest.mark.parametrize(
    "raw", [bytes(range(256)) * 40, b"MZ\x90\x00" + bytes(range(128, 256)) * 9]
)
def test_a_program_named_txt_is_no_text(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(raw)
    assert refused(path).slug == "document-unreadable"


def test_a_page_saved_as_one_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.mht"
    path.write_bytes(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + f"<p>一、重点</p><p>{SENTENCE}</p>".encode("gb2312")
        + b"\r\n--b--\r\n"
    )
    assert texts(path) == ["一、重点", SENTENCE]


def test_a_web_page_named_doc_is_read_as_word_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.doc"
    path.write_text(f"<html><body><p>一、重点</p><p>{SENTENCE}</p></body></html>", encoding="utf-8")
    assert texts(path) == ["一、重点", SENTENCE]


def test_spans_of_a_table_beyond_all_measure_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text(
        f"<table><tr><td rowspan=999999999 colspan={'9' * 5000}>甲</td><td colspan=999999999>乙</td>"
        "</tr><tr><td>丙</td></tr></table>",
        encoding="utf-8",
    )
    (block,) = read_document(path).blocks
    assert [row[0] for row in block.rows] == ["甲", ""]
    assert max(map(len, block.rows)) < 200


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td"])
def test_a_page_nested_too_deep_is_refused_and_not_cut(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "plan.html"
    path.write_text(f"<{tag}>" * 5000 + SENTENCE, encoding="utf-8")
    assert "nested" in refused(path).message
