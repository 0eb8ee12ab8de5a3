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
from pipeline.store.columns import RowFinder, hashes_of, raw_parts
from pipeline.store.tables import AuditStoryRow, StoryItemRow

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
    session: Session, audit: int, themes: Sequence[str], rows: RowFinder
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
    said = _scores_decoder(themes)
    table = _Table(themes)
    for part in raw_parts(session, query):
        today, strata, looks, scores, closed = zip(*part, strict=True)
        chances = [astuple(said.decode(one)) for one in scores]
        ended = [None if one is None else _NAMES.decode(one) for one in closed]
        table.add(today, strata, looks, chances, ended)
    return table.population(rows)


def population_of(
    stories: Sequence[AuditedStory],
    themes: Sequence[str],
    today: Mapping[str, str],
    rows: RowFinder,
) -> Population:
    """The population of an audit that is there in full; ``today`` gives the story of an item."""
    table = _Table(themes)
    table.add(
        [today.get(one.item) for one in stories],
        [one.stratum for one in stories],
        [one.look for one in stories],
        [tuple(one.scores.get(theme, 0.0) for theme in themes) for one in stories],
        [one.closed_themes for one in stories],
    )
    return table.population(rows)


def _scores_decoder(themes: Sequence[str]) -> msgspec.json.Decoder[msgspec.Struct]:
    """Decodes an object of scores to those of ``themes``, in their order, 0 where one is missing:
    half a microsecond a story, where a dictionary and its look-ups take five."""
    fields = [f"theme_{place}" for place in range(len(themes))]
    kind = msgspec.defstruct(
        "Scores",
        [(field, float, 0.0) for field in fields],
        rename=dict(zip(fields, themes, strict=True)),
    )
    return msgspec.json.Decoder(kind)


class _Table:
    """Collects a population part by part; nothing but arrays is kept of a part."""

    def __init__(self, themes: Sequence[str]) -> None:
        self._names: dict[str, int] = {}
        self._closed: dict[int, tuple[str, ...]] = {}
        self._size = 0
        self._today = [np.zeros(0, np.int64)]
        self._strata = [np.zeros(0, np.int16)]
        self._looks = [np.zeros(0, np.int16)]
        self._scores = [np.zeros((0, len(themes)), np.float64)]

    def add(
        self,
        today: Sequence[str | None],
        strata: Sequence[str],
        looks: Sequence[int],
        scores: Sequence[tuple[float, ...]],
        closed: Sequence[tuple[str, ...] | None],
    ) -> None:
        """Some rows, column by column."""
        places = [self._names.setdefault(one, len(self._names)) for one in strata]
        width = self._scores[0].shape[1]
        self._today.append(hashes_of([one or "" for one in today]))
        self._strata.append(np.array(places, np.int16))
        self._looks.append(np.array(looks, np.int16))
        self._scores.append(np.array(scores, np.float64).reshape(len(today), width))
        ended = enumerate(closed, self._size)
        self._closed.update({place: one for place, one in ended if one is not None})
        self._size += len(today)

    def population(self, rows: RowFinder) -> Population:
        """All of them."""
        return Population(
            names=tuple(self._names),
            strata=np.concatenate(self._strata),
            looks=np.concatenate(self._looks),
            scores=np.concatenate(self._scores),
            today=rows.find_hashes(np.concatenate(self._today)),
            closed=self._closed,
        )
