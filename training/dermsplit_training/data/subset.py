"""A smaller train part, for the question how many images a network needs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dermsplit_training.data.picture import Picture
from dermsplit_training.data.split import Part


def thin_train(
    pictures: Sequence[Picture], parts: Sequence[Part], labels: NDArray[np.int64], most: int, seed: int
) -> NDArray[np.bool_]:
    """Which pictures stay when at most ``most`` train images of each class are kept: bool [N]; 0 keeps all.

    ``labels``, int64 [N], are the classes. Validation and test stay whole, so that networks trained on different
    numbers of images are measured on the same ones. The draws are nested: with one seed, the images kept for a
    smaller ``most`` are among those kept for a larger one. They do not depend on the order of the pictures.
    """
    keep = np.ones(len(pictures), dtype=bool)
    if most == 0:
        return keep
    train = np.array([part == "train" for part in parts], dtype=bool)
    for label in np.unique(labels[train]):
        of_class = np.flatnonzero(train & (labels == label))
        ordered = sorted(of_class, key=lambda index: (pictures[index].path, pictures[index].copy))
        drawn = np.random.default_rng((seed, int(label))).permutation(len(ordered))
        keep[[ordered[place] for place in drawn[most:]]] = False
    return keep
