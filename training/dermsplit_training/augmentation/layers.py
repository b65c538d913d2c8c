"""Random changes of the training images, as Keras layers that the saved network does not hold."""

from typing import Any

import keras

from dermsplit_training.augmentation.blur import RandomBlur
from dermsplit_training.augmentation.hair import RandomHair
from dermsplit_training.augmentation.ink import RandomInk
from dermsplit_training.augmentation.light import RandomColourCast, RandomGlare, RandomVignette
from dermsplit_training.augmentation.presets import Augmentation

RANGE = (0.0, 255.0)
GREY = 127.5
CUTOUT_AREA = (0.02, 0.2)
"""Share of the picture that a cutout covers, at least and at most, were it a square."""


def build_augmentation(augmentation: Augmentation, seed: int) -> keras.Sequential:
    """Layers from float32 [N, S, S, 3] in 0..255 to the same; they act in training only, on each image by itself.

    What is 0 in the augmentation adds no layer. MixUp mixes labels too, so it is none of these: the batches do it.
    """
    made: list[keras.layers.Layer] = []
    for layer, options in _geometry(augmentation) + _colours(augmentation) + _covers(augmentation):
        made.append(layer(**options, seed=seed + len(made), dtype="float32"))
    # Keras refuses to call an empty one.
    return keras.Sequential(made or [keras.layers.Identity()], name="augmentation")


def _geometry(augmentation: Augmentation) -> list[tuple[Any, dict[str, Any]]]:
    chosen: list[tuple[Any, dict[str, Any]]] = []
    if augmentation.flip != "none":
        chosen.append((keras.layers.RandomFlip, {"mode": "horizontal"}))
    if augmentation.flip == "both":
        # A layer of its own: Keras's "horizontal_and_vertical" does both or neither, so it never mirrors.
        chosen.append((keras.layers.RandomFlip, {"mode": "vertical"}))
    filled = {"fill_mode": augmentation.fill}
    if augmentation.rotation:
        chosen.append((keras.layers.RandomRotation, {"factor": augmentation.rotation, **filled}))
    if augmentation.zoom:
        chosen.append((keras.layers.RandomZoom, {"height_factor": augmentation.zoom, **filled}))
    if augmentation.crop:
        # Zooming in only: what is left is the middle, where the lesion is, at the size it had.
        chosen.append((keras.layers.RandomZoom, {"height_factor": (-augmentation.crop, 0.0), **filled}))
    if augmentation.shift:
        factors = {"height_factor": augmentation.shift, "width_factor": augmentation.shift}
        chosen.append((keras.layers.RandomTranslation, {**factors, **filled}))
    if augmentation.shear:
        factors = {"x_factor": augmentation.shear, "y_factor": augmentation.shear}
        chosen.append((keras.layers.RandomShear, {**factors, **filled}))
    return chosen


def _colours(augmentation: Augmentation) -> list[tuple[Any, dict[str, Any]]]:
    chosen: list[tuple[Any, dict[str, Any]]] = []
    if brightness := augmentation.brightness:
        chosen.append((keras.layers.RandomBrightness, {"factor": brightness, "value_range": RANGE}))
    if contrast := augmentation.contrast:
        # A pair is how far down and how far up; a single number would only go up.
        chosen.append((keras.layers.RandomContrast, {"factor": (contrast, contrast), "value_range": RANGE}))
    if saturation := augmentation.saturation:
        # Keras multiplies saturation, which is in 0..1 whatever the pixels' range, by factor / (1 - factor).
        factors = tuple(times / (1 + times) for times in (1 - saturation, 1 + saturation))
        chosen.append((keras.layers.RandomSaturation, {"factor": factors, "value_range": (0.0, 1.0)}))
    if augmentation.cast:
        chosen.append((RandomColourCast, {"amount": augmentation.cast}))
    if augmentation.hue:
        # Keras's factor is in half circles.
        chosen.append((keras.layers.RandomHue, {"factor": 2 * augmentation.hue, "value_range": RANGE}))
    return chosen


def _covers(augmentation: Augmentation) -> list[tuple[Any, dict[str, Any]]]:
    chosen: list[tuple[Any, dict[str, Any]]] = []
    if augmentation.blur:
        chosen.append((RandomBlur, {"largest_sigma": augmentation.blur}))
    chances: list[tuple[Any, float]] = [
        (RandomInk, augmentation.ink),
        (RandomGlare, augmentation.glare),
        (RandomVignette, augmentation.vignette),
    ]
    chosen.extend((layer, {"chance": chance}) for layer, chance in chances if chance)
    if augmentation.hair:
        chosen.append((RandomHair, {"chance": augmentation.hair}))
    if augmentation.cutout:
        # A pair, since a single number is the most that the chance may be.
        chance = (augmentation.cutout, augmentation.cutout)
        options = {"factor": chance, "scale": CUTOUT_AREA, "fill_value": GREY, "value_range": RANGE}
        chosen.append((keras.layers.RandomErasing, options))
    return chosen
