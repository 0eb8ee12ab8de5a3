"""The scorecard on a terminal, for officers, in Chinese.

Hides: what of a sheet fits on a screen. Figures are those of the ``Scorecard``; nothing is added
up here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.coverage.scorecard import LINE_NAMES, OfficeCard, Scorecard
from pipeline.reports.points_wording import question_words
from pipeline.reports.screen import heading, plain_table, say, settle_width
from pipeline.reports.wording import clean

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_scorecard"]


def print_scorecard(sheet: Scorecard, console: Console) -> None:
    """Print ``sheet``: table of offices, every line with its derivation, open questions, and what
    was not counted."""
    settle_width(console)
    period = f"{sheet.period.first}至{sheet.period.last}"
    say(console, f"考核计分表：{clean(sheet.plan, 80)}", "bold")
    say(console, f"统计周期：{sheet.period.label or period}（{period}）", "dim")
    console.print()
    _print_table(sheet, console)
    for card in sheet.offices:
        _print_card(card, console)
    heading(console, "计分说明（方案原文）")
    for number, note in enumerate(sheet.notes, 1):
        say(console, f"{number}. {clean(note, 400)}", indent=2, hang=3)
    heading(console, "方案未明确，待定口径")
    for question in sheet.questions:
        say(console, question_words(question), indent=2, hang=2)
    if not sheet.questions:
        say(console, "没有。", indent=2)
    if sheet.unapplied:
        heading(console, "没有计入的条款")
        for words in sheet.unapplied:
            say(console, clean(words, 300), indent=2, hang=2)
    if sheet.not_counted:
        heading(console, f"未计分的报送 {len(sheet.not_counted)} 处")
        for piece in sheet.not_counted:
            who = "、".join(piece.offices)
            line = f"{piece.place} {who}《{clean(piece.title, 60)}》：{piece.why}"
            say(console, clean(line, 400), indent=2, hang=2)
    if sheet.left_out:
        heading(console, f"读不出、没有计入的行 {len(sheet.left_out)} 处")
        for trouble in sheet.left_out:
            say(console, clean(str(trouble), 300), "red", indent=2, hang=2)


def _print_table(sheet: Scorecard, console: Console) -> None:
    from rich.text import Text

    table = plain_table()
    table.add_column("名次", justify="right", no_wrap=True)
    table.add_column("科室", ratio=1, overflow="fold")
    for name in ("分解分值", "报送", "采用", "得分", "加分", "扣分", "调整", "合计"):
        table.add_column(name, justify="right", no_wrap=True)
    for card in sorted(sheet.offices, key=lambda card: card.rank):
        target = "—" if card.target_points is None else f"{card.target_points:g}"
        figures = (card.points, card.bonus, card.deductions, card.adjustments, card.total)
        table.add_row(
            str(card.rank),
            Text(clean(card.office, 40)),
            target,
            str(card.handed_in),
            str(card.adopted),
            *map(_figure, figures),
        )
    table.add_row("", "全局", "", "", "", "", "", "", "", _figure(sheet.total))
    console.print(table)
    silent = [clean(card.office, 40) for card in sheet.offices if not card.handed_in]
    say(
        console, "分解分值是任务，不是得分。" + (f"零报送：{'、'.join(silent)}。" if silent else "")
    )


def _print_card(card: OfficeCard, console: Console) -> None:
    heading(console, f"{clean(card.office, 40)}　合计 {_figure(card.total)} 分")
    for line in card.lines:
        title = f"《{clean(line.title, 60)}》" if line.title else ""
        place = f"〔{line.place}〕" if line.place else ""
        words = (
            f"{line.day} {LINE_NAMES[line.kind]} {_figure(line.points)} {title}{line.derivation}"
        )
        say(console, clean(words + place, 600), indent=2, hang=2)
    if not card.lines:
        say(console, "没有计分的报送。", indent=2)


def _figure(points: Decimal) -> str:
    return f"{points:.2f}"
