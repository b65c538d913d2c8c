"""What a map that is sent looks like at its places: how its channels go together, and how it goes on from place to
place. Features that no photo could give are as real ones channel by channel, but not in these.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

MOST_CHANNELS = 64
"""Of a map whose channels are looked at in pairs."""


@dataclass(frozen=True)
class Surface:
    """A Gaussian of the channels at any place: ``mean`` [C] and ``whitening`` [C, C]."""

    mean: NDArray[np.float32]
    whitening: NDArray[np.float32]

    def lay(self, tensor: Any) -> list[Any]:
        """Vectors of a symbolic map [N, H, W, C], each [N, K].

        The mean and the largest squared distance of a place from the Gaussian (as Defard et al. 2021), the products of
        all pairs of whitened channels, on the mean of the places (as Lin et al. 2015), and each channel times itself
        one and two places further right and down.
        """
        channels = tensor.shape[-1]
        whiten = keras.layers.Conv2D(channels, 1, trainable=False, dtype="float32", name="gate_whitened")
        whitened = whiten(tensor)
        whiten.set_weights([self.whitening[None, None], -self.mean @ self.whitening])
        squares = keras.layers.Multiply(name="gate_place_squares")([whitened, whitened])
        add_up = keras.layers.Conv2D(1, 1, use_bias=False, trainable=False, dtype="float32", name="gate_places")
        distances = add_up(squares)
        add_up.set_weights([np.full((1, 1, channels, 1), 1 / channels, dtype=np.float32)])
        return [
            keras.layers.GlobalAveragePooling2D(name="gate_places_mean")(distances),
            keras.layers.GlobalMaxPooling2D(name="gate_places_largest")(distances),
            *_pairs(whitened),
            *_further(whitened),
        ]


def fit_surface(sent: NDArray[np.float32]) -> Surface | None:
    """Fit to real features [n, H, W, C] as they are sent; None where they are no maps of few channels."""
    if sent.ndim != 4 or sent.shape[-1] > MOST_CHANNELS:
        return None
    places = sent.reshape(-1, sent.shape[-1]).astype(np.float64)
    mean = places.mean(axis=0)
    covariance = np.cov(places, rowvar=False).reshape(len(mean), len(mean))
    values, turns = np.linalg.eigh(covariance + 1e-4 * np.trace(covariance) / len(mean) * np.eye(len(mean)))
    whitening = (turns / np.sqrt(values)) @ turns.T
    return Surface(mean.astype(np.float32), whitening.astype(np.float32))


def _pairs(whitened: Any) -> list[Any]:
    height, width, channels = whitened.shape[1:]
    places = keras.layers.Reshape((height * width, channels), name="gate_rows")(whitened)
    products = keras.layers.Dot(axes=1, name="gate_pairs")([places, places])
    mean = keras.layers.Rescaling(1 / (height * width), name="gate_pairs_mean")(products)
    return [keras.layers.Flatten(name="gate_pairs_flat")(mean)]


def _further(whitened: Any) -> list[Any]:
    """The mean product of the map with itself, shifted: one vector [N, C] a shift that the map is large enough for."""
    height, width = whitened.shape[1:3]
    vectors = []
    for down, across in ((1, 0), (0, 1), (2, 0), (0, 2)):
        if min(height - down, width - across) < 1:
            continue
        name = f"gate_further_{down}_{across}"
        first = keras.layers.Cropping2D(((0, down), (0, across)), name=f"{name}_first")(whitened)
        second = keras.layers.Cropping2D(((down, 0), (across, 0)), name=f"{name}_second")(whitened)
        product = keras.layers.Multiply(name=f"{name}_product")([first, second])
        vectors.append(keras.layers.GlobalAveragePooling2D(name=name)(product))
    return vectors
