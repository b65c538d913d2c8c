"""Train, validation and test: by group, no lesion or patient is in two of them; by image, that is not looked after."""

import hashlib
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.recipe import SplitRecipe

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Leaks:
    """What crosses a split: groups with images in several parts, and test images whose group trains too."""

    groups: int
    test_images: int


def divide(pictures: Sequence[Picture], recipe: SplitRecipe) -> list[Part]:
    """Give every picture its part, data set by data set, stratified by diagnosis, or as the recipe's file says.

    By group, the shares are met to the nearest fold: 0.15 becomes one of seven. By image they are met to the image.
    Raises DataInvalid where a data set has too few groups or images, or the file does not hold a picture or crosses
    groups that are to be kept together.
    """
    if recipe.file:
        return _from_file(pictures, recipe)
    parts: list[Part] = ["test"] * len(pictures)
    rest = np.setdiff1d(np.arange(len(pictures)), _held_out(pictures, recipe.test, recipe))
    for index, part in zip(rest, divide_rest([pictures[index] for index in rest], recipe), strict=True):
        parts[index] = part
    return parts


def divide_rest(pictures: Sequence[Picture], recipe: SplitRecipe) -> list[Part]:
    """Train or validation for the pictures that are left when the test part is held out, as ``divide`` does it."""
    if recipe.file:
        return _from_file(pictures, recipe)
    parts: list[Part] = ["train"] * len(pictures)
    for index in _held_out(pictures, recipe.validation / (1 - recipe.test), recipe):
        parts[index] = "validation"
    return parts


def split_sha256(pictures: Sequence[Picture], parts: Sequence[Part]) -> str:
    """Hash of the sorted (image, part) list: two runs with the same hash may be compared.

    Changed copies count only in the validation and test parts, so that copies made to train on keep the hash.
    """
    lines = sorted(
        f"{picture.path}\t{part}\n" if not picture.copy else f"{picture.path}\t{picture.copy}\t{part}\n"
        for picture, part in zip(pictures, parts, strict=True)
        if not picture.copy or part != "train"
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def crossing_groups(pictures: Sequence[Picture], parts: Sequence[Part]) -> list[str]:
    """The groups that have images in more than one part, as "data set/group", sorted. A sound split has none."""
    seen: dict[str, set[Part]] = {}
    for picture, part in zip(pictures, parts, strict=True):
        seen.setdefault(_group(picture), set()).add(part)
    return sorted(group for group, found in seen.items() if len(found) > 1)


def leaks(pictures: Sequence[Picture], parts: Sequence[Part]) -> Leaks:
    """How many groups cross the parts, and how many test images, copies included, have their group in train."""
    pairs = list(zip(pictures, parts, strict=True))
    trained = {_group(picture) for picture, part in pairs if part == "train"}
    tested = sum(part == "test" and _group(picture) in trained for picture, part in pairs)
    return Leaks(len(crossing_groups(pictures, parts)), tested)


def _group(picture: Picture) -> str:
    return f"{picture.data_set}/{picture.group}"


def _from_file(pictures: Sequence[Picture], recipe: SplitRecipe) -> list[Part]:
    from dermsplit_training.data.split_file import read_split  # it names the parts by this module

    parts = read_split(Path(recipe.file), pictures)
    crossing = crossing_groups(pictures, parts) if recipe.by == "group" else []
    if crossing:
        raise DataInvalid(
            f"The split '{recipe.file}' has {len(crossing)} lesions or patients in more than one part, the first is "
            f"{crossing[0]}. Mend it, or set split.by to image to train with the leak."
        )
    return parts


def _held_out(pictures: Sequence[Picture], share: float, recipe: SplitRecipe) -> Indices:
    """Where the pictures are that make up the share of each data set."""
    hold_out = _by_group if recipe.by == "group" else _by_image
    found = [np.array([], dtype=np.int64)]
    for data_set in dict.fromkeys(picture.data_set for picture in pictures):
        mine = np.array([index for index, picture in enumerate(pictures) if picture.data_set == data_set])
        found.append(mine[hold_out([pictures[index] for index in mine], share, recipe.seed)])
    return np.concatenate(found)


def _by_group(pictures: Sequence[Picture], share: float, seed: int) -> Indices:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = max(2, round(1 / share))
    groups = [picture.group for picture in pictures]
    if len(set(groups)) < folds:
        raise DataInvalid(
            f"{pictures[0].data_set} has {len(set(groups))} lesions or patients; at least {folds} are needed to "
            "split it."
        )
    folder = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of strata that are still smaller than a fold
        try:
            held: Indices = next(folder.split(pictures, _strata(pictures, folds), groups))[1]
        except ValueError as error:
            raise _too_few(pictures) from error
    return held


def _by_image(pictures: Sequence[Picture], share: float, seed: int) -> Indices:
    from sklearn.model_selection import train_test_split

    strata = np.array(_strata(pictures, 2))
    names, count = np.unique(strata, return_counts=True)
    divisible = np.flatnonzero(np.isin(strata, names[count > 1]))  # a diagnosis of one image stays with the rest
    try:
        held: Indices = train_test_split(
            divisible, test_size=round(share * len(pictures)), stratify=strata[divisible], random_state=seed
        )[1]
    except ValueError as error:
        raise _too_few(pictures) from error
    return np.sort(held)


def _strata(pictures: Sequence[Picture], least: int) -> list[str]:
    """The diagnoses; those with fewer images than ``least`` cannot be stratified and count with their malignancy."""
    count = Counter(picture.diagnosis for picture in pictures)
    rare = {True: "malignant and rare", False: "benign and rare", None: "rare"}
    return [picture.diagnosis if count[picture.diagnosis] >= least else rare[picture.malignant] for picture in pictures]


def _too_few(pictures: Sequence[Picture]) -> DataInvalid:
    diagnoses = len({picture.diagnosis for picture in pictures})
    return DataInvalid(
        f"{pictures[0].data_set} has too few images to split: {len(pictures)} of {diagnoses} diagnoses. Add images."
    )
