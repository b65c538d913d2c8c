"""A random change that is drawn for each image by itself; Keras's own draw some of theirs once a batch."""

from typing import Any

import keras
from keras import ops


class PerImage(keras.layers.Layer):  # type: ignore[misc]
    """A change of float32 [N, S, S, 3] in 0..255, in training only. A subclass says which, in ``change``."""

    def __init__(self, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.generator = keras.random.SeedGenerator(seed)

    def change(self, images: Any, count: Any) -> Any:
        """The changed images; values outside 0..255 are cut off afterwards. ``count`` is N."""
        raise NotImplementedError

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Changed in training, else as they are."""
        return ops.clip(self.change(images, ops.shape(images)[0]), 0.0, 255.0) if training else images

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the input's."""
        return input_shape

    def draw(self, shape: tuple[Any, ...], between: tuple[float, float]) -> Any:
        """Uniform numbers."""
        return keras.random.uniform(shape, between[0], between[1], seed=self.generator)

    def by(self, chance: float, count: Any) -> Any:
        """1 for the images that are changed, 0 for the others: float32 [N, 1, 1, 1]."""
        return ops.cast(self.draw((count, 1, 1, 1), (0.0, 1.0)) < chance, "float32")

    def places(self, size: int) -> tuple[Any, Any]:
        """How far right and down of the middle each pixel is, in widths: two float32 [1, S, S, 1] in -0.5..0.5."""
        line = (ops.arange(size, dtype="float32") + 0.5) / size - 0.5
        flat = ops.zeros((size, size), dtype="float32")
        return (flat + line[None, :])[None, :, :, None], (flat + line[:, None])[None, :, :, None]
