"""The scaling of pixels that each backbone was trained with, as the first layers of the graph."""

from typing import Any, Literal

import keras
import numpy as np

Scaling = Literal["tf", "tf_128", "torch", "caffe", "unit", "inside"]
"""``tf``, ``torch`` and ``caffe`` are modes of keras.applications; ``inside``: the backbone's first layers scale."""

SCALED = "scaled"
"""The layer whose output the first convolution takes."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)


def scale(pixels: Any, scaling: Scaling) -> Any:
    """Scale a symbolic float32 [N, S, S, 3], RGB in 0..255, in a layer named ``scaled`` that needs no custom object.

    ``tf``: to -1..1. ``tf_128``: x / 128 - 1. ``torch``: ImageNet's mean 0 and deviation 1, channel by channel.
    ``caffe``: BGR less ImageNet's mean, still 255 wide. ``unit``: to 0..1. ``inside`` changes nothing.
    """
    if scaling == "inside":
        return pixels
    if scaling == "caffe":
        pixels = keras.ops.flip(pixels, axis=-1)
    factor, offset = _factor_and_offset(scaling)
    # Half precision would round pixels before they are scaled.
    return keras.layers.Rescaling(factor, offset=offset, name=SCALED, dtype="float32")(pixels)


def normalise_as_imagenet(layer: keras.layers.Normalization) -> None:
    """Let EfficientNet's own layer, which gets x / 255, take ImageNet's mean and deviation away.

    The published weights hold the deviation in place of the variance, and keras.applications adds a layer that divides
    by its root once more wherever it loads them itself; so set, one layer does what those two do.
    """
    variance = [deviation**2 for deviation in IMAGENET_DEVIATION]
    layer.set_weights([np.array(IMAGENET_MEAN), np.array(variance), np.array(0)])
    layer.finalize_state()


def _factor_and_offset(scaling: Scaling) -> tuple[float | list[float], float | list[float]]:
    match scaling:
        case "tf":
            return 1 / 127.5, -1.0
        case "tf_128":
            return 1 / 128, -1.0
        case "torch":
            pairs = list(zip(IMAGENET_MEAN, IMAGENET_DEVIATION, strict=True))
            return [1 / (255 * deviation) for _, deviation in pairs], [-mean / deviation for mean, deviation in pairs]
        case "caffe":
            return 1.0, [-mean for mean in CAFFE_MEAN_BGR]
        case _:
            return 1 / 255, 0.0
