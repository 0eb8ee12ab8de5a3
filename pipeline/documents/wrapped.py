"""Plain text broken at a fixed width, as one line a paragraph again.

Hides: how a text that some program wrapped (a PDF copied out, a mail, "text with line breaks") is
told from one with a line a paragraph, and where its paragraphs end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import east_asian_width

from pipeline.documents.blocks import Block

__all__ = ["whole_blocks", "whole_paragraphs"]

FEWEST_FULL = 8
FEWEST_FULL_SHARE = 0.25
"""Lines of full width among all that have words: 49 documents wrapped at 38 characters have 0.31
and more (but for one that is a list of titles), as they are at most 0.04."""
FEWEST_BROKEN_SHARE = 0.7
"""Full lines that stop within a sentence: 0.82 and more of them there."""
NARROWEST, WIDEST = 16, 60
"""Full-width characters a line holds."""
RAGGED = 2
"""Full-width characters a line may be short of the width: no line starts with a full stop."""

NEARLY_ALL = 0.95
_MARGIN = re.compile(r"(?:>[ \t]?)+|[ \t]+")
_END = "。！？!?；;：:"
_INDENT = re.compile(r"[\u3000\xa0\u2002\u2003]|  |\t")
_NUMBERED = re.compile(
    r"第\s*[一二三四五六七八九十百零〇\d]+\s*[章节条篇]|[（(]\s*(?:[一二三四五六七八九十百]+|\d{1,2})\s*[）)]"
    r"|[一二三四五六七八九十]{1,3}\s?、|\d{1,3}\s?[.．、](?!\d)|第[一二三四五]阶段|\d{1,2}(?:[.．]\d{1,2}){1,3}[\s\u3000]|[①-⑳]|专\s?栏\s?\d|附\s?件"
    r"|[—–]{2}|#{1,6} "
)
_RUNS_ON = re.compile("[、，和与及或第的]$")
_PAGE = re.compile(
    r"[-—–·\s]{1,3}\d{1,4}[-—–·\s]{1,3}|第\s?\d{1,4}\s?页(?:[，,/\s]*共\s?\d{1,4}\s?页)?"
)


def whole_paragraphs(lines: Sequence[str]) -> list[str] | None:
    """The lines of a wrapped text joined to paragraphs; None for any other text.

    Numbers of pages on lines of their own are left out.
    """
    lines = _close_together(_without_margin(lines))
    wrapping = _wrapping(lines)
    if wrapping is None:
        return None
    paragraphs: list[str] = []
    above = ""
    for line in (line.rstrip() for line in lines if not _PAGE.fullmatch(line.strip())):
        if paragraphs and wrapping.goes_on(above, line):
            paragraphs[-1] += _gap(above, line) + line
        else:
            paragraphs.append(line)
        above = line
    return paragraphs


def _without_margin(lines: Sequence[str]) -> Sequence[str]:
    """The lines without a margin of blanks, or of the > of a mail, that all of them have."""
    worded = [line for line in lines if line.strip()]
    margins = [margin[0] for line in worded if (margin := _MARGIN.match(line))]
    shortest = min(margins, key=len, default="")
    having = sum(1 for line in worded if line.startswith(shortest))
    if not shortest or having < NEARLY_ALL * len(worded):
        return lines
    return [line.removeprefix(shortest) if line.strip("> \t") else "" for line in lines]


def _close_together(lines: Sequence[str]) -> Sequence[str]:
    """The lines of a text set with a blank line behind every line, without the blank ones."""
    worded = [index for index, line in enumerate(lines) if line.strip()]
    apart = sum(1 for above, below in pairwise(worded) if below - above > 1)
    return [lines[index] for index in worded] if apart >= NEARLY_ALL * len(worded) else lines


def whole_blocks(blocks: Sequence[Block]) -> tuple[Block, ...] | None:
    """The same for a Word file or page made of a wrapped text, where each line is a paragraph."""
    wrapping = _wrapping([block.text for block in blocks if _is_plain(block)])
    if wrapping is None:
        return None
    whole: list[Block] = []
    above = ""
    for block in blocks:
        if not _is_plain(block):
            whole.append(block)
            above = ""
        elif not _PAGE.fullmatch(block.text):
            if wrapping.goes_on(above, block.text):
                whole[-1] = replace(
                    whole[-1], text=whole[-1].text + _gap(above, block.text) + block.text
                )
            else:
                whole.append(block)
            above = block.text
    return tuple(whole)


def _is_plain(block: Block) -> bool:
    return (
        block.kind == "paragraph"
        and not block.heading_level
        and not block.number
        and not block.furniture
    )


def _gap(above: str, line: str) -> str:
    return " " if re.search("[A-Za-z]$", above) and re.match("[A-Za-z]", line) else ""


@dataclass(frozen=True)
class _Wrapping:
    """How a text is wrapped: so wide, in this measure."""

    measure: Callable[[str], float]
    full: float

    def goes_on(self, above: str, line: str) -> bool:
        """Whether ``line`` is of the paragraph of the line above it."""
        if not above.strip() or not line.strip() or "\t" in line or "\t" in above.strip():
            return False
        if self.measure(above) < self.full - RAGGED or _INDENT.match(line):
            return False
        return _NUMBERED.match(line) is None or _RUNS_ON.search(above) is not None


def _wrapping(lines: Sequence[str]) -> _Wrapping | None:
    found = [
        (share, _Wrapping(measure, full))
        for measure in (_count, _width)
        for share, full in _full_width(lines, measure)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _width(line: str) -> float:
    """In full-width characters, as a fixed-width type shows it."""
    return sum(1.0 if east_asian_width(one) in "WFA" else 0.5 for one in line)


def _count(line: str) -> float:
    return float(len(line))


def _full_width(
    lines: Sequence[str], measure: Callable[[str], float]
) -> Iterator[tuple[float, float]]:
    """The share of full lines and the width the text is wrapped at, where it is."""
    worded = [line.rstrip() for line in lines if line.strip() and "\t" not in line.strip()]
    if len(worded) < FEWEST_FULL:
        return
    widths = sorted(map(measure, worded))
    full = widths[-1 - len(widths) // 50]  # a table or an address may stand out
    if not NARROWEST <= full <= WIDEST or widths[-1] > 2 * full:
        return
    broken = [line for line in worded if full - RAGGED <= measure(line) <= full]
    share = len(broken) / len(worded)
    within = sum(1 for line in broken if line[-1] not in _END)
    if (
        len(broken) >= FEWEST_FULL
        and share >= FEWEST_FULL_SHARE
        and within >= FEWEST_BROKEN_SHARE * len(broken)
    ):
        yield share, full
