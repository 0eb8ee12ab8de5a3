"""Phone numbers 电话号码 in text, and how they are masked before a person's number is printed.

Hides: what is a number to call: mobile numbers, numbers with an area code, service numbers, and
short ones that stand behind a word such as 电话. Figures, days and identifiers are not.
"""

from __future__ import annotations

import re

__all__ = ["masked_phones"]

_DIGIT = "0-9０-９"
_GAP = r"[ \-－—–]?"
_CALLED = re.compile(
    rf"(?<![{_DIGIT}])(?:"
    rf"[1１][3-9３-９][{_DIGIT}]{_GAP}[{_DIGIT}]{{4}}{_GAP}[{_DIGIT}]{{4}}"  # mobile
    rf"|[（(]?[0０][{_DIGIT}]{{2,3}}[）)]?{_GAP}[{_DIGIT}]{{7,8}}"  # with area code
    rf"|[48４８][0０]{{2}}{_GAP}[{_DIGIT}]{{3,4}}{_GAP}[{_DIGIT}]{{3,4}}"  # 400 and 800
    rf")(?![{_DIGIT}])"
)
_NAMED = re.compile(
    rf"((?:电话|热线|手机|传真|座机|微信号?|联系方式|咨询|致电|拨打)[^。；;\n{_DIGIT}]{{0,8}})"
    rf"([{_DIGIT}]{{3,4}}{_GAP}[{_DIGIT}]{{4}})(?![{_DIGIT}])"
)
_KEPT_BEFORE, _KEPT_BEHIND = 3, 2


def masked_phones(text: str) -> tuple[str, int]:
    """``text`` with every phone number's middle as stars, and how many there were.

    >>> masked_phones("联系人王某，13812345678，办公电话8589860。2021年投入1380万元。")
    ('联系人王某，138******78，办公电话858**60。2021年投入1380万元。', 2)
    >>> masked_phones("咨询 0371-63526780")
    ('咨询 037*-******80', 1)
    """
    text, called = _CALLED.subn(lambda found: _stars(found[0]), text)
    text, named = _NAMED.subn(lambda found: found[1] + _stars(found[2]), text)
    return text, called + named


def _stars(number: str) -> str:
    digits = [place for place, sign in enumerate(number) if sign.isdecimal()]
    hidden = set(digits[_KEPT_BEFORE : len(digits) - _KEPT_BEHIND])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(number))
