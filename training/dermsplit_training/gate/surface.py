"""What a map that is sent looks like at its places: how its channels go together, and how far from that a place may be.

Features that no photo could give are as real ones channel by channel, but not in this.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]


@dataclass(frozen=True)
class Surface:
    """A Gaussian of the channels at any place of real maps float32 [n, H, W, C]: ``mean`` [C] and ``whitening`` [C, C].

    ``furthest`` [2] are the largest mean, and the largest of any place, that a real map's squared distances had.
    """

    shape: tuple[int, ...]
    mean: Maps
    whitening: Maps
    furthest: Maps

    def lay(self, tensor: Any) -> tuple[Any, Any]:
        """Lay it on a symbolic map [N, H, W, C]: the map whitened, and [N, 2] its places' squared distances.

        The distances are Mahalanobis's by place (as Defard et al. 2021), a channel's share, their mean and the largest.
        """
        channels = self.shape[-1]
        whiten = keras.layers.Conv2D(channels, 1, trainable=False, dtype="float32", name="gate_whitened")
        whitened = whiten(tensor)
        whiten.set_weights([self.whitening[None, None], -self.mean @ self.whitening])
        squares = keras.layers.Multiply(dtype="float32", name="gate_place_squares")([whitened, whitened])
        add_up = keras.layers.Conv2D(1, 1, use_bias=False, trainable=False, dtype="float32", name="gate_places")
        distances = add_up(squares)
        add_up.set_weights([np.full((1, 1, channels, 1), 1 / channels, dtype=np.float32)])
        mean = keras.layers.GlobalAveragePooling2D(dtype="float32", name="gate_places_mean")(distances)
        largest = keras.layers.GlobalMaxPooling2D(dtype="float32", name="gate_places_largest")(distances)
        return whitened, keras.layers.Concatenate(dtype="float32", name="gate_places_away")([mean, largest])


def fit_surface(maps: Maps) -> Surface:
    """Fit to the maps [n, H, W, C] of real pictures, as they are before they are rounded."""
    places = maps.reshape(-1, maps.shape[-1]).astype(np.float64)
    mean = places.mean(axis=0)
    covariance = np.cov(places, rowvar=False).reshape(len(mean), len(mean))
    values, turns = np.linalg.eigh(covariance + 1e-4 * np.trace(covariance) / len(mean) * np.eye(len(mean)))
    whitening = (turns / np.sqrt(values)) @ turns.T
    distances = (((places - mean) @ whitening) ** 2).mean(axis=1).reshape(len(maps), -1)
    furthest = np.array([distances.mean(axis=1).max(), distances.max()])
    return Surface(maps.shape[1:], *(np.asarray(one, dtype=np.float32) for one in (mean, whitening, furthest)))
