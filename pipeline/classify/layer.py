"""What labels add to the profiles of a scheme's themes: a few numbers per theme, linear.

Hides: what a trained layer consists of and how it is laid over the base model. A theme's
log-odds become

    odds = slope * profile odds + sum over topics of a_k * topic odds k
         + sum over the latent dimensions of b_d * coordinate d + offset

Topic odds and coordinates are themselves linear in an item's grams, so that the two sums fold
into one weight per gram and theme: evidence adds up as before, and deciding costs one more
column per theme. A theme without labels has slope 1 and nothing else: its profile decides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.classify.bundle import BaseModel

__all__ = ["TrainedLayer", "latent_coordinates"]


@dataclass(frozen=True, eq=False)
class TrainedLayer:
    """The corrections of one scheme's themes, over one base model."""

    themes: tuple[str, ...]
    """Ids, in the order of the columns below."""
    base_fingerprint: str
    """Of the base model it is laid over."""
    slopes: NDArray[np.float64]
    """Shape (themes,), on the profile's log-odds."""
    topic_weights: NDArray[np.float64]
    """Shape (topics, themes), on the base model's calibrated log-odds."""
    latent_weights: NDArray[np.float64]
    """Shape (dimensions, themes), on the base model's latent coordinates."""
    offsets: NDArray[np.float64]
    """Shape (themes,)."""
    thresholds: NDArray[np.float64]
    """Shape (themes,): probability from which a theme is assigned."""

    @cached_property
    def trained(self) -> NDArray[np.bool_]:
        """Shape (themes,): False where the profile decides alone."""
        return np.asarray(
            (self.slopes != 1.0)
            | (self.offsets != 0.0)
            | self.topic_weights.any(axis=0)
            | self.latent_weights.any(axis=0)
        )

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits: which layer this is."""
        digest = hashlib.sha256(msgspec.json.encode((self.themes, self.base_fingerprint)))
        for array in (
            *(self.slopes, self.topic_weights, self.latent_weights),
            *(self.offsets, self.thresholds),
        ):
            digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
        return digest.hexdigest()[:16]

    def gram_weights(self, model: BaseModel) -> NDArray[np.float32]:
        """Topic and latent weights as one weight per gram, shape (features, themes)."""
        weights = model.dense_weights @ self.topic_weights.astype(np.float32)
        weights[model.latent_features] += model.latent_directions @ self.latent_weights.astype(
            np.float32
        )
        return np.asarray(weights, dtype=np.float32)

    def silence(self, model: BaseModel) -> NDArray[np.float64]:
        """What is added to an item without any gram, shape (themes,): the offsets, and the
        topics' odds of nothing."""
        return np.asarray(self.offsets + model.offsets.astype(np.float64) @ self.topic_weights)


def latent_coordinates(model: BaseModel, rows: sp.csr_matrix) -> NDArray[np.float64]:
    """Shape (items, dimensions); ``rows`` as ``Vocabulary.matrix`` gives them."""
    return np.asarray(rows[:, model.latent_features] @ model.latent_directions, dtype=np.float64)
