"""A document read into a Plan 方案.

Hides: the order of the readers and which of them a kind of document needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from msgspec.structs import replace

from pipeline.documents import Document, document_of_text, read_document
from pipeline.errors import BadInput
from pipeline.plan.bulletin_plan import read_bulletin_plan
from pipeline.plan.chapters import read_chapters
from pipeline.plan.cleaning import CleanText, Line, clean
from pipeline.plan.dates import year_term
from pipeline.plan.events import find_events
from pipeline.plan.indicators import find_indicators
from pipeline.plan.kinds import kind_of
from pipeline.plan.marks import find_marks
from pipeline.plan.media import find_media
from pipeline.plan.metadata import Metadata, read_metadata, read_period
from pipeline.plan.model import Doubt, Medium, Plan, PlanKind, PlanNode, ScoringRule, Target, walk
from pipeline.plan.notes import scoring_in_lines, scoring_in_sections, scoring_in_tables
from pipeline.plan.offices import addressed, all_offices
from pipeline.plan.outline import Outline, read_outline
from pipeline.plan.publicity import read_publicity
from pipeline.plan.quotas import quotas_of, with_quotas
from pipeline.plan.tables import tables_in
from pipeline.plan.targets import find_targets
from pipeline.plan.tasktable import TableReading, read_task_tables
from pipeline.text import comparable, squeeze

__all__ = ["PlanReading", "read_plan", "read_plan_text"]


_SCORING_OF = re.compile(
    r"(?:宣传|信息|新闻|报送|通讯|报道).{0,12}(?:考核|考评|计分|积分|评分|奖励|奖惩|评比)"
)
_LABELLED_GOALS = re.compile(r"([\u4e00-\u9fff]{0,8}(?:目标|指标))[：:](?=.{10})")
_WORK_OF = re.compile(
    r"(?:做好|搞好|抓好|开展|组织|推进|举办)[^。；，、《》〔〕\n]{0,16}?(20\d\d)\s?年(?!以来|底|前|末|[—–―－~～\-至])"
)
_NEEDS_TERM = ("publicity_plan", "work_plan", "development_plan")


@dataclass(frozen=True)
class PlanReading:
    """A plan and the cleaned text its spans index into."""

    plan: Plan
    text: str


def read_plan(path: Path, progress: Callable[[int, int], None] | None = None) -> PlanReading:
    """Read the document at ``path``; ``progress`` is told the page and how many, for a PDF.

    Raises:
        BadInput: the file is of no known kind, unreadable or empty.
        DiskTrouble: the file cannot be read from disk.
    """
    return _read(read_document(path, progress))


def read_plan_text(text: str, name: str = "") -> PlanReading:
    """Read a plan given as text; ``name`` is for messages and for a text without title."""
    return _read(document_of_text(text, name))


def _read(document: Document) -> PlanReading:
    cleaned = clean(document)
    if not cleaned.lines:
        raise BadInput(
            f"{document.name or 'the text'} has no words left after cleaning",
            "document-empty",
            "The page holds only menus or markup: give the document itself.",
        )
    outline = read_outline(cleaned)
    metadata = read_metadata(outline.before, outline.after, cleaned.dropped)
    kind = kind_of(metadata.title, outline, cleaned.lines)
    if kind == "bulletin":
        plan = _bulletin(cleaned)
    elif kind == "publicity_plan":
        plan = _publicity(cleaned, outline, metadata)
    else:
        nodes = read_chapters(outline.sections, kind)
        plan = Plan(
            title=metadata.title,
            kind=kind,
            issuer=metadata.issuer,
            number=metadata.number,
            date=metadata.date,
            period=read_period(metadata.title, kind, cleaned.text),
            nodes=nodes,
            media=find_media(cleaned.text),
            events=find_events(cleaned.text),
            targets=_targets(kind, cleaned, outline, metadata, nodes),
            doubts=_doubts(metadata.title, cleaned, outline),
        )
        if _SCORING_OF.search(plan.title):
            plan = _with_rules_of_points(plan, cleaned, outline)
    if marks := find_marks(cleaned.lines, (*cleaned.dropped, *document.edges)):
        plan = replace(plan, doubts=(*marks, *plan.doubts))
    if not plan.title:
        plan = replace(plan, title=_fallback_title(document.name))
    if plan.period is None and plan.kind in _NEEDS_TERM:
        year = _year_of(kind, metadata, cleaned.text)
        named = None if year or kind == "development_plan" else _year_named(outline.before)
        plan = _with_term(plan, year or named, "开头所说年份" if named else "“今年”和发布日期")
    return PlanReading(plan, cleaned.text)


def _with_term(plan: Plan, year: int | None, by: str) -> Plan:
    """The year that is meant, or a doubt that asks for one: nothing can be audited without."""
    if year is None:
        doubt = Doubt(span=(0, 0), what="方案没有写明年份或起止时间，请补填", slug="term-missing")
        return replace(plan, doubts=(*plan.doubts, doubt))
    what = f"执行时间按{by}理解为 {year} 年"
    return replace(
        plan,
        period=(f"{year}-01-01", f"{year}-12-31"),
        doubts=(*plan.doubts, Doubt(span=(0, 0), what=what, slug="term-inferred")),
    )


def _year_of(kind: str, metadata: Metadata, text: str) -> int | None:
    """The year the targets of yearly work points belong to; 今年 is the year of issue."""
    term = year_term(metadata.title)
    if kind == "work_plan" and term is None and metadata.date and "今年" in text[:300]:
        return int(metadata.date[:4])
    return int(term[0][:4]) if term and kind == "work_plan" else None


def _year_named(before: Sequence[Line]) -> int | None:
    """The one year whose work the lines above the first heading announce: 为做好2024年…工作."""
    years = {match[1] for line in before for match in _WORK_OF.finditer(line.text)}
    return int(years.pop()) if len(years) == 1 else None


def _fallback_title(name: str) -> str:
    """What to call a plan whose text has no title: the name of its file, without its ending."""
    return squeeze(PurePath(name).stem)


def _doubts(title: str, cleaned: CleanText, outline: Outline) -> tuple[Doubt, ...]:
    found = cleaned.doubts + outline.doubts
    if not outline.sections:
        found += (
            Doubt(span=(0, len(cleaned.text)), what="没有找到任何标题层次", slug="no-heading"),
        )
    if not title:
        found += (Doubt(span=(0, 0), what="正文中没有标题，暂以文件名代替", slug="no-title"),)
    return found


def _bulletin(cleaned: CleanText) -> Plan:
    reading = read_bulletin_plan(cleaned.lines)
    masthead = reading.masthead
    return Plan(
        title=masthead.title,
        kind="bulletin",
        issuer=masthead.issuer,
        number=masthead.issue,
        date=masthead.date,
        nodes=reading.nodes,
        media=find_media(cleaned.text),
        doubts=cleaned.doubts,
    )


def _without_author(
    media: tuple[Medium, ...], cleaned: CleanText, metadata: Metadata
) -> tuple[Medium, ...]:
    """The media without the one whose plan this is (县融媒体中心), when only titles name it."""

    def is_author(medium: Medium) -> bool:
        if medium.name not in (metadata.issuer, metadata.title[: len(medium.name)]):
            return False
        naming = [line.text for line in cleaned.lines if medium.name in line.text]
        return all(metadata.title in text or text == medium.name for text in naming)

    return tuple(medium for medium in media if not is_author(medium))


def _publicity(cleaned: CleanText, outline: Outline, metadata: Metadata) -> Plan:
    table = read_task_tables(cleaned.lines)
    media = _without_author(find_media(cleaned.text), cleaned, metadata)
    reading = read_publicity(outline.sections, cleaned.lines, media, table.starts)
    offices, differing = with_quotas(all_offices(table.offices, reading.nodes), reading.quotas)
    return Plan(
        title=metadata.title,
        kind="publicity_plan",
        issuer=metadata.issuer,
        number=metadata.number,
        date=metadata.date,
        period=read_period(metadata.title, "publicity_plan", cleaned.text),
        nodes=reading.nodes,
        units=reading.units,
        offices=offices,
        obligations=addressed(reading.obligations, offices),
        media=reading.media,
        events=reading.events,
        scoring=_scoring(cleaned, outline, table),
        targets=find_targets(_goals(reading.nodes), _yearly(metadata.title)),
        doubts=_doubts(metadata.title, cleaned, outline)
        + reading.doubts
        + table.doubts
        + differing,
    )


def _targets(
    kind: PlanKind,
    cleaned: CleanText,
    outline: Outline,
    metadata: Metadata,
    nodes: tuple[PlanNode, ...],
) -> tuple[Target, ...]:
    """The targets of the text, then those of tables of indicators that it does not have."""
    if kind == "other":
        return ()
    term = read_period(metadata.title, kind, cleaned.text)
    first, last = (int(day[:4]) for day in term) if term else (None, None)
    said = find_targets(
        (*_goals_before(outline.before), *nodes),
        _year_of(kind, metadata, cleaned.text),
        first,
    )
    known = {_quantity(target) for target in said}
    return said + tuple(
        target for target in find_indicators(cleaned.lines, last) if _quantity(target) not in known
    )


def _quantity(target: Target) -> tuple[str, float]:
    """What tells one target from another; 素质的比例 is 素质比例."""
    return comparable(target.name).replace("的", ""), target.value


def _goals_before(lines: Sequence[Line]) -> tuple[PlanNode, ...]:
    """Paragraphs above the first heading that a label 具体指标： or 总体目标： opens."""
    return tuple(
        PlanNode(id="", kind="heading", level=1, title=label[1], text=line.text[label.end() :])
        for line in lines
        if (label := _LABELLED_GOALS.match(line.text)) is not None and not line.cells
    )


def _goals(nodes: tuple[PlanNode, ...]) -> tuple[PlanNode, ...]:
    """The sections 工作目标 of a publicity plan; figures elsewhere in it are duties and quotas."""
    return tuple(node for node in walk(nodes) if node.kind == "heading" and "目标" in node.title)


def _yearly(title: str) -> int | None:
    term = year_term(title)
    return int(term[0][:4]) if term else None


def _scoring(
    cleaned: CleanText, outline: Outline, table: TableReading, *, only_rules: bool = False
) -> tuple[ScoringRule, ...]:
    """The notes of the task table, then the rules of sections, of attachments and of tables."""
    found = table.scoring + scoring_in_sections(
        outline.sections, table.scoring, only_rules=only_rules
    )
    spans = [section.span for section in outline.sections]
    outside = [
        line for line in cleaned.lines if not any(start <= line.start < end for start, end in spans)
    ]
    found += scoring_in_lines(outside, found)
    rest = [other for other in tables_in(cleaned.lines) if other.start not in table.starts]
    return found + scoring_in_tables(rest)


def _with_rules_of_points(plan: Plan, cleaned: CleanText, outline: Outline) -> Plan:
    """A document on how publicity is scored 宣传信息考核办法 is no plan, but its rules count."""
    table = read_task_tables(cleaned.lines)
    quotas = quotas_of(cleaned.lines)
    offices, differing = with_quotas(all_offices(table.offices, plan.nodes), quotas)
    return replace(
        plan,
        offices=offices,
        scoring=_scoring(cleaned, outline, table, only_rules=True),
        doubts=plan.doubts + table.doubts + differing,
    )
