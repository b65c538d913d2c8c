"""From logits to probabilities that mean what they say, and to the threshold that decides. Validation images only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid


@dataclass(frozen=True)
class Calibration:
    """Calibrated malignant probability = sigmoid((malignant logit - benign logit + shift) / temperature).

    The shift undoes what the class weights did to the prevalence; it belongs into the malignant logit's bias, so that
    the temperature alone is left to divide by.
    """

    temperature: float
    shift: float


def fit_calibration(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> Calibration:
    """Fit temperature and shift by the negative log-likelihood of logits [N, 2] (Guo et al. 2017; Platt 1999)."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    score = margin(logits)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, offset = np.exp(parameters[0]), parameters[1]
        scaled = slope * score + offset
        error = sigmoid(scaled) - labels
        value = float(np.mean(np.logaddexp(0, scaled) - labels * scaled))
        return value, np.array([np.mean(error * score) * slope, np.mean(error)])

    bounds = [(np.log(0.01), np.log(100.0)), (-20.0, 20.0)]
    slope, offset = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds).x
    temperature = float(np.exp(-slope))
    return Calibration(temperature, float(offset) * temperature)


def malignant_probability(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Calibrated malignant probability float64 [N] of logits [N, 2] that hold the shift already."""
    return sigmoid(margin(logits) / temperature)


def shifted(logits: NDArray[np.float32], shift: float) -> NDArray[np.float32]:
    """Logits [N, 2] with the shift added to the malignant one."""
    return logits + np.array([0.0, shift], dtype=np.float32)


def threshold_for(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], domains: NDArray[np.str_], sensitivity: float
) -> float:
    """The largest threshold at which every domain's sensitivity is at least ``sensitivity``.

    Probabilities in 0..1, labels 0 or 1 and domain names, each [N]. An image is suspicious where its probability is
    at least the threshold, so the answer is the probability of a malignant image, rounded down in the sixth decimal.
    """
    thresholds = []
    for domain in np.unique(domains):
        malignant = np.sort(probabilities[(domains == domain) & (labels == 1)])[::-1]
        if not len(malignant):
            raise DataInvalid(f"No malignant {domain} image is in the validation part: no threshold can be chosen.")
        needed = int(np.ceil(sensitivity * len(malignant) - 1e-9))
        thresholds.append(malignant[max(needed, 1) - 1])
    return float(np.floor(min(thresholds) * 1e6) / 1e6)


def margin(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Malignant minus benign logit, float64 [N]."""
    wide = logits.astype(np.float64)
    difference: NDArray[np.float64] = wide[:, 1] - wide[:, 0]
    return difference


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)) without overflow."""
    result: NDArray[np.float64] = np.exp(-np.logaddexp(0, -values))
    return result
