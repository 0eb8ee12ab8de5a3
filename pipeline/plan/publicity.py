"""The nodes, units and obligations of a publicity plan 宣传方案.

Hides: how focus areas 宣传重点, forms 主要形式 and requirements 工作要求 become nodes with ids,
which rows of tables are forms too, and where in the plan units and quotas are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.plan.arrangements import columns_of, read_arrangement
from pipeline.plan.cleaning import Line
from pipeline.plan.events import find_events, with_dates
from pipeline.plan.model import Doubt, Medium, NodeKind, Obligation, PlanEvent, PlanNode, Unit, walk
from pipeline.plan.obligations import media_called, obligation_of, promises
from pipeline.plan.outline import Section, joined
from pipeline.plan.quotas import SentenceQuota, quotas_of
from pipeline.plan.responsibility import Answering, answering, without_line
from pipeline.plan.roles import Role, loose_role
from pipeline.plan.tables import Table, tables_in
from pipeline.plan.units import merged, named_units, read_units, units_of_table

__all__ = ["PublicityReading", "read_publicity"]

_CUT = re.compile(
    r"[，,；;](?:主要|重点|具体|着重|特别)?(?:内容)?(?:包括|围绕|涵盖|突出|介绍|反映|展示|报道|宣传|是)"
)
_KIND: dict[Role, NodeKind] = {
    "focus": "focus_area",
    "form": "form",
    "task": "form",
    "requirement": "requirement",
}
_PREFIX = {"focus_area": "focus", "form": "form", "requirement": "requirement"}
_UNITS_ASKED = re.compile(r"采访(?:单位|对象|企业|点位)(?:包括|主要有|有|为)?[：:]?")


@dataclass(frozen=True)
class PublicityReading:
    """What the sections of a publicity plan say."""

    nodes: tuple[PlanNode, ...]
    units: tuple[Unit, ...]
    obligations: tuple[Obligation, ...]
    events: tuple[PlanEvent, ...]
    media: tuple[Medium, ...]
    quotas: tuple[SentenceQuota, ...]
    doubts: tuple[Doubt, ...]


@dataclass
class _Work:
    """What has been made so far."""

    tables: frozenset[int]
    """Where tables start that another reader has read."""
    used: dict[str, int] = field(default_factory=dict)
    """Numbers given out; ids run on when a plan has two sections of one role."""
    duties: list[Obligation] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    met: set[int] = field(default_factory=set)
    """Where tables start that stand in a section."""

    tasks_are_focus: bool = False
    """In a plan without 宣传重点 the 重点任务 are what its news is mapped to."""

    def kind(self, role: Role) -> NodeKind:
        """What the entries of a section with this role are."""
        return "focus_area" if role == "task" and self.tasks_are_focus else _KIND[role]

    def prefix(self, role: Role) -> str:
        """What their ids begin with."""
        return _PREFIX[self.kind(role)]

    def next(self, prefix: str) -> str:
        self.used[prefix] = self.used.get(prefix, 0) + 1
        return f"{prefix}-{self.used[prefix]}"


def read_publicity(
    sections: Sequence[Section],
    lines: Sequence[Line],
    media: Sequence[Medium],
    task_tables: frozenset[int] = frozenset(),
) -> PublicityReading:
    """What a publicity plan says.

    Args:
        sections: its outline.
        lines: the whole cleaned document.
        media: the outlets its text names.
        task_tables: where the tables start that hold the offices' tasks.
    """
    work = _Work(task_tables)
    roles = {loose_role(section.title) for section in _every(sections)}
    work.tasks_are_focus = "focus" not in roles and "task" in roles
    nodes = [
        _top(section, loose_role(section.title), work.next("heading"), work) for section in sections
    ]
    nodes += _attached(lines, work)
    focus = [node for node in _flat(nodes) if node.kind == "focus_area"]
    text = "\n".join(line.text for line in lines)
    named = {medium.name: medium for medium in (*media, *work.media)}
    called = media_called(text)
    from_tables = {duty.node: duty for duty in work.duties}
    obligations = tuple(
        from_tables.get(node.id) or obligation_of(node, called, list(named))
        for node in _flat(nodes)
        if _is_duty(node, work)
    )
    _doubt_focus(focus, work)
    units = (*_listed_units(sections, lines, focus), *_units_in_sentences(nodes, work.doubts))
    days = [(duty.what, duty.when) for duty in obligations]
    days += [(node.title, node.text) for node in _flat(nodes) if node.id in from_tables]
    events = with_dates(find_events(text), days)
    return PublicityReading(
        tuple(nodes),
        merged(units),
        obligations,
        events,
        tuple(named.values()),
        quotas_of(lines),
        tuple(work.doubts),
    )


def _is_duty(node: PlanNode, work: _Work) -> bool:
    """Forms are duties, and so are requirements that say how often; 重点任务 are both at once."""
    if node.kind == "focus_area":
        return work.tasks_are_focus
    return node.kind == "form" or (node.kind == "requirement" and promises(node))


def _doubt_focus(focus: Sequence[PlanNode], work: _Work) -> None:
    if not focus:
        what = "没有读到“宣传重点”，新闻没有可以对照的条目，请补填"
        work.doubts.append(Doubt(span=(0, 0), what=what, slug="no-focus"))
    elif work.tasks_are_focus:
        what = "方案没有“宣传重点”一节，以各项任务作为对照条目，请确认"
        span = (focus[0].span[0], focus[-1].span[1])
        work.doubts.append(Doubt(span=span, what=what, slug="tasks-as-focus"))


def _every(sections: Sequence[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from section.children


def _listed_units(
    sections: Sequence[Section], lines: Sequence[Line], focus: Sequence[PlanNode]
) -> Iterator[Unit]:
    """Units under a heading 采访单位, and those of tables with such a column."""
    for section in sections:
        if loose_role(section.title) == "units":
            yield from read_units(
                [line for line in lines if section.span[0] < line.start < section.span[1]], focus
            )
    for table in tables_in(lines):
        yield from units_of_table(table, focus)


def _units_in_sentences(nodes: Sequence[PlanNode], doubts: list[Doubt]) -> Iterator[Unit]:
    for node in walk(tuple(nodes)):
        words = node.text if node.title in node.text else f"{node.title}。{node.text}"
        theme = node.id if node.kind == "focus_area" else ""
        found = named_units(words, theme)
        yield from found
        if not found and (asked := _UNITS_ASKED.search(words)) and words[asked.end() - 1] in "：:":
            what = "写有“采访单位”，没有读出单位名称"
            doubts.append(Doubt(span=node.span, what=what, slug="units-unread"))


def _flat(nodes: Sequence[PlanNode]) -> list[PlanNode]:
    return [found for node in nodes for found in (node, *_flat(node.children))]


def _top(section: Section, role: Role, identifier: str, work: _Work) -> PlanNode:
    lines = section.lines
    if role in _KIND:
        children = [_role_node(child, role, work) for child in section.children]
        rows = _rows(section, section.level + 1, work)
        if not children and not rows:
            children = _from_paragraphs(section, role, work)
            lines = () if children else lines
        children += rows
    elif role == "units":
        children = [
            _heading(child, f"{identifier}.{order}", with_children=False)
            for order, child in enumerate(section.children, 1)
            if child.mark is not None and child.mark.family in ("paren", "dun")
        ]
        lines = ()
    else:
        children = _rows(section, section.level + 1, work)
        for order, child in enumerate(section.children, 1):
            inner = loose_role(child.title)
            name = f"{identifier}.{order}"
            children.append(
                _top(child, inner, name, work)
                if (inner in _KIND and child.children) or _has_table(child)
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


def _has_table(section: Section) -> bool:
    return any(line.cells for line in section.lines)


def _rows(section: Section, level: int, work: _Work) -> list[PlanNode]:
    """The rows of the arrangement tables that stand directly under a heading."""
    return [node for table in tables_in(section.lines) for node in _rows_of(table, level, work)]


def _rows_of(table: Table, level: int, work: _Work) -> list[PlanNode]:
    work.met.add(table.start)
    columns = None if table.start in work.tables else columns_of(table)
    if columns is None:
        return []
    found = read_arrangement(table, columns, level, lambda: work.next("form"))
    work.duties += found.obligations
    work.media += found.media
    work.doubts += found.doubts
    return list(found.nodes)


def _attached(lines: Sequence[Line], work: _Work) -> list[PlanNode]:
    """Arrangement tables behind the plan (an attachment) or before its first heading."""
    found = []
    for table in tables_in(lines):
        if table.start in work.met:
            continue
        rows = _rows_of(table, 2, work)
        if not rows:
            continue
        above = next(
            (line.text for line in reversed(lines) if line.start < table.start and not line.cells),
            "",
        )
        title = above.strip("：: 　") if 0 < len(above) <= 40 else "安排表"
        start = table.start - len(above) - 1 if title != "安排表" else table.start
        found.append(
            PlanNode(
                id=work.next("heading"),
                kind="heading",
                level=1,
                title=title,
                span=(max(start, 0), table.end),
                inferred=True,
                children=tuple(rows),
            )
        )
    return found


def _answering(section: Section, work: _Work) -> Answering:
    """The offices of one piece: its own paragraph and the lines below, without its children."""
    lines = [line.text for line in section.lines if not line.cells]
    words = "\n".join([section.whole, *(lines[1:] if section.run_in else lines)])
    named = answering(words)
    if named.unread:
        shown = "、".join(named.unread)[:40]
        what = f"括号里的“{shown}”像是责任单位，没有读出，请核对"
        work.doubts.append(Doubt(span=section.span, what=what, slug="office-unread"))
    return named


def _heading(section: Section, identifier: str, *, with_children: bool = True) -> PlanNode:
    children = enumerate(section.children if with_children else (), 1)
    named = answering(f"{section.whole}\n{section.text}") if with_children else Answering()
    return PlanNode(
        id=identifier,
        kind="heading",
        level=section.level,
        number=section.number,
        title=section.title or _first_words(section),
        text=section.text if with_children else "",
        lead_offices=named.lead,
        offices=named.responsible,
        span=section.span,
        inferred=section.inferred,
        children=tuple(_heading(child, f"{identifier}.{order}") for order, child in children),
    )


def _first_words(section: Section) -> str:
    return re.split("[，。；：]", section.whole, maxsplit=1)[0][:40]


def _role_node(section: Section, role: Role, work: _Work) -> PlanNode:
    identifier = work.next(work.prefix(role))
    paragraphs: list[str] = []
    for line in section.lines:
        if not line.cells and (words := without_line(line.text)):
            paragraphs.append(words)
    named = _answering(section, work)
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
        kind=work.kind(role),
        level=section.level,
        number=section.number,
        title=title or _first_words(section),
        text=text,
        lead_offices=named.lead,
        offices=named.responsible,
        span=section.span,
        inferred=section.inferred,
        children=tuple(
            _heading(child, f"{identifier}.{order}")
            for order, child in enumerate(section.children, 1)
        ),
    )


def _from_paragraphs(section: Section, role: Role, work: _Work) -> list[PlanNode]:
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
        named = answering(line.text)
        found.append(
            PlanNode(
                id=work.next(work.prefix(role)),
                kind=work.kind(role),
                level=section.level + 1,
                title=title.strip("：:；; "),
                text=rest.strip() or line.text,
                lead_offices=named.lead,
                offices=named.responsible,
                span=(line.start, line.end),
                inferred=True,
            )
        )
    work.doubts.append(
        Doubt(
            span=section.span,
            what=f"“{section.title}”下没有序号，每段作一条",
            slug="entries-from-paragraphs",
        )
    )
    return found
