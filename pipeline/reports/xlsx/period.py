"""The sheets of what a period's report says beside its coverage: 科室答复, 对比, 补录, 更正, 签批.

Hides: that a sheet with nothing to say is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.coverage.report import STATE_NAMES
from pipeline.coverage.sign_off import STAGE_NAMES
from pipeline.inquiry import CHOICE_NAMES, CURES
from pipeline.reports.period_wording import (
    CHANGE_HEADS,
    CORRECTION_HEADS,
    LATE_HEADS,
    Line,
    change_lines,
    comparison_note,
    correction_lines,
    late_lines,
    period_parts,
    supplement_note,
)
from pipeline.reports.wording import clean, full_title, made_words
from pipeline.reports.xlsx.book import Book, Column, day_cell

__all__ = ["write_answers", "write_comparison", "write_sign_off", "write_supplement"]

_CHANGE_WIDTHS = (40, 10, 15, 15, 8, 10, 8, 10, 40)
_LATE_WIDTHS = (44, 11, 18, 8, 24, 8, 44, 34)
_CORRECTION_WIDTHS = (24, 7, 44, 34, 30, 30, 12, 24)


def write_answers(book: Book) -> None:
    """What offices answered about gaps, and the next step each answer asks for."""
    parts = period_parts(book.report)
    if parts is None or not parts.answers:
        return
    columns: tuple[Column, ...] = (
        (book.scheme, 34), ("状态", 13), ("科室", 16), ("答复", 18), ("佐证", 30), ("说明", 30),
        ("答复人", 10), ("日期", 11), ("下一步", 50),
    )  # fmt: skip
    sheet = book.sheet(
        "科室答复", "宣传空白核实单的答复", "答复不改变状态，登记佐证并复核后重新核算", columns
    )
    book.rows(
        sheet,
        columns,
        (
            [
                full_title(theme),
                STATE_NAMES[theme.state],
                one.office,
                CHOICE_NAMES[one.choice],
                one.proof,
                one.note,
                one.by,
                day_cell(one.day),
                CURES[one.choice],
            ]
            for theme in book.report.worst_first()
            for one in parts.answers
            if one.theme == theme.id
        ),
    )


def write_comparison(book: Book) -> None:
    """Themes beside what they were, those that dropped first."""
    parts = period_parts(book.report)
    if parts is not None and parts.comparison is not None:
        lines = change_lines(parts.comparison)
        note = comparison_note(parts.comparison)
        _table(book, "对比", note, CHANGE_HEADS, _CHANGE_WIDTHS, lines)


def write_supplement(book: Book) -> None:
    """补录 and 更正, a sheet each."""
    parts = period_parts(book.report)
    if parts is None or parts.supplement is None:
        return
    said = parts.supplement
    note = supplement_note(said)
    if said.late:
        _table(book, "补录", note, LATE_HEADS, _LATE_WIDTHS, late_lines(book.report, said))
    if said.corrections:
        _table(book, "更正", note, CORRECTION_HEADS, _CORRECTION_WIDTHS, correction_lines(said))


def write_sign_off(book: Book) -> None:
    """The signatures, oldest first."""
    parts = period_parts(book.report)
    if parts is None or parts.sign_off is None:
        return
    columns: tuple[Column, ...] = (
        ("版次", 7), ("环节", 20), ("签批人", 20), ("时间", 30), ("说明", 60),
    )  # fmt: skip
    old = parts.sign_off.replaces
    note = f"替代指纹 {clean(old, 64)} 的版本" if old else "印发后锁定；以后的变动见下期补录与更正"
    sheet = book.sheet("签批", "签批", note, columns)
    book.rows(
        sheet,
        columns,
        (
            [step.version, STAGE_NAMES[step.stage], step.by, made_words(step.at), step.note]
            for step in parts.sign_off.steps
        ),
    )


def _table(
    book: Book,
    name: str,
    note: str,
    heads: Sequence[str],
    widths: Sequence[float],
    lines: Iterable[Line],
) -> None:
    columns: tuple[Column, ...] = tuple(zip(heads, widths, strict=True))
    sheet = book.sheet(name, name, note, columns)
    days = {place for place, head in enumerate(heads) if head == "日期"}
    book.rows(
        sheet,
        columns,
        (
            [day_cell(str(cell)) if at in days else cell for at, cell in enumerate(line.cells)]
            for line in lines
        ),
    )
