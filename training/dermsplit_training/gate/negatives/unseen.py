"""Pictures of kinds that the gate never learns from: textures of other families, and things drawn with a pen."""

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from dermsplit_training.gate.negatives.drawings import canvas
from dermsplit_training.gate.negatives.palette import Palette
from dermsplit_training.gate.negatives.textures import grid, spectral_plane, to_pixels

Pixels = NDArray[np.uint8]


def cells(rng: np.random.Generator, size: int) -> Pixels:
    """Cells round drawn points, shaded by the distance to the nearest (Worley 1996)."""
    down, across = grid(size)
    points = rng.uniform(-0.5, 0.5, size=(int(rng.integers(8, 80)), 2))
    distances = np.hypot(down[..., None] - points[:, 0], across[..., None] - points[:, 1])
    nearest = np.sort(distances, axis=-1)[..., :2]
    share = nearest[..., 0] if rng.random() < 0.5 else nearest[..., 1] - nearest[..., 0]
    return _between(rng, share / share.max())


def marble(rng: np.random.Generator, size: int) -> Pixels:
    """Veins of marble or rings of wood: waves that noise bends (Perlin 1985)."""
    down, across = grid(size)
    bend = rng.uniform(0.5, 4) * spectral_plane(rng, size, 2.0)
    way = across if rng.random() < 0.5 else np.hypot(across, down)
    return _between(rng, (np.sin(2 * np.pi * rng.uniform(3, 14) * way + bend) + 1) / 2)


def fractal(rng: np.random.Generator, size: int) -> Pixels:
    """A Julia set, coloured by how fast each point escapes."""
    down, across = grid(size)
    point = (across + 1j * down) * rng.uniform(1.5, 3.5)
    angle = rng.uniform(0, 2 * np.pi)
    constant = 0.7885 * np.exp(1j * angle)
    escaped = np.zeros((size, size))
    for step in range(40):
        inside = np.abs(point) < 2
        point = np.where(inside, point**2 + constant, point)
        escaped[inside] = step
    tones = rng.uniform(0.5, 4, size=3)
    share = escaped[..., None] / 40
    return to_pixels(255 * (np.sin(2 * np.pi * share * tones + rng.uniform(0, 6, size=3)) + 1) / 2)


def face(rng: np.random.Generator, size: int) -> Pixels:
    """A drawn face: head, eyes, nose, mouth, hair, in colours of skin or any other."""
    palette = Palette(rng)
    image, pen = canvas(rng, size, palette)
    skin = (int(rng.integers(90, 250)), int(rng.integers(60, 200)), int(rng.integers(50, 180)))
    x, y, r = size * rng.uniform(0.4, 0.6), size * rng.uniform(0.4, 0.6), size * rng.uniform(0.2, 0.42)
    pen.ellipse((x - r, y - 1.25 * r, x + r, y + 1.2 * r), fill=palette.colour())
    pen.ellipse((x - 0.9 * r, y - r, x + 0.9 * r, y + 1.15 * r), fill=skin)
    for side in (-1, 1):
        eye = x + side * 0.38 * r
        pen.ellipse((eye - 0.18 * r, y - 0.35 * r, eye + 0.18 * r, y - 0.1 * r), fill=(250, 250, 250))
        pen.ellipse((eye - 0.08 * r, y - 0.3 * r, eye + 0.08 * r, y - 0.14 * r), fill=palette.colour())
    pen.line((x, y - 0.1 * r, x - 0.1 * r, y + 0.3 * r, x + 0.1 * r, y + 0.3 * r), fill=(90, 50, 40), width=2)
    pen.chord((x - 0.4 * r, y + 0.3 * r, x + 0.4 * r, y + 0.8 * r), 10, 170, fill=(170, 40, 50))
    return np.asarray(image, dtype=np.uint8)


def thing(rng: np.random.Generator, size: int) -> Pixels:
    """A drawn cup, car or plant before a wall and on a floor."""
    palette = Palette(rng)
    image, pen = canvas(rng, size, palette)
    pen.rectangle((0, size * rng.uniform(0.55, 0.85), size, size), fill=palette.colour())
    x, y, r = size * rng.uniform(0.35, 0.6), size * rng.uniform(0.4, 0.65), size * rng.uniform(0.15, 0.3)
    (_cup, _car, _plant)[rng.integers(3)](pen, palette, x, y, r)
    return np.asarray(image, dtype=np.uint8)


def _cup(pen: ImageDraw.ImageDraw, palette: Palette, x: float, y: float, r: float) -> None:
    body = palette.colour()
    pen.arc((x + 0.6 * r, y - 0.5 * r, x + 1.7 * r, y + 0.7 * r), -100, 100, fill=body, width=max(2, int(r / 6)))
    pen.rectangle((x - r, y - r, x + r, y + 1.2 * r), fill=body)
    pen.ellipse((x - r, y - 1.3 * r, x + r, y - 0.7 * r), fill=palette.colour(), outline=body, width=2)


def _car(pen: ImageDraw.ImageDraw, palette: Palette, x: float, y: float, r: float) -> None:
    body = palette.colour()
    pen.polygon([(x - r, y), (x - 0.5 * r, y - 0.8 * r), (x + 0.7 * r, y - 0.8 * r), (x + 1.2 * r, y)], fill=body)
    pen.rectangle((x - 1.7 * r, y, x + 1.8 * r, y + 0.7 * r), fill=body)
    pen.rectangle((x - 0.4 * r, y - 0.65 * r, x + 0.5 * r, y - 0.05 * r), fill=(190, 220, 240))
    for wheel in (x - r, x + r):
        box = (wheel - 0.35 * r, y + 0.4 * r, wheel + 0.35 * r, y + 1.1 * r)
        pen.ellipse(box, fill=(25, 25, 25), outline=(160, 160, 160), width=2)


def _plant(pen: ImageDraw.ImageDraw, palette: Palette, x: float, y: float, r: float) -> None:
    top, foot = y + r, y + 2 * r
    pen.polygon([(x - 0.6 * r, top), (x + 0.6 * r, top), (x + 0.4 * r, foot), (x - 0.4 * r, foot)], palette.colour())
    green = palette.colour()
    for angle in np.linspace(-2.6, -0.5, 4 + int(r) % 6):
        leaf_x, leaf_y = x + 2 * r * np.cos(angle), top + 2 * r * np.sin(angle)
        pen.line((x, top, leaf_x, leaf_y), fill=green, width=max(2, int(r / 10)))
        pen.ellipse((leaf_x - 0.3 * r, leaf_y - 0.2 * r, leaf_x + 0.3 * r, leaf_y + 0.2 * r), fill=green)


def _between(rng: np.random.Generator, share: NDArray[np.float64]) -> Pixels:
    low, high = Palette(rng).colours(2)
    return to_pixels(low + share[..., None] * (high - low))
