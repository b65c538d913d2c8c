"""From a model's logits to an outcome: calibrated, and with the thresholds chosen, on the validation part alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.data.classes import Classes
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.calibrate import Calibration, fit_calibration, softmax, threshold_for
from dermsplit_training.evaluation.outcome import Outcome


def judge(
    model: str, logits: NDArray[np.float32], prepared: Prepared, sensitivities: Sequence[float]
) -> tuple[Outcome, Calibration]:
    """Calibrate a model's logits [N, C] of all pictures and choose an operating point for each sensitivity.

    There are no operating points where malignancy is not known.
    """
    validation = prepared.indices("validation")
    calibration = fit_calibration(logits[validation], prepared.labels[validation])
    probabilities = calibrated(logits, calibration.temperature, calibration.shift)
    points: list[OperatingPoint] = []
    if prepared.classes.malignant:
        said = malignant_probability(probabilities[validation], prepared.classes)
        truth = np.isin(prepared.labels[validation], prepared.classes.malignant_indices)
        for sensitivity in sensitivities:
            threshold = threshold_for(said, truth, prepared.domains[validation], sensitivity)
            points.append(_point(sensitivity, threshold))
    outcome = Outcome(model, prepared.pictures, prepared.parts, prepared.classes, logits, probabilities, points)
    return outcome, calibration


def calibrated(
    logits: NDArray[np.float32], temperature: float, shift: NDArray[np.float64] | float = 0.0
) -> NDArray[np.float64]:
    """Calibrated probabilities float64 [N, C] of logits [N, C]."""
    return softmax((logits.astype(np.float64) + shift) / temperature)


def malignant_probability(probabilities: NDArray[np.float64], classes: Classes) -> NDArray[np.float64]:
    """What the malignant classes add up to: float64 [N]."""
    together: NDArray[np.float64] = probabilities[:, classes.malignant_indices].sum(axis=1)
    return together


def _point(sensitivity: float, threshold: float) -> OperatingPoint:
    return OperatingPoint(
        name=f"sensitivity_{sensitivity * 100:g}".replace(".", "_"),
        threshold=threshold,
        target_sensitivity=sensitivity,
        chosen_on="validation part, met in each domain",
    )
