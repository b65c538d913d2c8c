"""Hair, drawn over the skin: many dermoscopic pictures have some, and a network must not read anything into it."""

import math
from typing import Any

import keras
from keras import ops

STRANDS = (3, 14)
"""Hairs on a picture that has hair, at least and at most."""
LENGTH = (0.3, 1.1)
"""Of a hair, in widths of the picture."""
WIDTH = (1.0, 2.2)
"""Of a hair, in pixels of a picture of 160."""
SPREAD = 0.5
"""Radians, either way, from the direction in which the hair of a picture grows."""
BEND = 0.15
"""How far a hair's middle is off the straight line, either way, in lengths of the hair."""
OPACITY = (0.6, 0.95)
DARKNESS = (10.0, 75.0)
"""Red of the hair in 0..255; green and blue are less, as in brown."""
BROWN = (1.0, 0.75, 0.6)


class RandomHair(keras.layers.Layer):  # type: ignore[misc]
    """Draw dark, thin, bent hairs over float32 [N, S, S, 3] in 0..255, in training, on each image by ``chance``."""

    def __init__(self, chance: float, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.chance = chance
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool | None = None) -> Any:
        """With hair in training, else as they are."""
        if not training:
            return images
        count, size = ops.shape(images)[0], images.shape[1]
        covered = self._coverage(count, size)
        colour = self._draw((count, 1, 1, 1), DARKNESS) * ops.convert_to_tensor(BROWN, dtype="float32")
        return images + covered * (colour - images)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the input's."""
        return input_shape

    def _coverage(self, count: Any, size: int) -> Any:
        """How much of each pixel is hair: float32 [N, S, S, 1] in 0..1."""
        across, down, ink = self._strokes(count, size)
        image = ops.arange(count, dtype="int32")[:, None, None, None] * size * size
        left, top = ops.floor(across), ops.floor(down)
        places, shares = [], []
        for right, below in ((0, 0), (0, 1), (1, 0), (1, 1)):
            column, row = left + right, top + below
            share = (1 - ops.abs(across - column)) * (1 - ops.abs(down - row)) * ink
            inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
            pixel = ops.clip(row, 0, size - 1) * size + ops.clip(column, 0, size - 1)
            places.append(image + ops.cast(pixel, "int32"))
            shares.append(ops.where(inside, share, 0.0))
        place, share = (ops.reshape(ops.stack(parts), (-1,)) for parts in (places, shares))
        empty = ops.zeros((count * size * size,), dtype="float32")
        # scatter_update, not scatter, which is a loop over points with torch.
        drawn = ops.scatter_update(empty, place[:, None], share, reduction="add")
        return ops.reshape(ops.clip(drawn, 0.0, OPACITY[1]), (-1, size, size, 1))

    def _strokes(self, count: Any, size: int) -> tuple[Any, Any, Any]:
        """Points along every hair, in three strokes side by side: two coordinates in pixels and the ink at each.

        All three are float32 [N, STRANDS, S, 3]. The ink on a hair adds up to its opacity times its area in pixels.
        """
        strand = (count, STRANDS[1], 1, 1)
        angle = self._draw((count, 1, 1, 1), (0.0, 2 * math.pi)) + self._draw(strand, (-SPREAD, SPREAD))
        length = self._draw(strand, LENGTH) * size
        width = self._draw(strand, WIDTH) * size / 160
        along = ops.linspace(0.0, 1.0, size)[None, None, :, None]
        beside = ops.convert_to_tensor((-1 / 3, 0.0, 1 / 3), dtype="float32")
        aside = 4 * along * (1 - along) * self._draw(strand, (-BEND, BEND)) * length + beside * width
        along = along * length
        across = self._draw(strand, (-0.1, 1.1)) * size + along * ops.cos(angle) - aside * ops.sin(angle)
        down = self._draw(strand, (-0.1, 1.1)) * size + along * ops.sin(angle) + aside * ops.cos(angle)
        return across, down, length / size * width / 3 * self._opacity(count)

    def _opacity(self, count: Any) -> Any:
        """Of every hair, [N, STRANDS, 1, 1]; 0 for those that are not there."""
        there = ops.arange(STRANDS[1], dtype="float32")[None, :, None, None]
        wanted = self._draw((count, 1, 1, 1), (STRANDS[0], STRANDS[1] + 1.0))
        hairy = self._draw((count, 1, 1, 1), (0.0, 1.0)) < self.chance
        opacity = self._draw((count, STRANDS[1], 1, 1), OPACITY)
        return ops.where((there < ops.floor(wanted)) & hairy, opacity, 0.0)

    def _draw(self, shape: tuple[Any, ...], between: tuple[float, float]) -> Any:
        return keras.random.uniform(shape, between[0], between[1], seed=self.generator)
