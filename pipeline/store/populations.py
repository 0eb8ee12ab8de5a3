"""An audited population as columns: what an estimate needs of hundreds of thousands of stories.

Hides: how a story of the draw is found again after stories were folded anew, by its original.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.audits import AuditedStory
from pipeline.store.tables import AuditStoryRow, StoryItemRow

__all__ = ["Population", "population_of", "read_population"]

_PART = 50_000
_SCORES = msgspec.json.Decoder(dict[str, float])
_NAMES = msgspec.json.Decoder(tuple[str, ...])


@dataclass(frozen=True, eq=False)
class Population:
    """The stories an audit drew from, by story id; arrays have the first dimension n.

    Args:
        names: the strata's names.
        strata: (n,) places among ``names``.
        looks: (n,) the look that drew a story, from 1; 0 where none did.
        scores: (n, k) probabilities frozen at the draw, by theme in the order asked for.
        today: (n,) row of the story its original is part of now; -1 where that is not among those
            asked about.
        closed: by place of a drawn story the themes it belonged to when the sample was closed.
    """

    names: tuple[str, ...]
    strata: NDArray[np.int16]
    looks: NDArray[np.int16]
    scores: NDArray[np.float64]
    today: NDArray[np.int32]
    closed: Mapping[int, tuple[str, ...]]

    def where(self, kept: NDArray[np.bool_]) -> Population:
        """The part for which ``kept``, of shape (n,), says so."""
        places = np.cumsum(kept) - 1
        return replace(
            self,
            strata=self.strata[kept],
            looks=self.looks[kept],
            scores=self.scores[kept],
            today=self.today[kept],
            closed={
                int(places[place]): themes for place, themes in self.closed.items() if kept[place]
            },
        )

    def sizes(self) -> dict[str, int]:
        """Stories by stratum."""
        counts = np.bincount(self.strata, minlength=len(self.names)).tolist()
        return dict(zip(self.names, counts, strict=True))


_Row = tuple[str | None, str, int, Mapping[str, float], tuple[str, ...] | None]
"""Story today, stratum, look, scores, themes at the closing."""


def read_population(
    session: Session, audit: int, themes: Sequence[str], rows: Mapping[str, int]
) -> Population:
    """The population of a stored audit; ``rows`` gives the row of a story of today."""
    query = (
        select(
            StoryItemRow.story_id,
            AuditStoryRow.stratum,
            AuditStoryRow.look,
            AuditStoryRow.scores,
            AuditStoryRow.closed_themes,
        )
        .join(StoryItemRow, StoryItemRow.item_id == AuditStoryRow.item_id, isouter=True)
        .where(AuditStoryRow.audit_id == audit)
        .order_by(AuditStoryRow.story_id)
    )
    read: Iterator[_Row] = (
        (
            story,
            stratum,
            look,
            _SCORES.decode(scores),
            None if closed is None else _NAMES.decode(closed),
        )
        for story, stratum, look, scores, closed in session.execute(
            query.execution_options(yield_per=_PART)
        )
    )
    return _columns(read, themes, rows)


def population_of(
    stories: Sequence[AuditedStory],
    themes: Sequence[str],
    today: Mapping[str, str],
    rows: Mapping[str, int],
) -> Population:
    """The population of an audit that is there in full; ``today`` gives the story of an item."""
    read: Iterator[_Row] = (
        (today.get(one.item), one.stratum, one.look, one.scores, one.closed_themes)
        for one in stories
    )
    return _columns(read, themes, rows)


def _columns(read: Iterator[_Row], themes: Sequence[str], rows: Mapping[str, int]) -> Population:
    places: dict[str, int] = {}
    strata: list[int] = []
    looks: list[int] = []
    today: list[int] = []
    scores: list[NDArray[np.float64]] = []
    part: list[list[float]] = []
    closed: dict[int, tuple[str, ...]] = {}
    for story, stratum, look, said, at_closing in read:
        if at_closing is not None:
            closed[len(strata)] = at_closing
        strata.append(places.setdefault(stratum, len(places)))
        looks.append(look)
        today.append(rows.get(story or "", -1))
        part.append([said.get(theme, 0.0) for theme in themes])
        if len(part) == _PART:
            scores.append(np.array(part, dtype=np.float64))
            part = []
    scores.append(np.array(part, dtype=np.float64).reshape(len(part), len(themes)))
    return Population(
        names=tuple(places),
        strata=np.array(strata, dtype=np.int16),
        looks=np.array(looks, dtype=np.int16),
        scores=np.concatenate(scores),
        today=np.array(today, dtype=np.int32),
        closed=closed,
    )
