"""Tables that arrange activities 活动安排表: 序号/宣传内容/责任科室/完成时限, 时间/主题/媒体/负责人.

Hides: which tables are arrangements, which of their columns say what, when, who and where, and
what an empty cell of a merged column stands for. Every row is a form, as under 报道安排.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.media import find_media
from pipeline.plan.model import Doubt, Medium, Obligation, PlanNode
from pipeline.plan.obligations import frequency_in
from pipeline.plan.responsibility import answering, is_everyone, is_office, split_names
from pipeline.plan.tables import Table, tight

__all__ = ["Arrangement", "Columns", "columns_of", "read_arrangement"]

_ORDER = re.compile(r"^(?:序号|编号|序|No\.?)$")
_WHAT = (
    re.compile(
        r"^(?:宣传|活动|报道|工作|选题|节目|节点|主要|重点)*(?:主题|选题|题目|名称|项目|事项|活动|节点|任务)(?:名称|内容)?$"
    ),
    re.compile(r"(?:宣传|活动|报道|工作|重点|主要|任务|选题|具体)*(?:内容|重点|任务|事项)"),
    re.compile(r"主题|选题|活动|措施|举措"),
)
_WHEN = re.compile(r"时间|时限|日期|月份|进度|期限|时段|时节|完成日")
_LEAD = re.compile(r"牵头|主办|主责")
_OFFICE = re.compile(
    r"科室|处室|股室|单位|部门|责任人|负责人|承办|协办|配合|主办|牵头|责任主体|部室|执行人"
)
_MEDIA = re.compile(r"媒体|平台|载体|渠道|刊播|阵地")
_UNITS = re.compile(r"采访(?:单位|对象|企业)|报道对象|参加单位|参与对象")
_QUOTED = re.compile(r"[“《]([^“”《》\n]{2,20})[”》]")
_FIGURES_AT_MOST = 1


@dataclass(frozen=True)
class Columns:
    """Places of the columns of an arrangement; None where a table has none such."""

    what: int
    when: int | None
    lead: tuple[int, ...]
    offices: tuple[int, ...]
    media: int | None


@dataclass(frozen=True)
class Arrangement:
    """The rows of one table as forms, and the duties they state."""

    nodes: tuple[PlanNode, ...]
    media: tuple[Medium, ...]
    """Names in quotes in the column of media, whose kind the cell does not say."""
    obligations: tuple[Obligation, ...]
    doubts: tuple[Doubt, ...]


def columns_of(table: Table) -> Columns | None:
    """The columns of an arrangement; None for a table that is none."""
    if not table.rows or len(table.header) < 2:
        return None
    orders = [i for i, name in enumerate(table.header) if _ORDER.match(name)]
    when = table.column(_WHEN, but=orders)
    media = table.column(_MEDIA, but=[*orders, when])
    who = [
        i
        for i, name in enumerate(table.header)
        if _OFFICE.search(name) and i not in (*orders, when, media) and not _UNITS.search(name)
    ]
    lead = tuple(i for i in who if _LEAD.search(table.header[i]))
    taken = [*orders, when, media, *who]
    what = next(
        (i for pattern in _WHAT if (i := table.column(pattern, but=taken)) is not None), None
    )
    if what is None or not (when is not None or media is not None or who):
        return None
    figures = [
        i for i in range(len(table.header)) if i not in (*taken, what) and table.has_figures(i)
    ]
    quotas = when is None and (
        len(figures) > _FIGURES_AT_MOST or (bool(figures) and what > min(who, default=99))
    )
    if quotas or (when is None and media is None and min(who, default=99) < what):
        return None  # a task table of offices, not of activities
    return Columns(what, when, lead, tuple(i for i in who if i not in lead), media)


def read_arrangement(
    table: Table, columns: Columns, level: int, name: Callable[[], str]
) -> Arrangement:
    """The rows as forms and obligations; ``name`` gives the next id."""
    nodes: list[PlanNode] = []
    duties: list[Obligation] = []
    doubts: list[Doubt] = []
    above: dict[int, str] = {}
    media: list[Medium] = []
    for row in table.rows:
        what = table.cell(row, columns.what)
        if re.fullmatch(r"(?:合|总|小)计", tight(what) or tight(row.cells[0])):
            continue
        filled = _filled(table, row, columns, above, doubts)
        if not what and nodes:
            # The activity's own cell is merged: the row tells more of it.
            more = _told(table, row, columns)
            nodes[-1] = _longer(nodes[-1], more, row)
            continue
        title = what or _told(table, row, columns)
        if not title:
            doubts.append(
                Doubt(
                    span=(row.start, row.end),
                    what=f"本行“{table.header[columns.what]}”为空，没有读成活动",
                    slug="row-unread",
                )
            )
            continue
        lead = _offices(filled, columns.lead)
        responsible = _offices(filled, columns.offices)
        if not lead and not responsible:
            found = answering(row.text.replace("\t", "。"))
            lead, responsible = found.lead, found.responsible
        node = PlanNode(
            id=name(),
            kind="form",
            level=level,
            title=title,
            text=_told(table, row, columns) or title,
            lead_offices=lead,
            offices=tuple(office for office in responsible if office not in lead),
            span=(row.start, row.end),
        )
        nodes.append(node)
        media += _quoted(table, row, columns)
        duties.append(_duty(node, filled, table, row, columns, doubts))
    return Arrangement(tuple(nodes), tuple(media), tuple(duties), tuple(doubts))


def _filled(
    table: Table, row: Line, columns: Columns, above: dict[int, str], doubts: list[Doubt]
) -> dict[int, str]:
    """The cells that say when and who; an empty one is that of the row above, and is said.

    Word gives the words of a merged cell to its first row only. A row where one office column is
    filled has its offices; the other column is then meant to be empty.
    """
    who = (*columns.lead, *columns.offices)
    cells = {
        i: table.cell(row, i) for i in (*who, *([columns.when] if columns.when is not None else []))
    }
    empty = [] if any(cells[i] for i in who) else list(who)
    if columns.when is not None and not cells[columns.when]:
        empty.append(columns.when)
    taken = [i for i in empty if above.get(i)]
    if taken:
        names = "、".join(f"“{table.header[i]}”" for i in taken)
        doubts.append(
            Doubt(
                span=(row.start, row.end),
                what=f"本行{names}为空，按合并单元格取上一行的内容",
                slug="cell-from-above",
            )
        )
    for i in taken:
        cells[i] = above[i]
    above.update({i: words for i, words in cells.items() if words})
    return cells


def _offices(cells: dict[int, str], places: Sequence[int]) -> tuple[str, ...]:
    """The offices of some cells; 疾控科 李明 is the office 疾控科 and its person."""
    found: list[str] = []
    for place in places:
        for named in split_names(re.sub(r"[:：]", "、", cells.get(place, ""))):
            bare = re.sub(r"[（(][\u4e00-\u9fff]{2,4}[）)]$", "", named)
            if is_everyone(named) or is_office(named):
                found.append(named)
            elif is_office(bare):
                found.append(bare)
    return tuple(dict.fromkeys(found))


def _told(table: Table, row: Line, columns: Columns) -> str:
    """What a row says beside its title, when and who, each under the name of its column."""
    known = {columns.what, columns.when, *columns.lead, *columns.offices}
    parts = [
        f"{table.header[i]}：{words}" if table.header[i] else words
        for i in range(len(table.header))
        if i not in known and not _ORDER.match(table.header[i]) and (words := table.cell(row, i))
    ]
    return "。".join(part.rstrip("。") for part in parts)


def _longer(node: PlanNode, more: str, row: Line) -> PlanNode:
    return replace(
        node, text=f"{node.text}\n{more}" if more else node.text, span=(node.span[0], row.end)
    )


def _quoted(table: Table, row: Line, columns: Columns) -> Iterator[Medium]:
    """What a cell of media names in quotes is a medium, whatever its kind."""
    listed = table.cell(row, columns.media)
    if not listed:
        return
    within = row.text.find(listed)
    known = {medium.name for medium in find_media(listed)}
    for match in _QUOTED.finditer(listed):
        if match[1] not in known:
            start = row.start + within + match.start(1)
            yield Medium(name=match[1], kind="other", span=(start, start + len(match[1])))


def _duty(
    node: PlanNode,
    cells: dict[int, str],
    table: Table,
    row: Line,
    columns: Columns,
    doubts: list[Doubt],
) -> Obligation:
    listed = table.cell(row, columns.media)
    media = [medium.name for medium in find_media(row.text.replace("\t", "\n"))]
    media += [medium.name for medium in _quoted(table, row, columns)]
    if listed and not any(name in listed for name in media):
        what = f"“{table.header[columns.media or 0]}”一栏的“{listed[:30]}”没有点名，无法逐家核对"
        doubts.append(Doubt(span=(row.start, row.end), what=what, slug="medium-unnamed"))
    places = (*columns.lead, *columns.offices)
    named = [cells[i] for i in places if cells.get(i)]
    if named and not (node.lead_offices or node.offices):
        what = f"“{'；'.join(named)[:30]}”没有读出责任科室，可能只写了人名"
        doubts.append(Doubt(span=(row.start, row.end), what=what, slug="office-unread"))
    words = "。".join(row.cells)
    return Obligation(
        node=node.id,
        what=node.title,
        when=cells.get(columns.when, "") if columns.when is not None else "",
        every=frequency_in(words),
        offices=tuple(dict.fromkeys(node.lead_offices + node.offices)),
        media=tuple(dict.fromkeys(media)),
    )
