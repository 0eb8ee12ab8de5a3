"""Offices in the circular: what they handed in, what was adopted, ranks, zeros and quotas.

Hides: which columns a rank table needs (a level nobody was adopted at has none), and how zeros in a
row are told. All figures are those of ``HandedIn`` and ``Scorecard``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from pipeline.coverage.handed_in import (
    QUOTA_STATE_NAMES,
    Counts,
    HandedIn,
    OfficeHandedIn,
    QuotaLine,
)
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.scorecard import Scorecard
from pipeline.reports.docx.paper import Column, Paper
from pipeline.reports.points_wording import points_words
from pipeline.reports.wording import clean, days_words, level_name, unchecked_note

__all__ = ["offices_section", "offices_sentences", "quotas_table"]

_OPTIONAL = ("district", "municipal", "regional", "central", "other", "commissioned", "instructed")
"""Figures that have a column only where one of them is not 0."""
_COUNT_NAMES = {"commissioned": "约稿", "instructed": "批示"}


def offices_sentences(report: PeriodReport) -> Iterator[str]:
    """What was handed in and adopted, in words."""
    found = report.handed_in
    if found is None:
        return
    before = found.previous
    yield (
        f"各科室共报送{found.counts.handed_in}条"
        + (f"（上期{before.handed_in}条）" if before else "")
        + f"，采用{found.counts.adopted}条"
        + (f"（上期{before.adopted}条）" if before else "")
        + f"，各级采用{found.counts.uses}次，得{points_words(found.counts.points)}分。"
        f"本年累计（{days_words(found.year.first, found.year.last)}）报送{found.year_counts.handed_in}条，"
        f"采用{found.year_counts.adopted}条，得{points_words(found.year_counts.points)}分。"
    )


def offices_section(paper: Paper, report: PeriodReport) -> None:
    """Rank tables, offices at zero, quotas, and what the points are made of."""
    found, card = report.handed_in, report.scorecard
    if found is None and card is None:
        return
    paper.section("报送与采用情况")
    note = unchecked_note(report)
    if found is not None:
        for group in found.groups:
            _rank_table(paper, found, group, note)
        for said in _zeros(found):
            paper.line(said)
        _quotas(paper, found, note)
    if card is not None:
        paper.table("本期得分构成", _score_columns(card), _score_rows(card), note)
        paper.line("分解分值是任务，不是得分。每一分的推导见附件“计分依据”。")


def _rank_table(paper: Paper, found: HandedIn, group: str, note: str) -> None:
    """Ranks of a class of offices; its totals below where it is the only one."""
    offices = found.ranked(group)
    shown = [name for name in _OPTIONAL if any(getattr(one.counts, name) for one in offices)]
    columns = [
        Column("名次", 8, "figure"),
        Column("科室", 26),
        Column("报送", 9, "figure"),
        Column("采用", 9, "figure"),
        *(Column(_count_name(name), 10, "figure") for name in shown),
        Column("得分", 12, "figure"),
        Column("累计报送", 9, "figure"),
        Column("累计采用", 9, "figure"),
        Column("累计得分", 10, "figure"),
        Column("累计名次", 9, "figure"),
    ]

    def figures(now: Counts, year: Counts) -> list[str | int]:
        return [
            now.handed_in,
            now.adopted,
            *(int(getattr(now, name)) for name in shown),
            points_words(now.points),
            year.handed_in,
            year.adopted,
            points_words(year.points),
        ]

    rows: list[list[str | int]] = [
        [one.rank, clean(one.office, 40), *figures(one.counts, one.year), one.year_rank]
        for one in offices
    ]
    if len(found.groups) == 1:
        rows.append(["", "合计", *figures(found.counts, found.year_counts), ""])
    named = f"（{clean(group, 40)}）" if group else ""
    paper.table(
        f"科室报送采用排名{named}",
        columns,
        rows,
        f"各级采用按次计，同一稿件多家采用各计一次。{note}",
    )


def _count_name(name: str) -> str:
    return _COUNT_NAMES.get(name) or f"{level_name(name)}采用"


def _zeros(found: HandedIn) -> Iterator[str]:
    yield _listed("零报送", found.silent, found.offices, "months_silent")
    yield _listed("零采用（含零报送）", found.unused, found.offices, "months_unused")
    if found.previous is not None:
        names = "、".join(clean(name, 40) for name in found.silent_before)
        yield f"上期零报送{len(found.silent_before)}个" + (f"：{names}。" if names else "。")


def _listed(what: str, names: Sequence[str], offices: Iterable[OfficeHandedIn], field: str) -> str:
    """Offices at zero, those at zero for several months in a row with how many."""
    if not names:
        return f"{what}0个。"
    months = {one.office: int(getattr(one, field)) for one in offices}
    told = [
        clean(name, 40) + (f"（连续{months[name]}个月）" if months[name] > 1 else "")
        for name in names
    ]
    return f"{what}{len(names)}个：{'、'.join(told)}。"


def _quotas(paper: Paper, found: HandedIn, note: str) -> None:
    """Quotas by state, and those that were missed; all of them are in an annex."""
    lines = [line for office in found.offices for line in office.quotas]
    if not lines:
        return
    counts = {
        state: sum(line.state == state for line in lines)
        for state in ("done", "over", "short", "open")
    }
    nothing = sum(line.state == "short" and not line.handed_in for line in lines)
    paper.line(
        f"报送任务{len(lines)}项："
        + "，".join(f"{QUOTA_STATE_NAMES[state]}{count}项" for state, count in counts.items())  # type: ignore[index]
        + f"。未完成的，其中为零{nothing}项。"
    )
    paper.table("未完成的报送任务", _QUOTA_COLUMNS, _quota_rows(found.offices, ("short",)), note)


_QUOTA_COLUMNS = (
    Column("科室", 34),
    Column("栏目", 35),
    Column("期间", 45, "figure"),
    Column("应报", 11, "figure"),
    Column("已报", 11, "figure"),
    Column("欠报", 11, "figure"),
    Column("情况", 21, "figure"),
)


def _quota_rows(
    offices: Iterable[OfficeHandedIn], states: Sequence[str]
) -> Iterator[list[str | int]]:
    for office in offices:
        for line in office.quotas:
            if line.state in states:
                who = clean(office.office, 40) + (
                    f"（{clean(line.person, 20)}）" if line.person else ""
                )
                yield [who, *_quota(line)]


def _quota(line: QuotaLine) -> list[str | int]:
    return [
        clean(line.channel, 60) or "不限栏目",
        f"{line.time}（每{line.per}）" if line.per != "全期" else line.time,
        points_words(line.due),
        line.handed_in,
        points_words(line.missing),
        QUOTA_STATE_NAMES[line.state],
    ]


def quotas_table(paper: Paper, report: PeriodReport) -> None:
    """报送任务完成情况: every quota of the period."""
    offices = report.handed_in.offices if report.handed_in else ()
    rows = _quota_rows(offices, tuple(QUOTA_STATE_NAMES))
    paper.table("各项报送任务", _QUOTA_COLUMNS, rows, unchecked_note(report))


def _score_columns(card: Scorecard) -> list[Column]:
    targets = any(one.target_points is not None for one in card.offices)
    return [
        Column("名次", 9, "figure"),
        Column("科室", 34),
        *(Column(name, 14, "figure") for name in ("得分", "加分", "扣分", "调整", "合计")),
        *([Column("分解分值（目标）", 18, "figure")] if targets else []),
    ]


def _score_rows(card: Scorecard) -> Iterator[list[str | int]]:
    targets = any(one.target_points is not None for one in card.offices)
    names = ("points", "bonus", "deductions", "adjustments", "total")
    for one in sorted(card.offices, key=lambda office: office.rank):
        row: list[str | int] = [one.rank, clean(one.office, 40)]
        row += [points_words(getattr(one, name)) for name in names]
        if targets:
            row.append("—" if one.target_points is None else points_words(one.target_points))
        yield row
    sums = [sum((getattr(one, name) for one in card.offices), Decimal(0)) for name in names]
    yield ["", "合计", *map(points_words, sums), *([""] if targets else [])]
