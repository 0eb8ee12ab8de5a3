"""A draft issue of a bulletin 科技简报: which stories stand under which column, with their texts.

Hides: which stories are taken when nobody chose (those a person confirmed, each once, under the
first theme they belong to) and which of a story's texts is printed (the original's, else the
fullest). Texts are those that were collected, word for word, but for phone numbers: they are masked.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from pipeline.coverage.report import CoverageReport, StoryLine
from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.phones import masked_phones

__all__ = [
    "BulletinColumn",
    "BulletinIssue",
    "BulletinPiece",
    "Imprint",
    "bulletin_issue",
    "chosen_stories",
    "read_headings",
]

MOST_PIECES = 60
"""Pieces of an issue when nobody chose; the rest are named as left out."""
_VERIFIED = ("confirmed", "corrected")


class Imprint(msgspec.Struct, frozen=True, kw_only=True):
    """What an issue says of itself: head 报头 and foot 版记."""

    name: str = "科技简报"
    issuer: str = ""
    """'' takes the plan's issuer."""
    number: int = 0
    """第 N 期; 0 leaves it blank."""
    day: str = ""
    """ISO 8601; '' leaves it blank."""
    report_to: str = ""
    """报: whom it is presented to."""
    send_to: str = ""
    """送: whom it is sent to."""
    editor: str = ""
    phone: str = ""
    copies: int = 0
    """共印 N 份; 0 leaves it blank."""


class BulletinPiece(msgspec.Struct, frozen=True, kw_only=True):
    """One story as it is printed, and where it was published."""

    story: str
    title: str
    text: str
    """'' where only the existence of the piece is known (paper, television)."""
    outlet: str
    day: str | None
    url: str
    internal: bool = False
    """Read in from a bulletin: internal information, never media publicity."""
    masked: int = 0
    """Phone numbers masked in title and text."""


class BulletinColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column 栏目 and its pieces, by day."""

    heading: str
    pieces: tuple[BulletinPiece, ...]


class BulletinIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A draft issue; ``reviewer`` 审核 is '' until the report is approved."""

    imprint: Imprint
    columns: tuple[BulletinColumn, ...]
    reviewer: str = ""
    left_out: tuple[str, ...] = ()
    """Titles of confirmed stories for which there was no room."""


@dataclass(frozen=True)
class _Chosen:
    story: StoryLine
    theme: str
    """'' for a story that stands under none."""


def read_headings(written: str) -> dict[str, str]:
    """Columns by theme, as a setting or option writes them.

    >>> read_headings("focus-1=科技政策；focus-2 = 科技政策")
    {'focus-1': '科技政策', 'focus-2': '科技政策'}

    Raises:
        BadInput: ``bulletin-headings``.
    """
    headings = {}
    for part in filter(str.strip, written.replace("；", ";").split(";")):
        theme, sign, heading = part.partition("=")
        if not (sign and theme.strip() and heading.strip()):
            raise BadInput(
                f"a column of the bulletin must be THEME=HEADING, got {part.strip()!r} instead",
                "bulletin-headings",
                "Write focus-1=科技政策;focus-2=科技兴区 (themes as xuanjian coverage --json has them).",
            )
        headings[theme.strip()] = heading.strip()
    return headings


def chosen_stories(report: CoverageReport, wanted: Sequence[str] = ()) -> tuple[StoryLine, ...]:
    """The stories of an issue: those ``wanted`` by id, else the confirmed ones of the period.

    Raises:
        BadInput: ``bulletin-story`` for an id the report does not list.
    """
    if not wanted:
        return tuple(one.story for one in _confirmed(report))
    listed = {story.id: story for story in report.stories}
    unknown = [story for story in wanted if story not in listed]
    if unknown:
        raise BadInput(
            f"the report of the period lists no story {', '.join(unknown[:5])}",
            "bulletin-story",
            "Ids stand in the workbook's 报道清单 and on the page.",
        )
    return tuple(listed[story] for story in dict.fromkeys(wanted))


