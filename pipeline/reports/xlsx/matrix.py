"""The sheets of the matrix beyond months: terms, groups, carriers and genres, offices.

Hides: which of them a report has; one without anything is left out.
"""

from __future__ import annotations

from pipeline.coverage.report import STATE_NAMES
from pipeline.reports.matrix import dimensions, idle_offices, led_words, term_name
from pipeline.reports.wording import full_title
from pipeline.reports.xlsx.book import Book, Column, Value

__all__ = ["write_forms", "write_groups", "write_offices", "write_terms"]


def write_terms(book: Book) -> None:
    """The state of every theme in every term, with its stories and the reason."""
    report = book.report
    if not report.terms:
        return
    columns: tuple[Column, ...] = (
        (book.scheme, 34), ("考核周期", 24), ("状态", 13), ("已核实", 8), ("机器", 8), ("达标线", 8),
        ("理由", 70), ("下一步", 40),
    )  # fmt: skip
    sheet = book.sheet("各期", "各期达标情况", "达标线按考核周期计，每期都要达到", columns)
    book.rows(
        sheet,
        columns,
        (
            [
                full_title(theme),
                term_name(line.period),
                STATE_NAMES[line.state],
                line.tally.verified,
                line.tally.machine,
                theme.bar,
                line.reason,
                line.next_step,
            ]
            for theme in report.worst_first()
            for line in theme.by_term
        ),
    )


def write_groups(book: Book) -> None:
    """The themes above the audited ones: the union of theirs, never a sum."""
    report = book.report
    if not report.groups:
        return
    columns: tuple[Column, ...] = (
        ("上级条目", 40), ("状态", 13), ("已核实", 8), ("机器", 8), ("达标线", 8), ("理由", 80),
    )  # fmt: skip
    note = "所属各条的并集，一篇只计一次，不是各条之和"
    sheet = book.sheet("上级条目", "上级条目", note, columns)
    book.rows(
        sheet,
        columns,
        (
            [
                full_title(line),
                STATE_NAMES[line.state],
                line.tally.verified,
                line.tally.machine,
                line.bar,
                line.reason,
            ]
            for line in report.groups
        ),
    )


def write_forms(book: Book) -> None:
    """Stories of every theme by level, carrier and genre; columns without any are left out."""
    report = book.report
    shown = dimensions(report)
    if not shown:
        return
    columns: list[Column] = [(book.scheme, 34)]
    for dimension in shown:
        for _, name in dimension.columns:
            columns += [(f"{dimension.name}：{name} 已核实", 15), (f"{name} 机器", 10)]
    note = "级别取最高刊发级别，载体和体裁取首发；同一类各列之和等于该条篇数"
    sheet = book.sheet("级别载体体裁", "级别、载体与体裁", note, columns)
    rows: list[list[Value]] = []
    for theme in report.worst_first():
        row: list[Value] = [full_title(theme)]
        for dimension in shown:
            for code, _ in dimension.columns:
                tally = dimension.tally(theme, code)
                row += [tally.verified, tally.machine]
        rows.append(row)
    book.rows(sheet, columns, rows)


def write_offices(book: Book) -> None:
    """Offices with the themes they answer for, and the themes for which nobody does."""
    report = book.report
    if not report.offices:
        return
    columns: tuple[Column, ...] = (
        ("科室", 24), ("牵头", 40), ("责任", 40), ("方案所列宣传重点", 40), ("已核实", 8), ("机器", 8),
        ("情况", 24),
    )  # fmt: skip
    note = "篇数是所负责各条的并集，一篇只计一次"
    sheet = book.sheet("责任科室", "责任科室", note, columns)
    idle = idle_offices(report)
    rows: list[list[Value]] = [
        [
            line.name,
            led_words(report, line.lead),
            led_words(report, line.themes),
            line.focus,
            line.tally.verified,
            line.tally.machine,
            "没有对应条目" if line in idle else "",
        ]
        for line in report.offices
    ]
    rows += [
        ["", "", full_title(theme), "", theme.tally.verified, theme.tally.machine, "没有责任科室"]
        for theme in report.themes
        if not (theme.lead_offices or theme.offices)
    ]
    book.rows(sheet, columns, rows)
