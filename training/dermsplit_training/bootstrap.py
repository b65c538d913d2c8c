"""95% intervals by drawing whole lesions or patients anew, all resamples at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval

RESAMPLES = 1000

Weights = NDArray[np.float64]
Measure = Callable[[Weights], NDArray[np.float64]]
"""From how often each image counts, [R, N], to one figure a row, [R]; NaN where it is not defined."""


def draw_groups(groups: NDArray[np.str_], seed: int = 0, resamples: int = RESAMPLES) -> Weights:
    """How often each image counts in each resample: float64 [resamples, N], groups drawn with replacement."""
    names, member = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return times[:, member].astype(np.float64)


def interval(measure: Measure, draws: Weights) -> Interval:
    """The measure on every image once, with the 2.5th and 97.5th percentile over the draws (percentile bootstrap).

    A draw in which the measure is not defined, such as one without a malignant image, does not count.
    """
    value = float(measure(np.ones((1, draws.shape[1])))[0])
    drawn = measure(draws)
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Interval(value=value, low=float(low), high=float(high))
