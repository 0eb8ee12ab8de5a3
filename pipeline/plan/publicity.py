"""The nodes and obligations of a publicity plan 宣传方案.

Hides: how focus areas 宣传重点, forms 主要形式 and requirements 工作要求 become nodes with ids,
which office lines belong to them, and what in a form is an obligation 落实事项.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.plan.cleaning import Line
from pipeline.plan.media import find_media
from pipeline.plan.model import Doubt, NodeKind, Obligation, PlanEvent, PlanNode, Unit
from pipeline.plan.outline import Section, joined
from pipeline.plan.roles import Role, role_of
from pipeline.plan.units import read_units

__all__ = ["PublicityReading", "find_events", "read_publicity"]

_OFFICES = re.compile(
    r"(?:^|(?<=[。；;，、\s（(]))(?P<lead>牵头|主办|主责)?(?:责任|承办|配合|协办|参与|主办)?(?:科室|单位|部门|处室|股室)"
    r"\s*[：:]\s*(?P<names>[^。；;：:）)\n]+)[。；;]?"
)
_CUT = re.compile(
    r"[，,；;](?:主要|重点|具体|着重|特别)?(?:内容)?(?:包括|围绕|涵盖|突出|介绍|反映|展示|报道|宣传|是)"
)
_WHEN = re.compile(
    r"(?:(?:19|20)\d\d年)?(?:每年)?(?:\d{1,2}月?[—–~～\-至])?\d{1,2}月(?:\d{1,2}日(?:[—–~～\-至到](?:\d{1,2}月)?\d{1,2}日)?"
    r"|上旬|中旬|下旬|底前?|初|中|份)?(?:前|起|期间)?|(?:第[一二三四]|上|下)(?:季度|半年)|全年"
)
_EVERY_COUNTED = re.compile(
    r"(?:每个?(?:周|月|季度?|半年|年|两周|双月)|按[周月季])[^，。；：、\n]{0,14}?(?:不少于|至少|不低于)?"
    r"\s?(?:\d+|[一二两三四五六七八九十]+)\s?[次篇期条场个批组件部](?:以上)?"
)
_EVERY = re.compile(r"(?:每(?:周|月|季度?|半年|年)|按[周月季]|定期)[^，。；：、\n]{2,10}")
_EVENT_QUOTED = re.compile(
    r"[“\"]?(\d{1,2})[.．·](\d{1,2})[”\"]?\s?([\u4e00-\u9fff]{2,16}?(?:日|周|月|节))"
)
_EVENT_DAY = re.compile(r"[“\"]?\d{1,2}[.．·]\d{1,2}[”\"]?\s?[\u4e00-\u9fff]{2,16}?(?:日|周|月|节)")
_SEVERAL_MEDIA = re.compile(
    r"[“\"]?([一两二三四五]报|[一两二三四五]台|两微一端)[”\"]?[（(]([^（）()]{4,60})[）)]"
)
_EVENT_NAMED = re.compile(
    r"(?:全国)?(?:科技活动周|科普日|科技工作者日|知识产权宣传周|双创活动周|防灾减灾日|科技周|世界知识产权日|科普宣传周|创新创业大赛)"
)
_KIND: dict[Role, NodeKind] = {"focus": "focus_area", "form": "form", "requirement": "requirement"}
_PREFIX: dict[Role, str] = {"focus": "focus", "form": "form", "requirement": "requirement"}


@dataclass(frozen=True)
class PublicityReading:
    """What the sections of a publicity plan say."""

    nodes: tuple[PlanNode, ...]
    units: tuple[Unit, ...]
    obligations: tuple[Obligation, ...]
    events: tuple[PlanEvent, ...]
    doubts: tuple[Doubt, ...]


@dataclass
class _Counts:
    """Numbers given out so far; ids run on when a plan has two sections of one role."""

    used: dict[str, int] = field(default_factory=dict)

    def next(self, prefix: str) -> str:
        self.used[prefix] = self.used.get(prefix, 0) + 1
        return f"{prefix}-{self.used[prefix]}"


def read_publicity(sections: Sequence[Section], lines: Sequence[Line]) -> PublicityReading:
    """Nodes, units and obligations; ``lines`` is the whole cleaned document."""
    counts = _Counts()
    doubts: list[Doubt] = []
    nodes: list[PlanNode] = []
    unit_sections: list[Section] = []
    for section in sections:
        role = role_of(section.title)
        if role == "units":
            unit_sections.append(section)
        identifier = counts.next("heading")
        nodes.append(_top(section, role, identifier, counts, doubts))
    focus = [node for node in _flat(nodes) if node.kind == "focus_area"]
    units: list[Unit] = []
    for section in unit_sections:
        within = [line for line in lines if section.span[0] < line.start < section.span[1]]
        units.extend(read_units(within, focus))
    text = "\n".join(line.text for line in lines)
    called = {
        match[1]: tuple(re.split("[、，,和]", match[2])) for match in _SEVERAL_MEDIA.finditer(text)
    }
    obligations = tuple(_obligation(node, called) for node in _flat(nodes) if node.kind == "form")
    return PublicityReading(
        tuple(nodes), tuple(units), obligations, find_events(text), tuple(doubts)
    )


def _flat(nodes: Sequence[PlanNode]) -> list[PlanNode]:
    return [found for node in nodes for found in (node, *_flat(node.children))]


def _top(
    section: Section, role: Role, identifier: str, counts: _Counts, doubts: list[Doubt]
) -> PlanNode:
    lines = section.lines
    if role in _KIND:
        children = [_role_node(child, role, counts) for child in section.children]
        if not children:
            children = _from_paragraphs(section, role, counts, doubts)
            lines = () if children else lines
    elif role == "units":
        children = [
            _heading(child, f"{identifier}.{order}", with_children=False)
            for order, child in enumerate(section.children, 1)
            if child.mark is not None and child.mark.family in ("paren", "dun")
        ]
        lines = ()
    else:
        children = []
        for order, child in enumerate(section.children, 1):
            inner = role_of(child.title)
            name = f"{identifier}.{order}"
            children.append(
                _top(child, inner, name, counts, doubts)
                if inner in _KIND and child.children
                else _heading(child, name)
            )
    return PlanNode(
        id=identifier,
        kind="heading",
        level=section.level,
        number=section.number,
        title=section.title,
        text=joined([line.text for line in lines if not line.cells]),
        span=section.span,
        inferred=section.inferred,
        children=tuple(children),
    )


def _heading(section: Section, identifier: str, *, with_children: bool = True) -> PlanNode:
    children = enumerate(section.children if with_children else (), 1)
    return PlanNode(
        id=identifier,
        kind="heading",
        level=section.level,
        number=section.number,
        title=section.title or _first_words(section),
        text=section.text if with_children else "",
        span=section.span,
        inferred=section.inferred,
        children=tuple(_heading(child, f"{identifier}.{order}") for order, child in children),
    )


def _first_words(section: Section) -> str:
    return re.split("[，。；：]", section.whole, maxsplit=1)[0][:40]


def _role_node(section: Section, role: Role, counts: _Counts) -> PlanNode:
    identifier = counts.next(_PREFIX[role])
    paragraphs: list[str] = []
    lead: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    for line in section.lines:
        if line.cells:
            continue
        for match in _OFFICES.finditer(line.text):
            named = _split_offices(match["names"])
            lead, offices = (lead + named, offices) if match["lead"] else (lead, offices + named)
        words = line.text
        if _OFFICES.match(words):
            words = _OFFICES.sub("", words).strip()
        if words:
            paragraphs.append(words)
    text = joined(paragraphs)
    title = section.title
    alone = not section.run_in and not section.children
    if alone and section.whole.endswith("。"):
        # One sentence and no more: what the plan asks is that sentence, its title the first part.
        cut = _CUT.search(section.whole)
        text = joined([section.whole, text]) if cut or not text else text
        title = section.whole[: cut.start()] if cut else title
    elif (
        alone
        and paragraphs
        and (cut := _CUT.search(section.whole))
        and section.whole[-1] not in "：:；;"
    ):
        # A sentence broken by a page end; its title is the part before 包括, 围绕.
        text, title = joined([section.whole, text]), section.whole[: cut.start()]
    elif section.run_in and len(title) > 40 and (cut := _CUT.search(title)):
        text, title = joined([section.whole, *paragraphs[1:]]), title[: cut.start()]
    return PlanNode(
        id=identifier,
        kind=_KIND[role],
        level=section.level,
        number=section.number,
        title=title or _first_words(section),
        text=text,
        lead_offices=lead,
        offices=offices,
        span=section.span,
        inferred=section.inferred,
        children=tuple(
            _heading(child, f"{identifier}.{order}")
            for order, child in enumerate(section.children, 1)
        ),
    )


def _split_offices(names: str) -> tuple[str, ...]:
    return tuple(name for part in re.split("[、，,；;\\s]+", names) if (name := part.strip("。 ")))


def _from_paragraphs(
    section: Section, role: Role, counts: _Counts, doubts: list[Doubt]
) -> list[PlanNode]:
    """A section without numbers: every paragraph with a title sentence is a node of its own."""
    lines = [line for line in section.lines if not line.cells]
    if len(lines) < 2 or section.run_in:
        return []
    found = []
    for line in lines:
        title, _, rest = line.text.partition("。")
        if len(title) > 40:
            cut = _CUT.search(title)
            title, rest = (title[: cut.start()] if cut else re.split("[，；]", title)[0]), line.text
        found.append(
            PlanNode(
                id=counts.next(_PREFIX[role]),
                kind=_KIND[role],
                level=section.level + 1,
                title=title.strip("：:；; "),
                text=rest.strip() or line.text,
                span=(line.start, line.end),
                inferred=True,
            )
        )
    doubts.append(
        Doubt(
            span=section.span,
            what=f"“{section.title}”下没有序号，每段作一条",
            slug="entries-from-paragraphs",
        )
    )
    return found


def _obligation(node: PlanNode, called: dict[str, tuple[str, ...]] | None = None) -> Obligation:
    """``called`` are the names the plan gives several media at once, such as 两报."""
    words = node.title + "。" + node.text
    when = _WHEN.search(words) or _EVENT_DAY.search(words) or _EVENT_NAMED.search(words)
    every = _EVERY_COUNTED.search(words) or _EVERY.search(words)
    media = [medium.name for medium in find_media(words)]
    for short, names in (called or {}).items():
        if short in words:
            media += names
    return Obligation(
        node=node.id,
        what=node.title,
        when=re.sub('[“”"]', "", when.group()) if when else "",
        every=every.group() if every else "",
        offices=tuple(dict.fromkeys(node.lead_offices + node.offices)),
        media=tuple(dict.fromkeys(media)),
    )


def find_events(text: str) -> tuple[PlanEvent, ...]:
    """Dated events the plan names; ``date`` is ``MM-DD`` where the name gives it.

    >>> find_events("结合“4.26世界知识产权日”和科技活动周")
    (PlanEvent(name='世界知识产权日', date='04-26'), PlanEvent(name='科技活动周', date=''))
    """
    found: dict[str, PlanEvent] = {}
    for match in _EVENT_QUOTED.finditer(text):
        month, day = int(match[1]), int(match[2])
        if 1 <= month <= 12 and 1 <= day <= 31:
            found.setdefault(match[3], PlanEvent(name=match[3], date=f"{month:02d}-{day:02d}"))
    for match in _EVENT_NAMED.finditer(text):
        if not any(match.group() in name for name in found):
            found[match.group()] = PlanEvent(name=match.group())
    return tuple(found.values())
