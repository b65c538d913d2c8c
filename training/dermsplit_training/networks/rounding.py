"""Rounding while training, so that a network learns with features of few levels."""

from typing import Any

from keras import ops

REACH = {2: 0.8, 4: 1.5, 16: 2.7, 256: 4.0}
"""By levels: how many deviations from zero the outermost levels lie, about where a uniform quantiser of normally
distributed values errs least (Max 1960)."""


def rounded(features: Any, levels: int) -> Any:
    """Features of deviation 1 at the nearest of ``levels`` levels, spaced evenly over their reach.

    The gradient goes straight through the rounding (Bengio, Leonard, Courville 2013).
    """
    reach = REACH[levels]
    step = 2 * reach / (levels - 1)
    clipped = ops.clip(features, -reach, reach)
    nearest = ops.round((clipped + reach) / step) * step - reach
    return clipped + ops.stop_gradient(nearest - clipped)
