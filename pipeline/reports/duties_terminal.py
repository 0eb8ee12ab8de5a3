"""Duties, sentences, figures and advice on a terminal, for officers, in Chinese.

Hides: what of them fits on a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.coverage.advice import Advice, Suggestion
from pipeline.coverage.figures import TargetFigures
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.report import CoverageReport, Period
from pipeline.coverage.sentences import ThemeSentences
from pipeline.reports import duties_wording as words
from pipeline.reports.screen import heading, say, settle_width
from pipeline.reports.wording import clean, days_words, unchecked_note

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_advice", "print_figures", "print_obligations", "print_sentences"]

_STYLES = {
    "done": "green",
    "partly": "yellow",
    "none": "bold red",
    "not_due": "cyan",
    "outside": "dim",
}
_SHOWN = 3
"""Proofs and proposals per duty without --verbose."""


def print_obligations(
    lines: Sequence[ObligationLine],
    plan: str,
    period: Period,
    console: Console,
    *,
    verbose: bool = False,
) -> None:
    """Print 落实情况表; ``verbose`` adds every occasion, proof and proposal."""
    settle_width(console)
    say(console, f"落实情况表：{clean(plan, 80)}", "bold")
    label = f"{clean(period.label, 60)}，" if period.label else ""
    say(console, f"统计周期：{label}{days_words(period.first, period.last)}", hang=10)
    say(console, words.obligation_counts(lines))
    say(console, f"{words.OBLIGATIONS_NOTE}。", "dim")
    for line in lines:
        console.print()
        _print_line(line, console, verbose=verbose)


def _print_line(line: ObligationLine, console: Console, *, verbose: bool) -> None:
    say(
        console,
        f"[{words.obligation_state(line)}] {clean(line.what, 120)}（{line.id}）",
        _STYLES[line.state],
        hang=2,
    )
    say(console, f"时间：{words.when_words(line)}。{clean(line.reason, 300)}", indent=2, hang=6)
    if line.offices:
        say(
            console,
            f"科室：{'、'.join(clean(name, 40) for name in line.offices)}",
            indent=2,
            hang=6,
        )
    if line.media:
        say(console, f"媒体：{words.media_words(line)}", indent=2, hang=6)
    if line.next_due and line.state != "not_due":
        say(console, f"下次到期：{line.next_due}", indent=2)
    for note in line.notes:
        say(console, f"注：{clean(note, 200)}", "dim", indent=2, hang=4)
    if verbose:
        for one in line.occasions:
            due = "已到期" if one.due else "未到期"
            say(console, f"{one.label}：应 {one.wanted}，见 {one.shown}，{due}", "dim", indent=4)
    proofs = line.proofs if verbose else line.proofs[:_SHOWN]
    for proof in proofs:
        say(console, f"佐证：{words.proof_words(proof)}", "green", indent=2, hang=6)
    _more(len(line.proofs) - len(proofs) + line.more_proofs, "件佐证", console)
    proposals = line.proposals if verbose else line.proposals[:_SHOWN]
    for proposal in proposals:
        say(console, f"待确认：{words.proposal_words(proposal)}", "yellow", indent=2, hang=8)
    _more(len(line.proposals) - len(proposals) + line.more_proposals, "篇待确认", console)


def _more(count: int, what: str, console: Console) -> None:
    if count > 0:
        say(console, f"……另有 {count} {what}", indent=2)


def print_sentences(
    themes: Sequence[ThemeSentences], console: Console, *, verbose: bool = False
) -> None:
    """Print the plan's sentences nobody answered; ``verbose`` prints all of them."""
    heading(console, "方案语句回应")
    say(console, f"{words.sentence_counts(themes)}。{words.SENTENCES_NOTE}。", "dim", indent=2)
    for theme in themes:
        shown = theme.sentences if verbose else theme.unanswered
        if not shown:
            continue
        say(console, f"{clean(theme.title, 100)}（{words.placed_words(theme)}）", indent=2, hang=2)
        for one in shown:
            style = "" if one.answered else "yellow" if one.possible else "red"
            found = words.answer_words(one)
            say(console, f"· {clean(one.text, 160)}：{found}", style, indent=4, hang=2)


def print_figures(
    targets: Sequence[TargetFigures], console: Console, *, verbose: bool = False
) -> None:
    """Print targets beside reported figures; ``verbose`` adds what was left out and why."""
    heading(console, "指标对照")
    say(console, f"{words.FIGURES_NOTE}。", "dim", indent=2)
    for target in targets:
        say(
            console,
            f"{clean(target.name, 100)}：方案 {words.target_words(target)}",
            indent=2,
            hang=2,
        )
        for quote in target.reported:
            who = "已核实" if quote.verified else "机器归类"
            line = (
                f"报道 {words.figure_words(quote)}，{quote.day}《{clean(quote.title, 60)}》，{who}"
            )
            say(console, line, "green", indent=4, hang=2)
        _more(target.more_reported, "处报道", console)
        left = len(target.left_out) + target.more_left_out
        if not target.reported:
            say(console, "没有可并列的报道数字", indent=4)
        if left and not verbose:
            say(console, f"另有 {left} 处提到，因口径、地域或年份不同未并列", "dim", indent=4)
        for one in target.left_out if verbose else ():
            line = f"未并列 {words.figure_words(one.quote)}，{words.left_out_words(one)}"
            line += f"：{clean(one.quote.sentence, 80)}"
            say(console, line, "dim", indent=4, hang=2)


def print_advice(advice: Advice, report: CoverageReport, console: Console) -> None:
    """Print 选题建议 in order."""
    settle_width(console)
    say(console, f"选题建议：{clean(report.plan.title, 80)}", "bold")
    say(console, f"{words.advice_note(advice)}。", "dim")
    for number, one in enumerate(advice.suggestions, 1):
        console.print()
        _print_suggestion(number, one, console)
    if not advice.suggestions:
        say(console, "眼下没有建议。")
    console.print()
    say(console, unchecked_note(report), "dim")


def _print_suggestion(number: int, one: Suggestion, console: Console) -> None:
    head = f"{number}. [{words.advice_kind(one)}] {clean(one.subject, 200)}"
    say(console, head, "bold" if one.kind in ("blank", "obligation") else "", hang=3)
    rest = [
        ("理由", clean(one.reason, 300)),
        ("条目", clean(one.theme_title, 120)),
        ("科室", "、".join(clean(name, 40) for name in one.offices)),
        ("采访", words.units_words(one)),
        ("方案原文", "；".join(clean(line, 120) for line in one.sentences)),
        ("截止", words.deadline_words(one)),
    ]
    for name, told in rest:
        if told:
            say(console, f"{name}：{told}", indent=3, hang=2 * len(name) + 2)
    for story in one.background:
        say(console, f"背景：{story.day}《{clean(story.title, 60)}》", "dim", indent=3, hang=6)
