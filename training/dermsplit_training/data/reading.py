"""From a recipe to its pictures: every source read, then narrowed to what the recipe asks for."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dermsplit_contract.errors import DataInvalid, PhotoUnreadable
from dermsplit_contract.preprocess import load_photo
from dermsplit_training.data.classes import BENIGN, MALIGNANT
from dermsplit_training.data.files import check_apart
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.sources import sources_of
from dermsplit_training.progress_bar import console, progress_bar
from dermsplit_training.recipe import DataRecipe

DRAW_SEED = 1
"""Of ``data.most_per_class`` and ``data.most_of``: fixed, so that recipes with other seeds draw the same images."""


def read_pictures(data: Path, recipe: DataRecipe) -> list[Picture]:
    """The pictures of every set of the recipe below the folder ``data``, narrowed as the recipe says.

    Raises DataInvalid where a table or an image is missing, a diagnosis is unknown, an image is in two sets, or a class
    is left without images.
    """
    if not data.is_dir():
        raise DataInvalid(f"Expected a folder with the data sets at '{data}', found none. Give it with --data.")
    pictures = [picture for source in sources_of(recipe) for picture in source.read(data)]
    check_apart(pictures)
    wanted = {_class(picture, recipe) for picture in pictures}
    if recipe.diagnoses:
        pictures = _with_diagnoses(pictures, recipe.diagnoses)
        if recipe.task == "diagnosis":
            wanted = set(recipe.diagnoses)
    if recipe.most_per_class or recipe.most_of:
        pictures = _at_most(pictures, recipe)
    if recipe.drop_unreadable:
        pictures = _readable(pictures, data)
    if emptied := wanted - {_class(picture, recipe) for picture in pictures}:
        raise DataInvalid(f"The class '{min(emptied)}' is left without images. Change data.diagnoses or the images.")
    return pictures


def _with_diagnoses(pictures: Sequence[Picture], diagnoses: Sequence[str]) -> list[Picture]:
    known = sorted({picture.diagnosis for picture in pictures})
    if unknown := [name for name in diagnoses if name not in known]:
        raise DataInvalid(f"data.diagnoses has '{unknown[0]}', which no image has. Known are {', '.join(known)}.")
    return [picture for picture in pictures if picture.diagnosis in diagnoses]


def _class(picture: Picture, recipe: DataRecipe) -> str:
    if recipe.task == "diagnosis":
        return picture.diagnosis
    return {True: MALIGNANT, False: BENIGN, None: "of unknown malignancy"}[picture.malignant]


def _at_most(pictures: Sequence[Picture], recipe: DataRecipe) -> list[Picture]:
    by_class: dict[str, list[int]] = {}
    for index, picture in enumerate(pictures):
        by_class.setdefault(_class(picture, recipe), []).append(index)
    if unknown := [name for name in recipe.most_of if name not in by_class]:
        raise DataInvalid(
            f"data.most_of has '{unknown[0]}', which is no class. The classes are {', '.join(sorted(by_class))}."
        )
    rng = np.random.default_rng(DRAW_SEED)
    kept: list[int] = []
    for name in sorted(by_class):
        limits = [most for most in (recipe.most_per_class, recipe.most_of.get(name, 0)) if most]
        kept += rng.permutation(by_class[name])[: min(limits, default=None)].tolist()
    return [pictures[index] for index in sorted(kept)]


def _readable(pictures: Sequence[Picture], data: Path) -> list[Picture]:
    dropped = _unreadable(pictures, data)
    if dropped:
        names = ", ".join(pictures[position].path for position in sorted(dropped))
        console.print(
            f"{len(dropped)} of {len(pictures)} images cannot be read and are left out: {names}", markup=False
        )
    return [picture for position, picture in enumerate(pictures) if position not in dropped]


def _unreadable(pictures: Sequence[Picture], data: Path) -> set[int]:
    def cannot_be_read(picture: Picture) -> bool:
        try:
            load_photo(data / picture.path)
        except PhotoUnreadable:
            return True
        return False

    found = set()
    with progress_bar() as progress, ThreadPoolExecutor() as pool:
        task = progress.add_task("Checking images", total=len(pictures))
        for position, bad in enumerate(pool.map(cannot_be_read, pictures)):
            progress.advance(task)
            if bad:
                found.add(position)
    return found
