"""From features to whole numbers 0..levels-1 and back, one range a channel, in stock Keras operations.

The head's last operations are ``clip(x * scale + offset)`` and ``round`` (half to even, as in TF.js and LiteRT), the
tail's first is the inverse. Scale and offset are float16 numbers: a TF.js head that stores its weights in float16 still
quantises exactly like the Keras head.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_convert.decisions import Said, Say

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]

LEVELS = (256, 16, 4, 2)
DEQUANTISE = "dequantise"
TAILS = (0.0, 0.0001, 0.0005, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Shares of a channel's values that may be clipped at each end; calibration takes what changes the answer least."""

NARROWEST = 4e-3
"""A channel's range is at least this, so that its scale stays a float16 number: 255 / 0.004 = 63,750 < 65,504."""

LARGEST_OFFSET = 4096
"""Steps that a range may lie away from zero: up to here a float16 offset is within two steps of the exact one."""


@dataclass(frozen=True)
class Quantiser:
    """``whole = round(clip(x * scale + offset, 0, levels - 1))``; ``scale`` and ``offset`` are float32 [C]."""

    scale: Floats
    offset: Floats
    levels: int

    def quantise(self, features: Floats) -> NDArray[np.uint8]:
        """Features float32 [..., C] to whole numbers uint8 [..., C]."""
        scaled = features * self.scale + self.offset
        return np.round(np.clip(scaled, 0, self.levels - 1)).astype(np.uint8)

    def dequantise(self, whole: NDArray[np.generic]) -> Floats:
        """Whole numbers [..., C] to float32 [..., C], at most half a step off inside the range."""
        return (whole.astype(np.float32) * self._inverse_scale + self._inverse_offset).astype(np.float32)

    def quantise_symbolic(self, features: Any) -> Any:
        """The same as :meth:`quantise` as the last operations of a Keras graph; the values stay float32."""
        import keras

        scaled = keras.layers.Rescaling(self.scale.tolist(), self.offset.tolist(), name="quantise")(features)
        # Clipped before rounding: the largest value is then levels - 1 itself, whatever the rounding does.
        clipped = keras.layers.ReLU(max_value=self.levels - 1, name="quantise_clip")(scaled)
        return keras.ops.round(clipped)

    def dequantise_symbolic(self, whole: Any) -> Any:
        """The same as :meth:`dequantise` as the first layer of a Keras graph."""
        import keras

        inverse = keras.layers.Rescaling(self._inverse_scale.tolist(), self._inverse_offset.tolist(), name=DEQUANTISE)
        return inverse(whole)

    @property
    def _inverse_scale(self) -> Floats:
        return (1.0 / self.scale.astype(np.float64)).astype(np.float32)

    @property
    def _inverse_offset(self) -> Floats:
        return (-self.offset.astype(np.float64) / self.scale.astype(np.float64)).astype(np.float32)


@dataclass(frozen=True)
class Calibration:
    """A quantiser and what it did to the calibration images: flips of the decision, change of probability."""

    quantiser: Quantiser
    clipped: float
    images: int
    flips: int
    mean_difference: float
    largest_difference: float


def check_levels(levels: int) -> None:
    """Raise UsageError unless that many levels are offered."""
    if levels not in LEVELS:
        offered = ", ".join(str(number) for number in LEVELS)
        raise UsageError(f"Expected --levels to be one of {offered}, got {levels}.")


def quantiser_for(features: Floats, levels: int, clipped: float) -> Quantiser:
    """Per-channel ranges of features float32 [N, ..., C], the share ``clipped`` of values left out at each end.

    Raises UsageError for levels that are not offered, DataInvalid for features of no image or that are no numbers.
    """
    check_levels(levels)
    _check_features(features)
    channels = features.reshape(-1, features.shape[-1])
    low, high = np.quantile(channels, [clipped, 1.0 - clipped], axis=0)
    narrowest = np.maximum(NARROWEST, np.abs(low) * (levels - 1) / LARGEST_OFFSET)
    scale = ((levels - 1) / np.maximum(high - low, narrowest)).astype(np.float16).astype(np.float32)
    offset = (-low * scale).astype(np.float16).astype(np.float32)
    return Quantiser(scale, offset, levels)


def calibrate(features: Floats, levels: int, say: Say) -> Calibration:
    """Choose the ranges that change the answer least.

    ``features`` float32 [N, ..., C] are those of real images; ``say`` tells what the tail makes of such. The mean
    change of probability decides, not the number of flips: among a few hundred images only a handful lie near the
    threshold. Raises like :func:`quantiser_for`.
    """
    check_levels(levels)
    _check_features(features)
    expected = say(features)
    trials = [_try(features, quantiser_for(features, levels, tail), tail, say, expected) for tail in TAILS]
    return min(trials, key=lambda trial: trial.mean_difference)


def _check_features(features: Floats) -> None:
    if not len(features):
        raise DataInvalid("Expected features of at least one calibration image to take ranges from, got none.")
    if not np.isfinite(features).all():
        raise DataInvalid(
            "Expected the features of the calibration images to be finite numbers, got some that are not: the network "
            "overflows there. Train it again, or cut elsewhere."
        )


def read_quantiser(tail: "keras.Model", levels: int) -> Quantiser:
    """The quantiser whose inverse is the first layer of a tail."""
    config = tail.get_layer(DEQUANTISE).get_config()
    inverse_scale, inverse_offset = (np.asarray(config[key], dtype=np.float64) for key in ("scale", "offset"))
    scale = (1.0 / inverse_scale).astype(np.float16).astype(np.float32)
    offset = (-inverse_offset / inverse_scale).astype(np.float16).astype(np.float32)
    return Quantiser(scale, offset, levels)


def _try(
    features: Floats,
    quantiser: Quantiser,
    clipped: float,
    say: Say,
    expected: Said,
) -> Calibration:
    found = say(quantiser.dequantise(quantiser.quantise(features)))
    difference = np.abs(found.malignant - expected.malignant)
    flips = found.flips(expected)
    return Calibration(quantiser, clipped, len(features), flips, float(difference.mean()), float(difference.max()))
