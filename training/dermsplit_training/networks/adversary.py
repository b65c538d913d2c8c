"""A decoder that learns beside a network to rebuild the picture from its features, and what it teaches the network.

Gradient reversal (Ganin, Lempitsky 2015; Ganin et al. 2016), against a decoder as in DeepObfuscator (Li et al. 2021).
"""

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

FINER = 4
"""How many pixels of the rebuilt picture each way come from one place of the features."""

WIDTH = 128


class Adversary(keras.layers.Layer):  # type: ignore[misc]
    """Passes features on as they are, and adds the decoder's mean absolute error to what training minimises.

    Called with features [N, H, W, C] and pictures [N, S, S, 3] in 0..255. The decoder learns to rebuild them, averaged
    to [N, 4 H, 4 W, 3] in 0..1; what made the features gets that gradient times ``-weight``.
    """

    def __init__(self, features: tuple[int, int, int], picture: tuple[int, int], weight: float, seed: int) -> None:
        # In float32 where the rest is trained in half precision: a picture of 256 shades has no place in it.
        super().__init__(name="adversary", dtype="float32")
        self.weight = weight
        self.decoder = _decoder(features, seed)
        rows, columns, _ = features
        self._down, self._across = averaging(picture[0], FINER * rows), averaging(picture[1], FINER * columns)

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """The features."""
        features, pictures = inputs
        rebuilt = self.decoder(reversed_gradient(features, self.weight))
        small = ops.einsum("ri,nijc,kj->nrkc", self._down, pictures, self._across) / 255
        self.add_loss(ops.mean(ops.absolute(rebuilt - small)))
        return features


def reversed_gradient(values: Any, weight: float) -> Any:
    """The same values, whose gradient is multiplied by ``-weight``."""
    return values * -weight + ops.stop_gradient(values * (1 + weight))


def averaging(pixels: int, places: int) -> NDArray[np.float32]:
    """What averages a row of pixels to a row of places by the share of each pixel in each: float32 [places, pixels]."""
    edges = np.linspace(0, pixels, places + 1)
    left, right = edges[:-1, None], edges[1:, None]
    at = np.arange(pixels)
    shared = np.clip(np.minimum(at + 1, right) - np.maximum(at, left), 0, None)
    shares: NDArray[np.float32] = (shared / (right - left)).astype(np.float32)
    return shares


def _decoder(features: tuple[int, int, int], seed: int) -> keras.Model:
    """Features [N, H, W, C] -> picture [N, 4 H, 4 W, 3], by sub-pixel convolution (Shi et al. 2016)."""
    rows, columns, _ = features

    def convolution(filters: int, number: int, activation: str | None = None) -> keras.layers.Layer:
        # A seed of its own, so that a training which was stopped begins with the same decoder.
        start = keras.initializers.GlorotUniform(seed=seed + number)
        return keras.layers.Conv2D(
            filters, 3, padding="same", activation=activation, kernel_initializer=start, dtype="float32"
        )

    places = keras.Input(features, dtype="float32")
    hidden = convolution(WIDTH, 1, "relu")(places)
    shades = convolution(FINER * FINER * 3, 2)(hidden)
    parted = keras.layers.Reshape((rows, columns, FINER, FINER, 3), dtype="float32")(shades)
    ordered = keras.layers.Permute((1, 3, 2, 4, 5), dtype="float32")(parted)
    picture = keras.layers.Reshape((FINER * rows, FINER * columns, 3), dtype="float32")(ordered)
    return keras.Model(places, picture, name="decoder")
