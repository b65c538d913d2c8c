"""The pictures of several places, named from one data folder."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dermsplit_contract.errors import DataInvalid
from dermsplit_training.data.detect import detect
from dermsplit_training.data.files import check_apart, path_from
from dermsplit_training.data.picture import Picture


@dataclass(frozen=True)
class Gathered:
    """``pictures`` with paths from the folder ``data``; ``taken_for`` says of each place what it was taken for."""

    data: Path
    pictures: list[Picture]
    taken_for: dict[str, str]


def gather(places: Sequence[Path], data: Path | None) -> Gathered:
    """Read everything that lies at the places; without ``data``, images are named from the folder they have in common.

    Raises DataInvalid where a place is nothing that is known, cannot be read, or two have a name or an image in common.
    """
    found = [detect(place) for place in places]
    names = Counter(source.name for one in found for source in one.sources)
    if names.most_common(1)[0][1] > 1:
        raise DataInvalid(f"Two of the sources are called '{names.most_common(1)[0][0]}'. Look at them one by one.")
    root = data or Path(os.path.commonpath([one.data for one in found]))
    pictures = [
        _named_from(root, one.data, picture)
        for one in found
        for source in one.sources
        for picture in source.read(one.data)
    ]
    check_apart(pictures)
    return Gathered(root, pictures, {str(place): one.taken_for for place, one in zip(places, found, strict=True)})


def _named_from(root: Path, data: Path, picture: Picture) -> Picture:
    path = path_from(root, data / picture.path)
    return replace(picture, path=path, group=path if picture.group == picture.path else picture.group)
