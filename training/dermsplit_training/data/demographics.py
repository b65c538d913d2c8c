"""The table of age and sex that works on skin lesions publish, one for each class."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from dermsplit_training.data.picture import Picture
from dermsplit_training.data.stats import MALIGNANCY, UNKNOWN

BANDS = ("0-19", "20-39", "40-59", "60-79", "80+", UNKNOWN)
SEXES = ("male", "female", UNKNOWN)
ALL = "all"

By = Literal["malignancy", "diagnosis"]


@dataclass(frozen=True)
class AgeTable:
    """Images of a class by age band and sex, each with "all" as their sum, and the mean age in years by sex.

    A mean is None where no age is known. These are images: a person who has several counts as often.
    """

    data_set: str
    name: str
    images: dict[str, dict[str, int]]
    mean_age: dict[str, float | None]


def age_tables(pictures: Sequence[Picture], by: By) -> list[AgeTable]:
    """A table for each data set and class, by name, and one for all of the data set."""
    tables = []
    for data_set in dict.fromkeys(picture.data_set for picture in pictures):
        own = [picture for picture in pictures if picture.data_set == data_set]
        for name in sorted({_class(picture, by) for picture in own}):
            tables.append(_table(data_set, name, [picture for picture in own if _class(picture, by) == name]))
        tables.append(_table(data_set, ALL, own))
    return tables


def _class(picture: Picture, by: By) -> str:
    return picture.diagnosis if by == "diagnosis" else MALIGNANCY[picture.malignant]


def _table(data_set: str, name: str, pictures: Sequence[Picture]) -> AgeTable:
    images = {band: dict.fromkeys((*SEXES, ALL), 0) for band in (*BANDS, ALL)}
    ages: dict[str, list[float]] = {sex: [] for sex in (*SEXES, ALL)}
    for picture in pictures:
        sex = picture.metadata.get("sex") or UNKNOWN
        age = picture.metadata.get("age") or ""
        for column in (sex, ALL):
            images[_band(age)][column] += 1
            images[ALL][column] += 1
            if age:
                ages[column].append(float(age))
    mean_age = {sex: round(fmean(known), 1) if known else None for sex, known in ages.items()}
    return AgeTable(data_set, name, images, mean_age)


def _band(age: str) -> str:
    return BANDS[min(int(float(age)) // 20, 4)] if age else UNKNOWN
