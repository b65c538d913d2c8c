"""Whose photos the attackers learn from and whose they are judged on: never the same lesion's or patient's."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_convert.bench.judged import split_hash
from dermsplit_convert.inputs import SEED
from dermsplit_convert.run_rows import read_rows

COLUMNS = ("image", "data_set", "group", "part")
FEWEST_TRAINING, FEWEST_TEST = 100, 10
HELD_OUT = 0.15
"""Share of the training groups that choose penalties and epochs."""

TEST_SHARE = 5
"""One test image for so many training images."""

Row = dict[str, str]


@dataclass(frozen=True)
class Photos:
    """N images by their paths relative to --data; ``data_sets`` and ``groups`` (lesions or patients) are str [N]."""

    images: list[str]
    data_sets: NDArray[np.str_]
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Sample:
    """What attackers learn from, what chooses their penalties and epochs, and what they are judged on."""

    learn: Photos
    held_out: Photos
    test: Photos

    @property
    def parts(self) -> tuple[Photos, Photos, Photos]:
        """All three, in the order in which arrays hold them."""
        return self.learn, self.held_out, self.test

    @property
    def everything(self) -> Photos:
        """The images of all three, in that order."""
        return Photos(
            [image for part in self.parts for image in part.images],
            np.concatenate([part.data_sets for part in self.parts]),
            np.concatenate([part.groups for part in self.parts]),
        )


def read_sample(split: Path, split_sha256: str, images: int) -> Sample:
    """Draw ``images`` training images and a fifth as many test images from a run's split.csv or predictions.csv.

    Whole groups are drawn by a fixed seed, as evenly as can be over the data sets. Raises DataInvalid where the file
    is no such table, has too few images, or a group in both parts; UsageError where its split is not ``split_sha256``.
    """
    rows = read_rows(split, "split", COLUMNS)
    if (found := split_hash(rows)) != split_sha256:
        raise UsageError(
            f"Expected the split {split_sha256[:12]} that the bundle was trained with, '{split}' has {found[:12]}. "
            "Give the run that the bundle was made of."
        )
    parts = {part: _plain(rows, part) for part in ("train", "test")}
    crossing = {_group(row) for row in parts["train"]} & {_group(row) for row in parts["test"]}
    if crossing:
        raise DataInvalid(
            f"{len(crossing)} lesions or patients of '{split}' are in both the train and the test part, so an "
            "attacker would be judged on what it learned. Give a run that was split by group."
        )
    training, test = _draw(parts["train"], images), _draw(parts["test"], max(images // TEST_SHARE, FEWEST_TEST))
    _check_counts(training, test, images)
    learn, held_out = _hold_out(training)
    return Sample(_photos(learn), _photos(held_out), _photos(test))


def _plain(rows: Sequence[Row], part: str) -> list[Row]:
    return [row for row in rows if row["part"] == part and (row.get("copy") or "0") == "0"]


def _check_counts(training: Sequence[Row], test: Sequence[Row], asked: int) -> None:
    if len(training) < FEWEST_TRAINING:
        raise DataInvalid(
            f"Expected at least {FEWEST_TRAINING} training images to train a decoder, found {len(training)} with "
            f"--images {asked}. Take more images or another run."
        )
    if len(test) < FEWEST_TEST:
        raise DataInvalid(f"Expected at least {FEWEST_TEST} test images, found {len(test)}. Take another run.")


def _draw(rows: Sequence[Row], count: int) -> list[Row]:
    by_set: dict[str, list[Row]] = {}
    for row in rows:
        by_set.setdefault(row["data_set"], []).append(row)
    drawn: list[Row] = []
    ranked = sorted(by_set.values(), key=len)
    for place, own in enumerate(ranked):
        share = min(len(own), (count - len(drawn)) // (len(ranked) - place))
        drawn += _whole_groups(own)[:share]
    return drawn


def _whole_groups(rows: Sequence[Row]) -> list[Row]:
    """The rows, group by group, the groups in an order by a fixed seed."""
    by_group: dict[str, list[Row]] = {}
    for row in rows:
        by_group.setdefault(_group(row), []).append(row)
    names = sorted(by_group)
    random.Random(SEED).shuffle(names)
    return [row for name in names for row in by_group[name]]


def _hold_out(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    names = sorted({_group(row) for row in rows})
    random.Random(SEED).shuffle(names)
    kept = set(names[: max(1, round(HELD_OUT * len(names)))])
    return [row for row in rows if _group(row) not in kept], [row for row in rows if _group(row) in kept]


def _group(row: Row) -> str:
    return f"{row['data_set']}/{row['group']}"


def _photos(rows: Sequence[Row]) -> Photos:
    return Photos(
        [row["image"] for row in rows],
        np.array([row["data_set"] for row in rows]),
        np.array([_group(row) for row in rows]),
    )
