"""Colours of drawn pictures: any, muted, or those of skin, so that no gate can go by the colour alone."""

import numpy as np
from numpy.typing import NDArray

SKINS = ((236, 200, 180), (215, 165, 145), (190, 135, 110), (150, 100, 80), (205, 150, 165), (120, 75, 55))
"""Skin, from light to dark, and as a skin lens shows it."""


class Palette:
    """Draws the colours of one picture: of a third of the pictures any, of a third muted, of a third near skin."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        kind = int(rng.integers(3))
        self._any = kind == 0
        self._middle = np.array(SKINS[int(rng.integers(len(SKINS)))] if kind == 2 else rng.uniform(40, 215, size=3))
        self._light, self._hue = float(rng.uniform(5, 70)), float(rng.uniform(2, 30))

    def colours(self, count: int) -> NDArray[np.float64]:
        """Colours [count, 3] in 0..255."""
        if self._any:
            return self._rng.uniform(0, 255, size=(count, 3))
        light = self._rng.normal(0, self._light, size=(count, 1))
        found: NDArray[np.float64] = self._middle + light + self._rng.normal(0, self._hue, size=(count, 3))
        return np.clip(found, 0, 255)

    def colour(self) -> tuple[int, int, int]:
        """One colour as Pillow takes it."""
        red, green, blue = (int(value) for value in self.colours(1)[0])
        return red, green, blue
