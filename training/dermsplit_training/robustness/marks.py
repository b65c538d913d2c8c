"""Marks on the skin or the glass that say nothing about the lesion: ink, hair, a ruler."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dermsplit_training.augmentation.hair import RandomHair
from dermsplit_training.augmentation.ink import RandomInk

Pixels = NDArray[np.uint8]

TICKS = 20
"""Marks of a ruler along a side of the picture."""


def ink(pictures: Pixels, rings: float, seed: int) -> Pixels:
    """So many rings or arcs of a pen's ink round the middle of each picture uint8 [N, S, S, 3]."""
    return _laid_over(RandomInk(1.0, seed), pictures, int(rings))


def hair(pictures: Pixels, coats: float, seed: int) -> Pixels:
    """So many coats of 3 to 14 dark hairs each over each picture uint8 [N, S, S, 3]."""
    return _laid_over(RandomHair(1.0, seed), pictures, int(coats))


def ruler(pictures: Pixels, length: float, seed: int) -> Pixels:
    """Ticks along one edge of each picture uint8 [N, S, S, 3], every fifth twice as long as the ``length``.

    ``length`` is the share of the picture's side that a short tick takes.
    """
    return np.stack([_ruled(one, length, np.random.default_rng((seed, row))) for row, one in enumerate(pictures)])


def _laid_over(layer: RandomInk | RandomHair, pictures: Pixels, times: int) -> Pixels:
    parts = []
    for start in range(0, len(pictures), 64):
        changed = pictures[start : start + 64].astype(np.float32)
        for _ in range(times):
            changed = np.asarray(layer(changed, training=True))
        parts.append(np.clip(np.rint(changed), 0, 255).astype(np.uint8))
    return np.concatenate(parts)


def _ruled(picture: Pixels, length: float, rng: np.random.Generator) -> Pixels:
    turns, size = int(rng.integers(4)), len(picture)
    image = Image.fromarray(np.rot90(picture, turns))
    pen = ImageDraw.Draw(image)
    ink = (20, 20, 25) if rng.random() < 0.7 else (60, 90, 60)
    gap, first = size / TICKS, float(rng.uniform(0, size / TICKS))
    for tick in range(TICKS):
        along = first + tick * gap
        pen.line((along, 0, along, length * size * (2 if tick % 5 == 0 else 1)), fill=ink, width=max(1, size // 160))
    return np.rot90(np.asarray(image, dtype=np.uint8), -turns)
