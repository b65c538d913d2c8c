"""What the data sets say about the person in each photo: sex, age band, place on the body, skin type."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dermsplit_convert.leakage.sample import Photos

AGE_BANDS = ("0-19", "20-39", "40-59", "60-79", "80+")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """Where a data set's table lies below --data, which column names the image, and how a row's attributes read."""

    table: str
    image: Callable[[Row], str]
    attributes: Mapping[str, Callable[[Row], str]]


def _word(column: str) -> Callable[[Row], str]:
    return lambda row: "" if row[column].strip().lower() in ("", "unknown", "nan") else row[column].strip().lower()


def _age(row: Row) -> str:
    try:
        return AGE_BANDS[min(int(float(row["age"])) // 20, len(AGE_BANDS) - 1)]
    except ValueError:
        return ""


def _skin_type(row: Row) -> str:
    try:
        return str(int(float(row["fitspatrick"])))
    except ValueError:
        return ""


SOURCES = {
    "HAM10000": Source(
        "ham10000/HAM10000_metadata.csv",
        lambda row: row["image_id"],
        {"sex": _word("sex"), "age": _age, "site": _word("localization")},
    ),
    "PAD-UFES-20": Source(
        "pad_ufes_20/metadata.csv",
        lambda row: PurePosixPath(row["file"]).stem,
        # The original's column is misspelt.
        {"sex": _word("gender"), "age": _age, "site": _word("region"), "skin_type": _skin_type},
    ),
}


def read_people(data: Path, photos: Photos) -> dict[tuple[str, str], list[str]]:
    """By (data set, attribute): each photo's value, in their order; an empty word where it is not known.

    A data set whose table is not below ``data``, or lacks a column, is left out.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name, source in SOURCES.items():
        if name in photos.data_sets and (rows := _rows(data / source.table, source)):
            for attribute, read in source.attributes.items():
                found[name, attribute] = _values(photos, name, rows, read)
    return found


def _values(photos: Photos, name: str, rows: Mapping[str, Row], read: Callable[[Row], str]) -> list[str]:
    values = []
    for image, data_set in zip(photos.images, photos.data_sets, strict=True):
        row = rows.get(PurePosixPath(image).stem) if data_set == name else None
        values.append("" if row is None else read(row))
    return values


def _rows(path: Path, source: Source) -> dict[str, Row]:
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows: Sequence[Row] = list(csv.DictReader(file))
    try:
        for read in source.attributes.values():
            read(rows[0])
        return {source.image(row): row for row in rows}
    except (KeyError, IndexError):
        return {}
