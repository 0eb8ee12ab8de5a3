"""Word files made from a plan's text, as an office would have typed them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from pipeline.plan.numbers import Mark, read_mark

FORMATS = {
    "dun": ("chineseCountingThousand", "%1、"),
    "paren": ("chineseCountingThousand", "（%1）"),
    "digit": ("decimal", "%1."),
    "digit_paren": ("decimal", "（%1）"),
    "chapter": ("chineseCountingThousand", "第%1章 "),
    "section": ("chineseCountingThousand", "第%1节 "),
}
"""Families of numbers that Word makes itself; others stay typed."""


def write_typed(lines: list[str], path: Path) -> Path:
    """A Word file with every number typed, as in the text."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def write_numbered(lines: list[str], levels: dict[str, int], path: Path) -> Path:
    """A Word file whose numbers are automatic and whose headings wear heading styles.

    Args:
        levels: the level of every heading that has a line to itself.
    """
    document = docx.Document()
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    made: dict[tuple[str, int], int] = {}
    for identifier, family in enumerate(FORMATS, 1):
        root.append(_abstract(identifier, *FORMATS[family]))
    for line in lines:
        mark = read_mark(line)
        level = levels.get(line, 0)
        automatic = mark is not None and mark.family in FORMATS and mark.value > 0
        words = line[mark.end :] if mark is not None and automatic else line
        style = f"Heading {level}" if 0 < level < 10 else None
        paragraph = document.add_paragraph(words, style=style)
        if mark is not None and automatic:
            _number(paragraph, _list_for(root, mark, made))
    document.save(str(path))
    return path


def _abstract(identifier: int, form: str, text: str) -> Any:
    return parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identifier}"><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        "</w:abstractNum>"
    )


def _list_for(root: Any, mark: Mark, made: dict[tuple[str, int], int]) -> int:
    """A list that starts at the number; every heading is one list, as after much editing."""
    identifier = len(made) + 1
    made[mark.family, identifier] = identifier
    abstract = list(FORMATS).index(mark.family) + 1
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{identifier}"><w:abstractNumId w:val="{abstract}"/>'
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{mark.value}"/></w:lvlOverride></w:num>'
        )
    )
    return identifier


def _number(paragraph: Any, identifier: int) -> None:
    properties = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", 0), ("w:numId", identifier)):
        element = OxmlElement(tag)
        element.set(qn("w:val"), str(value))
        properties.append(element)
    paragraph._p.get_or_add_pPr().append(properties)
