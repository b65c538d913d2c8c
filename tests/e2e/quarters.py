"""A photo of 12 megapixels whose quarters have colours of their own, and what the review screen shows of it."""

from pathlib import Path

from PIL import Image

SIZE = (4000, 3000)
COLOURS = ((200, 40, 40), (40, 160, 40), (40, 60, 200), (220, 200, 60))
"""RGB of the quarters: top left, top right, bottom left, bottom right."""
SHOWN = """
  const canvas = document.querySelector("[data-testid=review-picture]");
  const { width, height } = canvas;
  const places = [[1, 1], [3, 1], [1, 3], [3, 3]];
  const at = ([x, y]) => canvas.getContext("2d").getImageData((x * width) / 4, (y * height) / 4, 1, 1).data;
  return places.map((place) => [...at(place)].slice(0, 3));
"""
"""Body of a function of the page that returns what stands in the middles of the quarters."""
NEAR = 6
"""JPEG moves a channel of an even area by no more."""


def save_quarters(path: Path) -> None:
    """The JPEG lies on its side, and its EXIF says so."""
    upright = Image.new("RGB", (2, 2))
    upright.putdata(COLOURS)
    turned = Image.Exif()
    turned[0x0112] = 6
    lying = upright.resize(SIZE, Image.Resampling.NEAREST).transpose(Image.Transpose.ROTATE_90)
    lying.save(path, quality=90, exif=turned)


def are_shown(colours: list[list[int]]) -> bool:
    return len(colours) == len(COLOURS) and all(
        abs(value - expected) <= NEAR
        for colour, quarter in zip(colours, COLOURS, strict=True)
        for value, expected in zip(colour, quarter, strict=True)
    )
