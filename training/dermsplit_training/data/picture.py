"""One image and what is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """One image of a data set, or a changed copy of one.

    ``path`` is relative to the data folder, with forward slashes, or absolute where the image lies elsewhere.
    ``domain`` is dermoscopic or phone. ``malignant`` is None where the data set does not say. ``group`` is the lesion
    or patient. ``metadata`` holds the columns of the data set, with age, sex, site and skin_type as
    ``known_metadata`` writes them. ``copy`` is 0 for the image itself, else the number of the changed copy.
    """

    path: str
    data_set: str
    domain: str
    diagnosis: str
    malignant: bool | None
    group: str
    metadata: Row = field(default_factory=dict, compare=False, repr=False)
    copy: int = 0
