"""Blur, as of a phone that was too near: Keras's layer draws one width for a whole batch, this one for each image."""

from typing import Any

import keras
from keras import ops


class RandomBlur(keras.layers.Layer):  # type: ignore[misc]
    """Blur float32 [N, S, S, C] in 0..255 by a Gaussian whose sigma, in pixels, is uniform in 0..``largest_sigma``.

    In training only. At the edges the Gaussian is what is left of it inside the picture.
    """

    def __init__(self, largest_sigma: float, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.largest_sigma = largest_sigma
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Blurred in training, else as they are."""
        if not training:
            return images
        sigma = keras.random.uniform((ops.shape(images)[0], 1, 1), 0.0, self.largest_sigma, seed=self.generator)
        place = ops.arange(images.shape[1], dtype="float32")
        distance = ops.square(place[:, None] - place[None, :])
        # A matrix product each way is quick on every device, and no slower for a wide Gaussian than for a narrow one.
        weights = ops.softmax(-distance / (2 * ops.square(sigma) + 1e-6), axis=-1)
        for _ in range(2):
            images = ops.transpose(_along_height(weights, images), (0, 2, 1, 3))
        return ops.clip(images, 0.0, 255.0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the input's."""
        return input_shape


def _along_height(weights: Any, images: Any) -> Any:
    size, channels = images.shape[1], images.shape[3]
    rows = ops.reshape(images, (-1, size, size * channels))
    return ops.reshape(ops.matmul(weights, rows), (-1, size, size, channels))
