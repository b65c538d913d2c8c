"""Textures that the gate learns from: noise of many spectra, flat colours, stripes, leaves and regions."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from dermsplit_training.gate.negatives.palette import Palette

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float64]

STEEPEST = 3.0
"""Largest exponent of a noise's spectrum; that of photographs is about 1 to 1.5 in amplitude (Field 1987)."""
LEAVES = 200
"""Discs and squares of a picture, at most."""


def noise(rng: np.random.Generator, size: int) -> Pixels:
    """Noise whose amplitude falls as 1/f**a, a drawn in 0..3; grey, coloured, or in two colours."""
    exponent = rng.uniform(0, STEEPEST)
    planes = np.stack([spectral_plane(rng, size, exponent) for _ in range(3)], axis=-1)
    kind = rng.integers(3)
    if kind == 0:
        planes = np.repeat(planes[..., :1], 3, axis=-1)
    contrast = rng.uniform(10, 90)
    if kind == 1:
        low, high = Palette(rng).colours(2)
        share = (np.tanh(planes[..., :1]) + 1) / 2
        return to_pixels(low + share * (high - low))
    return to_pixels(Palette(rng).colours(1)[0] + contrast * planes)


def flat(rng: np.random.Generator, size: int) -> Pixels:
    """One colour, or a gradient between two: along a line, or from a point outwards."""
    low, high = Palette(rng).colours(2)
    down, across = grid(size)
    kind = rng.integers(3)
    if kind == 0:
        share: Plane = np.zeros((size, size))
    elif kind == 1:
        angle = rng.uniform(0, 2 * np.pi)
        share = across * np.cos(angle) + down * np.sin(angle)
    else:
        y, x = rng.uniform(-0.5, 0.5, size=2)
        share = np.hypot(across - x, down - y)
    share = (share - share.min()) / max(float(np.ptp(share)), 1e-9)
    speckle = rng.normal(0, rng.uniform(0, 6), size=(size, size, 1))
    return to_pixels(low + share[..., None] * (high - low) + speckle)


def stripes(rng: np.random.Generator, size: int) -> Pixels:
    """Stripes or checkers of two colours, turned by any angle, with sharp or soft edges."""
    low, high = Palette(rng).colours(2)
    down, across = grid(size)
    angle, waves = rng.uniform(0, np.pi), rng.uniform(2, 24)
    along = across * np.cos(angle) + down * np.sin(angle)
    wave = np.sin(2 * np.pi * waves * along)
    if rng.random() < 0.5:
        wave = wave * np.sin(2 * np.pi * waves * (down * np.cos(angle) - across * np.sin(angle)))
    share = (np.tanh(wave * rng.choice([1.0, 4.0, 50.0])) + 1) / 2
    return to_pixels(low + share[..., None] * (high - low))


def leaves(rng: np.random.Generator, size: int) -> Pixels:
    """Discs and squares that cover each other, each of its own colour and noise: the dead leaves of Lee et al. 2001.

    Their statistics are near those of photographs, so that networks can learn from them as from photographs (Baradad
    et al. 2021).
    """
    down, across = grid(size)
    palette = Palette(rng)
    grain = spectral_plane(rng, size, rng.uniform(0.5, 2.0))
    picture = np.broadcast_to(palette.colours(1)[0], (size, size, 3)).copy()
    largest, least = rng.uniform(0.2, 0.6), rng.uniform(0.02, 0.08)
    # Radii with a density of r**-3 keep the look the same at every scale.
    radii = least / np.sqrt(rng.uniform((least / largest) ** 2, 1, size=int(rng.integers(LEAVES // 4, LEAVES))))
    disc = rng.random()
    for radius, colour in zip(radii, palette.colours(len(radii)), strict=True):
        y, x = rng.uniform(-0.55, 0.55, size=2)
        # Only what is near enough to be covered, for speed: a turned square reaches as far as its corners.
        reach = 1.5 * radius
        near = _between(y, reach, size), _between(x, reach, size)
        below, beside = down[near] - y, across[near] - x
        away = np.hypot(beside, below) if rng.random() < disc else _square(beside, below, rng)
        slope, depth = rng.uniform(-60, 60, size=2), rng.uniform(0, 30)
        lit = depth * np.roll(grain, int(rng.integers(size)))[near] + slope[0] * beside + slope[1] * below
        within = away < radius
        picture[near][within] = (colour + lit[..., None])[within]
    return to_pixels(picture)


def regions(rng: np.random.Generator, size: int) -> Pixels:
    """A few regions with bent edges, each of its own colour, slope of light and grain, as of things in a photograph."""
    down, across = grid(size)
    count = int(rng.integers(3, 9))
    smooth = rng.uniform(1.6, 3.0)
    region = np.stack([spectral_plane(rng, size, smooth) for _ in range(count)]).argmax(axis=0)
    picture = np.empty((size, size, 3))
    for number, colour in enumerate(Palette(rng).colours(count)):
        own = region == number
        slope = rng.uniform(-80, 80, size=2)
        grain = rng.uniform(0, 35) * spectral_plane(rng, size, rng.uniform(0, 2))
        lit = slope[0] * across + slope[1] * down + grain
        picture[own] = (colour + lit[..., None])[own]
    image = Image.fromarray(to_pixels(picture)).filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 1.5))))
    return np.asarray(image, dtype=np.uint8)


def spectral_plane(rng: np.random.Generator, size: int, exponent: float) -> Plane:
    """Gaussian noise [size, size] of mean 0 and deviation 1 whose amplitude falls as 1/f**exponent."""
    rows, columns = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    frequency = np.hypot(rows, columns)
    frequency[0, 0] = 1
    shape = (size, size // 2 + 1)
    spectrum = (rng.normal(size=shape) + 1j * rng.normal(size=shape)) * frequency**-exponent
    spectrum[0, 0] = 0
    plane: Plane = np.fft.irfft2(spectrum, s=(size, size))
    return plane / max(float(plane.std()), 1e-12)


def grid(size: int) -> tuple[Plane, Plane]:
    """Rows and columns of the pixels, [size, size] each, in -0.5..0.5."""
    line = (np.arange(size) + 0.5) / size - 0.5
    down, across = np.meshgrid(line, line, indexing="ij")
    return down, across


def to_pixels(picture: Plane) -> Pixels:
    """Rounded and held in 0..255, uint8."""
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _between(middle: float, reach: float, size: int) -> slice:
    start, end = ((middle + side * reach + 0.5) * size for side in (-1, 1))
    return slice(max(0, int(start)), max(0, min(size, int(end) + 1)))


def _square(across: Plane, down: Plane, rng: np.random.Generator) -> Plane:
    angle = rng.uniform(0, np.pi / 2)
    turned: Plane = np.maximum(
        np.abs(across * np.cos(angle) + down * np.sin(angle)), np.abs(down * np.cos(angle) - across * np.sin(angle))
    )
    return turned
