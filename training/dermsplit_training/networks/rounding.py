"""Rounding while training, so that a network learns with features of few levels."""

from typing import Any

import keras
from keras import ops

from dermsplit_training.networks.bottleneck import BOTTLENECK
from dermsplit_training.networks.flow import run_on

REACH = {2: 0.8, 4: 1.5, 16: 2.7, 256: 4.0}
"""By levels: how many deviations from zero the outermost levels lie, about where a uniform quantiser of normally
distributed values errs least (Max 1960)."""


def with_rounding(network: keras.Model, levels: int) -> keras.Model:
    """The network with its bottleneck's features rounded to so many levels, to train with; layers are shared.

    The gradient goes straight through the rounding (Bengio, Leonard, Courville 2013).
    """
    features = network.get_layer(BOTTLENECK).output
    return keras.Model(network.inputs, run_on(network, features, rounded(features, levels)), name="rounding")


def rounded(features: Any, levels: int) -> Any:
    """Features of deviation 1 at the nearest of ``levels`` levels, spaced evenly over their reach."""
    reach = REACH[levels]
    step = 2 * reach / (levels - 1)
    clipped = ops.clip(features, -reach, reach)
    nearest = ops.round((clipped + reach) / step) * step - reach
    return clipped + ops.stop_gradient(nearest - clipped)
