"""predictions.csv: what the network said of every validation and test image."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data import Picture
from dermsplit_training.split import Part

PREDICTIONS_FILE = "predictions.csv"
COLUMNS = (
    "data_set",
    "domain",
    "part",
    "group",
    "image",
    "label",
    "malignant",
    "logit_benign",
    "logit_malignant",
    "probability_malignant",
)


def write_predictions(
    path: Path,
    pictures: Sequence[Picture],
    parts: Sequence[Part],
    logits: NDArray[np.float32],
    probabilities: NDArray[np.float64],
) -> None:
    """Write one row a picture. ``logits`` [N, 2] and calibrated malignant ``probabilities`` [N] in the same order."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for picture, part, (benign, malignant), probability in zip(pictures, parts, logits, probabilities, strict=True):
            about = [picture.data_set, picture.domain, part, picture.group, picture.path, picture.diagnosis]
            said = [f"{benign:.6f}", f"{malignant:.6f}", f"{probability:.6f}"]
            writer.writerow([*about, picture.label, *said])
