"""What the page's quality coach measures of a picture, by the very formulas of web/src/capture/coach.ts.

A golden file, contract/golden/quality.json, holds both to the same figures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Figures = NDArray[np.float64]

SAMPLE = 128
"""Side of the small picture that the page judges."""
BLOWN_OUT = 250


@dataclass(frozen=True)
class PageMeasures:
    """Of N pictures, float64 [N] each.

    ``light``: mean luma, 0..255 (ITU-R BT.601). ``glare``: share of pixels above 250. ``contrast``: mean absolute
    deviation of luma. ``sharpness``: mean absolute Laplacian over four, over the contrast, which it is freed from.
    """

    light: Figures
    glare: Figures
    contrast: Figures
    sharpness: Figures


def measure_pictures(pictures: Pixels) -> PageMeasures:
    """What the page measures of pictures uint8 [N, S, S, 3], first made small as the page's canvas does, nearly."""
    measured = np.array([measure(luma_of(_small(picture))) for picture in pictures], dtype=np.float64)
    return PageMeasures(*measured.reshape(-1, 4).T)


def measure(luma: Figures) -> tuple[float, float, float, float]:
    """Light, glare, contrast and sharpness of one small picture's luma, float64 [S, S]."""
    light = float(luma.mean())
    contrast = float(np.abs(luma - light).mean())
    middle = luma[1:-1, 1:-1]
    around = luma[1:-1, :-2] + luma[1:-1, 2:] + luma[:-2, 1:-1] + luma[2:, 1:-1]
    detail = float(np.abs(middle - around / 4).mean())
    return light, float((luma > BLOWN_OUT).mean()), contrast, detail / max(contrast, 1.0)


def luma_of(picture: Pixels) -> Figures:
    """Perceived brightness, float64 [S, S] in 0..255, of a picture uint8 [S, S, 3]."""
    luma: Figures = picture.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    return luma


def _small(picture: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((SAMPLE, SAMPLE), Image.Resampling.BILINEAR))
