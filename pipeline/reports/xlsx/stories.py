"""The sheets about stories 报道: the review queue, the list of counted ones, the others.

Hides: in which row of the list a story stands under a theme, which is where the queue leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.coverage.report import (
    ASSIGNMENT_NAMES,
    LOCALITY_NAMES,
    CoverageReport,
    ItemLine,
    StoryLine,
)
from pipeline.reports.selection import Standing, StoryIndex, not_counted
from pipeline.reports.wording import clean, flag_words, full_title, level_name, printing_words
from pipeline.reports.xlsx.book import (
    HEAD_ROW,
    LONGEST_TITLE,
    Book,
    Column,
    Link,
    Value,
    day_cell,
)

__all__ = ["write_not_counted", "write_queue", "write_story_list"]

_LIST = "报道清单"


def write_queue(book: Book) -> None:
    """Stories to review, by theme and turn, each leading to its row of the story list."""
    report = book.report
    columns: tuple[Column, ...] = (
        (book.scheme, 34), ("次序", 7), ("题名", 48), ("日期", 11), ("稿源", 18), ("概率", 7),
        ("报道编号", 19), ("首发编号", 19), ("条目编号", 13),
    )  # fmt: skip
    note = (
        "按次序先复核在前的；每篇写一行，如 "
        '{"id": "首发编号", "themes": ["条目编号"], "reviewer": "姓名"}'
        "（不属于写 not_themes），用 xuanjian review import 导入；“报道清单”重新排序后请按报道编号查找"
    )
    sheet = book.sheet("复核队列", "复核队列", note, columns)
    index = StoryIndex(report)
    at = _places(report, index)

    def rows() -> Iterable[Sequence[Value]]:
        for theme in report.worst_first():
            for one in index.queue(theme):
                story = one.story
                title = clean(story.title, LONGEST_TITLE) or "（无标题）"
                row = at.get((theme.id, story.id))
                yield [
                    full_title(theme),
                    one.turn,
                    title if row is None else Link(title, _LIST, row),
                    day_cell(story.day),
                    clean(story.outlet, 60),
                    round(float(one.link.probability), 6) if one.link else "",
                    story.id,
                    one.first_item,
                    theme.id,
                ]

    book.rows(sheet, columns, rows())


def _listing(report: CoverageReport, index: StoryIndex) -> Iterable[tuple[str, Standing]]:
    """Theme id and story of each row of the story list; '' for stories under no theme."""
    listed = set()
    for theme in report.themes:
        for one in (*index.under(theme), *index.rejected(theme)):
            listed.add(one.story.id)
            yield theme.id, one
    for story in report.stories:
        if story.counted and story.id not in listed:
            yield "", Standing(story, None)


def _places(report: CoverageReport, index: StoryIndex) -> dict[tuple[str, str], int]:
    """At which row of the story list a story stands under a theme."""
    rows = enumerate(_listing(report, index), HEAD_ROW + 1)
    return {(theme, one.story.id): row for row, (theme, one) in rows}


_STORY: tuple[Column, ...] = (
    ("题名", 42), ("日期", 11), ("稿源", 14), ("级别", 8), ("属地", 11),
)  # fmt: skip
_STORY_REST: tuple[Column, ...] = (
    ("转载条数", 7), ("转载情况", 30), ("采访单位", 20), ("注意", 12), ("原文地址", 30),
    ("报道编号", 19), ("首发编号", 19),
)  # fmt: skip


def _reprint(item: ItemLine) -> str:
    """Where a reprint stood, from whom it was taken and what it changed."""
    outlet = clean(item.outlet, 40) or "稿源不明"
    words = printing_words(item.original, item.reprint_of, item.edits).removeprefix("转载")
    return f"{outlet}：{words}" if words.startswith("自") else f"{outlet}{words}"


def _story(story: StoryLine) -> tuple[list[Value], list[Value]]:
    """What every sheet says of a story: the columns before and after a sheet's own."""
    reprints = "；".join(dict.fromkeys(_reprint(item) for item in story.items[1:]))
    locality = LOCALITY_NAMES.get(story.locality, story.locality)
    url = story.items[0].url if story.items else ""
    return (
        [
            clean(story.title, LONGEST_TITLE) or "（无标题）",
            day_cell(story.day),
            clean(story.outlet, 60),
            level_name(story.level),
            locality,
        ],
        [
            max(len(story.items) - 1, 0),
            reprints,
            "、".join(story.units),
            "、".join(flag_words(story.flags)),
            url,
            story.id,
            story.items[0].id if story.items else "",
        ],
    )


def write_story_list(book: Book) -> None:
    """Every counted story once under each of its themes, the themeless ones last."""
    report = book.report
    own: tuple[Column, ...] = (
        (book.scheme, 26), ("概率", 7), ("认定", 8), ("待复核", 7), ("复核人", 9),
        ("判断依据", 34),
    )  # fmt: skip
    columns = (*_STORY, *own, *_STORY_REST)
    note = "计入对照的报道，每归入一条占一行，未归入的列在最后；“待复核”是复核的先后"
    sheet = book.sheet(_LIST, _LIST, note, columns)
    index = StoryIndex(report)
    titles = {theme.id: full_title(theme) for theme in report.themes}

    def rows() -> Iterable[Sequence[Value]]:
        for theme, one in _listing(report, index):
            before, after = _story(one.story)
            title = titles.get(theme, "（未归入）")
            mine: list[Value] = [title, "", "", one.turn or "", one.story.reviewer, ""]
            if one.link is not None:
                spans = sorted(one.link.evidence, key=lambda span: -abs(span.weight))[:12]
                quotes = "；".join(f"{clean(s.text, 60)}（{s.weight:+.2f}）" for s in spans)
                mine[1] = round(float(one.link.probability), 6)
                mine[2] = ASSIGNMENT_NAMES[one.link.state]
                mine[5] = quotes
            yield [*before, *mine, *after]

    book.rows(sheet, columns, rows())


def write_not_counted(book: Book) -> None:
    """Stories whose locality 属地 does not count, each with the reason."""
    columns = (*_STORY, ("属地依据", 34), *_STORY_REST)
    sheet = book.sheet("不计入", "不计入的报道", "属地不符，列出备查", columns)

    def rows() -> Iterable[Sequence[Value]]:
        for _, _, stories in not_counted(book.report):
            for story in stories:
                before, after = _story(story)
                yield [*before, story.locality_reason, *after]

    book.rows(sheet, columns, rows())
