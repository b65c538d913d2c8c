"""What lies between a skin lens and a phone: the colour of the light, dark corners, and glare on wet or oily skin."""

from typing import Any

from keras import ops

from dermsplit_training.augmentation.per_image import PerImage

CORNER = (0.35, 0.9)
"""How bright the corners are that a vignette darkens, of what they were."""
VIGNETTE_FROM = (0.5, 1.0)
"""Where a vignette begins, in half widths of the picture from its middle."""
GLARES = 4
GLARE_SIGMA = (0.01, 0.05)
"""Of a highlight, in widths of the picture."""


class RandomColourCast(PerImage):
    """Multiply each channel of float32 [N, S, S, 3] in 0..255 by a number within ``amount`` of 1."""

    def __init__(self, amount: float, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self.amount = amount

    def change(self, images: Any, count: Any) -> Any:
        """Each image in a light of its own."""
        return images * self.draw((count, 1, 1, 3), (1 - self.amount, 1 + self.amount))


class RandomVignette(PerImage):
    """Darken the corners of float32 [N, S, S, 3] in 0..255, as a lens does, on each image by ``chance``."""

    def __init__(self, chance: float, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self.chance = chance

    def change(self, images: Any, count: Any) -> Any:
        """Some with dark corners."""
        across, down = self.places(images.shape[1])
        distance = ops.sqrt(ops.square(2 * across) + ops.square(2 * down))
        begin = self.draw((count, 1, 1, 1), VIGNETTE_FROM)
        depth = ops.clip((distance - begin) / (2**0.5 - begin), 0.0, 1.0)
        return images * (1 - self.by(self.chance, count) * (1 - self.draw((count, 1, 1, 1), CORNER)) * depth)


class RandomGlare(PerImage):
    """Put a few soft white highlights on float32 [N, S, S, 3] in 0..255, on each image by ``chance``."""

    def __init__(self, chance: float, seed: int, **options: Any) -> None:
        super().__init__(seed, **options)
        self.chance = chance

    def change(self, images: Any, count: Any) -> Any:
        """Some with highlights."""
        across, down = self.places(images.shape[1])
        shape = (count, 1, 1, GLARES)
        sigma = self.draw(shape, GLARE_SIGMA)
        squared = ops.square(across - self.draw(shape, (-0.5, 0.5))) + ops.square(down - self.draw(shape, (-0.5, 0.5)))
        spots = ops.exp(-squared / (2 * ops.square(sigma))) * self.draw(shape, (0.0, 1.5))
        light = ops.clip(ops.sum(spots, axis=-1, keepdims=True), 0.0, 1.0) * self.by(self.chance, count)
        return images + light * (255.0 - images)
