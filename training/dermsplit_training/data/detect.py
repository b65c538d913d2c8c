"""What a person means by a path: published data sets, one of them, a table, class folders or an ISIC folder."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.files import images_below
from dermsplit_training.data.isic import SUFFIXES
from dermsplit_training.data.known import SOURCES
from dermsplit_training.data.own import OwnSource
from dermsplit_training.data.picture import Row
from dermsplit_training.data.sources import Source
from dermsplit_training.data.table import read_table
from dermsplit_training.recipe import SourceRecipe

PATH_COLUMNS = ("path", "image_path", "file", "filename")
ID_COLUMNS = ("isic_id", "image_name", "image_id", "image")
LABEL_COLUMNS = ("label", "diagnosis", "dx", "class", "diagnosis_1", "benign_malignant", "target")
GROUP_COLUMNS = ("group", "lesion_id", "patient_id")
MALIGNANT_LABELS = {"malignant", "Malignant"}
"""Labels of one's own that say themselves that they are malignant."""


@dataclass(frozen=True)
class Detected:
    """The sources that lie at a path, the data folder that their images are named from, and the kind in words."""

    data: Path
    sources: list[Source]
    taken_for: str


def detect(path: Path) -> Detected:
    """Say what lies at the path. Raises DataInvalid, naming all that is known, where it is none of that."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 (not resolved: links keep their names)
    is_table = path.is_file() and path.suffix.lower() == ".csv"
    if not is_table and not path.is_dir():
        raise DataInvalid(f"Expected a folder or a CSV table at '{path}', found none. Check the path.")
    if present := [source for source in SOURCES.values() if (path / source.folder).is_dir()]:
        names = " and ".join(source.name for source in present)
        return Detected(path, list(present), f"a data folder with {names}")
    if known := _known(path):
        return known
    if is_table:
        return _table(path)
    tables = sorted(path.glob("*.csv"))
    if len(tables) == 1:
        return _table(tables[0])
    if any(images_below(folder) for folder in path.iterdir() if folder.is_dir()):
        return _folders(path)
    known_folders = ", ".join(f"{source.folder}/" for source in SOURCES.values())
    raise DataInvalid(
        f"'{path}' is none of what is known: a folder with data sets ({known_folders}), a CSV table of images, a "
        "folder with one such table, or a folder with a folder of images for each class."
    )


def _known(path: Path) -> Detected | None:
    """A published data set by its table, which is given or lies in the folder given."""
    for source in SOURCES.values():
        table = path / source.table if path.is_dir() else path
        if table.name == source.table and table.is_file() and set(source.columns) <= set(_columns(table)):
            folder = table.parent
            return Detected(folder.parent, [replace(source, folder=folder.name)], f"the folder of {source.name}")
    return None


def _table(path: Path) -> Detected:
    rows = read_table(path, (), path.name)
    label = _column(path, rows[0], LABEL_COLUMNS, "label")
    group = next((name for name in GROUP_COLUMNS if name in rows[0]), "group")
    malignant = sorted(MALIGNANT_LABELS.intersection(row[label] for row in rows))
    image = _column(path, rows[0], PATH_COLUMNS + ID_COLUMNS, "image")
    images = _images_folder(path, rows[0][image])
    kind = "isic" if images or (image in ID_COLUMNS and not (path.parent / rows[0][image]).is_file()) else "csv"
    recipe = SourceRecipe.model_validate(
        {
            "name": path.parent.name if path.stem == "metadata" else path.stem,
            "kind": kind,
            "path": str(path),
            "images": images,
            "malignant": malignant,
            "image_column": image,
            "label_column": label,
            "group_column": group,
        }
    )
    words = "a table of paths" if kind == "csv" else "an ISIC table and its images"
    return Detected(
        path.parent, [OwnSource(recipe)], f"{words}: image from '{image}', label from '{label}', group from '{group}'"
    )


def _folders(path: Path) -> Detected:
    classes = [folder.name for folder in path.iterdir() if folder.is_dir()]
    malignant = sorted(MALIGNANT_LABELS.intersection(classes))
    recipe = SourceRecipe(name=path.name, kind="folders", path=str(path), malignant=malignant)
    return Detected(path, [OwnSource(recipe)], "a folder for each class, each image a group of its own")


def _column(path: Path, row: Row, names: Sequence[str], what: str) -> str:
    found = next((name for name in names if name in row), None)
    if found is None:
        raise DataInvalid(
            f"The table {path.name} has no {what} column: expected one of {', '.join(names)}, found {', '.join(row)}."
        )
    return found


def _columns(table: Path) -> list[str]:
    return list(read_table(table, (), table.name)[0])


def _images_folder(table: Path, image: str) -> str:
    """The folder that holds the first image by its id, or beside the table by its name; none where it is a path."""
    names = {image + suffix for suffix in SUFFIXES}
    folders = [folder for folder in sorted(table.parent.iterdir()) if folder.is_dir()]
    by_id = [folder for folder in (table.parent, *folders) if any((folder / name).is_file() for name in names)]
    by_name = [] if (table.parent / image).is_file() else [one for one in folders if (one / image).is_file()]
    return str((by_id + by_name)[0]) if by_id + by_name else ""
