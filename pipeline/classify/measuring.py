"""How well decisions agree with labels, and how a trained layer would do on items it never saw.

Hides: which figures are given and over what. Pairs of item and theme that nobody decided count
neither way. Micro figures go over all decided pairs, macro figures over the themes with at least
one positive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item
from pipeline.classify.stream import calibration_error, f1

if TYPE_CHECKING:
    from pipeline.classify.trained import ThemeRegression

__all__ = ["Figures", "ThemeFigures", "cross_validated", "figures_of"]

OUTER_FOLDS = 5


class ThemeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One theme's labels and figures; None where no positive makes a figure possible."""

    theme: str
    positives: int
    negatives: int
    f1: float | None
    average_precision: float | None
    calibration_error: float | None = None
    """None where nothing was decided."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How well decisions agree with labels."""

    items: int
    """With at least one decided theme."""
    pairs: int
    """Decided pairs of item and theme."""
    positives: int
    micro_f1: float
    macro_f1: float
    average_precision: float | None
    """Over all decided pairs, by probability."""
    calibration_error: float
    """Expected, over ten bins of equal width (Guo et al. 2017)."""
    themes: tuple[ThemeFigures, ...]


def figures_of(
    themes: Sequence[str],
    chances: NDArray[np.float64],
    assigned: NDArray[np.bool_],
    labels: NDArray[np.int_],
) -> Figures:
    """Compare probabilities and decisions with labels, all of shape (items, themes).

    Args:
        labels: 1 belongs, 0 does not, -1 not decided.
    """
    from sklearn.metrics import average_precision_score

    from pipeline.classify.trained import UNKNOWN

    truth, known = labels == 1, (labels != UNKNOWN).astype(float)

    def precision(columns: slice) -> float | None:
        counted = known[:, columns] > 0
        true = truth[:, columns][counted]
        if not true.any():
            return None
        return round(float(average_precision_score(true, chances[:, columns][counted])), 4)

    each = []
    for place, theme in enumerate(themes):
        one = slice(place, place + 1)
        positives = int(truth[:, place].sum())
        score = round(f1(assigned[:, one], truth[:, one], known[:, one]), 4) if positives else None
        each.append(
            ThemeFigures(
                theme=theme,
                positives=positives,
                negatives=int(known[:, place].sum()) - positives,
                f1=score,
                average_precision=precision(one),
                calibration_error=round(
                    calibration_error(chances[:, one], truth[:, one], known[:, one]), 4
                )
                if known[:, one].any()
                else None,
            )
        )
    scores = [one.f1 for one in each if one.f1 is not None]
    return Figures(
        items=int(known.any(axis=1).sum()),
        pairs=int(known.sum()),
        positives=int(truth.sum()),
        micro_f1=round(f1(assigned, truth, known), 4),
        macro_f1=round(float(np.mean(scores)), 4) if scores else 0.0,
        average_precision=precision(slice(None)),
        calibration_error=round(calibration_error(chances, truth, known), 4) if known.any() else 0,
        themes=tuple(each),
    )


def cross_validated(
    regression: ThemeRegression,
    items: Sequence[Item],
    labels: NDArray[np.int_],
    sample_weight: NDArray[np.float64] | None = None,
) -> tuple[Figures, Figures]:
    """Figures by the profiles alone, and by a layer that did not see the item (five folds by the
    item's id; calibration and thresholds learned inside each)."""
    from sklearn.base import clone

    themes = [profile.theme for profile in regression.profiles]
    folds = np.array([_outer_fold(item.id) for item in items], dtype=np.int64)
    weight = np.ones(len(items)) if sample_weight is None else np.asarray(sample_weight, float)
    chances, assigned = np.zeros(labels.shape), np.zeros(labels.shape, dtype=bool)
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold).tolist()
        seen = np.flatnonzero(folds != fold).tolist()
        fitted = clone(regression).fit([items[row] for row in seen], labels[seen], weight[seen])
        chances[held], assigned[held] = fitted.classifier().decide([items[row] for row in held])
    before = ThemeClassifier(regression.model, regression.profiles).decide(items)
    return figures_of(themes, *before, labels), figures_of(themes, chances, assigned, labels)


def _outer_fold(name: str) -> int:
    return hashlib.sha256(f"outer {name}".encode()).digest()[0] % OUTER_FOLDS
