"""Search 检索: stories by their words, with the filters of the list.

Hides: what is said of an index that is not whole yet, and who may have it filled.
"""

from __future__ import annotations

import msgspec

from console.desk import Desk
from console.jobs import start_job
from console.language import _
from console.pages import Changed, change, page
from console.rooms.stories import StoryList, story_list
from console.story_filters import Filters
from pipeline.search_words import search_words
from pipeline.store.search import waiting

__all__ = ["ROUTES"]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    words: tuple[str, ...]
    """Words as they were looked for; () before anything was asked."""
    single: bool
    """Whether one is a single character, for which news is read one by one."""
    found: StoryList | None
    """None before anything was asked."""
    waiting: int
    """Items that are not indexed yet."""
    indexed: int
    """Of those that waited at first, how many are."""
    since: str
    """News from this day on can be found; '' where all can."""


@page("/search", "search.html.j2")
def search(desk: Desk, filters: Filters, after: str = "") -> SearchPage:
    """Stories that have all the words (blanks part them, quotes keep them together), by the day of
    the publication that has them."""
    filters = filters.checked()
    looked_for = search_words(filters.words)
    with desk.begin() as session:
        left = waiting(session)
    return SearchPage(
        words=looked_for.words,
        single=looked_for.single,
        found=story_list(desk, filters, after) if looked_for.words else None,
        waiting=left.total - left.done if left else 0,
        indexed=left.done if left else 0,
        since=left.since if left else "",
    )


@change("/search/index", role="editor")
def index(desk: Desk) -> Changed:
    """Index news that was stored before there was an index; leads to the work as it goes on."""
    job = start_job(desk, "index", "search", "index")
    return Changed(said=_("正在建立检索"), to=f"/jobs/{job.id}")


ROUTES = [search, index]
