"""Word's automatic numbers, which are not in its text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.documents import read_document
from pipeline.documents.wordnumbers import chinese_numeral
from tests.documents.making import add, define, fill, numbered, paragraph, texts


def lists(*levels: str, more: str = "") -> str:
    """One list of levels in XML."""
    return (
        f'<w:abstractNum w:abstractNumId="1">{"".join(levels)}</w:abstractNum>{more}'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )


def level(depth: int, form: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
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


@pytest.mark.parametrize(
    ("count", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五")]
)
def test_chinese_numerals(count: int, written: str) -> None:
    assert chinese_numeral(count) == written


@pytest.mark.parametrize(
    ("form", "third"),
    [
        ("chineseCounting", "三"),
        ("chineseCountingThousand", "三"),
        ("japaneseCounting", "三"),
        ("ideographDigital", "三"),
        ("chineseLegalSimplified", "叁"),
        ("ideographTraditional", "丙"),
        ("ideographZodiac", "寅"),
        ("ideographEnclosedCircle", "㊂"),
        ("decimalEnclosedCircle", "③"),
        ("decimalEnclosedFullstop", "3."),
        ("decimalEnclosedParen", "(3)"),
        ("decimalFullWidth", "３"),
        ("decimalZero", "03"),
        ("upperLetter", "C"),
        ("lowerRoman", "iii"),
        ("someFormatOfTheFuture", "3"),
    ],
)
def test_every_kind_of_numeral(save: Callable[[WordDocument], Path], form: str, third: str) -> None:
    document = docx.Document()
    define(document, lists(level(0, form, "%1")))
    for words in "甲乙丙":
        add(document, words, 0)
    assert texts(save(document))[2] == third + "丙"


def test_levels_start_anew_where_the_list_says(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    restart = '<w:lvlRestart w:val="{}"/>'
    define(
        document,
        lists(
            level(0, "decimal", "%1"),
            level(1, "decimal", "%1.%2"),
            level(2, "decimal", "%1.%2.%3", restart.format(1)),
            level(3, "decimal", "（%4）", restart.format(0)),
        ),
    )
    for depth in (0, 1, 2, 3, 1, 2, 3, 0, 2, 3):
        add(document, "题", depth)
    assert [text[:-1] for text in texts(save(document))] == [
        "1", "1.1", "1.1.1", "（1）", "1.2", "1.2.2", "（2）", "2", "2.1.1", "（3）",
    ]  # fmt: skip


def test_an_override_sets_level_and_start(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    override = (
        '<w:num w:numId="{}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        "{}</w:lvlOverride></w:num>"
    )
    define(
        document,
        lists(level(0, "decimal", "%1."), level(1, "decimal", "%1.%2"))
        + override.format(2, '<w:startOverride w:val="5"/>')
        + override.format(3, level(0, "chineseCounting", "%1、")),
    )
    for words, depth, number in (
        ("甲", 0, 1),
        ("乙", 0, 2),
        ("丙", 1, 2),
        ("丁", 0, 2),
        ("戊", 0, 3),
    ):
        add(document, words, depth, number)
    assert texts(save(document)) == ["1.甲", "5.乙", "5.1丙", "6.丁", "七、戊"]


def style(document: WordDocument, identifier: str, name: str, more: str) -> None:
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{identifier}">'
            f'<w:name w:val="{name}"/>{more}</w:style>'
        )
    )


def test_styles_carry_numbers_to_the_styles_based_on_them(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    define(
        document,
        lists(
            level(0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="A"/>'),
            level(1, "decimal", "%1.%2", '<w:isLgl/><w:pStyle w:val="B"/>'),
        ),
    )
    in_list = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    style(document, "A", "章", in_list)
    style(document, "B", "节", in_list)
    style(document, "C", "节二", '<w:basedOn w:val="B"/>')
    style(document, "D", "D", '<w:basedOn w:val="D2"/>')
    style(document, "D2", "D2", '<w:basedOn w:val="D"/>')
    for words, name in (("甲", "A"), ("乙", "B"), ("丙", "C"), ("丁", "D"), ("戊", "A")):
        fill(document, paragraph(words, f'<w:pStyle w:val="{name}"/>'))
    off = '<w:pStyle w:val="A"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    fill(document, paragraph("无号", off))
    assert texts(save(document)) == ["第一章甲", "1.1乙", "1.2丙", "丁", "第二章戊", "无号"]


def test_a_list_may_be_defined_by_a_list_style(save: Callable[[WordDocument], Path]) -> None:
    document = docx.Document()
    linked = '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="L"/></w:abstractNum>'
    levels = '<w:styleLink w:val="L"/>' + level(0, "chineseCounting", "%1、")
    define(
        document,
        lists(levels, more=linked) + '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>',
    )
    add(document, "甲", 0, number=2)
    assert texts(save(document)) == ["一、甲"]


def test_headings_are_known_by_name_when_their_style_says_no_level(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    style(document, "2", "heading 2", "")
    style(document, "X", "我的标题", '<w:basedOn w:val="2"/>')
    fill(document, paragraph("甲", '<w:pStyle w:val="2"/>'))
    fill(document, paragraph("乙", '<w:pStyle w:val="X"/>'))
    fill(document, paragraph("丙", '<w:pStyle w:val="X"/><w:outlineLvl w:val="9"/>'))
    assert [block.heading_level for block in read_document(save(document)).blocks] == [2, 2, 0]


def test_a_pattern_of_a_million_characters_is_not_printed_on_every_line(
    save: Callable[[WordDocument], Path],
) -> None:
    document = docx.Document()
    define(document, lists(level(0, "decimal", "长" * 1_000_000 + "%1")))
    add(document, "甲", 0)
    assert len(texts(save(document))[0]) < 100
