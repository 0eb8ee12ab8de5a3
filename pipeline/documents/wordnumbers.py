"""Word's automatic numbers 自动编号, which are not in the text.

Hides: numbering.xml, the style chain that leads to it, the counters, and how Chinese and
other numerals are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["WORD", "Numbering", "chinese_numeral"]

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = WORD + "val"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
MAX_LEVEL = 9
LONGEST_PATTERN = 60
"""Characters of a level's pattern (``第%1章``) that are kept: every paragraph repeats it."""


@dataclass
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    style: str = ""

    def restarts_after(self, depth: int, own: int) -> bool:
        """Whether this level, which is level ``own``, counts anew after one of level ``depth``."""
        return depth < own if self.restart is None else depth < min(self.restart, own)


@dataclass
class _List:
    abstract: str
    levels: dict[int, _Level]
    overrides: dict[int, int] = field(default_factory=dict)

    def start(self, depth: int) -> int:
        level = self.levels.get(depth, _Level())
        return self.overrides.get(depth, level.start)


class Numbering:
    """The counters of one document; ask once for every paragraph, in order."""

    def __init__(self, root: Any, styles: Any) -> None:
        self._styles = {
            style.get(WORD + "styleId"): style
            for style in (styles if styles is not None else ())
            if style.tag == WORD + "style" and style.get(WORD + "styleId")
        }
        self._lists = _read_lists(root) if root is not None else {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()

    def number_of(self, paragraph: Any) -> str:
        """The printed number of ``paragraph``, counting it; '' for none or a bullet."""
        list_id, depth = self._list_of(paragraph)
        numbered = self._lists.get(list_id)
        if numbered is None or depth not in numbered.levels:
            return ""
        counters = self._counters.setdefault(numbered.abstract, {})
        if list_id not in self._started:
            self._started.add(list_id)
            for overridden, start in numbered.overrides.items():
                counters[overridden] = start - 1
        counters[depth] = counters.get(depth, numbered.start(depth) - 1) + 1
        for deeper in [d for d in counters if d > depth]:
            if numbered.levels.get(deeper, _Level()).restarts_after(depth, deeper):
                del counters[deeper]
        return self._written(numbered, depth, counters)

    @staticmethod
    def _written(numbered: _List, depth: int, counters: dict[int, int]) -> str:
        level = numbered.levels[depth]
        if level.format in ("bullet", "none"):
            return ""

        def value(match: re.Match[str]) -> str:
            which = int(match.group(1)) - 1
            other = numbered.levels.get(which, _Level())
            count = counters.get(which, numbered.start(which))
            return _numeral(count, "decimal" if level.legal else other.format)

        return re.sub(r"%([1-9])", value, level.text).strip()

    def heading_level(self, paragraph: Any) -> int:
        """1 to 9 for a heading style or outline level, else 0."""
        for style, properties in self._chain(paragraph):
            outline = properties.find(WORD + "outlineLvl") if properties is not None else None
            if outline is not None:
                level = _number(outline.get(_VALUE))
                return level + 1 if 0 <= level < MAX_LEVEL else 0
            # Word knows its own headings by name, whatever their style says or leaves out.
            name = self._styles[style].find(WORD + "name") if style else None
            if name is not None and (built_in := _HEADING.fullmatch(name.get(_VALUE, ""))):
                return int(built_in.group(1))
        return 0

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        depth = -1
        for style, properties in self._chain(paragraph):
            numbered = properties.find(WORD + "numPr") if properties is not None else None
            if numbered is None:
                continue
            identifier, level = numbered.find(WORD + "numId"), numbered.find(WORD + "ilvl")
            if depth < 0 and level is not None:
                depth = _number(level.get(_VALUE))
            if identifier is None:
                continue
            list_id = identifier.get(_VALUE) or ""
            if style and depth < 0 and (found := self._lists.get(list_id)) is not None:
                # The level of a style is the one that names the style.
                named = [at for at, level in found.levels.items() if level.style == style]
                depth = named[0] if named else 0
            return list_id, max(depth, 0)
        return "", 0

    def _chain(self, paragraph: Any) -> list[tuple[str, Any]]:
        """Paragraph properties, then those of its style and the styles it is based on, each with
        the style's name, '' for the paragraph itself; properties may be None."""
        properties = paragraph.find(WORD + "pPr")
        found: list[tuple[str, Any]] = [("", properties)]
        style = properties.find(WORD + "pStyle") if properties is not None else None
        name = style.get(_VALUE) if style is not None else None
        seen: set[str] = set()
        while name is not None and name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            found.append((name, style.find(WORD + "pPr")))
            based = style.find(WORD + "basedOn")
            name = based.get(_VALUE) if based is not None else None
        return found


def _number(text: str | None, default: int = 0) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else default


def _read_level(element: Any) -> _Level:
    level = _Level()
    # A format only new programs know is stored beside one that all know.
    for child in element.iter():
        value = child.get(_VALUE)
        if child.tag == WORD + "start":
            level.start = _number(value, 1)
        elif child.tag == WORD + "numFmt":
            level.format = value or "decimal"
        elif child.tag == WORD + "pStyle":
            level.style = value or ""
        elif child.tag == WORD + "lvlText":
            level.text = (value or "")[:LONGEST_PATTERN]
        elif child.tag == WORD + "isLgl":
            level.legal = value not in ("0", "false")
        elif child.tag == WORD + "lvlRestart":
            level.restart = _number(value)
    return level


def _read_levels(parent: Any) -> dict[int, _Level]:
    return {
        _number(lvl.get(WORD + "ilvl")): _read_level(lvl) for lvl in parent.findall(WORD + "lvl")
    }


def _read_lists(root: Any) -> dict[str, _List]:
    abstract = {
        element.get(WORD + "abstractNumId"): element
        for element in root.findall(WORD + "abstractNum")
    }
    named = {
        link.get(_VALUE): identifier
        for identifier, element in abstract.items()
        if (link := element.find(WORD + "styleLink")) is not None
    }
    levels: dict[str, dict[int, _Level]] = {}
    for identifier, element in abstract.items():
        # A list may be defined by a list style, whose levels stand in another list.
        link = element.find(WORD + "numStyleLink")
        source = named.get(link.get(_VALUE), identifier) if link is not None else identifier
        levels[identifier] = _read_levels(abstract[source])
    lists: dict[str, _List] = {}
    for element in root.findall(WORD + "num"):
        reference = element.find(WORD + "abstractNumId")
        name = reference.get(_VALUE) if reference is not None else ""
        numbered = _List(name, dict(levels.get(name, {})))
        for override in element.findall(WORD + "lvlOverride"):
            depth = _number(override.get(WORD + "ilvl"))
            start = override.find(WORD + "startOverride")
            if start is not None:
                numbered.overrides[depth] = _number(start.get(_VALUE), 1)
            for level in override.findall(WORD + "lvl"):
                numbered.levels[depth] = _read_level(level)
        lists[element.get(WORD + "numId") or ""] = numbered
    return lists


def _numeral(count: int, kind: str) -> str:
    if kind in (
        *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
        *("taiwaneseCountingThousand", "koreanCounting"),
    ):
        return chinese_numeral(count)
    if kind in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(count))
    if kind in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        legal = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
        return chinese_numeral(count).translate(legal)
    if kind == "decimalZero":
        return f"{count:02d}"
    if kind == "decimalFullWidth":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(count))
    if kind.startswith("decimalEnclosedCircle") and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    if kind == "ideographEnclosedCircle" and 1 <= count <= 10:
        return chr(0x3280 + count - 1)
    if kind == "decimalEnclosedParen":
        return f"({count})"
    if kind == "decimalEnclosedFullstop":
        return f"{count}."
    if kind == "ideographTraditional" and 1 <= count <= 10:
        return _STEMS[count - 1]
    if kind == "ideographZodiac" and 1 <= count <= 12:
        return _BRANCHES[count - 1]
    if kind in ("upperLetter", "lowerLetter") and 1 <= count <= 780:
        letter = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman"):
        return _roman(count) if kind == "upperRoman" else _roman(count).lower()
    return str(count)


def chinese_numeral(count: int) -> str:
    """1 to 9999 as counted in Chinese headings.

    >>> chinese_numeral(12), chinese_numeral(20), chinese_numeral(105)
    ('十二', '二十', '一百零五')
    """
    if not 0 < count < 10_000:
        return str(count)
    written, pending_zero = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = count // unit % 10
        if digit:
            written += ("零" if pending_zero else "") + _DIGITS[digit] + sign
            pending_zero = False
        elif written:
            pending_zero = True
    return written[1:] if written.startswith("一十") else written


def _roman(count: int) -> str:
    written = ""
    pairs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    for value, sign in pairs:
        written += sign * (count // value) if count < 5000 else ""
        count %= value
    return written
