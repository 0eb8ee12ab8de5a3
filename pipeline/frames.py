"""Everything as pandas frames, for researchers in notebooks.

Hides: which records become which columns. Each function documents its columns; missing values
are ``None`` or ``NaT``. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES, CoverageReport
from pipeline.news import NewsItem
from pipeline.store.assignments import Review

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["assignments_frame", "coverage_frame", "items_frame", "reviews_frame", "stories_frame"]


def items_frame(items: Iterable[NewsItem]) -> pd.DataFrame:
    """News items by ``id``: title, text, date (datetime64), outlet, author, carrier, column,
    words, source, level, url, flags (a string, comma-separated)."""
    import pandas as pd

    rows = [
        {
            "id": item.id,
            "title": item.title,
            "text": item.text,
            "date": item.day,
            "outlet": item.outlet,
            "author": item.author,
            "carrier": item.carrier,
            "column": item.column,
            "words": item.words,
            "source": item.source,
            "level": item.level,
            "url": item.url,
            "flags": ",".join(item.flags),
        }
        for item in items
    ]
    columns = list(rows[0]) if rows else ["id", "title", "text", "date"]
    frame = pd.DataFrame(rows, columns=columns).set_index("id")
    frame["date"] = pd.to_datetime(frame["date"])
    return frame


def stories_frame(report: CoverageReport) -> pd.DataFrame:
    """Stories by ``id``: title, day (datetime64), outlet, level, locality, counted (bool),
    items (how many publications), themes (how many stand), reviewer."""
    import pandas as pd

    rows = [
        {
            "id": story.id,
            "title": story.title,
            "day": story.day,
            "outlet": story.outlet,
            "level": story.level,
            "locality": story.locality,
            "counted": story.counted,
            "items": len(story.items),
            "themes": sum(theme.state != "rejected" for theme in story.themes),
            "reviewer": story.reviewer,
        }
        for story in report.stories
    ]
    columns = ["id", "title", "day", "outlet", "level", "locality", "counted", "items"]
    frame = pd.DataFrame(rows, columns=[*columns, "themes", "reviewer"]).set_index("id")
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def assignments_frame(report: CoverageReport) -> pd.DataFrame:
    """One row per story and theme: story, theme, probability, state, 状态."""
    import pandas as pd

    rows = [
        (story.id, mark.theme, mark.probability, mark.state, ASSIGNMENT_NAMES[mark.state])
        for story in report.stories
        for mark in story.themes
    ]
    return pd.DataFrame(rows, columns=["story", "theme", "probability", "state", "状态"])


def reviews_frame(reviews: Iterable[Review]) -> pd.DataFrame:
    """One row per decision about an item and a theme: item, theme, belongs (bool), reviewer,
    at (datetime64), chosen_by, inclusion_probability, comment."""
    import pandas as pd

    rows = [
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
    ]
    columns = ["item", "theme", "belongs", "reviewer", "at", "chosen_by"]
    columns += ["inclusion_probability", "comment"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["at"] = pd.to_datetime(frame["at"], format="ISO8601", utc=True)
    return frame


def coverage_frame(report: CoverageReport) -> pd.DataFrame:
    """Themes by ``id``, in the plan's order: number, title, state, 状态, bar, verified, machine,
    rejected, and one column per month with the stories shown (verified and machine)."""
    import pandas as pd

    rows = [
        {
            "id": theme.id,
            "number": theme.number,
            "title": theme.title,
            "state": theme.state,
            "状态": STATE_NAMES[theme.state],
            "bar": theme.bar,
            "verified": theme.tally.verified,
            "machine": theme.tally.machine,
            "rejected": theme.tally.rejected,
            **{
                month: tally.shown
                for month, tally in zip(report.months, theme.by_month, strict=True)
            },
        }
        for theme in report.themes
    ]
    return pd.DataFrame(rows).set_index("id")
