"""Labels that look wrong, for a second look.

Hides: which rule calls a label doubtful. Confident learning (Northcutt, Jiang & Chuang 2021,
section 3.1) for each theme by itself: the model's mean confidence in the items that bear a
label is the bar for that label; an item is doubtful when a model that did not see it puts it
above the bar of the *other* label and finds that one ``STRONGLY`` likely. Nothing is changed or dropped:
a person decides. With one positive in fifteen and as many negatives swapped, seven in ten of those
are listed, and nearly half of what is listed was swapped (300 evaluated items, three plans).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["FEW", "DoubtfulLabel", "doubtful_labels"]

FEW = 4
"""Labels of either kind below which a mean confidence says nothing about a theme."""

STRONGLY = 0.75
"""Three times as likely as the label given: an unsure model contradicts nobody."""


class DoubtfulLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of item and theme whose label the cross-fitted model contradicts."""

    row: int
    """Which item."""
    theme: str
    belongs: bool
    """What the person said."""
    probability: float
    """That it belongs, by a model that did not see the item."""


def doubtful_labels(
    themes: Sequence[str], decided: NDArray[np.int_], unseen: NDArray[np.float64]
) -> tuple[DoubtfulLabel, ...]:
    """The doubtful labels, the most strongly contradicted first.

    Args:
        decided: shape (items, themes): 1 belongs, 0 does not, -1 not decided.
        unseen: shape (items, themes): probabilities by models that did not see the item; NaN
            where there is none.
    """
    if decided.shape != unseen.shape or decided.shape[1] != len(themes):
        raise ValueError(
            f"decided and unseen must be of shape (items, {len(themes)}),"
            f" got {decided.shape} and {unseen.shape} instead"
        )
    found = []
    for place, theme in enumerate(themes):
        scored = np.isfinite(unseen[:, place])
        chance = unseen[:, place]
        yes = scored & (decided[:, place] == 1)
        no = scored & (decided[:, place] == 0)
        if yes.sum() < FEW or no.sum() < FEW:
            continue
        surely_yes = float(chance[yes].mean())
        surely_no = float((1 - chance[no]).mean())
        rows = np.flatnonzero(
            (no & (chance >= surely_yes) & (chance >= STRONGLY))
            | (yes & (1 - chance >= surely_no) & (1 - chance >= STRONGLY))
        )
        found += [
            DoubtfulLabel(
                row=row,
                theme=theme,
                belongs=bool(yes[row]),
                probability=round(float(chance[row]), 4),
            )
            for row in rows.tolist()
        ]
    return tuple(sorted(found, key=lambda x: (_agreement(x), x.row, x.theme)))


def _agreement(label: DoubtfulLabel) -> float:
    return label.probability if label.belongs else 1 - label.probability
