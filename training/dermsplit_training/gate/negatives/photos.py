"""Photographs of other things, for judging only: those that installed libraries bring along, and a folder's."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.preprocess import load_photo, to_input

Pixels = NDArray[np.uint8]

BUNDLED = (
    ("sklearn.datasets.images", "china.jpg"),
    ("sklearn.datasets.images", "flower.jpg"),
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
)
"""Package and file of the photographs that scikit-learn and matplotlib bring along."""
FOLDER = "not_a_mole"
"""A folder below the data folder with photographs that show no skin, if there is one."""
SUFFIXES = (".jpg", ".jpeg", ".png")


def bundled_photos() -> list[Path]:
    """The installed libraries' photographs that are there."""
    found = [Path(str(files(package).joinpath(name))) for package, name in BUNDLED]
    return [path for path in found if path.is_file()]


def photos_of(data: Path) -> list[Path]:
    """The photographs of the folder of things that are no mole below the data folder, in order."""
    folder = data / FOLDER
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES) if folder.is_dir() else []


def crops(rng: np.random.Generator, photos: Sequence[Path], count: int, size: int) -> list[Pixels]:
    """Square cut-outs of the photographs in turn, from a fifth of the short side to the whole: uint8 [S, S, 3] each.

    The first of each is its centre square, as the page would take it. Raises PhotoUnreadable.
    """
    made: list[Pixels] = []
    opened = [load_photo(path) for path in photos]
    for index in range(count):
        image = opened[index % len(opened)]
        short = min(image.size)
        side = short if index < len(opened) else int(short * rng.uniform(0.2, 1))
        spare = image.width - side, image.height - side
        left, top = (room // 2 if index < len(opened) else int(rng.integers(0, room + 1)) for room in spare)
        made.append(to_input(image, size, (left, top, left + side, top + side)))
    return made
