"""What is in the data: counts by data set, diagnosis and part, and what would spoil a training."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from dermsplit_contract.errors import DataInvalid, PhotoUnreadable
from dermsplit_contract.preprocess import load_photo
from dermsplit_training.data import LABELS, SOURCES, Picture, read_pictures
from dermsplit_training.recipe import DataRecipe
from dermsplit_training.split import Part, crossing_groups, split_pictures


@dataclass(frozen=True)
class DiagnosisCount:
    """Images of one diagnosis by part."""

    data_set: str
    diagnosis: str
    label: str
    images: dict[Part, int]


@dataclass(frozen=True)
class DataReport:
    """``sizes`` holds images and groups by data set."""

    counts: list[DiagnosisCount]
    sizes: dict[str, tuple[int, int]]


def default_split(data: Path) -> tuple[list[Picture], list[Part]]:
    """The pictures of every data set that lies below ``data``, divided as a recipe does that says nothing of it."""
    present = [source.name for source in SOURCES.values() if (data / source.folder).is_dir()]
    if not present:
        folders = ", ".join(f"{source.folder}/" for source in SOURCES.values())
        raise DataInvalid(f"Expected at least one data set ({folders}) in '{data}', found none. Check the path.")
    pictures = read_pictures(data, present)
    recipe = DataRecipe.model_construct(sets=[])
    return pictures, split_pictures(pictures, recipe.validation, recipe.test, recipe.split_seed)


def count_pictures(pictures: Sequence[Picture], parts: Sequence[Part]) -> DataReport:
    """Count the pictures by data set, diagnosis and part, malignant diagnoses after benign ones."""
    found: dict[tuple[str, int, str], Counter[Part]] = {}
    for picture, part in zip(pictures, parts, strict=True):
        found.setdefault((picture.data_set, picture.label, picture.diagnosis), Counter())[part] += 1
    counts = [
        DiagnosisCount(data_set, diagnosis, LABELS[label], dict(found[data_set, label, diagnosis]))
        for data_set, label, diagnosis in sorted(found)
    ]
    sizes = {}
    for name in dict.fromkeys(picture.data_set for picture in pictures):
        own = [picture for picture in pictures if picture.data_set == name]
        sizes[name] = (len(own), len({picture.group for picture in own}))
    return DataReport(counts, sizes)


def check_pictures(pictures: Sequence[Picture], parts: Sequence[Part], data: Path, progress: Progress) -> None:
    """Read every image to its end. Raises DataInvalid for unreadable images or groups that cross parts."""
    if crossing := crossing_groups(pictures, parts):
        raise DataInvalid(f"{len(crossing)} lesions or patients are in more than one part, the first is {crossing[0]}.")
    task = progress.add_task("Reading images", total=len(pictures))

    def problem(picture: Picture) -> str | None:
        try:
            load_photo(data / picture.path)
        except PhotoUnreadable as error:
            return error.detail
        return None

    problems = []
    with ThreadPoolExecutor() as pool:
        for found in pool.map(problem, pictures):
            progress.advance(task)
            if found:
                problems.append(found)
    if problems:
        raise DataInvalid(f"{len(problems)} of {len(pictures)} images cannot be read. The first: {problems[0]}")
