"""The images and what is known about each: one reader a data set, one row an image."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dermsplit_contract.errors import DataInvalid

LABELS = ("benign", "malignant")
"""The network's two classes, in the order of its logits."""

Row = Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """One image of a data set. ``path`` is relative to the data folder, with forward slashes."""

    path: str
    data_set: str
    domain: str
    diagnosis: str
    malignant: bool
    group: str
    metadata: Row = field(default_factory=dict, compare=False, repr=False)

    @property
    def label(self) -> int:
        """Its column in the logits."""
        return int(self.malignant)


@dataclass(frozen=True)
class Source:
    """A published data set: where it lies below the data folder, how a row is read, whom to cite."""

    name: str
    domain: str
    folder: str
    table: str
    malignant: frozenset[str]
    benign: frozenset[str]
    citation: str
    doi: str
    licence: str
    read_row: Callable[[Row], tuple[str, str, str]]
    """From a row of the table to (image path below the folder, diagnosis, group)."""


HAM10000 = Source(
    name="HAM10000",
    domain="dermoscopic",
    folder="ham10000",
    table="HAM10000_metadata.csv",
    malignant=frozenset({"mel", "bcc", "akiec"}),
    benign=frozenset({"nv", "bkl", "vasc", "df"}),
    citation="Tschandl, Rosendahl, Kittler: The HAM10000 dataset. Scientific Data 5, 180161 (2018)",
    doi="10.7910/DVN/DBW86T",
    licence="CC BY-NC 4.0",
    read_row=lambda row: (f"images_200x150/{row['image_id']}.jpg", row["dx"], row["lesion_id"]),
)

# Actinic keratosis (ACK) is counted benign here, as its publishers do; HAM10000's akiec, which holds intraepithelial
# carcinoma too, is counted malignant.
PAD_UFES_20 = Source(
    name="PAD-UFES-20",
    domain="phone",
    folder="pad_ufes_20",
    table="metadata.csv",
    malignant=frozenset({"MEL", "BCC", "SCC"}),
    benign=frozenset({"NEV", "ACK", "SEK"}),
    citation="Pacheco et al.: PAD-UFES-20. Data in Brief 32, 106221 (2020)",
    doi="10.17632/zr7vgbcyr2.1",
    licence="CC BY 4.0",
    read_row=lambda row: (f"images/{row['file']}", row["diagnostic"], row["patient_id"]),
)

SOURCES = {source.name: source for source in (HAM10000, PAD_UFES_20)}


def read_pictures(data: Path, names: Iterable[str]) -> list[Picture]:
    """Read the rows of the named data sets below the folder ``data``, in the order of their tables.

    Raises DataInvalid where a table or an image is missing, or a diagnosis is unknown.
    """
    if not data.is_dir():
        raise DataInvalid(f"Expected a folder with the data sets at '{data}', found none. Give it with --data.")
    return [picture for name in names for picture in _read_source(data, SOURCES[name])]


def _read_source(data: Path, source: Source) -> list[Picture]:
    table = data / source.folder / source.table
    if not table.is_file():
        raise DataInvalid(
            f"Expected {source.name} with its table {source.folder}/{source.table} in '{data}', found no such file."
        )
    with table.open(newline="", encoding="utf-8-sig") as file:
        try:
            pictures = [_picture(source, row) for row in csv.DictReader(file)]
        except KeyError as error:
            raise DataInvalid(f"The table {source.table} of {source.name} has no column {error}.") from error
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataInvalid(f"The table {source.table} of {source.name} is not a CSV file in UTF-8.") from error
    folders = {Path(picture.path).parent for picture in pictures}
    present = {f"{folder.as_posix()}/{path.name}" for folder in folders for path in (data / folder).glob("*")}
    if missing := [picture.path for picture in pictures if picture.path not in present]:
        raise DataInvalid(f"{source.name} lists {len(missing)} images that are not there, the first is '{missing[0]}'.")
    if not pictures:
        raise DataInvalid(f"The table {source.table} of {source.name} lists no image.")
    return pictures


def _picture(source: Source, row: Row) -> Picture:
    name, diagnosis, group = source.read_row(row)
    if diagnosis not in source.malignant | source.benign:
        known = ", ".join(sorted(source.malignant | source.benign))
        raise DataInvalid(f"{source.name} has a diagnosis '{diagnosis}' for {name}; known are {known}.")
    return Picture(
        path=f"{source.folder}/{name}",
        data_set=source.name,
        domain=source.domain,
        diagnosis=diagnosis,
        malignant=diagnosis in source.malignant,
        group=group,
        metadata=row,
    )
