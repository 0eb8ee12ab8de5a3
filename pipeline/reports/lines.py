"""How Chinese text is broken into the lines of a terminal.

Hides: where a line may end. Chinese has no spaces between words, so one looks for
punctuation first, then for a place between two characters; a figure keeps its measure word
(58 篇), and no line begins with a closing mark or ends with an opening one.
"""

from __future__ import annotations

import re

__all__ = ["wrap"]

_CLOSING = frozenset("，。；：、！？）》」』”’】〉…％%,.;:!?)]}")
_OPENING = frozenset("（《「『“‘【〈([{")
_AFTER = frozenset("，。；：、！？）》】")
"""After these a sentence may well be broken."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")

_GOOD, _FAIR, _POOR = 0, 1, 2
_HALF = 0.5
"""A better place to break is taken before a worse one if the line is at least so full."""


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns, at least one line.

    >>> wrap("机器归类 5 篇待复核，标准 3 篇，已核实 1 篇", 26)
    ['机器归类 5 篇待复核，', '标准 3 篇，已核实 1 篇']
    >>> wrap("要求达标线 3 家", 12)
    ['要求达标', '线 3 家']
    """
    from rich.cells import cell_len

    width = max(width, 8)
    lines = []
    rest = text.replace("\n", " ").replace("\t", " ").strip()
    while cell_len(rest) > width:
        used = [0]
        for sign in rest:
            used.append(used[-1] + cell_len(sign))
            if used[-1] > width:
                break
        fits = len(used) - 2
        at = _best(rest, fits, used, width)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, rest]


def _best(text: str, fits: int, used: list[int], width: int) -> int:
    """Where to end a line of which ``fits`` characters have room."""
    by_quality: dict[int, int] = {}
    for at in range(1, fits + 1):
        quality = _quality(text, at)
        if quality is not None:
            by_quality[quality] = at
    for quality in (_GOOD, _FAIR, _POOR):
        at = by_quality.get(quality, 0)
        if used[at] >= _HALF * width:
            return at
    return max(by_quality.values(), default=max(fits, 1))


def _quality(text: str, at: int) -> int | None:
    """How good a break before ``text[at]`` is; None where there can be none."""
    before, after = text[at - 1], text[at]
    if after in _CLOSING or after == " " or before in _OPENING:
        return None
    if before in _AFTER:
        return _GOOD
    if before == " ":
        left = text[at - 2] if at > 1 else " "
        if left in _AFTER:
            return _GOOD
        return _FAIR if _is_wide(left) and _is_wide(after) else _POOR
    if before.isdecimal() or after.isdecimal():
        return _POOR if _is_wide(before) or _is_wide(after) else None
    return _FAIR if _is_wide(before) or _is_wide(after) else None


def _is_wide(sign: str) -> bool:
    return bool(_WIDE.match(sign)) or sign in _OPENING or sign in _CLOSING
