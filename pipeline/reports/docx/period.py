"""What the circular says beside coverage and offices: duties, 补录 and 更正, comparison, advice.

Hides: which of it stands in the text and which in an annex. Words and figures are those every
format prints (``duties_wording``, ``period_wording``); a part the record does not have is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.coverage.advice import Suggestion
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.sign_off import STAGE_NAMES
from pipeline.reports import duties_wording as words
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.period_wording import (
    CHANGE_HEADS,
    CORRECTION_HEADS,
    LATE_HEADS,
    change_lines,
    comparison_note,
    correction_lines,
    late_lines,
    supplement_note,
)
from pipeline.reports.wording import clean, made_words, sentence, unchecked_note

__all__ = [
    "FOREMOST",
    "advice_section",
    "advice_table",
    "comparison_section",
    "duties_section",
    "figures_table",
    "proofs_table",
    "sentences_table",
    "signatures_table",
    "supplement_section",
]

_LATE = (44, 20, 20, 13, 25, 12, 30)
"""Shares of the columns of ``LATE_HEADS``; addresses stand in the ledger."""
_CORRECTIONS = (25, 10, 38, 28, 18, 18, 14, 22)
_VOUCHED = (17, 8, 25, 36, 29, 32, 11, 17)
"""The same where words taken back are among them: their days and themes need the room of titles."""
FOREMOST = 6
"""Suggestions told in the text; where there are more, all of them stand in an annex."""
_PROOFS = 8
"""Proofs shown of a duty; the rest are a number."""


def duties_section(paper: Paper, report: PeriodReport) -> None:
    """落实情况表: every duty with its state and the reason."""
    if not report.obligations:
        return
    paper.section("落实事项")
    paper.line(f"方案写明的落实事项{words.obligation_counts(report.obligations)}。")
    columns = (
        Column("事项", 34),
        Column("时间要求", 30),
        Column("责任科室", 26),
        Column("情况", 18, "figure"),
        Column("说明", 48),
    )
    rows = [
        (
            clean(line.what, 120),
            words.when_words(line),
            clean("、".join(line.offices), 120) or "方案未写",
            words.obligation_state(line),
            clean(line.reason, 240),
        )
        for line in report.obligations
    ]
    note = f"{words.OBLIGATIONS_NOTE}。{unchecked_note(report)}"
    paper.table("落实情况", columns, rows, note)


def supplement_section(paper: Paper, report: PeriodReport) -> None:
    """补录 and 更正 of earlier periods, apart from the period's own counts."""
    found = report.supplement
    if found is None:
        return
    paper.section("补录和更正")
    paper.line(supplement_note(found))
    note = unchecked_note(report)
    if found.late:
        rows = [line.cells[: len(_LATE)] for line in late_lines(report, found)]
        paper.table("补录的报道", _columns(LATE_HEADS, _LATE), rows, note)
    if found.corrections:
        rows = [line.cells for line in correction_lines(found)]
        shares = _VOUCHED if any(one.vouched for one in found.corrections) else _CORRECTIONS
        paper.table("印发后的更正", _columns(CORRECTION_HEADS, shares), rows, note)


def _columns(heads: Sequence[str], shares: Sequence[float]) -> list[Column]:
    return [Column(head, share) for head, share in zip(heads, shares, strict=False)]


def comparison_section(paper: Paper, report: PeriodReport) -> None:
    """The period beside another, themes that dropped first."""
    found = report.comparison
    if found is None:
        return
    paper.section("与对比期比较")
    paper.line(comparison_note(found))
    shares = (44, 14, 16, 16, 12, 12, 12, 12, 24)
    columns = [
        Column(head, share, "text" if place in (0, len(shares) - 1) else "figure")
        for place, (head, share) in enumerate(zip(CHANGE_HEADS, shares, strict=True))
    ]
    rows = [line.cells for line in change_lines(found)]
    paper.table("逐项对比（下降在前）", columns, rows, unchecked_note(report))


def advice_section(paper: Paper, report: PeriodReport) -> None:
    """下步建议: what to report on next, the most urgent first."""
    found = report.advice
    if found is None or not found.suggestions:
        return
    paper.section("下步选题建议")
    for number, one in enumerate(found.suggestions[:FOREMOST], 1):
        paper.line(f"{number}．{_suggestion(one)}")
    paper.keep_with_next()
    rest = len(found.suggestions) - FOREMOST
    more = f"其余{rest}条见附件“选题建议”。" if rest > 0 else ""
    paper.line(f"{words.advice_note(found)}。{more}{unchecked_note(report)}", "公文表注")


