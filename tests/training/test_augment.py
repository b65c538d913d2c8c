"""Augmentation changes training images within the range, and nothing at inference."""

import keras
import numpy as np

from dermsplit_training.augment import build_augmentation
from dermsplit_training.recipe import AugmentRecipe

PIXELS = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)


def test_training_images_change_within_the_range() -> None:
    augmentation = build_augmentation(AugmentRecipe(), seed=1)
    changed = np.asarray(augmentation(PIXELS, training=True))
    assert changed.shape == PIXELS.shape
    assert changed.min() >= 0
    assert changed.max() <= 255
    assert np.abs(changed - PIXELS).mean(axis=(1, 2, 3)).min() > 5


def test_inference_images_stay() -> None:
    augmentation = build_augmentation(AugmentRecipe(), seed=1)
    np.testing.assert_array_equal(np.asarray(augmentation(PIXELS, training=False)), PIXELS)


def test_zero_leaves_a_layer_out() -> None:
    recipe = AugmentRecipe(flip=False, rotation=0.0, zoom=0.0, brightness=0.0, contrast=0.2)
    (layer,) = build_augmentation(recipe, seed=1).layers
    assert isinstance(layer, keras.layers.RandomContrast)
