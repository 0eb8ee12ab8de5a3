"""The report as one self-contained page for screen, phone and paper.

Hides: how the page is kept harmless and whole. It has no script and loads nothing: the style
is inlined and allowed by its hash alone, every value is cleaned and escaped on its way out,
and links lead only to plain web addresses.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import (
    ASSIGNMENT_NAMES,
    LOCALITY_NAMES,
    STATE_NAMES,
    UNIT_STATE_NAMES,
    CoverageReport,
    StoryLine,
    Tally,
    ThemeLine,
    UnitLine,
)
from pipeline.reports import duties_wording, inquiry_wording, matrix, period_wording, wording
from pipeline.reports.evidence import ShownEvidence, place_evidence
from pipeline.reports.selection import (
    STORIES_SHOWN,
    Standing,
    StoryIndex,
    TimeColumn,
    listed,
    not_counted,
    themeless,
    time_columns,
    troubled_columns,
    units_by_theme,
)

__all__ = ["STORIES_SHOWN", "write_html"]

_SHADES = 4
_DUTY_SHADES = {
    "done": "covered",
    "partly": "thin",
    "none": "blank",
    "not_due": "undecided",
    "outside": "undecided",
}
"""Which coverage state a duty's state is coloured like."""
_PLAIN_ID = re.compile(r"[A-Za-z][\w.-]{0,60}", re.ASCII)


@dataclass(frozen=True)
class _Cell:
    """One time cell of the matrix; ``shade`` 0 (none) to 4 (the most of any cell)."""

    column: TimeColumn
    tally: Tally
    shade: int


@dataclass(frozen=True)
class _Row:
    """One theme of the matrix."""

    theme: ThemeLine
    anchor: str
    cells: tuple[_Cell, ...]


@dataclass(frozen=True)
class _Story:
    """One story in one table, with its evidence for that table's theme."""

    anchor: str
    standing: Standing
    shown: ShownEvidence


@dataclass(frozen=True)
class _Theme:
    """One theme's section."""

    row: _Row
    queue: tuple[_Story, ...]
    stories: tuple[_Story, ...]
    hidden: int
    rejected: tuple[_Story, ...]


@dataclass(frozen=True)
class _Group:
    """Stories outside the themes under one name."""

    name: str
    code: str
    total: int
    stories: tuple[_Story, ...]


@dataclass(frozen=True)
class _Units:
    """The units of one theme; each with the stories it was seen in and their anchors."""

    theme: ThemeLine | None
    anchor: str
    lines: tuple[tuple[UnitLine, tuple[tuple[StoryLine, str], ...]], ...]


@dataclass(frozen=True)
class _Page:
    """Everything the template shows that is not in the report as such."""

    columns: tuple[TimeColumn, ...]
    matrix: tuple[_Row, ...]
    themes: tuple[_Theme, ...]
    themeless: _Group
    not_counted: tuple[_Group, ...]
    units: tuple[_Units, ...]


