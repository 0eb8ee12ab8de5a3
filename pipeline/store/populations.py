"""An audited population as columns: what an estimate needs of hundreds of thousands of stories.

Hides: how a story of the draw is found again after stories were folded anew, by its original.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.audits import AuditedStory
from pipeline.store.columns import RowFinder, StoryColumns, raw_parts
from pipeline.store.stories import story_of
from pipeline.store.tables import AuditStoryRow

__all__ = ["Population", "population_of", "read_population"]

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


def read_population(
    session: Session, audit: int, themes: Sequence[str], columns: StoryColumns
) -> Population:
    """The population of a stored audit; ``columns`` are the stories of today.

    A story's original is nearly always an original still. Only the others are asked for by their
    item: joining all half a million takes 1.3 s.
    """
    query = (
        select(
            AuditStoryRow.item_id,
            AuditStoryRow.stratum,
            AuditStoryRow.look,
            AuditStoryRow.scores,
            AuditStoryRow.closed_themes,
        )
        .where(AuditStoryRow.audit_id == audit)
        .order_by(AuditStoryRow.story_id)
    )
    said = _scores_decoder(themes)
    table = _Table(themes)
    originals = RowFinder(columns.originals)
    elsewhere: dict[int, str] = {}
    for part in raw_parts(session, query):
        items, strata, looks, scores, closed = zip(*part, strict=True)
        today = originals.find(items)
        for place in np.flatnonzero(today < 0).tolist():
            elsewhere[table.size + place] = items[place]
        chances = list(map(astuple, map(said.decode, scores)))
        ended = [None if one is None else _NAMES.decode(one) for one in closed]
        table.add(today, strata, looks, chances, ended)
    found = table.population()
    stories = story_of(session, elsewhere.values())
    moved = {place: stories[item] for place, item in elsewhere.items() if item in stories}
    found.today[list(moved)] = columns.rows.find(list(moved.values()))
    return found


def population_of(
    stories: Sequence[AuditedStory],
    themes: Sequence[str],
    today: Mapping[str, int],
) -> Population:
    """The population of an audit that is there in full; ``today`` gives the row of an item's story."""
    table = _Table(themes)
    table.add(
        np.array([today.get(one.item, -1) for one in stories], np.int32),
        [one.stratum for one in stories],
        [one.look for one in stories],
        [tuple(one.scores.get(theme, 0.0) for theme in themes) for one in stories],
        [one.closed_themes for one in stories],
    )
    return table.population()


def _scores_decoder(themes: Sequence[str]) -> msgspec.json.Decoder[msgspec.Struct]:
    """Decodes an object of scores to those of ``themes``, in their order, 0 where one is missing:
    half a microsecond a story, where a dictionary and its look-ups take five."""
    fields = [f"theme_{place}" for place in range(len(themes))]
    kind = msgspec.defstruct(
        "Scores",
        [(field, float, 0.0) for field in fields],
        gc=False,
        rename=dict(zip(fields, themes, strict=True)),
    )
    return msgspec.json.Decoder(kind)


class _Table:
    """Collects a population part by part; nothing but arrays is kept of a part."""

    def __init__(self, themes: Sequence[str]) -> None:
        self._names: dict[str, int] = {}
        self._closed: dict[int, tuple[str, ...]] = {}
        self.size = 0
        self._today = [np.zeros(0, np.int32)]
        self._strata = [np.zeros(0, np.int16)]
        self._looks = [np.zeros(0, np.int16)]
        self._scores = [np.zeros((0, len(themes)), np.float64)]

    def add(
        self,
        today: NDArray[np.int32],
        strata: Sequence[str],
        looks: Sequence[int],
        scores: Sequence[tuple[float, ...]],
        closed: Sequence[tuple[str, ...] | None],
    ) -> None:
        """Some rows, column by column."""
        for name in dict.fromkeys(strata):
            self._names.setdefault(name, len(self._names))
        places = list(map(self._names.__getitem__, strata))
        width = self._scores[0].shape[1]
        self._today.append(today)
        self._strata.append(np.array(places, np.int16))
        self._looks.append(np.array(looks, np.int16))
        self._scores.append(np.array(scores, np.float64).reshape(len(today), width))
        if any(one is not None for one in closed):
            ended = enumerate(closed, self.size)
            self._closed.update({place: one for place, one in ended if one is not None})
        self.size += len(today)

    def population(self) -> Population:
        """All of them."""
        return Population(
            names=tuple(self._names),
            strata=np.concatenate(self._strata),
            looks=np.concatenate(self._looks),
            scores=np.concatenate(self._scores),
            today=np.concatenate(self._today),
            closed=self._closed,
        )
