"""Lists of names in a sentence or a cell: 宣教科、各县（市、区）应急局，办公室.

Hides: that what stands in brackets is not divided, in time that grows with the length only.
"""

from __future__ import annotations

__all__ = ["divided"]

_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_DEEPEST = 20
"""A bracket left open longer than this many characters was never meant to be closed."""


def divided(words: str, marks: str) -> list[tuple[str, str]]:
    """The parts of ``words`` between characters of ``marks``, each with the mark that ends it.

    >>> divided("甲科、乙局（东、西）和丙办", "、和")
    [('甲科', '、'), ('乙局（东、西）', '和'), ('丙办', '')]
    """
    found: list[tuple[str, str]] = []
    start, opened = 0, -1
    for place, character in enumerate(words):
        if character in _OPEN and opened < 0:
            opened = place
        elif character in _CLOSE:
            opened = -1
        elif character in marks and (opened < 0 or place - opened > _DEEPEST):
            found.append((words[start:place], character))
            start, opened = place + 1, -1
    found.append((words[start:], ""))
    return found
