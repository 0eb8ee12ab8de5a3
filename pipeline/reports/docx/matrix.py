"""The matrix in the circular: terms, the themes above, offices, levels with carriers and genres.

Hides: how many terms stand side by side on a page, and which of it is an annex.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES, CoverageReport, Tally
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.matrix import (
    Dimension,
    dimensions,
    idle_note,
    idle_offices,
    led_words,
    term_name,
    unanswered_themes,
)
from pipeline.reports.wording import clean, full_title, unchecked_note

__all__ = ["forms_tables", "groups_table", "office_gaps", "offices_table", "terms_tables"]

_BESIDE = 5
"""Terms side by side; further ones go on in the next table."""
_CODES = 8
"""Levels, carriers or genres side by side."""
_NAMED = 12
"""Themes and offices told in a sentence; where there are more, the annex tells all."""
_EVERY = 10_000


def terms_tables(paper: Paper, report: CoverageReport) -> None:
    """各期达标情况: every theme in every term."""
    name = _name(report)
    note = f"每格为状态和“已核实／标准”篇数，每期都要达到标准。{unchecked_note(report)}"
    for start in range(0, len(report.terms), _BESIDE):
        terms = report.terms[start : start + _BESIDE]
        columns = [
            Column(name, 56),
            *(Column(clean(term_name(term), 30), 100 / len(terms), "figure") for term in terms),
        ]
        rows = [
            (
                full_title(theme),
                *(
                    f"{STATE_NAMES[line.state]}\n{line.tally.verified}／{theme.bar}"
                    for line in theme.by_term[start : start + _BESIDE]
                ),
            )
            for theme in report.worst_first()
        ]
        paper.table(f"各期{name}达标情况", columns, rows, note)


def groups_table(paper: Paper, report: CoverageReport) -> None:
    """上级条目: the union of the audited themes below each."""
    if not report.groups:
        return
    columns = (
        Column("上级条目", 45),
        Column("状态", 17, "figure"),
        Column("已核实／标准", 15, "figure"),
        Column("机器待核", 11, "figure"),
        Column("依据", 68),
    )
    rows = [
        (
            full_title(line),
            STATE_NAMES[line.state],
            f"{line.tally.verified}／{line.bar}",
            line.tally.machine,
            clean(line.reason, 300),
        )
        for line in report.groups
    ]
    note = f"上级条目是所属各条的并集，一篇只计一次，不是各条之和。{unchecked_note(report)}"
    paper.table("上级条目覆盖情况", columns, rows, note)


def office_gaps(report: CoverageReport, most: int = _NAMED) -> Iterator[str]:
    """Themes without an office and offices without a theme, in words; ``most`` of each by name."""
    if not report.offices:
        return
    name = _name(report)
    if alone := unanswered_themes(report):
        titles = _named([full_title(theme) for theme in alone], "；", most)
        yield f"方案没有写明责任科室的{name}{len(alone)}项：{titles}。"
    if idle := idle_offices(report):
        names = _named([clean(line.name, 40) for line in idle], "、", most)
        yield f"方案列出、但没有对应{name}的科室{len(idle)}个：{names}。{idle_note(report)}"


def offices_table(paper: Paper, report: PeriodReport) -> None:
    """责任科室: what each answers for, and the stories of it."""
    columns = (
        Column("科室", 34),
        Column("牵头", 50),
        Column("责任", 50),
        Column("已核实", 11, "figure"),
        Column("机器待核", 11, "figure"),
    )
    rows = [
        (
            clean(line.name, 40),
            clean(led_words(report, line.lead), 300) or "—",
            clean(led_words(report, line.themes), 300) or "—",
            line.tally.verified,
            line.tally.machine,
        )
        for line in report.offices
    ]
    note = f"篇数是所负责各条的并集，一篇只计一次。{unchecked_note(report)}"
    paper.table("责任科室和所负责的条目", columns, rows, note)
    if max(len(unanswered_themes(report)), len(idle_offices(report))) > _NAMED:
        for said in office_gaps(report, most=_EVERY):
            paper.line(said)


def forms_tables(paper: Paper, report: PeriodReport) -> None:
    """级别、载体和体裁: a table for each, without the columns in which there is nothing."""
    note = (
        "每格为“已核实／机器”篇数；级别取最高刊发级别，载体和体裁取首发，同一行相加为该条篇数。"
        f"一篇可归入几条，各行不能相加。{unchecked_note(report)}"
    )
    for dimension in dimensions(report):
        for start in range(0, len(dimension.columns), _CODES):
            _form(paper, report, dimension, start, note)


def _form(paper: Paper, report: PeriodReport, dimension: Dimension, start: int, note: str) -> None:
    codes = dimension.columns[start : start + _CODES]
    share = min(20.0, 100 / len(codes))
    columns = [
        Column(_name(report), 156 - share * len(codes)),
        *(Column(name, share, "figure") for _, name in codes),
    ]
    rows = [
        (full_title(theme), *(_pair(dimension.tally(theme, code)) for code, _ in codes))
        for theme in report.worst_first()
    ]
    paper.table(f"{_name(report)}的报道按{dimension.name}", columns, rows, note)


def _pair(tally: Tally) -> str:
    return f"{tally.verified}／{tally.machine}"


def _named(names: list[str], between: str, most: int) -> str:
    more = "等（全部见附件“责任科室”）" if len(names) > most else ""
    return between.join(names[:most]) + more


def _name(report: CoverageReport) -> str:
    return clean(report.plan.scheme_name, 40) or "条目"
