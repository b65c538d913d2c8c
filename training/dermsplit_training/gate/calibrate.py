"""Calibration by domain: slope and shift of each, drawn towards common ones since phone images are few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.evaluation.calibrate import Calibration, fit_calibration, softmax

SLOPES_DIFFER = 0.5
"""Standard deviation, as a logarithm, by which the domains' slopes are expected to differ from the common one."""
SHIFTS_DIFFER = 1.0
"""The same for each shift, in log-odds."""
DOMAINS = ("dermoscopic", "phone")


@dataclass(frozen=True)
class DomainCalibration:
    """A calibration for each of ``DOMAINS``, and what both together would have."""

    common: Calibration
    each: tuple[Calibration, Calibration]

    @property
    def slopes(self) -> NDArray[np.float64]:
        """What each domain's logits are multiplied by: float64 [2]."""
        return np.array([1 / one.temperature for one in self.each])

    @property
    def offsets(self) -> NDArray[np.float64]:
        """What is added after that: float64 [2, C]."""
        return np.stack([one.shift / one.temperature for one in self.each])

    def apply(self, logits: NDArray[np.float32], shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated logits float64 [N, C] of logits [N, C], where each row is of the domains by ``shares`` [N, 2]."""
        calibrated: NDArray[np.float64] = (shares @ self.slopes)[:, None] * logits + shares @ self.offsets
        return calibrated


def fit_by_domain(
    logits: NDArray[np.float32], labels: NDArray[np.int64], domains: NDArray[np.str_]
) -> DomainCalibration:
    """Fit to logits [N, C] of validation images, their classes [N] and domains [N].

    First the slope and shifts of all together, by ``fit_calibration``; then those of each domain by its own images'
    negative log-likelihood plus the penalty of normal distributions round the common ones, whose deviations are
    ``SLOPES_DIFFER`` and ``SHIFTS_DIFFER`` (the maximum a posteriori of Platt scaling (1999) with a prior; partial
    pooling, Gelman and Hill 2006). A domain of a thousand images hardly feels the penalty, one of seventy does a
    little, and one without images has the common calibration.
    """
    common = fit_calibration(logits, labels)
    each = [_fit_one(logits[domains == domain], labels[domains == domain], common) for domain in DOMAINS]
    return DomainCalibration(common, (each[0], each[1]))


def _fit_one(logits: NDArray[np.float32], labels: NDArray[np.int64], common: Calibration) -> Calibration:
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    if not len(labels):
        return common
    wide, count = logits.astype(np.float64), logits.shape[1]
    truth = np.eye(count)[labels]
    slope_of_all, offsets_of_all = 1 / common.temperature, common.shift / common.temperature

    def loss(differences: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope = slope_of_all * np.exp(differences[0])
        # The first class's shift is 0: only differences of shifts can be seen.
        offsets = offsets_of_all + np.concatenate([[0.0], differences[1:]])
        probabilities = softmax(slope * wide + offsets)
        value = -np.log(np.maximum((probabilities * truth).sum(axis=1), 1e-300)).sum()
        error = probabilities - truth
        gradient = np.array([slope * (error * wide).sum(), *error.sum(axis=0)[1:]])
        return float(value + (differences**2 / spread**2).sum() / 2), gradient + differences / spread**2

    spread = np.array([SLOPES_DIFFER, *[SHIFTS_DIFFER] * (count - 1)])
    found = minimize(loss, np.zeros(count), jac=True, method="L-BFGS-B").x
    temperature = float(np.exp(-found[0]) / slope_of_all)
    offsets = offsets_of_all + np.concatenate([[0.0], found[1:]])
    return Calibration(temperature, offsets * temperature)
