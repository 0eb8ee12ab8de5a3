"""Which items to ask a person about next: a share at random, the others where an answer tells most.

Hides: what "tells most" means. An item's doubt is how near one of its themes stands to its
threshold, in log-odds; where labels have moved a theme away from what its profile says, that
disagreement counts too; and an item much like one already chosen or decided tells less. The
random share are audits: drawn from all candidates alike, each with the same known probability,
so that they, and only they, may enter an estimate. The others are marked as a queue's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.classifier import ThemeClassifier, log_odds
from pipeline.classify.features import Item
from pipeline.classify.layer import latent_coordinates

__all__ = ["AUDIT_SHARE", "Asked", "choose_items", "doubt_of", "items_to_ask", "random_order"]

AUDIT_SHARE = 0.2
"""Of the items asked, drawn at random. Measured by ``benchmarks/mapping.py --curve``."""
DISAGREEMENT = 0.5
"""What a theme that labels moved from 0 to 1 adds to a doubt, which is 1 at a threshold."""
LIKENESS = 0.5
"""How much of its doubt an item loses that is just like one already chosen."""


@dataclass(frozen=True)
class Asked:
    """One item to ask about."""

    place: int
    """Of the candidate."""
    chosen_by: Literal["audit", "queue"]
    inclusion_probability: float | None
    """With which probability an audit drew it; None for a queue's item, which has none."""


def choose_items(
    ids: Sequence[str],
    doubt: NDArray[np.float64],
    coordinates: NDArray[np.float64],
    *,
    count: int,
    decided: NDArray[np.float64] | None = None,
    audit_share: float = AUDIT_SHARE,
    seed: int = 0,
) -> tuple[Asked, ...]:
    """Choose ``count`` of n candidates, audits first; the same for the same seed, whatever the
    order of the candidates.

    Args:
        ids: of the candidates, all different; none of them decided yet.
        doubt: shape (n,), how much an answer would tell, from 0 on.
        coordinates: shape (n, dimensions), where the candidates stand in the latent space.
        count: how many to ask; all candidates if there are fewer.
        decided: shape (m, dimensions), where the items decided so far stand.
        audit_share: from 0 (none at random) to 1 (all).
        seed: another seed draws other audits.

    Raises:
        ValueError: ``audit_share`` or ``count`` out of range, or shapes that do not fit.
    """
    if not 0 <= audit_share <= 1:
        raise ValueError(f"audit_share must be from 0 to 1, got {audit_share} instead")
    if count < 0:
        raise ValueError(f"count must be 0 or more, got {count} instead")
    if not len(ids) == len(doubt) == len(coordinates):
        raise ValueError("ids, doubt and coordinates must have one entry per candidate")
    wanted = min(count, len(ids))
    audits = round(audit_share * wanted)
    drawn = random_order(ids, seed)[:audits]
    chosen = [Asked(place, "audit", audits / len(ids)) for place in drawn]
    unit = _unit(coordinates)
    near = np.zeros(len(ids))
    if decided is not None and len(decided) and len(ids):
        near = (unit @ _unit(decided).T).max(axis=1)
    open_to = np.ones(len(ids), dtype=bool)
    for place in drawn:
        open_to[place] = False
        near = np.maximum(near, unit @ unit[place])
    ties = np.argsort(np.argsort(np.array(ids, dtype=object), kind="stable"), kind="stable")
    for _ in range(wanted - audits):
        worth = np.where(open_to, doubt * (1.0 - LIKENESS * np.clip(near, 0.0, 1.0)), -1.0)
        best = int(np.lexsort((ties, -worth.round(9)))[0])
        chosen.append(Asked(best, "queue", None))
        open_to[best] = False
        near = np.maximum(near, unit @ unit[best])
    return tuple(chosen)


def items_to_ask(
    classifier: ThemeClassifier,
    candidates: Sequence[Item],
    decided: Sequence[Item] = (),
    *,
    count: int,
    audit_share: float = AUDIT_SHARE,
    seed: int = 0,
) -> tuple[Asked, ...]:
    """``choose_items`` for a classifier as it is now.

    Args:
        candidates: items nobody decided.
        decided: items that were decided.
    """
    vocabulary = classifier.model.vocabulary
    return choose_items(
        [item.id for item in candidates],
        doubt_of(classifier, candidates),
        latent_coordinates(classifier.model, vocabulary.matrix(candidates)),
        count=count,
        decided=latent_coordinates(classifier.model, vocabulary.matrix(decided)),
        audit_share=audit_share,
        seed=seed,
    )


def doubt_of(classifier: ThemeClassifier, items: Sequence[Item]) -> NDArray[np.float64]:
    """How much an answer would tell about each item, shape (items,)."""
    chances = classifier.probabilities(items)
    if not chances.size:
        return np.zeros(len(items))
    distance = np.abs(log_odds(chances) - log_odds(classifier.thresholds)[None, :])
    doubt = np.exp(-distance).max(axis=1)
    if classifier.layer is not None:
        untaught = ThemeClassifier(classifier.model, classifier.profiles, above=classifier.above)
        doubt = doubt + DISAGREEMENT * np.abs(chances - untaught.probabilities(items)).max(axis=1)
    return np.asarray(doubt)


def _unit(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(coordinates, axis=1, keepdims=True)
    return np.asarray(coordinates / np.maximum(length, 1e-12))


def random_order(ids: Sequence[str], seed: int) -> list[int]:
    """Places of ``ids`` in the order of their permanent random numbers: the first k of them are a
    simple random sample, and do not depend on the order of ``ids``."""
    return sorted(range(len(ids)), key=lambda place: _random_number(seed, ids[place]))


def _random_number(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
