"""The report's tables as CSV for Excel and for programs: themes, stories, sources.

Hides: the byte order mark that makes Excel read UTF-8, and that no cell can become a formula: a text
that would open one gets an apostrophe before it, which Excel shows and does not compute.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pipeline.config import replacing
from pipeline.coverage.report import (
    ASSIGNMENT_NAMES,
    LOCALITY_NAMES,
    STATE_NAMES,
    CoverageReport,
)
from pipeline.reports.wording import (
    alarm_words,
    channel_name,
    clean,
    column_name,
    flag_words,
    full_title,
    level_name,
    windows_words,
)

__all__ = ["TABLES", "csv_bytes", "opens_formula", "write_tables"]

Cell = str | int | float
_LONGEST = 2_000
_OPENS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as UTF-8 with a byte order mark; texts are cleaned and cannot open a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = clean(cell, _LONGEST).replace("\n", " ")
    return f"'{text}" if opens_formula(text) else text


def opens_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula when it is read or edited.

    >>> opens_formula("=1+1"), opens_formula(" \\u3000＝A1"), opens_formula("5-1")
    (True, True, False)
    """
    return text.startswith(("\t", "\r")) or text.lstrip().startswith(_OPENS_FORMULA)


def _themes(report: CoverageReport) -> bytes:
    heads = ["编号", "条目", "状态", "达标线", "已确认", "已更正", "机器", "已否定", "已核实"]
    heads += ["推算下限", "推算上限", *report.months, "理由", "下一步"]
    rows = []
    for theme in report.themes:
        tally, estimate = theme.tally, theme.estimate
        limits: list[Cell] = [estimate.low, estimate.high] if estimate else ["", ""]
        rows.append(
            [
                theme.id,
                full_title(theme),
                STATE_NAMES[theme.state],
                theme.bar,
                tally.confirmed,
                tally.corrected,
                tally.machine,
                tally.rejected,
                tally.verified,
                *limits,
                *(month.shown for month in theme.by_month),
                theme.reason,
                theme.next_step,
            ]
        )
    return csv_bytes(heads, rows)


def _stories(report: CoverageReport) -> bytes:
    """A row for every story and theme; stories under no theme have one row."""
    heads = ["报道编号", "题名", "日期", "稿源", "级别", "属地", "计入", "条目编号", "条目", "概率"]
    heads += ["认定", "复核人", "转载条数", "采访单位", "注意", "原文地址"]
    titles = {theme.id: full_title(theme) for theme in report.themes}
    rows: list[list[Cell]] = []
    for story in report.stories:
        before: list[Cell] = [
            story.id,
            story.title,
            story.day or "",
            story.outlet,
            level_name(story.level),
            LOCALITY_NAMES.get(story.locality, story.locality),
            "是" if story.counted else "否",
        ]
        after: list[Cell] = [
            story.reviewer,
            max(len(story.items) - 1, 0),
            "、".join(story.units),
            "、".join(flag_words(story.flags)),
            story.items[0].url if story.items else "",
        ]
        links: list[list[Cell]] = [
            [
                link.theme,
                titles.get(link.theme, ""),
                round(link.probability, 6),
                ASSIGNMENT_NAMES[link.state],
            ]
            for link in story.themes
        ]
        rows += [[*before, *link, *after] for link in links or [["", "", "", ""]]]
    return csv_bytes(heads, rows)


def _sources(report: CoverageReport) -> bytes:
    heads = ["来源编号", "来源", "级别", "渠道", "来源条数", "来源篇数", "栏目", "列表页", "链接"]
    heads += ["取回", "抽取", "有日期", "已知", "不许采", "拦截", "失败", "重复", "无漏采时段"]
    heads += ["缺天", "完整", "告警"]
    rows: list[list[Cell]] = []
    for source in report.sources:
        about: list[Cell] = [
            source.id,
            source.name,
            level_name(source.level),
            channel_name(source.channel),
            source.items,
            source.stories,
        ]
        rows += [
            [
                *about,
                column_name(c),
                *(c.list_pages, c.links_found, c.fetched, c.extracted, c.dated, c.known),
                *(c.refused, c.blocked, c.failed, c.duplicates),
                windows_words(c),
                c.missing_days,
                "是" if c.complete else "否",
                "、".join(alarm_words(c.alarms)),
            ]
            for c in source.columns
        ]
        if not source.columns:
            complete = "是" if source.complete else "否"
            rows.append([*about, "（无台账）", *[""] * 12, complete, ""])
    return csv_bytes(heads, rows)


def _unchecked(report: CoverageReport) -> bytes:
    said = [[line] for line in report.unchecked]
    if report.totals.unlisted:
        said.append([f"stories.csv 未列 {report.totals.unlisted} 篇，各表数字已计入"])
    return csv_bytes(["未查范围"], said)


TABLES: dict[str, Callable[[CoverageReport], bytes]] = {
    "themes.csv": _themes,
    "stories.csv": _stories,
    "sources.csv": _sources,
    "unchecked.csv": _unchecked,
}
"""File name -> what makes it."""


def write_tables(report: CoverageReport, folder: Path) -> Path:
    """Write every table into ``folder``, each whole or not at all, and give the folder."""
    for name, made in TABLES.items():
        with replacing(folder / name) as temporary:
            temporary.write_bytes(made(report))
    return folder
