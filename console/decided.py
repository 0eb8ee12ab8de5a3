"""What people decided about a plan's stories, theme by theme, held between requests.

Hides: when it is read again: after a decision, or after stories were folded. Ten thousand decisions
take a tenth of a second to read, which a list that asks for them should not spend each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipeline.coverage.unions import Union, joined_decisions
from pipeline.store.assignments import Decision, decisions, reviews_of
from pipeline.store.items import story_of
from pipeline.store.story_list import Narrow, StoryHead, decisions_stamp, heads_of

__all__ = ["Decided", "decided"]


@dataclass(frozen=True, eq=False)
class Decided:
    """Decisions by story and theme, and the stories, the newest first."""

    by_story: Mapping[str, Mapping[str, Decision]]
    heads: tuple[StoryHead, ...]


_KEPT = 6
_held: OrderedDict[tuple[str, int, str], tuple[tuple[int, int], Decided]] = OrderedDict()
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
    stamp = decisions_stamp(session)
    with _lock:
        kept = _held.get(key)
        if kept is not None and kept[0] == stamp:
            _held.move_to_end(key)
            return kept[1]
    reviews = reviews_of(session, plan_id)
    of_items = decisions(reviews, story_of(session, {review.item for review in reviews}))
    found = Decided(joined_decisions(of_items, unions), heads_of(session, of_items, Narrow()))
    with _lock:
        _held[key] = (stamp, found)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return found
