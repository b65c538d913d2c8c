"""95% intervals by drawing whole lesions or patients anew, many resamples at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval

RESAMPLES = 1000
BLOCK = 500_000
"""Weights that a measure sees at once: a few temporaries of 4 MB each, however many images there are."""

Weights = NDArray[np.float64]
Measure = Callable[[Weights], NDArray[np.float64]]
"""From how often each image counts, [R, N], to one figure a row, [R]; NaN where it is not defined."""

UNKNOWN = Interval(value=0.5, low=0.0, high=1.0)
"""For a share or an AUC that is not defined: what a coin would have, and that nothing is known."""


@dataclass(frozen=True)
class Draws:
    """Resamples of N images of G groups: ``times`` each group was drawn, uint8 [R, G]; ``member`` of which, int64 [N].

    A group's count fits uint8: it is Poisson(1) in effect, and 255 has the chance 1e-505.
    """

    times: NDArray[np.uint8]
    member: NDArray[np.int64]

    @property
    def images(self) -> int:
        """N."""
        return len(self.member)

    @property
    def groups(self) -> int:
        """G."""
        return int(self.times.shape[1])

    def blocks(self) -> Iterator[Weights]:
        """How often each image counts: float64 [r, N], some resamples at a time, all of them in the end."""
        rows = max(1, BLOCK // max(1, self.images))
        for start in range(0, len(self.times), rows):
            yield self.times[start : start + rows].astype(np.float64)[:, self.member]


def draw_groups(groups: NDArray[np.str_], seed: int = 0, resamples: int = RESAMPLES) -> Draws:
    """Draw as many groups as there are, with replacement, ``resamples`` times; ``groups`` names each image's, [N]."""
    names, member = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    times = np.empty((resamples, len(names)), dtype=np.uint8)
    for row in times:
        row[:] = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
    return Draws(times, member.astype(np.int64))


def interval(measure: Measure, draws: Draws) -> Interval:
    """As ``interval_if_defined``, with UNKNOWN where the measure is not defined."""
    return interval_if_defined(measure, draws) or UNKNOWN


def interval_if_defined(measure: Measure, draws: Draws) -> Interval | None:
    """The measure on every image once, with the 2.5th and 97.5th percentile over the draws (percentile bootstrap).

    Efron and Tibshirani 1993, chapter 13; groups are drawn whole since images of one lesion are not independent. A
    draw in which the measure is not defined, such as one without a malignant image, does not count.
    """
    value = float(measure(np.ones((1, draws.images)))[0])
    if not np.isfinite(value):
        return None
    drawn = np.concatenate([measure(weights) for weights in draws.blocks()])
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Interval(value=value, low=float(low), high=float(high))
