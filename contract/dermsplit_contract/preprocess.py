"""From a photo to the head's input. This is the reference; ``web/src/contract`` ports it to the byte.

photo -> upright by EXIF -> the square -> Pillow's BILINEAR (antialiased when it shrinks) -> RGB uint8. Scaling to the
backbone's range is inside the head, so nobody normalises twice.
"""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from dermsplit_contract.errors import PhotoUnreadable

LARGEST_PHOTO = 120_000_000
"""Pixels. Phones give up to 108 million today; above this a file is taken for a decompression bomb."""

Box = tuple[int, int, int, int]


def load_photo(source: Path | str | bytes) -> Image.Image:
    """Read a photo, turn it upright by its EXIF orientation and return it as RGB.

    Transparent parts are laid on white, as the page does. Raises PhotoUnreadable for anything that is not a whole
    picture of at most ``LARGEST_PHOTO`` pixels.
    """
    name = "The upload" if isinstance(source, bytes) else f"'{Path(source).name}'"
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            if image.width * image.height > LARGEST_PHOTO:
                raise PhotoUnreadable(
                    f"{name} has {image.width}x{image.height} pixels; at most {LARGEST_PHOTO} are accepted. Shrink it."
                )
            upright = ImageOps.exif_transpose(image)
            return _on_white(upright)
    except FileNotFoundError as error:
        raise PhotoUnreadable(f"{name} does not exist. Check the path.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoUnreadable(
            f"{name} is not a picture that can be read, or it is cut short. Give a JPEG, PNG or WebP file."
        ) from error


def centre_square(width: int, height: int) -> Box:
    """The largest centred square as (left, top, right, bottom) in whole pixels, rounded to the left and top."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def to_input(photo: Image.Image, size: int, box: Box | None = None) -> NDArray[np.uint8]:
    """Cut the square out of an upright RGB photo and resize it.

    ``box`` is (left, top, right, bottom) in pixels, the centred square where it is None. Returns uint8 [size, size, 3],
    RGB. The head takes it as float32 with a batch axis and no other change.
    """
    square = photo.crop(box or centre_square(photo.width, photo.height))
    resized = square.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(resized, dtype=np.uint8)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")
