"""A Word document 文档 (docx) as blocks.

Hides: what of the file's XML a reader of the printed page would see: accepted insertions, no
deletions, no hidden text, text boxes and notes behind their paragraph, frames as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.blocks import LINE_END, Block, Repair, unreadable
from pipeline.documents.package import Package
from pipeline.documents.wordnumbers import WORD, Numbering

__all__ = ["docx_blocks"]

MAX_SPAN = 60
"""Columns a cell may span; Word itself allows 63."""
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_VECTOR = "{urn:schemas-microsoft-com:vml}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATE = _COMPATIBILITY + "AlternateContent"
_BOX = WORD + "txbxContent"
# A moved paragraph stands in the text twice; ruby is the reading aid above a word.
_UNSEEN = {
    WORD + tag
    for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "rt", "txbxContent")
}
_TEXT = {WORD + "t", _MATH + "t"}
_BREAKS = {
    **dict.fromkeys((WORD + "br", WORD + "cr"), "\n"),
    **dict.fromkeys((WORD + "tab", WORD + "ptab"), "\t"),
    WORD + "noBreakHyphen": "-",
}
_WRAPPERS = {
    *(WORD + tag for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")),
    _ALTERNATE,
}


def docx_blocks(
    raw: bytes, name: str
) -> tuple[tuple[Block, ...], tuple[Repair, ...], tuple[str, ...]]:
    """Paragraphs and tables in document order, automatic numbers in words; repairs; the lines of
    headers and footers.

    Raises:
        BadInput: the package is damaged, encrypted, not Word's, or unpacks to too much.
    """
    package = Package(raw, name)
    part, root = package.main()
    body = root.find(WORD + "body")
    if body is None:
        raise unreadable(name, "it is not a sound Word document")
    trees = {
        kind: package.tree(found)
        for kind in ("numbering", "styles", "footnotes", "endnotes")
        if (found := next(package.related(part, kind), ""))
    }
    styles = trees.get("styles")
    notes = {
        kind + identifier: words
        for kind in ("footnote", "endnote")
        if f"{kind}s" in trees
        for identifier, words in _notes(trees[f"{kind}s"], kind)
    }
    edges = dict.fromkeys(
        words
        for kind in ("header", "footer")
        for edge in package.related(part, kind)
        for words in _edge_lines(package.tree(edge))
    )
    page = _Page(Numbering(trees.get("numbering"), styles), notes, _hiding_styles(styles))
    blocks = tuple(page.blocks(body))
    repairs = [*_left_out(body, page.hidden)]
    if package.ending("vbaproject.bin"):
        repairs.append(Repair(-1, "文件带有宏，未执行", "macros-ignored"))
    return blocks, tuple(repairs), tuple(edges)


@dataclass
class _Page:
    """What reading a document needs to know of it, and how much of it was hidden."""

    numbering: Numbering
    notes: dict[str, str]
    """Footnotes and endnotes by ``kind`` + id."""
    hiding: frozenset[str]
    """Styles whose text is hidden."""
    hidden: int = field(default=0)

    def blocks(self, parent: Any) -> Iterator[Block]:
        """The blocks below ``parent``, which is a body, a cell or a text box."""
        merged = ""
        for element in _content(parent):
            if element.tag == WORD + "tbl":
                yield from self._table(element)
                continue
            if _mark_is_deleted(element):
                # Its end was deleted: what is left of it runs into the next paragraph.
                merged += self._text(element)
                continue
            number = self.numbering.number_of(element)
            level = self.numbering.heading_level(element)
            bold = _is_bold(element)
            for line in LINE_END.split(merged + self._text(element)):
                if line.strip():
                    yield Block(text=line.strip(), heading_level=level, number=number, bold=bold)
                    number, level = "", 0
            merged = ""
            yield from self._beside(element)
        if merged.strip():
            yield Block(text=merged.strip())

    def _beside(self, element: Any) -> Iterator[Block]:
        """Text boxes and notes, read behind their paragraph so that they do not cut a sentence."""
        for box in _boxes(element):
            yield from self.blocks(box)
        for kind in ("footnote", "endnote"):
            for reference in element.iter(f"{WORD}{kind}Reference"):
                # A note of a text box has been read with the box.
                if note := self.notes.pop(kind + str(reference.get(WORD + "id")), ""):
                    yield Block(text=f"注：{note}")

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [row for row in _rows(table) if not _is_deleted(row, "trPr", ("del", "moveFrom"))]
        if max((len(list(_cells(row))) for row in rows), default=0) < 2:
            # One column is a frame drawn around text.
            for row in rows:
                for cell in _cells(row):
                    yield from self.blocks(cell)
            return
        yield Block("table", rows=tuple(tuple(self._row(row)) for row in rows))
        yield from self._beside(table)

    def _row(self, row: Any) -> Iterator[str]:
        """The words of a row; a merged cell has its words once and leaves the others empty, so
        that columns stay in line."""
        yield from [""] * _span(row.find(f"{WORD}trPr/{WORD}gridBefore"))
        for cell in _cells(row):
            merged = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            goes_on = merged is not None and merged.get(WORD + "val", "continue") == "continue"
            words = " ".join(
                self.numbering.number_of(paragraph) + self._text(paragraph)
                for paragraph in _paragraphs(cell)
            )
            yield "" if goes_on else re.sub(r"\s+", " ", words).strip()
            yield from [""] * (_span(cell.find(f"{WORD}tcPr/{WORD}gridSpan")) - 1)

    def _text(self, paragraph: Any) -> str:
        style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
        if style is not None and style.get(WORD + "val") in self.hiding:
            self.hidden += next(paragraph.iter(WORD + "t"), None) is not None
            return ""
        return "".join(self._words(paragraph))

    def _words(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag in _UNSEEN:
                continue
            if child.tag == WORD + "r" and self._is_hidden(child):
                self.hidden += 1
            elif child.tag in _TEXT:
                yield child.text or ""
            elif child.tag in _BREAKS:
                yield _BREAKS[child.tag]
            elif child.tag == WORD + "sym":
                yield _symbol(child.get(WORD + "char", ""))
            elif child.tag == _ALTERNATE:
                yield from self._words(_chosen(child))
            else:
                yield from self._words(child)

    def _is_hidden(self, run: Any) -> bool:
        properties = run.find(WORD + "rPr")
        if properties is None:
            return False
        vanish = properties.find(WORD + "vanish")
        if vanish is not None:
            return vanish.get(WORD + "val") not in ("0", "false", "off")
        style = properties.find(WORD + "rStyle")
        return style is not None and style.get(WORD + "val") in self.hiding


def _is_bold(paragraph: Any) -> bool:
    """Whether every run with words is set bold by hand."""
    runs = [run for run in paragraph.iter(WORD + "r") if run.find(WORD + "t") is not None]
    marks = [run.find(f"{WORD}rPr/{WORD}b") for run in runs]
    return bool(marks) and all(
        mark is not None and mark.get(WORD + "val") not in ("0", "false", "off") for mark in marks
    )


def _left_out(body: Any, hidden: int) -> Iterator[Repair]:
    """What is in the file but not on the printed page, or on it but not in the text."""
    deleted = sum(1 for _ in body.iter(WORD + "delText"))
    if deleted:
        what = f"修订痕迹按接受处理，略去删除 {deleted} 处"
        yield Repair(-1, what, "tracked-changes")
    if hidden:
        yield Repair(-1, f"略去隐藏文字 {hidden} 处", "hidden-text")
    embedded = sum(1 for _ in body.iter(WORD + "altChunk", WORD + "subDoc", WORD + "object"))
    if embedded:
        what = f"文件中嵌有其他文件或对象 {embedded} 个，其内容未读，请另存为正文后再读"
        yield Repair(-1, what, "embedded-unread")


def _notes(tree: Any, kind: str) -> Iterator[tuple[str, str]]:
    for note in tree.iter(WORD + kind):
        words = "".join(_plain(note))
        if words and note.get(WORD + "type") in (None, "normal"):
            yield str(note.get(WORD + "id")), words


def _edge_lines(tree: Any) -> Iterator[str]:
    """The lines of a header or footer, with what is written across the page as a watermark."""
    yield from _plain(tree)
    for path in tree.iter(_VECTOR + "textpath"):
        if words := path.get("string", "").strip():
            yield words


def _plain(tree: Any) -> Iterator[str]:
    page = _Page(Numbering(None, None), {}, frozenset())
    for paragraph in tree.iter(WORD + "p"):
        if words := re.sub(r"\s*\n\s*", "", page._text(paragraph)).strip():
            yield words


def _hiding_styles(styles: Any) -> frozenset[str]:
    """The styles whose text is hidden, by themselves or by one they are based on."""
    bases, hiding = {}, set()
    for style in styles.findall(WORD + "style") if styles is not None else ():
        identifier = style.get(WORD + "styleId")
        based = style.find(WORD + "basedOn")
        bases[identifier] = based.get(WORD + "val") if based is not None else None
        vanish = style.find(f"{WORD}rPr/{WORD}vanish")
        if vanish is not None:
            shown = vanish.get(WORD + "val") in ("0", "false", "off")
            bases[identifier] = None
            if not shown:
                hiding.add(identifier)
    for identifier in bases:
        seen, base = set(), bases[identifier]
        while base is not None and base not in seen:
            if base in hiding:
                hiding.add(identifier)
                break
            seen.add(base)
            base = bases.get(base)
    return frozenset(hiding)


def _chosen(alternate: Any) -> Any:
    """What Word shows of content that is stored twice, for new and for old programs."""
    choice = alternate.find(_COMPATIBILITY + "Choice")
    if choice is not None and len(choice):
        return choice
    fallback = alternate.find(_COMPATIBILITY + "Fallback")
    return alternate if fallback is None else fallback


def _content(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables below ``parent``, through content controls and insertions."""
    for child in _chosen(parent) if parent.tag == _ALTERNATE else parent:
        if child.tag in (WORD + "p", WORD + "tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _content(child)


def _boxes(element: Any) -> Iterator[Any]:
    """The text boxes in ``element``, not those within another box."""
    for child in _chosen(element) if element.tag == _ALTERNATE else element:
        if child.tag == _BOX:
            yield child
        else:
            yield from _boxes(child)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == WORD + "tr":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == WORD + "tc":
            if not _is_deleted(child, "tcPr", ("cellDel",)):
                yield child
        elif child.tag in _WRAPPERS:
            yield from _cells(child)


def _paragraphs(cell: Any) -> Iterator[Any]:
    """The paragraphs of a cell, and of tables within it."""
    for element in _content(cell):
        if element.tag == WORD + "p":
            yield element
        else:
            for row in _rows(element):
                for inner in _cells(row):
                    yield from _paragraphs(inner)


def _is_deleted(element: Any, properties: str, marks: tuple[str, ...]) -> bool:
    found = element.find(WORD + properties)
    return found is not None and any(found.find(WORD + mark) is not None for mark in marks)


def _mark_is_deleted(paragraph: Any) -> bool:
    properties = paragraph.find(WORD + "pPr")
    return properties is not None and _is_deleted(properties, "rPr", ("del", "moveFrom"))


def _symbol(code: str) -> str:
    """A character of a symbol font: the ringed figures of Wingdings, which number lists."""
    point = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{2,4}", code) else 0
    if 0xF081 <= point <= 0xF08A:
        return chr(0x2460 + point - 0xF081)
    return chr(point) if 0x20 <= point < 0xD800 else ""


def _span(element: Any) -> int:
    written = element.get(WORD + "val", "") if element is not None else ""
    return min(int(written), MAX_SPAN) if re.fullmatch(r"[0-9]{1,9}", written) else 0
