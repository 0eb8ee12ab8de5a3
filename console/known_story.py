"""What the store holds of one story: its publications, what the machine said of it, what people decided.

Hides: which reads that takes, and that what is said under a part of a group holds for the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipeline.coverage.unions import Union, joined_assignments, joined_decisions
from pipeline.news import NewsItem
from pipeline.store.assignments import (
    Decision,
    Review,
    StoredAssignment,
    assignments_of,
    decisions,
    numbered_reviews,
)
from pipeline.store.items import items_by_id
from pipeline.store.stories import StoredStory

__all__ = ["KnownStory", "known_story", "strongest_words"]


@dataclass(frozen=True, eq=False)
class KnownStory:
    """A story with all that pages say of it under a plan's themes."""

    story: StoredStory
    items: Mapping[str, NewsItem]
    """Its publications, by id."""
    told: NewsItem
    """Its words as they are read and classified."""
    said: Mapping[str, StoredAssignment]
    """By theme, what the machine said."""
    decided: Mapping[str, Decision]
    """By theme, the decision that holds."""
    reviews: Sequence[tuple[int, Review]]
    """All decisions that stand, oldest first, each with its number."""

    @property
    def original(self) -> NewsItem:
        """The publication the others are reprints of."""
        return self.items[self.story.original]

    @property
    def seen(self) -> int:
        """Number of the newest decision; 0 before any."""
        return max((number for number, _review in self.reviews), default=0)


def known_story(
    session: Session, plan_id: int, story: StoredStory, unions: Sequence[Union] = ()
) -> KnownStory:
    """What is known of ``story`` under a plan's themes, and under the groups of ``unions``, where they
    are given."""
    items = items_by_id(session, story.items)
    reviews = numbered_reviews(session, plan_id, story.items)
    held = decisions((one for _number, one in reviews), dict.fromkeys(story.items, story.id))
    said = assignments_of(session, plan_id, [story.id]).get(story.id, ())
    return KnownStory(
        story=story,
        items=items,
        told=story.as_item(items),
        said={one.theme: one for one in (joined_assignments(said, unions) if unions else said)},
        decided=joined_decisions(held, unions).get(story.id, {}),
        reviews=reviews,
    )


def strongest_words(said: StoredAssignment) -> tuple[str, ...]:
    """The stretches of the text that spoke for a theme, the strongest first."""
    strongest = sorted(said.evidence, key=lambda one: -one.weight)
    return tuple(dict.fromkeys(one.text for one in strongest))
