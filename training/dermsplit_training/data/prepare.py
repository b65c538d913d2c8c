"""The images ready for training: read, divided, decoded and resized."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.augmentation.presets import preset
from dermsplit_training.data.cache import cached_inputs
from dermsplit_training.data.classes import Classes, Diagnoses, classes_of, diagnoses_of
from dermsplit_training.data.copies import Changes, check_geometric
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.reading import read_pictures
from dermsplit_training.data.split import PARTS, Part, split_sha256
from dermsplit_training.data.stages import divided
from dermsplit_training.progress_bar import progress_bar
from dermsplit_training.recipe import Recipe


@dataclass(frozen=True)
class Prepared:
    """Every picture of a recipe with its part and its pixels, uint8 [N, S, S, 3], all in the same order."""

    pictures: Sequence[Picture]
    parts: Sequence[Part]
    inputs: NDArray[np.uint8]
    classes: Classes

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Each picture's column in the logits: int64 [N]."""
        return self.classes.labels(self.pictures)

    @cached_property
    def diagnoses(self) -> Diagnoses:
        """What benign and malignant consist of."""
        return diagnoses_of(self.pictures)

    @cached_property
    def domains(self) -> NDArray[np.str_]:
        """dermoscopic or phone: [N]."""
        return np.array([picture.domain for picture in self.pictures])

    @cached_property
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
    """Read, divide, decode and resize the recipe's images, with copies of them where its balance asks for any.

    Raises DataInvalid where the images cannot be used, RecipeInvalid where the copies cannot be changed as asked.
    """
    changes = changes_of(recipe)
    found = read_pictures(data, recipe.data)
    classes = classes_of(recipe.data, found)
    pictures, parts = divided(found, classes, recipe.split, recipe.balance)
    _check_parts(classes, classes.labels(pictures), parts)
    with progress_bar() as progress:
        inputs = cached_inputs(pictures, data, recipe.network.input_size, cache, progress, changes)
    return Prepared(pictures, parts, inputs, classes)


def changes_of(recipe: Recipe) -> Changes:
    """How copies are changed. Raises RecipeInvalid for a preset that is unknown or that no copy can be changed by."""
    key = "balance.preset"
    augmentation = preset(recipe.balance.preset, key)
    if recipe.balance.method == "augment":
        check_geometric(augmentation, key)
    return Changes(augmentation, recipe.split.seed)


def _check_parts(classes: Classes, labels: NDArray[np.int64], parts: Sequence[Part]) -> None:
    for part in PARTS:
        found = sorted({classes.names[label] for label, own in zip(labels, parts, strict=True) if own == part})
        if len(found) < 2:
            only = found[0] if found else "no image"
            raise DataInvalid(f"The {part} part needs at least two classes and has {only} only. Add images.")
        if part == "train" and (absent := [name for name in classes.names if name not in found]):
            raise DataInvalid(f"The class '{absent[0]}' has no image in the train part. Add images, or leave it out.")
