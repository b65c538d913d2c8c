"""Drawn pictures that the gate learns from: shapes, text, and what a screenshot looks like."""

import string

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dermsplit_training.gate.negatives.palette import Palette

Pixels = NDArray[np.uint8]


def shapes(rng: np.random.Generator, size: int) -> Pixels:
    """Up to 25 filled or empty ellipses, rectangles, polygons and lines over one colour."""
    palette = Palette(rng)
    image, pen = canvas(rng, size, palette)
    for _ in range(int(rng.integers(1, 26))):
        kind, fill, line = int(rng.integers(4)), palette.colour(), palette.colour()
        box = _box(rng, size)
        width = int(rng.integers(1, 6))
        if kind == 0:
            pen.ellipse(box, fill=fill if rng.random() < 0.7 else None, outline=line, width=width)
        elif kind == 1:
            pen.rectangle(box, fill=fill if rng.random() < 0.7 else None, outline=line, width=width)
        elif kind == 2:
            pen.polygon([_point(rng, size) for _ in range(int(rng.integers(3, 8)))], fill=fill, outline=line)
        else:
            pen.line([_point(rng, size) for _ in range(int(rng.integers(2, 6)))], fill=line, width=width)
    return np.asarray(image, dtype=np.uint8)


def text(rng: np.random.Generator, size: int) -> Pixels:
    """Lines of letters and figures of one size, dark on light or light on dark, now and then turned."""
    palette = Palette(rng)
    image, pen = canvas(rng, size, palette, pale=rng.random() < 0.5)
    ink = palette.colour()
    height = float(rng.uniform(size / 20, size / 4))
    for row in range(int(rng.integers(1, 2 + int(size / height)))):
        pen.text((float(rng.uniform(-0.1, 0.2)) * size, row * height * 1.2), words(rng, 30), ink, font(height))
    if rng.random() < 0.4:
        image = image.rotate(float(rng.uniform(-90, 90)), fillcolor=image.getpixel((0, size - 1)))
    return np.asarray(image, dtype=np.uint8)


def screen(rng: np.random.Generator, size: int) -> Pixels:
    """A drawn application: bars, boxes with frames, lines of text, a tile or two of noise."""
    palette = Palette(rng)
    image, pen = canvas(rng, size, palette, pale=rng.random() < 0.7)
    accent = palette.colour()
    pen.rectangle((0, 0, size, size * float(rng.uniform(0.05, 0.18))), fill=accent)
    if rng.random() < 0.4:
        pen.rectangle((0, 0, size * float(rng.uniform(0.1, 0.3)), size), fill=palette.colour())
    for _ in range(int(rng.integers(2, 9))):
        box = _box(rng, size)
        if rng.random() < 0.5:
            pen.rounded_rectangle(box, radius=size / 40, fill=palette.colour(), outline=accent)
        else:
            pen.rectangle(box, fill=(255, 255, 255), outline=(120, 120, 120))
        height = float(rng.uniform(size / 24, size / 12))
        pen.text((box[0] + 3, box[1] + 2), words(rng, 14), palette.colour(), font(height))
    if rng.random() < 0.5:
        side = int(size * rng.uniform(0.2, 0.5))
        tile = rng.integers(0, 256, size=(8, 8, 3), dtype=np.uint8)
        x, y = (int(place) for place in rng.integers(0, size - side, size=2))
        image.paste(Image.fromarray(tile).resize((side, side), Image.Resampling.BICUBIC), (x, y))
    return np.asarray(image, dtype=np.uint8)


def canvas(
    rng: np.random.Generator, size: int, palette: Palette, pale: bool = False
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty picture of one of the palette's colours, or of a pale or dark one, and a pen for it."""
    ground = palette.colour()
    if pale:
        darkest = 225 if rng.random() < 0.5 else 0
        red, green, blue = (int(value) for value in rng.integers(darkest, darkest + 31, size=3))
        ground = (red, green, blue)
    image = Image.new("RGB", (size, size), ground)
    return image, ImageDraw.Draw(image)


def words(rng: np.random.Generator, letters: int) -> str:
    """So many letters, figures and spaces."""
    return "".join(rng.choice(list(string.ascii_letters + string.digits + "    .,"), size=letters))


def font(height: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, of so many pixels."""
    return ImageFont.load_default(size=max(6.0, height))


def _point(rng: np.random.Generator, size: int) -> tuple[float, float]:
    x, y = rng.uniform(0, size, size=2)
    return float(x), float(y)


def _box(rng: np.random.Generator, size: int) -> tuple[float, float, float, float]:
    x, y = rng.uniform(-0.1, 0.9, size=2) * size
    width, height = rng.uniform(0.08, 0.7, size=2) * size
    return float(x), float(y), float(x + width), float(y + height)