def advice_table(paper: Paper, report: PeriodReport) -> None:
    """选题建议: all that is suggested."""
    columns = (
        Column("序号", 9, "figure"),
        Column("类别", 21, "figure"),
        Column("建议和依据", 102),
        Column("时限", 24, "figure"),
    )
    found = report.advice.suggestions if report.advice else ()
    rows = [
        (
            str(number),
            words.advice_kind(one),
            _suggestion(one).partition("〕")[2],
            words.deadline_words(one),
        )
        for number, one in enumerate(found, 1)
    ]
    paper.table("选题建议", columns, rows, unchecked_note(report))


def _suggestion(one: Suggestion) -> str:
    parts = [f"〔{words.advice_kind(one)}〕{sentence(one.subject)}", sentence(one.reason)]
    if one.offices:
        parts.append(f"责任科室：{clean('、'.join(one.offices), 120)}。")
    if one.units:
        parts.append(f"可采访：{words.units_words(one)}。")
    if deadline := words.deadline_words(one):
        parts.append(f"时限：{deadline}。")
    return "".join(parts)


def proofs_table(paper: Paper, report: PeriodReport) -> None:
    """落实佐证: what shows that each duty was done, and how many stories may show it."""
    columns = (Column("事项", 44), Column("佐证", 94), Column("待确认", 18, "figure"))
    rows = [
        (
            clean(line.what, 100),
            "\n".join(_proofs(line)) or "没有",
            f"{len(line.proposals) + line.more_proposals}篇",
        )
        for line in report.obligations
    ]
    paper.table("落实事项的佐证", columns, rows, unchecked_note(report))


def _proofs(line: ObligationLine) -> Iterator[str]:
    for proof in line.proofs[:_PROOFS]:
        yield words.proof_words(proof)
    more = len(line.proofs) + line.more_proofs - _PROOFS
    if more > 0:
        yield f"另有 {more} 件"


def sentences_table(paper: Paper, report: PeriodReport) -> None:
    """方案语句回应: every sentence of the plan and how many stories answer it."""
    paper.line(f"{words.sentence_counts(report.sentences)}。")
    columns = (Column("条目", 36), Column("方案语句", 85), Column("回应", 35))
    rows = [
        (
            clean(theme.title, 80) if place == 0 else "",
            clean(one.text, 200),
            words.answer_words(one),
        )
        for theme in report.sentences
        for place, one in enumerate(theme.sentences)
    ]
    paper.table(
        "方案语句的回应", columns, rows, f"{words.SENTENCES_NOTE}。{unchecked_note(report)}"
    )


def figures_table(paper: Paper, report: PeriodReport) -> None:
    """指标对照: the plan's targets beside the figures of the news."""
    columns = (Column("指标", 40), Column("方案", 36), Column("报道（同地域、同年份、同口径）", 80))
    rows = []
    for target in report.figures:
        told = [
            f"{words.figure_words(quote)}　{quote.day}《{clean(quote.title, 60)}》"
            + ("（已核实）" if quote.verified else "（机器归类）")
            for quote in target.reported
        ]
        if target.more_reported:
            told.append(f"另有 {target.more_reported} 处")
        reported = "\n".join(told) or "没有可并列的报道数字"
        rows.append((clean(target.name, 80), words.target_words(target), reported))
    paper.table(
        "方案指标与报道数字", columns, rows, f"{words.FIGURES_NOTE}。{unchecked_note(report)}"
    )


def signatures_table(paper: Paper, report: PeriodReport) -> None:
    """签批: who signed this version when."""
    steps = report.sign_off.steps if report.sign_off else ()
    columns = (
        Column("环节", 34),
        Column("签批人", 24),
        Column("时间", 54),
        Column("意见", 44),
    )
    rows = [
        (STAGE_NAMES[step.stage], clean(step.by, 40), made_words(step.at), clean(step.note, 120))
        for step in steps
    ]
    paper.table("签批环节", columns, rows, unchecked_note(report))
