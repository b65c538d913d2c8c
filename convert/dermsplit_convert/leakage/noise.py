"""A defence that needs no training: the phone adds noise to the features before it rounds them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SEED = 20


@dataclass(frozen=True)
class Noise:
    """Gaussian, independent for each value; its deviation is ``share`` of the channel's ``spread``, float32 [C]."""

    share: float
    spread: Floats

    @classmethod
    def of(cls, share: float, features: Floats) -> "Noise":
        """Take the channels' standard deviations from features float32 [N, ..., C] of training images."""
        return cls(share, features.reshape(-1, features.shape[-1]).std(axis=0).astype(np.float32))

    def add(self, features: Floats, place: int) -> Floats:
        """To features float32 [N, ..., C]; ``place`` is the first one's among all pictures: each has its own noise."""
        drawn = np.random.default_rng([SEED, place]).standard_normal(features.shape, dtype=np.float32)
        noisy: Floats = features + np.float32(self.share) * self.spread * drawn
        return noisy
