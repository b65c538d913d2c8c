"""From logits to probabilities that mean what they say, and to the threshold that decides. Validation images only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid


@dataclass(frozen=True)
class Calibration:
    """Calibrated probabilities = softmax((logits + shift) / temperature), shift float64 [C].

    The shift undoes what class weights or balancing did to the prevalences; it belongs into the logits' bias, so that
    the temperature alone is left to divide by.
    """

    temperature: float
    shift: NDArray[np.float64]


def fit_calibration(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> Calibration:
    """Fit temperature and shift by the negative log-likelihood of logits [N, C] (Guo et al. 2017).

    The shift is what Alexandari et al. 2020 call bias-corrected temperature scaling; with two classes the whole is
    Platt scaling (1999). A class without images has nothing to be fitted to: its shift is 0.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    wide = logits.astype(np.float64)
    count = wide.shape[1]
    free = [label for label in range(1, count) if (labels == label).any()]
    truth = np.eye(count)[labels]

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, offsets = np.exp(parameters[0]), np.zeros(count)
        offsets[free] = parameters[1:]
        scaled = slope * wide + offsets
        probabilities = softmax(scaled)
        value = -np.log(np.maximum((probabilities * truth).sum(axis=1), 1e-300)).mean()
        error = (probabilities - truth) / len(labels)
        return float(value), np.array([slope * (error * wide).sum(), *error.sum(axis=0)[free]])

    bounds = [(np.log(0.01), np.log(100.0)), *[(-20.0, 20.0)] * len(free)]
    found = minimize(loss, np.zeros(1 + len(free)), jac=True, method="L-BFGS-B", bounds=bounds).x
    temperature = float(np.exp(-found[0]))
    shift = np.zeros(count)
    shift[free] = found[1:] * temperature
    return Calibration(temperature, shift)


def softmax(logits: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities float64 [N, C], rows that add up to 1, without overflow."""
    wide = logits.astype(np.float64)
    odds = np.exp(wide - wide.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return probabilities


def thresholds_for(
    probabilities: NDArray[np.float64], malignant: NDArray[np.bool_], domains: NDArray[np.str_], sensitivity: float
) -> dict[str, float]:
    """By domain the largest threshold at which its sensitivity is at least ``sensitivity``.

    Malignant probabilities in 0..1, what is malignant, and domain names, each [N]. An image is suspicious where its
    probability is at least the threshold, so the answer is the probability of a malignant image, rounded down in the
    sixth decimal. Raises DataInvalid where a domain has no malignant image.
    """
    thresholds = {}
    for domain in np.unique(domains):
        found = np.sort(probabilities[(domains == domain) & malignant])[::-1]
        if not len(found):
            raise DataInvalid(f"No malignant {domain} image is in the validation part: no threshold can be chosen.")
        needed = int(np.ceil(sensitivity * len(found) - 1e-9))
        thresholds[str(domain)] = float(np.floor(found[max(needed, 1) - 1] * 1e6) / 1e6)
    return thresholds
