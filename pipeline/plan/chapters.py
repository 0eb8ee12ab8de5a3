"""The nodes of a development plan 规划 or of work points 工作要点.

Hides: which level of an outline is called what, how ids are counted, which parts are not to be
mapped (situation 形势, principles 原则), and measures 举措 that have a title but no number.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.headings import LONGEST_LISTED
from pipeline.plan.model import NodeKind, PlanKind, PlanNode, walk
from pipeline.plan.numbers import Mark
from pipeline.plan.outline import Section, joined
from pipeline.plan.responsibility import assigned, names_lead_first

__all__ = ["PAST", "read_chapters"]

PAST = re.compile("形势|现状|背景|基础$|发展基础|回顾|成效|成就|成绩|进展|问题|机遇|挑战")
"""Titles of sections that tell what there is already."""

_BACKGROUND = re.compile(
    r"形势|现状|背景|基础|回顾|成效|问题|机遇|挑战|指导思想|总体(?:要求|思路|目标)|基本原则|重大意义|主要目标"
    r"|发展目标|工作目标|发展思路|总则|序言|前言"
)
_RUN_IN = re.compile(r"([^。！？：:；;—]{4,34})。(?=\S)")
_NOT_A_MEASURE = re.compile(
    r"(?:为|今年|近年|当前|以习近平|[一二三四五六七八九十]是|到?20\d\d年|同时|会议|根据|按照)"
)
LONGEST_LABEL = 15
"""Among numbered sentences a title is at most so long; of 24 plans with a careful outline none has
a longer one there."""
_CHAPTERED: tuple[NodeKind, ...] = ("chapter", "section", "subsection")


def read_chapters(sections: Sequence[Section], kind: PlanKind) -> tuple[PlanNode, ...]:
    """The nodes of an outline; kinds and ids follow the plan's kind and depth."""
    chaptered = kind == "development_plan" or any(
        section.mark is not None and section.mark.family in ("chapter", "part")
        for section in sections
    )
    sections = [_with_titles(section) for section in sections]
    depth = max((_depth(section) for section in sections), default=0)
    names = (
        _CHAPTERED
        if chaptered
        else ("section", "measure")
        if depth < 3
        else ("section", "subsection", "measure")
    )
    numbers = _outer_numbers(sections)
    nodes = tuple(
        _node(
            section,
            (number,),
            names,
            _is_background(section, order),
            measures=not chaptered and depth == 1,
        )
        for order, (section, number) in enumerate(zip(sections, numbers, strict=True))
    )
    first_leads = any(names_lead_first(node.text) for node in walk(nodes))
    return tuple(_with_offices(node, first_leads) for node in nodes)


def _with_offices(node: PlanNode, first_leads: bool) -> PlanNode:
    """``node`` and what is below it with the organs each is given to."""
    named = assigned(f"{node.title}\n{node.text}")
    lead, others = named.lead, named.responsible
    if first_leads and others and not lead:
        lead, others = others[:1], others[1:]
    return replace(
        node,
        lead_offices=lead,
        offices=others,
        children=tuple(_with_offices(child, first_leads) for child in node.children),
    )


def _with_titles(section: Section) -> Section:
    """``section`` with the titles below it told from sentences that are only numbered."""
    children = [_with_titles(child) for child in section.children]
    listed = [child for child in children if child.mark is not None and _is_listed(child.mark)]
    sentences = [child for child in listed if _is_sentence(child)]
    long = [child for child in sentences if len(child.title or child.whole) > LONGEST_LISTED]
    if long and len(sentences) >= len(listed) / 2:
        long = [child for child in listed if child in sentences or not _is_label(child)]
    return dataclasses.replace(
        section,
        children=tuple(
            _untitled(child) if child in long and child.title else child for child in children
        ),
    )


def _is_listed(mark: Mark) -> bool:
    return mark.family in ("legal", "dun", "paren", "digit", "digit_paren", "circle")


def _is_sentence(section: Section) -> bool:
    """Whether its paragraph is one sentence with nothing below it, or opens with one too long
    for a title; a title on a line of its own may end with a full stop, too."""
    if section.run_in:
        return len(section.title or section.whole) > LONGEST_LISTED
    return not section.children and not section.lines and section.whole[-1:] in "。；;，,"


