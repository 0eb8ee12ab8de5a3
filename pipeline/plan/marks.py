"""Marks of secrecy 密级标志 on a document.

Hides: how 秘密, 机密, ★, 工作秘密 and 内部资料 are printed, and where a mark is told from a sentence
that only speaks of secrets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.errors import XuanjianError
from pipeline.plan.cleaning import Line
from pipeline.plan.model import Doubt, Plan

__all__ = ["find_marks", "mark_in_cell", "refuse_secret"]

_MARK = re.compile(
    r"(?:密\s*级\s*[:：]?\s*)?(?:绝\s*密|机\s*密|秘\s*密)\s*(?:[★☆*]\s*.{0,12}|[（(].{1,10}[）)])?"
    r"|[★☆]\s*(?:长期|\d{1,2}\s*年|启封|解密).{0,8}"
    r"|[【\[（(]?\s*工作\s*秘密\s*[】\]）)]?.{0,10}"
    r"|[【\[（(]?\s*(?:内部(?:资料|文件|材料|使用|参考)|内部(?:资料|文件)\s*.{0,4}(?:注意保存|妥善保管|严禁外传|不得外传|请勿外传))\s*[】\]）)]?.{0,14}"
    r"|.{0,8}(?:严禁外传|不得外传|注意保密|不予公开|不宜公开).{0,4}"
)
_INLINE = re.compile(r"(?:绝密|机密|秘密)\s*★\s*.{0,6}|★\s*(?:绝密|机密|秘密)")
_INTERNAL = r"绝密|机密|秘密|工作秘密|内部(?:资料|文件|材料)"
_IN_CELL = re.compile(
    rf"^\s*(?:密\s*级\s*[:：]?\s*)?(?:{_INTERNAL})\s*(?:[（(][^（）()]{{1,10}}[）)])?\s*$"
    rf"|[【\[（(]\s*(?:{_INTERNAL})(?:[\s:：，,、][^】\])）]{{0,14}})?\s*[】\]）)]"
    r"|内部(?:资料|文件|材料)[^。]{0,4}(?:注意保存|妥善保管|严禁外传|不得外传|请勿外传)"
    r"|[★☆]",
    re.MULTILINE,
)
"""In a cell of a table, where 商业秘密保护 and 工作秘密管理培训 are what news is about."""
HEAD, FOOT, LONGEST = 15, 6, 30


def find_marks(lines: Sequence[Line], dropped: Sequence[str] = ()) -> tuple[Doubt, ...]:
    """A doubt for every mark on a line of its own at the top or bottom, or at a page's edge."""
    found: list[Doubt] = []
    for line in (*lines[:HEAD], *lines[max(HEAD, len(lines) - FOOT) :]):
        if _is_mark(line.text) or _INLINE.search(line.text[:60]):
            found.append(_doubt(line.text, (line.start, line.end)))
    found += [_doubt(text, (0, 0)) for text in dropped if _is_mark(text)]
    return tuple(found)


def mark_in_cell(text: str) -> str:
    """The mark of secrecy in a cell of a table or a field of a form; '' for none.

    >>> mark_in_cell("（内部资料）要情"), mark_in_cell("商业秘密保护培训")
    ('（内部资料）', '')
    """
    found = _IN_CELL.search(text)
    return found.group().strip() if found else ""


def refuse_secret(plan: Plan) -> None:
    """Refuse to store a marked document.

    Raises:
        XuanjianError: ``document-secret``.
    """
    marked = next((doubt for doubt in plan.doubts if doubt.slug == "marked-secret"), None)
    if marked is not None:
        raise XuanjianError(
            f"{plan.title or 'the document'} is not stored: {marked.what}",
            "document-secret",
            "Marked documents do not belong in this system. If the mark is no mark of secrecy, write a "
            "plan file (xuanjian plan read FILE -o PLAN.toml), take that doubt out of it, and use that.",
        )


def _is_mark(text: str) -> bool:
    bare = text.strip()
    return len(bare) <= LONGEST and _MARK.fullmatch(bare) is not None


def _doubt(text: str, span: tuple[int, int]) -> Doubt:
    what = f"文件带有密级或内部标志“{text.strip()[:30]}”，不得入库"
    return Doubt(span=span, what=what, slug="marked-secret")
