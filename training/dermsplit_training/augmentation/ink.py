"""Ink that a doctor drew round a lesion: phone photos have some, and a network must not read anything into it."""

import math
from typing import Any

import keras
from keras import ops

from dermsplit_training.augmentation.per_image import PerImage

RADIUS = (0.2, 0.48)
"""Of a ring, in widths of the picture."""
WIDTH = (0.006, 0.02)
"""Of a stroke, in widths of the picture."""
ARC = (0.5, math.pi)
"""Half of the angle that a ring goes round, in radians."""
PENS = ((50.0, 30.0, 120.0), (30.0, 50.0, 140.0), (40.0, 40.0, 45.0), (30.0, 110.0, 80.0))
"""Violet, blue, black and green, as RGB in 0..255."""
OPACITY = (0.5, 0.9)


class RandomInk(PerImage):
    """Draw a ring, or an arc of one, over float32 [N, S, S, 3] in 0..255 in a pen's colour, by ``chance``."""

    def __init__(self, chance: float, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self.chance = chance

    def change(self, images: Any, count: Any) -> Any:
        """Some with ink."""
        one = (count, 1, 1, 1)
        across, down = self.places(images.shape[1])
        across, down = across - self.draw(one, (-0.1, 0.1)), down - self.draw(one, (-0.1, 0.1))
        off = ops.abs(ops.sqrt(ops.square(across) + ops.square(down)) - self.draw(one, RADIUS))
        turned = ops.arctan2(down, across) - self.draw(one, (-math.pi, math.pi))
        angle = ops.abs(ops.arctan2(ops.sin(turned), ops.cos(turned)))
        # A pixel wide slope at the edges of the stroke.
        stroke = ops.clip((self.draw(one, WIDTH) / 2 - off) * images.shape[1] + 0.5, 0.0, 1.0)
        stroke = ops.where(angle < self.draw(one, ARC), stroke, 0.0)
        pen = ops.one_hot(keras.random.randint((count,), 0, len(PENS), seed=self.generator), len(PENS))
        colour = ops.matmul(pen, ops.convert_to_tensor(PENS, dtype="float32"))[:, None, None, :]
        return images + stroke * self.by(self.chance, count) * self.draw(one, OPACITY) * (colour - images)
