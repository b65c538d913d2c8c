"""The attacker that learns from nobody: a picture is changed until the head makes the same features of it.

He, Zhang and Lee 2019, who call it the white-box attack: gradient descent on the picture, with the total variation of
Rudin, Osher and Fatemi 1992 as the prior.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.leakage.likeness import compare
from dermsplit_convert.leakage.record import OptimisedResult

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

WEIGHTS = (0.3, 3.0, 30.0)
"""Of the total variation, against a mean squared error of features in shares of their channel's variance."""

RATE = 0.05
FLATTEST = 1e-4
"""Keeps the gradient of the total variation finite where a picture is flat."""

OPTIMISED = "optimised"


@dataclass(frozen=True)
class Optimised:
    """The attack on a few of the test images, ``places`` among them; ``pictures`` are float32 [n, P, P, 3]."""

    places: list[int]
    result: OptimisedResult
    pictures: Floats


@dataclass(frozen=True)
class Descent:
    """An optimisation through a head [N, S, S, 3] -> features float32 [N, ..., C], before the quantiser.

    ``start`` is the picture that all begin with, float32 [P, P, 3] in 0..1; the descent is at S x S pixels and its end
    is brought back to P. ``spread`` float32 [C] are the channels' standard deviations.
    """

    head: "keras.Model"
    start: Floats
    spread: Floats
    steps: int

    def choose(self, features: Floats, photos: Floats) -> float:
        """The weight of the prior that does best, by mean SSIM, on held-out images: features [N, ..., C], photos."""
        reached = {weight: compare(self.rebuild(features, weight), photos).ssim.mean() for weight in WEIGHTS}
        return max(reached, key=lambda weight: reached[weight])

    def rebuild(self, features: Floats, weight: float) -> Floats:
        """Features as a server has them, float32 [N, ..., C], to pictures float32 [N, P, P, 3] in 0..1."""
        import tensorflow as tf

        size, side = int(self.head.inputs[0].shape[1]), len(self.start)
        begun = np.clip(tf.image.resize(self.start, (size, size)), 0.02, 0.98)
        begun = np.broadcast_to(begun, (len(features), *begun.shape))
        # The inverse of the sigmoid that keeps a picture in 0..1.
        free = tf.Variable(np.log(begun / (1.0 - begun)).astype(np.float32))
        rates = RATE * 0.5 * (1.0 + np.cos(np.pi * np.arange(self.steps) / self.steps))
        step = self._step(free, tf.constant(features), weight)
        first = second = np.zeros(free.shape, np.float32)
        for number, rate in enumerate(rates, start=1):
            first, second = step(first, second, tf.constant(number, tf.float32), tf.constant(rate, tf.float32))
        rebuilt: Floats = tf.image.resize(tf.sigmoid(free), (side, side), "area").numpy()
        return rebuilt

    def _step(self, free: Any, wanted: Any, weight: float) -> Any:
        import tensorflow as tf

        def loss() -> Any:
            pictures = tf.sigmoid(free)
            made = self.head(255.0 * pictures, training=False)
            error = tf.reduce_mean(tf.square((made - wanted) / self.spread), axis=tuple(range(1, len(wanted.shape))))
            return tf.reduce_sum(error + weight * _variation(pictures))

        def step(first: Any, second: Any, number: Any, rate: Any) -> Any:
            """Adam (Kingma and Ba 2015): each picture's own loss, so the number of pictures does not count."""
            with tf.GradientTape() as tape:
                found = loss()
            slope = tape.gradient(found, free)
            first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * tf.square(slope)
            steady, spread = first / (1.0 - 0.9**number), second / (1.0 - 0.999**number)
            free.assign_sub(rate * steady / (tf.sqrt(spread) + 1e-8))
            return first, second

        return tf.function(step, autograph=False)


def _variation(pictures: Any) -> Any:
    """Mean length of the gradient of each picture [N, P, P, 3], isotropic: [N]."""
    import tensorflow as tf

    down = pictures[:, 1:, :-1] - pictures[:, :-1, :-1]
    right = pictures[:, :-1, 1:] - pictures[:, :-1, :-1]
    return tf.reduce_mean(tf.sqrt(tf.square(down) + tf.square(right) + FLATTEST), axis=(1, 2, 3))
