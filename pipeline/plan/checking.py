"""What a person should look at first in a plan that was read.

Hides: which doubts matter most, and what is suspicious although no reader doubted it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pipeline.plan.in_force import overlaps
from pipeline.plan.model import Doubt, Plan, schemes, walk

__all__ = ["Remark", "check_plan"]

_FIRST = (
    "rules-overlap",
    *("marked-secret", "no-heading", "no-themes", "term-missing", "no-title", "numbers-skip"),
    *("numbers-restart", "another-document"),
    *(
        "tables-unread",
        "embedded-unread",
        "unit-without-theme",
        "theme-without-text",
        "total-differs",
        "total-missing",
    ),
    *("open-questions", "entries-from-paragraphs", "spam-removed", "word-restored"),
    *("mojibake-repaired", "bytes-damaged", "encoding-guessed", "number-mended"),
    *("number-restored", "term-inferred", "tracked-changes", "hidden-text", "second-copy"),
    *("macros-ignored", "contents-skipped"),
)
_ORDER = {slug: place for place, slug in enumerate(_FIRST)}


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at: where, what, and the words of the document it is about."""

    slug: str
    what: str
    place: str = ""
    quote: str = ""


def check_plan(plan: Plan, text: str = "") -> tuple[Remark, ...]:
    """All remarks, most important first; those of one kind and wording are told once.

    Args:
        text: the cleaned text the spans point into, for quotes; '' for a plan file.
    """
    remarks = [*_of_doubts(plan.doubts, text), *_of_content(plan)]
    remarks.sort(key=lambda remark: _ORDER.get(remark.slug, len(_ORDER)))
    return tuple(remarks)


def _of_doubts(doubts: tuple[Doubt, ...], text: str) -> Iterator[Remark]:
    grouped: dict[tuple[str, str], list[Doubt]] = {}
    for doubt in doubts:
        grouped.setdefault((doubt.slug, doubt.what), []).append(doubt)
    for (slug, what), group in grouped.items():
        start, end = group[0].span
        quote = text[start:end].split("\n", 1)[0][:40] if end > start else ""
        place = f"第 {text.count(chr(10), 0, start) + 1} 行" if text and end > start else ""
        times = f"（共 {len(group)} 处）" if len(group) > 1 else ""
        yield Remark(slug=slug, what=what + times, place=place, quote=quote)


def _of_content(plan: Plan) -> Iterator[Remark]:
    found = schemes(plan)
    if not found and plan.kind != "bulletin":
        yield Remark(slug="no-themes", what="没有可对照的条目（宣传重点、章、节或措施）")
    for nodes in found.values():
        for node in nodes:
            if not node.title and node.kind != "item":
                yield Remark(
                    slug="theme-without-text",
                    what="条目没有标题",
                    place=node.id,
                    quote=node.text[:30],
                )
            elif not node.text and not node.children and node.kind != "item":
                what = "条目只有标题，没有正文，归类依据少"
                yield Remark(
                    slug="theme-without-text", what=what, place=node.id, quote=node.title[:30]
                )
    if "focus_area" in found:
        for unit in plan.units:
            if not unit.theme:
                what = "采访单位没有对应的宣传重点"
                yield Remark(slug="unit-without-theme", what=what, quote=unit.name)
    for rule in plan.scoring:
        if rule.open_questions:
            what = "计分办法未明确，待定口径：" + "；".join(rule.open_questions)
            yield Remark(slug="open-questions", what=what, quote=rule.text[:40])
    for words in overlaps(plan.scoring):
        yield Remark(slug="rules-overlap", what="两条计分说明的施行日期重叠，不能计分", quote=words)
    yield from _numbers(plan)


def _numbers(plan: Plan) -> Iterator[Remark]:
    """Siblings whose printed numbers leave one out, or start again."""
    from pipeline.plan.numbers import read_mark

    for parent in (plan.nodes, *(node.children for node in walk(plan.nodes))):
        previous: tuple[str, int] | None = None
        for node in parent:
            mark = read_mark(node.number + "题") if node.number else None
            if mark is None:
                previous = None
                continue
            if previous is not None and previous[0] == mark.family and mark.value > previous[1] + 1:
                what = f"序号不连续：{node.number}之前缺少一项或多项"
                yield Remark(slug="numbers-skip", what=what, place=node.id, quote=node.title[:30])
            if previous is not None and previous[0] == mark.family and mark.value <= previous[1]:
                what = f"序号重复：{node.number}之前可能缺少上一级标题"
                yield Remark(
                    slug="numbers-restart", what=what, place=node.id, quote=node.title[:30]
                )
            previous = (mark.family, mark.value)