def bulletin_issue(
    report: CoverageReport,
    items: Mapping[str, NewsItem],
    imprint: Imprint,
    *,
    wanted: Sequence[str] = (),
    headings: Mapping[str, str] | None = None,
    reviewer: str = "",
) -> BulletinIssue:
    """Make the issue.

    Args:
        items: publications of ``chosen_stories`` by id, with their full texts.
        wanted: ids of the stories an officer chose, in their order; the confirmed ones without.
        headings: columns by theme id; a theme that is not named is a column of its own.
        reviewer: who approved the report.

    Raises:
        BadInput: ``bulletin-story``, ``bulletin-theme`` for a heading of an unknown theme.
    """
    headings = headings or {}
    titles = {theme.id: theme.title for theme in report.themes}
    for theme in headings:
        if theme not in titles:
            raise BadInput(
                f"a heading is given for {theme}, which is no theme of the plan",
                "bulletin-theme",
                f"Themes are {', '.join(titles)}.",
            )
    if wanted:
        taken = [_Chosen(s, _first_theme(report, s)) for s in chosen_stories(report, wanted)]
        left: list[_Chosen] = []
    else:
        confirmed = _confirmed(report)
        taken, left = confirmed[:MOST_PIECES], confirmed[MOST_PIECES:]
    columns: dict[str, list[BulletinPiece]] = {}
    for one in taken:
        heading = headings.get(one.theme) or titles.get(one.theme) or "其他"
        columns.setdefault(heading, []).append(_piece(one.story, items))
    return BulletinIssue(
        imprint=msgspec.structs.replace(imprint, issuer=imprint.issuer or report.plan.issuer),
        columns=tuple(
            BulletinColumn(heading=heading, pieces=tuple(pieces))
            for heading, pieces in columns.items()
        ),
        reviewer=reviewer,
        left_out=tuple(one.story.title for one in left),
    )


def _confirmed(report: CoverageReport) -> list[_Chosen]:
    """Counted stories with a theme a person gave them, by the plan's order and day."""
    order = {theme.id: place for place, theme in enumerate(report.themes)}
    found = []
    for story in report.stories:
        theme = _verified_theme(order, story)
        if story.counted and theme:
            found.append(_Chosen(story, theme))
    return sorted(found, key=lambda one: (order[one.theme], one.story.day or "", one.story.id))


def _verified_theme(order: Mapping[str, int], story: StoryLine) -> str:
    given = [link.theme for link in story.themes if link.state in _VERIFIED and link.theme in order]
    return min(given, key=order.__getitem__, default="")


def _first_theme(report: CoverageReport, story: StoryLine) -> str:
    order = {theme.id: place for place, theme in enumerate(report.themes)}
    standing = [
        link.theme for link in story.themes if link.state != "rejected" and link.theme in order
    ]
    return _verified_theme(order, story) or min(standing, key=order.__getitem__, default="")


def _piece(story: StoryLine, items: Mapping[str, NewsItem]) -> BulletinPiece:
    held = [items[line.id] for line in story.items if line.id in items]
    item = _printed(held)
    title, in_title = masked_phones(story.title)
    text, in_text = masked_phones(item.text if item else "")
    return BulletinPiece(
        story=story.id,
        title=title,
        text=text,
        outlet=(item.outlet if item else "") or story.outlet,
        day=item.date[:10] if item and item.date else story.day,
        url=item.url if item else "",
        internal=any("internal" in one.flags for one in held),
        masked=in_title + in_text,
    )


def _printed(held: Iterable[NewsItem]) -> NewsItem | None:
    """The original where it has a text, else the fullest; None where nothing was given."""
    items = list(held)
    if not items or not items[0].text_missing:
        return items[0] if items else None
    return max(items, key=lambda item: len(item.text))
