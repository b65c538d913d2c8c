"""AlexNet's convolutions, in one tower."""

from typing import Any

import keras

CONVOLUTIONS = ((64, 11, 4, 2), (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1))
"""Filters, kernel, stride and zero padding, in pixels."""
POOLED_AFTER = (1, 2, 5)


def alexnet(scaled: Any) -> Any:
    """The features [N, H, W, 256] of a symbolic [N, S, S, 3], S at least 63: 6 x 6 at 224.

    The network of Krizhevsky (2014, "One weird trick for parallelizing convolutional neural networks") as torchvision
    builds it: that of Krizhevsky, Sutskever and Hinton (2012) in one tower, without groups and without local response
    normalisation. It ends at the last pooling; the two dense layers that follow are ``top.pooling = "flatten"`` and
    ``top.hidden = [4096, 4096]`` of a recipe.
    """
    features = scaled
    for number, (filters, kernel, stride, padding) in enumerate(CONVOLUTIONS, start=1):
        features = keras.layers.ZeroPadding2D(padding, name=f"conv{number}_pad")(features)
        features = keras.layers.Conv2D(filters, kernel, stride, activation="relu", name=f"conv{number}")(features)
        if number in POOLED_AFTER:
            features = keras.layers.MaxPooling2D(3, strides=2, name=f"pool{number}")(features)
    return features
