"""What is known about the patient, as numbers for a network.

The columns stand in the order of the fields that are asked for; a field that is not known is zeros throughout.

| field | columns |
|---|---|
| age | years / 100, and 1 where the age is known |
| sex | one-hot: female, male |
| site | one-hot: the places of ``SITES``, in their order |
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.picture import Picture

SEXES = ("female", "male")
SITES = {
    "head_neck": ("head/neck", "ear", "face", "lip", "neck", "nose", "scalp"),
    "trunk": ("abdomen", "anterior torso", "back", "chest", "lateral torso", "posterior torso", "torso", "trunk"),
    "arm": ("arm", "forearm", "upper extremity"),
    "leg": ("leg", "lower extremity", "thigh"),
    "hand": ("hand",),
    "foot": ("foot",),
    "acral": ("acral", "palms/soles"),
    "genital": ("genital", "oral/genital"),
}
"""Common places and the words of HAM10000, PAD-UFES-20 and ISIC that each stands for."""

WIDTHS = {"age": 2, "sex": len(SEXES), "site": len(SITES)}

_PLACES = {word: place for place, (name, words) in enumerate(SITES.items()) for word in (name, *words)}


def width(fields: Sequence[str]) -> int:
    """How many columns the fields take."""
    return sum(WIDTHS[field] for field in fields)


def encode(pictures: Sequence[Picture], fields: Sequence[str]) -> NDArray[np.float32]:
    """The pictures' metadata as float32 [len(pictures), width(fields)] in 0..1.2, in the module's layout."""
    columns = {"age": _age, "sex": _sex, "site": _site}
    rows = [np.concatenate([columns[field](picture) for field in fields]) for picture in pictures] if fields else []
    return np.array(rows, dtype=np.float32).reshape(len(pictures), width(fields))


def left_out(
    encoded: NDArray[np.float32], fields: Sequence[str], share: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A copy of encoded metadata in which each field of each row is made unknown with the chance ``share``, 0..1.

    So a network learns to do without what a person may not say.
    """
    kept = rng.random((len(encoded), len(fields))) >= share
    return encoded * np.repeat(kept, [WIDTHS[field] for field in fields], axis=1)


def _age(picture: Picture) -> NDArray[np.float32]:
    text = picture.metadata.get("age", "")
    return np.array([float(text) / 100, 1] if text else [0, 0], dtype=np.float32)


def _sex(picture: Picture) -> NDArray[np.float32]:
    sex = picture.metadata.get("sex", "")
    return _one_hot(SEXES.index(sex) if sex in SEXES else None, len(SEXES))


def _site(picture: Picture) -> NDArray[np.float32]:
    return _one_hot(_PLACES.get(picture.metadata.get("site", "")), len(SITES))


def _one_hot(place: int | None, count: int) -> NDArray[np.float32]:
    row = np.zeros(count, dtype=np.float32)
    if place is not None:
        row[place] = 1
    return row
