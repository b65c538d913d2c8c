"""How many images there are of what: by data set, diagnosis and part, and by age, sex, site and skin type."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dermsplit_training.data.classes import BENIGN, MALIGNANT
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part

UNKNOWN = "unknown"
MALIGNANCY = {False: BENIGN, True: MALIGNANT, None: UNKNOWN}


@dataclass(frozen=True)
class DiagnosisCount:
    """Images of one diagnosis, in all and by part. ``label`` is benign, malignant or unknown."""

    data_set: str
    diagnosis: str
    label: str
    total: int
    images: dict[Part, int]


@dataclass(frozen=True)
class DataSetSize:
    """Images and groups of a data set, and its images by place and by skin type where these are known."""

    data_set: str
    images: int
    groups: int
    sites: dict[str, int]
    skin_types: dict[str, int]


@dataclass(frozen=True)
class DataReport:
    """``counts`` by data set and diagnosis, ``sizes`` by data set."""

    counts: list[DiagnosisCount]
    sizes: list[DataSetSize]


def count_pictures(pictures: Sequence[Picture], parts: Sequence[Part] | None = None) -> DataReport:
    """Count the pictures, malignant diagnoses after benign ones; by part where they have parts."""
    found: dict[tuple[str, str, str], Counter[Part]] = {}
    total = Counter((picture.data_set, MALIGNANCY[picture.malignant], picture.diagnosis) for picture in pictures)
    for picture, part in zip(pictures, parts or [], strict=bool(parts)):
        key = (picture.data_set, MALIGNANCY[picture.malignant], picture.diagnosis)
        found.setdefault(key, Counter())[part] += 1
    counts = [
        DiagnosisCount(data_set, diagnosis, label, total[key], dict(found.get(key, {})))
        for key in sorted(total)
        for data_set, label, diagnosis in (key,)
    ]
    return DataReport(counts, [_size(name, pictures) for name in dict.fromkeys(one.data_set for one in pictures)])


def _size(name: str, pictures: Sequence[Picture]) -> DataSetSize:
    own = [picture for picture in pictures if picture.data_set == name]
    groups = len({picture.group for picture in own})
    return DataSetSize(name, len(own), groups, _known("site", own), _known("skin_type", own))


def _known(key: str, pictures: Sequence[Picture]) -> dict[str, int]:
    count = Counter(value for picture in pictures if (value := picture.metadata.get(key)))
    return {value: count[value] for value in sorted(count)}
