"""HTML text to a tree and its visible lines.

Hides: what real pages do to HTML (several ``</html>``, nested documents, server tags, hidden
elements) and which elements end a line. A ``Line`` is what a reader would see as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element

__all__ = [
    "Element",
    "Line",
    "RuleError",
    "all_text",
    "compile_rule",
    "hidden_parts",
    "lines",
    "parse",
    "select",
    "text_of",
]

_ENDS = re.compile(r"</(?:html|body)\s*>|<!DOCTYPE[^>]{0,2000}>|<\?xml[^>]{0,2000}\?>", re.I)
_LONG_TAG = 20_000
_MANY_ATTRIBUTES = re.compile(rf"<(\w+)[^<>]{{{_LONG_TAG},}}>")
"""libxml2 compares every attribute of a tag with every other."""
_LONGEST_STYLE = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
"""What ends a line; any other element, known or made up by a site, stands inside one."""
_SKIP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "select",
        "option",
        "button",
        "textarea",
        "input",
        "head",
        "link",
        "meta",
        "title",
        "base",
        "svg",
        "canvas",
        "map",
        "audio",
        "video",
        "frame",
        "frameset",
        "noframes",
    ]
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top|right)\s*:\s*-\d{3,}|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:max-)?height\s*:\s*[01](?:px)?\s*;[^\"]*overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden\s*;[^\"]*(?:max-)?height\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.I,
)
_HIDING_CLASS = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u3000\u2002\u2003\u200b]+")
# Not lxml.html's parser: it asks Python for the class of every element (a tenth of reading a page).
_PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
_STYLED = etree.XPath("descendant-or-self::*[@style or @hidden]")
_CLASSED = etree.XPath("descendant-or-self::*[@class]")


class RuleError(ValueError):
    """A CSS or XPath rule that cannot be used."""


@lru_cache(maxsize=512)
def compile_rule(rule: str) -> etree.XPath:
    """Make a rule usable: XPath when it begins with ``/``, ``./`` or ``(``, else CSS.

    Raises:
        RuleError: it is neither; says why.
    """
    try:
        if rule.startswith(("/", "./", "(")):
            return etree.XPath(rule)
        return CSSSelector(rule, translator="html")
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise RuleError(str(error)) from error


def select(root: Element, rule: str) -> list[Element]:
    """The elements ``rule`` finds, in document order."""
    found = compile_rule(rule)(root)
    if not isinstance(found, list):
        return []
    return [node for node in found if isinstance(node, etree._Element)]


def parse(text: str) -> Element:
    """The tree of a page; always one, even for a page of nothing."""
    cleaned = _ENDS.sub(" ", _without_server_tags(text))
    if len(cleaned) > _LONG_TAG:
        cleaned = _MANY_ATTRIBUTES.sub(r"<\1>", cleaned)
    cleaned = _CONTROL.sub("", cleaned)
    if not cleaned.strip():
        cleaned = "<html><body></body></html>"
    try:
        root = etree.fromstring(cleaned.encode("utf-8", "replace"), parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        root = None
    return etree.fromstring(b"<html><body></body></html>", _PARSER) if root is None else root


def _without_server_tags(text: str) -> str:
    """``text`` without ``<% .. %>``; a search for each end, as a pattern may look for one that
    is not there from every beginning anew."""
    if "<%" not in text:
        return text
    kept, place = [], 0
    while (start := text.find("<%", place)) >= 0:
        end = text.find("%>", start)
        if end < 0:
            break
        kept.append(text[place:start])
        place = end + 2
    return " ".join([*kept, text[place:]])


def hidden_parts(root: Element) -> set[Element]:
    """Elements a reader never sees: hidden by style, attribute or an inline style sheet."""
    classes: set[str] = set()
    for sheet in root.iter("style"):
        for name, body in _HIDING_CLASS.findall(sheet.text or ""):
            if _HIDING.search(body[:_LONGEST_STYLE]) and "position" not in body:
                classes.add(name)
    found: set[Element] = set()
    for node in cast("list[Element]", _STYLED(root)):
        style = node.get("style")
        if node.get("hidden") is not None or (style and _HIDING.search(style[:_LONGEST_STYLE])):
            found.add(node)
    for node in cast("list[Element]", _CLASSED(root)) if classes else ():
        if classes.intersection((node.get("class") or "").split()):
            found.add(node)
    return found


@dataclass(slots=True)
class Line:
    """One visible line: its text, how many of its characters stand in links, the block
    element it belongs to. Cells of a data row are joined by tabs."""

    text: str
    links: int
    parent: Element
    heading: bool = False

    @property
    def plain(self) -> int:
        """Characters outside links."""
        return len(self.text) - self.links


class _Writer:
    """Collects text pieces into lines while the tree is walked."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.parts: list[str] = []
        self._links = 0
        self._heading = False
        self._parent: Element | None = None

    def add(self, text: str, place: _Place) -> None:
        if not self.parts:
            if text.isspace():
                return
            self._parent = place.block
        self.parts.append(text)
        if place.heading:
            self._heading = True
        if place.link:
            self._links += len(_SPACE.sub("", text))

    def cell(self) -> None:
        """Between two cells of one data row: a tab instead of a new line."""
        if self.parts:
            self.parts.append("\x01")

    def end(self) -> None:
        if self.parts and self._parent is not None:
            text = _SPACE.sub(" ", "".join(self.parts)).strip()
            if "\x01" in text:
                text = _CELL.sub("\t", text).strip()
            if text:
                self.lines.append(
                    Line(text, min(self._links, len(text)), self._parent, self._heading)
                )
        self.parts = []
        self._links = 0
        self._heading = False
        self._parent = None


class _Place(NamedTuple):
    """Where a piece of text stands."""

    block: Element | None
    link: bool = False
    heading: bool = False
    row: bool = False
    ends: bool = False
    """Whether the line ends with the element that was entered here."""


_NOWHERE = _Place(None)


def lines(top: Element, hidden: set[Element] | None = None) -> list[Line]:
    """The visible lines under ``top``, in reading order.

    Cells of a data row are joined by tabs; cells that hold blocks are lines of their own.
    """
    hidden = hidden or set()
    writer = _Writer()
    place = _Place(top)
    outside: list[_Place] = []
    walk = etree.iterwalk(top, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        if event == "end":
            inside, place = place, outside.pop()
            if inside.ends and writer.parts:
                writer.end()
            if node.tail and node is not top:
                writer.add(node.tail, place)
            continue
        outside.append(place)
        if tag in _SKIP or tag == "br" or (node in hidden and node is not top):
            if tag == "br" or tag == "hr":
                writer.end()
            walk.skip_subtree()
            place = _NOWHERE
            continue
        if tag in _BLOCKS:
            in_row = place.row and (tag == "td" or tag == "th")
            ends = False
            if in_row:
                writer.cell()
            elif not (place.row and tag == "p"):
                ends = True
                if writer.parts:
                    writer.end()
            row = in_row or (tag == "tr" and _is_data_row(node))
            place = _Place(node, place.link, place.heading or tag in _HEADINGS, row, ends)
        elif tag == "a" and not place.link:
            place = _Place(place.block, True, place.heading)
        elif place.ends:
            place = _Place(place.block, place.link, place.heading, place.row)
        if node.text:
            writer.add(node.text, place)
    writer.end()
    return writer.lines


_CELL = re.compile(r"(?: *\x01)+ *")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LAYOUT = frozenset(("table", "ul", "ol", "div", "script", "br", "dl", "h1", "h2", "h3", "hr"))


def _is_data_row(row: Element) -> bool:
    """A row that holds figures or names, not page layout."""
    if len(row) < 2:
        return False
    for cell in row:
        paragraphs = 0
        for node in cell.iter():
            if node.tag in _LAYOUT:
                return False
            if node.tag == "p":
                paragraphs += 1
                if paragraphs > 1:
                    return False
    return True


def all_text(node: Element) -> str:
    """All text under ``node``, hidden or not, as it stands."""
    if not len(node):
        return node.text or ""
    return "".join(cast("Iterable[str]", node.itertext()))


def text_of(node: Element, hidden: set[Element] | None = None) -> str:
    """All visible text of ``node`` on one line."""
    return " ".join(line.text.replace("\t", " ") for line in lines(node, hidden))
