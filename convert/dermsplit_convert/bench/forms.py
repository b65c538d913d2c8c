"""The forms in which a picture's content may cross: features in some datatype, or the picture itself, compressed."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import NUMPY_DTYPE
from dermsplit_contract.manifest import Datatype
from dermsplit_convert.quantise import Quantiser

Floats = NDArray[np.float32]

REFERENCE = "FP32"
THIS_BUNDLE = "this bundle"

JPEG_QUALITIES = (10, 15, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95)
WEBP_QUALITIES = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90)


@dataclass(frozen=True)
class FeatureForm:
    """Features [..., C] in a datatype; whole numbers 0..levels-1 where there is a quantiser."""

    name: str
    datatype: Datatype
    quantiser: Quantiser | None = None

    @property
    def levels(self) -> int | None:
        """Levels of the quantiser, None without one."""
        return None if self.quantiser is None else self.quantiser.levels

    def to_wire(self, features: Floats) -> NDArray[np.generic]:
        """Float features as they are sent."""
        if self.quantiser is not None:
            return self.quantiser.quantise(features)
        return features.astype(NUMPY_DTYPE[self.datatype])

    def from_wire(self, wire: NDArray[np.generic]) -> Floats:
        """What was sent as float features."""
        if self.quantiser is not None:
            return self.quantiser.dequantise(wire)
        return wire.astype(np.float32)


@dataclass(frozen=True)
class PictureForm:
    """The head's input square as a JPEG or WebP file, as small as Pillow makes it at that quality."""

    codec: Literal["JPEG", "WebP"]
    quality: int

    @property
    def name(self) -> str:
        """For example JPEG 85."""
        return f"{self.codec} {self.quality}"

    def encode(self, picture: NDArray[np.uint8]) -> bytes:
        """uint8 [S, S, 3] RGB to a file: JPEG 4:2:0 with fitted Huffman tables, WebP lossy at its slowest search."""
        file = io.BytesIO()
        image = Image.fromarray(picture)
        if self.codec == "JPEG":
            image.save(file, "JPEG", quality=self.quality, optimize=True)
        else:
            image.save(file, "WEBP", quality=self.quality, method=6)
        return file.getvalue()


def decode(file: bytes) -> NDArray[np.uint8]:
    """A JPEG or WebP file to uint8 [S, S, 3] RGB."""
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.uint8)


def picture_forms() -> list[PictureForm]:
    """Every codec setting that the features are compared with."""
    return [
        *(PictureForm("JPEG", quality) for quality in JPEG_QUALITIES),
        *(PictureForm("WebP", quality) for quality in WEBP_QUALITIES),
    ]
