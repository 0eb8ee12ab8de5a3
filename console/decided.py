"""What people decided about a plan's stories, theme by theme, held between requests.

Hides: when it is read again, and how much of it: all after stories were folded, after a decision only
what is said of its story. Ten thousand decisions take a tenth of a second to read, which a list that
asks for them should not spend each time that somebody decides.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipeline.coverage.unions import Union, joined_decisions
from pipeline.store.assignments import (
    Decision,
    ReviewsStamp,
    decisions,
    items_reviewed_since,
    numbered_reviews,
    reviews_of,
    reviews_stamp,
)
from pipeline.store.stories import StoredStory, stories_by_id, story_of
from pipeline.store.story_list import Narrow, StoryHead, heads_of

__all__ = ["Decided", "decided", "decided_about"]


@dataclass(frozen=True, eq=False)
class Decided:
    """Decisions by story and theme, and the stories, the newest first."""

    by_story: Mapping[str, Mapping[str, Decision]]
    heads: tuple[StoryHead, ...]


_KEPT = 6
_FEW = 400
"""Stories whose decisions are read anew one by one rather than with all others."""
_held: OrderedDict[tuple[str, int, str], tuple[ReviewsStamp, Decided]] = OrderedDict()
_lock = threading.Lock()


def decided(
    session: Session, place: str, plan_id: int, scheme: str, unions: Sequence[Union]
) -> Decided:
    """All decisions about a plan's themes and the groups above them.

    Args:
        place: the database's address.
        unions: those of ``scheme``.
    """
    key = (place, plan_id, scheme)
    stamp = reviews_stamp(session)
    with _lock:
        kept = _held.get(key)
        if kept is not None and kept[0] == stamp:
            _held.move_to_end(key)
            return kept[1]
    stories: set[str] | None = None
    if kept is not None and kept[0].folded == stamp.folded:
        items = items_reviewed_since(session, kept[0])
        stories = None if items is None else set(story_of(session, items).values())
    if kept is not None and stories is not None and len(stories) <= _FEW:
        found = _renewed(session, plan_id, unions, kept[1], stories)
    else:
        found = _read(session, plan_id, unions)
    with _lock:
        _held[key] = (stamp, found)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return found


def decided_about(
    session: Session, plan_id: int, unions: Sequence[Union], stories: Iterable[StoredStory]
) -> dict[str, dict[str, Decision]]:
    """What people decided about a few stories, without reading all else they decided."""
    member_of = {item: story.id for story in stories for item in story.items}
    reviews = numbered_reviews(session, plan_id, member_of)
    return joined_decisions(decisions((one for _number, one in reviews), member_of), unions)


def _read(session: Session, plan_id: int, unions: Sequence[Union]) -> Decided:
    reviews = reviews_of(session, plan_id)
    of_items = decisions(reviews, story_of(session, {review.item for review in reviews}))
    return Decided(joined_decisions(of_items, unions), heads_of(session, of_items, Narrow()))


def _renewed(
    session: Session, plan_id: int, unions: Sequence[Union], kept: Decided, stories: set[str]
) -> Decided:
    """What was held, with what is said of ``stories`` read anew."""
    anew = decided_about(session, plan_id, unions, stories_by_id(session, stories))
    by_story = {story: said for story, said in kept.by_story.items() if story not in stories}
    heads = [head for head in kept.heads if head.id not in stories]
    heads += heads_of(session, anew, Narrow())
    return Decided(by_story | anew, tuple(sorted(heads, reverse=True)))
