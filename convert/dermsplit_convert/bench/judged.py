"""The images that a bundle is judged on: the test part of the split that it was trained with, and no other."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_convert.inputs import SEED
from dermsplit_convert.run_rows import read_rows

COLUMNS = ("data_set", "domain", "part", "group", "image", "malignant")

Row = dict[str, str]


@dataclass(frozen=True)
class Judged:
    """N test images in the order of the file; ``images`` and ``train_images`` are paths relative to --data.

    ``malignant`` is bool [N]; ``domains`` and ``groups`` are str [N], a group being a lesion or a patient.
    """

    images: list[str]
    malignant: NDArray[np.bool_]
    domains: NDArray[np.str_]
    groups: NDArray[np.str_]
    train_images: list[str]


def read_judged(predictions: Path, split_sha256: str, most: int | None = None) -> Judged:
    """Read the ``predictions.csv`` of a run. With ``most``, so many test images are drawn by a fixed seed.

    Changed copies and images of unknown malignancy are left out. Raises DataInvalid where the file is missing or no
    such table, UsageError where its split is not ``split_sha256``: a bundle would be judged on what it learned.
    """
    rows = read_rows(predictions, "predictions", COLUMNS)
    found = split_hash(rows)
    if found != split_sha256:
        raise UsageError(
            f"Expected the predictions of the split {split_sha256[:12]} that the bundle was trained with, "
            f"'{predictions}' has the split {found[:12]}. Give the run that the bundle was made of."
        )
    plain = [row for row in rows if (row.get("copy") or "0") == "0" and row["malignant"] in ("0", "1")]
    test = [row for row in plain if row["part"] == "test"]
    if most is not None and most < len(test):
        test = [test[place] for place in sorted(random.Random(SEED).sample(range(len(test)), most))]
    malignant = np.array([row["malignant"] == "1" for row in test], dtype=bool)
    if not malignant.any() or malignant.all():
        raise DataInvalid(
            f"Expected benign and malignant images in the test part of '{predictions}', "
            f"found {int(malignant.sum())} malignant ones among {len(test)}. Take more images or another run."
        )
    return Judged(
        [row["image"] for row in test],
        malignant,
        np.array([row["domain"] for row in test]),
        np.array([f"{row['data_set']}/{row['group']}" for row in test]),
        [row["image"] for row in plain if row["part"] == "train"],
    )


def split_hash(rows: Iterable[Row]) -> str:
    """Hash of the sorted (image, part) list, as a run's ``split_sha256``; copies made to train on do not count."""
    lines = []
    for row in rows:
        copy = row.get("copy") or "0"
        if copy == "0":
            lines.append(f"{row['image']}\t{row['part']}\n")
        elif row["part"] != "train":
            lines.append(f"{row['image']}\t{copy}\t{row['part']}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def load_pictures(data: Path, images: Sequence[str], size: int) -> NDArray[np.uint8]:
    """The squares that the head takes: uint8 [N, S, S, 3], RGB. Raises DataInvalid where an image is missing."""
    missing = [image for image in images if not (data / image).is_file()]
    if missing:
        raise DataInvalid(
            f"{len(missing)} of {len(images)} images are not below '{data}', the first is '{missing[0]}'. "
            "Give --data, the folder that the run was trained with."
        )
    return np.stack([to_input(load_photo(data / image), size) for image in images])
