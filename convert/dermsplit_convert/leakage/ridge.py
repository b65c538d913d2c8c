"""The attacker that needs no training: ridge regression from features to pixels, in closed form.

Hoerl and Kennard 1970, solved in the dual (Saunders, Gammerman and Vovk 1998), since there are fewer images than
features and pixels. It is the floor: what it reads, anyone reads.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PENALTIES = tuple(10.0**power for power in (-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5))
"""In shares of the mean diagonal of the kernel."""


@dataclass(frozen=True)
class Ridge:
    """``predict(x) = mean + kernel(x, learned) @ weights``; ``penalty`` was chosen on held-out images."""

    scale: "Scale"
    learned: Floats
    weights: Floats
    mean: Floats
    penalty: float

    def predict(self, features: Floats) -> Floats:
        """Features float32 [N, ...] to pictures float32 [N, pixels], 0..1."""
        kernel = self.scale.apply(features) @ self.learned.T
        return np.clip(self.mean + kernel @ self.weights, 0.0, 1.0)


@dataclass(frozen=True)
class Scale:
    """Centres every feature and divides by its channel's standard deviation."""

    centre: Floats
    spread: Floats

    @classmethod
    def of(cls, features: Floats) -> "Scale":
        """Learn it from features float32 [N, ..., C]."""
        spread = features.reshape(-1, features.shape[-1]).std(axis=0)
        return cls(features.mean(axis=0), np.maximum(spread, 1e-6).astype(np.float32))

    def apply(self, features: Floats) -> Floats:
        """Features float32 [N, ..., C] to float32 [N, values]."""
        return ((features - self.centre) / self.spread).reshape(len(features), -1)


def fit_ridge(features: Floats, pictures: Floats, held_features: Floats, held_pictures: Floats) -> Ridge:
    """From features float32 [N, ..., C] and pictures float32 [N, pixels] in 0..1; the penalty is chosen on others."""
    scale = Scale.of(features)
    learned, held = scale.apply(features), scale.apply(held_features)
    mean = pictures.mean(axis=0)
    centred = pictures - mean
    kernel = learned @ learned.T
    unit = float(np.trace(kernel)) / len(kernel)
    values, vectors = np.linalg.eigh(kernel.astype(np.float64))
    turned = (vectors.T @ centred).astype(np.float32)
    towards = (held @ learned.T) @ vectors.astype(np.float32)

    def error(penalty: float) -> float:
        shrunk = towards / (np.maximum(values, 0.0) + penalty * unit).astype(np.float32)
        return float(np.square(shrunk @ turned - (held_pictures - mean)).mean())

    penalty = min(PENALTIES, key=error)
    inverse = (np.maximum(values, 0.0) + penalty * unit)[:, None]
    weights = (vectors @ (turned / inverse)).astype(np.float32)
    return Ridge(scale, learned, weights, mean, penalty)
