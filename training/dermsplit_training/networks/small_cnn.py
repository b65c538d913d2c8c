"""A plain network of three convolutions, to be trained from nothing."""

from typing import Any

import keras

FILTERS = (32, 64, 128)


def small_cnn(scaled: Any) -> Any:
    """The features [N, S // 8, S // 8, 128] of a symbolic [N, S, S, 3]: 3 x 3 convolutions, ReLU, each pooled by 2.

    Flattened at 224 pixels they are 100,352 values, so that nearly all weights are in the dense layer after them:
    ``top.hidden = [342]`` and two classes make 34.4 million parameters in all.
    """
    features = scaled
    for number, filters in enumerate(FILTERS, start=1):
        convolution = keras.layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}")
        features = convolution(features)
        features = keras.layers.MaxPooling2D(2, name=f"pool{number}")(features)
    return features
