"""Where a decoder starts: the ridge at a quarter of the picture's side and of low rank, two small layers.

The pictures that the ridge makes differ from each other in few ways, all of them coarse, so that much of it is kept in
a hundredth of its weights (reduced-rank regression, Izenman 1975). What is left out is noise more than picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.leakage.ridge import Ridge

Floats = NDArray[np.float32]

RANK = 48
SHRUNK = 4
"""Pixels of the picture for one of the start's."""


@dataclass(frozen=True)
class LinearStart:
    """``small = mean + standardised @ first @ second``: float32 [D, R], [R, side * side * 3] and [side * side * 3].

    The features, flat, are standardised as the ridge's ``scale`` does it.
    """

    side: int
    first: Floats
    second: Floats
    mean: Floats


def linear_start(ridge: Ridge, side: int) -> LinearStart:
    """Take it from a ridge that rebuilds pictures of side x side pixels."""
    import tensorflow as tf

    small = side // SHRUNK

    def shrink(rows: Floats) -> Floats:
        pictures = tf.image.resize(rows.reshape(-1, side, side, 3), (small, small), method="area")
        return np.asarray(pictures, np.float32).reshape(len(rows), -1)

    # What is linear of the picture is so of the shrunken one: the weights are shrunk as if they were pictures.
    weights = shrink(ridge.weights)
    said = (ridge.learned @ ridge.learned.T) @ weights
    _, ways = np.linalg.eigh((said.T @ said).astype(np.float64))
    second = np.ascontiguousarray(ways[:, ::-1][:, :RANK].T, dtype=np.float32)
    first = ridge.learned.T @ (weights @ second.T)
    return LinearStart(small, first, second, shrink(ridge.mean[None])[0])
