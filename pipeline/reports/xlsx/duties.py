"""The sheets of duties, sentences of the plan, targets and advice.

Hides: what stands in which column. A sheet is written only where the report has that part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.coverage.period_report import PeriodReport
from pipeline.reports import duties_wording as words
from pipeline.reports.wording import clean
from pipeline.reports.xlsx.book import Book, Column, Value

__all__ = ["write_advice", "write_figures", "write_obligations", "write_sentences"]


def write_obligations(book: Book) -> None:
    """落实情况表: a row per duty."""
    lines = book.report.obligations if isinstance(book.report, PeriodReport) else ()
    if not lines:
        return
    columns: tuple[Column, ...] = (
        ("事项", 40), ("编号", 10), ("时间要求", 22), ("责任科室", 24), ("情况", 11), ("应办时次", 8),
        ("到期", 7), ("已落实", 7), ("说明", 44), ("缺", 40), ("点名媒体与佐证数", 34), ("佐证", 50),
        ("待确认", 50), ("下次到期", 12), ("注", 36),
    )  # fmt: skip
    sheet = book.sheet("落实情况", "落实情况表", f"{words.OBLIGATIONS_NOTE}", columns)

    def rows() -> Iterable[Sequence[Value]]:
        for line in lines:
            due = [one for one in line.occasions if one.due]
            proofs = [words.proof_words(one) for one in line.proofs]
            if line.more_proofs:
                proofs.append(f"另有 {line.more_proofs} 件")
            proposals = [words.proposal_words(one) for one in line.proposals]
            if line.more_proposals:
                proposals.append(f"另有 {line.more_proposals} 篇")
            about: list[Value] = [line.what, line.id, words.when_words(line)]
            about += ["、".join(line.offices) or "方案未写", words.obligation_state(line)]
            counts: list[Value] = [len(line.occasions), len(due), sum(one.met for one in due)]
            rest: list[Value] = [line.reason, words.missed_words(line), words.media_words(line)]
            rest += ["\n".join(proofs), "\n".join(proposals), line.next_due]
            yield [*about, *counts, *rest, "；".join(line.notes)]

    book.rows(sheet, columns, rows())


def write_sentences(book: Book) -> None:
    """方案语句: a row per sentence."""
    themes = book.report.sentences if isinstance(book.report, PeriodReport) else ()
    if not themes:
        return
    columns: tuple[Column, ...] = (
        (book.scheme, 34), ("方案语句", 70), ("所在条目", 16), ("回应", 14), ("已核实", 8), ("机器", 8),
        ("待看", 8), ("最近的报道", 40),
    )  # fmt: skip
    sheet = book.sheet("方案语句", "方案语句回应", words.SENTENCES_NOTE, columns)

    def rows() -> Iterable[Sequence[Value]]:
        for theme in themes:
            for one in theme.sentences:
                found = "有回应" if one.answered else "待看" if one.possible else "没有找到"
                counts: list[Value] = [one.verified, one.machine, one.possible]
                yield [theme.title, one.text, one.node, found, *counts, "、".join(one.stories)]

    book.rows(sheet, columns, rows())


def write_figures(book: Book) -> None:
    """指标对照: a row per figure, those that do not match with the reason."""
    targets = book.report.figures if isinstance(book.report, PeriodReport) else ()
    if not targets:
        return
    columns: tuple[Column, ...] = (
        ("指标", 40), ("方案", 24), ("报道数字", 18), ("并列", 8), ("未并列原因", 36), ("日期", 12),
        ("报道", 44), ("稿源", 16), ("认定", 10), ("原句", 60),
    )  # fmt: skip
    sheet = book.sheet("指标对照", "指标与报道数字对照", words.FIGURES_NOTE, columns)

    def rows() -> Iterable[Sequence[Value]]:
        for target in targets:
            name: list[Value] = [target.name, words.target_words(target)]
            found = [(quote, "") for quote in target.reported]
            found += [(one.quote, words.left_out_words(one)) for one in target.left_out]
            for quote, why in found:
                about: list[Value] = [quote.day, quote.title, quote.outlet]
                who = "已核实" if quote.verified else "机器归类"
                shown = "否" if why else "是"
                yield [*name, words.figure_words(quote), shown, why, *about, who, quote.sentence]
            if not found:
                yield [*name, "没有报道数字", "", "", "", "", "", "", ""]
            more = target.more_reported + target.more_left_out
            if more:
                yield [*name, f"另有 {more} 处", "", "", "", "", "", "", ""]

    book.rows(sheet, columns, rows())


def write_advice(book: Book) -> None:
    """选题建议: a row per suggestion, the most urgent first."""
    advice = book.report.advice if isinstance(book.report, PeriodReport) else None
    if advice is None:
        return
    columns: tuple[Column, ...] = (
        ("序", 6), ("类别", 11), ("建议", 54), ("理由", 50), ("对应条目", 34), ("责任科室", 22),
        ("采访单位", 40), ("方案原文", 50), ("背景报道", 50), ("截止", 12),
    )  # fmt: skip
    sheet = book.sheet("选题建议", "选题建议", words.advice_note(advice), columns)

    def rows() -> Iterable[Sequence[Value]]:
        for number, one in enumerate(advice.suggestions, 1):
            stories = [f"{s.day}《{clean(s.title, 60)}》" for s in one.background]
            head: list[Value] = [number, words.advice_kind(one), one.subject, one.reason]
            rest: list[Value] = [one.theme_title, "、".join(one.offices), words.units_words(one)]
            yield [*head, *rest, "\n".join(one.sentences), "\n".join(stories), one.deadline]

    book.rows(sheet, columns, rows())
