"""predictions.csv: what the network said of every image."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.outcome import Outcome

PREDICTIONS_FILE = "predictions.csv"
ABOUT = ("data_set", "domain", "part", "group", "image", "copy", "label", "malignant")


def write_predictions(path: Path, outcome: Outcome, logits: NDArray[np.float32] | NDArray[np.float64]) -> None:
    """Write one row a picture: what is known about it, the calibrated probabilities, and the logits of each class.

    ``probability_malignant`` is empty where malignancy is not known. ``logits`` [N, C] are those of the network as
    it is saved, with the calibration's shift in its bias.
    """
    names = outcome.classes.names
    said = outcome.malignant_probabilities if outcome.classes.malignant else None
    classes = [name for name in names if name != "malignant"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        columns = [*ABOUT, "answer", "probability_malignant", *(f"probability_{name}" for name in classes)]
        writer.writerow([*columns, *(f"logit_{name}" for name in names)])
        for index, (picture, part) in enumerate(zip(outcome.pictures, outcome.parts, strict=True)):
            malignant = "" if picture.malignant is None else int(picture.malignant)
            about = [picture.data_set, picture.domain, part, picture.group, picture.path, picture.copy]
            probabilities = outcome.probabilities[index]
            by_class = [f"{probabilities[names.index(name)]:.6f}" for name in classes]
            answer = names[int(outcome.answers[index])]
            summed = "" if said is None else f"{said[index]:.6f}"
            own = [f"{value:.6f}" for value in logits[index]]
            writer.writerow([*about, picture.diagnosis, malignant, answer, summed, *by_class, *own])
