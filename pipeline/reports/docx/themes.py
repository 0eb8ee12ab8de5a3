"""Themes in the circular: their states, worst first, and each gap with what was checked."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import STATE_NAMES, CoverageReport, ThemeLine
from pipeline.reports.docx.matrix import groups_table, office_gaps, terms_tables
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.docx.wording import without_commands
from pipeline.reports.inquiry_wording import answer_words, offices_words
from pipeline.reports.wording import clean, full_title, sentence, unchecked_note

__all__ = ["bound_words", "checked_words", "gaps_section", "themes_section"]

_COLUMNS = (
    Column("序号", 7, "figure"),
    Column("条目", 34),
    Column("状态", 13, "figure"),
    Column("已核实／标准", 13, "figure"),
    Column("机器待核", 10, "figure"),
    Column("依据", 56),
)


def themes_section(paper: Paper, report: CoverageReport) -> None:
    """The table of all themes, their terms, the themes above, and who answers for none."""
    name = clean(report.plan.scheme_name, 40) or "条目"
    paper.section(f"{name}覆盖情况")
    columns = [*_COLUMNS]
    columns[1] = Column(name, columns[1].share)
    rows = [
        (
            number,
            full_title(theme),
            STATE_NAMES[theme.state],
            f"{theme.tally.verified}／{theme.bar}",
            theme.tally.machine,
            clean(theme.reason, 300),
        )
        for number, theme in enumerate(report.worst_first(), 1)
    ]
    paper.table(f"{name}覆盖情况（问题在前）", columns, rows, unchecked_note(report))
    terms_tables(paper, report)
    groups_table(paper, report)
    for said in office_gaps(report):
        paper.line(said)


def gaps_section(paper: Paper, report: PeriodReport) -> None:
    """Blank and thin themes, then the undecided ones: what was checked, what could be missed, who
    answers for it and what they said."""
    gaps = [theme for theme in report.worst_first() if theme.state in ("blank", "thin")]
    open_ones = [theme for theme in report.worst_first() if theme.state == "undecided"]
    if not gaps and not open_ones:
        return
    paper.section("空白、薄弱和待核实")
    paper.line(f"以下各项均据同一范围核算：{checked_words(report)}")
    for theme in (*gaps, *open_ones):
        paper.part(f"{clean(theme.title, 160)}：{STATE_NAMES[theme.state]}")
        for said in _gap_lines(report, theme):
            paper.line(said)
    paper.keep_with_next()
    paper.line(unchecked_note(report), "公文表注")


def _gap_lines(report: PeriodReport, theme: ThemeLine) -> Iterator[str]:
    name = clean(report.plan.scheme_name, 40) or "条目"
    number = clean(theme.number, 20).rstrip("、．. ")
    where = f"方案{name}{number}，" if number else ""
    yield f"认定：{where}{sentence(theme.reason)}{bound_words(theme)}"
    items = report.inquiry.items if report.inquiry else ()
    item = next((one for one in items if one.theme == theme.id), None)
    if item is not None:
        yield f"责任科室：{offices_words(item)}。"
    answers = [answer for answer in report.answers if answer.theme == theme.id]
    for answer in answers:
        yield answer_words(answer)
    if theme.next_step and not any(answer.excused for answer in answers):
        yield f"下步：{without_commands(sentence(theme.next_step))}"


def checked_words(report: CoverageReport) -> str:
    """How much was looked at, and how much of it completely."""
    complete = sum(source.complete for source in report.sources)
    unchecked = sum(medium.state in ("seen", "unchecked") for medium in report.media)
    media = f"；方案点名媒体{len(report.media)}家，未查{unchecked}家" if report.media else ""
    return (
        f"来源{len(report.sources)}家（整个周期采全{complete}家），报道{report.totals.items}条，"
        f"计入{report.totals.counted}篇{media}。"
    )


def bound_words(theme: ThemeLine) -> str:
    """What the random sample says, '' without one."""
    found = theme.estimate
    if found is None:
        return ""
    return (
        f"随机抽查（第{found.audit}号）读{found.read}篇，推算全部{found.population}篇中"
        f"有{found.low}至{found.high}篇属于本条（把握不低于95%）。"
    )
