"""Which line of a report stands in which table, and in what order.

Hides: the grouping that the page, the workbook and the terminal share, so that they cannot
disagree: stories under a theme, stories not counted, units by theme, columns in trouble,
and how many months one table column spans.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.coverage.report import (
    LOCALITY_NAMES,
    ColumnLine,
    CoverageReport,
    SourceLine,
    StoryLine,
    StoryTheme,
    Tally,
    ThemeLine,
    UnitLine,
)

__all__ = [
    "STORIES_SHOWN",
    "Standing",
    "StoryIndex",
    "TimeColumn",
    "blocked_columns",
    "listed",
    "not_counted",
    "themeless",
    "time_columns",
    "troubled_columns",
    "units_by_theme",
]

STORIES_SHOWN = 30
"""Stories listed per theme and per locality on page and terminal; the workbook has all that the
report lists."""


@dataclass(frozen=True)
class Standing:
    """A story under a theme. ``link`` is None when the report holds no assignment for the pair.

    ``turn`` is its place in the theme's review queue, from 1; 0 when it is not in it.
    """

    story: StoryLine
    link: StoryTheme | None
    turn: int = 0

    @property
    def first_item(self) -> str:
        """Id of the story's original publication, which a review names."""
        return self.story.items[0].id if self.story.items else ""


class StoryIndex:
    """Stories of a report by id, and by the theme they stand under."""

    def __init__(self, report: CoverageReport) -> None:
        self._stories = {story.id: story for story in report.stories}
        self._rejected: dict[str, list[Standing]] = {}
        for story in report.stories:
            for link in story.themes:
                if link.state == "rejected":
                    self._rejected.setdefault(link.theme, []).append(Standing(story, link))

    def get(self, story_id: str) -> StoryLine | None:
        """The story with this id, or None when the report does not carry it."""
        return self._stories.get(story_id)

    def under(self, theme: ThemeLine) -> tuple[Standing, ...]:
        """Stories standing under ``theme``, in the report's order."""
        return self._standing(theme, theme.stories)

    def queue(self, theme: ThemeLine) -> tuple[Standing, ...]:
        """Stories whose review would decide ``theme`` most cheaply, the first to review first."""
        return self._standing(theme, theme.queue)

    def _standing(self, theme: ThemeLine, story_ids: tuple[str, ...]) -> tuple[Standing, ...]:
        turns = {story_id: turn for turn, story_id in enumerate(theme.queue, 1)}
        found = []
        for story_id in story_ids:
            story = self._stories.get(story_id)
            if story is not None:
                link = next((link for link in story.themes if link.theme == theme.id), None)
                found.append(Standing(story, link, turns.get(story_id, 0)))
        return tuple(found)

    def rejected(self, theme: ThemeLine) -> tuple[Standing, ...]:
        """Stories the model put under ``theme`` and a person took away."""
        return tuple(self._rejected.get(theme.id, ()))


def listed(standing: tuple[Standing, ...]) -> tuple[tuple[int, Standing], ...]:
    """The stories to show, with their rank: the first ones, and all that wait for review."""
    ranked = enumerate(standing, 1)
    return tuple((rank, one) for rank, one in ranked if rank <= STORIES_SHOWN or one.turn)


def not_counted(report: CoverageReport) -> tuple[tuple[str, int, tuple[StoryLine, ...]], ...]:
    """Stories not counted 不计入 by locality, in a fixed order: how many, and those listed."""
    groups: dict[str, list[StoryLine]] = {code: [] for code in LOCALITY_NAMES}
    for story in report.stories:
        if not story.counted:
            groups.setdefault(story.locality, []).append(story)
    order = ("upper_general", "elsewhere", "upper_about_local", "local")
    totals = report.totals.not_counted
    return tuple((code, totals[code], tuple(groups[code])) for code in order if totals.get(code, 0))


def themeless(report: CoverageReport) -> tuple[StoryLine, ...]:
    """Counted stories standing under no theme, of those listed."""
    standing = {story_id for theme in report.themes for story_id in theme.stories}
    return tuple(s for s in report.stories if s.counted and s.id not in standing)


def units_by_theme(
    report: CoverageReport,
) -> tuple[tuple[ThemeLine | None, tuple[UnitLine, ...]], ...]:
    """Units 采访单位 grouped by theme in the plan's order; None holds those of no theme."""
    groups: dict[str, list[UnitLine]] = {}
    known = {theme.id for theme in report.themes}
    for unit in report.units:
        groups.setdefault(unit.theme if unit.theme in known else "", []).append(unit)
    found: list[tuple[ThemeLine | None, tuple[UnitLine, ...]]] = [
        (theme, tuple(groups[theme.id])) for theme in report.themes if theme.id in groups
    ]
    if "" in groups:
        found.append((None, tuple(groups[""])))
    return tuple(found)


def troubled_columns(report: CoverageReport) -> tuple[tuple[SourceLine, ColumnLine], ...]:
    """Columns with an alarm, or with pages that were blocked."""
    return tuple(
        (source, column)
        for source in report.sources
        for column in source.columns
        if column.alarms or column.blocked
    )


def blocked_columns(report: CoverageReport) -> tuple[tuple[SourceLine, ColumnLine], ...]:
    """Columns some of whose pages a site refused to give."""
    return tuple(pair for pair in troubled_columns(report) if pair[1].blocked)


@dataclass(frozen=True)
class TimeColumn:
    """One time column of the matrix: the months ``first`` to ``last`` (positions, inclusive).

    ``ahead`` when it had not begun on the day the report was made: no 0 may stand there.
    """

    label: str
    short: str
    first: int
    last: int
    ahead: bool = False

    def tally(self, theme: ThemeLine) -> Tally:
        """The theme's tally in this column; months are disjoint, so they add."""
        return sum(theme.by_month[self.first : self.last + 1], Tally())


def time_columns(
    months: tuple[str, ...], *, most: int = 14, made: str = ""
) -> tuple[TimeColumn, ...]:
    """Columns by month, or by quarter or year where more than ``most`` would stand side by side.

    ``made`` is the day of the report, from which it is known which columns lie ahead.

    >>> [column.short for column in time_columns(("2025-03", "2025-04"))]
    ['3月', '4月']
    >>> len(time_columns(tuple(f"{y}-{m:02}" for y in (2022, 2023, 2024) for m in range(1, 13))))
    12
    """
    years = len({month[:4] for month in months}) > 1
    for step in (1, 3, 12):
        columns: list[TimeColumn] = []
        keys: list[tuple[str, int]] = []
        for index, month in enumerate(months):
            year, number = month[:4], int(month[5:7])
            key = (year, (number - 1) // step)
            if keys and keys[-1] == key:
                done = columns[-1]
                columns[-1] = replace(done, last=index)
                continue
            keys.append(key)
            label, short = _names(year, number, step, years)
            ahead = bool(made) and month > made[:7]
            columns.append(TimeColumn(label, short, index, index, ahead))
        if len(columns) <= most:
            break
    return tuple(columns)


def _names(year: str, month: int, step: int, years: bool) -> tuple[str, str]:
    if step == 12:
        return f"{year}年", f"{year}年"
    if step == 3:
        quarter = (month - 1) // 3 + 1
        return f"{year}年第{quarter}季度", f"{year[2:]}年{quarter}季"
    return f"{year}年{month}月", f"{year[2:]}年{month}月" if years and month == 1 else f"{month}月"
