"""Pictures that hold no lesion any more, made from training images: skin alone, shuffled, mixed, blurred, inverted."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.uint8]

CORNER = (0.16, 0.28)
"""Side of a corner that is blown up, as a share of the picture's: less than what lesions mostly leave free."""
UNEVEN = 22.0
"""Deviation of the grey values of a corner above which it may hold part of a lesion, a ruler or the lens's edge."""
DARK = 70.0
BLUR = (0.09, 0.25)
"""Sigma of the blur that leaves nothing to be told, as a share of the picture's side."""


def plain_skin(rng: np.random.Generator, picture: Pixels) -> Pixels | None:
    """A corner without a lesion, blown up to the picture's size; None where no corner is even and light enough."""
    size = len(picture)
    side = max(4, int(size * rng.uniform(*CORNER)))
    corners = [picture[rows, columns] for rows in _ends(size, side) for columns in _ends(size, side)]
    grey = [corner.mean(axis=-1) for corner in corners]
    even = [index for index, one in enumerate(grey) if one.std() < UNEVEN and one.mean() > DARK]
    if not even:
        return None
    chosen = min(even, key=lambda index: float(grey[index].std()))
    grown = Image.fromarray(corners[chosen]).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(grown, dtype=np.uint8)


def shuffled(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """The picture in 3 by 3 to 8 by 8 tiles, in any order."""
    tiles = int(rng.integers(3, 9))
    side = len(picture) // tiles
    # What is left at the edge stays as it is.
    mixed = picture.copy()
    cells = [(row * side, column * side) for row in range(tiles) for column in range(tiles)]
    for (to_row, to_column), place in zip(cells, rng.permutation(len(cells)), strict=True):
        row, column = cells[place]
        mixed[to_row : to_row + side, to_column : to_column + side] = picture[row : row + side, column : column + side]
    return mixed


def mosaic(rng: np.random.Generator, pictures: Sequence[Pixels]) -> Pixels:
    """Nine pictures, shrunk, side by side, or stripes of the first and the second in turn."""
    size = len(pictures[0])
    if rng.random() < 0.3:
        stripe = max(2, size // int(rng.integers(6, 20)))
        turn = (np.arange(size) // stripe % 2).astype(bool)
        striped = np.where(turn[:, None, None], pictures[0], pictures[1])
        return striped if rng.random() < 0.5 else striped.transpose(1, 0, 2)
    whole = Image.new("RGB", (size, size))
    side = -(-size // 3)
    for index in range(9):
        small = Image.fromarray(pictures[index % len(pictures)]).resize((side, side), Image.Resampling.BILINEAR)
        whole.paste(small, (index % 3 * side, index // 3 * side))
    return np.asarray(whole, dtype=np.uint8)


def blurred(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Blurred until nothing of the lesion but a shade is left."""
    sigma = float(rng.uniform(*BLUR)) * len(picture)
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)), dtype=np.uint8)


def negative(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """The colours as on a film's negative, or red and blue exchanged, or the hue turned by a third or two."""
    kind = int(rng.integers(3))
    if kind == 0:
        return np.bitwise_not(picture)
    if kind == 1:
        return np.ascontiguousarray(picture[..., ::-1])
    return np.roll(picture, int(rng.integers(1, 3)), axis=-1)


def _ends(size: int, side: int) -> tuple[slice, slice]:
    return slice(0, side), slice(size - side, size)
