"""From a model's logits to an outcome: calibrated, and with the thresholds chosen, on the validation part alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import OperatingPoint
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.calibrate import Calibration, fit_calibration, softmax, thresholds_for
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.gate.calibrate import DOMAINS, DomainCalibration, fit_by_domain


def judge(
    model: str, logits: NDArray[np.float32], prepared: Prepared, sensitivities: Sequence[float]
) -> tuple[Outcome, Calibration]:
    """Calibrate a model's logits [N, C] of all pictures and choose an operating point for each sensitivity.

    There are no operating points where malignancy is not known.
    """
    validation = prepared.indices("validation")
    calibration = fit_calibration(logits[validation], prepared.labels[validation])
    probabilities = calibrated(logits, calibration.temperature, calibration.shift)
    return _decided(model, logits, probabilities, prepared, sensitivities), calibration


def judge_by_domain(
    model: str,
    logits: NDArray[np.float32],
    shares: NDArray[np.float64],
    prepared: Prepared,
    sensitivities: Sequence[float],
) -> tuple[Outcome, DomainCalibration]:
    """The same with a calibration for each domain; ``shares`` [N, 2] are how much of each every picture is."""
    validation = prepared.indices("validation")
    own = logits[validation], prepared.labels[validation], prepared.domains[validation]
    calibration = fit_by_domain(*own)
    probabilities = softmax(calibration.apply(logits, shares))
    told = np.array(DOMAINS)[shares.argmax(axis=1)]
    return _decided(model, logits, probabilities, prepared, sensitivities, told), calibration


def calibrated(
    logits: NDArray[np.float32], temperature: float, shift: NDArray[np.float64] | float = 0.0
) -> NDArray[np.float64]:
    """Calibrated probabilities float64 [N, C] of logits [N, C]."""
    return softmax((logits.astype(np.float64) + shift) / temperature)


def _decided(
    model: str,
    logits: NDArray[np.float32],
    probabilities: NDArray[np.float64],
    prepared: Prepared,
    sensitivities: Sequence[float],
    told: NDArray[np.str_] | None = None,
) -> Outcome:
    outcome = Outcome(
        model, prepared.pictures, prepared.parts, prepared.classes, logits, probabilities, points=[], told=told
    )
    if not prepared.classes.malignant:
        return outcome
    held, domains = outcome.of("validation"), prepared.domains[prepared.indices("validation")]
    return replace(outcome, points=[_point(held, domains, sensitivity) for sensitivity in sensitivities])


def _point(held: Outcome, domains: NDArray[np.str_], sensitivity: float) -> OperatingPoint:
    """The common threshold is met in each of the true ``domains`` [n]; those by domain go by what the network tells.

    A domain that no malignant picture is taken for keeps the common one.
    """
    probabilities, malignant = held.malignant_probabilities, held.malignant
    by_domain = {}
    if held.told is not None:
        taken = np.isin(held.told, held.told[malignant])
        by_domain = thresholds_for(probabilities[taken], malignant[taken], held.told[taken], sensitivity)
    return OperatingPoint(
        name=f"sensitivity_{sensitivity * 100:g}".replace(".", "_"),
        threshold=min(thresholds_for(probabilities, malignant, domains, sensitivity).values()),
        thresholds=by_domain,
        target_sensitivity=sensitivity,
        chosen_on="validation part, met in each domain",
    )
