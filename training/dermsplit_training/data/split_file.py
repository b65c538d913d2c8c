"""split.csv: which image is in which part, to divide the images so again."""

import csv
from collections.abc import Collection, Sequence
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import PARTS, Part
from dermsplit_training.data.table import read_table

SPLIT_FILE = "split.csv"
COLUMNS = ("image", "data_set", "group", "diagnosis", "part", "copy")


def write_split(path: Path, pictures: Sequence[Picture], parts: Sequence[Part]) -> None:
    """Write one row a picture, in their order; a file that is there is replaced at the end, never left half written."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for picture, part in zip(pictures, parts, strict=True):
            writer.writerow([picture.path, picture.data_set, picture.group, picture.diagnosis, part, picture.copy])
    unfinished.replace(path)


def read_split(path: Path, pictures: Sequence[Picture]) -> list[Part]:
    """The parts of the pictures as the file has them, matched by image and copy; other rows of the file do not count.

    Only the columns image and part need to be there; without a column copy, no row is a copy's. Raises DataInvalid
    where the file is missing or no table, a part has another name, or a picture is not in it.
    """
    by_name = {part: part for part in PARTS}
    found: dict[tuple[str, str], Part] = {}
    for number, row in enumerate(read_table(path, ("image", "part"), "the split"), start=2):
        if row["part"] not in by_name:
            raise DataInvalid(
                f"Row {number} of '{path.name}' has the part '{row['part']}'; expected {', '.join(PARTS)}."
            )
        found[row["image"], row.get("copy") or "0"] = by_name[row["part"]]
    keys = [(picture.path, str(picture.copy)) for picture in pictures]
    if missing := [image for image, copy in keys if (image, copy) not in found]:
        raise DataInvalid(
            f"{len(missing)} of {len(pictures)} images are not in the split '{path.name}', the first is "
            f"'{missing[0]}'. Its images are named relative to the data folder that it was made with."
        )
    return [found[key] for key in keys]


def groups_in(path: Path, parts: Collection[Part]) -> set[tuple[str, str]]:
    """The groups that have an image in one of the parts, as (data set, group).

    Raises DataInvalid where the file is missing or no table that ``write_split`` wrote.
    """
    rows = read_table(path, COLUMNS, "the split")
    return {(row["data_set"], row["group"]) for row in rows if row["part"] in parts}
