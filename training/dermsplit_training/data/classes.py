"""What a network tells apart: its classes in the order of its logits, and which of them are malignant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import DataRecipe

BENIGN, MALIGNANT = "benign", "malignant"

SAME = {"NEV": "nv", "SEK": "bkl"}
"""What PAD-UFES-20 calls nevi and seborrheic keratoses, by HAM10000's names; the latter's holds a little more."""


@dataclass(frozen=True)
class Classes:
    """``names`` in the order of the logits; ``malignant`` are some of them, or none where malignancy is not known."""

    names: tuple[str, ...]
    malignant: tuple[str, ...]
    by_diagnosis: bool

    def label_of(self, picture: Picture) -> int:
        """The picture's column in the logits."""
        if self.by_diagnosis:
            return self.names.index(picture.diagnosis)
        return int(bool(picture.malignant))

    def labels(self, pictures: Sequence[Picture]) -> NDArray[np.int64]:
        """The pictures' columns in the logits: int64 [N]."""
        return np.array([self.label_of(picture) for picture in pictures], dtype=np.int64)

    @property
    def malignant_indices(self) -> list[int]:
        """Columns whose probabilities add up to the malignant one; empty where malignancy is not known."""
        return [self.names.index(name) for name in self.malignant]


@dataclass(frozen=True)
class Diagnoses:
    """What benign and malignant consist of: ``names`` in the order of their logits, int64 ``labels`` [N], and the
    column of ``Classes.names`` that each name counts to, ``belongs_to``."""

    names: tuple[str, ...]
    labels: NDArray[np.int64]
    belongs_to: tuple[int, ...]


def diagnoses_of(pictures: Sequence[Picture]) -> Diagnoses:
    """The diagnoses of pictures whose malignancy is known; one that data sets call by two names is one diagnosis.

    Raises DataInvalid where a diagnosis is malignant in one data set and benign in another.
    """
    own = [SAME.get(picture.diagnosis, picture.diagnosis).lower() for picture in pictures]
    belongs: dict[str, int] = {}
    for name, picture in zip(own, pictures, strict=True):
        if belongs.setdefault(name, int(bool(picture.malignant))) != int(bool(picture.malignant)):
            raise DataInvalid(
                f"'{name}' is malignant in one data set and benign in another. Set top.diagnoses to false."
            )
    names = tuple(sorted(belongs))
    place = {name: index for index, name in enumerate(names)}
    labels = np.array([place[name] for name in own], dtype=np.int64)
    return Diagnoses(names, labels, tuple(belongs[name] for name in names))


def classes_of(recipe: DataRecipe, pictures: Sequence[Picture]) -> Classes:
    """Benign and malignant, or the diagnoses in alphabetical order, as the recipe's task asks.

    Raises DataInvalid where benign and malignant are asked for and the malignancy of an image is not known, or where
    one diagnosis is malignant in one data set and benign in another.
    """
    unknown = [picture for picture in pictures if picture.malignant is None]
    if recipe.task == "malignancy":
        if unknown:
            raise DataInvalid(
                f"Whether '{unknown[0].path}' is malignant is not known, since its data set names no malignant labels. "
                "Name them in data.sets, or set data.task to diagnosis."
            )
        return Classes((BENIGN, MALIGNANT), (MALIGNANT,), by_diagnosis=False)
    names = tuple(sorted({picture.diagnosis for picture in pictures}))
    malignant = {picture.diagnosis for picture in pictures if picture.malignant}
    both = malignant & {picture.diagnosis for picture in pictures if picture.malignant is False}
    if both:
        raise DataInvalid(f"'{min(both)}' is malignant in one data set and benign in another. Train on one of them.")
    return Classes(names, () if unknown else tuple(sorted(malignant)), by_diagnosis=True)
