"""Offices in the circular: what they handed in, what was adopted, points and rank."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.scorecard import OfficeCard, Scorecard
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.points_wording import points_words
from pipeline.reports.wording import clean, unchecked_note

__all__ = ["offices_section", "offices_sentences"]


def offices_sentences(report: PeriodReport) -> Iterator[str]:
    """What was handed in and adopted, in words, with the offices at zero."""
    card = report.scorecard
    if card is None:
        return
    yield (
        f"各科室共报送{sum(one.handed_in for one in card.offices)}条，"
        f"采用{sum(one.adopted for one in card.offices)}条，得{points_words(card.total)}分。"
    )


def offices_section(paper: Paper, report: PeriodReport) -> None:
    """Rank table, offices at zero."""
    card = report.scorecard
    if card is None:
        return
    paper.section("报送与采用情况")
    paper.table("科室得分排名", _rank_columns(card), _rank_rows(card), unchecked_note(report))
    for said in _zeros(card):
        paper.line(said)


def _rank_columns(card: Scorecard) -> list[Column]:
    targets = any(one.target_points is not None for one in card.offices)
    names = ["报送", "采用", "得分", "加分", "扣分", "调整", "合计"]
    return [
        Column("名次", 9, "figure"),
        Column("科室", 30),
        *(Column(name, 12, "figure") for name in names),
        *([Column("分解分值（目标）", 16, "figure")] if targets else []),
    ]


def _rank_rows(card: Scorecard) -> Iterator[list[str | int]]:
    targets = any(one.target_points is not None for one in card.offices)
    for one in sorted(card.offices, key=lambda office: office.rank):
        row: list[str | int] = [
            one.rank,
            clean(one.office, 40),
            one.handed_in,
            one.adopted,
            *_points(one),
        ]
        if targets:
            row.append("—" if one.target_points is None else points_words(one.target_points))
        yield row
    total: list[str | int] = [
        "",
        "合计",
        sum(one.handed_in for one in card.offices),
        sum(one.adopted for one in card.offices),
        *(
            points_words(sum((getattr(one, name) for one in card.offices), Decimal(0)))
            for name in ("points", "bonus", "deductions", "adjustments")
        ),
        points_words(card.total),
    ]
    yield [*total, ""] if targets else total


def _points(one: OfficeCard) -> list[str | int]:
    return [
        points_words(amount)
        for amount in (one.points, one.bonus, one.deductions, one.adjustments, one.total)
    ]


def _zeros(card: Scorecard) -> Iterator[str]:
    silent = [clean(one.office, 40) for one in card.offices if not one.handed_in]
    unused = [clean(one.office, 40) for one in card.offices if one.handed_in and not one.adopted]
    yield f"零报送{len(silent)}个" + (f"：{'、'.join(silent)}。" if silent else "。")
    yield f"有报送零采用{len(unused)}个" + (f"：{'、'.join(unused)}。" if unused else "。")
