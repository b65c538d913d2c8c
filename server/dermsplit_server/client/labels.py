"""Photos with known labels: reading them, and how well the answers agree."""

import csv
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid
from dermsplit_contract.manifest import Manifest


@dataclass(frozen=True)
class Label:
    """What a file of labels says of one photo: its words, whether they mean malignant, and the whole network's
    malignant probability in 0..1 where a training run wrote it down."""

    text: str
    malignant: bool
    whole: float | None = None


@dataclass(frozen=True)
class Agreement:
    """How answers agree with labels. AUC, sensitivity and specificity are in 0..1, NaN where a class is missing."""

    malignant: int
    benign: int
    auc: float
    sensitivity: float
    specificity: float


def read_labels(path: Path, manifest: Manifest, part: str | None = None) -> dict[str, Label]:
    """Read a CSV file with columns ``image`` and ``label``, or a training run's predictions.csv.

    A label is one of the manifest's, or 0 or 1 for malignant; a column ``malignant`` goes before ``label``, which holds
    the data set's own diagnosis in predictions.csv. With ``part`` only rows of that part count. Raises DataInvalid
    with the line at fault.
    """
    labels: dict[str, Label] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            columns = rows.fieldnames or []
            column = next((name for name in ("malignant", "label") if name in columns), None)
            if "image" not in columns or column is None or (part and "part" not in columns):
                wanted = "image, part" if part else "image"
                raise DataInvalid(f"Expected columns {wanted} and label (or malignant) in '{path}', found {columns}.")
            for row in rows:
                if part and row["part"] != part:
                    continue
                where = f"line {rows.line_num} of '{path}'"
                label = _read_label(row[column], row.get("probability_malignant"), manifest, where)
                if labels.setdefault(row["image"], label) != label:
                    raise DataInvalid(f"'{row['image']}' comes twice with different labels, again in {where}.")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataInvalid(f"'{path}' is not a CSV file that can be read. Check the path.") from error
    return labels


def match_labels(photos: list[Path], labels: dict[str, Label]) -> dict[Path, Label]:
    """The label of each photo that has one: by the end of its path, the longest first, or by its name without suffix.

    Raises DataInvalid where no photo has a label, or one label would fit several photos.
    """
    matched: dict[Path, Label] = {}
    taken: dict[str, Path] = {}
    for photo in photos:
        parts = photo.absolute().parts
        names = (str(PurePosixPath(*parts[start:])) for start in range(len(parts)))
        image = next((name for name in (str(photo), *names, photo.stem) if name in labels), None)
        if image is None:
            continue
        if image in taken:
            raise DataInvalid(f"'{image}' of the labels fits '{taken[image]}' and '{photo}'. Name a smaller folder.")
        taken[image] = photo
        matched[photo] = labels[image]
    if not matched:
        raise DataInvalid("None of the photos is named in the file of labels. Check that both belong together.")
    return matched


def agreement(truth: NDArray[np.bool_], probabilities: NDArray[np.float64], suspicious: NDArray[np.bool_]) -> Agreement:
    """Compare malignant probabilities [N] and decisions [N] with the truth [N]."""
    positives, negatives = int(truth.sum()), int((~truth).sum())
    return Agreement(
        malignant=positives,
        benign=negatives,
        auc=area_under_roc(truth, probabilities),
        sensitivity=float(suspicious[truth].mean()) if positives else float("nan"),
        specificity=float((~suspicious[~truth]).mean()) if negatives else float("nan"),
    )


def area_under_roc(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """The chance that a malignant photo scores above a benign one, ties counting half (Mann and Whitney 1947).

    Here and not from scikit-learn, which a serving environment does not hold; the tests compare the two.
    """
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _read_label(text: str | None, whole: str | None, manifest: Manifest, where: str) -> Label:
    try:
        probability = float(whole) if whole else None
    except ValueError as error:
        raise DataInvalid(f"Expected a number in probability_malignant in {where}, found '{whole}'.") from error
    if text in manifest.labels:
        return Label(text, text in manifest.malignant, probability)
    if text in ("0", "1"):
        return Label(text, text == "1", probability)
    raise DataInvalid(f"Expected a label of {', '.join(manifest.labels)}, 0 or 1 in {where}, found '{text}'.")
