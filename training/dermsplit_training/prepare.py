"""The images ready for training: read, divided, decoded and resized."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.cache import cached_inputs
from dermsplit_training.data import Picture, read_pictures
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe
from dermsplit_training.split import Part, split_pictures, split_sha256


@dataclass(frozen=True)
class Prepared:
    """Every picture of a recipe with its part and its pixels, uint8 [N, S, S, 3], all in the same order."""

    pictures: Sequence[Picture]
    parts: Sequence[Part]
    inputs: NDArray[np.uint8]

    @property
    def labels(self) -> NDArray[np.int64]:
        """0 for benign, 1 for malignant: int64 [N]."""
        return np.array([picture.label for picture in self.pictures], dtype=np.int64)

    @property
    def domains(self) -> NDArray[np.str_]:
        """dermoscopic or phone: [N]."""
        return np.array([picture.domain for picture in self.pictures])

    @property
    def sha256(self) -> str:
        """The split's hash."""
        return split_sha256(self.pictures, self.parts)

    def indices(self, part: Part) -> NDArray[np.int64]:
        """Where the pictures of a part are, in order: int64 [n]."""
        return np.array([index for index, found in enumerate(self.parts) if found == part], dtype=np.int64)

    def pictures_of(self, part: Part) -> list[Picture]:
        """The pictures of a part, in the order of ``indices``."""
        return [self.pictures[index] for index in self.indices(part)]


def prepare(recipe: Recipe, data: Path, cache: Path) -> Prepared:
    """Read, divide, decode and resize the recipe's images. Raises DataInvalid where they cannot be used."""
    pictures = read_pictures(data, recipe.data.sets)
    parts = split_pictures(pictures, recipe.data.validation, recipe.data.test, recipe.data.split_seed)
    for part in ("train", "validation", "test"):
        found = {picture.label for picture, own in zip(pictures, parts, strict=True) if own == part}
        if len(found) < 2:
            raise DataInvalid(f"The {part} part needs benign and malignant images and has one kind only. Add images.")
    with progress_bar() as progress:
        inputs = cached_inputs(pictures, data, recipe.network.input_size, cache, progress)
    return Prepared(pictures, parts, inputs)
