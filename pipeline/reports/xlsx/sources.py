"""The sheets about what was looked at: sources with their ledger, and 未查范围.

Hides: which figures of the ledger officers see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.reports.wording import (
    channel_name,
    column_alarms,
    column_name,
    level_name,
    medium_kind,
    medium_source,
    medium_state,
    read_words,
    windows_words,
)
from pipeline.reports.xlsx.book import Book, Column, Value

__all__ = ["write_sources", "write_unchecked"]


def write_sources(book: Book) -> None:
    """Every column of every source: what its newest run saw, and what days are complete."""
    columns: tuple[Column, ...] = (
        ("来源", 22), ("栏目", 18), ("级别", 8), ("渠道", 10), ("来源条数", 7), ("来源篇数", 7),
        ("列表页", 7), ("链接", 7), ("取回", 7), ("抽取", 7), ("有日期", 7), ("已知", 7),
        ("不许采", 7), ("拦截", 7), ("失败", 7), ("重复", 7), ("无漏采时段", 26), ("缺天", 7),
        ("完整", 7), ("告警", 20), ("最近一次", 28),
    )  # fmt: skip
    note = (
        "数字为最近一次采集所见，来源条数、篇数只写在来源的第一行；"
        "“缺天”是统计周期里不在任何无漏采时段内的天数"
    )
    sheet = book.sheet("来源与完整度", "采集来源与完整度", note, columns)

    def rows() -> Iterable[Sequence[Value]]:
        for source in book.report.sources:
            about: list[Value] = [level_name(source.level), channel_name(source.channel)]
            figures: list[Value] = [source.items, source.stories]
            for number, c in enumerate(source.columns):
                of_source = figures if number == 0 else ["", ""]
                counts: list[Value] = [c.list_pages, c.links_found, c.fetched, c.extracted]
                counts += [c.dated, c.known, c.refused, c.blocked, c.failed, c.duplicates]
                rest: list[Value] = [windows_words(c), c.missing_days]
                rest += ["是" if c.complete else "否", "、".join(column_alarms(c)), read_words(c)]
                yield [source.name, column_name(c), *about, *of_source, *counts, *rest]
            if not source.columns:
                complete = "是" if source.complete else "否"
                yield [source.name, "（无台账）", *about, *figures, *[""] * 12, complete, "", ""]

    book.rows(sheet, columns, rows())


def write_unchecked(book: Book) -> None:
    """未查范围 line by line, and the state of every medium the plan names."""
    columns: tuple[Column, ...] = (
        ("类别", 16), ("内容", 100), ("情况", 18), ("对应来源", 30),
    )  # fmt: skip
    sheet = book.sheet("未查范围", "未查范围", "本报告对下列范围不作任何判断", columns)
    report = book.report
    rows: list[list[Value]] = [["未查范围", line, "", ""] for line in report.unchecked]
    for medium in report.media:
        kind = f"（{medium_kind(medium.kind)}）" if medium.kind else ""
        source = medium_source(report, medium)
        rows.append(["应查媒体", f"{medium.name}{kind}", medium_state(medium), source])
    book.rows(sheet, columns, rows)
