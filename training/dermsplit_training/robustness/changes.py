"""Changes that should not matter, each by its strength: light, lens, framing, focus and compression."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from dermsplit_training.robustness.marks import hair, ink, ruler

Pixels = NDArray[np.uint8]
Apply = Callable[[Pixels, float, int], Pixels]
"""From pictures uint8 [N, S, S, 3], a strength and a seed to changed pictures."""

GAMMA = 2.2
"""Near enough to sRGB's curve to add light as a camera would."""


@dataclass(frozen=True)
class Change:
    """A kind of change with the strengths it is tried at, weakest first."""

    name: str
    unit: str
    apply: Apply
    strengths: tuple[float, ...]


def vignette(pictures: Pixels, lost: float, seed: int) -> Pixels:  # noqa: ARG001
    """Corners that lose so much of their light, 0..1, from nothing half way to them on."""
    size = pictures.shape[1]
    line = np.abs((np.arange(size) + 0.5) / size - 0.5) * 2
    away = np.hypot(line[:, None], line[None]) / np.sqrt(2)
    light = 1 - lost * np.clip((away - 0.5) / 0.5, 0, 1)
    return _pixels(pictures * light[None, :, :, None])


def colour_cast(pictures: Pixels, share: float, seed: int) -> Pixels:
    """Light that is warmer or colder by so much: red gains the share and blue loses it, or the other way round."""
    rng = np.random.default_rng(seed)
    way = rng.choice([-1.0, 1.0], size=(len(pictures), 1, 1, 1))
    return _pixels(pictures * (1 + way * share * np.array([1.0, 0.0, -1.0])))


def crop_shift(pictures: Pixels, share: float, seed: int) -> Pixels:
    """A cut-out smaller by the share of each side, anywhere in the picture, at the picture's size again."""
    rng = np.random.default_rng(seed)
    size = pictures.shape[1]
    side = size * (1 - share)
    boxes = rng.uniform(0, size - side, size=(len(pictures), 2))
    return _each(pictures, lambda one, row: _cut_out(one, (*boxes[row], *(boxes[row] + side))))


def blur(pictures: Pixels, sigma: float, seed: int) -> Pixels:  # noqa: ARG001
    """Out of focus by a Gaussian of sigma pixels of the network's input."""
    return _each(pictures, lambda one, _: one.filter(ImageFilter.GaussianBlur(sigma)))


def exposure(pictures: Pixels, stops: float, seed: int) -> Pixels:
    """So many stops more or less light, each for half of the pictures."""
    way = np.random.default_rng(seed).choice([-1.0, 1.0], size=(len(pictures), 1, 1, 1))
    return _lit(pictures, way * stops)


def light(pictures: Pixels, stops: float, seed: int) -> Pixels:  # noqa: ARG001
    """So many stops more light, or less where it is below 0."""
    return _lit(pictures, np.array(stops))


def scale(pictures: Pixels, share: float, seed: int) -> Pixels:  # noqa: ARG001
    """Shrunk to the share of the side and enlarged again: a lesion photographed from too far."""
    size = pictures.shape[1]
    small = max(2, round(size * share))
    bilinear = Image.Resampling.BILINEAR
    return _each(pictures, lambda one, _: one.resize((small, small), bilinear).resize((size, size), bilinear))


def jpeg(pictures: Pixels, quality: float, seed: int) -> Pixels:  # noqa: ARG001
    """Written as JPEG of that quality and read again."""
    return _each(pictures, lambda one, _: _recoded(one, int(quality)))


SHORTCUTS = (
    Change("ink", "rings", ink, (1, 2, 4)),
    Change("ruler", "share of the side", ruler, (0.05, 0.1)),
    Change("hair", "coats", hair, (1, 2, 4)),
    Change("vignette", "share of the light lost in corners", vignette, (0.3, 0.6, 0.9)),
    Change("colour_cast", "share of red and blue", colour_cast, (0.05, 0.1, 0.2)),
    Change("crop_shift", "share of the side", crop_shift, (0.05, 0.1, 0.2)),
    Change("blur", "pixels of the input", blur, (0.5, 1, 2)),
    Change("exposure", "stops", exposure, (0.25, 0.5, 1)),
    Change("jpeg", "quality", jpeg, (75, 50, 20)),
)
"""What must not change a decision, as long as a person would still call the picture a good one."""

QUALITY = (
    Change("blur", "pixels of the input", blur, (0.5, 1, 2, 3, 5)),
    Change("light", "stops", light, (-2, -1, -0.5, 0.5, 1, 2)),
    Change("scale", "share of the side", scale, (0.75, 0.5, 0.35, 0.25, 0.15)),
)
"""What makes a picture worse until the page should refuse it."""


def noise_like(pictures: Pixels, changed: Pixels, seed: int) -> Pixels:
    """Gaussian noise on the pictures uint8 [N, S, S, 3] with, of each, the mean absolute change of the changed one."""
    rng = np.random.default_rng(seed)
    wanted = pixel_change(pictures, changed)[:, None, None, None]
    drawn = rng.standard_normal(pictures.shape, dtype=np.float32)
    # Half of a normal distribution has the mean sqrt(2 / pi); what is cut off at 0 and 255 is made up for.
    sigma = wanted * np.sqrt(np.pi / 2)
    for _ in range(3):
        made = _pixels(pictures + sigma * drawn)
        sigma = sigma * np.clip(wanted / np.maximum(pixel_change(pictures, made)[:, None, None, None], 1e-3), 0, 4)
    return _pixels(pictures + sigma * drawn)


def pixel_change(pictures: Pixels, changed: Pixels) -> NDArray[np.float64]:
    """Mean absolute difference of each pair, float64 [N] in 0..255."""
    differences = np.abs(changed.astype(np.float64) - pictures)
    each: NDArray[np.float64] = differences.mean(axis=(1, 2, 3))
    return each


def _lit(pictures: Pixels, stops: NDArray[np.float64]) -> Pixels:
    return _pixels(255 * (np.power(pictures / 255, GAMMA) * 2.0**stops) ** (1 / GAMMA))


def _each(pictures: Pixels, change: Callable[[Image.Image, int], Image.Image]) -> Pixels:
    return np.stack([np.asarray(change(Image.fromarray(one), row), np.uint8) for row, one in enumerate(pictures)])


def _cut_out(image: Image.Image, box: tuple[float, ...]) -> Image.Image:
    left, top, right, bottom = box
    return image.resize(image.size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))


def _recoded(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _pixels(values: NDArray[np.float64]) -> Pixels:
    pixels: Pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels
