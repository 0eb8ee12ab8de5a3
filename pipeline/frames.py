"""Everything as pandas frames, for researchers in notebooks.

Hides: which records become which columns, of which types. Each function documents its columns;
a frame has all of them, each of its type, even where it has no row. Missing values are ``NaT``,
``NaN`` or (``words``) ``<NA>``. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES, CoverageReport
from pipeline.errors import BadInput
from pipeline.labels import Label, checked_label, moment
from pipeline.news import NewsItem
from pipeline.store.assignments import Review

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "assignments_frame",
    "coverage_frame",
    "items_frame",
    "labels_frame",
    "labels_from_frame",
    "reviews_frame",
    "stories_frame",
]

_DAY = "datetime64[s]"
_MOMENT = "datetime64[us, UTC]"

# Columns and their types, in order.
_ITEM = {
    "id": "str",
    "title": "str",
    "text": "str",
    "date": _DAY,
    "outlet": "str",
    "author": "str",
    "carrier": "str",
    "column": "str",
    "words": "Int64",
    "source": "str",
    "level": "str",
    "url": "str",
    "flags": "str",
}
_STORY = {
    "id": "str",
    "title": "str",
    "day": _DAY,
    "outlet": "str",
    "level": "str",
    "locality": "str",
    "counted": "bool",
    "items": "int64",
    "themes": "int64",
    "reviewer": "str",
}
_ASSIGNMENT = {
    "story": "str",
    "theme": "str",
    "probability": "float64",
    "state": "str",
    "状态": "str",
}
_DECISION = {
    "theme": "str",
    "belongs": "bool",
    "reviewer": "str",
    "at": _MOMENT,
    "chosen_by": "str",
    "inclusion_probability": "float64",
    "comment": "str",
}
_REVIEW = {"item": "str", **_DECISION}
_LABEL = {"id": "str", "title": "str", "text": "str", **_DECISION}
_THEME = {
    "id": "str",
    "number": "str",
    "title": "str",
    "state": "str",
    "状态": "str",
    "bar": "int64",
    "verified": "int64",
    "machine": "int64",
    "rejected": "int64",
}


def _frame(rows: Iterable[tuple[object, ...]], types: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame whose columns are ``types``, in that order."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(types)).astype(types)


def items_frame(items: Iterable[NewsItem]) -> pd.DataFrame:
    """News items by ``id``: title, text, date (datetime64), outlet, author, carrier, column,
    words (integer), source, level, url, flags (a string, comma-separated)."""
    rows = (
        (
            item.id,
            item.title,
            item.text,
            item.day,
            item.outlet,
            item.author,
            item.carrier,
            item.column,
            item.words,
            item.source,
            item.level,
            item.url,
            ",".join(item.flags),
        )
        for item in items
    )
    return _frame(rows, _ITEM).set_index("id")


def stories_frame(report: CoverageReport) -> pd.DataFrame:
    """Stories by ``id``: title, day (datetime64), outlet, level, locality, counted (bool),
    items (how many publications), themes (how many stand), reviewer.

    Those the report lists: ``AuditOptions.most`` bounds them, ``report.totals.unlisted`` tells how
    many it left out.
    """
    rows = (
        (
            story.id,
            story.title,
            story.day,
            story.outlet,
            story.level,
            story.locality,
            story.counted,
            len(story.items),
            sum(theme.state != "rejected" for theme in story.themes),
            story.reviewer,
        )
        for story in report.stories
    )
    return _frame(rows, _STORY).set_index("id")


def assignments_frame(report: CoverageReport) -> pd.DataFrame:
    """One row per story and theme: story, theme, probability, state, 状态; of the stories the report
    lists, as in ``stories_frame``."""
    rows = (
        (story.id, mark.theme, mark.probability, mark.state, ASSIGNMENT_NAMES[mark.state])
        for story in report.stories
        for mark in story.themes
    )
    return _frame(rows, _ASSIGNMENT)


def reviews_frame(reviews: Iterable[Review]) -> pd.DataFrame:
    """One row per decision about an item and a theme: item, theme, belongs (bool), reviewer,
    at (datetime64, UTC), chosen_by, inclusion_probability, comment."""
    rows = (
        (
            review.item,
            theme,
            belongs,
            review.reviewer,
            review.at,
            review.chosen_by,
            review.inclusion_probability,
            review.comment,
        )
        for review in reviews
        for belongs, themes in ((True, review.themes), (False, review.not_themes))
        for theme in themes
    )
    return _frame(rows, _REVIEW)


def labels_frame(labels: Iterable[Label], themes: Sequence[str] = ()) -> pd.DataFrame:
    """One row per decision about an item and a theme: id, title, text, theme, belongs (bool),
    reviewer, at (datetime64, UTC), chosen_by, inclusion_probability, comment.

    Lines that decide nothing have no row.

    Args:
        themes: ids of the scheme's themes, for labels whose "others" says "no".

    Raises:
        ValueError: a label says "no" of the other themes and ``themes`` does not tell which.
    """
    rows = []
    for label in labels:
        if label.others and not themes:
            raise ValueError(f"themes must be given: the label about {label.id} says others=no")
        said = label.spelled_out(themes)
        for belongs, named in ((True, said.themes), (False, said.not_themes)):
            rows += [
                (
                    said.id,
                    said.title,
                    said.text,
                    theme,
                    belongs,
                    said.reviewer,
                    moment(said.at, said.id) if said.at else None,
                    said.chosen_by,
                    said.inclusion_probability,
                    said.comment,
                )
                for theme in named
            ]
    return _frame(rows, _LABEL)


def labels_from_frame(frame: pd.DataFrame) -> tuple[Label, ...]:
    """The labels of a frame as ``labels_frame`` gives it: one per item, reviewer and moment.

    Columns ``id``, ``theme`` and ``belongs`` are needed, the others of ``labels_frame`` are
    optional, further ones are passed over. Items come in the order of their first row.

    Raises:
        BadInput: ``labels-bad-frame``: a column is missing, ``belongs`` is neither true nor
            false, ``id`` or ``theme`` is empty, or one label says both of a theme.
    """
    missing = [name for name in ("id", "theme", "belongs") if name not in frame.columns]
    if missing:
        raise _bad_frame(f"has no column {missing[0]}, only {', '.join(map(str, frame.columns))}")
    found: dict[tuple[object, ...], dict[bool, list[str]]] = {}
    words: dict[str, tuple[str, str]] = {}
    rows = frame.reindex(columns=list(_LABEL)).astype(object)
    for number, row in enumerate(rows.where(rows.notna(), None).itertuples(index=False)):
        item, title, text, theme, belongs, reviewer, at, chosen_by, chance, comment = row
        for name, value in (("id", item), ("theme", theme)):
            if value is None or value == "":  # 0 is an id
                raise _bad_frame(f"row {number} has no {name}")
        if belongs not in (True, False):
            raise _bad_frame(
                f"row {number}: belongs must be true or false, got {belongs!r} instead"
            )
        stamp = "" if at is None else at.isoformat() if isinstance(at, datetime) else str(at)
        key = (str(item), reviewer or "", stamp, chosen_by or "search", chance, comment or "")
        found.setdefault(key, {True: [], False: []})[bool(belongs)].append(str(theme))
        if title or text:
            words.setdefault(str(item), (title or "", text or ""))
    return tuple(
        checked_label(
            Label(
                id=str(item),
                title=words.get(str(item), ("", ""))[0],
                text=words.get(str(item), ("", ""))[1],
                themes=tuple(dict.fromkeys(said[True])),
                not_themes=tuple(dict.fromkeys(said[False])),
                reviewer=str(reviewer),
                at=str(stamp),
                chosen_by=str(chosen_by),
                inclusion_probability=None if chance is None else float(str(chance)),
                comment=str(comment),
            ),
            f"the frame of labels, item {item}",
        )
        for (item, reviewer, stamp, chosen_by, chance, comment), said in found.items()
    )


def _bad_frame(what: str) -> BadInput:
    return BadInput(
        f"the frame of labels {what}",
        "labels-bad-frame",
        "Give a frame as labels_frame does: one row per item and theme.",
    )


def coverage_frame(report: CoverageReport) -> pd.DataFrame:
    """Themes by ``id``, in the plan's order: number, title, state, 状态, bar, verified, machine,
    rejected, and one column per month with the stories shown (verified and machine)."""
    rows = (
        (
            theme.id,
            theme.number,
            theme.title,
            theme.state,
            STATE_NAMES[theme.state],
            theme.bar,
            theme.tally.verified,
            theme.tally.machine,
            theme.tally.rejected,
            *(tally.shown for tally in theme.by_month),
        )
        for theme in report.themes
    )
    return _frame(rows, {**_THEME, **dict.fromkeys(report.months, "int64")}).set_index("id")
