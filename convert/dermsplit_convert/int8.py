"""A head that is a byte a weight: pointwise kernels in whole numbers, one step an output channel, all else in float16.

Kernels of 1 x 1 hold nearly all the weights of the networks that phones run. What is small stays in float16, since
every later layer builds on it: depthwise kernels, biases, the first convolution, the quantiser.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_convert.fold import fold, fold_to_float16
from dermsplit_convert.gptq import WholeMatrix, round_matrix
from dermsplit_convert.infer import BATCH

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

PICTURES = 200
"""Training images that kernels are rounded on."""
POSITIONS = 64
"""Places in each of them that a layer is looked at."""

LARGEST = 127
MANY = 60_000
LARGEST_OF_MANY = 63
"""Kernels of ``MANY`` weights and more are rounded to fewer numbers, which compress better. docs/results.md has what
that does to answers."""


@dataclass(frozen=True)
class RoundedHead:
    """The head [N, S, S, 3] -> features, and its kernels in whole numbers by their layers' names."""

    model: "keras.Model"
    kernels: dict[str, WholeMatrix]


def round_to_int8(head: "keras.Model", pictures: Floats) -> RoundedHead:
    """Fold a head's batch norms, and round its pointwise kernels on pictures [N, S, S, 3] of 0..255 from training.

    Layer by layer from the front: each is given what the rounded layers before it make of the pictures, and aims at
    what the unrounded head has there, so that errors do not add up.
    """
    import keras

    exact, rounded = fold(head), fold_to_float16(head)
    kernels = {}
    for layer in _pointwise(rounded):
        aim = exact.get_layer(layer.name)
        given = _sampled(keras.Model(rounded.input, layer.input), pictures)
        wanted = _sampled(keras.Model(exact.input, aim.output), pictures)
        kernel, bias = aim.get_weights()
        largest = LARGEST_OF_MANY if kernel.size >= MANY else LARGEST
        found = round_matrix(kernel[0, 0], bias, given, wanted, largest)
        layer.set_weights([found.matrix[None, None], found.bias])
        kernels[layer.name] = found
    return RoundedHead(rounded, kernels)


def _pointwise(model: "keras.Model") -> list[Any]:
    import keras

    return [
        layer
        for layer in model.layers
        if type(layer) is keras.layers.Conv2D
        and (layer.kernel_size, layer.strides, layer.groups) == ((1, 1), (1, 1), 1)
        and layer.activation is keras.activations.linear
    ]


def _sampled(model: "keras.Model", pictures: Floats) -> Floats:
    """The tensor [N, H, W, C] that a model makes, at places that are the same for tensors of the same size: [P, C]."""
    samples = []
    for start in range(0, len(pictures), BATCH):
        made = np.asarray(model(pictures[start : start + BATCH], training=False))
        flat = made.reshape(len(made), -1, made.shape[-1])
        places = np.random.default_rng(start).integers(flat.shape[1], size=(len(made), POSITIONS))
        samples.append(np.take_along_axis(flat, places[..., None], axis=1).reshape(-1, flat.shape[-1]))
    return np.concatenate(samples)