def write_html(report: CoverageReport, path: Path) -> None:
    """Write the page to ``path``."""
    import jinja2

    folder = resources.files("pipeline.reports") / "templates"
    style = (folder / "report.css").read_text(encoding="utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    environment.filters["clip"] = wording.clean
    environment.globals.update(
        wording=wording,
        assignment_names=ASSIGNMENT_NAMES,
        locality_names=LOCALITY_NAMES,
        state_names=STATE_NAMES,
        unit_state_names=UNIT_STATE_NAMES,
        words=duties_wording,
        inquiry_words=inquiry_wording,
        period_words=period_wording,
        matrix=matrix,
        duty_shades=_DUTY_SHADES,
    )
    page = _page(report)
    text = environment.get_template("report.html.j2").render(
        report=report,
        page=page,
        parts=report if isinstance(report, PeriodReport) else None,
        dimensions=matrix.dimensions(report),
        ahead=any(column.ahead for column in page.columns),
        states=wording.state_counts(report),
        unit_states=wording.unit_counts(report),
        troubled=troubled_columns(report),
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        no_data=wording.no_data(report),
        says_nothing=wording.says_nothing(report),
        urgent=wording.most_urgent(report),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _cleaned(value: object) -> object:
    """Take unwanted characters out of every piece of text the template puts out."""
    return wording.clean(value) if type(value) is str else value


def _page(report: CoverageReport) -> _Page:
    index = StoryIndex(report)
    columns = time_columns(report.months, made=wording.day_made(report))
    anchors = _anchors(report)
    rows = _matrix(report, columns, anchors)
    by_theme = {row.theme.id: row for row in rows}
    places: dict[str, str] = {}
    themes = []
    for theme in report.worst_first():
        prefix = anchors[theme.id]
        stories = _stories(listed(index.under(theme)), prefix, places)
        rejected = _stories(_first(index.rejected(theme)), f"{prefix}-x", places)
        hidden = theme.tally.shown - len(stories)
        waiting = sorted((one for one in stories if one.standing.turn), key=_turn)
        themes.append(_Theme(by_theme[theme.id], tuple(waiting), stories, hidden, rejected))
    total = report.totals.themeless
    loose = _group("未归入任何条目", "themeless", total, themeless(report), places)
    outside = tuple(
        _group(LOCALITY_NAMES.get(code, code), code, count, stories, places)
        for code, count, stories in not_counted(report)
    )
    units = tuple(
        _Units(
            theme,
            anchors[theme.id] if theme else "",
            tuple((unit, _seen(unit, index, places)) for unit in lines),
        )
        for theme, lines in units_by_theme(report)
    )
    return _Page(columns, rows, tuple(themes), loose, outside, units)


def _anchors(report: CoverageReport) -> dict[str, str]:
    """A safe, lasting anchor per theme: its id where that is plain, else its position."""
    return {
        theme.id: f"theme-{theme.id}" if _PLAIN_ID.fullmatch(theme.id) else f"theme-no{number}"
        for number, theme in enumerate(report.themes, 1)
    }


def _matrix(
    report: CoverageReport, columns: tuple[TimeColumn, ...], anchors: dict[str, str]
) -> tuple[_Row, ...]:
    worst = report.worst_first()
    tallies = {theme.id: [column.tally(theme) for column in columns] for theme in worst}
    most = max((tally.shown for row in tallies.values() for tally in row), default=0)
    return tuple(
        _Row(
            theme,
            anchors[theme.id],
            tuple(
                _Cell(column, tally, -(-_SHADES * tally.shown // most) if most else 0)
                for column, tally in zip(columns, tallies[theme.id], strict=True)
            ),
        )
        for theme in worst
    )


def _stories(
    ranked: tuple[tuple[int, Standing], ...], prefix: str, places: dict[str, str]
) -> tuple[_Story, ...]:
    """Stories with their anchors; ``places`` remembers where each story stands first."""
    found = []
    for rank, one in ranked:
        anchor = f"{prefix}-{rank}"
        places.setdefault(one.story.id, anchor)
        spans = one.link.evidence if one.link else ()
        found.append(_Story(anchor, one, place_evidence(one.story, spans)))
    return tuple(found)


def _first(standing: tuple[Standing, ...]) -> tuple[tuple[int, Standing], ...]:
    return tuple(enumerate(standing[:STORIES_SHOWN], 1))


def _turn(one: _Story) -> int:
    return one.standing.turn


def _group(
    name: str, code: str, total: int, stories: tuple[StoryLine, ...], places: dict[str, str]
) -> _Group:
    shown = _first(tuple(Standing(story, None) for story in stories))
    return _Group(name, code, total, _stories(shown, f"group-{code}", places))


def _seen(
    unit: UnitLine, index: StoryIndex, places: dict[str, str]
) -> tuple[tuple[StoryLine, str], ...]:
    """The unit's stories that the report carries, each with the anchor it stands at, or ''."""
    stories = (index.get(story_id) for story_id in unit.stories)
    return tuple((story, places.get(story.id, "")) for story in stories if story is not None)
