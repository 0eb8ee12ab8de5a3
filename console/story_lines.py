"""The lines of a list of stories, as pages and tables show them.

Hides: what is looked up for the stories of one page, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from console.language import _
from console.story_asking import Asking
from console.story_lists import FoundStory
from pipeline.coverage.report import ASSIGNMENT_NAMES, LOCALITY_NAMES, AssignmentState
from pipeline.genre import CARRIER_NAMES, GENRE_NAMES
from pipeline.locality import LocalityCode
from pipeline.news import NewsItem
from pipeline.reports.csv_report import csv_bytes
from pipeline.reports.wording import clean, flag_words, level_name
from pipeline.search_words import SearchWords, Stretch, excerpt, stretches
from pipeline.store.facts import facts_of
from pipeline.store.items import items_by_id
from pipeline.store.runs import known_sources
from pipeline.store.stories import stories_by_id

__all__ = ["Mark", "StoryLine", "csv_lines", "lines_of"]

_TITLE = 120
_EXCERPT = 110


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A theme the story stands under, or was denied for."""

    theme: str
    title: str
    """With its number."""
    state: AssignmentState


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a list."""

    id: str
    name: str
    title: tuple[Stretch, ...]
    excerpt: tuple[Stretch, ...]
    day: str
    """'' for none."""
    publisher: str
    level: str
    carrier: str
    genre: str
    locality: LocalityCode | None
    counted: bool
    publications: int
    marks: tuple[Mark, ...]
    reviewers: tuple[str, ...]
    text_missing: bool
    flags: tuple[str, ...]
    url: str
    found_in: str
    """The title of the reprint whose words were found, where they are not the original's."""


def lines_of(
    asking: Asking, found: Sequence[FoundStory], words: SearchWords
) -> tuple[StoryLine, ...]:
    """A line for every story, in their order."""
    session = asking.session
    stories = stories_by_id(session, [one.head.id for one in found])
    held = asking.decided_about(stories)
    names = [one.head.id for one in found]
    states = asking.states_of(names, held)
    facts = facts_of(session, asking.judge, names)
    wanted = {
        item for one in found for item in (one.head.original, one.head.text, one.item) if item
    }
    items = items_by_id(session, wanted)
    sites = {source.id: source.name for source in known_sources(session)}
    titles = {
        union.theme.id: clean(f"{union.theme.number}{union.theme.title}", 60)
        for union in asking.unions
    }
    own = {theme.id for theme in asking.themes}
    lines = []
    for one in found:
        head = one.head
        original = items[head.original]
        read = items.get(one.item) or items.get(head.text) or original
        fact = facts.get(head.id)
        said = held.get(head.id, {})
        lines.append(
            StoryLine(
                id=head.id,
                name=clean(original.title, _TITLE),
                title=stretches(clean(original.title, _TITLE), words),
                excerpt=_excerpt(read, words),
                day=head.day,
                publisher=clean(original.outlet or sites.get(original.source, ""), 40),
                level=head.level,
                carrier=head.carrier,
                genre=head.genre,
                locality=fact.locality if fact else None,
                counted=asking.counted(head, fact.locality if fact else None),
                publications=head.size,
                marks=tuple(
                    Mark(theme=theme, title=titles[theme], state=state)
                    for theme, state in states[head.id].items()
                    if theme in own
                ),
                reviewers=tuple(dict.fromkeys(one.reviewer for one in said.values())),
                text_missing=read.text_missing,
                flags=original.flags,
                url=original.url,
                found_in=clean(read.title, _TITLE)
                if one.item and one.item != original.id and read.title != original.title
                else "",
            )
        )
    return tuple(lines)


def csv_lines(lines: Sequence[StoryLine], head: bool) -> Iterator[bytes]:
    """The lines as CSV, their heads before them where asked for."""
    heads = [_("报道编号"), _("题名"), _("日期"), _("稿源"), _("级别"), _("载体"), _("体裁")]
    heads += [_("属地"), _("计入"), _("刊发条数"), _("归类"), _("复核人"), _("注意"), _("链接")]
    rows: list[list[str | int | float]] = [
        [
            *(line.id, line.name, line.day, line.publisher, level_name(line.level)),
            CARRIER_NAMES.get(line.carrier, line.carrier),
            GENRE_NAMES.get(line.genre, line.genre),
            LOCALITY_NAMES[line.locality] if line.locality else "",
            _("是") if line.counted else _("否"),
            line.publications,
            "；".join(f"{mark.title}（{ASSIGNMENT_NAMES[mark.state]}）" for mark in line.marks),
            "、".join(line.reviewers),
            "、".join(flag_words(line.flags)),
            line.url,
        ]
        for line in lines
    ]
    table = csv_bytes(heads, rows)
    if head:
        yield table
    else:
        yield table.partition(b"\r\n")[2]


def _excerpt(item: NewsItem, words: SearchWords) -> tuple[Stretch, ...]:
    shown = excerpt(item.text[:200_000], words, _EXCERPT)
    return tuple(Stretch(clean(piece.words), piece.found) for piece in shown)
