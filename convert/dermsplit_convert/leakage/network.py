"""The decoder's network: the linear start, enlarged, and what convolutions find missing in it.

About 160,000 weights for 5x5x24 features, small enough to be fetched by a page.
"""

from typing import TYPE_CHECKING, Any

from dermsplit_convert.leakage.linear_start import LinearStart
from dermsplit_convert.leakage.ridge import Scale

if TYPE_CHECKING:
    import keras

DESIGN = "linear start, 1"
"""Another one for another network, so that no training goes on with the weights of what is no longer built."""

WIDTHS = (64, 48, 32, 24)
"""Channels after the first convolution and after each doubling; the last one stays."""


def build_decoder(scale: Scale, start: LinearStart, side: int) -> "keras.Model":
    """From features float32 [N, ..., C] to pictures [N, side, side, 3], side even; untrained it is the start alone."""
    import keras
    from keras import layers

    half = side // 2
    taken = keras.Input(scale.centre.shape, name="features")
    # The mean of each channel, so that zeros around the edges mean nothing in particular.
    channels = scale.centre.reshape(-1, scale.centre.shape[-1]).mean(axis=0)
    standard = layers.Normalization(axis=-1, mean=channels, variance=scale.spread**2, name="standard")(taken)
    low = _linear(standard, ((scale.centre - channels) / scale.spread).reshape(-1), start)
    grown = _grow(standard, half)
    near = layers.Resizing(half, half, name="start_half")(low)
    joined = layers.Concatenate(name="joined")([grown, near])
    for number in range(2):
        joined = layers.Conv2D(WIDTHS[-1], 3, padding="same", activation="relu", name=f"refine_{number}")(joined)
    fine = layers.Conv2DTranspose(3, 4, 2, padding="same", kernel_initializer="zeros", name="missing")(joined)
    return keras.Model(taken, layers.Add(name="picture")([layers.Resizing(side, side)(low), fine]), name="decoder")


def _linear(standard: Any, shift: Any, start: LinearStart) -> Any:
    """The start's small picture of standardised features; ``shift`` [D] is what the ridge takes off them besides."""
    from keras import layers

    first = layers.Dense(start.first.shape[1], name="start_first")
    second = layers.Dense(start.second.shape[1], name="start_second")
    small = second(first(layers.Flatten()(standard)))
    first.set_weights([start.first, -(shift @ start.first)])
    second.set_weights([start.second, start.mean])
    return layers.Reshape((start.side, start.side, 3), name="start")(small)


def _grow(x: Any, half: int) -> Any:
    """Bring features to half the picture's side, doubling as long as they stay below it."""
    from keras import layers

    if len(x.shape) == 2:
        x = layers.Reshape((5, 5, WIDTHS[1]))(layers.Dense(25 * WIDTHS[1], activation="relu")(x))
    while x.shape[1] > 2 * half:
        x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(WIDTHS[0], 3, padding="same", activation="relu")(x)
    step = 0
    while 2 * x.shape[1] <= half:
        step += 1
        width = WIDTHS[min(step, len(WIDTHS) - 1)]
        # Not UpSampling2D, which becomes an operation that the page's build of TF.js does not have.
        x = layers.Resizing(2 * x.shape[1], 2 * x.shape[2], interpolation="nearest")(x)
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    return x if x.shape[1] == half else layers.Resizing(half, half, name="grown")(x)
