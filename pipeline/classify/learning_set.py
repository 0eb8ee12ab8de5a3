"""Labels as what a model learns from or is measured on: items, and one decision per theme.

Hides: which of several decisions about one item holds. Of each reviewer the newest counts; where
two reviewers then differ the pair is not decided, and the disagreement is listed. The same words
under several ids are one item, so that nothing is learned from and tried on at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadInput
from pipeline.labels import Label, moment
from pipeline.news import content_fingerprint

__all__ = ["Disagreement", "LabelledItem", "LearningSet", "own_words"]

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class LabelledItem:
    """An item people decided on, with every name it is known by."""

    id: str
    title: str
    text: str
    names: frozenset[str] = frozenset()
    """Its ids, those of its reprints, and the fingerprint of its words."""

    @classmethod
    def of(cls, item_id: str, title: str, text: str, *also: str) -> LabelledItem:
        """With its names; ``also`` are the ids it has beside its own."""
        words = content_fingerprint(title, text)
        return cls(item_id, title, text, frozenset({item_id, words, *also}))


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of item and theme that reviewers decide differently."""

    item: str
    title: str
    theme: str
    yes: tuple[str, ...]
    """Reviewers for whom the item belongs to the theme."""
    no: tuple[str, ...]


def own_words(label: Label) -> LabelledItem:
    """The item as the label itself tells it.

    Raises:
        BadInput: ``labels-without-words`` when it has neither title nor text.
    """
    if not (label.title.strip() or label.text.strip()):
        raise BadInput(
            f"the label about {label.id} has neither title nor text, and no such news is stored",
            "labels-without-words",
            "Import the news first, or give the words in the label.",
        )
    return LabelledItem.of(label.id, label.title, label.text)


def _groups(items: Iterable[LabelledItem]) -> dict[str, str]:
    """Which names mean the same item: for each name the one all of them are filed under."""
    filed: dict[str, str] = {}

    def top(name: str) -> str:
        while filed.setdefault(name, name) != name:
            name = filed[name]
        return name

    for item in items:
        for name in sorted(item.names):
            filed[top(name)] = top(item.id)
    return {name: top(name) for name in sorted(filed)}


def _when(label: Label) -> datetime:
    return moment(label.at, label.id) if label.at else _LONG_AGO


@dataclass
class _Opinions:
    item: LabelledItem
    newest: dict[tuple[str, str], bool] = field(default_factory=dict)
    """By theme and reviewer."""
    at_random: bool = False


@dataclass(frozen=True, eq=False)
class LearningSet:
    """Decided pairs of item and theme."""

    themes: tuple[str, ...]
    items: tuple[LabelledItem, ...]
    decided: NDArray[np.int64]
    """Shape (items, themes): 1 belongs, 0 does not, -1 not decided."""
    at_random: NDArray[np.bool_]
    """Shape (items,): whether an audit drew the item."""
    disagreements: tuple[Disagreement, ...] = ()

    @classmethod
    def gather(
        cls,
        labels: Iterable[Label],
        themes: Sequence[str],
        item_of: Callable[[Label], LabelledItem] = own_words,
    ) -> LearningSet:
        """Bring the labels of all reviewers together, items by id.

        Args:
            labels: in the order they were made, for those that have no date.
            themes: of one scheme; decisions about others are passed over.
            item_of: which item a label is about.

        Raises:
            BadInput: ``review-date`` for a label dated with no day; what ``item_of`` raises.
        """
        known = set(themes)
        told = [(label, item_of(label)) for label in sorted(labels, key=_when)]
        group = _groups(item for _, item in told)
        found: dict[str, _Opinions] = {}
        for label, item in told:
            said = {theme: True for theme in label.themes if theme in known}
            said |= {theme: False for theme in label.not_themes if theme in known}
            if not said:
                continue
            same = found.setdefault(group[item.id], _Opinions(item))
            same.item = replace(same.item, names=same.item.names | item.names)
            same.newest.update({(theme, label.reviewer): yes for theme, yes in said.items()})
            same.at_random |= label.chosen_by == "audit"
        every = sorted(found.values(), key=lambda one: one.item.id)
        return cls._of(tuple(themes), every)

    @classmethod
    def _of(cls, themes: tuple[str, ...], every: Sequence[_Opinions]) -> LearningSet:
        decided = np.full((len(every), len(themes)), -1, dtype=np.int64)
        disagreements = []
        for row, one in enumerate(every):
            for place, theme in enumerate(themes):
                by = {who: yes for (about, who), yes in one.newest.items() if about == theme}
                if len(set(by.values())) == 1:
                    decided[row, place] = int(next(iter(by.values())))
                elif by:
                    disagreements.append(
                        Disagreement(
                            item=one.item.id,
                            title=one.item.title,
                            theme=theme,
                            yes=tuple(sorted(who for who, yes in by.items() if yes)),
                            no=tuple(sorted(who for who, yes in by.items() if not yes)),
                        )
                    )
        return cls(
            themes,
            tuple(one.item for one in every),
            decided,
            np.array([one.at_random for one in every], dtype=bool),
            tuple(disagreements),
        )

    @property
    def names(self) -> frozenset[str]:
        """Every name of every item."""
        return frozenset().union(*(item.names for item in self.items))

    def without(self, names: frozenset[str]) -> LearningSet:
        """What is left when items known by one of ``names`` are taken out."""
        kept = np.array([not (item.names & names) for item in self.items], dtype=bool)
        left = tuple(item for item, keep in zip(self.items, kept, strict=True) if keep)
        ids = {item.id for item in left}
        return LearningSet(
            self.themes,
            left,
            self.decided[kept],
            self.at_random[kept],
            tuple(one for one in self.disagreements if one.item in ids),
        )

    def counts(self) -> tuple[tuple[str, int, int], ...]:
        """For each theme: its id, how many items belong to it, how many do not."""
        return tuple(
            (theme, int((column == 1).sum()), int((column == 0).sum()))
            for theme, column in zip(self.themes, self.decided.T, strict=True)
        )
