"""Train, validation and test: no lesion or patient in two of them, every diagnosis in each."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data import Picture

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


def split_pictures(pictures: Sequence[Picture], validation: float, test: float, seed: int) -> list[Part]:
    """Give every picture its part, data set by data set, stratified by diagnosis and divided by group.

    The shares are met to the nearest fold: 0.15 becomes one of seven. Raises DataInvalid where a data set has too
    few groups.
    """
    parts: list[Part] = ["train"] * len(pictures)
    for data_set in dict.fromkeys(picture.data_set for picture in pictures):
        mine = np.array([index for index, picture in enumerate(pictures) if picture.data_set == data_set])
        rest, held = _hold_out(pictures, mine, test, seed)
        for index in held:
            parts[index] = "test"
        for index in _hold_out(pictures, rest, validation / (1 - test), seed)[1]:
            parts[index] = "validation"
    return parts


def split_sha256(pictures: Sequence[Picture], parts: Sequence[Part]) -> str:
    """Hash of the sorted (image, part) list: two runs with the same hash may be compared."""
    lines = sorted(f"{picture.path}\t{part}\n" for picture, part in zip(pictures, parts, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def crossing_groups(pictures: Sequence[Picture], parts: Sequence[Part]) -> list[str]:
    """The groups that have images in more than one part, as "data set/group", sorted. A sound split has none."""
    seen: dict[str, set[Part]] = {}
    for picture, part in zip(pictures, parts, strict=True):
        seen.setdefault(f"{picture.data_set}/{picture.group}", set()).add(part)
    return sorted(group for group, found in seen.items() if len(found) > 1)


def _hold_out(
    pictures: Sequence[Picture], indices: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = max(2, round(1 / share))
    groups = [pictures[index].group for index in indices]
    if len(set(groups)) < folds:
        name = pictures[indices[0]].data_set if len(indices) else "A data set"
        raise DataInvalid(
            f"{name} has {len(set(groups))} lesions or patients; at least {folds} are needed to split it."
        )
    # A diagnosis with fewer images than folds cannot be stratified: it counts with its label.
    count = Counter(pictures[index].diagnosis for index in indices)
    strata = [
        pictures[index].diagnosis if count[pictures[index].diagnosis] >= folds else str(pictures[index].label)
        for index in indices
    ]
    folder = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    try:
        rest, held = next(folder.split(indices, strata, groups))
    except ValueError as error:
        raise DataInvalid(f"{pictures[indices[0]].data_set} has too few images to split: {error}.") from error
    return indices[rest], indices[held]
