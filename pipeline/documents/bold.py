"""Paragraphs in bold as the headings of a document that numbers none.

Hides: when bold is a heading, and not emphasis, a title or a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.documents.blocks import Block

__all__ = ["with_bold_headings"]

LONGEST = 30
FEWEST = 2
MOST_SHARE = 0.5
"""Of all paragraphs: a document set in bold throughout has no headings by it."""

_NUMBERED = re.compile(
    r"第\s*[一二三四五六七八九十百]+\s*[章节条部]|[一二三四五六七八九十]{1,3}\s*[、.．]|[（(]\s*[一二三四五六七八九十]{1,3}\s*[）)]"
    r"|\d{1,2}(?:[.．]\d{1,2})+\s"
)
_ENDS = re.compile(r"[。；;，,、！？]$|[：:].|^(?:附\s*件|目\s*录|此件|抄送|主题词)")
"""A sentence, a label with its value, or what stands around a document."""
_TITLE = re.compile(
    r"(?:方案|规划|计划|要点|意见|办法|措施|通知|安排|预案|制度|规定)(?:[（(].{1,20}[）)])?$"
)
_DIGIT = re.compile(r"[（(]?\d{1,3}\s*[.．、）)]|\d{2,4}年")


def with_bold_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """``blocks`` with heading levels on bold lines, where nothing else orders the document."""
    ordered = any(
        block.number or block.heading_level or _NUMBERED.match(_plain(block)) for block in blocks
    )
    worded = [block for block in blocks if block.kind == "paragraph" and not block.furniture]
    marked = [index for index, block in enumerate(blocks) if _may_be_heading(block)]
    if marked and (marked[0] == 0 or _TITLE.search(_plain(blocks[marked[0]]))):
        marked = marked[1:]
    if ordered or not FEWEST <= len(marked) <= MOST_SHARE * len(worded):
        return tuple(blocks)
    chosen = set(marked)
    return tuple(
        replace(block, heading_level=1, text=_plain(block)) if index in chosen else block
        for index, block in enumerate(blocks)
    )


def _plain(block: Block) -> str:
    """The words without the marks of bold in Markdown and a colon behind."""
    return block.text.strip("* \u3000").rstrip("：: ")


def _may_be_heading(block: Block) -> bool:
    return (
        block.bold
        and block.kind == "paragraph"
        and not block.furniture
        and 2 <= len(_plain(block)) <= LONGEST
        and _ENDS.search(_plain(block)) is None
        and _DIGIT.match(_plain(block)) is None
    )