def _is_label(section: Section) -> bool:
    return len(section.title) <= LONGEST_LABEL


def _untitled(section: Section) -> Section:
    start = section.span[0] + (section.mark.end if section.mark is not None else 0)
    whole = Line(section.whole, start)
    return dataclasses.replace(
        section,
        title="",
        run_in=True,
        lines=(whole, *(line for line in section.lines if line.start >= whole.end)),
    )


def _depth(section: Section) -> int:
    if section.mark is not None and section.mark.family == "box":
        return 0
    return 1 + max((_depth(child) for child in section.children), default=0)


def _outer_numbers(sections: Sequence[Section]) -> list[int]:
    """The numbers printed, when they rise without a gap in meaning; else the order."""
    printed = [section.mark.value if section.mark is not None else 0 for section in sections]
    rising = all(low < high for low, high in zip([0, *printed], printed, strict=False))
    return printed if rising else list(range(1, len(sections) + 1))


def _is_background(section: Section, order: int) -> bool:
    if order > 1:
        return False
    if _BACKGROUND.search(section.title) and not re.search("任务|重点|措施|举措", section.title):
        return True
    leaves = [leaf for child in section.children for leaf in _leaves(child)]
    return (
        len(leaves) > 1
        and sum(1 for leaf in leaves if _BACKGROUND.search(leaf.title)) > len(leaves) / 2
    )


def _leaves(section: Section) -> list[Section]:
    return [leaf for child in section.children for leaf in _leaves(child)] or [section]


def _node(
    section: Section,
    path: tuple[int, ...],
    names: tuple[NodeKind, ...],
    background: bool,
    *,
    measures: bool,
) -> PlanNode:
    boxed = section.mark is not None and section.mark.family == "box"
    kind: NodeKind = names[len(path) - 1] if len(path) <= len(names) and not boxed else "heading"
    inner: tuple[NodeKind, ...] = () if boxed else names
    own = _before_restart(section.children)
    children = [
        _node(child, (*path, order), inner, background and order <= own, measures=measures)
        for order, child in enumerate(section.children, 1)
    ]
    lines: Sequence[Line] = section.lines
    if measures and not children and not background:
        lines, children = _split_measures(section, path)
    return PlanNode(
        id=f"{kind}-{'.'.join(map(str, path))}",
        kind=kind,
        level=section.level,
        number=section.number,
        title=section.title,
        text=joined([line.text for line in lines if not line.cells]),
        auditable=not background,
        span=section.span,
        inferred=section.inferred,
        children=tuple(children),
    )


def _before_restart(children: Sequence[Section]) -> int:
    """How many come before the count starts again: there the heading above was lost, and what
    follows is not of this section."""
    last: dict[str, int] = {}
    for count, child in enumerate(children):
        if child.mark is None:
            continue
        if child.mark.value <= last.get(child.mark.family, 0):
            return count
        last[child.mark.family] = child.mark.value
    return len(children)


def _split_measures(
    section: Section, path: tuple[int, ...]
) -> tuple[Sequence[Line], list[PlanNode]]:
    """Paragraphs that open with a title sentence are measures, when nearly all of them do."""
    lines = [line for line in section.lines if not line.cells]
    titles = [_RUN_IN.match(line.text) for line in lines]
    good = [m for m in titles if m is not None and not _NOT_A_MEASURE.match(m.group(1))]
    if section.run_in or len(good) < 2 or len(good) < 0.6 * len(lines):
        return section.lines, []
    before: list[Line] = []
    children: list[PlanNode] = []
    for line, match in zip(lines, titles, strict=True):
        if match is None or _NOT_A_MEASURE.match(match.group(1)):
            if not children:
                before.append(line)
            else:
                last = children[-1]
                children[-1] = PlanNode(
                    id=last.id,
                    kind="measure",
                    level=last.level,
                    title=last.title,
                    text=joined([last.text, line.text]),
                    span=(last.span[0], line.end),
                    inferred=True,
                )
            continue
        children.append(
            PlanNode(
                id=f"measure-{path[0]}.{len(children) + 1}",
                kind="measure",
                level=section.level + 1,
                title=match.group(1).strip(),
                text=line.text[match.end() :].strip(),
                span=(line.start, line.end),
                inferred=True,
            )
        )
    return before, children
