"""Changed copies of the images of rarer classes, made before training instead of while it goes on."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.augmentation.presets import Augmentation
from dermsplit_training.data.picture import Picture

GEOMETRY = ("flip", "rotation", "zoom", "crop", "shift", "shear", "fill")
"""The changes that a copy can have."""

_PADDING = {"reflect": "symmetric", "nearest": "edge", "constant": "constant"}


@dataclass(frozen=True)
class Changes:
    """How copies differ from their images: the same for the same picture, copy number and seed, on every machine."""

    augmentation: Augmentation
    seed: int

    @property
    def key(self) -> str:
        """A line that differs wherever the pixels may."""
        return f"{sorted(asdict(self.augmentation).items())} {self.seed}"

    def of(self, picture: Picture, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The copy's pixels from its image's, uint8 [S, S, 3]; an image that is no copy stays as it is."""
        if not picture.copy:
            return pixels
        digest = hashlib.sha256(f"{picture.path}\t{picture.copy}\t{self.seed}".encode()).digest()
        return changed(pixels, self.augmentation, int.from_bytes(digest[:8], "big"))


def add_copies(pictures: Sequence[Picture], labels: NDArray[np.int64], target: int, seed: int) -> list[Picture]:
    """The pictures, followed by copies with which every class has at least ``target`` images.

    ``labels``, int64 [N], are the classes. The images of each are copied in turn, in a shuffled order, and ``copy``
    counts the rounds from 1. A target of 0 stands for the images of the largest class. No picture is left out.
    """
    names, count = np.unique(labels, return_counts=True)
    wanted = target or int(count.max(initial=0))
    rng = np.random.default_rng(seed)
    copies = []
    for label, own in zip(names, count, strict=True):
        order = rng.permutation(np.flatnonzero(labels == label))
        for number in range(max(0, wanted - own)):
            copies.append(replace(pictures[order[number % own]], copy=int(number // own) + 1))
    return [*pictures, *copies]


def check_geometric(augmentation: Augmentation, key: str) -> None:
    """Raises RecipeInvalid where the augmentation asks for more than flips and shifts of geometry."""
    default = asdict(Augmentation())
    more = [name for name, amount in asdict(augmentation).items() if name not in GEOMETRY and amount != default[name]]
    if more:
        raise RecipeInvalid(
            f"Copies can be changed by {', '.join(GEOMETRY)} alone, and the preset in '{key}' asks for "
            f"{', '.join(more)} too. Choose another preset."
        )


def changed(pixels: NDArray[np.uint8], augmentation: Augmentation, seed: int) -> NDArray[np.uint8]:
    """One random draw of the augmentation's flip, rotation, zoom, crop, shift and shear: uint8 [S, S, 3] to the same.

    All of them are one affine transform, sampled once with Pillow's BILINEAR; what it brings in from outside is filled
    as the augmentation says, black where that is "constant". Raises RecipeInvalid for other changes.
    """
    check_geometric(augmentation, "balance.preset")
    size = len(pixels)
    matrix = _draw(augmentation, np.random.default_rng(seed), size)
    corners = matrix @ np.array([[0, size, 0, size], [0, 0, size, size], [1, 1, 1, 1]], dtype=np.float64)
    margin = int(np.ceil(max(0.0, -corners.min(), corners.max() - size))) + 1
    padded = np.pad(pixels, ((margin, margin), (margin, margin), (0, 0)), mode=_PADDING[augmentation.fill])  # type: ignore[call-overload]
    matrix[:, 2] += margin
    image = Image.fromarray(padded).transform(
        (size, size), Image.Transform.AFFINE, matrix.ravel().tolist(), Image.Resampling.BILINEAR
    )
    return np.asarray(image, dtype=np.uint8)


def _draw(augmentation: Augmentation, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    """The affine map float64 [2, 3] from pixels of the copy to those of the image, round the middle but for a shift."""
    across, down = rng.random(2) < 0.5
    angle = 2 * np.pi * rng.uniform(-augmentation.rotation, augmentation.rotation)
    scale = 1 + rng.uniform(-augmentation.zoom, augmentation.zoom)
    cut = rng.uniform(0, augmentation.crop)
    shear = rng.uniform(-augmentation.shear, augmentation.shear, 2)
    shift = rng.uniform(-augmentation.shift, augmentation.shift, 2) + rng.uniform(-cut / 2, cut / 2, 2)
    flips = (
        -1.0 if across and augmentation.flip != "none" else 1.0,
        -1.0 if down and augmentation.flip == "both" else 1.0,
    )
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lean = np.array([[1.0, shear[0]], [shear[1], 1.0]])
    linear = turn @ lean @ np.diag(flips) * scale * (1 - cut)
    middle = np.full(2, size / 2)
    offset = middle + shift * size - linear @ middle
    return np.column_stack([linear, offset])
