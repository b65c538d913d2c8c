"""Image files: which there are in a folder, and what they are called in a split or a prediction."""

import os
from collections.abc import Sequence
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


def is_image(path: Path) -> bool:
    """Whether the name is an image's; files that begin with a dot are not."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def images_below(folder: Path) -> list[Path]:
    """Every image in the folder and the folders in it, sorted by name."""
    return sorted(path for path in folder.rglob("*") if is_image(path) and path.is_file())


def path_from(data: Path, path: Path) -> str:
    """The path relative to the data folder with forward slashes where it lies below it, else absolute."""
    # Not resolved: a link in the data folder keeps its name there, which is the same on every machine.
    whole, root = Path(os.path.abspath(path)), Path(os.path.abspath(data))  # noqa: PTH100
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()


def check_files(pictures: Sequence[Picture], data: Path, owner: str) -> None:
    """See that every picture is a file, and is listed once. Raises DataInvalid naming the first that is not."""
    folders = {(data / picture.path).parent for picture in pictures}
    present = {Path(entry.path) for folder in folders if folder.is_dir() for entry in os.scandir(folder)}
    if missing := [picture.path for picture in pictures if data / picture.path not in present]:
        raise DataInvalid(f"{owner} lists {len(missing)} images that are not there, the first is '{missing[0]}'.")
    seen: set[str] = set()
    for picture in pictures:
        if picture.path in seen:
            raise DataInvalid(f"{owner} lists '{picture.path}' twice. Leave one of the two rows out.")
        seen.add(picture.path)


def check_apart(pictures: Sequence[Picture]) -> None:
    """See that no image is in two data sets. Raises DataInvalid naming the first that is."""
    owner: dict[str, str] = {}
    for picture in pictures:
        other = owner.setdefault(picture.path, picture.data_set)
        if other != picture.data_set:
            raise DataInvalid(f"'{picture.path}' is in {other} and in {picture.data_set}. Leave it out of one of them.")
