"""All stories of a filtered list up to a number: what a queue is made of, or a decision in bulk is about.

Hides: that a list is found page by page, and how long it is looked for.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from console.story_asking import Asking
from console.story_filters import Filters
from console.story_lists import FoundStory, find_stories

__all__ = ["StorySet", "story_set", "written_filters"]

SECONDS = 4.0
"""How long a set is looked for; a list by itself stops after each page."""
_PAGE = 200


@dataclass(frozen=True)
class StorySet:
    """Stories, the newest first, and whether there are more."""

    stories: tuple[FoundStory, ...]
    more: bool

    @property
    def fingerprint(self) -> str:
        """The same for the same stories."""
        names = "\n".join(sorted(one.head.id for one in self.stories))
        return hashlib.sha256(names.encode()).hexdigest()[:16]


def story_set(asking: Asking, filters: Filters, most: int) -> StorySet:
    """At most ``most`` stories of a list.

    Raises:
        BadInput: ``filter-unknown``.
    """
    until = time.monotonic() + SECONDS
    found: list[FoundStory] = []
    after = ""
    while True:
        part = find_stories(asking, filters, after, min(_PAGE, most - len(found)))
        found += part.stories
        after = part.after
        if not after or len(found) >= most or time.monotonic() > until:
            return StorySet(tuple(found), bool(after))


def written_filters(filters: Filters) -> str:
    """What is asked for as the query of an address, without '?'; '' for everything."""
    return urlencode(
        {name: value for name, value in msgspec.structs.asdict(filters).items() if value}
    )
