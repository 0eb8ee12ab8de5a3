"""The marks that number a heading: 第一章, 一、, （一）, 1., 1.1, ①, 专栏1.

Hides: how each family of number is written, in either width, and which family usually stands
above which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["RANKS", "Mark", "chinese_value", "read_bare_digit", "read_mark"]

_HAN = "一二三四五六七八九十百零〇两"
_LEGAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾貳參陸参叄", "一二三四五六七八九十二三六三三")
_DIGIT = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGIT.update({"〇": 0, "两": 2})

RANKS = {
    "part": 0,
    "chapter": 1,
    "section": 2,
    "legal": 2.5,
    "dun": 3,
    "paren": 4,
    "article": 4.2,
    "box": 4.5,
    "digit": 5,
    "multi": 5.5,
    "digit_paren": 6,
    "circle": 7,
}
"""Families of numbers, outermost first: what is ranked lower opens inside what is higher."""

_GRAMMAR: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (family, re.compile(pattern))
    for family, pattern in (
        ("part", rf"第\s*([{_HAN}]+|\d+)\s*(?:部分|篇|编)[\s:：、]*"),
        ("chapter", rf"第\s*([{_HAN}]+|\d+)\s*章[\s:：、]*"),
        ("section", rf"第\s*([{_HAN}]+|\d+)\s*节[\s:：、]*"),
        ("article", rf"第\s*([{_HAN}]+|\d+)\s*条[\s:：、]*"),
        ("box", r"专\s*栏\s*(\d+|[一二三四五六七八九十]+)[\s:：、]*"),
        ("legal", r"([壹贰叁肆伍陆柒捌玖拾參叄参貳陸]{1,3})\s?[、.．]\s*"),
        ("dun", rf"([{_HAN}]{{1,4}})\s?[、.．]\s*"),
        ("dun", r"([—–―─-])\s?、\s*"),
        ("paren", rf"[（(〔]\s*([{_HAN}]{{1,5}})\s*[）)〕]\s?[、.．]?\s*"),
        ("paren", r"[（(]([（()）])[）)]\s*"),
        ("digit_paren", r"[（(]\s*([0-9０-９]{1,3})\s*[）)]\s?[、.．]?\s*"),
        ("digit_paren", r"([0-9０-９]{1,2})[）)]\s?[、.．]?\s*"),
        ("multi", r"((?:\d{1,2}[.．]){1,3}\d{1,2})(?![\d%％.．万亿元倍家个项平年月日])[、\s]\s*"),
        (
            "digit",
            r"([0-9０-９]{1,3})\s?(?:、|[.．](?=20\d\d\s?年)|[.．](?![0-9０-９]|\s*\d+\s*[%％亿万]))\s*",
        ),
        ("circle", r"([①-⑳⑴-⒇])\s*"),
    )
)


@dataclass(frozen=True)
class Mark:
    """A number at the start of a line: its family, value, and how it is written."""

    family: str
    value: int
    written: str
    end: int
    """Offset in the line where the words after the number start."""
    depth: int = 0
    """For 1.1 zero, for 1.1.1 one, and so on."""

    @property
    def rank(self) -> float:
        """Smaller is further out."""
        return RANKS[self.family] + 0.1 * self.depth


def chinese_value(numeral: str) -> int:
    """The value of a Chinese or Arabic numeral; 0 when it is none.

    >>> chinese_value("十二"), chinese_value("二十"), chinese_value("一百零五"), chinese_value("7")
    (12, 20, 105, 7)
    """
    if numeral.isdecimal():
        return int(numeral)
    total, digit = 0, 0
    for character in numeral.translate(_LEGAL):
        if character == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif character == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif character in _DIGIT:
            digit = _DIGIT[character]
        else:
            return 0
    return total + digit


def read_mark(line: str) -> Mark | None:
    """The number ``line`` starts with, if it does.

    A dash for 一 (``—、``) is a mark of value 0: the reader of the outline restores it.
    """
    head = line[:40]
    if not head or head[0] not in _FIRST:
        return None
    for family, pattern in _GRAMMAR:
        match = pattern.match(head)
        if match is None:
            continue
        numeral = match.group(1)
        if family == "multi":
            parts = re.split("[.．]", numeral)
            return Mark(family, int(parts[-1]), match.group().strip(), match.end(), len(parts) - 2)
        if family == "circle":
            code = ord(numeral)
            value = code - (0x2460 if code <= 0x2473 else 0x2474) + 1
        else:
            value = chinese_value(numeral)
        return Mark(family, value, match.group().strip(" \t\u3000\xa0:："), match.end())
    return None


_BARE_DIGIT = re.compile(r"(\d{1,2})[ \t\u3000\xa0]{1,3}(?=[\u4e00-\u9fff][^。，；：]{1,24}$)")


def read_bare_digit(line: str) -> Mark | None:
    """The number of a short heading such as ``1　总则``, which no sign ends.

    Only for documents that number the next level 1.1: elsewhere it is a row of a table.
    """
    match = _BARE_DIGIT.match(line[:40])
    return Mark("digit", int(match[1]), match[1], match.end()) if match else None


_FIRST = frozenset(
    "第专（(〔—–―─-0123456789０１２３４５６７８９壹贰叁肆伍陆柒捌玖拾貳參陸参叄"
    + _HAN
    + "".join(chr(code) for code in (*range(0x2460, 0x2474), *range(0x2474, 0x2488)))
)
