"""Features that no photo could give, as a program may send them: drawn from the ranges of real ones."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]

MOST_PLACES = 2000
"""Of real features, whose Gaussian is drawn from."""


def uniform(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Each value drawn between its channel's least and largest."""
    low, high = _ranges(real)
    return (low + rng.random((count, *real.shape[1:])) * (high - low)).astype(np.float32)


def constant(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Every channel at the same height of its range, from none to all, at every place."""
    low, high = _ranges(real)
    height = rng.permutation(np.linspace(0, 1, count)).reshape(-1, *[1] * (real.ndim - 1))
    return np.broadcast_to(low + height * (high - low), (count, *real.shape[1:])).astype(np.float32)


def shuffled_channels(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Real features with the channels in another order."""
    chosen = real[rng.integers(len(real), size=count)]
    return np.stack([one[..., rng.permutation(real.shape[-1])] for one in chosen])


def extremes(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Each value its channel's least or largest, a share drawn for each picture."""
    low, high = _ranges(real)
    share = rng.random((count, *[1] * (real.ndim - 1)))
    return np.where(rng.random((count, *real.shape[1:])) < share, high, low).astype(np.float32)


def mixed_channels(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Each channel from another picture: all channels are as they could be, but never together."""
    channels = real.shape[-1]
    donors = rng.integers(len(real), size=(count, channels))
    by_channel = np.moveaxis(real, -1, 0)
    return np.stack([by_channel[column, donors[:, column]] for column in range(channels)], axis=-1)


def gaussian(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Every place drawn by itself from the Gaussian of the real places, so that the channels do go together."""
    places = real.reshape(-1, real.shape[-1]).astype(np.float64)
    low, high = _ranges(real)
    chosen = places[rng.permutation(len(places))[:MOST_PLACES]]
    mean = chosen.mean(axis=0)
    # Random sums of what is left of real places have their covariance, and nothing need be taken apart.
    sums = rng.standard_normal((count * int(np.prod(real.shape[1:-1])), len(chosen)))
    drawn = (mean + sums @ (chosen - mean) / np.sqrt(len(chosen) - 1)).reshape(count, *real.shape[1:])
    kept: Features = np.clip(drawn, low, high).astype(np.float32)
    return kept


def shuffled_places(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Real features with the places in another order; where there are none, with half the values mirrored."""
    chosen = real[rng.integers(len(real), size=count)]
    if real.ndim == 2:
        low, high = _ranges(real)
        return np.where(rng.random(chosen.shape) < 0.5, chosen, low + high - chosen).astype(np.float32)
    flat = chosen.reshape(count, -1, real.shape[-1])
    mixed: Features = np.stack([one[rng.permutation(len(one))] for one in flat]).reshape(chosen.shape)
    return mixed


def spikes(rng: np.random.Generator, real: Features, count: int) -> Features:
    """Nothing but a few values at their largest."""
    low, high = _ranges(real)
    spiked = rng.random((count, *real.shape[1:])) < rng.uniform(0.001, 0.05, size=(count, *[1] * (real.ndim - 1)))
    return np.where(spiked, high, low).astype(np.float32)


Draw = Callable[[np.random.Generator, Features, int], Features]

LEARNED: dict[str, Draw] = {
    "features_uniform": uniform,
    "features_constant": constant,
    "features_shuffled_channels": shuffled_channels,
    "features_extremes": extremes,
    "features_mixed_channels": mixed_channels,
    "features_gaussian": gaussian,
}
UNSEEN: dict[str, Draw] = {"features_shuffled_places": shuffled_places, "features_spikes": spikes}


def draw_features(name: str, count: int, seed: int, real: Features) -> Features:
    """``count`` features of a kind of ``LEARNED`` or ``UNSEEN``, shaped as the real ones [n, ..., C]: float32."""
    return {**LEARNED, **UNSEEN}[name](np.random.default_rng(seed), real, count)


def _ranges(real: Features) -> tuple[Features, Features]:
    """The least and the largest value of each channel, [C] each."""
    axes = tuple(range(real.ndim - 1))
    return real.min(axis=axes), real.max(axis=axes)
